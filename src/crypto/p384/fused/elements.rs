//! Two elements of the field in the lanes of the same vectors, as eight digits of 48 bits held in doubles.
//!
//! *Representation.* x = Σ digit\[i\] · 2^(48·i) mod p, without a Montgomery factor and not reduced. Digits are signed
//! integers, exact in an `f64`. Sums and differences are digit-wise, without carries. A result of [`Elements::mul`],
//! [`square`](Elements::square), [`mul_sub`](Elements::mul_sub) or [`carried`](Elements::carried) is **tight**: its digits are
//! at most [`TIGHT`] = 2^47 + 2^42 in magnitude.
//!
//! *Products of digits.* With C₁ = 1.5·2^100 and C₂ = 1.5·2^52, two fused multiply-adds split a product at 2^48:
//!
//! ```text
//! high = a·b + C₁                 = C₁ + 2^48·t, with t = a·b / 2^48 rounded to an integer
//! low  = a·b + ((C₁ + C₂) − high) = C₂ + (a·b − 2^48·t), exact
//! ```
//!
//! Because |a·b| < 2^99, `high` lies in \[2^100, 2^101), where doubles are 2^48 apart, and `low` lies within 2^47 of C₂, where
//! doubles are 1 apart. So the bits of `high`, read as an integer, are bits(C₁) + t, and the bits of `low` are
//! bits(C₂) + (a·b − 2^48·t). A column of a product is therefore a sum of such integers in an `i64` lane, without conversions.
//! The `low` of digits i and j goes to column i + j, the `high` to column i + j + 1. The amount that bits(C₁) and bits(C₂) add to
//! a column is known beforehand, so the initial value of the column has this amount subtracted.
//!
//! *Multiplication* is one level of subtractive Karatsuba over halves of four digits: with B = 2^(48·4),
//! (a₀ + a₁B)(b₀ + b₁B) = L + (L + H + M)·B + H·B², where L = a₀b₀, H = a₁b₁ and M = (a₀ − a₁)(b₁ − b₀).
//!
//! *Reduction* folds the upper half of the sixteen columns into the lower: 2^384 = 2^128 + 2^96 − 2^32 + 1 mod p. See
//! [`fold`]. Nothing is carried serially, so the products of a formula overlap.
//!
//! *Biases.* Neither x86 nor wasm's cheap operations shift a signed 64-bit lane to the right arithmetically, so every column
//! is shifted with a bias that makes it positive. [`BIASES`] lists the biases of the columns of a product.
//!
//! *Bounds*, asserted in debug builds. Karatsuba's differences double the digits, so the largest digits of two factors must
//! have a product below [`PRODUCT_LIMIT`] = 2^97. A square has no differences: its limit is 2^99. A column sums at most
//! eight products of digits below 2^99: eight low parts below 2^47 and eight high parts below 2^51, so it is below
//! 2^54 + 2^50. Folding adds at most four such columns, and numbers below 2^48 + 2^40: every column stays below 2^57, far
//! below its bias of 2^62. A carry is below 2^9 in magnitude, which makes digits 0 and 2 of the result at most
//! 2^47 + 2^41 + 2^10, and the others 2^47 + 2^9.
//!
//! *What the compilers must not do.* If LLVM knows the constants, the module rebuilds them at every use. So they are read
//! through an opaque reference. If LLVM may reorder the sums of columns, it keeps sixty high parts alive at once. So each
//! finished column passes through `black_box`. The columns are written out, because a loop over an array is not unrolled.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "digit arithmetic: constant indices, bits of doubles"
)]

use crate::crypto::fused::vector::{
    f64x2, f64x2_add, f64x2_extract_lane, f64x2_relaxed_madd, f64x2_sub, i64x2, i64x2_add, i64x2_shl, i64x2_shuffle,
    i64x2_sub, u64x2_shr, v128, v128_and,
};
use core::hint::black_box;
use core::ops::{Add, Sub};

