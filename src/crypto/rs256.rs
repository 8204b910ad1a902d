//! RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3, RFC 8017 §8.2.2).
//!
//! This module takes moduli, digests and signatures as bytes, returns yes or no, and knows nothing about JWTs.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use super::montgomery::{PreparedModulus, Selected};
use rsa::{BoxedUint, Pkcs1v15Sign, PublicKey};

/// The shortest RSA modulus (RFC 7518 §3.3).
pub(crate) const MIN_MODULUS_BITS: usize = 2048;

/// The longest RSA modulus. This limits the work that a key set can cause.
pub(crate) const MAX_MODULUS_BITS: usize = 8192;

/// RFC 8017 §9.2, note 1: the DER prefix of SHA-256's DigestInfo, which precedes the hash.
pub(super) const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// A checked RSA public key. Takes a digest and a signature as bytes and answers yes or no.
#[derive(Debug)]
pub(super) struct VerifyingKey(Arithmetic);

/// Which implementation verifies.
#[derive(Debug)]
enum Arithmetic {
    /// The SIMD arithmetic of this project: e = 65537 and moduli of 2048, 3072 or 4096 bits, if the target has SIMD and the engine
    /// has what the kernel needs.
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    Vectors(alloc::boxed::Box<PreparedModulus<Selected>>),
    /// The `rsa` crate, for all other keys.
    Library(PublicKey),
}

impl VerifyingKey {
    /// Checks a big-endian modulus and an exponent. Returns `None` unless the modulus is odd and has a permitted size,
    /// and the exponent is odd and at least 3.
    #[inline(never)]
    pub(crate) fn new(modulus: &[u8], exponent: u32) -> Option<Self> {
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        if exponent == super::montgomery::EXPONENT
            && let Some(prepared) = PreparedModulus::new(modulus)
        {
            return Some(Self(Arithmetic::Vectors(alloc::boxed::Box::new(prepared))));
        }
        library_key(modulus, exponent).map(|key| Self(Arithmetic::Library(key)))
    }

    /// Whether `signature` is as long as the modulus, is less than the modulus, and encodes exactly the padded block of `digest`.
    #[inline(never)]
    pub(crate) fn verify(&self, digest: &[u8; 32], signature: &[u8]) -> bool {
        match &self.0 {
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Arithmetic::Vectors(modulus) => modulus.verify(digest, signature),
            Arithmetic::Library(key) => verify_by_library(key, digest, signature),
        }
    }
}

#[inline(never)]
fn library_key(modulus: &[u8], exponent: u32) -> Option<PublicKey> {
    let modulus = BoxedUint::from_be_slice_vartime(modulus);
    PublicKey::new_with_size_limits(modulus, BoxedUint::from(exponent), MIN_MODULUS_BITS..=MAX_MODULUS_BITS).ok()
}

#[inline(never)]
fn verify_by_library(key: &PublicKey, digest: &[u8; 32], signature: &[u8]) -> bool {
    // Not `Pkcs1v15Sign::new`, which would link the whole encoder of object identifiers.
    let scheme = Pkcs1v15Sign { hash_len: Some(digest.len()), prefix: DIGEST_INFO.into() };
    key.verify(scheme, digest, signature).is_ok()
}
