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

use super::{Generator, HOT_AFTER, Verdict};
use crate::crypto::es384;
use ::p384::ProjectivePoint;
use alloc::sync::Arc;
use core::sync::atomic::Ordering;
use forge::{coordinates, oracle};

/// Asserts that the verdicts with the cold and the hot tables match the oracle. Returns how many of the
/// two verdicts came from the slow path (the `p384` crate).
fn assert_agreement(
    tables: &Arc<Generator>,
    q: &ProjectivePoint,
    digest: &[u8; 48],
    signature: &[u8; 96],
    case: &str,
) -> u32 {
    let (x, y) = coordinates(&q.to_affine());
    let key = es384::VerifyingKey::new(&x, &y, tables).unwrap();
    let expected = oracle(&x, &y, digest, signature);
    let mut exceptional = 0;
    for uses in [0, HOT_AFTER] {
        key.prepared.uses.store(uses, Ordering::Relaxed);
        match key.prepared.try_verify(tables, digest, signature) {
            None => exceptional += 1,
            Some(verdict) => assert_eq!(verdict == Verdict::Valid, expected, "{case}, after {uses} uses"),
        }
        key.prepared.uses.store(uses, Ordering::Relaxed);
        assert_eq!(key.verify(digest, signature), expected, "{case}, after {uses} uses");
    }
    exceptional
}