/// The number of digits.
pub(super) const DIGITS: usize = 8;

/// The number of bits in a digit.
pub(super) const WIDTH: u32 = 48;

/// The largest magnitude of a digit of a product.
pub(super) const TIGHT: f64 = power(47) + power(42);

/// The product of the largest digits of two factors must be below this limit.
const PRODUCT_LIMIT: f64 = power(97);

/// The square of the largest digit of a factor that is squared must be below this limit.
const SQUARE_LIMIT: f64 = power(99);

/// Two field elements, one in each lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Elements(pub(super) [v128; DIGITS]);

/// 2^exponent.
const fn power(exponent: u64) -> f64 {
    f64::from_bits((1023 + exponent) << 52)
}

/// The bits of C₁ = 1.5·2^100.
const C1: i64 = (1.5 * power(100)).to_bits() as i64;
/// The bits of C₂ = 1.5·2^52. Doubles near C₂ are 1 apart, so bits(C₂ + i) = bits(C₂) + i for every small integer i.
const C2: i64 = (1.5 * power(52)).to_bits() as i64;

/// The bias of a column that is shifted.
const BIAS: i64 = 1 << 62;
/// The part of [`BIAS`] that remains in the high part of a column after the shift in [`fold`].
const FOLDED_BIAS: i64 = BIAS >> 16;
/// The part of [`BIAS`] that remains in a carry after the shift in [`digits`].
const CARRIED_BIAS: i64 = BIAS >> WIDTH;
/// Half a digit. Added before masking and subtracted afterwards, it makes the range of a digit symmetric.
const HALF: i64 = 1 << (WIDTH - 1);

/// The biases of the sixteen columns of a product. [`fold`] adds the columns in such a way that, with these, the lower half
/// ends with [`BIAS`] + [`HALF`] in each column, and the upper half has [`BIAS`] in each column when it is shifted.
const BIASES: [i64; 2 * DIGITS] = {
    const LOW: i64 = HALF - BIAS;
    const HIGH: i64 = BIAS;
    [
        HALF,
        HALF + FOLDED_BIAS,
        LOW + FOLDED_BIAS,
        LOW,
        LOW,
        LOW,
        LOW,
        LOW,
        0,
        -FOLDED_BIAS,
        HIGH - FOLDED_BIAS,
        HIGH,
        HIGH,
        HIGH,
        HIGH,
        HIGH,
    ]
};

/// The initial values that differ between `mul` and `mul_sub`: of the lower columns of L, which are columns 0 to 3 of the
/// unreduced product, and of the lower columns of M, which become columns 4 to 7.
type Starts = [v128; DIGITS];

/// All constants. [`constants`] hides their values from the compiler.
struct Constants {
    /// C₁.
    split: v128,
    /// C₁ + C₂.
    rest: v128,
    /// C₂.
    integer: v128,
    /// The mask for the low 48 bits.
    digit: v128,
    /// The mask for the low part of a folded column.
    folded: v128,
    /// The initial values of the lower columns of L and of M in a product from which nothing is subtracted.
    starts: Starts,
    /// The initial values of the upper columns of L and of H.
    low: [v128; 4],
    high: [v128; 4],
    /// The initial values of the columns of a square, halved.
    square: [v128; 16],
    /// The number that [`Elements::carried`] adds to the bits of a digit plus C₂.
    carry: v128,
    /// The initial values of digit 0, of digit 2 and of the other digits of a result.
    digit_0: v128,
    digit_2: v128,
    digit_others: v128,
}

