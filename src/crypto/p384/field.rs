//! The field of P-384, p = 2^384 − 2^128 − 2^96 + 2^32 − 1, in Montgomery form with R = 2^392.
//!
//! *Representation.* An element x is kept as xR mod p in the signed limbs of [`super::limbs`], not reduced: sums and
//! differences are limb-wise, without carries, and p is never subtracted. A product has **tight** limbs,
//! −2^27 ≤ limb < 2^27, and a value in (−p/4, 5p/4); a sum of k products has limbs up to k · 2^27 and a value up
//! to 5k/4 · p. The factors of a product must respect the limits of [`super::product`], which debug builds assert.
//!
//! This file is the scalar kernel, which computes one product at a time; `pair.rs` and `fused.rs` compute two
//! at once in vectors.
#![allow(clippy::as_conversions, clippy::indexing_slicing, reason = "limb arithmetic: constant indices, masked casts")]

use super::inverse::{Modulus, inverse};
use super::limbs::{HALF, LIMBS, MASK, WIDTH, carried, from_bytes, is_below};
use super::product::{Column, check_factors, check_product, product, square};
use core::num::Wrapping;
use core::ops::{Add, Sub};

/// An element of the field, in Montgomery form, not reduced.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldElement(pub(super) [i32; LIMBS]);

