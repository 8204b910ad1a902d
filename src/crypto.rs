//! Checks a signature with a prepared key. Only this file can make a [`VerifiedToken`].

mod es384;
#[cfg(any(fuzzing, internals))]
pub mod internals;
// Natively only the tests, the fuzz targets and the benches have it, on emulated vectors.
#[cfg(any(
    all(target_arch = "wasm32", target_feature = "simd128"),
    all(any(fuzzing, internals, test), not(target_arch = "wasm32"))
))]
mod montgomery;
mod p384;
mod rs256;

use crate::{
    error::{Error, JwksProblem, KeyProblem},
    json::{self, Object},
    jwk::{Jwk, PublicKey},
    jwks::JwkSet,
    token::{Algorithm, JoseHeader, Segments},
    trace::{Stage, Trace},
    verify::Checked,
};
use alloc::{
    boxed::Box,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use once_cell::race::OnceBox;
use p384::Generator;
use serde::Serialize;
use sha2::Digest as _;

/// A public key that is ready to check signatures. The key alone decides the algorithm (RFC 8725 §3.1).
#[derive(Debug)]
pub enum VerifyingKey {
    /// ECDSA with P-384 and SHA-384 (RFC 7518 §3.4).
    Es384(es384::VerifyingKey),
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    Rs256(rs256::VerifyingKey),
}

/// A parsed JWK Set whose keys are prepared at their first use. Keep it: preparation costs more than a verification.
#[derive(Debug)]
pub struct KeySet {
    jwks: JwkSet,
    /// One for each key of the set.
    slots: Vec<Slot>,
    /// The tables of P-384's generator, shared by the keys.
    generator: Arc<Generator>,
}

/// What the first use of a key makes.
#[derive(Debug, Default)]
struct Slot {
    prepared: OnceBox<Result<VerifyingKey, KeyProblem>>,
    identity: OnceBox<Arc<KeyIdentity>>,
}

/// What a [`KeySet`] found out about one of its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyReport {
    /// `kid`, where it is a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `kty`, where it is a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kty: Option<String>,
    /// `alg`, where it is a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Whether it can check signatures.
    pub usable: bool,
    /// Why the key is not used; `None` for a usable one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<KeyProblem>,
    /// The size of the modulus or of the curve's field, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bits: Option<usize>,
    /// The thumbprint (RFC 7638, SHA-256, base64url), where the key could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
    /// The modulus is shorter than 2048 bits (RFC 7518 §3.3).
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub weak: bool,
    /// The set publishes private or symmetric key material.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub private: bool,
}

/// Which key checked a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyIdentity {
    /// The key's `kid`.
    pub kid: Option<String>,
    /// The thumbprint (RFC 7638, SHA-256, base64url).
    pub thumbprint: String,
}

/// A token whose signature is good. Nobody gets one but from [`verify`](crate::verify()) or [`crate::explain`], which
/// also checked its claims.
#[derive(Clone, Debug)]
pub struct VerifiedToken(Box<Verified>);

#[derive(Clone, Debug)]
struct Verified {
    header_json: String,
    header: JoseHeader,
    payload: String,
    key: Arc<KeyIdentity>,
    digest: Digest,
}

/// The digest of the JWS Signing Input under the algorithm's own hash.
#[derive(Clone, Copy, Debug)]
enum Digest {
    Sha256([u8; 32]),
    Sha384([u8; 48]),
}

impl VerifyingKey {
    /// Reads and checks one JWK (RFC 7517 §4).
    ///
    /// # Errors
    /// [`Error::UnusableKey`] says what is wrong with it; [`Error::InvalidJwks`] where it is not a JSON object.
    pub fn from_jwk(jwk: &str) -> Result<Self, Error> {
        let jwk =
            json::parse_owned(jwk).map_err(|problem| Error::InvalidJwks { problem: JwksProblem::Json(problem) })?;
        let key = Jwk::read(json::Value::Object(jwk)).public_key();
        key.and_then(|key| Self::prepare(&key, &Arc::default())).map_err(|problem| Error::UnusableKey { problem })
    }

