//! A JWT in JWS Compact Serialization (RFC 7515 §3.1, §7.1), split and decoded; nothing about it is trusted yet.

use crate::{
    base64url,
    error::{Error, JsonProblem, LookAlike},
    json::{self, Object, Value},
    verify::Checked,
};
use alloc::{boxed::Box, string::String, vec::Vec};

/// The longest token, in bytes. AWS reaches 20.4 KB.
pub const MAX_TOKEN_BYTES: usize = 32 * 1024;

/// The longest decoded JOSE Header, in bytes.
pub const MAX_HEADER_BYTES: usize = 4 * 1024;

/// A token that was split and decoded. UNVERIFIED: anybody could have written it.
#[derive(Clone, Debug)]
pub struct UnverifiedToken<'a> {
    pub(crate) segments: Segments<'a>,
    /// What the rules for Header Parameters say of the header.
    pub(crate) header: Checked<JoseHeader>,
}

/// The segments of a token.
#[derive(Clone, Debug)]
pub(crate) struct Segments<'a> {
    /// The JWS Signing Input (RFC 7515 §2), as it was signed.
    pub(crate) signing_input: &'a str,
    /// The decoded header, a strict JSON object.
    pub(crate) header: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// The two algorithms (RFC 7518 §3.1); no other can be represented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA with P-384 and SHA-384 (RFC 7518 §3.4).
    Es384,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    Rs256,
}

/// The Header Parameters that a verification uses. `jku`, `jwk`, `x5u` and `x5c` never supply a key (RFC 8725 §3.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoseHeader {
    pub(crate) alg: Algorithm,
    pub(crate) kid: Option<String>,
    pub(crate) typ: Option<String>,
}

/// Reads header and claims without checking the signature or any claim. UNVERIFIED.
///
/// # Errors
/// As [`UnverifiedToken::parse`], and [`Error::InvalidPayload`] where the payload is not a strict JSON object.
pub fn decode_unverified(token: &str) -> Result<UnverifiedToken<'_>, Error> {
    let token = UnverifiedToken::parse(token)?;
    json::parse_object(&token.segments.payload).map_err(|problem| Error::InvalidPayload { problem })?;
    Ok(token)
}

/// Reads `iss` (RFC 7519 §4.1.1) without checking anything else, for choosing whose keys are asked. UNVERIFIED.
///
/// # Errors
/// As [`decode_unverified`], and [`Error::InvalidClaim`] where it is no string.
pub fn unverified_issuer(token: &str) -> Result<Option<String>, Error> {
    let token = UnverifiedToken::parse(token)?;
    let claims = json::parse_object(&token.segments.payload).map_err(|problem| Error::InvalidPayload { problem })?;
    match claims.get("iss") {
        None => Ok(None),
        Some(Value::String(issuer)) => Ok(Some(String::from(issuer.as_ref()))),
        Some(_) => Err(Error::InvalidClaim { claim: "iss", expected: "a string" }),
    }
}

impl<'a> UnverifiedToken<'a> {
    /// Splits and decodes `token`. Sizes are checked before work is done.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::InvalidSegments`], [`Error::EncryptedToken`], [`Error::InvalidBase64url`],
    /// [`Error::InvalidHeader`].
    pub fn parse(token: &'a str) -> Result<Self, Error> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Error::TooLarge { part: "token", limit: MAX_TOKEN_BYTES });
        }
        Self::read(token).map_err(|error| misread(*error, token))
    }

    fn read(token: &'a str) -> Checked<Self> {
        let (signing_input, [header, payload, signature]) = split(token).ok_or_else(|| not_three_segments(token))?;
        // Four characters are three octets.
        let header_bytes = header.len() * 3 / 4;
        if header_bytes > MAX_HEADER_BYTES {
            return Err(Error::TooLarge { part: "header", limit: MAX_HEADER_BYTES }.into());
        }
        let header = decode_segment(header, "header")?;
        let payload = decode_segment(payload, "payload")?;
        let signature = decode_segment(signature, "signature")?;
        let header_json = String::from_utf8(header).map_err(|_| invalid_header(JsonProblem::NotUtf8))?;
        let header = JoseHeader::read(&json::parse_text(&header_json).map_err(invalid_header)?);
        Ok(Self { segments: Segments { signing_input, header: header_json, payload, signature }, header })
    }

    /// The JOSE Header as JSON text. UNVERIFIED.
    #[must_use]
    pub fn header_json(&self) -> &str {
        &self.segments.header
    }

    /// The JWS Payload: octets that nobody has vouched for. UNVERIFIED.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.segments.payload
    }
}