static CONSTANTS: Constants = {
    const fn both(value: i64) -> v128 {
        i64x2(value, value)
    }
    let mut constants = Constants {
        split: both(C1),
        rest: both((1.5 * power(100) + 1.5 * power(52)).to_bits() as i64),
        integer: both(C2),
        digit: both((1 << WIDTH) - 1),
        folded: both(0xffff << 32),
        starts: [both(0); DIGITS],
        low: [both(0); 4],
        high: [both(0); 4],
        square: [both(0); 16],
        carry: both(BIAS + HALF - C2),
        digit_0: both(C2 - HALF - CARRIED_BIAS + (CARRIED_BIAS << 32)),
        digit_2: both(C2 - HALF - 2 * CARRIED_BIAS - (CARRIED_BIAS << 32)),
        digit_others: both(C2 - HALF - CARRIED_BIAS),
    };
    let mut i = 0;
    while i < 4 {
        // Columns i + 4 of L and i of H start with the bias of their sum, from which columns i + 4 and i + 8 are computed:
        // column i + 4 = sum + (column i of L) + (column i of M), column i + 8 = sum + (column i + 4 of H and of M).
        let sum = BIASES[i + 8].wrapping_sub(BIASES[i + 12]).wrapping_sub(half_bits(i + 4));
        constants.low[i] = both(sum.wrapping_sub(half_bits(i)).wrapping_sub(half_bits(i + 4)));
        constants.high[i] = both(BIASES[i + 12].wrapping_sub(half_bits(i + 4)));
        constants.starts[i] = both(BIASES[i].wrapping_sub(half_bits(i)));
        constants.starts[i + 4] =
            both(BIASES[i + 4].wrapping_sub(BIASES[i]).wrapping_sub(sum).wrapping_sub(half_bits(i)));
        i += 1;
    }
    let mut k = 0;
    while k < 16 {
        // All these numbers are even, so halving and doubling again loses only the highest bit.
        constants.square[k] = both(BIASES[k].wrapping_sub(square_bits(k)) >> 1);
        k += 1;
    }
    constants
};

/// The amount that bits(C₂) and bits(C₁) add to column k of a product of four digits by four.
const fn half_bits(k: usize) -> i64 {
    const COUNTS: [i64; 9] = [0, 1, 2, 3, 4, 3, 2, 1, 0];
    COUNTS[k + 1].wrapping_mul(C2).wrapping_add(COUNTS[k].wrapping_mul(C1))
}

/// The amount that bits(C₂) and bits(C₁) add to column k of a square, where mixed products count twice.
const fn square_bits(k: usize) -> i64 {
    const MIXED: [i64; 17] = [0, 0, 1, 1, 2, 2, 3, 3, 4, 3, 3, 2, 2, 1, 1, 0, 0];
    let mixed = MIXED[k + 1].wrapping_mul(C2).wrapping_add(MIXED[k].wrapping_mul(C1));
    mixed.wrapping_mul(2).wrapping_add(if k.is_multiple_of(2) { C2 } else { C1 })
}

/// The constants, hidden from the compiler.
#[inline(always)]
fn constants() -> &'static Constants {
    black_box(&CONSTANTS)
}

/// The high and the low part of a product of two digits.
#[inline(always)]
fn split(constants: &Constants, a: v128, b: v128) -> (v128, v128) {
    let high = f64x2_relaxed_madd(a, b, constants.split);
    (high, f64x2_relaxed_madd(a, b, f64x2_sub(constants.rest, high)))
}

/// \[f(0), f(1), …, f(7)\], written out.
#[inline(always)]
fn each(mut f: impl FnMut(usize) -> v128) -> [v128; DIGITS] {
    [f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7)]
}

/// The columns of a product of four digits by four. Column k is the sum of `start(k)`, of the high parts of the products of
/// column k − 1, and of the low parts of its own.
#[inline(always)]
fn half_columns(constants: &Constants, a: &[v128; 4], b: &[v128; 4], start: impl Fn(usize) -> v128) -> [v128; DIGITS] {
    let mut next = start(0);
    macro_rules! columns {
        ($($k:literal: $($i:literal * $j:literal)+;)+) => {[
            $({
                let mut column = next;
                next = start($k + 1);
                $({
                    let (high, low) = split(constants, a[$i], b[$j]);
                    column = i64x2_add(column, low);
                    next = i64x2_add(next, high);
                })+
                black_box(column)
            },)+
            black_box(next),
        ]};
    }
    columns! {
        0: 0*0;
        1: 0*1 1*0;
        2: 0*2 1*1 2*0;
        3: 0*3 1*2 2*1 3*0;
        4: 1*3 2*2 3*1;
        5: 2*3 3*2;
        6: 3*3;
    }
}