    /// Checks `signature` over `signing_input` (RFC 7515 §5.2).
    ///
    /// # Errors
    /// [`Error::SignatureMismatch`], whatever the reason.
    pub fn verify(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), Error> {
        self.verify_digest(&Digest::of(self.algorithm(), signing_input), signature).map_err(|error| *error)
    }

    /// The algorithm that the key is for.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es384(_) => Algorithm::Es384,
            Self::Rs256(_) => Algorithm::Rs256,
        }
    }

    fn prepare(key: &PublicKey, generator: &Arc<Generator>) -> Result<Self, KeyProblem> {
        match key {
            PublicKey::Es384 { x, y } => {
                es384::VerifyingKey::new(x, y, generator).map(Self::Es384).ok_or(KeyProblem::OffCurve)
            }
            PublicKey::Rs256 { modulus, exponent } => {
                rs256::VerifyingKey::new(modulus, *exponent).map(Self::Rs256).ok_or(KeyProblem::Modulus)
            }
        }
    }

    fn verify_digest(&self, digest: &Digest, signature: &[u8]) -> Checked<()> {
        let good = match (self, digest) {
            (Self::Es384(key), Digest::Sha384(digest)) => key.verify(digest, signature),
            (Self::Rs256(key), Digest::Sha256(digest)) => key.verify(digest, signature),
            (Self::Es384(_), Digest::Sha256(_)) | (Self::Rs256(_), Digest::Sha384(_)) => false,
        };
        if good { Ok(()) } else { Err(Error::SignatureMismatch.into()) }
    }
}

impl KeySet {
    /// Reads a JWK Set (RFC 7517 §5). Keys that cannot be used are reported, not refused.
    ///
    /// # Errors
    /// [`Error::InvalidJwks`] where the text is not a JWK Set or is over the limits.
    pub fn parse(jwks: &str) -> Result<Self, Error> {
        Self::read(jwks).map_err(|error| *error)
    }

    pub(crate) fn read(jwks: &str) -> Checked<Self> {
        let jwks = JwkSet::parse(jwks)?;
        let slots = jwks.keys.iter().map(|_| Slot::default()).collect();
        Ok(Self { jwks, slots, generator: Arc::default() })
    }

    /// What is known about each key, in the order of the set.
    #[must_use]
    pub fn report(&self) -> Vec<KeyReport> {
        let text = |jwk: &Jwk, member| jwk.text(member).map(String::from);
        let report = |(position, jwk): (usize, &Jwk)| {
            let problem = self.prepared(position).err();
            KeyReport {
                kid: text(jwk, "kid"),
                kty: text(jwk, "kty"),
                alg: text(jwk, "alg"),
                usable: problem.is_none(),
                problem,
                bits: jwk.bits(),
                thumbprint: jwk.thumbprint(),
                weak: problem == Some(KeyProblem::Weak),
                private: jwk.private,
            }
        };
        self.jwks.keys.iter().enumerate().map(report).collect()
    }

    /// Selects the key that the header names and checks the signature with it. Then the stage of the claims has begun.
    pub(crate) fn verify_signature(
        &self,
        segments: Segments<'_>,
        header: JoseHeader,
        trace: &mut Trace,
    ) -> Checked<VerifiedToken> {
        trace.enter(Stage::Key);
        let candidates = self.jwks.select(&header, &|position| self.prepared(position).err(), trace)?;
        for position in &candidates {
            trace.pass(Stage::Key, &|| self.name(*position));
        }
        trace.enter(Stage::Signature);
        let digest = Digest::of(header.alg, segments.signing_input.as_bytes());
        let mut error = None;
        for position in candidates {
            let Err(failure) = self.verify_digest(position, &digest, &segments.signature) else {
                trace.pass(Stage::Signature, &|| self.name(position));
                trace.enter(Stage::Claims);
                return self.verified(segments, header, position, digest);
            };
            trace.skip(Stage::Signature, &|| self.name(position), &|| failure.to_string());
            error = Some(failure);
        }
        Err(error.unwrap_or_else(|| Error::NoMatchingKey.into()))
    }

