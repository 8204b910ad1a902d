//! The 128-bit vector operations of both fused kernels, under their names in `core::arch::wasm32`.
//!
//! With relaxed SIMD they *are* those intrinsics. Elsewhere (tests, fuzzing), plain arrays emulate them, so the same kernels run
//! natively. The kernels depend on exact sums of doubles: in a debug build, the emulation panics if a sum is rounded.

#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
pub(in crate::crypto) use core::arch::wasm32::{
    f64x2, f64x2_add, f64x2_extract_lane, f64x2_mul, f64x2_relaxed_madd, f64x2_splat, f64x2_sub, i64x2, i64x2_add,
    i64x2_shl, i64x2_shuffle, i64x2_splat, i64x2_sub, u64x2_extract_lane, u64x2_shr, v128, v128_and, v128_xor,
};

#[cfg(not(all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
pub(in crate::crypto) use emulated::*;

#[cfg(not(all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
#[allow(
    non_camel_case_types,
    clippy::indexing_slicing,
    clippy::as_conversions,
    dead_code,
    reason = "emulates core::arch: its names, lanes selected by constants, and functions that one kernel alone uses"
)]
mod emulated {
    #[derive(Clone, Copy, Debug)]
    pub(in crate::crypto) struct v128([u64; 2]);

    fn zip(a: v128, b: v128, f: impl Fn(u64, u64) -> u64) -> v128 {
        v128([f(a.0[0], b.0[0]), f(a.0[1], b.0[1])])
    }

    fn exact_sum(a: u64, b: f64) -> u64 {
        let a = f64::from_bits(a);
        let sum = a + b;
        debug_assert!(sum - a == b && sum - b == a, "{a} + {b} is rounded");
        sum.to_bits()
    }

    pub(in crate::crypto) const fn f64x2(a: f64, b: f64) -> v128 {
        v128([a.to_bits(), b.to_bits()])
    }

    pub(in crate::crypto) fn f64x2_splat(a: f64) -> v128 {
        f64x2(a, a)
    }

    pub(in crate::crypto) const fn i64x2(a: i64, b: i64) -> v128 {
        v128([a as u64, b as u64])
    }

    pub(in crate::crypto) fn f64x2_extract_lane<const I: usize>(a: v128) -> f64 {
        f64::from_bits(a.0[I])
    }

    pub(in crate::crypto) fn u64x2_extract_lane<const I: usize>(a: v128) -> u64 {
        a.0[I]
    }

    pub(in crate::crypto) fn f64x2_mul(a: v128, b: v128) -> v128 {
        zip(a, b, |a, b| (f64::from_bits(a) * f64::from_bits(b)).to_bits())
    }

    pub(in crate::crypto) fn f64x2_add(a: v128, b: v128) -> v128 {
        zip(a, b, |a, b| exact_sum(a, f64::from_bits(b)))
    }

    pub(in crate::crypto) fn f64x2_sub(a: v128, b: v128) -> v128 {
        zip(a, b, |a, b| exact_sum(a, -f64::from_bits(b)))
    }

    /// Always fused: rounded once.
    pub(in crate::crypto) fn f64x2_relaxed_madd(a: v128, b: v128, c: v128) -> v128 {
        let madd = |i: usize| f64::from_bits(a.0[i]).mul_add(f64::from_bits(b.0[i]), f64::from_bits(c.0[i]));
        f64x2(madd(0), madd(1))
    }

    pub(in crate::crypto) fn i64x2_splat(a: i64) -> v128 {
        i64x2(a, a)
    }

    /// Wraps, because the sums contain the bits of doubles.
    pub(in crate::crypto) fn i64x2_add(a: v128, b: v128) -> v128 {
        zip(a, b, u64::wrapping_add)
    }

    pub(in crate::crypto) fn i64x2_sub(a: v128, b: v128) -> v128 {
        zip(a, b, u64::wrapping_sub)
    }

    pub(in crate::crypto) fn i64x2_shl(a: v128, bits: u32) -> v128 {
        v128(a.0.map(|a| a << bits))
    }

    pub(in crate::crypto) fn u64x2_shr(a: v128, bits: u32) -> v128 {
        v128(a.0.map(|a| a >> bits))
    }

    pub(in crate::crypto) fn v128_and(a: v128, b: v128) -> v128 {
        zip(a, b, |a, b| a & b)
    }

    pub(in crate::crypto) fn v128_xor(a: v128, b: v128) -> v128 {
        zip(a, b, |a, b| a ^ b)
    }

    pub(in crate::crypto) fn i64x2_shuffle<const I: usize, const J: usize>(a: v128, b: v128) -> v128 {
        let all = [a.0[0], a.0[1], b.0[0], b.0[1]];
        v128([all[I], all[J]])
    }
}
