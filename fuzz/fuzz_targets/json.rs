//! Reads any text as JSON. Apart from its additional rules, the visitor of this project must accept the same texts as
//! `serde_json`'s `Value`, and read the same values.
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
        (
            Err(JsonProblem::Syntax | JsonProblem::LoneSurrogate { .. } | JsonProblem::NumberOutOfRange { .. }),
            Err(_),
        ) => {}
        (Err(JsonProblem::NotAnObject), Ok(theirs)) => assert!(!theirs.is_object()),
        // The reader reports these problems even if `serde_json` accepts the text or finds a later error.
        (Err(JsonProblem::DuplicateMember { .. } | JsonProblem::TooDeep { .. }), _) => {}
        (ours, theirs) => panic!("{ours:?} {theirs:?}"),
    }
}

fn is_same(ours: &JsonValue<'_>, theirs: &Value) -> bool {
    match (ours, theirs) {
        (JsonValue::Null, Value::Null) => true,
        (JsonValue::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (JsonValue::Number(ours), Value::Number(theirs)) => Some(*ours) == theirs.as_f64(),
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
