//! Compares the fast path with the `p384` crate.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod differential;
mod edge_cases;
mod forge;

use super::{Generator, HOT_AFTER, PreparedKey, Verdict};
use ::p384::ProjectivePoint;
use core::sync::atomic::Ordering;
use forge::{coordinates, oracle};

/// Asserts that the verdicts with the cold and with the hot tables match the oracle. Returns for how many of the two the
/// fast path left the decision to the slow path.
fn assert_agreement(
    tables: &Generator,
    q: &ProjectivePoint,
    digest: &[u8; 48],
    signature: &[u8; 96],
    case: &str,
) -> u32 {
    let (x, y) = coordinates(&q.to_affine());
    let key = PreparedKey::new(&x, &y).unwrap();
    let expected = oracle(&x, &y, digest, signature);
    let mut exceptional = 0;
    for uses in [0, HOT_AFTER] {
        key.uses.store(uses, Ordering::Relaxed);
        match key.try_verify(tables, digest, signature) {
            None => exceptional += 1,
            Some(verdict) => assert_eq!(verdict == Verdict::Valid, expected, "{case}, after {uses} uses"),
        }
        key.uses.store(uses, Ordering::Relaxed);
        assert_eq!(key.verify(tables, digest, signature) == Verdict::Valid, expected, "{case}, after {uses} uses");
    }
    exceptional
}
