//! Every rule that a token, a key set or an option can break, with its evidence and its stable code.

mod message;
mod problem;

use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use serde::Serialize;

pub use problem::{JsonProblem, JwksProblem, KeyProblem, LookAlike};

/// A rule that was broken. Grouped by stage; the message never holds token bytes, and claim values appear as
/// evidence only in errors that can arise after the signature was good.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    // ---- the caller's options
    /// An option is missing, of the wrong type, out of range or unknown.
    InvalidOption {
        /// The option's name, as a path (`issuer`, `aws.accounts`).
        option: Cow<'static, str>,
        /// What it must be.
        problem: &'static str,
    },

    // ---- the token's encoding and header
    /// A segment is not base64url in its one canonical form (RFC 7515 §2, RFC 4648 §3.5).
    InvalidBase64url {
        /// `header`, `payload` or `signature`.
        segment: &'static str,
    },
    /// The JOSE Header is not a strict JSON object (RFC 7515 §5.2).
    InvalidHeader {
        /// What is wrong with the text.
        problem: JsonProblem,
    },
    /// A Header Parameter has the wrong JSON type or is missing (RFC 7515 §4.1).
    InvalidHeaderParameter {
        /// Its name.
        parameter: &'static str,
    },
    /// The token is not three segments separated by two dots (RFC 7515 §3.1, §7.1).
    InvalidSegments {
        /// What it looks like instead, where that could be recognised.
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
    /// `crit` or `b64` asks for an extension that this library does not have (RFC 7515 §4.1.11, RFC 7797 §3).
    UnsupportedHeaderParameter {
        /// Its name.
        parameter: &'static str,
    },

    // ---- the algorithm
    /// The header's `alg` is good, but not the algorithm of the key that `kid` names (RFC 8725 §3.1).
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
    /// The header's `alg` is neither `ES384` nor `RS256` (RFC 7518 §3.1).
    UnsupportedAlgorithm,

    // ---- the key set
    /// The text is not a JWK Set (RFC 7517 §5).
    InvalidJwks {
        /// What is wrong with it.
        problem: JwksProblem,
    },
    /// No `kid` in the header, and more than one key fits.
    MultipleMatchingKeys,
    /// No key fits `kid` and `alg` (RFC 7515 §4.1.4).
    NoMatchingKey,
    /// The keys of the token's issuer are not there yet, or too old. `verify` never says so; whoever keeps keys does.
    KeysNeeded,
    /// The keys of the token's issuer could not be fetched. `verify` never says so; whoever fetches keys does.
    KeysUnavailable,
    /// Every key that matches is unusable.
    UnusableKey {
        /// What is wrong with the first of them.
        problem: KeyProblem,
    },

    // ---- the signature
    /// The signature is not the key's signature of this token. There is one reason and no detail.
    SignatureMismatch,

    // ---- the claims
    /// `exp` is not after the present time (RFC 7519 §4.1.4).
    Expired {
        /// `exp`, seconds since the epoch.
        expiration: f64,
        /// The present time, seconds since the epoch.
        now: f64,
    },
    /// A registered claim has the wrong JSON type (RFC 7519 §4.1).
    InvalidClaim {
        /// Its name.
        claim: &'static str,
        /// The type it must have.
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
        /// The present time, seconds since the epoch.
        now: f64,
    },
    /// Nobody configured the issuer in `iss`. `verify` never says so; whoever serves several issuers does.
    UnknownIssuer,
    /// A claim that is expected or required is not there.
    MissingClaim {
        /// Its name or JSON pointer, as the caller wrote it.
        claim: Cow<'static, str>,
    },
    /// `nbf` is in the future (RFC 7519 §4.1.5).
    NotYetValid {
        /// `nbf`, seconds since the epoch.
        not_before: f64,
        /// The present time, seconds since the epoch.
        now: f64,
    },
    /// The token is older than the caller's maximum age.
    TooOld {
        /// `iat`, seconds since the epoch.
        issued_at: f64,
        /// The oldest `iat` that would pass, seconds since the epoch.
        oldest: f64,
    },
    /// A claim, or the header's `typ`, is not what the caller expects.
    UnexpectedClaim {
        /// Its name.
        claim: &'static str,
        /// What would have passed.
        expected: Vec<String>,
        /// What the token says.
        actual: Vec<String>,
    },

    // ---- the AWS policy
    /// The AWS policy, or a cross-check between AWS claims, denies the token.
    PolicyDenied {
        /// The field of the policy, or the claim of the cross-check.
        field: &'static str,
        /// The claim that decided.
        claim: &'static str,
        /// What would have passed.
        expected: Evidence,
        /// What the token says; `None` where the claim is missing.
        actual: Option<Evidence>,
    },

    /// Several checks failed, and the caller wanted all of them.
    Several {
        /// The first one, which also decides code and status.
        first: Box<Error>,
        /// The others, in the order of the checks.
        rest: Vec<Error>,
    },
}

