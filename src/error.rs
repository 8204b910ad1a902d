//! Every rule that a token, a key set or an option can break, with its evidence and its stable code.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt;

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
        /// The length in bytes.
        actual: usize,
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
    /// A claim, or the header's `typ`, is not what the caller expects.
    UnexpectedClaim {
        /// Its name.
        claim: &'static str,
        /// What would have passed.
        expected: Vec<String>,
        /// What the token says.
        actual: Vec<String>,
    },
}

/// What is wrong with a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonProblem {
    /// A member name occurs twice in one object, at any depth (RFC 7515 §4, RFC 7517 §4, RFC 7519 §4).
    DuplicateMember,
    /// The text is JSON, but not an object.
    NotAnObject,
    /// The bytes are not UTF-8 (RFC 8259 §8.1).
    NotUtf8,
    /// Not JSON (RFC 8259), or a lone surrogate, or a number outside the range of a double.
    Syntax,
    /// Nested deeper than the limit.
    TooDeep,
}

/// What is wrong with a JWK Set as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwksProblem {
    /// Not a strict JSON object.
    Json(JsonProblem),
    /// There is no `keys` array (RFC 7517 §5.1).
    NoKeys,
    /// The text is longer than the limit in bytes.
    TooLarge,
    /// There are more keys than the limit.
    TooManyKeys,
}

/// Why one key of a set is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyProblem {
    /// `alg` is not the algorithm that this library uses with such a key (RFC 7517 §4.4).
    Algorithm,
    /// `crv` is not `P-384` (RFC 7518 §6.2.1.1).
    Curve,
    /// `e` is even, below 3, above 32 bits or not a Base64urlUInt (RFC 7518 §6.3.1.2).
    Exponent,
    /// `key_ops` is not an array of distinct strings with `verify` among them (RFC 7517 §4.3).
    KeyOperations,
    /// `kty` is neither `EC` nor `RSA` (RFC 7517 §4.1).
    KeyType,
    /// `kid` is not a string (RFC 7517 §4.5).
    Kid,
    /// `n` is even or not a Base64urlUInt (RFC 7518 §6.3.1.1).
    Modulus,
    /// The member of the set is not a JSON object.
    NotAnObject,
    /// `x` and `y` are not the coordinates of a point on the curve.
    OffCurve,
    /// `x` or `y` is not base64url of 48 octets (RFC 7518 §6.2.1.2).
    Coordinates,
    /// The set publishes the private key: anybody may sign with it.
    Private,
    /// `use` is not `sig` (RFC 7517 §4.2).
    Use,
    /// The modulus is shorter than 2048 bits (RFC 7518 §3.3).
    Weak,
    /// The modulus is longer than 8192 bits.
    TooLong,
}

/// What a malformed token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookAlike {
    /// An AWS session token or another opaque text without dots.
    AwsSessionToken,
    /// The scheme of the `Authorization` header was left on.
    BearerPrefix,
    /// An empty text.
    Empty,
    /// A PASETO (`v4.public.…`).
    Paseto,
    /// A JSON string or a shell's quotes around the token.
    Quoted,
    /// White space before, after or inside the token.
    WhiteSpace,
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

impl Error {
    const fn row(&self) -> Row {
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
        }
    }

    /// The stable code, the same in every language: `ERR_…`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.row().code
    }

    /// What sort of failure it is.
    #[must_use]
    pub const fn category(&self) -> Category {
        self.row().category
    }

    /// The HTTP status (RFC 9110 §15) of a service that refuses a request for this reason.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.row().status
    }

    /// Whether the same token may pass a moment later without anybody changing it: the keys could not be had.
    #[must_use]
    pub fn retryable(&self) -> bool {
        self.category() == Category::Unavailable
    }

    /// The claim, or `typ`, that failed.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        match self {
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
    pub const fn reason(&self) -> Option<&'static str> {
        match self {
            Self::MissingClaim { .. } => Some("missing"),
            Self::InvalidClaim { .. } => Some("invalid"),
            Self::Expired { .. }
            | Self::IssuedInFuture { .. }
            | Self::NotYetValid { .. }
            | Self::TooOld { .. }
            | Self::UnexpectedClaim { .. } => Some("check_failed"),
            _ => None,
        }
    }
}

