//! ECDSA on P-384 with SHA-384 (RFC 7518 §3.4, FIPS 186-5 §6.4.2).
//!
//! This module takes coordinates, digests and signatures as bytes, returns yes or no, and knows nothing about JWTs. This
//! project's arithmetic verifies signatures, and the crate `p384` decides exceptional cases.

use super::p384::{Generator, PreparedKey, Verdict};
use ::p384::{
    AffinePoint,
    ecdsa::{Signature, VerifyingKey as LibraryKey, signature::hazmat::PrehashVerifier},
    elliptic_curve::point::AffineCoordinates,
};
use alloc::{boxed::Box, sync::Arc};

/// A checked P-384 public key with its tables. Takes a digest and a signature as bytes and answers yes or no.
#[derive(Debug)]
pub(super) struct VerifyingKey {
    x: [u8; 48],
    y: [u8; 48],
    pub(super) prepared: Box<PreparedKey>,
    /// The tables of the base point. Keys may share them.
    generator: Arc<Generator>,
}

impl VerifyingKey {
    /// Checks the big-endian coordinates of a point. Returns `None` unless both are below p and satisfy the curve equation.
    #[inline(never)]
    pub(super) fn new(x: &[u8; 48], y: &[u8; 48], generator: &Arc<Generator>) -> Option<Self> {
        let prepared = Box::new(PreparedKey::new(x, y)?);
        Some(Self { x: *x, y: *y, prepared, generator: Arc::clone(generator) })
    }

    /// Whether `signature` is R || S, 48 octets each (RFC 7518 §3.4), with 1 ≤ r, s < n, and is valid for `digest`. A high
    /// s is accepted, as in FIPS 186-5.
    #[inline(never)]
    pub(super) fn verify(&self, digest: &[u8; 48], signature: &[u8]) -> bool {
        let Ok(signature) = signature.try_into() else { return false };
        match self.prepared.try_verify(&self.generator, digest, signature) {
            Some(verdict) => verdict == Verdict::Valid,
            // An addition was exceptional, so the crate `p384` decides: its additions are complete.
            None => self.verify_by_library(digest, signature),
        }
    }

    #[cold]
    #[inline(never)]
    fn verify_by_library(&self, digest: &[u8; 48], signature: &[u8; 96]) -> bool {
        let point = AffinePoint::from_coordinates(&self.x.into(), &self.y.into()).into_option();
        let key = point.and_then(|point| LibraryKey::from_affine(point).ok());
        let signature = Signature::from_slice(signature).ok();
        key.zip(signature).is_some_and(|(key, signature)| key.verify_prehash(digest, &signature).is_ok())
    }
}
