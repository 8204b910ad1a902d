//! Whether the engine fuses the multiply-add of relaxed SIMD. The fused kernels of both algorithms need a fused one, and share
//! the operations of [`vector`].

pub(super) mod vector;

/// Whether a multiply-add is fused: rounded once, after the addition. An engine may instead round the product as well
/// (`f64x2.relaxed_madd` permits both), for example on a processor without such an instruction. The choice is the same for the
/// whole life of a module's instance.
///
/// The exact value of (1 + 2^-27) (1 - 2^-27) - 1 is -2^-54. If the engine rounds the product, the product becomes 1, and the
/// result is 0.
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
pub(crate) fn is_fused() -> bool {
    use core::arch::wasm32::{f64x2_extract_lane, f64x2_relaxed_madd, f64x2_splat};
    use core::hint::black_box;

    const SMALL: f64 = 1.0 / 134_217_728.0;
    const _: () = assert!(SMALL.to_bits() == (1023 - 27) << 52);
    // Opaque, so the engine computes the value and the compiler does not.
    let [a, b, c] = black_box([1.0 + SMALL, 1.0 - SMALL, -1.0]).map(|value| f64x2_splat(value));
    let rest = f64x2_relaxed_madd(a, b, c);
    [f64x2_extract_lane::<0>(rest), f64x2_extract_lane::<1>(rest)] == [-SMALL * SMALL; 2]
}

/// On other targets, the tests and fuzz targets emulate the kernels with `f64::mul_add`, which is always fused.
#[cfg(not(all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
pub(crate) fn is_fused() -> bool {
    true
}
