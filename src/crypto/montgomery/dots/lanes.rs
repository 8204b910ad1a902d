//! The 128-bit vector operations of the kernel, under their names in `core::arch::wasm32`.
//!
//! With `simd128` they *are* those intrinsics. Elsewhere (tests, fuzzing), plain arrays emulate them, so the same
//! kernel runs natively. The emulation checks sums, products and narrowing: in a debug build, a result that does not
//! fit its lane panics, so every native test also tests the bounds.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use core::arch::wasm32::{
    i8x16_shuffle, i16x8_add, i16x8_mul, i16x8_narrow_i32x4, i16x8_shr, i16x8_shuffle, i16x8_splat, i16x8_sub, i32x4,
    i32x4_add, i32x4_dot_i16x8, i32x4_extend_high_i16x8, i32x4_extend_low_i16x8, i32x4_extract_lane, i32x4_mul,
    i32x4_shl, i32x4_shr, i32x4_shuffle, i32x4_splat, u64x2, v128, v128_and, v128_any_true, v128_bitselect,
};

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use emulated::*;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[allow(
    non_camel_case_types,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::too_many_arguments,
    reason = "emulates core::arch: its names, and lanes selected by constants"
)]
mod emulated {
    use core::array::from_fn;

    #[derive(Clone, Copy, Debug)]
    pub(in super::super) struct v128([i32; 4]);

    fn halves(v: v128) -> [i16; 8] {
        from_fn(|i| (v.0[i / 2] >> (16 * (i % 2))) as i16)
    }

    fn from_halves(h: [i16; 8]) -> v128 {
        v128(from_fn(|i| i32::from(h[2 * i + 1]) << 16 | i32::from(h[2 * i]) & 0xffff))
    }

    fn zip16(a: v128, b: v128, f: impl Fn(i16, i16) -> i16) -> v128 {
        let (a, b) = (halves(a), halves(b));
        from_halves(from_fn(|i| f(a[i], b[i])))
    }

    fn zip32(a: v128, b: v128, f: impl Fn(i32, i32) -> i32) -> v128 {
        v128(from_fn(|i| f(a.0[i], b.0[i])))
    }

    fn pick<T: Copy, const N: usize>(a: [T; N], b: [T; N], from: [usize; N]) -> [T; N] {
        from.map(|i| if i < N { a[i] } else { b[i - N] })
    }

    pub(in super::super) const fn i32x4(a: i32, b: i32, c: i32, d: i32) -> v128 {
        v128([a, b, c, d])
    }

    pub(in super::super) fn i32x4_splat(a: i32) -> v128 {
        v128([a; 4])
    }

    pub(in super::super) fn i16x8_splat(a: i16) -> v128 {
        from_halves([a; 8])
    }

    pub(in super::super) fn u64x2(a: u64, b: u64) -> v128 {
        v128([a as i32, (a >> 32) as i32, b as i32, (b >> 32) as i32])
    }

    pub(in super::super) fn i32x4_extract_lane<const I: usize>(a: v128) -> i32 {
        a.0[I]
    }

    pub(in super::super) fn i32x4_add(a: v128, b: v128) -> v128 {
        zip32(a, b, |a, b| a + b)
    }

    pub(in super::super) fn i32x4_mul(a: v128, b: v128) -> v128 {
        zip32(a, b, |a, b| a * b)
    }

    pub(in super::super) fn i32x4_extend_low_i16x8(a: v128) -> v128 {
        v128(from_fn(|i| halves(a)[i].into()))
    }

    pub(in super::super) fn i32x4_extend_high_i16x8(a: v128) -> v128 {
        v128(from_fn(|i| halves(a)[4 + i].into()))
    }

    pub(in super::super) fn i32x4_shl(a: v128, bits: u32) -> v128 {
        i32x4_mul(a, i32x4_splat(1 << bits))
    }

    pub(in super::super) fn i32x4_shr(a: v128, bits: u32) -> v128 {
        v128(a.0.map(|a| a >> bits))
    }

    pub(in super::super) fn i32x4_dot_i16x8(a: v128, b: v128) -> v128 {
        let (a, b) = (halves(a).map(i32::from), halves(b).map(i32::from));
        v128(from_fn(|i| a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1]))
    }

    pub(in super::super) fn i16x8_add(a: v128, b: v128) -> v128 {
        zip16(a, b, |a, b| a + b)
    }

    pub(in super::super) fn i16x8_sub(a: v128, b: v128) -> v128 {
        zip16(a, b, |a, b| a - b)
    }

    pub(in super::super) fn i16x8_mul(a: v128, b: v128) -> v128 {
        zip16(a, b, |a, b| a * b)
    }

    pub(in super::super) fn i16x8_shr(a: v128, bits: u32) -> v128 {
        from_halves(halves(a).map(|a| a >> bits))
    }

    pub(in super::super) fn i16x8_narrow_i32x4(a: v128, b: v128) -> v128 {
        from_halves(from_fn(|i| {
            let wide = if i < 4 { a.0[i] } else { b.0[i - 4] };
            debug_assert_eq!(wide, i32::from(wide as i16), "saturates");
            wide as i16
        }))
    }

    pub(in super::super) fn v128_and(a: v128, b: v128) -> v128 {
        zip32(a, b, |a, b| a & b)
    }

    pub(in super::super) fn v128_bitselect(a: v128, b: v128, mask: v128) -> v128 {
        v128(from_fn(|i| a.0[i] & mask.0[i] | b.0[i] & !mask.0[i]))
    }

    pub(in super::super) fn v128_any_true(a: v128) -> bool {
        a.0 != [0; 4]
    }

    pub(in super::super) fn i32x4_shuffle<const I0: usize, const I1: usize, const I2: usize, const I3: usize>(
        a: v128,
        b: v128,
    ) -> v128 {
        v128(pick(a.0, b.0, [I0, I1, I2, I3]))
    }

    pub(in super::super) fn i16x8_shuffle<
        const I0: usize,
        const I1: usize,
        const I2: usize,
        const I3: usize,
        const I4: usize,
        const I5: usize,
        const I6: usize,
        const I7: usize,
    >(
        a: v128,
        b: v128,
    ) -> v128 {
        from_halves(pick(halves(a), halves(b), [I0, I1, I2, I3, I4, I5, I6, I7]))
    }

    fn bytes(v: v128) -> [u8; 16] {
        from_fn(|i| (v.0[i / 4] >> (8 * (i % 4))) as u8)
    }

    pub(in super::super) fn i8x16_shuffle<
        const I0: usize,
        const I1: usize,
        const I2: usize,
        const I3: usize,
        const I4: usize,
        const I5: usize,
        const I6: usize,
        const I7: usize,
        const I8: usize,
        const I9: usize,
        const I10: usize,
        const I11: usize,
        const I12: usize,
        const I13: usize,
        const I14: usize,
        const I15: usize,
    >(
        a: v128,
        b: v128,
    ) -> v128 {
        from_bytes(pick(bytes(a), bytes(b), [I0, I1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, I12, I13, I14, I15]))
    }

    fn from_bytes(b: [u8; 16]) -> v128 {
        v128(from_fn(|i| i32::from_le_bytes(from_fn(|j| b[4 * i + j]))))
    }
}
