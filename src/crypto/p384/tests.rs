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
mod wycheproof;

use super::point::Point;
use super::{Generator, HOT_AFTER, Kernel, PreparedKey, Verdict};
use crate::crypto::es384;
use ::p384::ProjectivePoint;
use alloc::sync::Arc;
use core::sync::atomic::Ordering;
use forge::{coordinates, oracle};

/// The fused kernel, which keeps one sum for each comb, if this build has it.
#[cfg(any(target_feature = "relaxed-simd", not(target_arch = "wasm32")))]
type Fused = super::fused::Points;
#[cfg(not(any(target_feature = "relaxed-simd", not(target_arch = "wasm32"))))]
type Fused = super::Hot;

const HAS_FUSED: bool = cfg!(any(target_feature = "relaxed-simd", not(target_arch = "wasm32")));

/// The larger tables of G for all kernels.
#[derive(Debug, Default)]
struct Tables {
    hot: Arc<Generator>,
    scalar: Generator<Point>,
    fused: Generator<Fused>,
}

/// Which verdicts came from the slow path (the `p384` crate).
#[derive(Clone, Copy, Debug, PartialEq)]
struct Slow {
    cold: bool,
    /// With the larger tables, and one sum for both combs.
    hot: bool,
    /// With the larger tables, and one sum for each comb.
    fused: bool,
}

const NEVER: Slow = slow(false, false, false);
const ALWAYS: Slow = slow(true, true, true);

const fn slow(cold: bool, hot: bool, fused: bool) -> Slow {
    Slow { cold, hot, fused: if HAS_FUSED { fused } else { hot } }
}

/// Asserts that the verdicts of all kernels match the oracle, with the cold and the hot tables.
fn assert_agreement(tables: &Tables, q: &ProjectivePoint, digest: &[u8; 48], signature: &[u8; 96], case: &str) -> Slow {
    let (x, y) = coordinates(&q.to_affine());
    let key = es384::VerifyingKey::new(&x, &y, &tables.hot).unwrap();
    let expected = oracle(&x, &y, digest, signature);
    let is_slow = |verdict: Option<Verdict>, kernel: &str| {
        assert!(verdict.is_none_or(|verdict| (verdict == Verdict::Valid) == expected), "{case}, {kernel}");
        verdict.is_none()
    };
    for uses in [0, HOT_AFTER] {
        key.prepared.uses.store(uses, Ordering::Relaxed);
        assert_eq!(key.verify(digest, signature), expected, "{case}, after {uses} uses");
    }
    key.prepared.uses.store(0, Ordering::Relaxed);
    let cold = is_slow(key.prepared.try_verify(&tables.hot, digest, signature), "cold");
    let scalar = hot_key::<Point>(&x, &y).try_verify(&tables.scalar, digest, signature);
    let fused = hot_key::<Fused>(&x, &y).try_verify(&tables.fused, digest, signature);
    Slow { cold, hot: is_slow(scalar, "scalar"), fused: is_slow(fused, "fused") }
}

/// A key that uses the larger tables of a kernel at once.
fn hot_key<K: Kernel>(x: &[u8; 48], y: &[u8; 48]) -> PreparedKey<K> {
    assert!(K::is_usable());
    let key = PreparedKey::new(x, y).unwrap();
    key.uses.store(HOT_AFTER, Ordering::Relaxed);
    key
}
