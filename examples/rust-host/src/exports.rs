//! The same for a host without an SDK, or in another language: functions of numbers, and texts in the module's memory.
//!
//! A [`Verifier`] is what the host has to keep, and nothing else is kept anywhere. The host passes the number that
//! `verifier_new` returned to every other function; to Rust it is a reference. So no `unsafe` block is needed: what
//! remains is the host's promise to pass that number and no other, and breaking it harms only the module's own memory.

#![allow(unsafe_code, reason = "no compiler can check that an exported name is the only one of its kind")]

use crate::{Caller, Refusal, authenticate};
use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use core::{mem, str};
use serde::Serialize;
use sts_jwt::{Error, JsonProblem, JwksProblem, KeySet, NumericDate, Expectations};

/// Whom to let in, the issuer's keys, the text that goes in next, and the text that came out last.
#[derive(Debug, Default)]
struct Verifier {
    options: Option<Expectations>,
    keys: Option<KeySet>,
    input: Vec<u8>,
    output: Vec<u8>,
}

/// A verifier that refuses everybody until it has options and keys.
#[unsafe(no_mangle)]
extern "C" fn verifier_new() -> Box<Verifier> {
    Box::default()
}

/// Gives the memory back; the number means nothing from here on.
#[unsafe(no_mangle)]
extern "C" fn verifier_free(_verifier: Box<Verifier>) {}

/// Where the host writes the `length` bytes of UTF-8 that the next function reads.
#[unsafe(no_mangle)]
extern "C" fn verifier_input(verifier: &mut Verifier, length: usize) -> *mut u8 {
    verifier.input = alloc::vec![0; length];
    verifier.input.as_mut_ptr()
}

/// Reads the options, as JSON in the words of the JavaScript API. 200; or 500, and the options are those of before.
#[unsafe(no_mangle)]
extern "C" fn verifier_set_options(verifier: &mut Verifier) -> u16 {
    let outcome = options(&mem::take(&mut verifier.input)).map(|options| verifier.options = Some(options));
    verifier.write(outcome.map_err(Refusal::from))
}

/// Reads a JWK Set. 200; or 500, and the keys are those of before.
#[unsafe(no_mangle)]
extern "C" fn verifier_set_keys(verifier: &mut Verifier) -> u16 {
    let outcome = key_set(&mem::take(&mut verifier.input)).map(|keys| verifier.keys = Some(keys));
    verifier.write(outcome.map_err(Refusal::from))
}

/// Reads the value of an `Authorization` header, empty where the request has none, at `now` seconds since the epoch.
/// 200, and the output is the [`Caller`] as JSON; or the status of the refusal, and the output has `error` and
/// `challenge`; without a token the challenge alone. 500 is the host's mistake, and 503 means that there are no keys yet.
#[unsafe(no_mangle)]
extern "C" fn verifier_authenticate(verifier: &mut Verifier, now: f64) -> u16 {
    let authorization = mem::take(&mut verifier.input);
    let outcome = verifier.authenticate(&authorization, now);
    verifier.write(outcome)
}

/// Where the last function left its output: JSON.
#[unsafe(no_mangle)]
extern "C" fn verifier_output(verifier: &Verifier) -> *const u8 {
    verifier.output.as_ptr()
}

/// How many bytes that output has.
#[unsafe(no_mangle)]
extern "C" fn verifier_output_length(verifier: &Verifier) -> usize {
    verifier.output.len()
}

impl Verifier {
    fn authenticate(&self, authorization: &[u8], now: f64) -> Result<Caller, Refusal> {
        let options = self.options.as_ref().ok_or_else(|| invalid("options", "are not set"))?;
        let now = NumericDate::from_seconds(now).ok_or_else(|| invalid("now", "must be a finite number of seconds"))?;
        let keys = self.keys.as_ref().ok_or(Error::KeysNeeded)?;
        let authorization = str::from_utf8(authorization).map_err(|_| Error::InvalidSegments { look_alike: None })?;
        authenticate(Some(authorization), keys, options, now)
    }

    /// Leaves the outcome for the host to read, and returns its status.
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
        // These types cannot fail to serialise; if one did, no host would take the empty text for JSON.
        self.output = output.unwrap_or_default();
        status
    }
}

fn options(text: &[u8]) -> Result<Expectations, Error> {
    let text = str::from_utf8(text).map_err(|_| invalid("options", "must be UTF-8"))?;
    let mut options = Expectations::from_json(text)?;
    // Callers are AWS principals here, so the cross-checks are on even where no condition was written.
    options.aws.get_or_insert_default();
    Ok(options)
}

fn key_set(text: &[u8]) -> Result<KeySet, Error> {
    let problem = JwksProblem::Json(JsonProblem::NotUtf8);
    KeySet::parse(str::from_utf8(text).map_err(|_| Error::InvalidJwks { problem })?)
}

fn invalid(option: &'static str, problem: &'static str) -> Error {
    Error::InvalidOption { option: Cow::Borrowed(option), problem }
}
