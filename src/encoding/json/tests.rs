//! Tests the rules that this module adds to `serde_json`, and the problems that it reports.

use super::{MAX_DEPTH, Value, parse, parse_octets};
use crate::error::JsonProblem;
use alloc::{borrow::Cow, format, string::String, vec::Vec};

#[test]
fn reads_members_in_order_and_borrows() {
    let object = parse(r#"{"b":[1,-2.5,true,null],"a":"\u00e9","__proto__":{},"plain":"text"}"#).unwrap();
    let names: Vec<_> = object.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["b", "a", "__proto__", "plain"]);
    assert_eq!(object.get("a").and_then(Value::as_str), Some("é"));
    assert!(matches!(object.get("plain"), Some(Value::String(Cow::Borrowed("text")))));
    assert!(!object.contains("c"));
}

#[test]
fn rejects_duplicate_members_at_every_depth_and_size() {
    let many: String = (0..40).map(|i| format!("\"m{i}\":0,")).collect();
    for (text, name) in [
        (r#"{"a":1,"a":2}"#, "a"),
        (r#"{"a":1,"\u0061":2}"#, "a"),
        (r#"{"a":[{"b":{"c":1,"c":1}}]}"#, "c"),
        (&format!("{{{many}\"m7\":1}}"), "m7"),
    ] {
        assert_eq!(parse(text), Err(JsonProblem::DuplicateMember { name: Some(name.into()) }), "{text}");
    }
    assert!(parse(&format!("{{{many}\"x\":1}}")).is_ok());
}

#[test]
fn reports_no_member_name_that_is_unfit_for_a_message() {
    for name in ["\\n", "\\u001b[31m", "\\u009f", &"é".repeat(65)] {
        let (twice, half) = (format!("{{\"{name}\":1,\"{name}\":1}}"), format!("{{\"{name}\":\"\\ud800\"}}"));
        assert_eq!(parse(&twice), Err(JsonProblem::DuplicateMember { name: None }), "{name}");
        assert_eq!(parse(&half), Err(JsonProblem::LoneSurrogate { member: None }), "{name}");
    }
}

#[test]
fn limits_the_depth() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    for depth in [MAX_DEPTH + 1, 127, 128, 129, 100_000] {
        assert_eq!(parse(&nested(depth)), Err(JsonProblem::TooDeep { limit: MAX_DEPTH }), "{depth}");
    }
}

#[test]
fn rejects_texts_that_are_not_one_strict_json_object() {
    for (text, problem) in [
        (&b"[]"[..], JsonProblem::NotAnObject),
        (b"\"a\"", JsonProblem::NotAnObject),
        (b"null", JsonProblem::NotAnObject),
        (b"", JsonProblem::Syntax),
        (b"{}x", JsonProblem::Syntax),
        (b"{}{}", JsonProblem::Syntax),
        (b"\xef\xbb\xbf{}", JsonProblem::Syntax),
        (b"{\"a\":1,}", JsonProblem::Syntax),
        (b"{\"a\":NaN}", JsonProblem::Syntax),
        (b"{\"a\":\"\x01\"}", JsonProblem::Syntax),
        (b"{\"a\":\"b\n}", JsonProblem::Syntax),
        (b"{\"a\":\"\xff\"}", JsonProblem::NotUtf8),
        (b"{\"a\":\"\xed\xa0\x80\"}", JsonProblem::NotUtf8),
    ] {
        assert_eq!(parse_octets(text), Err(problem), "{:?}", String::from_utf8_lossy(text));
    }
}

#[test]
fn reports_a_lone_surrogate() {
    for (text, member) in [
        (r#"{"a":"\ud800"}"#, Some("a")),
        (r#"{"a":"\udc00"}"#, Some("a")),
        (r#"{"a":"\uDBFFx"}"#, Some("a")),
        (r#"{"a":"\ud800\n"}"#, Some("a")),
        (r#"{"a":"\ud800\u0041"}"#, Some("a")),
        (r#"{"a":"\ud800\ud800"}"#, Some("a")),
        (r#"{"a":"\udc00\ud800"}"#, Some("a")),
        (r#"{"b":1,"a":{"c":1,"d":[{"e":[1,"\ud800"]}]}}"#, Some("e")),
        (r#"{"é\ud800":1}"#, None),
        ("{\n\"a\":\n[\"é\",\"\\ud800\"]}", Some("a")),
    ] {
        assert_eq!(parse(text), Err(JsonProblem::LoneSurrogate { member: member.map(String::from) }), "{text}");
    }
    for text in [
        r#"{"a":"\ud83d\ude00"x}"#,
        r#"{"a":"\ud83d\ude00\x"}"#,
        r#"{"a":"\ud8"#,
        r#"{"a":"\ud800"#,
        r#"{"a":"\ud8zz"}"#,
        r#"{"a":"ud800","a}"#,
    ] {
        assert_eq!(parse(text), Err(JsonProblem::Syntax), "{text}");
    }
}

#[test]
fn reports_a_number_out_of_range() {
    let digits = "9".repeat(400);
    for number in ["1e999", "-1E+309", "1.7976931348623159e308", &digits, &format!("-{digits}.5")] {
        for text in [
            format!("{{\"a\":{number}}}"),
            format!("{{\"a\":\n[1, {number} ]}}"),
            format!("{{\"a\":{number},\"b\":1}}"),
            format!("{{\"a\":{number}x"),
        ] {
            assert_eq!(parse(&text), Err(JsonProblem::NumberOutOfRange { member: Some("a".into()) }), "{text}");
        }
    }
    for text in ["{\"a\":1e5x}", "{\"a\":1e}", "{\"a\":01e5}", "{\"a\":1 2e5}", "{\"a\":1e5-3}", "{\"a\":true1e5}"] {
        assert_eq!(parse(text), Err(JsonProblem::Syntax), "{text}");
    }
}

#[test]
fn reads_numbers_as_the_nearest_double() {
    for (text, number) in [
        ("0", 0.0),
        ("1e23", 1e23),
        ("9007199254740993", 9_007_199_254_740_992.0),
        ("18446744073709551616", 18_446_744_073_709_551_616.0),
        ("-9223372036854775809", -9_223_372_036_854_775_809.0),
        ("1.7976931348623157e308", f64::MAX),
        ("1.7976931348623158e308", f64::MAX),
        ("5e-324", f64::from_bits(1)),
        ("2.2250738585072011e-308", 2.225_073_858_507_201e-308),
        ("1e-400", 0.0),
        ("0e999999999999999999999", 0.0),
        ("0.1234567890123456789012345", 0.123_456_789_012_345_68),
        ("7.2057594037927933e16", 72_057_594_037_927_933.0),
    ] {
        assert_eq!(parse(&format!("{{\"n\":{text}}}")).unwrap().get("n"), Some(&Value::Number(number)), "{text}");
    }
    let minus_zero = parse("{\"n\":-0}").unwrap().get("n").and_then(Value::as_number).unwrap();
    assert!(minus_zero == 0.0 && minus_zero.is_sign_negative());
}

#[test]
fn finds_names_and_json_pointers() {
    let object = parse(r#"{"a":{"b/c":[10,{"~":1}]},"https://sts.amazonaws.com/":{"x":2},"":3,"a.b":4}"#).unwrap();
    for (path, found) in [
        ("a", true),
        ("a.b", true),
        ("/a/b~1c/0", true),
        ("/a/b~1c/1/~0", true),
        ("https://sts.amazonaws.com/", true),
        ("/https:~1~1sts.amazonaws.com~1/x", true),
        ("/", true),
        ("a.b/c.1.~", false),
        (r"https://sts\.amazonaws\.com/.x", false),
        ("a.", false),
        ("/a/b~1c/00", false),
        ("/a/b~1c/2", false),
        ("/a/b", false),
        ("/a/b~1c/0/x", false),
        ("toString", false),
    ] {
        assert_eq!(object.find(path).is_some(), found, "{path}");
    }
}
