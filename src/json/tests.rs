//! What is JSON here, and what is not.

use super::{MAX_DEPTH, Value, parse_object};
use crate::error::JsonProblem;
use alloc::{format, string::String};

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
        (b"{\"a\":\"\xff\"}", JsonProblem::NotUtf8),
        (b"{\"a\":\"\xed\xa0\x80\"}", JsonProblem::NotUtf8),
    ] {
        assert_eq!(parse_object(text), Err(problem), "{:?}", String::from_utf8_lossy(text));
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
