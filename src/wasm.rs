//! The JavaScript bindings: translate and decide nothing. Private to the npm package, whose TypeScript wraps them.
//!
//! A token comes in as bytes that JavaScript writes into [`Engine`]'s input buffer; a result goes out as one JSON text
//! for `JSON.parse`. Both are several times faster than strings and objects that cross the boundary one by one. No
//! function throws: a failure is `false` or `undefined`, and [`Engine::error`] then tells.

use crate::{
    AwsIdentity, Error, Explanation, KeySet, MAX_TOKEN_BYTES, NumericDate, Step, UncheckedOptions, UnverifiedToken,
    VerifiedToken, VerifyOptions,
};
use alloc::{borrow::Cow, boxed::Box, vec, vec::Vec};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Room beyond the longest token: enough for the first character (up to 3 octets) that makes it too long.
const SPARE_BYTES: usize = 4;

/// One buffer for tokens, one for results, and the last error.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    input: Box<[u8]>,
    output: Vec<u8>,
    error: Option<Error>,
}

/// A parsed JWK Set.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawKeySet(KeySet);

/// Checked options.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawOptions(VerifyOptions);

#[wasm_bindgen]
impl Engine {
    /// Allocates the buffers.
    #[wasm_bindgen(constructor)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "JavaScript has constructors, not Default")]
    pub fn new() -> Self {
        Self { input: vec![0; MAX_TOKEN_BYTES + SPARE_BYTES].into_boxed_slice(), output: Vec::new(), error: None }
    }

    /// Where the token goes.
    #[must_use]
    pub fn input_ptr(&self) -> *const u8 {
        self.input.as_ptr()
    }

    /// How many bytes fit.
    #[must_use]
    pub fn input_capacity(&self) -> usize {
        self.input.len()
    }

    /// Where the result is.
    #[must_use]
    pub fn output_ptr(&self) -> *const u8 {
        self.output.as_ptr()
    }

    /// How long the result is.
    #[must_use]
    pub fn output_len(&self) -> usize {
        self.output.len()
    }

    /// Verifies the first `length` bytes of the input.
    pub fn verify(&mut self, length: usize, keys: &RawKeySet, options: &RawOptions, now: f64) -> bool {
        let outcome = seconds(now).and_then(|now| {
            let token = crate::verify(text(&self.input, length)?, &keys.0, &options.0, now)?;
            let identity = options.0.aws.as_ref().map(|_| token.aws_identity()).transpose()?;
            write_verified(&token, identity.as_ref(), &mut self.output);
            Ok(())
        });
        self.error = outcome.err();
        self.error.is_none()
    }

    /// Decodes the first `length` bytes of the input. UNVERIFIED.
    pub fn decode(&mut self, length: usize) -> bool {
        let outcome = text(&self.input, length).and_then(crate::decode_unverified);
        self.error = outcome.map(|token| write_decoded(&token, &mut self.output)).err();
        self.error.is_none()
    }

    /// Reads a JWK Set.
    pub fn key_set(&mut self, jwks: &str) -> Option<RawKeySet> {
        KeySet::parse(jwks).map(RawKeySet).map_err(|error| self.error = Some(error)).ok()
    }

    /// Reads the options of a verification.
    pub fn options(&mut self, options: JsValue) -> Option<RawOptions> {
        UncheckedOptions::deserialize(serde_wasm_bindgen::Deserializer::from(options))
            .map_err(|_| Error::InvalidOption { option: Cow::Borrowed("options"), problem: "must be plain data" })
            .and_then(VerifyOptions::try_from)
            .map(RawOptions)
            .map_err(|error| self.error = Some(error))
            .ok()
    }

    /// Decides as `verify` does and tells every step: `{ verdict, error, steps }`.
    pub fn explain(&mut self, length: usize, keys: &RawKeySet, options: &RawOptions, now: f64) -> JsValue {
        #[derive(Serialize)]
        struct Record<'a> {
            verdict: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            error: Option<&'a Error>,
            steps: &'a [Step],
        }
        let explanation = match (text(&self.input, length), seconds(now)) {
            (Ok(token), Ok(now)) => crate::explain(token, &keys.0, &options.0, now),
            (Err(error), _) | (_, Err(error)) => Explanation { outcome: Err(error), steps: Vec::new() },
        };
        let error = explanation.outcome.as_ref().err();
        let verdict = if error.is_none() { "accepted" } else { "rejected" };
        to_js(&Record { verdict, error, steps: &explanation.steps })
    }

    /// Takes the last error: the members of `JwtError`.
    pub fn error(&mut self) -> JsValue {
        self.error.take().map_or(JsValue::UNDEFINED, |error| to_js(&error))
    }
}

#[wasm_bindgen]
impl RawKeySet {
    /// One `KeyReport` for each key.
    #[must_use]
    pub fn report(&self) -> JsValue {
        to_js(&self.0.report())
    }
}

fn to_js(value: &impl Serialize) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}

fn seconds(now: f64) -> Result<NumericDate, Error> {
    let problem = "must be a finite number of seconds";
    NumericDate::from_seconds(now).ok_or(Error::InvalidOption { option: Cow::Borrowed("now"), problem })
}

/// `{"header":…,"claims":…,"alg":…,"key":{"kid":…,"thumbprint":…},"tokenId":…,"aws":…}`: header and claims are the very texts
/// that were signed.
fn write_verified(token: &VerifiedToken, identity: Option<&AwsIdentity>, output: &mut Vec<u8>) {
    write_members(token.header_json().as_bytes(), token.claims_json().as_bytes(), output);
    output.extend_from_slice(b",\"alg\":\"");
    output.extend_from_slice(token.algorithm().as_str().as_bytes());
    output.extend_from_slice(b"\",\"key\":{");
    if let Some(kid) = token.key().kid.as_deref().and_then(|kid| serde_json::to_vec(kid).ok()) {
        output.extend_from_slice(b"\"kid\":");
        output.extend_from_slice(&kid);
        output.push(b',');
    }
    output.extend_from_slice(b"\"thumbprint\":\"");
    output.extend_from_slice(token.key().thumbprint.as_bytes());
    output.extend_from_slice(b"\"},\"tokenId\":\"");
    output.extend_from_slice(token.token_id().as_bytes());
    output.push(b'"');
    if let Some(identity) = identity.and_then(|identity| serde_json::to_vec(identity).ok()) {
        output.extend_from_slice(b",\"aws\":");
        output.extend_from_slice(&identity);
    }
    output.push(b'}');
}

fn write_decoded(token: &UnverifiedToken<'_>, output: &mut Vec<u8>) {
    write_members(token.header_json().as_bytes(), token.payload(), output);
    output.push(b'}');
}

fn write_members(header: &[u8], claims: &[u8], output: &mut Vec<u8>) {
    output.clear();
    output.extend_from_slice(b"{\"header\":");
    output.extend_from_slice(header);
    output.extend_from_slice(b",\"claims\":");
    output.extend_from_slice(claims);
}

fn text(input: &[u8], length: usize) -> Result<&str, Error> {
    let bytes = input.get(..length).unwrap_or(input);
    // JavaScript's TextEncoder wrote them: whole characters of UTF-8.
    core::str::from_utf8(bytes).map_err(|_| Error::InvalidSegments { look_alike: None })
}
