//! The possible problems of a JSON text, a key set, a key or a token. Errors contain them as evidence.

use alloc::string::String;
use core::fmt;
use serde::{Serialize, Serializer};

/// What is wrong with a JSON text.
///
/// A member's name is omitted if it is too long or contains control characters. If the JSON text is part of an
/// unverified token, every other name is omitted too, unless RFC 7515 or RFC 7519 registers it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonProblem {
    /// A member name occurs twice in one object, at any depth (RFC 7515 §4, RFC 7517 §4, RFC 7519 §4).
    DuplicateMember {
        /// The name.
        name: Option<String>,
    },
    /// The text is JSON, but not an object.
    NotAnObject,
    /// The bytes are not UTF-8 (RFC 8259 §8.1).
    NotUtf8,
    /// A `\u` escape is one half of a surrogate pair and the other half is missing, so the string is not Unicode
    /// (RFC 8259 §8.2).
    LoneSurrogate {
        /// The innermost member with this string in its value; `None` if the string is a member's name.
        member: Option<String>,
    },
    /// A number rounds to infinity as a double (RFC 8259 §6).
    NumberOutOfRange {
        /// The innermost member with this number in its value.
        member: Option<String>,
    },
    /// Not JSON (RFC 8259).
    Syntax,
    /// Objects and arrays are nested deeper than the limit.
    TooDeep {
        /// The limit, including the outermost object.
        limit: usize,
    },
}

/// What is wrong with a JWK Set as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwksProblem {
    /// An array, possibly of keys, instead of an object with `keys`.
    Array,
    /// Not a strict JSON object.
    Json(JsonProblem),
    /// There is no `keys` array (RFC 7517 §5.1).
    NoKeys,
    /// A key in PEM instead of JSON.
    Pem,
    /// A single JWK (RFC 7517 §4).
    SingleKey,
    /// The text is longer than the limit.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// There are more keys than the limit.
    TooManyKeys {
        /// The limit.
        limit: usize,
    },
    /// The URL of a key set instead of the key set.
    Url,
}

/// Why a key of a set is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyProblem {
    /// `alg` is not the algorithm that this library uses with this type of key (RFC 7517 §4.4).
    Algorithm,
    /// `crv` is not `P-384` (RFC 7518 §6.2.1.1).
    Curve,
    /// `e` is even, below 3 or above 32 bits (RFC 7518 §6.3.1.2).
    Exponent,
    /// `key_ops` is not an array of distinct strings including `verify` (RFC 7517 §4.3).
    KeyOperations,
    /// `kty` is neither `EC` nor `RSA` (RFC 7517 §4.1).
    KeyType,
    /// `kid` is not a string (RFC 7517 §4.5).
    Kid,
    /// `n` or `e` is missing (RFC 7518 §6.3.1).
    Missing {
        /// Its name.
        member: &'static str,
    },
    /// `n` is even (RFC 8017 §3.1).
    Modulus,
    /// The entry of the set is not a JSON object.
    NotAnObject,
    /// `n` or `e` is not a string in canonical base64url (RFC 7518 §2).
    NotBase64url {
        /// Its name.
        member: &'static str,
    },
    /// `x` and `y` are not the coordinates of a point on the curve.
    OffCurve,
    /// `n` or `e` ends in the padding `=` (RFC 7515 §2).
    Padded {
        /// Its name.
        member: &'static str,
    },
    /// `x` or `y` is not base64url of 48 octets (RFC 7518 §6.2.1.2).
    Coordinates,
    /// The set publishes the private key, so anyone could have signed the token.
    Private,
    /// `use` is not `sig` (RFC 7517 §4.2).
    Use,
    /// The modulus is shorter than the limit (RFC 7518 §3.3).
    Weak {
        /// The limit in bits.
        limit: usize,
    },
    /// The modulus is longer than the limit.
    TooLong {
        /// The limit in bits.
        limit: usize,
    },
}

/// What a malformed token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookAlike {
    /// An AWS session token, or another opaque token without dots.
    AwsSessionToken,
    /// The scheme of the `Authorization` header is still in front of the token.
    BearerPrefix,
    /// An empty string.
    Empty,
    /// A PASETO (`v4.public.…`).
    Paseto,
    /// The token is still in quotes, from a JSON string or from a shell.
    Quoted,
    /// White space before, after or inside the token.
    WhiteSpace,
}

