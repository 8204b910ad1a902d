//! The 128-bit vector operations of the kernel, under their names in `core::arch::wasm32`.
//!
//! With relaxed SIMD they *are* those intrinsics. Elsewhere (tests, fuzzing), plain arrays emulate them, so the same kernel runs
//! natively. `f64::mul_add` always rounds once, with or without an instruction for it.

#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
pub(super) use core::arch::wasm32::{
    f64x2, f64x2_add, f64x2_extract_lane, f64x2_mul, f64x2_relaxed_madd, f64x2_splat, f64x2_sub, i64x2_add,
    i64x2_shuffle, i64x2_splat, u64x2_extract_lane, u64x2_shr, v128, v128_and,
};

#[cfg(not(all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
pub(super) use emulated::*;

#[cfg(not(all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
#[allow(
    non_camel_case_types,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "emulates core::arch: its names, and lanes selected by constants"
)]
mod emulated {
    #[derive(Clone, Copy, Debug)]
    pub(in super::super) struct v128([u64; 2]);

    fn zip(v128([a0, a1]): v128, v128([b0, b1]): v128, f: impl Fn(u64, u64) -> u64) -> v128 {
        v128([f(a0, b0), f(a1, b1)])
    }

    fn zip_f64(a: v128, b: v128, f: impl Fn(f64, f64) -> f64) -> v128 {
        zip(a, b, |a, b| f(f64::from_bits(a), f64::from_bits(b)).to_bits())
    }

    pub(in super::super) const fn f64x2(a: f64, b: f64) -> v128 {
        v128([a.to_bits(), b.to_bits()])
    }

    pub(in super::super) fn f64x2_splat(a: f64) -> v128 {
        f64x2(a, a)
    }

    pub(in super::super) fn f64x2_extract_lane<const I: usize>(a: v128) -> f64 {
        f64::from_bits(a.0[I])
    }

    pub(in super::super) fn f64x2_add(a: v128, b: v128) -> v128 {
        zip_f64(a, b, |a, b| a + b)
    }

    pub(in super::super) fn f64x2_sub(a: v128, b: v128) -> v128 {
        zip_f64(a, b, |a, b| a - b)
    }

    pub(in super::super) fn f64x2_mul(a: v128, b: v128) -> v128 {
        zip_f64(a, b, |a, b| a * b)
    }

    pub(in super::super) fn f64x2_relaxed_madd(a: v128, b: v128, c: v128) -> v128 {
        let lane = |i: usize| f64::from_bits(a.0[i]).mul_add(f64::from_bits(b.0[i]), f64::from_bits(c.0[i]));
        f64x2(lane(0), lane(1))
    }

    pub(in super::super) fn i64x2_splat(a: i64) -> v128 {
        v128([a as u64; 2])
    }

    /// Wraps, because the sums contain the bits of doubles.
    pub(in super::super) fn i64x2_add(a: v128, b: v128) -> v128 {
        zip(a, b, u64::wrapping_add)
    }

    pub(in super::super) fn u64x2_shr(a: v128, bits: u32) -> v128 {
        v128(a.0.map(|a| a >> bits))
    }

    pub(in super::super) fn v128_and(a: v128, b: v128) -> v128 {
        zip(a, b, |a, b| a & b)
    }

    pub(in super::super) fn u64x2_extract_lane<const I: usize>(a: v128) -> u64 {
        a.0[I]
    }

    pub(in super::super) fn i64x2_shuffle<const I: usize, const J: usize>(a: v128, b: v128) -> v128 {
        let lanes = [a.0[0], a.0[1], b.0[0], b.0[1]];
        v128([lanes[I], lanes[J]])
    }
}
