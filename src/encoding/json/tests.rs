//! What is JSON here, and what is not.

use super::{MAX_DEPTH, Value, parse_object};
use crate::error::JsonProblem;
use alloc::{format, string::String};
use proptest::{collection::vec, prelude::ProptestConfig, sample::select};

#[test]
fn reads_members_in_order_and_borrows() {
    let object = parse_object(br#"{"b":[1,-2.5,true,null],"a":"\u00e9","__proto__":{}}"#).unwrap();
    let names: alloc::vec::Vec<_> = object.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["b", "a", "__proto__"]);
    assert_eq!(object.get("a").and_then(Value::as_str), Some("é"));
    assert!(!object.contains("c"));
}

#[test]
fn rejects_duplicate_members_at_every_depth_and_size() {
    let many: String = (0..40).map(|i| format!("\"m{i}\":0,")).collect();
    for text in
        [r#"{"a":1,"a":2}"#, r#"{"a":1,"\u0061":2}"#, r#"{"a":[{"b":{"c":1,"c":1}}]}"#, &format!("{{{many}\"m7\":1}}")]
    {
        assert_eq!(parse_object(text.as_bytes()), Err(JsonProblem::DuplicateMember), "{text}");
    }
    assert!(parse_object(format!("{{{many}\"x\":1}}").as_bytes()).is_ok());
}

#[test]
fn bounds_the_depth() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(parse_object(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(parse_object(nested(MAX_DEPTH + 1).as_bytes()), Err(JsonProblem::TooDeep));
    assert_eq!(parse_object(nested(100_000).as_bytes()), Err(JsonProblem::TooDeep));
}

#[test]
fn rejects_what_is_not_one_strict_json_object() {
    for (text, problem) in [
        (&b"[]"[..], JsonProblem::NotAnObject),
        (b"\"a\"", JsonProblem::NotAnObject),
        (b"null", JsonProblem::NotAnObject),
        (b"", JsonProblem::Syntax),
        (b"{}x", JsonProblem::Syntax),
        (b"{}{}", JsonProblem::Syntax),
        (b"\xef\xbb\xbf{}", JsonProblem::Syntax),
        (b"{\"a\":1,}", JsonProblem::Syntax),
        (b"{\"a\":1e999}", JsonProblem::Syntax),
        (b"{\"a\":NaN}", JsonProblem::Syntax),
        (b"{\"a\":\"\\ud800\"}", JsonProblem::Syntax),
        (b"{\"a\":\"\\udc00\"}", JsonProblem::Syntax),
        (b"{\"a\":\"\x01\"}", JsonProblem::Syntax),
        (b"{\"a\":\"b\n}", JsonProblem::Syntax),
        (b"{\"a\":\"\xff\"}", JsonProblem::NotUtf8),
        (b"{\"a\":\"\xed\xa0\x80\"}", JsonProblem::NotUtf8),
    ] {
        assert_eq!(parse_object(text), Err(problem), "{:?}", String::from_utf8_lossy(text));
    }
}

#[test]
fn white_space_may_stand_between_tokens_alone() {
    const TOKENS: [&str; 15] =
        ["{", "\"a\"", ":", "[", "1", ",", "{", "}", ",", "[", "]", "]", ",", "\"b\"", ": true}"];
    same_as_serde_json(&TOKENS.concat());
    for space in [" ", "\t", "\n", "\r", " \n\r\t ", "\u{c}", "\u{b}", "\0", "\u{a0}", "\u{2028}", "\u{feff}"] {
        for place in 0..=TOKENS.len() {
            let (before, after) = TOKENS.split_at(place);
            same_as_serde_json(&[&before.concat(), space, &after.concat()].concat());
        }
    }
}

#[test]
fn finds_names_json_pointers_and_dotted_paths() {
    let object = parse_object(br#"{"a":{"b/c":[10,{"~":1}]},"https://sts.amazonaws.com/":{"x":2},"":3}"#).unwrap();
    for (path, found) in [
        ("a", true),
        ("/a/b~1c/0", true),
        ("/a/b~1c/1/~0", true),
        ("https://sts.amazonaws.com/", true),
        ("/https:~1~1sts.amazonaws.com~1/x", true),
        ("/", true),
        ("a.b/c.1.~", true),
        (r"https://sts\.amazonaws\.com/.x", true),
        ("https://sts.amazonaws.com/.x", false),
        ("a.b", false),
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

#[test]
fn numbers_are_the_doubles_of_javascript() {
    for (text, number) in [
        ("1e23", 1e23),
        ("9007199254740993", 9_007_199_254_740_992.0),
        ("-0", -0.0),
        ("18446744073709551616", 18_446_744_073_709_551_616.0),
    ] {
        let object = format!("{{\"n\":{text}}}");
        assert_eq!(parse_object(object.as_bytes()).unwrap().get("n"), Some(&Value::Number(number)));
    }
}

#[test]
fn decimals_are_the_doubles_that_serde_json_reads() {
    // Up to 15 digits and 10^22 exactly; beyond that a few units in the last place are lost on both sides.
    for text in [
        "0",
        "-0",
        "0.0",
        "-0.0e5",
        "1",
        "-1",
        "10",
        "123456789012345",
        "0.1",
        "1.5e3",
        "1E+2",
        "1e-2",
        "25e-22",
        "123456789012345e22",
        "0e999999999999999999999",
        "0.000e-1",
        "999999999999999e-22",
    ] {
        assert_eq!(ours(text), Some(theirs(text).unwrap()), "{text}");
    }
    for text in [
        "1e23",
        "1e308",
        "1.7976931348623157e308",
        "2.2250738585072014e-308",
        "5e-324",
        "1e-400",
        "12345678901234567890",
        "18446744073709551615",
        "123456789012345678901234567890",
        "0.12345678901234567890123",
        "1e-99999999999999999999",
        "0.00000000000000000000000000000000000000000000001e47",
    ] {
        let (ours, theirs) = (ours(text).unwrap(), theirs(text).unwrap());
        assert!((ours - theirs).abs() <= theirs.abs() * 8.0 * f64::EPSILON, "{text}: {ours:e} {theirs:e}");
    }
    let long = format!("1{}e-400", "0".repeat(400));
    assert_eq!(ours(&long), Some(1.0));
    for text in [
        "",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1.e1",
        "1e",
        "1e+",
        "1e1.5",
        "0x1",
        "1e309",
        "-1e309",
        "1e99999999999",
        "NaN",
        "Infinity",
        "1_0",
        "1a",
        "--1",
    ] {
        assert_eq!((ours(text), theirs(text)), (None, None), "{text}");
    }
}

fn ours(number: &str) -> Option<f64> {
    parse_object(format!("{{\"n\":{number}}}").as_bytes()).ok()?.get("n")?.as_number()
}

fn theirs(number: &str) -> Option<f64> {
    serde_json::from_str::<serde_json::Value>(number).ok()?.as_f64()
}

#[test]
fn strings_are_the_ones_that_serde_json_reads() {
    // Each byte and each escape at every place in a group of eight, on which the reader steps over plain text.
    let bytes = (0..=0x7f_u8).map(|byte| String::from(char::from(byte)));
    let escapes = (0..=0x7f_u8).map(|byte| format!("\\{}", char::from(byte)));
    let others = [
        "é",
        "\u{7f}",
        "\u{80}",
        "\u{a2}\u{dc}",
        "𝄞",
        "\\u00e9",
        "\\u0000",
        "\\uD834\\uDD1E",
        "\\ud834\\udd1e",
        "\\ud834",
        "\\udd1e",
        "\\ud834x",
        "\\ud834\\n",
        "\\ud834\\ud834",
        "\\udd1e\\ud834",
        "\\u12",
        "\\u12g4",
        "\\u+123",
        "\\uFFFF",
        "\\udbff\\udfff",
        "\\ud834\\",
        "\\\\",
        "\\\\\\\"",
    ];
    for piece in bytes.chain(escapes).chain(others.map(String::from)) {
        for before in 0..9 {
            let text = format!("{{\"{0}{piece}{0}\":\"{0}{piece}\",\"end\":\"{0}\"}}", "x".repeat(before));
            same_as_serde_json(&text);
        }
    }
}

proptest::proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_read_as_by_serde_json(pieces in vec(select(PIECES), 0..14)) {
        let text = pieces.concat();
        same_as_serde_json(&text);
        same_as_serde_json(&format!("{{\"a\":{text}}}"));
        same_as_serde_json(&format!("{{\"a\":[{{}},{text}]}} "));
    }
}

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"a\"",
    "\"b\"",
    "\"\\u0061\"",
    "\"a\":",
    "\"b\":",
    "\"c\":1,",
    "{}",
    "[]",
    "\"\"",
    "1",
    "-0",
    "01",
    "1.5e3",
    "-",
    "true",
    "false",
    "null",
    "tru",
    "nulll",
    "True",
    " ",
    "\t",
    "\n",
    "\r",
    "\u{c}",
    "\u{a0}",
    "\u{feff}",
    "\0",
    "é",
    "'a'",
    "//",
    "\"é\\n\"",
    "\"\\ud834\\udd1e\"",
    "\"\\ud834\"",
    "\"\t\"",
    "\"",
];

/// Our reader takes what `serde_json` takes, but for its own rules, and finds the same in it.
fn same_as_serde_json(text: &str) {
    let theirs = serde_json::from_str::<serde_json::Value>(text);
    match (parse_object(text.as_bytes()), theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(serde_json::to_value(&ours).unwrap(), with_doubles(theirs), "{text}"),
        (Err(JsonProblem::Syntax), Err(_)) => {}
        (Err(JsonProblem::NotAnObject), Ok(theirs)) => assert!(!theirs.is_object(), "{text}"),
        // Found before the end of the text, or else in what they take.
        (Err(JsonProblem::DuplicateMember), _) => {
            let twice = |names: &[&str]| names.iter().map(|name| text.matches(name).count()).sum::<usize>() > 1;
            assert!(twice(&["\"a\"", "\"\\u0061\""]) || twice(&["\"b\""]) || twice(&["\"c\""]), "{text}");
        }
        (ours, theirs) => panic!("{text}: {ours:?} {theirs:?}"),
    }
}

/// Our numbers are all doubles.
fn with_doubles(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap()),
        Value::Array(items) => items.into_iter().map(with_doubles).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, with_doubles(value))).collect(),
        other => other,
    }
}
