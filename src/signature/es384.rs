//! ECDSA with P-384 and SHA-384 (RFC 7518 §3.4, FIPS 186-5 §6.4.2).

use p384::{
    Sec1Point,
    ecdsa::{Signature, VerifyingKey as P384VerifyingKey, signature::hazmat::PrehashVerifier},
};

/// A point of the curve that is not infinity.
#[derive(Debug)]
pub struct VerifyingKey(P384VerifyingKey);

impl VerifyingKey {
    /// `None` unless `x` and `y` are below p and a point on the curve.
    pub(crate) fn new(x: &[u8; 48], y: &[u8; 48]) -> Option<Self> {
        let point = Sec1Point::from_affine_coordinates(x.into(), y.into(), false);
        P384VerifyingKey::from_sec1_point(&point).ok().map(Self)
    }

    /// Whether `signature` is R || S, 48 octets each (RFC 7518 §3.4), with 1 ≤ r, s < n, and fits `digest`. High s is
    /// accepted, as FIPS 186-5 does.
    pub(crate) fn verify(&self, digest: &[u8; 48], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify_prehash(digest, &signature).is_ok())
    }
}
