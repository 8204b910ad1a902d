//! Shared by the signature tests, `fuzz/` and the benches: a deterministic source of numbers, the oracle, and a forger.

use ::p384::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
use ::p384::elliptic_curve::{PrimeField, ops::Reduce, point::AffineCoordinates};
use ::p384::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};

/// Reproducible random numbers (splitmix64).
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.next() as u8)
    }
    pub(super) fn scalar(&mut self) -> Scalar {
        reduce(&self.bytes())
    }
}

/// The number modulo n.
pub(super) fn reduce(bytes: &[u8; 48]) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&FieldBytes::from(*bytes))
}

pub(super) fn scalar_bytes(scalar: &Scalar) -> [u8; 48] {
    scalar.to_repr().as_slice().try_into().unwrap()
}

pub(super) fn coordinates(point: &AffinePoint) -> ([u8; 48], [u8; 48]) {
    (point.x().as_slice().try_into().unwrap(), point.y().as_slice().try_into().unwrap())
}

pub(super) fn join(r: &[u8; 48], s: &[u8; 48]) -> [u8; 96] {
    core::array::from_fn(|i| if i < 48 { r[i] } else { s[i - 48] })
}

/// The verdict of the `p384` crate.
pub(super) fn oracle(x: &[u8; 48], y: &[u8; 48], digest: &[u8; 48], signature: &[u8; 96]) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&[&[4], x.as_slice(), y].concat()).unwrap();
    Signature::from_slice(signature).is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok())
}

/// A digest and a signature that make the verifier compute the point u1·G + u2·Q. r is the x of
/// that point modulo n, or 7 for infinity.
pub(super) fn forge(q: &ProjectivePoint, u1: &Scalar, u2: &Scalar) -> Option<([u8; 48], [u8; 96])> {
    let point = (ProjectivePoint::GENERATOR * u1 + q * u2).to_affine();
    let r = if bool::from(point.is_identity()) { Scalar::from(7u64) } else { reduce(&coordinates(&point).0) };
    let s = r * Option::<Scalar>::from(u2.invert())?;
    Some((scalar_bytes(&(u1 * &s)), join(&scalar_bytes(&r), &scalar_bytes(&s))))
}

/// n − k, big-endian.
pub(super) fn order_minus(k: u64) -> [u8; 48] {
    scalar_bytes(&(Scalar::ZERO - Scalar::from(k)))
}
