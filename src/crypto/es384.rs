//! ECDSA with P-384 and SHA-384 (RFC 7518 §3.4, FIPS 186-5 §6.4.2).

use super::p384::{Generator, PreparedKey, Verdict};
use alloc::{boxed::Box, sync::Arc};

/// A point of the curve that is not infinity, and its tables.
#[derive(Debug)]
pub(super) struct VerifyingKey {
    key: Box<PreparedKey>,
    generator: Arc<Generator>,
}

impl VerifyingKey {
    /// `None` unless `x` and `y` are below p and a point on the curve.
    #[inline(never)]
    pub(crate) fn new(x: &[u8; 48], y: &[u8; 48], generator: &Arc<Generator>) -> Option<Self> {
        Some(Self { key: Box::new(PreparedKey::new(x, y)?), generator: Arc::clone(generator) })
    }

    /// Whether `signature` is R || S, 48 octets each (RFC 7518 §3.4), with 1 ≤ r, s < n, and fits `digest`. High s is
    /// accepted, as FIPS 186-5 does.
    #[inline(never)]
    pub(crate) fn verify(&self, digest: &[u8; 48], signature: &[u8]) -> bool {
        let Ok(signature) = signature.try_into() else { return false };
        self.key.verify(&self.generator, digest, signature) == Verdict::Valid
    }
}
