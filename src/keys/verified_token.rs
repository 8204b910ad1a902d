//! The type of a token with a verified signature. Only this folder can create it.

use crate::{
    crypto::{Algorithm, Digest},
    encoding::base64url,
    error::{Error, ErrorKind, JsonProblem},
    token::{JoseHeader, Segments},
};
use alloc::{string::String, sync::Arc};

/// A token with a verified signature. [`verify`](crate::verify()) also checks the claims before it returns the token.
/// [`authenticate`](crate::authenticate) does not: call [`judge`](crate::judge()) afterwards.
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    header_json: Arc<str>,
    header: Arc<JoseHeader>,
    payload: String,
    key: Arc<KeyIdentity>,
    digest: Digest,
}

/// The key that verified a token.
#[derive(Debug)]
pub(super) struct KeyIdentity {
    pub(super) kid: Option<String>,
    /// The key's thumbprint: RFC 7638, SHA-256, base64url.
    pub(super) thumbprint: String,
}

impl VerifiedToken {
    /// Must be called only after the signature over `digest` was verified with `key`.
    pub(super) fn new(
        segments: Segments<'_>,
        header: Arc<JoseHeader>,
        key: Arc<KeyIdentity>,
        digest: Digest,
    ) -> Result<Self, Error> {
        let payload = String::from_utf8(segments.payload)
            .map_err(|_| ErrorKind::InvalidPayload { problem: JsonProblem::NotUtf8 })?;
        Ok(Self { header_json: segments.header, header, payload, key, digest })
    }

    /// The JOSE Header as JSON text.
    #[must_use]
    pub fn header_json(&self) -> &str {
        &self.header_json
    }

    pub(crate) fn header(&self) -> &JoseHeader {
        &self.header
    }

    /// The JWT Claims Set as JSON text: exactly the bytes that were signed.
    #[must_use]
    pub fn claims_json(&self) -> &str {
        &self.payload
    }

    /// The algorithm of the key that verified the token.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.header.alg
    }

    /// The `kid` of the key that verified the token (RFC 7517 §4.5).
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.key.kid.as_deref()
    }

    /// The thumbprint (RFC 7638, SHA-256, base64url) of the key that verified the token.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.key.thumbprint
    }

    /// The digest of the JWS Signing Input, in base64url. It does not depend on the signature, which has two
    /// valid forms for ECDSA: (r, s) and (r, n − s). So it can identify tokens in replay protection.
    #[must_use]
    pub fn token_id(&self) -> String {
        base64url::encode(self.digest.as_bytes())
    }
}