/// The sixteen columns of a product, with their biases.
#[inline(always)]
fn product_columns(
    constants: &Constants,
    starts: &Starts,
    Elements(a): &Elements,
    Elements(b): &Elements,
) -> [v128; 16] {
    let ([a0, a1, a2, a3, a4, a5, a6, a7], [b0, b1, b2, b3, b4, b5, b6, b7]) = (*a, *b);
    let l = half_columns(constants, &[a0, a1, a2, a3], &[b0, b1, b2, b3], |k| {
        if k < 4 { starts[k] } else { constants.low[k - 4] }
    });
    // Column i of H is added to column i + 4 of L. So the lower columns of H start with the upper columns of L.
    let h = half_columns(constants, &[a4, a5, a6, a7], &[b4, b5, b6, b7], |k| {
        if k < 4 { l[k + 4] } else { constants.high[k - 4] }
    });
    let a = [f64x2_sub(a0, a4), f64x2_sub(a1, a5), f64x2_sub(a2, a6), f64x2_sub(a3, a7)];
    let b = [f64x2_sub(b4, b0), f64x2_sub(b5, b1), f64x2_sub(b6, b2), f64x2_sub(b7, b3)];
    let m = half_columns(constants, &a, &b, |k| {
        if k < 4 { i64x2_add(i64x2_add(l[k], starts[k + 4]), h[k]) } else { i64x2_add(h[k - 4], h[k]) }
    });
    [l[0], l[1], l[2], l[3], m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], h[4], h[5], h[6], h[7]]
}

/// The sixteen columns of a square, with their biases. Mixed products are computed once, and their sum is doubled as an
/// integer: a doubled factor could exceed the limit of a product of digits.
#[inline(always)]
fn square_columns(constants: &Constants, Elements(a): &Elements) -> [v128; 16] {
    let twice = |column| i64x2_add(column, column);
    let mut next = constants.square[0];
    // Columns 2i and 2i + 1, which contain the low and the high part of the square of digit i.
    macro_rules! columns {
        ($($i:literal: $($even_i:literal * $even_j:literal)*, $($odd_i:literal * $odd_j:literal)+;)+) => {[$({
            #[allow(unused_mut, reason = "column 0 has no mixed products")]
            let mut even = next;
            let mut odd = constants.square[2 * $i + 1];
            next = constants.square[2 * $i + 2];
            $({
                let (high, low) = split(constants, a[$even_i], a[$even_j]);
                even = i64x2_add(even, low);
                odd = i64x2_add(odd, high);
            })*
            let (square_high, square_low) = split(constants, a[$i], a[$i]);
            even = black_box(i64x2_add(twice(even), square_low));
            $({
                let (high, low) = split(constants, a[$odd_i], a[$odd_j]);
                odd = i64x2_add(odd, low);
                next = i64x2_add(next, high);
            })+
            [even, black_box(i64x2_add(twice(odd), square_high))]
        }),+]};
    }
    let [[t0, t1], [t2, t3], [t4, t5], [t6, t7], [t8, t9], [t10, t11], [t12, t13]] = columns! {
        0: , 0*1;
        1: 0*2, 0*3 1*2;
        2: 0*4 1*3, 0*5 1*4 2*3;
        3: 0*6 1*5 2*4, 0*7 1*6 2*5 3*4;
        4: 1*7 2*6 3*5, 2*7 3*6 4*5;
        5: 3*7 4*6, 4*7 5*6;
        6: 5*7, 6*7;
    };
    let (high, low) = split(constants, a[7], a[7]);
    let t14 = i64x2_add(twice(next), low);
    let t15 = i64x2_add(twice(constants.square[15]), high);
    [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15]
}

