//! Verifies signatures: bytes in, yes or no out. This module knows nothing about JWTs.

mod es384;
// For the kernels on relaxed SIMD. On native targets, only the tests, fuzz targets and benches include them, emulated.
#[cfg(any(
    all(target_arch = "wasm32", target_feature = "relaxed-simd"),
    all(any(fuzzing, internals, test), not(target_arch = "wasm32"))
))]
mod fused;
#[cfg(any(fuzzing, internals))]
pub mod internals;
// On native targets, only the tests, fuzz targets and benches include this module, with emulated vectors.
#[cfg(any(
    all(target_arch = "wasm32", target_feature = "simd128"),
    all(any(fuzzing, internals, test), not(target_arch = "wasm32"))
))]
mod montgomery;
mod p384;
mod rs256;

use crate::error::{Error, ErrorKind};
use alloc::sync::Arc;
use sha2::Digest as _;

pub(crate) use p384::{COORDINATE_BYTES, Generator};
pub(crate) use rs256::{MAX_MODULUS_BITS, MIN_MODULUS_BITS};

/// The two algorithms (RFC 7518 §3.1). No other algorithm can be represented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA with P-384 and SHA-384 (RFC 7518 §3.4).
    Es384,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    Rs256,
}

/// A public key that is ready to check signatures. The key alone decides the algorithm (RFC 8725 §3.1).
#[derive(Debug)]
pub struct VerifyingKey(Key);

#[derive(Debug)]
enum Key {
    Es384(es384::VerifyingKey),
    Rs256(rs256::VerifyingKey),
}

/// The digest of a message, by the hash function of an algorithm.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Digest {
    Sha256([u8; 32]),
    Sha384([u8; 48]),
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

    /// The algorithm of an `alg` value. The value must match exactly, including case (RFC 7515 §4.1.1).
    #[must_use]
    pub fn from_name(alg: &str) -> Option<Self> {
        [Self::Es384, Self::Rs256].into_iter().find(|algorithm| algorithm.as_str() == alg)
    }
}

impl VerifyingKey {
    /// Returns a P-384 key, or `None` unless the big-endian coordinates are a point on the curve. Keys may share
    /// `generator`, the tables of the base point.
    pub(crate) fn es384(
        x: &[u8; COORDINATE_BYTES],
        y: &[u8; COORDINATE_BYTES],
        generator: &Arc<Generator>,
    ) -> Option<Self> {
        es384::VerifyingKey::new(x, y, generator).map(|key| Self(Key::Es384(key)))
    }

    /// Returns an RSA key, or `None` unless the big-endian modulus is odd and has 2048 to 8192 bits, and the exponent
    /// is odd and at least 3.
    pub(crate) fn rs256(modulus: &[u8], exponent: u32) -> Option<Self> {
        rs256::VerifyingKey::new(modulus, exponent).map(|key| Self(Key::Rs256(key)))
    }

    /// The algorithm of the key.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self.0 {
            Key::Es384(_) => Algorithm::Es384,
            Key::Rs256(_) => Algorithm::Rs256,
        }
    }

    /// Checks `signature` over `message`. For a JWS, `message` is the Signing Input (RFC 7515 §5.2).
    ///
    /// # Errors
    /// [`ErrorKind::SignatureMismatch`], for every reason.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        self.verify_digest(&Digest::of(self.algorithm(), message), signature)
    }

    pub(crate) fn verify_digest(&self, digest: &Digest, signature: &[u8]) -> Result<(), Error> {
        let is_good = match (&self.0, digest) {
            (Key::Es384(key), Digest::Sha384(digest)) => key.verify(digest, signature),
            (Key::Rs256(key), Digest::Sha256(digest)) => key.verify(digest, signature),
            (Key::Es384(_), Digest::Sha256(_)) | (Key::Rs256(_), Digest::Sha384(_)) => false,
        };
        if is_good { Ok(()) } else { Err(ErrorKind::SignatureMismatch.into()) }
    }
}

impl Digest {
    pub(crate) fn of(algorithm: Algorithm, message: &[u8]) -> Self {
        match algorithm {
            Algorithm::Es384 => Self::Sha384(sha2::Sha384::digest(message).into()),
            Algorithm::Rs256 => Self::Sha256(sha256(message)),
        }
    }

    pub(crate) const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha256(digest) => digest,
            Self::Sha384(digest) => digest,
        }
    }
}

/// SHA-256 (FIPS 180-4 §6.2).
pub(crate) fn sha256(message: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(message).into()
}
