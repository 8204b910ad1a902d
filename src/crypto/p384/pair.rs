//! Two field elements in the lanes of the same vectors: one kernel computes two products.
//!
//! Limbs i and i + 7 of x and y share a vector, \[x_i, y_i, x_{i+7}, y_{i+7}\]. So `extmul_low` multiplies the low halves
//! of both elements, `extmul_high` the high halves, and `extmul_low` of vectors added to their own swapped halves gives
//! Karatsuba's middle products. A column is \[x, y\] in 64-bit lanes. Formulas and bounds are those of [`super::product`];
//! a pair of products takes 1.4 times as long as one product in the scalar kernel.
//!
//! Before AVX-512, x86 has no arithmetic shift of 64-bit lanes, and the engine's replacement takes six instructions. So a
//! column V is kept as V + [`BIAS`], read as the unsigned number V + 2^63, which is shifted logically.
#![allow(clippy::as_conversions, clippy::indexing_slicing, reason = "limb arithmetic: constant indices")]

use super::field::FieldElement;
use super::limbs::{HALF, LIMBS, MASK, WIDTH};
use super::product::{Column, check_factors, check_product, product, square};
use core::arch::wasm32::{
    i32x4, i32x4_add, i32x4_extract_lane, i32x4_shuffle, i32x4_splat, i32x4_sub, i64x2_add, i64x2_extmul_high_i32x4,
    i64x2_extmul_low_i32x4, i64x2_neg, i64x2_shl, i64x2_splat, i64x2_sub, u64x2_shr, v128, v128_and,
};
use core::ops::{Add, Neg, Sub};

/// The elements x and y.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair(pub(super) [v128; 7]);

impl Pair {
    pub(super) fn new(x: &FieldElement, y: &FieldElement) -> Self {
        let (x, y) = (&x.0, &y.0);
        Self(core::array::from_fn(|i| i32x4(x[i], y[i], x[i + 7], y[i + 7])))
    }

    pub(super) fn split(&self) -> (FieldElement, FieldElement) {
        let (mut x, mut y) = ([0; LIMBS], [0; LIMBS]);
        for (i, &v) in self.0.iter().enumerate() {
            (x[i], y[i]) = (i32x4_extract_lane::<0>(v), i32x4_extract_lane::<1>(v));
            (x[i + 7], y[i + 7]) = (i32x4_extract_lane::<2>(v), i32x4_extract_lane::<3>(v));
        }
        (FieldElement(x), FieldElement(y))
    }

    /// (x·x′/R, y·y′/R) mod p.
    #[inline(never)]
    pub(super) fn mul(&self, other: &Self) -> Self {
        debug_assert!(self.factors_are_bounded(other));
        let (a, b) = (&self.0, &other.0);
        let (sum_a, sum_b) = (half_sums(a), half_sums(b));
        from_columns(product(low(a, b), low(&sum_a, &sum_b), high(a, b)))
    }

    /// (x²/R, y²/R) mod p.
    #[inline(never)]
    pub(super) fn square(&self) -> Self {
        debug_assert!(self.factors_are_bounded(self));
        let a = &self.0;
        let sum = half_sums(a);
        from_columns(square(low(a, a), low(&sum, &sum), high(a, a)))
    }

    /// Selects lanes from this pair (0 to 3) and the other (4 to 7). x is in lanes 0 and 2, or 4 and 6; y is in lanes 1 and 3,
    /// or 5 and 7.
    #[inline(always)]
    pub(super) fn select<const A: usize, const B: usize, const C: usize, const D: usize>(&self, other: &Self) -> Self {
        self.zip(other, |a, b| i32x4_shuffle::<A, B, C, D>(a, b))
    }

    /// (y, x).
    #[inline(always)]
    pub(super) fn swapped(&self) -> Self {
        self.select::<1, 0, 3, 2>(self)
    }

    /// Combines the vectors of two pairs one by one.
    #[inline(always)]
    pub(super) fn zip(&self, other: &Self, f: impl Fn(v128, v128) -> v128) -> Self {
        let (a, b) = (&self.0, &other.0);
        let f = |i: usize| f(a[i], b[i]);
        Self([f(0), f(1), f(2), f(3), f(4), f(5), f(6)])
    }

    fn factors_are_bounded(&self, other: &Self) -> bool {
        let ((x, y), (x2, y2)) = (self.split(), other.split());
        check_factors(&x.0, &x2.0) && check_factors(&y.0, &y2.0)
    }
}

impl Add for &Pair {
    type Output = Pair;
    #[inline(always)]
    fn add(self, other: Self) -> Pair {
        self.zip(other, |a, b| i32x4_add(a, b))
    }
}

