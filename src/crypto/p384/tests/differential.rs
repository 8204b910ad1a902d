//! Compares verdicts on random signatures, a quarter of them bad, with the `p384` crate. The environment variable
//! SIGNATURES sets their number.

use super::super::{Hot, PreparedKey, Verdict};
use super::forge::{Numbers, coordinates, join, oracle, reduce, scalar_bytes};
use super::{Fused, Tables, hot_key};
use ::p384::ProjectivePoint;
use core::any::TypeId;

/// Compares every verdict with that of the `p384` crate's verifier.
///
/// Signing would take longer than verifying. So the nonces k of one key are consecutive, and each R = k·G takes one
/// addition. Instead of a random digest, a random s is chosen, from which the digest z = s·k − r·d follows.
#[test]
fn matches_the_p384_crate_on_random_signatures() {
    const PER_KEY: u64 = 200;
    let count: u64 = std::env::var("SIGNATURES").map_or(20_000, |text| text.parse().unwrap());
    let tables = Tables::default();
    let mut numbers = Numbers(count);
    let (mut valid, mut invalid) = (0, 0);
    for _ in 0..count.div_ceil(PER_KEY) {
        let (d, mut k) = (numbers.scalar(), numbers.scalar());
        let (x, y) = coordinates(&(ProjectivePoint::GENERATOR * d).to_affine());
        let key = PreparedKey::<Hot>::new(&x, &y).unwrap();
        let fused = hot_key::<Fused>(&x, &y);
        let mut point = ProjectivePoint::GENERATOR * k;
        for i in 0..PER_KEY {
            let (r, s) = (reduce(&coordinates(&point.to_affine()).0), numbers.scalar());
            let mut digest = scalar_bytes(&(s * k - r * d));
            let mut signature = join(&scalar_bytes(&r), &scalar_bytes(&s));
            (point, k) = (point + ProjectivePoint::GENERATOR, k + ::p384::Scalar::ONE);
            let bit = numbers.next() as usize;
            match i % 12 {
                3 => digest[bit / 8 % 48] ^= 1 << (bit % 8),
                7 => signature[bit / 8 % 96] ^= 1 << (bit % 8),
                11 => signature = numbers.bytes(),
                _ => {}
            }
            let expected = oracle(&x, &y, &digest, &signature);
            // The verdict must not be `None`. For `None`, the verifier asks the `p384` crate, which is also the oracle of this
            // test, so the test would compare the crate with itself.
            let expected = if expected { Verdict::Valid } else { Verdict::Invalid };
            let mut verdicts = std::vec![("this build's kernels", key.try_verify(&tables.hot, &digest, &signature))];
            // The emulated kernel is slow, so it verifies every fifth signature. 5 and 12 are coprime.
            if TypeId::of::<Hot>() != TypeId::of::<Fused>() && i % 5 == 0 {
                verdicts.push(("fused", fused.try_verify(&tables.fused, &digest, &signature)));
            }
            for (kernel, verdict) in verdicts {
                assert_eq!(verdict, Some(expected), "{kernel} {x:x?} {y:x?} {digest:x?} {signature:x?}");
            }
            if expected == Verdict::Valid { valid += 1 } else { invalid += 1 }
        }
    }
    // Exactly the unaltered three quarters are valid.
    assert!(valid + invalid >= count && valid / 3 == invalid && valid % 3 == 0, "{valid} valid, {invalid} invalid");
}
