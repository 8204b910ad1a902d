//! The boundary of the npm package (feature `npm`), called only by the package's TypeScript. It only translates; all
//! decisions are made in the core.
//!
//! JavaScript writes each string as bytes into a buffer of [`Engine`], and reads each result with `JSON.parse` from the
//! JSON text in its output buffer. This is several times faster than passing strings and objects one by one. No
//! function throws: if a function fails, it returns `false` or `undefined`, and [`Engine::error`] then writes the
//! error.
//!
//! Only numbers cross the boundary, so `js/src/core/wasm.ts` calls the exports directly, with the type declarations
//! that wasm-bindgen generates. The classes that wasm-bindgen generates would be a quarter of the package's JavaScript.

use super::{records::IdentityRecord, self_test::SELF_TEST};
use crate::{
    AwsIdentity, AwsPolicy, Claims, Error, ErrorKind, Expectations, Explanation, KeySet, NumericDate, Step,
    UnverifiedToken, VerifiedToken, authenticate,
    crypto::sha256,
    decode_unverified,
    encoding::{base64url, json::Object},
    token::issuer_in,
    verify::{authenticate_parsed, judge_claims},
};
use alloc::{borrow::Cow, boxed::Box, vec, vec::Vec};
use core::mem;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

/// How many bytes longer the buffer for tokens is than the longest token. A token that is one character (up to 3 octets) too long
/// still fits, so the core can reject it for its size.
const SPARE_BYTES: usize = 4;

/// The approximate memory for one value in a token's claims, in bytes: JavaScript's and the module's together.
const VALUE_BYTES: usize = 100;

/// The state of the module: buffers for tokens, for the text of a key set or of options, and for results; the token
/// whose issuer was read; and the last error.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    input: Box<[u8]>,
    text: Vec<u8>,
    output: Vec<u8>,
    parsed: Option<(UnverifiedToken<'static>, Object<'static>)>,
    error: Option<Error>,
}

/// A parsed JWK Set.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawKeySet(KeySet);

/// Checked options.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawOptions(Expectations);

/// A verified token and its claims, which can be checked again without verifying the signature.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawToken {
    token: VerifiedToken,
    claims: Claims<'static>,
}

#[wasm_bindgen]
impl Engine {
    /// Allocates the buffers.
    #[wasm_bindgen(constructor)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "JavaScript has constructors, not Default")]
    pub fn new() -> Self {
        let input = vec![0; UnverifiedToken::MAX_BYTES + SPARE_BYTES].into_boxed_slice();
        Self { input, text: Vec::new(), output: Vec::new(), parsed: None, error: None }
    }

    /// The address of the buffer for tokens.
    #[must_use]
    pub fn input_ptr(&self) -> *const u8 {
        self.input.as_ptr()
    }

    /// The size of the buffer for tokens, in bytes.
    #[must_use]
    pub fn input_len(&self) -> usize {
        self.input.len()
    }

    /// Allocates a text buffer of `length` bytes and returns its address. The next call of `keyset` or `options` reads
    /// this buffer.
    pub fn reserve(&mut self, length: usize) -> *const u8 {
        self.text = vec![0; length];
        self.text.as_ptr()
    }

    /// The address of the result.
    #[must_use]
    pub fn output_ptr(&self) -> *const u8 {
        self.output.as_ptr()
    }

    /// The length of the result in bytes.
    #[must_use]
    pub fn output_len(&self) -> usize {
        self.output.len()
    }

    /// Verifies the token in the first `length` bytes of the input.
    pub fn verify(&mut self, length: usize, keys: &RawKeySet, options: &RawOptions, now: f64) -> bool {
        let outcome = seconds(now).and_then(|now| {
            let token = authenticate(token(&self.input, length)?, &keys.0, &options.0.algorithms)?;
            write_judged(&token, &token.claims()?, &options.0, now, &mut self.output)
        });
        self.error = outcome.err();
        self.error.is_none()
    }

    /// Reads the token in the first `length` bytes of the input, and writes its `iss` to the output, or nothing if
    /// `iss` is missing. UNVERIFIED. The parsed token is kept. When the caller has found the issuer's keys, it calls
    /// `keep`, which verifies this token without parsing it again.
    pub fn issuer(&mut self, length: usize) -> bool {
        self.parsed = None;
        let outcome = token(&self.input, length).and_then(|token| {
            let token = UnverifiedToken::parse(token)?.into_static();
            let claims = token.claims_object()?.to_static();
            self.output = issuer_in(&claims)?.unwrap_or_default().into();
            self.parsed = Some((token, claims));
            Ok(())
        });
        self.error = outcome.err();
        self.error.is_none()
    }