impl Sub for &Pair {
    type Output = Pair;
    #[inline(always)]
    fn sub(self, other: Self) -> Pair {
        self.zip(other, |a, b| i32x4_sub(a, b))
    }
}

/// One column of x and the same column of y, in 64-bit lanes.
#[derive(Clone, Copy)]
struct Lanes(v128);

/// 2^63 modulo 2^64, a multiple of 2^28. Adding it to any column V gives the unsigned number V + 2^63 ≥ 0.
const BIAS: i64 = i64::MIN;

/// The part of the carry into the next column that comes from the bias.
const CARRIED_BIAS: i64 = 1 << (63 - WIDTH);

impl Column for Lanes {
    #[inline(always)]
    fn prepared(self, number: usize) -> Self {
        let constant = match number {
            0 => BIAS,
            1..14 => BIAS.wrapping_sub(CARRIED_BIAS),
            14..27 => BIAS.wrapping_sub(CARRIED_BIAS) + HALF,
            _ => HALF - CARRIED_BIAS,
        };
        Self(i64x2_add(self.0, i64x2_splat(constant)))
    }
    #[inline(always)]
    fn limb(self) -> Self {
        Self(v128_and(self.0, i64x2_splat(MASK)))
    }
    #[inline(always)]
    fn carry(self) -> Self {
        Self(u64x2_shr(self.0, WIDTH))
    }
    #[inline(always)]
    fn times<const BITS: u32>(self) -> Self {
        Self(i64x2_shl(self.0, BITS))
    }
}

impl Add for Lanes {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(i64x2_add(self.0, other.0))
    }
}

impl Sub for Lanes {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(i64x2_sub(self.0, other.0))
    }
}

impl Neg for Lanes {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(i64x2_neg(self.0))
    }
}

#[inline(always)]
fn low<'a>(a: &'a [v128; 7], b: &'a [v128; 7]) -> impl Fn(usize, usize) -> Lanes + 'a {
    |i, j| Lanes(i64x2_extmul_low_i32x4(a[i], b[j]))
}

#[inline(always)]
fn high<'a>(a: &'a [v128; 7], b: &'a [v128; 7]) -> impl Fn(usize, usize) -> Lanes + 'a {
    |i, j| Lanes(i64x2_extmul_high_i32x4(a[i], b[j]))
}

/// \[x_i + x_{i+7}, y_i + y_{i+7}\] in the low lanes.
#[inline(always)]
fn half_sums(a: &[v128; 7]) -> [v128; 7] {
    let sum = |i: usize| i32x4_add(a[i], i32x4_shuffle::<2, 3, 0, 1>(a[i], a[i]));
    [sum(0), sum(1), sum(2), sum(3), sum(4), sum(5), sum(6)]
}

#[inline(always)]
fn from_columns(t: [Lanes; LIMBS]) -> Pair {
    let pack = |i: usize| i32x4_sub(i32x4_shuffle::<0, 2, 4, 6>(t[i].0, t[i + 7].0), i32x4_splat(HALF as i32));
    let pair = Pair([pack(0), pack(1), pack(2), pack(3), pack(4), pack(5), pack(6)]);
    debug_assert!({
        let (x, y) = pair.split();
        check_product(&x.0) && check_product(&y.0)
    });
    pair
}

#[cfg(test)]
mod tests {
    use super::super::reference::{Random, extreme_limbs, random_limbs};
    use super::*;

    /// Both kernels compute the same columns, so their results must be equal limb by limb.
    fn check(a: [&FieldElement; 2], b: [&FieldElement; 2]) {
        let (x, y) = Pair::new(a[0], a[1]).mul(&Pair::new(b[0], b[1])).split();
        assert_eq!((x.0, y.0), (a[0].mul(b[0]).0, a[1].mul(b[1]).0));
        let (x, y) = Pair::new(a[0], a[1]).square().split();
        assert_eq!((x.0, y.0), (a[0].square().0, a[1].square().0));
    }

    #[test]
    fn matches_the_scalar_kernel() {
        let factors = extreme_limbs(5).into_iter().map(FieldElement).collect::<std::vec::Vec<_>>();
        for (i, a) in factors.iter().enumerate() {
            for b in &factors {
                check([a, b], [b, &factors[factors.len() - 1 - i]]);
            }
        }
        let mut random = Random(1);
        for round in 0..20_000 {
            let mut next = || FieldElement(random_limbs(&mut random, 1 + round % 5));
            check([&next(), &next()], [&next(), &next()]);
        }
    }
}
