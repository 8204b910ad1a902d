//! A token with a verified signature. Only this folder makes one.

use crate::{
    crypto::{Algorithm, Digest},
    encoding::base64url,
    error::{Error, ErrorKind, JsonProblem},
    token::{JoseHeader, Segments},
};
use alloc::{string::String, sync::Arc};

/// A token with a verified signature. [`verify`](crate::verify()) returns one after checking its claims as well;
/// [`authenticate`](crate::authenticate) leaves them to [`judge`](crate::judge()).
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    header_json: String,
    header: JoseHeader,
    payload: String,
    key: Arc<KeyIdentity>,
    digest: Digest,
}

/// Which key verified a token.
#[derive(Debug)]
pub(super) struct KeyIdentity {
    pub(super) kid: Option<String>,
    /// RFC 7638, SHA-256, base64url.
    pub(super) thumbprint: String,
}

impl VerifiedToken {
    /// The caller has checked the signature over `digest` with `key`.
    pub(super) fn new(
        segments: Segments<'_>,
        header: JoseHeader,
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

    pub(crate) const fn header(&self) -> &JoseHeader {
        &self.header
    }

    /// The JWT Claims Set as JSON text: the very bytes that were signed.
    #[must_use]
    pub fn claims_json(&self) -> &str {
        &self.payload
    }

    /// The algorithm of the key that verified the token.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
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

    /// base64url of the digest of the JWS Signing Input: equal for every encoding of one signed token, such as the
    /// (r, n − s) twin of an ECDSA signature. So it can serve as a key for replay protection.
    #[must_use]
    pub fn token_id(&self) -> String {
        base64url::encode(self.digest.as_bytes())
    }
}