/// A value that was compared: in errors and in the steps of an explanation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Evidence {
    /// A length in bytes, or a time in seconds since the epoch.
    Number(f64),
    /// One value.
    Text(Cow<'static, str>),
    /// Several values.
    Texts(Vec<String>),
}

impl Evidence {
    #[expect(clippy::as_conversions, reason = "lengths are far below 2^53")]
    pub(crate) const fn bytes(length: usize) -> Self {
        Self::Number(length as f64)
    }
}

/// What sort of failure it is; decides how a service reacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Category {
    /// The token is good, but its claims do not fit.
    Claims,
    /// The caller's options are wrong.
    Config,
    /// The key set, or the choice of a key from it.
    Key,
    /// The token is not well-formed.
    Malformed,
    /// The token is good, but the policy denies its bearer.
    Policy,
    /// The signature is wrong.
    Signature,
    /// The keys could not be had; the token was not judged.
    Unavailable,
}

impl Category {
    /// The category's name in JavaScript.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::Config => "config",
            Self::Key => "key",
            Self::Malformed => "malformed",
            Self::Policy => "policy",
            Self::Signature => "signature",
            Self::Unavailable => "unavailable",
        }
    }
}

/// One row of the table of errors.
struct Row {
    code: &'static str,
    category: Category,
    status: u16,
}

const fn row(code: &'static str, category: Category, status: u16) -> Row {
    Row { code, category, status }
}

const OPTIONS_INVALID: Row = row("ERR_OPTIONS_INVALID", Category::Config, 500);
const JWT_TOO_LARGE: Row = row("ERR_JWT_TOO_LARGE", Category::Malformed, 401);
const JWS_INVALID: Row = row("ERR_JWS_INVALID", Category::Malformed, 401);
const JOSE_NOT_SUPPORTED: Row = row("ERR_JOSE_NOT_SUPPORTED", Category::Malformed, 401);
const JOSE_ALG_NOT_ALLOWED: Row = row("ERR_JOSE_ALG_NOT_ALLOWED", Category::Malformed, 401);
const JWKS_INVALID: Row = row("ERR_JWKS_INVALID", Category::Key, 500);
const JWK_INVALID: Row = row("ERR_JWK_INVALID", Category::Key, 401);
const NO_MATCHING_KEY: Row = row("ERR_JWKS_NO_MATCHING_KEY", Category::Key, 401);
const MULTIPLE_MATCHING_KEYS: Row = row("ERR_JWKS_MULTIPLE_MATCHING_KEYS", Category::Key, 401);
const SIGNATURE_VERIFICATION_FAILED: Row = row("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", Category::Signature, 401);
const JWT_INVALID: Row = row("ERR_JWT_INVALID", Category::Malformed, 401);
const JWT_EXPIRED: Row = row("ERR_JWT_EXPIRED", Category::Claims, 401);
const CLAIM_VALIDATION_FAILED: Row = row("ERR_JWT_CLAIM_VALIDATION_FAILED", Category::Claims, 401);
const ISSUER_UNKNOWN: Row = row("ERR_JWT_ISSUER_UNKNOWN", Category::Claims, 401);
const KEYS_NEEDED: Row = row("ERR_JWKS_KEYS_NEEDED", Category::Unavailable, 503);
const KEYS_UNAVAILABLE: Row = row("ERR_JWKS_UNAVAILABLE", Category::Unavailable, 503);
const POLICY_DENIED: Row = row("ERR_POLICY_DENIED", Category::Policy, 403);

/// Code, category and HTTP status of everything that the core itself can refuse.
pub fn codes() -> impl Iterator<Item = (&'static str, Category, u16)> {
    [
        OPTIONS_INVALID,
        JWT_TOO_LARGE,
        JWS_INVALID,
        JOSE_NOT_SUPPORTED,
        JOSE_ALG_NOT_ALLOWED,
        JWKS_INVALID,
        JWK_INVALID,
        NO_MATCHING_KEY,
        MULTIPLE_MATCHING_KEYS,
        SIGNATURE_VERIFICATION_FAILED,
        JWT_INVALID,
        JWT_EXPIRED,
        CLAIM_VALIDATION_FAILED,
        POLICY_DENIED,
    ]
    .into_iter()
    .map(|row| (row.code, row.category, row.status))
}

