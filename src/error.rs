//! Every rule that a token, a key set or an option can break, with the evidence and a stable code.

mod code;
mod display;
mod kind;
mod problem;

use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use code::Code;
use serde::Serialize;

pub use code::Category;
pub use kind::ErrorKind;
pub use problem::{JsonProblem, JwksProblem, KeyProblem, LookAlike};

/// Why a token, a key set or options were rejected: one broken rule, or several if the caller asked for all of them.
///
/// Match on [`Error::kind`], or on the stable [`Error::code`]. An `Error` is one pointer wide, so `Result` stays small.
#[derive(Clone, PartialEq)]
pub struct Error(Box<ErrorKind>);

/// A value that was compared, as shown in errors and in the steps of an explanation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Evidence {
    /// A length in bytes, or a time in seconds since the epoch.
    Number(f64),
    /// One value.
    Text(Cow<'static, str>),
    /// Several strings.
    Texts(Vec<String>),
    /// Several strings, numbers and booleans.
    Values(Vec<ClaimValue>),
}

/// The value of a claim, if it is a string, a number or a boolean.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ClaimValue {
    /// A string.
    Text(String),
    /// A number. Numbers are compared by value: 1, 1.0 and 1e0 are equal.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
}

/// Whether a time looks like milliseconds since the epoch: as seconds, it would be after the year 5138.
pub(crate) fn is_in_milliseconds(time: f64) -> bool {
    time > 1e11
}

impl From<ErrorKind> for Error {
    // Not inlined: a copy for each rule would add 0.1 KB to the module, after gzip.
    #[inline(never)]
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

    /// The stable code, the same in every language: `ERR_…`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        Code::of(self.kind()).name
    }

    /// The kind of failure.
    #[must_use]
    pub fn category(&self) -> Category {
        Code::of(self.kind()).category
    }

    /// The HTTP status (RFC 9110 §15) with which a service should reject a request for this reason.
    #[must_use]
    pub fn status(&self) -> u16 {
        Code::of(self.kind()).status
    }

    /// Every code with its category and HTTP status, for tables in documentation and in other languages.
    pub fn codes() -> impl Iterator<Item = (&'static str, Category, u16)> {
        Code::ALL.into_iter().map(|Code { name, category, status }| (name, category, status))
    }

    /// The claim, the `typ` or the field of the policy that failed.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        match self.kind() {
            ErrorKind::PolicyDenied { field, .. } | ErrorKind::TooManyValues { field, .. } => Some(field),
            ErrorKind::TagDenied { .. } => Some("principalTags"),
            ErrorKind::NotOneAudience => Some("aud"),
            ErrorKind::MissingTyp => Some("typ"),
            ErrorKind::Several { first, .. } => first.claim(),
            ErrorKind::Expired { .. } => Some("exp"),
            ErrorKind::IssuedInFuture { .. } | ErrorKind::TooOld { .. } => Some("iat"),
            ErrorKind::NotYetValid { .. } => Some("nbf"),
            ErrorKind::InvalidClaim { claim, .. } | ErrorKind::UnexpectedClaim { claim, .. } => Some(claim),
            ErrorKind::MissingClaim { claim } => Some(claim),
            ErrorKind::UnexpectedValue { claim, .. } => Some(claim),
            _ => None,
        }
    }

    /// How the claim failed: `missing`, `invalid` (wrong type) or `check_failed`.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self.kind() {
            ErrorKind::MissingClaim { .. }
            | ErrorKind::MissingTyp
            | ErrorKind::PolicyDenied { actual: None, .. }
            | ErrorKind::TagDenied { actual: None, .. } => Some("missing"),
            ErrorKind::Several { first, .. } => first.reason(),
            ErrorKind::InvalidClaim { .. } => Some("invalid"),
            ErrorKind::Expired { .. }
            | ErrorKind::IssuedInFuture { .. }
            | ErrorKind::NotOneAudience
            | ErrorKind::NotYetValid { .. }
            | ErrorKind::PolicyDenied { .. }
            | ErrorKind::TagDenied { .. }
            | ErrorKind::TooManyValues { .. }
            | ErrorKind::TooOld { .. }
            | ErrorKind::UnexpectedClaim { .. }
            | ErrorKind::UnexpectedValue { .. } => Some("check_failed"),
            _ => None,
        }
    }

    /// The values that would have passed, or the limit. For a missing scope: every required scope. For `exp`, `nbf`,
    /// and an `iat` in the future, the limit is the current time without the leeway. For an `iat` that is too old, the
    /// limit is the oldest `iat` that would have passed.
    #[must_use]
    pub fn expected(&self) -> Option<Evidence> {
        match self.kind() {
            ErrorKind::AlgorithmMismatch { expected, .. } | ErrorKind::InvalidClaim { expected, .. } => {
                Some(Evidence::Text(Cow::Borrowed(expected)))
            }
            ErrorKind::Expired { now, .. }
            | ErrorKind::IssuedInFuture { now, .. }
            | ErrorKind::NotYetValid { now, .. } => Some(Evidence::Number(*now)),
            ErrorKind::PolicyDenied { expected, .. } | ErrorKind::UnexpectedValue { expected, .. } => {
                Some(expected.clone())
            }
            ErrorKind::Several { first, .. } => first.expected(),
            ErrorKind::TooOld { oldest, .. } => Some(Evidence::Number(*oldest)),
            ErrorKind::TooLarge { limit, .. } => Some(Evidence::bytes(*limit)),
            ErrorKind::TagDenied { expected, .. } | ErrorKind::UnexpectedClaim { expected, .. } => {
                Some(Evidence::Texts(expected.clone()))
            }
            _ => None,
        }
    }

    /// The value in the token.
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
            ErrorKind::PolicyDenied { actual, .. } | ErrorKind::UnexpectedValue { actual, .. } => actual.clone(),
            ErrorKind::Several { first, .. } => first.actual(),
            ErrorKind::TagDenied { actual, .. } => actual.clone().map(|actual| Evidence::Texts(Vec::from([actual]))),
            ErrorKind::UnexpectedClaim { actual, .. } => Some(Evidence::Texts(actual.clone())),
            _ => None,
        }
    }

    /// Every failure, if the caller asked for all of them; otherwise only this error.
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