    #[inline(never)]
    fn verify_digest(&self, position: usize, digest: &Digest, signature: &[u8]) -> Checked<()> {
        let key = self.prepared(position).map_err(|problem| Error::UnusableKey { problem })?;
        key.verify_digest(digest, signature)
    }

    fn prepared(&self, position: usize) -> Result<&VerifyingKey, KeyProblem> {
        let (Some(slot), Some(jwk)) = (self.slots.get(position), self.jwks.keys.get(position)) else {
            return Err(KeyProblem::NotAnObject);
        };
        let prepare = || jwk.public_key().and_then(|key| VerifyingKey::prepare(&key, &self.generator));
        slot.prepared.get_or_init(|| Box::new(prepare())).as_ref().map_err(|problem| *problem)
    }

    fn verified(
        &self,
        segments: Segments<'_>,
        header: JoseHeader,
        position: usize,
        digest: Digest,
    ) -> Checked<VerifiedToken> {
        let payload = String::from_utf8(segments.payload)
            .map_err(|_| Error::InvalidPayload { problem: crate::error::JsonProblem::NotUtf8 })?;
        let key = Arc::clone(self.identity(position).ok_or(Error::NoMatchingKey)?);
        Ok(VerifiedToken(Box::new(Verified { header_json: segments.header, header, payload, key, digest })))
    }

    fn identity(&self, position: usize) -> Option<&Arc<KeyIdentity>> {
        let (slot, jwk) = (self.slots.get(position)?, self.jwks.keys.get(position)?);
        let identity =
            || KeyIdentity { kid: jwk.kid().map(String::from), thumbprint: jwk.thumbprint().unwrap_or_default() };
        Some(slot.identity.get_or_init(|| Box::new(Arc::new(identity()))))
    }

    fn name(&self, position: usize) -> String {
        self.jwks.keys.get(position).map(|jwk| jwk.name(position)).unwrap_or_default()
    }
}

impl VerifiedToken {
    /// The JOSE Header as JSON text.
    #[must_use]
    pub fn header_json(&self) -> &str {
        &self.0.header_json
    }

    pub(crate) const fn header(&self) -> &JoseHeader {
        &self.0.header
    }

    /// The JWT Claims Set as JSON text: the very bytes that were signed.
    #[must_use]
    pub fn claims_json(&self) -> &str {
        &self.0.payload
    }

    /// The algorithm of the key that checked the token.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.0.header.alg
    }

    /// The key that checked the token.
    #[must_use]
    pub fn key(&self) -> &KeyIdentity {
        &self.0.key
    }

    /// base64url of the digest of the JWS Signing Input: equal for every re-encoding of one signed token, such as the
    /// (r, n − s) twin of an ECDSA signature, so it can serve as a key for replay protection.
    #[must_use]
    pub fn token_id(&self) -> String {
        match &self.0.digest {
            Digest::Sha256(digest) => crate::base64url::encode(digest),
            Digest::Sha384(digest) => crate::base64url::encode(digest),
        }
    }

    pub(crate) fn claims_object(&self) -> Checked<Object<'_>> {
        json::parse_text(&self.0.payload).map_err(|problem| Error::InvalidPayload { problem }.into())
    }
}

/// base64url of the SHA-256 of a text: tells whether a stored JWKS is still the one that was stored.
#[must_use]
pub fn digest_of_text(text: &str) -> String {
    crate::base64url::encode(&sha256(text.as_bytes()))
}

impl Digest {
    fn of(algorithm: Algorithm, signing_input: &[u8]) -> Self {
        match algorithm {
            Algorithm::Es384 => Self::Sha384(sha384(signing_input)),
            Algorithm::Rs256 => Self::Sha256(sha256(signing_input)),
        }
    }
}

#[inline(never)]
fn sha384(signing_input: &[u8]) -> [u8; 48] {
    sha2::Sha384::digest(signing_input).into()
}

#[inline(never)]
fn sha256(signing_input: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(signing_input).into()
}
