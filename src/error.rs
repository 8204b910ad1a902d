//! Every rule that a token, a key set or an option can break, with its evidence and its stable code.

mod display;
mod problem;

use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use serde::Serialize;

pub use problem::{JsonProblem, JwksProblem, KeyProblem, LookAlike};

/// Why a token, a key set or options were refused: one broken rule, or several where the caller asked for all of them.
///
/// One pointer wide, so that `Result` stays small. Match on [`Error::kind`], or on the stable [`Error::code`].
#[derive(Clone, PartialEq)]
pub struct Error(Box<ErrorKind>);

/// A broken rule and its evidence, grouped by stage. No message holds token bytes. Claim values appear as evidence only in
/// errors that can arise after the signature was verified.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
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
    /// The claims do not fit the type that [`claims_as`](crate::VerifiedToken::claims_as) was asked for.
    UnexpectedShape {
        /// What `serde` says about it.
        problem: String,
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
        /// The first one. It decides code and status.
        first: Error,
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

/// What kind of failure it is. It decides how a service reacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Category {
    /// The signature is good, but the claims are not what the caller expects.
    Claims,
    /// The caller's options are wrong.
    Config,
    /// The key set, or the choice of a key from it.
    Key,
    /// The token is not well-formed.
    Malformed,
    /// The signature and the claims are good, but the policy denies the caller.
    Policy,
    /// The signature is wrong.
    Signature,
}

/// A stable code with the category and the HTTP status that belong to it.
#[derive(Clone, Copy)]
struct Code {
    name: &'static str,
    category: Category,
    status: u16,
}

const fn code(name: &'static str, category: Category, status: u16) -> Code {
    Code { name, category, status }
}

const OPTIONS_INVALID: Code = code("ERR_OPTIONS_INVALID", Category::Config, 500);
const JWT_TOO_LARGE: Code = code("ERR_JWT_TOO_LARGE", Category::Malformed, 401);
const JWS_INVALID: Code = code("ERR_JWS_INVALID", Category::Malformed, 401);
const JOSE_NOT_SUPPORTED: Code = code("ERR_JOSE_NOT_SUPPORTED", Category::Malformed, 401);
const JOSE_ALG_NOT_ALLOWED: Code = code("ERR_JOSE_ALG_NOT_ALLOWED", Category::Malformed, 401);
const JWKS_INVALID: Code = code("ERR_JWKS_INVALID", Category::Key, 500);
const JWK_INVALID: Code = code("ERR_JWK_INVALID", Category::Key, 401);
const JWKS_NO_MATCHING_KEY: Code = code("ERR_JWKS_NO_MATCHING_KEY", Category::Key, 401);
const JWKS_MULTIPLE_MATCHING_KEYS: Code = code("ERR_JWKS_MULTIPLE_MATCHING_KEYS", Category::Key, 401);
const JWS_SIGNATURE_VERIFICATION_FAILED: Code = code("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", Category::Signature, 401);
const JWT_INVALID: Code = code("ERR_JWT_INVALID", Category::Malformed, 401);
const JWT_EXPIRED: Code = code("ERR_JWT_EXPIRED", Category::Claims, 401);
const JWT_CLAIM_VALIDATION_FAILED: Code = code("ERR_JWT_CLAIM_VALIDATION_FAILED", Category::Claims, 401);
const POLICY_DENIED: Code = code("ERR_POLICY_DENIED", Category::Policy, 403);

