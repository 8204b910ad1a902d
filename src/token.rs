//! Splits and decodes a JWT in JWS Compact Serialization (RFC 7515 §3.1, §7.1). The result is not yet trusted.

mod look_alike;

use crate::{
    crypto::Algorithm,
    encoding::{
        base64url,
        json::{self, Object, Value},
    },
    error::{Error, ErrorKind, JsonProblem},
};
use alloc::{
    borrow::{Cow, ToOwned},
    string::String,
    sync::Arc,
    vec::Vec,
};

/// The longest token, in bytes. AWS issues tokens of up to 20.4 KB.
const MAX_TOKEN_BYTES: usize = 32 * 1024;

/// The longest decoded JOSE Header, in bytes.
const MAX_HEADER_BYTES: usize = 4 * 1024;

/// The Header Parameters that RFC 7515 §4.1 and RFC 7797 §3 register. Messages about an unverified header contain no
/// other member names.
const REGISTERED_PARAMETERS: [&str; 12] =
    ["alg", "b64", "crit", "cty", "jku", "jwk", "kid", "typ", "x5c", "x5t", "x5t#S256", "x5u"];

/// The claims that RFC 7519 §4.1 registers. Messages about an unverified payload contain no other member names.
const REGISTERED_CLAIMS: [&str; 7] = ["aud", "exp", "iat", "iss", "jti", "nbf", "sub"];

/// A token that was split and decoded. UNVERIFIED: anyone could have written it.
#[derive(Clone, Debug)]
pub struct UnverifiedToken<'a> {
    pub(crate) segments: Segments<'a>,
    /// The parsed header, or the first header rule it breaks.
    pub(crate) header: Result<Arc<JoseHeader>, Error>,
}

/// The decoded segments of a token.
#[derive(Clone, Debug)]
pub(crate) struct Segments<'a> {
    /// The JWS Signing Input (RFC 7515 §2), exactly as it was signed.
    pub(crate) signing_input: Cow<'a, str>,
    /// The decoded header, a strict JSON object.
    pub(crate) header: Arc<str>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// A first segment that was decoded before and whose header breaks no rule.
#[derive(Debug)]
pub(crate) struct KnownHeader {
    /// The segment, in base64url.
    pub(crate) segment: String,
    pub(crate) json: Arc<str>,
    pub(crate) header: Arc<JoseHeader>,
}

/// The Header Parameters that a verification uses. `jku`, `jwk`, `x5u` and `x5c` never supply a key (RFC 8725 §3.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JoseHeader {
    pub(crate) alg: Algorithm,
    pub(crate) kid: Option<String>,
    pub(crate) typ: Option<String>,
}

/// Reads header and claims without checking the signature or any claim. UNVERIFIED.
///
/// # Errors
/// The errors of [`UnverifiedToken::parse`], and [`ErrorKind::InvalidPayload`] if the payload is not a strict JSON object.
pub fn decode_unverified(token: &str) -> Result<UnverifiedToken<'_>, Error> {
    let token = UnverifiedToken::parse(token)?;
    token.claims_object()?;
    Ok(token)
}

impl<'a> UnverifiedToken<'a> {
    /// The longest token, in bytes.
    pub const MAX_BYTES: usize = MAX_TOKEN_BYTES;

    /// The longest decoded JOSE Header, in bytes.
    pub const MAX_HEADER_BYTES: usize = MAX_HEADER_BYTES;

    /// Splits and decodes `token`. Sizes are checked first.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`], [`ErrorKind::InvalidSegments`], [`ErrorKind::EncryptedToken`],
    /// [`ErrorKind::InvalidBase64url`], [`ErrorKind::InvalidHeader`].
    pub fn parse(token: &'a str) -> Result<Self, Error> {
        Self::parse_with(token, &|_| None)
    }

    /// [`UnverifiedToken::parse`], without decoding the header again if `known` contains its segment.
    pub(crate) fn parse_with<'k>(
        token: &'a str,
        known: &dyn Fn(&str) -> Option<&'k KnownHeader>,
    ) -> Result<Self, Error> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(ErrorKind::TooLarge { part: "token", limit: MAX_TOKEN_BYTES }.into());
        }
        Self::split_and_decode(token, known).map_err(|error| more_helpful(error, token))
    }

    fn split_and_decode<'k>(token: &'a str, known: &dyn Fn(&str) -> Option<&'k KnownHeader>) -> Result<Self, Error> {
        let (signing_input, [header, payload, signature]) = split(token).ok_or_else(|| not_three_segments(token))?;
        // Four characters of base64url encode three octets.
        if header.len() * 3 / 4 > MAX_HEADER_BYTES {
            return Err(ErrorKind::TooLarge { part: "header", limit: MAX_HEADER_BYTES }.into());
        }
        let known = known(header);
        let octets = if known.is_some() { Vec::new() } else { decode_segment(header, "header")? };
        let payload = decode_segment(payload, "payload")?;
        let signature = decode_segment(signature, "signature")?;
        let (header_json, header) = match known {
            Some(KnownHeader { json, header, .. }) => (Arc::clone(json), Ok(Arc::clone(header))),
            None => read_header(octets)?,
        };
        let signing_input = Cow::Borrowed(signing_input);
        Ok(Self { segments: Segments { signing_input, header: header_json, payload, signature }, header })
    }

    /// Copies what this token borrows.
    #[cfg(feature = "npm")]
    pub(crate) fn into_static(self) -> UnverifiedToken<'static> {
        let Segments { signing_input, header, payload, signature } = self.segments;
        let signing_input = Cow::Owned(signing_input.into_owned());
        UnverifiedToken { segments: Segments { signing_input, header, payload, signature }, header: self.header }
    }

    /// The JOSE Header as JSON text. UNVERIFIED.
    #[must_use]
    pub fn header_json(&self) -> &str {
        &self.segments.header
    }

    /// The octets of the JWS Payload. UNVERIFIED.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.segments.payload
    }

    /// `iss` (RFC 7519 §4.1.1), for choosing the issuer's keys. UNVERIFIED.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPayload`] if the payload is not a strict JSON object; [`ErrorKind::InvalidClaim`] if `iss` is
    /// not a string.
    pub fn issuer(&self) -> Result<Option<String>, Error> {
        Ok(issuer_in(&self.claims_object()?)?.map(ToOwned::to_owned))
    }

    pub(crate) fn claims_object(&self) -> Result<Object<'_>, Error> {
        json::parse_octets(&self.segments.payload).map_err(|problem| {
            let problem = problem.with_names(|name| REGISTERED_CLAIMS.contains(&name));
            ErrorKind::InvalidPayload { problem }.into()
        })
    }
}

