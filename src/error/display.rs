//! Formats an error as a sentence for people, and as a record for logs and other languages.

use super::{Error, ErrorKind, Evidence, is_in_milliseconds};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Serialize, Serializer};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::InvalidOption { option, problem } => write!(f, "option \"{option}\" {problem}"),
            ErrorKind::InvalidBase64url { segment } => {
                write!(f, "the {segment} segment is not canonical base64url without padding")
            }
            ErrorKind::InvalidHeader { problem } => write!(f, "the header {problem}"),
            ErrorKind::InvalidHeaderParameter { parameter } => {
                write!(f, "the header's \"{parameter}\" must be a string")
            }
            ErrorKind::InvalidSegments { look_alike: None } => {
                f.write_str("not a compact JWT: three non-empty segments separated by two dots are needed")
            }
            ErrorKind::InvalidSegments { look_alike: Some(look_alike) } => write!(f, "not a compact JWT: {look_alike}"),
            ErrorKind::TooLarge { part, limit, .. } => write!(f, "the {part} is longer than {limit} bytes"),
            ErrorKind::EncryptedToken => f.write_str("encrypted tokens (JWE, five segments) are not supported"),
            ErrorKind::UnsupportedHeaderParameter { parameter } => {
                write!(f, "the header's \"{parameter}\" asks for an extension that is not supported")
            }
            ErrorKind::AlgorithmMismatch { expected, actual } => {
                write!(f, "the header's \"alg\" is {actual}, but the key is for {expected}")
            }
            ErrorKind::AlgorithmNotAllowed { actual } => write!(f, "the header's \"alg\" {actual} is not allowed here"),
            ErrorKind::MissingAlgorithm => {
                f.write_str("header parameter \"alg\" is missing: \"alg\" must be ES384 or RS256")
            }
            ErrorKind::UnsupportedAlgorithm => f.write_str("the header's \"alg\" is neither ES384 nor RS256"),
            ErrorKind::InvalidJwks { problem } => write!(f, "the JWK Set {problem}"),
            ErrorKind::MultipleMatchingKeys => f.write_str("the token has no \"kid\" and more than one key fits"),
            ErrorKind::NoMatchingKey => f.write_str("no key of the set fits the header's \"kid\" and \"alg\""),
            ErrorKind::UnusableKey { problem } => write!(f, "the matching key cannot be used: {problem}"),
            ErrorKind::SignatureMismatch => f.write_str("signature verification failed"),
            ErrorKind::Expired { .. } => f.write_str("\"exp\" claim is in the past"),
            ErrorKind::InvalidClaim { claim, expected } => write!(f, "\"{claim}\" claim must be {expected}"),
            ErrorKind::UnexpectedShape { problem } => write!(f, "the claims do not fit the requested type: {problem}"),
            ErrorKind::InvalidPayload { problem } => write!(f, "the payload {problem}"),
            ErrorKind::IssuedInFuture { issued_at, .. } => {
                write!(f, "\"iat\" claim is in the future{}", unit_of(*issued_at))
            }
            ErrorKind::MissingClaim { claim } => write!(f, "\"{claim}\" claim is missing"),
            ErrorKind::MissingTyp => f.write_str("header parameter \"typ\" is missing"),
            ErrorKind::NotOneAudience => f.write_str("\"aud\" claim must have exactly one value"),
            ErrorKind::NotYetValid { not_before, .. } => {
                write!(f, "\"nbf\" claim is in the future{}", unit_of(*not_before))
            }
            ErrorKind::TooOld { .. } => f.write_str("\"iat\" claim is older than the maximum token age"),
            ErrorKind::PolicyDenied { field, claim, actual: None, .. } => {
                write!(f, "denied by \"{field}\": the token has no \"{claim}\"")
            }
            ErrorKind::PolicyDenied { field, claim, expected: Evidence::Text(expected), .. } => {
                write!(f, "denied by \"{field}\": the token's \"{claim}\" must be {expected}")
            }
            ErrorKind::PolicyDenied { field, claim, actual, .. } => {
                let unit = match actual {
                    // Only "maxLifetime" has a number as evidence: the lifetime. It is huge if `exp` or `iat` is in the wrong unit.
                    Some(Evidence::Number(seconds)) => unit_of(*seconds),
                    _ => "",
                };
                write!(f, "denied by \"{field}\": the token's \"{claim}\" does not fit{unit}")
            }
            ErrorKind::TagDenied { tag, actual: Some(actual), .. } => {
                write!(f, "denied by \"principalTags\": the token's tag \"{tag}\" has the unlisted value \"{actual}\"")
            }
            ErrorKind::TagDenied { tag, keys, more, .. } => {
                write!(f, "denied by \"principalTags\": the token has no tag \"{tag}\"")?;
                write_keys(f, keys, *more)
            }
            ErrorKind::TooManyValues { field, claim, limit } => {
                write!(f, "denied by \"{field}\": the token's \"{claim}\" has more than {limit} values")
            }
            ErrorKind::Several { first, rest } => write!(f, "{first} (and {} more)", rest.len()),
            ErrorKind::UnexpectedClaim { claim: "typ", .. } => {
                f.write_str("the header's \"typ\" is not the expected one")
            }
            ErrorKind::UnexpectedClaim { claim, .. } => write_unexpected(f, claim),
            ErrorKind::UnexpectedValue { claim, .. } => write_unexpected(f, claim),
        }
    }
}

fn write_unexpected(f: &mut fmt::Formatter<'_>, claim: &str) -> fmt::Result {
    write!(f, "\"{claim}\" claim is not an expected value")
}

/// Returns a hint for the message if a time seems to have the wrong unit.
fn unit_of(time: f64) -> &'static str {
    if is_in_milliseconds(time) { ": it looks like milliseconds, but must be in seconds" } else { "" }
}

/// Writes the keys of the token's tags.
fn write_keys(f: &mut fmt::Formatter<'_>, keys: &[String], more: usize) -> fmt::Result {
    for (position, key) in keys.iter().enumerate() {
        write!(f, "{}\"{key}\"", if position == 0 { "; its tags are " } else { ", " })?;
    }
    match (keys.len(), more) {
        (0, 0) => f.write_str(", because it has no \"principal_tags\""),
        (0, more) => write!(f, "; it has {more} others"),
        (_, 0) => Ok(()),
        (_, more) => write!(f, " and {more} more"),
    }
}

/// Shows the kind, so a failed `unwrap` prints what happened.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

impl core::error::Error for Error {}

/// Code, category, status and message, and the evidence if there is any.
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
            // Only network failures are worth a retry, and the core does not use the network.
            retryable: false,
            status: self.status(),
            message: self.to_string(),
            claim: self.claim(),
            reason: self.reason(),
            expected: self.expected(),
            actual: self.actual(),
            errors: matches!(self.kind(), ErrorKind::Several { .. }).then(|| self.all().collect()),
        }
        .serialize(serializer)
    }
}