/// Every code, for [`Error::codes`].
const CODES: [Code; 14] = [
    OPTIONS_INVALID,
    JWT_TOO_LARGE,
    JWS_INVALID,
    JOSE_NOT_SUPPORTED,
    JOSE_ALG_NOT_ALLOWED,
    JWKS_INVALID,
    JWK_INVALID,
    JWKS_NO_MATCHING_KEY,
    JWKS_MULTIPLE_MATCHING_KEYS,
    JWS_SIGNATURE_VERIFICATION_FAILED,
    JWT_INVALID,
    JWT_EXPIRED,
    JWT_CLAIM_VALIDATION_FAILED,
    POLICY_DENIED,
];

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl Error {
    /// The rule that was broken, and its evidence.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// Code, category and status of each kind.
    fn classify(&self) -> Code {
        match self.kind() {
            ErrorKind::InvalidOption { .. } => OPTIONS_INVALID,
            ErrorKind::TooLarge { .. } => JWT_TOO_LARGE,
            ErrorKind::InvalidBase64url { .. }
            | ErrorKind::InvalidHeader { .. }
            | ErrorKind::InvalidHeaderParameter { .. }
            | ErrorKind::InvalidSegments { .. } => JWS_INVALID,
            ErrorKind::EncryptedToken | ErrorKind::UnsupportedHeaderParameter { .. } => JOSE_NOT_SUPPORTED,
            ErrorKind::AlgorithmMismatch { .. }
            | ErrorKind::AlgorithmNotAllowed { .. }
            | ErrorKind::UnsupportedAlgorithm => JOSE_ALG_NOT_ALLOWED,
            ErrorKind::InvalidJwks { .. } => JWKS_INVALID,
            ErrorKind::UnusableKey { .. } => JWK_INVALID,
            ErrorKind::NoMatchingKey => JWKS_NO_MATCHING_KEY,
            ErrorKind::MultipleMatchingKeys => JWKS_MULTIPLE_MATCHING_KEYS,
            ErrorKind::SignatureMismatch => JWS_SIGNATURE_VERIFICATION_FAILED,
            ErrorKind::InvalidClaim { .. } | ErrorKind::InvalidPayload { .. } | ErrorKind::UnexpectedShape { .. } => {
                JWT_INVALID
            }
            ErrorKind::Expired { .. } => JWT_EXPIRED,
            ErrorKind::IssuedInFuture { .. }
            | ErrorKind::MissingClaim { .. }
            | ErrorKind::NotYetValid { .. }
            | ErrorKind::TooOld { .. }
            | ErrorKind::UnexpectedClaim { .. } => JWT_CLAIM_VALIDATION_FAILED,
            ErrorKind::PolicyDenied { .. } => POLICY_DENIED,
            ErrorKind::Several { first, .. } => first.classify(),
        }
    }

    /// The stable code, the same in every language: `ERR_…`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.classify().name
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn category(&self) -> Category {
        self.classify().category
    }

    /// The HTTP status (RFC 9110 §15) of a service that refuses a request for this reason.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.classify().status
    }

    /// Every code with its category and HTTP status, for tables in documentation and in other languages.
    pub fn codes() -> impl Iterator<Item = (&'static str, Category, u16)> {
        CODES.into_iter().map(|Code { name, category, status }| (name, category, status))
    }

    /// The claim, the `typ` or the field of the policy that failed.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        match self.kind() {
            ErrorKind::PolicyDenied { field, .. } => Some(field),
            ErrorKind::Several { first, .. } => first.claim(),
            ErrorKind::Expired { .. } => Some("exp"),
            ErrorKind::IssuedInFuture { .. } | ErrorKind::TooOld { .. } => Some("iat"),
            ErrorKind::NotYetValid { .. } => Some("nbf"),
            ErrorKind::InvalidClaim { claim, .. } | ErrorKind::UnexpectedClaim { claim, .. } => Some(claim),
            ErrorKind::MissingClaim { claim } => Some(claim),
            _ => None,
        }
    }

    /// How the claim failed: `missing`, `invalid` (wrong type) or `check_failed`.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self.kind() {
            ErrorKind::MissingClaim { .. } | ErrorKind::PolicyDenied { actual: None, .. } => Some("missing"),
            ErrorKind::Several { first, .. } => first.reason(),
            ErrorKind::InvalidClaim { .. } => Some("invalid"),
            ErrorKind::Expired { .. }
            | ErrorKind::IssuedInFuture { .. }
            | ErrorKind::NotYetValid { .. }
            | ErrorKind::PolicyDenied { .. }
            | ErrorKind::TooOld { .. }
            | ErrorKind::UnexpectedClaim { .. } => Some("check_failed"),
            _ => None,
        }
    }

    /// What would have passed: the values or the limit. For `exp`, `nbf` and `iat` it is the present time, to which the
    /// leeway is added.
    #[must_use]
    pub fn expected(&self) -> Option<Evidence> {
        match self.kind() {
            ErrorKind::AlgorithmMismatch { expected, .. } | ErrorKind::InvalidClaim { expected, .. } => {
                Some(Evidence::Text(Cow::Borrowed(expected)))
            }
            ErrorKind::Expired { now, .. }
            | ErrorKind::IssuedInFuture { now, .. }
            | ErrorKind::NotYetValid { now, .. } => Some(Evidence::Number(*now)),
            ErrorKind::PolicyDenied { expected, .. } => Some(expected.clone()),
            ErrorKind::Several { first, .. } => first.expected(),
            ErrorKind::TooOld { oldest, .. } => Some(Evidence::Number(*oldest)),
            ErrorKind::TooLarge { limit, .. } => Some(Evidence::bytes(*limit)),
            ErrorKind::UnexpectedClaim { expected, .. } => Some(Evidence::Texts(expected.clone())),
            _ => None,
        }
    }

    /// What the token has instead.
    #[must_use]
    pub fn actual(&self) -> Option<Evidence> {
        match self.kind() {
            ErrorKind::AlgorithmMismatch { actual, .. } | ErrorKind::AlgorithmNotAllowed { actual } => {
                Some(Evidence::Text(Cow::Borrowed(actual)))
            }
            ErrorKind::Expired { expiration: date, .. }
            | ErrorKind::IssuedInFuture { issued_at: date, .. }
            | ErrorKind::NotYetValid { not_before: date, .. }
            | ErrorKind::TooOld { issued_at: date, .. } => Some(Evidence::Number(*date)),
            ErrorKind::PolicyDenied { actual, .. } => actual.clone(),
            ErrorKind::Several { first, .. } => first.actual(),
            ErrorKind::UnexpectedClaim { actual, .. } => Some(Evidence::Texts(actual.clone())),
            _ => None,
        }
    }

    /// This failure alone, or every failure where the caller asked for all of them.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        let (first, rest) = match self.kind() {
            ErrorKind::Several { first, rest } => (first, rest.as_slice()),
            _ => (self, [].as_slice()),
        };
        core::iter::once(first).chain(rest)
    }
}

impl Evidence {
    #[expect(clippy::as_conversions, reason = "lengths are far below 2^53")]
    const fn bytes(length: usize) -> Self {
        Self::Number(length as f64)
    }
}

impl Category {
    /// The category's name in lower case, the same in every language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::Config => "config",
            Self::Key => "key",
            Self::Malformed => "malformed",
            Self::Policy => "policy",
            Self::Signature => "signature",
        }
    }
}