    /// Verifies the token that `issuer` has read, and returns it with its claims, which can then be checked again.
    pub fn keep(&mut self, keys: &RawKeySet, options: &RawOptions, now: f64) -> Option<RawToken> {
        let (token, claims) = self.parsed.take()?;
        let outcome = seconds(now).and_then(|now| {
            let token = authenticate_parsed(token, &keys.0, &options.0.algorithms)?;
            let claims = Claims::new(claims)?;
            write_judged(&token, &claims, &options.0, now, &mut self.output)?;
            Ok(RawToken { token, claims })
        });
        outcome.map_err(|error| self.error = Some(error)).ok()
    }

    /// Repeats all checks of a remembered token except the signature check.
    pub fn check(&mut self, token: &RawToken, options: &RawOptions, now: f64) -> bool {
        let outcome = seconds(now).and_then(|now| judge_claims(&token.token, &token.claims, &options.0, now));
        self.error = outcome.err();
        self.error.is_none()
    }

    /// Writes the self-test, which JavaScript then runs through `verify`.
    pub fn self_test(&mut self) {
        self.output = SELF_TEST.into();
    }

    /// Which build this is: 0 without relaxed SIMD; 1 with relaxed SIMD, on an engine that fuses multiply-add; 2 with relaxed
    /// SIMD on any other engine, where the fused kernels are not used.
    #[must_use]
    pub fn kernels() -> u32 {
        #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
        let kernels = if crate::crypto::is_fused() { 1 } else { 2 };
        #[cfg(not(all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
        let kernels = 0;
        kernels
    }

    /// Writes the digest of the text buffer's content.
    pub fn digest(&mut self) {
        let text = mem::take(&mut self.text);
        self.output = base64url::encode(&sha256(&text)).into_bytes();
    }

    /// Decodes the token in the first `length` bytes of the input. UNVERIFIED.
    pub fn decode(&mut self, length: usize) -> bool {
        let outcome = token(&self.input, length).and_then(decode_unverified);
        self.error = outcome.map(|token| write_decoded(&token, &mut self.output)).err();
        self.error.is_none()
    }

    /// Reads the text buffer as a JWK Set.
    pub fn keyset(&mut self) -> Option<RawKeySet> {
        let jwks = mem::take(&mut self.text);
        utf8(&jwks).and_then(KeySet::parse).map(RawKeySet).map_err(|error| self.error = Some(error)).ok()
    }

    /// Reads the text buffer as the options of a verification, in JSON.
    pub fn options(&mut self) -> Option<RawOptions> {
        let options = mem::take(&mut self.text);
        utf8(&options).and_then(Expectations::from_json).map(RawOptions).map_err(|error| self.error = Some(error)).ok()
    }

    /// Makes the decision of `verify` and writes every step: `{ verdict, code, error, steps }`.
    pub fn explain(&mut self, length: usize, keys: &RawKeySet, options: &RawOptions, now: f64) {
        #[derive(Serialize)]
        struct Record<'a> {
            verdict: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            code: Option<&'static str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            error: Option<&'a Error>,
            steps: &'a [Step],
        }
        let explanation = match (token(&self.input, length), seconds(now)) {
            (Ok(token), Ok(now)) => crate::explain(token, &keys.0, &options.0, now),
            (Err(error), _) | (_, Err(error)) => Explanation { outcome: Err(error), steps: Vec::new() },
        };
        let error = explanation.outcome.as_ref().err();
        let verdict = if error.is_none() { "accepted" } else { "rejected" };
        self.write(&Record { verdict, code: error.map(Error::code), error, steps: &explanation.steps });
    }

    /// Writes one `KeyReport` for each key.
    pub fn report(&mut self, keys: &RawKeySet) {
        self.write(&keys.0.report());
    }

    /// Writes the last error, as the members of `JwtError`, and clears it.
    pub fn error(&mut self) {
        let error = self.error.take();
        self.write(&error);
    }

    fn write(&mut self, value: &impl Serialize) {
        // Serialising these types cannot fail. If it did, JSON.parse would reject the empty output.
        self.output = serde_json::to_vec(value).unwrap_or_default();
    }
}