impl Algorithm {
    /// The `alg` value (RFC 7518 §3.1).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
        }
    }

    /// The `kty` of its keys (RFC 7518 §6.1).
    pub(crate) const fn key_type(self) -> &'static str {
        match self {
            Self::Es384 => "EC",
            Self::Rs256 => "RSA",
        }
    }

    /// The algorithm that `alg` names; exact, case-sensitive (RFC 7515 §4.1.1).
    #[must_use]
    pub fn from_name(alg: &str) -> Option<Self> {
        [Self::Es384, Self::Rs256].into_iter().find(|algorithm| algorithm.as_str() == alg)
    }
}

impl JoseHeader {
    /// Applies the rules for Header Parameters.
    fn read(header: &Object<'_>) -> Checked<Self> {
        // RFC 7515 §4.1.11: an extension that is not understood makes the JWS invalid, and we know none. RFC 7797 §6
        // demands that b64 stands in crit.
        for parameter in ["crit", "b64"] {
            if header.contains(parameter) {
                return Err(Error::UnsupportedHeaderParameter { parameter }.into());
            }
        }
        // RFC 7515 §4.1.1: alg is REQUIRED, a case-sensitive string.
        let alg = text(header, "alg")?.ok_or(Error::InvalidHeaderParameter { parameter: "alg" })?;
        let alg = Algorithm::from_name(&alg).ok_or(Error::UnsupportedAlgorithm)?;
        // RFC 7515 §4.1.4, §4.1.9
        Ok(Self { alg, kid: text(header, "kid")?, typ: text(header, "typ")? })
    }
}

/// The JWS Signing Input and the segments (RFC 7515 §7.1): BASE64URL(header) || '.' || BASE64URL(payload) || '.' ||
/// BASE64URL(signature). The first and the last dot are looked for, which are near the ends; one between them is no base64url.
fn split(token: &str) -> Option<(&str, [&str; 3])> {
    let dot = |byte| byte == b'.';
    let (first, last) = (token.bytes().position(dot)?, token.bytes().rposition(dot)?);
    let segments = [token.get(..first)?, token.get(first + 1..last)?, token.get(last + 1..)?];
    if segments.contains(&"") { None } else { Some((token.get(..last)?, segments)) }
}

fn text(header: &Object<'_>, parameter: &'static str) -> Checked<Option<String>> {
    match header.get(parameter) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(String::from(text.as_ref()))),
        Some(_) => Err(Error::InvalidHeaderParameter { parameter }.into()),
    }
}

#[cold]
#[inline(never)]
fn invalid_header(problem: JsonProblem) -> Box<Error> {
    Box::new(Error::InvalidHeader { problem })
}

fn decode_segment(segment: &str, name: &'static str) -> Checked<Vec<u8>> {
    base64url::decode(segment).ok_or_else(|| Error::InvalidBase64url { segment: name }.into())
}

/// What is more to the point than `error`.
#[cold]
#[inline(never)]
fn misread(error: Error, token: &str) -> Error {
    if dots(token) != 2 {
        return not_three_segments(token);
    }
    match (&error, look_alike(token)) {
        (Error::InvalidBase64url { .. }, Some(look_alike)) => Error::InvalidSegments { look_alike: Some(look_alike) },
        _ => error,
    }
}

fn dots(token: &str) -> usize {
    token.bytes().filter(|byte| *byte == b'.').count()
}

#[cold]
#[inline(never)]
fn not_three_segments(token: &str) -> Error {
    // RFC 7516 §9: five segments are a JWE.
    if dots(token) == 4 {
        return Error::EncryptedToken;
    }
    Error::InvalidSegments { look_alike: look_alike(token) }
}

/// Recognises the usual mistakes, so that the message can say what to do.
#[cold]
#[inline(never)]
fn look_alike(token: &str) -> Option<LookAlike> {
    /// Shorter texts without dots are more likely a placeholder than a session token.
    const SESSION_TOKEN_BYTES: usize = 100;

    let starts_with = |prefix: &str| token.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if token.is_empty() {
        Some(LookAlike::Empty)
    } else if starts_with("bearer ") {
        Some(LookAlike::BearerPrefix)
    } else if token.starts_with(['"', '\'']) && token.ends_with(['"', '\'']) {
        Some(LookAlike::Quoted)
    } else if token.contains(char::is_whitespace) {
        Some(LookAlike::WhiteSpace)
    } else if ["v1.", "v2.", "v3.", "v4."].into_iter().any(starts_with) {
        Some(LookAlike::Paseto)
    } else if !token.contains('.') && token.len() >= SESSION_TOKEN_BYTES {
        Some(LookAlike::AwsSessionToken)
    } else {
        None
    }
}
