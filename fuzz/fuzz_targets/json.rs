//! Any text as JSON: our reader accepts the same texts as `serde_json`, except for its own rules, with the same values.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sts_jwt::{JsonProblem, JsonValue, internals::parse_json};

fuzz_target!(|text: &str| {
    check(text);
    check(&format!("{{\"a\":{text}}}"));
});

fn check(text: &str) {
    match (parse_json(text), serde_json::from_str(text)) {
        (Ok(object), Ok(Value::Object(theirs))) => {
            assert_eq!(object.iter().count(), theirs.len());
            assert!(object.iter().all(|(name, value)| theirs.get(name).is_some_and(|theirs| is_same(value, theirs))));
        }
        (Err(JsonProblem::Syntax), Err(_)) => {}
        // The largest numbers may be rounded out of range.
        (Err(JsonProblem::Syntax), Ok(theirs)) => assert!(has_huge_number(&theirs)),
        (Err(JsonProblem::NotAnObject), Ok(theirs)) => assert!(!theirs.is_object()),
        // Detected before a syntax error that follows, or in a text that serde_json accepts.
        (Err(JsonProblem::DuplicateMember | JsonProblem::TooDeep), _) => {}
        (Ok(_), Err(error)) => assert!(error.to_string().contains("out of range"), "{error}"),
        (ours, theirs) => panic!("{ours:?} {theirs:?}"),
    }
}

/// Tolerates differences in the last bits of numbers that a double cannot hold exactly.
fn is_same(ours: &JsonValue<'_>, theirs: &Value) -> bool {
    match (ours, theirs) {
        (JsonValue::Null, Value::Null) => true,
        (JsonValue::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (JsonValue::Number(ours), Value::Number(theirs)) => {
            let theirs = theirs.as_f64().unwrap();
            let tiny = theirs.abs() < 1e-290 && ours.abs() < 1e-290;
            tiny || (ours - theirs).abs() <= theirs.abs() * 16.0 * f64::EPSILON
        }
        (JsonValue::String(ours), Value::String(theirs)) => ours == theirs,
        (JsonValue::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| is_same(ours, theirs))
        }
        (JsonValue::Object(ours), Value::Object(theirs)) => {
            ours.iter().count() == theirs.len()
                && ours.iter().all(|(name, ours)| theirs.get(name).is_some_and(|theirs| is_same(ours, theirs)))
        }
        _ => false,
    }
}

fn has_huge_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() > 1e307),
        Value::Array(items) => items.iter().any(has_huge_number),
        Value::Object(members) => members.values().any(has_huge_number),
        _ => false,
    }
}