/// Eight columns congruent to sixteen mod p, each with the bias [`BIAS`] + [`HALF`].
///
/// Let T be the lower half of the columns, H the upper half, and m the columns of H·2^32. Because 2^384 = 2^128 + 2^96 − 2^32 + 1
/// mod p, the whole product is congruent to the right-hand side of
///
/// T + H·2^384 = T + (H − m) + (H + m)·2^96.
///
/// Of column j of H, 16 bits go to column j of m, and the others to column j + 1. So m has nine columns, and (H + m)·2^96 − m has
/// three columns that are in the upper half again, numbers 8 to 10. They depend only on columns of H and m from 5 on, so they
/// are first added to columns 0 to 2 of H.
#[inline(always)]
fn fold(constants: &Constants, t: &[v128; 16]) -> [v128; DIGITS] {
    let low = |column| v128_and(i64x2_shl(column, 32), constants.folded);
    let high = |column| u64x2_shr(column, 16);
    let m = |this, before| i64x2_add(low(this), high(before));
    let [h0, h1, h2, h3, h4, h5, h6, h7] = [t[8], t[9], t[10], t[11], t[12], t[13], t[14], t[15]];
    let (m6, m7, m8) = (m(h6, h5), m(h7, h6), high(h7));
    let h0 = i64x2_add(h0, i64x2_sub(i64x2_add(h6, m6), m8));
    let h1 = i64x2_add(h1, i64x2_add(h7, m7));
    let h2 = i64x2_add(h2, m8);
    let h = [h0, h1, h2, h3, h4, h5, h6, h7];
    let m = [low(h0), m(h1, h0), m(h2, h1), m(h3, h2), m(h4, h3), m(h5, h4), m6, m7];
    each(|j| {
        let column = i64x2_add(t[j], i64x2_sub(h[j], m[j]));
        if j < 2 { column } else { i64x2_add(column, i64x2_add(h[j - 2], m[j - 2])) }
    })
}

/// Carries columns with the bias [`BIAS`] + [`HALF`] into tight digits. The carry c of the last column is folded: it adds
/// c − 2^32·c to digit 0 and c + 2^32·c to digit 2.
#[inline(always)]
fn digits(constants: &Constants, t: &[v128; DIGITS]) -> Elements {
    let carries = each(|j| u64x2_shr(t[j], WIDTH));
    let top = carries[7];
    let shifted_top = i64x2_shl(top, 32);
    let elements = Elements(each(|j| {
        let rest = v128_and(t[j], constants.digit);
        let bits = match j {
            0 => i64x2_add(i64x2_add(rest, constants.digit_0), i64x2_sub(top, shifted_top)),
            2 => i64x2_add(i64x2_add(i64x2_add(rest, constants.digit_2), carries[1]), i64x2_add(top, shifted_top)),
            _ => i64x2_add(i64x2_add(rest, constants.digit_others), carries[j - 1]),
        };
        f64x2_sub(bits, constants.integer)
    }));
    debug_assert!(elements.largest() <= TIGHT);
    elements
}

impl Elements {
    /// The elements whose digits are given, all of them integers.
    pub(super) fn new(x: &[f64; DIGITS], y: &[f64; DIGITS]) -> Self {
        Self(each(|i| f64x2(x[i], y[i])))
    }