impl Segments<'_> {
    /// The first segment, in base64url.
    pub(crate) fn header_segment(&self) -> &str {
        self.signing_input.split_once('.').map_or("", |(header, _)| header)
    }
}

impl JoseHeader {
    /// Applies the rules for Header Parameters.
    fn read(header: &Object<'_>) -> Result<Self, Error> {
        // RFC 7515 §4.1.11: an extension that is not understood makes the JWS invalid, and this library supports no
        // extensions. RFC 7797 §6 requires b64 to be listed in crit.
        for parameter in ["crit", "b64"] {
            if header.contains(parameter) {
                return Err(ErrorKind::UnsupportedHeaderParameter { parameter }.into());
            }
        }
        // RFC 7515 §4.1.1: alg is REQUIRED, a case-sensitive string.
        let alg = text(header, "alg")?.ok_or(ErrorKind::MissingAlgorithm)?;
        let alg = Algorithm::from_name(&alg).ok_or(ErrorKind::UnsupportedAlgorithm)?;
        // RFC 7515 §4.1.4, §4.1.9
        Ok(Self { alg, kid: text(header, "kid")?, typ: text(header, "typ")? })
    }
}

/// The JSON of a header, and the parsed header or the first header rule it breaks.
type DecodedHeader = (Arc<str>, Result<Arc<JoseHeader>, Error>);

fn read_header(octets: Vec<u8>) -> Result<DecodedHeader, Error> {
    let invalid = |problem: JsonProblem| {
        let problem = problem.with_names(|name| REGISTERED_PARAMETERS.contains(&name));
        Error::from(ErrorKind::InvalidHeader { problem })
    };
    let json = String::from_utf8(octets).map_err(|_| invalid(JsonProblem::NotUtf8))?;
    let header = JoseHeader::read(&json::parse(&json).map_err(invalid)?);
    Ok((json.into(), header.map(Arc::new)))
}

/// `iss` in unverified claims.
pub(crate) fn issuer_in<'a>(claims: &'a Object<'_>) -> Result<Option<&'a str>, Error> {
    match claims.get("iss") {
        None => Ok(None),
        Some(Value::String(issuer)) => Ok(Some(issuer)),
        Some(_) => Err(ErrorKind::InvalidClaim { claim: "iss", expected: "a string" }.into()),
    }
}

/// Splits a token into the JWS Signing Input and the three segments (RFC 7515 §7.1): BASE64URL(header) || '.' ||
/// BASE64URL(payload) || '.' || BASE64URL(signature). Only the first and the last dot are searched for; a third dot ends up
/// in the payload, where decoding rejects it.
fn split(token: &str) -> Option<(&str, [&str; 3])> {
    let (signing_input, signature) = token.rsplit_once('.')?;
    let (header, payload) = signing_input.split_once('.')?;
    let segments = [header, payload, signature];
    if segments.contains(&"") { None } else { Some((signing_input, segments)) }
}

fn text(header: &Object<'_>, parameter: &'static str) -> Result<Option<String>, Error> {
    match header.get(parameter) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_ref().to_owned())),
        Some(_) => Err(ErrorKind::InvalidHeaderParameter { parameter }.into()),
    }
}

fn decode_segment(segment: &str, name: &'static str) -> Result<Vec<u8>, Error> {
    base64url::decode(segment).ok_or_else(|| ErrorKind::InvalidBase64url { segment: name }.into())
}

/// Returns a more helpful error if the input is recognisably not a JWT.
fn more_helpful(error: Error, token: &str) -> Error {
    if dots(token) != 2 {
        return not_three_segments(token);
    }
    match (error.kind(), look_alike::of(token)) {
        (ErrorKind::InvalidBase64url { .. }, look_alike @ Some(_)) => ErrorKind::InvalidSegments { look_alike }.into(),
        _ => error,
    }
}

fn not_three_segments(token: &str) -> Error {
    // RFC 7516 §9: five segments are a JWE.
    if dots(token) == 4 {
        return ErrorKind::EncryptedToken.into();
    }
    ErrorKind::InvalidSegments { look_alike: look_alike::of(token) }.into()
}

fn dots(token: &str) -> usize {
    token.bytes().filter(|byte| *byte == b'.').count()
}