/// What an error compares: see [`Error::expected`] and [`Error::actual`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Evidence<'a> {
    /// A length in bytes, or a time in seconds since the epoch.
    Number(f64),
    /// One value.
    Text(&'a str),
    /// Several values.
    Texts(&'a [String]),
}

impl Error {
    /// What would have passed: the values, the limit, or the time that the claim was compared with.
    #[must_use]
    pub fn expected(&self) -> Option<Evidence<'_>> {
        match self {
            Self::AlgorithmMismatch { expected, .. } | Self::InvalidClaim { expected, .. } => {
                Some(Evidence::Text(expected))
            }
            Self::Expired { now, .. } | Self::IssuedInFuture { now, .. } | Self::NotYetValid { now, .. } => {
                Some(Evidence::Number(*now))
            }
            Self::TooOld { oldest, .. } => Some(Evidence::Number(*oldest)),
            Self::TooLarge { limit, .. } => Some(Evidence::bytes(*limit)),
            Self::UnexpectedClaim { expected, .. } => Some(Evidence::Texts(expected)),
            _ => None,
        }
    }

    /// What the token has instead.
    #[must_use]
    pub fn actual(&self) -> Option<Evidence<'_>> {
        match self {
            Self::AlgorithmMismatch { actual, .. } | Self::AlgorithmNotAllowed { actual } => {
                Some(Evidence::Text(actual))
            }
            Self::Expired { expiration, .. } => Some(Evidence::Number(*expiration)),
            Self::IssuedInFuture { issued_at, .. } | Self::TooOld { issued_at, .. } => {
                Some(Evidence::Number(*issued_at))
            }
            Self::NotYetValid { not_before, .. } => Some(Evidence::Number(*not_before)),
            Self::TooLarge { actual, .. } => Some(Evidence::bytes(*actual)),
            Self::UnexpectedClaim { actual, .. } => Some(Evidence::Texts(actual)),
            _ => None,
        }
    }
}

impl Evidence<'_> {
    #[expect(clippy::as_conversions, reason = "lengths are far below 2^53")]
    const fn bytes(length: usize) -> Self {
        Self::Number(length as f64)
    }
}

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
            Self::UnexpectedClaim { claim: "typ", .. } => f.write_str("the header's \"typ\" is not the expected one"),
            Self::UnexpectedClaim { claim, .. } => write!(f, "\"{claim}\" claim is not an expected value"),
        }
    }
}

impl core::error::Error for Error {}

impl fmt::Display for JsonProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DuplicateMember => "has a duplicate member name",
            Self::NotAnObject => "is not a JSON object",
            Self::NotUtf8 => "is not UTF-8",
            Self::Syntax => "is not valid JSON",
            Self::TooDeep => "is nested too deeply",
        })
    }
}

impl fmt::Display for JwksProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(problem) => problem.fmt(f),
            Self::NoKeys => f.write_str("has no \"keys\" array"),
            Self::TooLarge => f.write_str("is longer than 262144 bytes"),
            Self::TooManyKeys => f.write_str("has more than 128 keys"),
        }
    }
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Algorithm => "\"alg\" does not fit \"kty\"",
            Self::Curve => "\"crv\" must be P-384",
            Self::Exponent => "\"e\" must be an odd number from 3 to 2^32 - 1",
            Self::KeyOperations => "\"key_ops\" must be distinct strings and hold \"verify\"",
            Self::KeyType => "\"kty\" must be EC or RSA",
            Self::Kid => "\"kid\" must be a string",
            Self::Modulus => "\"n\" must be an odd number in canonical base64url",
            Self::NotAnObject => "not a JSON object",
            Self::OffCurve => "\"x\" and \"y\" are not a point on P-384",
            Self::Coordinates => "\"x\" and \"y\" must be 48 octets each in canonical base64url",
            Self::Private => "the set publishes the private key",
            Self::Use => "\"use\" must be sig",
            Self::Weak => "\"n\" is shorter than 2048 bits",
            Self::TooLong => "\"n\" is longer than 8192 bits",
        })
    }
}

impl fmt::Display for LookAlike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AwsSessionToken => "an opaque text such as an AWS session token has no segments",
            Self::BearerPrefix => "remove the \"Bearer \" prefix",
            Self::Empty => "the text is empty",
            Self::Paseto => "this is a PASETO",
            Self::Quoted => "remove the quotes around it",
            Self::WhiteSpace => "remove the white space or line break",
        })
    }
}