    /// The integer 1 in both lanes.
    pub(super) fn one() -> Self {
        Self::new(&[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    }

    /// a · b, tight.
    #[inline(always)]
    pub(super) fn mul(&self, other: &Self) -> Self {
        self.product(other, &CONSTANTS.starts)
    }

    /// a · b − c, tight. The columns of a product start with the digits of −c. The columns of M start with those of L, so what
    /// was added to the latter is subtracted there.
    #[inline(always)]
    pub(super) fn mul_sub(&self, other: &Self, subtrahend: &Self) -> Self {
        debug_assert!(subtrahend.largest() < power(51));
        let constants = constants();
        let minus = |i: usize| i64x2_sub(constants.integer, f64x2_add(subtrahend.0[i], constants.integer));
        let starts = each(|i| {
            let start = i64x2_add(constants.starts[i], minus(i));
            if i < 4 { start } else { i64x2_sub(start, minus(i - 4)) }
        });
        self.product(other, &starts)
    }

    #[inline(never)]
    fn product(&self, other: &Self, starts: &Starts) -> Self {
        debug_assert!(self.largest() * other.largest() < PRODUCT_LIMIT);
        let constants = constants();
        digits(constants, &fold(constants, &product_columns(constants, starts, self, other)))
    }

    /// a², tight.
    #[inline(never)]
    pub(super) fn square(&self) -> Self {
        debug_assert!(self.largest() * self.largest() < SQUARE_LIMIT);
        let constants = constants();
        digits(constants, &fold(constants, &square_columns(constants, self)))
    }

    /// The same elements, tight.
    #[inline(always)]
    pub(super) fn carried(&self) -> Self {
        debug_assert!(self.largest() < power(51));
        let constants = constants();
        digits(constants, &each(|j| i64x2_add(f64x2_add(self.0[j], constants.integer), constants.carry)))
    }

    #[inline(always)]
    pub(super) fn twice(&self) -> Self {
        self + self
    }

    /// (y, x).
    #[inline(always)]
    pub(super) fn swapped(&self) -> Self {
        self.select::<1, 0>(self)
    }

    /// Selects a lane of these elements (0 or 1) or of the others (2 or 3) for each lane.
    #[inline(always)]
    pub(super) fn select<const I: usize, const J: usize>(&self, other: &Self) -> Self {
        // A loop suffices, because this function is used only at the end of a verification.
        Self(core::array::from_fn(|i| i64x2_shuffle::<I, J>(self.0[i], other.0[i])))
    }

    /// The digits of both elements.
    pub(super) fn lanes(&self) -> [[f64; DIGITS]; 2] {
        let mut lanes = [[0.0; DIGITS]; 2];
        for (i, &v) in self.0.iter().enumerate() {
            (lanes[0][i], lanes[1][i]) = (f64x2_extract_lane::<0>(v), f64x2_extract_lane::<1>(v));
        }
        lanes
    }

    /// The largest magnitude of a digit.
    pub(super) fn largest(&self) -> f64 {
        self.lanes().iter().flatten().fold(0.0, |largest, digit| digit.max(-digit).max(largest))
    }

    /// Which of the elements are 0 mod p.
    pub(super) fn are_zero(&self) -> [bool; 2] {
        self.lanes().map(|digits| is_zero(&digits))
    }
}

/// Whether a number with digits below 2^51 is a multiple of p.
///
/// Every number has a unique form with digits in −2^47 ≤ digit < 2^47 and a carry k. The form of p has the digits 2^32 − 1, 0,
/// −2^32 − 1, 0, 0, 0, 0, 0 and k = 1. The form of k·p is k times as much, because k is small.
#[inline(never)]
fn is_zero(digits: &[f64; DIGITS]) -> bool {
    let mut carry = 0;
    let carried = digits.map(|digit| {
        let sum = digit as i64 + carry + HALF;
        carry = sum >> WIDTH;
        (sum & ((1 << WIDTH) - 1)) - HALF
    });
    carried == [carry * 0xffff_ffff, 0, carry * -0x1_0000_0001, 0, 0, 0, 0, 0]
}

impl Add for &Elements {
    type Output = Elements;
    #[inline(always)]
    fn add(self, other: Self) -> Elements {
        Elements(each(|i| f64x2_add(self.0[i], other.0[i])))
    }
}

impl Sub for &Elements {
    type Output = Elements;
    #[inline(always)]
    fn sub(self, other: Self) -> Elements {
        Elements(each(|i| f64x2_sub(self.0[i], other.0[i])))
    }
}
