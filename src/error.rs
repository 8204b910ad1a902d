//! Every rule that a token, a key set or an option can break, with its evidence and its stable code.

mod display;
mod kind;
mod problem;

use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use serde::Serialize;

pub use kind::ErrorKind;
pub use problem::{JsonProblem, JwksProblem, KeyProblem, LookAlike};

/// Why a token, a key set or options were refused: one broken rule, or several where the caller asked for all of them.
///
/// One pointer wide, so that `Result` stays small. Match on [`Error::kind`], or on the stable [`Error::code`].
#[derive(Clone, PartialEq)]
pub struct Error(Box<ErrorKind>);

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
