//! ECDSA on P-384 with SHA-384 (RFC 7518 §3.4, FIPS 186-5 §6.4.2).
//!
//! Bytes in, yes or no out: it takes coordinates, digests and signatures, and knows no JWT.

use super::p384::{Generator, PreparedKey, Verdict};
use alloc::{boxed::Box, sync::Arc};

/// A checked P-384 public key with its tables. Takes a digest and a signature as bytes and answers yes or no.
#[derive(Debug)]
pub(super) struct VerifyingKey {
    key: Box<PreparedKey>,
    /// The tables of the base point. Keys may share them.
    generator: Arc<Generator>,
}

impl VerifyingKey {
    /// Checks the big-endian coordinates of a point. Returns `None` unless both are below p and satisfy the curve equation.
    #[inline(never)]
    pub(crate) fn new(x: &[u8; 48], y: &[u8; 48], generator: &Arc<Generator>) -> Option<Self> {
        Some(Self { key: Box::new(PreparedKey::new(x, y)?), generator: Arc::clone(generator) })
    }

    /// Whether `signature` is R || S, 48 octets each (RFC 7518 §3.4), with 1 ≤ r, s < n, and is valid for `digest`. A high
    /// s is accepted, as in FIPS 186-5.
    #[inline(never)]
    pub(crate) fn verify(&self, digest: &[u8; 48], signature: &[u8]) -> bool {
        let Ok(signature) = signature.try_into() else { return false };
        self.key.verify(&self.generator, digest, signature) == Verdict::Valid
    }
}
