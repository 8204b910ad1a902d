//! What an error says to people, and to JavaScript.

use super::{Error, Evidence};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Serialize, Serializer};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidOption { option, problem } => write!(f, "option \"{option}\" {problem}"),
            Self::InvalidBase64url { segment } => {
                write!(f, "the {segment} segment is not canonical base64url without padding")
            }
            Self::InvalidHeader { problem } => write!(f, "the header {problem}"),
            Self::InvalidHeaderParameter { parameter } => write!(f, "the header's \"{parameter}\" must be a string"),
            Self::InvalidSegments { look_alike: None } => {
                f.write_str("not a compact JWT: three non-empty segments separated by two dots are needed")
            }
            Self::InvalidSegments { look_alike: Some(look_alike) } => write!(f, "not a compact JWT: {look_alike}"),
            Self::TooLarge { part, limit, .. } => write!(f, "the {part} is longer than {limit} bytes"),
            Self::EncryptedToken => f.write_str("encrypted tokens (JWE, five segments) are not supported"),
            Self::UnsupportedHeaderParameter { parameter } => {
                write!(f, "the header's \"{parameter}\" asks for an extension that is not supported")
            }
            Self::AlgorithmMismatch { expected, actual } => {
                write!(f, "the header's \"alg\" is {actual}, but the key is for {expected}")
            }
            Self::AlgorithmNotAllowed { actual } => write!(f, "the header's \"alg\" {actual} is not allowed here"),
            Self::UnsupportedAlgorithm => f.write_str("the header's \"alg\" is neither ES384 nor RS256"),
            Self::InvalidJwks { problem } => write!(f, "the JWK Set {problem}"),
            Self::MultipleMatchingKeys => f.write_str("the token has no \"kid\" and more than one key fits"),
            Self::KeysNeeded => f.write_str("the issuer's keys are missing or too old"),
            Self::KeysUnavailable => f.write_str("the issuer's keys cannot be had at the moment"),
            Self::UnknownIssuer => f.write_str("the token's issuer is not configured"),
            Self::NoMatchingKey => f.write_str("no key of the set fits the header's \"kid\" and \"alg\""),
            Self::UnusableKey { problem } => write!(f, "the matching key cannot be used: {problem}"),
            Self::SignatureMismatch => f.write_str("signature verification failed"),
            Self::Expired { .. } => f.write_str("\"exp\" claim is in the past"),
            Self::InvalidClaim { claim, expected } => write!(f, "\"{claim}\" claim must be {expected}"),
            Self::InvalidPayload { problem } => write!(f, "the payload {problem}"),
            Self::IssuedInFuture { .. } => f.write_str("\"iat\" claim is in the future"),
            Self::MissingClaim { claim } => write!(f, "\"{claim}\" claim is missing"),
            Self::NotYetValid { .. } => f.write_str("\"nbf\" claim is in the future"),
            Self::TooOld { .. } => f.write_str("\"iat\" claim is older than the maximum token age"),
            Self::PolicyDenied { field, claim, actual: None, .. } => {
                write!(f, "denied by \"{field}\": the token has no \"{claim}\"")
            }
            Self::PolicyDenied { field, claim, .. } => {
                write!(f, "denied by \"{field}\": the token's \"{claim}\" does not fit")
            }
            Self::Several { first, rest } => write!(f, "{first} (and {} more)", rest.len()),
            Self::UnexpectedClaim { claim: "typ", .. } => f.write_str("the header's \"typ\" is not the expected one"),
            Self::UnexpectedClaim { claim, .. } => write!(f, "\"{claim}\" claim is not an expected value"),
        }
    }
}

impl core::error::Error for Error {}

/// The members of JavaScript's `JwtError`.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Record<'a> {
            code: &'static str,
            category: &'static str,
            retryable: bool,
            status: u16,
            message: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            claim: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            reason: Option<&'static str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            expected: Option<Evidence>,
            #[serde(skip_serializing_if = "Option::is_none")]
            actual: Option<Evidence>,
            #[serde(skip_serializing_if = "Option::is_none")]
            errors: Option<Vec<&'a Error>>,
        }
        Record {
            code: self.code(),
            category: self.category().as_str(),
            retryable: self.retryable(),
            status: self.status(),
            message: self.to_string(),
            claim: self.claim(),
            reason: self.reason(),
            expected: self.expected(),
            actual: self.actual(),
            errors: matches!(self, Self::Several { .. }).then(|| self.all().collect()),
        }
        .serialize(serializer)
    }
}
