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
    token::{Algorithm, JoseHeader, UnverifiedToken},
    trace::{Stage, Trace},
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
    prepared: Vec<OnceBox<Result<VerifyingKey, KeyProblem>>>,
    identities: Vec<Arc<KeyIdentity>>,
    /// The tables of P-384's generator, shared by the keys.
    generator: Arc<Generator>,
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

/// A token whose signature is good. Nobody gets one but from [`crate::verify`] or [`crate::explain`], which also checked
/// its claims.
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    header: String,
    payload: String,
    algorithm: Algorithm,
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
        let jwk = json::parse_object(jwk.as_bytes())
            .map_err(|problem| Error::InvalidJwks { problem: JwksProblem::Json(problem) })?;
        let key = Jwk::parse(&json::Value::Object(jwk)).key;
        key.and_then(|key| Self::prepare(&key, &Arc::default())).map_err(|problem| Error::UnusableKey { problem })
    }

    /// Checks `signature` over `signing_input` (RFC 7515 §5.2).
    ///
    /// # Errors
    /// [`Error::SignatureMismatch`], whatever the reason.
    pub fn verify(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), Error> {
        self.verify_digest(&Digest::of(self.algorithm(), signing_input), signature)
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

    fn verify_digest(&self, digest: &Digest, signature: &[u8]) -> Result<(), Error> {
        let good = match (self, digest) {
            (Self::Es384(key), Digest::Sha384(digest)) => key.verify(digest, signature),
            (Self::Rs256(key), Digest::Sha256(digest)) => key.verify(digest, signature),
            (Self::Es384(_), Digest::Sha256(_)) | (Self::Rs256(_), Digest::Sha384(_)) => false,
        };
        if good { Ok(()) } else { Err(Error::SignatureMismatch) }
    }
}

impl KeySet {
    /// Reads a JWK Set (RFC 7517 §5). Keys that cannot be used are reported, not refused.
    ///
    /// # Errors
    /// [`Error::InvalidJwks`] where the text is not a JWK Set or is over the limits.
    pub fn parse(jwks: &str) -> Result<Self, Error> {
        let jwks = JwkSet::parse(jwks)?;
        let prepared = jwks.keys.iter().map(|_| OnceBox::new()).collect();
        let identity =
            |jwk: &Jwk| KeyIdentity { kid: jwk.kid.clone(), thumbprint: jwk.thumbprint.clone().unwrap_or_default() };
        let identities = jwks.keys.iter().map(|jwk| Arc::new(identity(jwk))).collect();
        Ok(Self { jwks, prepared, identities, generator: Arc::default() })
    }

    /// What is known about each key, in the order of the set.
    #[must_use]
    pub fn report(&self) -> Vec<KeyReport> {
        let report = |(position, jwk): (usize, &Jwk)| {
            let problem = self.prepared(position).err();
            KeyReport {
                kid: jwk.kid.clone(),
                kty: jwk.kty.clone(),
                alg: jwk.alg.clone(),
                usable: problem.is_none(),
                problem,
                bits: jwk.bits,
                thumbprint: jwk.thumbprint.clone(),
                weak: problem == Some(KeyProblem::Weak),
                private: jwk.private,
            }
        };
        self.jwks.keys.iter().enumerate().map(report).collect()
    }

    /// Selects the key that the header names and checks the signature with it.
    pub(crate) fn verify_signature(
        &self,
        token: &UnverifiedToken<'_>,
        header: &JoseHeader,
        trace: &mut Trace,
    ) -> Result<VerifiedToken, Error> {
        let candidates = match self.jwks.select(header, |position| self.prepared(position).err(), trace) {
            Ok(candidates) => candidates,
            error => trace.stage(Stage::Key, error)?,
        };
        let name =
            |position: usize| self.jwks.keys.get(position).map_or_else(Default::default, |jwk| jwk.name(position));
        for position in &candidates {
            trace.pass(Stage::Key, || name(*position));
        }
        let digest = Digest::of(header.alg, token.signing_input.as_bytes());
        let mut error = Error::NoMatchingKey;
        for position in candidates {
            let outcome = self
                .prepared(position)
                .map_err(|problem| Error::UnusableKey { problem })
                .and_then(|key| key.verify_digest(&digest, &token.signature));
            let Err(failure) = outcome else {
                trace.pass(Stage::Signature, || name(position));
                return self
                    .verified(token, header, position, digest)
                    .or_else(|error| trace.stage(Stage::Claims, Err(error)));
            };
            trace.skip(Stage::Signature, || name(position), || failure.to_string());
            // A wrong signature outweighs an unusable key: some key could judge the token.
            if error != Error::SignatureMismatch {
                error = failure;
            }
        }
        trace.stage(Stage::Signature, Err(error))
    }

    fn prepared(&self, position: usize) -> Result<&VerifyingKey, KeyProblem> {
        let (Some(slot), Some(jwk)) = (self.prepared.get(position), self.jwks.keys.get(position)) else {
            return Err(KeyProblem::NotAnObject);
        };
        slot.get_or_init(|| {
            Box::new(
                jwk.key
                    .as_ref()
                    .map_err(|problem| *problem)
                    .and_then(|key| VerifyingKey::prepare(key, &self.generator)),
            )
        })
        .as_ref()
        .map_err(|problem| *problem)
    }

    fn verified(
        &self,
        token: &UnverifiedToken<'_>,
        header: &JoseHeader,
        position: usize,
        digest: Digest,
    ) -> Result<VerifiedToken, Error> {
        let payload = core::str::from_utf8(&token.payload)
            .map_err(|_| Error::InvalidPayload { problem: crate::error::JsonProblem::NotUtf8 })?;
        let key = self.identities.get(position).ok_or(Error::NoMatchingKey)?;
        Ok(VerifiedToken {
            header: token.header.clone(),
            payload: String::from(payload),
            algorithm: header.alg,
            key: Arc::clone(key),
            digest,
        })
    }
}

impl VerifiedToken {
    /// The JOSE Header as JSON text.
    #[must_use]
    pub fn header_json(&self) -> &str {
        &self.header
    }

    /// The JWT Claims Set as JSON text: the very bytes that were signed.
    #[must_use]
    pub fn claims_json(&self) -> &str {
        &self.payload
    }

    /// The algorithm of the key that checked the token.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key that checked the token.
    #[must_use]
    pub fn key(&self) -> &KeyIdentity {
        &self.key
    }

    /// base64url of the digest of the JWS Signing Input: equal for every re-encoding of one signed token, such as the
    /// (r, n − s) twin of an ECDSA signature, so it can serve as a key for replay protection.
    #[must_use]
    pub fn token_id(&self) -> String {
        match &self.digest {
            Digest::Sha256(digest) => crate::base64url::encode(digest),
            Digest::Sha384(digest) => crate::base64url::encode(digest),
        }
    }

    pub(crate) fn claims_object(&self) -> Result<Object<'_>, Error> {
        json::parse_object(self.payload.as_bytes()).map_err(|problem| Error::InvalidPayload { problem })
    }
}

impl Digest {
    fn of(algorithm: Algorithm, signing_input: &[u8]) -> Self {
        use sha2::Digest as _;
        match algorithm {
            Algorithm::Es384 => Self::Sha384(sha2::Sha384::digest(signing_input).into()),
            Algorithm::Rs256 => Self::Sha256(sha2::Sha256::digest(signing_input).into()),
        }
    }
}