impl FieldElement {
    pub(super) const ZERO: Self = Self([0; LIMBS]);
    /// The element 1, represented by R mod p.
    pub(super) const ONE: Self = Self([0x100, -0x1000, 0, 0x10_0000, 0x100_0000, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    /// The integer 1, which represents the element 1/R.
    pub(super) const PLAIN_ONE: Self = Self([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    /// The coefficient b of the curve y² = x³ − 3x + b (SP 800-186 §3.2.1.4).
    pub(super) const B: Self = Self([
        0x12d_cccd,
        -0x778_f2fc,
        0x2ec_0812,
        -0x26b_8b3d,
        -0x3b_d652,
        0x192_0023,
        0x7f2_209b,
        -0x6c7_51d9,
        0x74b_ee95,
        0x209_4e33,
        0x1f4_1f02,
        -0x64_9d4e,
        -0x49f_b040,
        0x8115,
    ]);

    /// Converts a big-endian number to Montgomery form; returns `None` unless it is below p.
    pub(super) fn from_bytes(bytes: &[u8; 48]) -> Option<Self> {
        const R_SQUARED: FieldElement =
            FieldElement([0x1_0000, -0x20_0000, 0x100_0000, 0, 2, 0, -0x200, 0x1000, 0x2_0000, 0x10_0000, 0, 0, 0, 0]);
        is_below(bytes, &P_BYTES).then(|| Self::plain(bytes).mul(&R_SQUARED))
    }

    /// Reads a big-endian number x without converting it to Montgomery form. The result represents the element x/R.
    pub(super) fn plain(bytes: &[u8; 48]) -> Self {
        Self(carried(&from_bytes(bytes)))
    }

    /// The Montgomery product, a · b / R mod p.
    #[inline(never)]
    pub(super) fn mul(&self, other: &Self) -> Self {
        debug_assert!(check_factors(&self.0, &other.0));
        let ([a0, a1, a01], [b0, b1, b01]) = (halves(self), halves(other));
        from_columns(product(limbs(&a0, &b0), limbs(&a01, &b01), limbs(&a1, &b1)))
    }

    /// The Montgomery square, a² / R mod p.
    #[inline(never)]
    pub(super) fn square(&self) -> Self {
        debug_assert!(check_factors(&self.0, &self.0));
        // If there are vector kernels, only the first uses of a key run this kernel. Compiling a separate kernel for
        // squares would then cost more than it saves.
        if cfg!(target_feature = "simd128") {
            return self.mul(self);
        }
        let [a0, a1, a01] = halves(self);
        from_columns(square(limbs(&a0, &a0), limbs(&a01, &a01), limbs(&a1, &a1)))
    }

    /// 1 / a. The value of a must be at most 2 p in magnitude and not 0 mod p.
    pub(super) fn invert(&self) -> Self {
        /// `inverse` returns 1/(aR). The Montgomery product of 1/(aR) and R³ is R/a.
        const R_CUBED: FieldElement = FieldElement([
            0x200_0000, 0, -4, 0x30, 0x300, -0x2000, -0x3_0000, 0x60_0000, 0x300_0000, 0, -3, -0x20, 0x300, 0x3000,
        ]);
        Self(inverse(&self.0, &MODULUS)).mul(&R_CUBED)
    }

    /// Whether the element is 0 mod p, for any value up to 64 p in magnitude.
    ///
    /// The product a / R lies in (−p/4, 5p/4), where 0 and p are the only multiples of p. Its limbs are unique.
    pub(super) fn is_zero(&self) -> bool {
        let reduced = self.mul(&Self::PLAIN_ONE).0;
        reduced == Self::ZERO.0 || reduced == P
    }

    /// The same element with tight limbs and a value in (−0.51 p, 0.51 p).
    ///
    /// The last limb is the value in units of p/2^20, to within a few units. If it rounds to k·2^20, k·p must be
    /// subtracted.
    pub(super) fn reduced(&self) -> Self {
        let k = (self.0[LIMBS - 1] + (1 << 19)) >> 20;
        Self(carried(&core::array::from_fn(|i| self.0[i] - k * P[i])))
    }

    pub(super) fn double(&self) -> Self {
        Self(self.0.map(|limb| limb << 1))
    }

    /// −a if `negative`, else a.
    pub(super) fn negated_if(&self, negative: bool) -> Self {
        let sign = -i32::from(negative);
        Self(self.0.map(|limb| (limb ^ sign) - sign))
    }
}

impl Add for &FieldElement {
    type Output = FieldElement;
    #[inline(never)]
    fn add(self, other: Self) -> FieldElement {
        FieldElement(core::array::from_fn(|i| self.0[i] + other.0[i]))
    }
}

impl Sub for &FieldElement {
    type Output = FieldElement;
    #[inline(never)]
    fn sub(self, other: Self) -> FieldElement {
        FieldElement(core::array::from_fn(|i| self.0[i] - other.0[i]))
    }
}

/// p with tight limbs.
const P: [i32; LIMBS] = [-1, 0x10, 0, -0x1000, -0x1_0000, 0, 0, 0, 0, 0, 0, 0, 0, 0x10_0000];

const MODULUS: Modulus = Modulus { limbs: P, inverse: -1 };

/// p as a big-endian number.
pub(super) const P_BYTES: [u8; 48] = {
    let mut bytes = [0xff; 48];
    bytes[31] = 0xfe;
    let mut zero = 36;
    while zero < 44 {
        bytes[zero] = 0;
        zero += 1;
    }
    bytes
};

/// The low half of the limbs, the high half, and their sum.
#[inline(always)]
fn halves(FieldElement(a): &FieldElement) -> [[i64; 7]; 3] {
    let a = |i: usize| i64::from(a[i]);
    let low = [a(0), a(1), a(2), a(3), a(4), a(5), a(6)];
    let high = [a(7), a(8), a(9), a(10), a(11), a(12), a(13)];
    let sum = |i: usize| low[i] + high[i];
    [low, high, [sum(0), sum(1), sum(2), sum(3), sum(4), sum(5), sum(6)]]
}

/// The product of two limbs.
#[inline(always)]
fn limbs<'a>(a: &'a [i64; 7], b: &'a [i64; 7]) -> impl Fn(usize, usize) -> Wrapping<i64> + 'a {
    |i, j| Wrapping(a[i] * b[j])
}

#[inline(always)]
fn from_columns(t: [Wrapping<i64>; LIMBS]) -> FieldElement {
    let limb = |i: usize| (t[i].0 - HALF) as i32;
    let low = [limb(0), limb(1), limb(2), limb(3), limb(4), limb(5), limb(6)];
    let high = [limb(7), limb(8), limb(9), limb(10), limb(11), limb(12), limb(13)];
    let ([a, b, c, d, e, f, g], [h, i, j, k, l, m, n]) = (low, high);
    let limbs = [a, b, c, d, e, f, g, h, i, j, k, l, m, n];
    debug_assert!(check_product(&limbs));
    FieldElement(limbs)
}

impl Column for Wrapping<i64> {
    #[inline(always)]
    fn prepared(self, number: usize) -> Self {
        if number < LIMBS { self } else { self + Wrapping(HALF) }
    }
    #[inline(always)]
    fn limb(self) -> Self {
        self & Wrapping(MASK)
    }
    #[inline(always)]
    fn carry(self) -> Self {
        Wrapping(self.0 >> WIDTH)
    }
    #[inline(always)]
    fn times<const BITS: u32>(self) -> Self {
        Wrapping(self.0 << BITS)
    }
}

#[cfg(test)]
mod tests {
    use super::super::reference::{Number, Random, extreme_limbs, multiply, number, random_limbs, shift, value};
    use super::*;

    fn p() -> Number {
        number(&P_BYTES)
    }

    /// Asserts that the product times R is a·b, its limbs are tight and its value is in (−p/4, 5p/4).
    fn assert_product(a: &FieldElement, b: &FieldElement, product: &FieldElement) {
        let expected = multiply(&value(&a.0, &p()), &value(&b.0, &p()), &p());
        assert_eq!(shift(&value(&product.0, &p()), 392, &p()), expected, "{a:x?} {b:x?}");
        assert!(check_product(&product.0), "{product:x?}");
    }

    #[test]
    fn multiplies_extreme_limbs() {
        let factors = extreme_limbs(5);
        for a in factors.iter().map(|limbs| FieldElement(*limbs)) {
            assert_product(&a, &a, &a.square());
            for b in factors.iter().map(|limbs| FieldElement(*limbs)) {
                assert_product(&a, &b, &a.mul(&b));
            }
        }
    }

    #[test]
    fn multiplies_random_limbs() {
        let mut random = Random(1);
        for round in 0..4000 {
            let a = FieldElement(random_limbs(&mut random, 1 + round % 5));
            let b = FieldElement(random_limbs(&mut random, 5));
            assert_product(&a, &b, &a.mul(&b));
            assert_product(&a, &a, &a.square());
        }
    }

    #[test]
    fn recognises_every_form_of_zero() {
        for limbs in extreme_limbs(5) {
            assert_eq!(FieldElement(limbs).is_zero(), value(&limbs, &p()) == [0; 6], "{limbs:x?}");
        }
        for k in -5..=5 {
            assert!(FieldElement(P.map(|limb| k * limb)).is_zero());
        }
    }

    #[test]
    fn reduces_to_small_values() {
        for limbs in extreme_limbs(5) {
            let reduced = FieldElement(limbs).reduced();
            assert_eq!(value(&reduced.0, &p()), value(&limbs, &p()));
            assert!(reduced.0[LIMBS - 1].abs() <= (1 << 19) + 16, "{limbs:x?}");
        }
    }

    #[test]
    fn inverts_random_elements_and_powers_of_two() {
        let mut random = Random(2);
        let check = |a: FieldElement| {
            let one = a.mul(&a.invert());
            assert!((&one - &FieldElement::ONE).is_zero(), "{a:x?}");
        };
        for _ in 0..2000 {
            check(FieldElement(random_limbs(&mut random, 1)).reduced());
        }
        for i in 0..384 {
            let bytes = core::array::from_fn(|k| if k == 47 - i / 8 { 1 << (i % 8) } else { 0 });
            check(FieldElement::plain(&bytes));
        }
        check(FieldElement::ONE);
        check(&FieldElement::ZERO - &FieldElement::PLAIN_ONE);
    }

    #[test]
    fn matches_the_definitions_of_the_constants() {
        assert_eq!(value(&P, &p()), [0; 6]);
        assert_eq!(value(&FieldElement::ONE.0, &p()), shift(&[1, 0, 0, 0, 0, 0], 392, &p()));
        assert!(
            (&FieldElement::from_bytes(&{
                let mut one = [0; 48];
                one[47] = 1;
                one
            })
            .unwrap_or(FieldElement::ZERO)
                - &FieldElement::ONE)
                .is_zero()
        );
        assert!(FieldElement::from_bytes(&P_BYTES).is_none());
    }
}
