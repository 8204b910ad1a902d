//! The rules that can be broken.

use super::{Error, Evidence, JsonProblem, JwksProblem, KeyProblem, LookAlike};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// A broken rule and its evidence, grouped by stage. Messages never contain token bytes. Claim values appear as evidence
/// only in errors that can arise after the signature was verified.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    // ---- the caller's options
    /// An option is missing, of the wrong type, out of range or unknown.
    InvalidOption {
        /// The option's name, as a path (`issuer`, `aws.accounts`).
        option: Cow<'static, str>,
        /// The requirement that the option does not meet.
        problem: &'static str,
    },

    // ---- the token's encoding and header
    /// A segment is not canonical base64url (RFC 7515 §2, RFC 4648 §3.5).
    InvalidBase64url {
        /// `header`, `payload` or `signature`.
        segment: &'static str,
    },
    /// The JOSE Header is not a strict JSON object (RFC 7515 §5.2).
    InvalidHeader {
        /// What is wrong with the text.
        problem: JsonProblem,
    },
    /// A Header Parameter has the wrong JSON type (RFC 7515 §4.1).
    InvalidHeaderParameter {
        /// Its name.
        parameter: &'static str,
    },
    /// The token is not three segments separated by two dots (RFC 7515 §3.1, §7.1).
    InvalidSegments {
        /// What the token looks like, if the caller made a common mistake.
        look_alike: Option<LookAlike>,
    },
    /// The header or the whole token is longer than the limit.
    TooLarge {
        /// `token` or `header`.
        part: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
    /// The token is encrypted (RFC 7516 §3.1: five segments).
    EncryptedToken,
    /// `crit` or `b64` requires an extension that this library does not support (RFC 7515 §4.1.11, RFC 7797 §3).
    UnsupportedHeaderParameter {
        /// Its name.
        parameter: &'static str,
    },

    // ---- the algorithm
    /// The header's `alg` is supported, but the key with the header's `kid` has the other algorithm (RFC 8725 §3.1).
    AlgorithmMismatch {
        /// The key's algorithm.
        expected: &'static str,
        /// The header's `alg`.
        actual: &'static str,
    },
    /// The header's `alg` is not among the caller's algorithms (RFC 8725 §3.1).
    AlgorithmNotAllowed {
        /// The header's `alg`.
        actual: &'static str,
    },
    /// The header has no `alg` (RFC 7515 §4.1.1).
    MissingAlgorithm,
    /// The header's `alg` is neither `ES384` nor `RS256` (RFC 7518 §3.1).
    UnsupportedAlgorithm,

    // ---- the key set
    /// The text is not a JWK Set (RFC 7517 §5).
    InvalidJwks {
        /// What is wrong with the text.
        problem: JwksProblem,
    },
    /// The header has no `kid`, and more than one key fits.
    MultipleMatchingKeys,
    /// No key fits `kid` and `alg` (RFC 7515 §4.1.4).
    NoMatchingKey,
    /// Every key that matches is unusable.
    UnusableKey {
        /// What is wrong with the first matching key.
        problem: KeyProblem,
    },

    // ---- the signature
    /// The signature is not valid for this token and key. There is no further detail.
    SignatureMismatch,

    // ---- the claims
    /// `exp` is not after the current time (RFC 7519 §4.1.4).
    Expired {
        /// `exp`, seconds since the epoch.
        expiration: f64,
        /// The current time, seconds since the epoch.
        now: f64,
    },
    /// A registered claim has the wrong JSON type (RFC 7519 §4.1).
    InvalidClaim {
        /// Its name.
        claim: &'static str,
        /// The required type.
        expected: &'static str,
    },
    /// The JWS Payload is not a strict JSON object (RFC 7519 §7.2).
    InvalidPayload {
        /// What is wrong with the text.
        problem: JsonProblem,
    },
    /// `iat` is in the future.
    IssuedInFuture {
        /// `iat`, seconds since the epoch.
        issued_at: f64,
        /// The current time, seconds since the epoch.
        now: f64,
    },
    /// An expected or required claim is missing.
    MissingClaim {
        /// Its name or JSON pointer, as the caller wrote it.
        claim: Cow<'static, str>,
    },
    /// The caller expects a `typ`, and the header has none (RFC 7515 §4.1.9).
    MissingTyp,
    /// The caller expects exactly one audience, and `aud` has several or none (RFC 7519 §4.1.3).
    NotOneAudience,
    /// `nbf` is in the future (RFC 7519 §4.1.5).
    NotYetValid {
        /// `nbf`, seconds since the epoch.
        not_before: f64,
        /// The current time, seconds since the epoch.
        now: f64,
    },
    /// The token is older than the caller's maximum age.
    TooOld {
        /// `iat`, seconds since the epoch.
        issued_at: f64,
        /// The oldest `iat` that would pass, seconds since the epoch.
        oldest: f64,
    },
    /// The claims do not fit the type passed to [`claims_as`](crate::VerifiedToken::claims_as).
    UnexpectedShape {
        /// The message of `serde`.
        problem: String,
    },
    /// A claim, or the header's `typ`, is not what the caller expects.
    UnexpectedClaim {
        /// Its name.
        claim: &'static str,
        /// What would have passed.
        expected: Vec<String>,
        /// The token's values.
        actual: Vec<String>,
    },
    /// A claim has none of the values that [`Expectations::claims`](crate::Expectations::claims) lists.
    UnexpectedValue {
        /// Its name or JSON pointer, as the caller wrote it.
        claim: String,
        /// What would have passed.
        expected: Evidence,
        /// The token's value or, for an array, the strings, numbers and booleans in it. Never `None`.
        actual: Option<Evidence>,
    },

    // ---- the scope and the AWS policy
    /// The token lacks a required scope (RFC 6750 §3.1), or the AWS policy or a cross-check between AWS claims denies it.
    PolicyDenied {
        /// `scope`, the field of the policy, or the claim of the cross-check.
        field: &'static str,
        /// The claim that was checked.
        claim: &'static str,
        /// What would have passed.
        expected: Evidence,
        /// The token's value; `None` if the claim is missing.
        actual: Option<Evidence>,
    },

    /// A tag of the principal is missing, or the AWS policy does not list its value.
    TagDenied {
        /// The tag's key, as in the policy.
        tag: String,
        /// The values that would have passed.
        expected: Vec<String>,
        /// The token's value; `None` if the tag is missing.
        actual: Option<String>,
        /// The keys of the first ten tags that the token has.
        keys: Vec<String>,
        /// How many tags the token has besides those in `keys`.
        more: usize,
    },
    /// A claim has more values than an AWS policy accepts.
    TooManyValues {
        /// The field of the policy.
        field: &'static str,
        /// The claim.
        claim: &'static str,
        /// The limit.
        limit: usize,
    },

    /// Several checks failed, and the caller asked for all failures.
    Several {
        /// The first failure, which determines the code and the status.
        first: Error,
        /// The other failures, in the order of the checks.
        rest: Vec<Error>,
    },
}