impl JsonProblem {
    /// Returns the same problem without the name of a member, unless `is_public` says that messages may show the name.
    #[must_use]
    pub(crate) fn with_names(self, is_public: impl Fn(&str) -> bool) -> Self {
        let keep = |name: Option<String>| name.filter(|name| is_public(name));
        match self {
            Self::DuplicateMember { name } => Self::DuplicateMember { name: keep(name) },
            Self::LoneSurrogate { member } => Self::LoneSurrogate { member: keep(member) },
            Self::NumberOutOfRange { member } => Self::NumberOutOfRange { member: keep(member) },
            Self::NotAnObject | Self::NotUtf8 | Self::Syntax | Self::TooDeep { .. } => self,
        }
    }
}

impl fmt::Display for JsonProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sentence, member) = match self {
            Self::DuplicateMember { name: Some(name) } => return write!(f, "has a duplicate member \"{name}\""),
            Self::DuplicateMember { name: None } => ("has a duplicate member name", None),
            Self::NotAnObject => ("is not a JSON object", None),
            Self::NotUtf8 => ("is not UTF-8", None),
            Self::LoneSurrogate { member } => ("has a string with a lone surrogate", member.as_deref()),
            Self::NumberOutOfRange { member } => ("has a number that is out of range", member.as_deref()),
            Self::Syntax => ("is not valid JSON", None),
            Self::TooDeep { .. } => ("is nested too deeply", None),
        };
        f.write_str(sentence)?;
        member.map_or(Ok(()), |member| write!(f, " in \"{member}\""))
    }
}

impl fmt::Display for JwksProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Array => f.write_str("is an array: pass { \"keys\": [...] }"),
            Self::Json(problem) => problem.fmt(f),
            Self::Pem => f.write_str("is PEM: convert the key to a JWK"),
            Self::SingleKey => f.write_str("is a single JWK: pass { \"keys\": [jwk] }"),
            Self::Url => f.write_str("is a URL, which is not fetched: pass the document that it names"),
            Self::NoKeys => f.write_str("has no \"keys\" array"),
            Self::TooLarge { limit } => write!(f, "is longer than {limit} bytes"),
            Self::TooManyKeys { limit } => write!(f, "has more than {limit} keys"),
        }
    }
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = match self {
            Self::Algorithm => "\"alg\" must be ES384 for EC and RS256 for RSA",
            Self::Curve => "\"crv\" must be P-384",
            Self::Exponent => "\"e\" must be an odd number from 3 to 2^32 - 1",
            Self::KeyOperations => "\"key_ops\" must be distinct strings and include \"verify\"",
            Self::KeyType => "\"kty\" must be EC or RSA",
            Self::Kid => "\"kid\" must be a string",
            Self::Missing { member } => return write!(f, "\"{member}\" is missing"),
            Self::Modulus => "\"n\" must be an odd number",
            Self::NotAnObject => "not a JSON object",
            Self::NotBase64url { member } => return write!(f, "\"{member}\" must be a number in canonical base64url"),
            Self::Padded { member } => return write!(f, "\"{member}\" must be base64url without padding (\"=\")"),
            Self::OffCurve => "\"x\" and \"y\" are not a point on P-384",
            Self::Coordinates => "\"x\" and \"y\" must be 48 octets each in canonical base64url",
            Self::Private => "the set publishes the private key",
            Self::Use => "\"use\" must be sig",
            Self::Weak { limit } => return write!(f, "\"n\" is shorter than {limit} bits"),
            Self::TooLong { limit } => return write!(f, "\"n\" is longer than {limit} bits"),
        };
        f.write_str(sentence)
    }
}

/// Serialized as the message for people.
impl Serialize for KeyProblem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for LookAlike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AwsSessionToken => "it has no dots and looks like an opaque token, such as an AWS session token",
            Self::BearerPrefix => "remove the \"Bearer \" prefix",
            Self::Empty => "the text is empty",
            Self::Paseto => "this is a PASETO",
            Self::Quoted => "remove the quotes around it",
            Self::WhiteSpace => "remove the white space or line break",
        })
    }
}