#[wasm_bindgen]
impl RawToken {
    /// Returns about how many bytes it takes to cache this token. JavaScript keeps one copy of the token's texts, and the
    /// module keeps two. Each value in the texts takes about [`VALUE_BYTES`] more.
    #[must_use]
    pub fn size(&self) -> usize {
        let [header, claims] = [self.token.header_json(), self.token.claims_json()];
        // Counting the claims in the same way would take 4 µs for 20 KB.
        let values =
            header.bytes().filter(|byte| matches!(byte, b'[' | b'{' | b',')).count() + self.claims.all().count();
        3 * (header.len() + claims.len()) + VALUE_BYTES * values
    }
}

fn seconds(now: f64) -> Result<NumericDate, Error> {
    let problem = "must be a finite number of seconds";
    NumericDate::from_seconds(now)
        .ok_or_else(|| ErrorKind::InvalidOption { option: Cow::Borrowed("now"), problem }.into())
}

/// Checks the claims of a token with a verified signature, and writes JavaScript's `VerifiedToken`.
fn write_judged(
    token: &VerifiedToken,
    claims: &Claims<'_>,
    expectations: &Expectations,
    now: NumericDate,
    output: &mut Vec<u8>,
) -> Result<(), Error> {
    judge_claims(token, claims, expectations, now)?;
    write_verified(token, claims, output);
    if let Some(policy) = &expectations.aws {
        write_identity(claims, policy, output)?;
    }
    put(output, b"}");
    Ok(())
}

/// Separates the two parts of the output. JSON text never contains this character, because the only control characters that
/// RFC 8259 §2 and §7 allow in it are white space.
const SEPARATOR: u8 = 0;

/// Writes `{"header":…,"alg":…,"key":…}`, which is the same for most tokens signed by one key. Then writes all other
/// members as a second object, except the AWS identity and the last brace. The claims are written exactly as signed.
fn write_verified(token: &VerifiedToken, claims: &Claims<'_>, output: &mut Vec<u8>) {
    output.clear();
    put(output, b"{\"header\":");
    put(output, token.header_json().as_bytes());
    put(output, b",\"alg\":\"");
    put(output, token.algorithm().as_str().as_bytes());
    put(output, b"\",\"key\":{");
    if let Some(kid) = token.kid().and_then(|kid| serde_json::to_vec(kid).ok()) {
        put(output, b"\"kid\":");
        put(output, &kid);
        put(output, b",");
    }
    put(output, b"\"thumbprint\":\"");
    put(output, token.thumbprint().as_bytes());
    put(output, b"\"}}");
    output.push(SEPARATOR);
    put(output, b"{\"claims\":");
    put(output, token.claims_json().as_bytes());
    put(output, b",\"tokenId\":\"");
    put(output, token.token_id().as_bytes());
    put(output, b"\"");
    if let Some(seconds) = claims.expiration().and_then(|date| serde_json::to_vec(&date.seconds()).ok()) {
        put(output, b",\"expiresAt\":");
        put(output, &seconds);
    }
    if let Some(issuer) = claims.issuer().and_then(|issuer| serde_json::to_vec(issuer).ok()) {
        put(output, b",\"issuer\":");
        put(output, &issuer);
    }
}

// Not inlined: otherwise an engine would compile these 5.4 KB (2 % of a cold start) even to verify without a policy.
#[inline(never)]
fn write_identity(claims: &Claims<'_>, policy: &AwsPolicy, output: &mut Vec<u8>) -> Result<(), Error> {
    let identity = AwsIdentity::of(claims, &policy.issuer_suffixes)?;
    put(output, b",\"aws\":");
    put(output, &serde_json::to_vec(&IdentityRecord::from(&identity)).unwrap_or_default());
    Ok(())
}

fn put(output: &mut Vec<u8>, bytes: &[u8]) {
    output.extend_from_slice(bytes);
}

fn write_decoded(token: &UnverifiedToken<'_>, output: &mut Vec<u8>) {
    output.clear();
    put(output, b"{\"header\":");
    put(output, token.header_json().as_bytes());
    put(output, b",\"claims\":");
    put(output, token.payload());
    put(output, b"}");
}

fn token(input: &[u8], length: usize) -> Result<&str, Error> {
    utf8(input.get(..length).unwrap_or(input))
}

fn utf8(bytes: &[u8]) -> Result<&str, Error> {
    // JavaScript's TextEncoder wrote these bytes, so they are complete UTF-8 characters.
    core::str::from_utf8(bytes).map_err(|_| ErrorKind::InvalidSegments { look_alike: None }.into())
}