impl Error {
    fn row(&self) -> Row {
        match self {
            Self::InvalidOption { .. } => OPTIONS_INVALID,
            Self::TooLarge { .. } => JWT_TOO_LARGE,
            Self::InvalidBase64url { .. }
            | Self::InvalidHeader { .. }
            | Self::InvalidHeaderParameter { .. }
            | Self::InvalidSegments { .. } => JWS_INVALID,
            Self::EncryptedToken | Self::UnsupportedHeaderParameter { .. } => JOSE_NOT_SUPPORTED,
            Self::AlgorithmMismatch { .. } | Self::AlgorithmNotAllowed { .. } | Self::UnsupportedAlgorithm => {
                JOSE_ALG_NOT_ALLOWED
            }
            Self::InvalidJwks { .. } => JWKS_INVALID,
            Self::UnusableKey { .. } => JWK_INVALID,
            Self::NoMatchingKey => NO_MATCHING_KEY,
            Self::MultipleMatchingKeys => MULTIPLE_MATCHING_KEYS,
            Self::SignatureMismatch => SIGNATURE_VERIFICATION_FAILED,
            Self::InvalidClaim { .. } | Self::InvalidPayload { .. } => JWT_INVALID,
            Self::Expired { .. } => JWT_EXPIRED,
            Self::IssuedInFuture { .. }
            | Self::MissingClaim { .. }
            | Self::NotYetValid { .. }
            | Self::TooOld { .. }
            | Self::UnexpectedClaim { .. } => CLAIM_VALIDATION_FAILED,
            Self::KeysNeeded => KEYS_NEEDED,
            Self::KeysUnavailable => KEYS_UNAVAILABLE,
            Self::UnknownIssuer => ISSUER_UNKNOWN,
            Self::PolicyDenied { .. } => POLICY_DENIED,
            Self::Several { first, .. } => first.row(),
        }
    }

    /// The stable code, the same in every language: `ERR_…`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.row().code
    }

    /// What sort of failure it is.
    #[must_use]
    pub fn category(&self) -> Category {
        self.row().category
    }

    /// The HTTP status (RFC 9110 §15) of a service that refuses a request for this reason.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.row().status
    }

    /// Whether the same token may pass a moment later without anybody changing it: the keys could not be had.
    #[must_use]
    pub fn retryable(&self) -> bool {
        self.category() == Category::Unavailable
    }

    /// The claim, the `typ` or the field of the policy that failed.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        match self {
            Self::PolicyDenied { field, .. } => Some(field),
            Self::Several { first, .. } => first.claim(),
            Self::Expired { .. } => Some("exp"),
            Self::IssuedInFuture { .. } | Self::TooOld { .. } => Some("iat"),
            Self::NotYetValid { .. } => Some("nbf"),
            Self::InvalidClaim { claim, .. } | Self::UnexpectedClaim { claim, .. } => Some(claim),
            Self::MissingClaim { claim } => Some(claim),
            _ => None,
        }
    }

    /// How the claim failed: `missing`, `invalid` (wrong type) or `check_failed`.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::MissingClaim { .. } | Self::PolicyDenied { actual: None, .. } => Some("missing"),
            Self::Several { first, .. } => first.reason(),
            Self::InvalidClaim { .. } => Some("invalid"),
            Self::Expired { .. }
            | Self::IssuedInFuture { .. }
            | Self::NotYetValid { .. }
            | Self::PolicyDenied { .. }
            | Self::TooOld { .. }
            | Self::UnexpectedClaim { .. } => Some("check_failed"),
            _ => None,
        }
    }

    /// What would have passed: the values or the limit. For `exp`, `nbf` and `iat` it is the present time, to which the
    /// leeway comes.
    #[must_use]
    pub fn expected(&self) -> Option<Evidence> {
        match self {
            Self::AlgorithmMismatch { expected, .. } | Self::InvalidClaim { expected, .. } => {
                Some(Evidence::Text(Cow::Borrowed(expected)))
            }
            Self::Expired { now, .. } | Self::IssuedInFuture { now, .. } | Self::NotYetValid { now, .. } => {
                Some(Evidence::Number(*now))
            }
            Self::PolicyDenied { expected, .. } => Some(expected.clone()),
            Self::Several { first, .. } => first.expected(),
            Self::TooOld { oldest, .. } => Some(Evidence::Number(*oldest)),
            Self::TooLarge { limit, .. } => Some(Evidence::bytes(*limit)),
            Self::UnexpectedClaim { expected, .. } => Some(Evidence::Texts(expected.clone())),
            _ => None,
        }
    }

    /// What the token has instead.
    #[must_use]
    pub fn actual(&self) -> Option<Evidence> {
        match self {
            Self::AlgorithmMismatch { actual, .. } | Self::AlgorithmNotAllowed { actual } => {
                Some(Evidence::Text(Cow::Borrowed(actual)))
            }
            Self::Expired { expiration: date, .. }
            | Self::IssuedInFuture { issued_at: date, .. }
            | Self::NotYetValid { not_before: date, .. }
            | Self::TooOld { issued_at: date, .. } => Some(Evidence::Number(*date)),
            Self::PolicyDenied { actual, .. } => actual.clone(),
            Self::Several { first, .. } => first.actual(),
            Self::UnexpectedClaim { actual, .. } => Some(Evidence::Texts(actual.clone())),
            _ => None,
        }
    }

    /// Every failure: this one, or all where the caller wanted all.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        let (first, rest) = match self {
            Self::Several { first, rest } => (first.as_ref(), rest.as_slice()),
            one => (one, [].as_slice()),
        };
        core::iter::once(first).chain(rest)
    }
}
