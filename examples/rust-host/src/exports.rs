//! Exports `authenticate` to hosts without an SDK and hosts in other languages: functions take and return only numbers,
//! and strings are passed in the module's memory.
//!
//! All state is in a [`Verifier`]. `verifier_new` returns a number, which the host passes to every other function. In
//! Rust this number is a reference, so no `unsafe` block is needed. If the host passes another number, it can corrupt
//! only the module's memory.

#![allow(unsafe_code, reason = "the compiler cannot check that exported names are unique")]

use crate::{Refusal, authenticate};
use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use core::{mem, str};
use serde::Serialize;
use serde_json::Value;
use sts_jwt::{Error, ErrorKind, Expectations, JsonProblem, JwksProblem, KeySet, NumericDate};

/// The options, the issuer's keys, the next input and the last output.
#[derive(Debug, Default)]
struct Verifier {
    options: Option<Expectations>,
    keys: Option<KeySet>,
    input: Vec<u8>,
    output: Vec<u8>,
}

/// Creates a verifier. It rejects every request until it has options and keys.
#[unsafe(no_mangle)]
extern "C" fn verifier_new() -> Box<Verifier> {
    Box::default()
}

/// Frees the verifier. After this, its number is invalid.
#[unsafe(no_mangle)]
extern "C" fn verifier_free(_verifier: Box<Verifier>) {}

/// Returns the address at which the host writes the `length` bytes of UTF-8 that the next function reads.
#[unsafe(no_mangle)]
extern "C" fn verifier_input(verifier: &mut Verifier, length: usize) -> *mut u8 {
    verifier.input = alloc::vec![0; length];
    verifier.input.as_mut_ptr()
}

/// Reads the options: JSON with the names of the JavaScript API. Returns 200, or 500 if the options are invalid; the
/// previous options then remain.
#[unsafe(no_mangle)]
extern "C" fn verifier_set_options(verifier: &mut Verifier) -> u16 {
    let outcome = options(&mem::take(&mut verifier.input)).map(|options| verifier.options = Some(options));
    verifier.write(outcome.map_err(Refusal::from))
}

/// Reads a JWK Set. Returns 200, or 500 if the set is invalid; the previous keys then remain.
#[unsafe(no_mangle)]
extern "C" fn verifier_set_keys(verifier: &mut Verifier) -> u16 {
    let outcome = key_set(&mem::take(&mut verifier.input)).map(|keys| verifier.keys = Some(keys));
    verifier.write(outcome.map_err(Refusal::from))
}

/// Reads the value of an `Authorization` header. The value is empty if the request has no such header. `now` is in
/// seconds since the epoch.
///
/// For an accepted caller, returns 200 and writes the [`Caller`](crate::Caller) as JSON, with the names of the
/// JavaScript API. Otherwise, returns the status of the [`Refusal`] and writes `error` and `challenge`, or only
/// `challenge` if there is no token. 500 means that the host made a mistake, and 503 means that the keys are not
/// available yet.
#[unsafe(no_mangle)]
extern "C" fn verifier_authenticate(verifier: &mut Verifier, now: f64) -> u16 {
    let authorization = mem::take(&mut verifier.input);
    let outcome = verifier.authenticate(&authorization, now);
    verifier.write(outcome)
}

/// Returns the address of the last output, which is JSON.
#[unsafe(no_mangle)]
extern "C" fn verifier_output(verifier: &Verifier) -> *const u8 {
    verifier.output.as_ptr()
}

/// Returns the length of the last output in bytes.
#[unsafe(no_mangle)]
extern "C" fn verifier_output_length(verifier: &Verifier) -> usize {
    verifier.output.len()
}

impl Verifier {
    fn authenticate(&self, authorization: &[u8], now: f64) -> Result<Value, Refusal> {
        let options = self.options.as_ref().ok_or_else(|| invalid("options", "are not set"))?;
        let now = NumericDate::from_seconds(now).ok_or_else(|| invalid("now", "must be a finite number of seconds"))?;
        let keys = self.keys.as_ref().ok_or(Refusal::NoKeys)?;
        let authorization =
            str::from_utf8(authorization).map_err(|_| Error::from(ErrorKind::InvalidSegments { look_alike: None }))?;
        let caller = authenticate(Some(authorization), keys, options, now)?;
        // Serialising a caller cannot fail. If it did, the output would be `null`.
        Ok(serde_json::to_value(caller).map(with_js_names).unwrap_or_default())
    }

    /// Writes the outcome to the output; returns its status.
    fn write(&mut self, outcome: Result<impl Serialize, Refusal>) -> u16 {
        #[derive(Serialize)]
        struct Refused {
            #[serde(skip_serializing_if = "Option::is_none")]
            error: Option<&'static str>,
            challenge: String,
        }
        let (status, output) = match outcome {
            Ok(value) => (200, serde_json::to_vec(&value)),
            Err(refusal) => {
                let refused = Refused { error: refusal.code(), challenge: refusal.challenge() };
                (refusal.status(), serde_json::to_vec(&refused))
            }
        };
        // Serialising these types cannot fail. If it did, the output would be empty, which is not valid JSON.
        self.output = output.unwrap_or_default();
        status
    }
}

/// Renames the members of a [`Caller`](crate::Caller) to their names in the JavaScript API. The names of tags and of
/// unknown members are data and do not change.
fn with_js_names(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let renamed = members.into_iter().map(|(name, value)| match name.as_str() {
        "kind" => ("type".into(), value),
        "subject" | "principal_tags" | "request_tags" | "other" => (camel_case(&name), value),
        _ => (camel_case(&name), with_js_names(value)),
    });
    Value::Object(renamed.collect())
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default();
    words.fold(first.into(), |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}

fn options(text: &[u8]) -> Result<Expectations, Error> {
    let text = str::from_utf8(text).map_err(|_| invalid("options", "must be UTF-8"))?;
    let mut options = Expectations::from_json(text)?;
    // Callers are AWS principals, so the AWS cross-checks run even if the options have no `aws` policy.
    options.aws.get_or_insert_default();
    Ok(options)
}

fn key_set(text: &[u8]) -> Result<KeySet, Error> {
    let problem = JwksProblem::Json(JsonProblem::NotUtf8);
    KeySet::parse(str::from_utf8(text).map_err(|_| ErrorKind::InvalidJwks { problem })?)
}

fn invalid(option: &'static str, problem: &'static str) -> Error {
    ErrorKind::InvalidOption { option: Cow::Borrowed(option), problem }.into()
}
