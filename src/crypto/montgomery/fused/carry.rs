//! Sums products of doubles exactly, and turns column sums into digits.
//!
//! # Splitting a product
//!
//! A fused multiply-add rounds a b + c once. With the constants c1 = 1.5 · 2^103 and c2 = 1.5 · 2^52, it splits a product of two
//! digits at B = 2^51 into two integers, without a conversion (Emmart, Zheng and Weems, "Faster modular exponentiation using double
//! precision floating point arithmetic on the GPU", 2018):
//!
//! h = madd(a, b, c1)   = c1 + B r,            where r = a b / B, rounded to an integer;
//! l = madd(a, b, (c1 + c2) - h) = c2 + a b - B r.
//!
//! If |a b| < 2^102, then 2^103 < h < 2^104, where doubles are the multiples of 2^51. So (c1 + c2) - h = c2 - B r is exact: it is a
//! multiple of 2^51, and less than 2^104. |a b - B r| <= 2^50, so 2^52 < l < 2^53, where doubles are the integers. Within one
//! binade, adding one unit in the last place to a double adds 1 to its bits, read as an integer. Hence
//!
//! bits(h) = bits(c1) + r,   bits(l) = bits(c2) + a b - B r.
//!
//! So plain integer additions of the bits sum up hi and lo of `kernel.rs`. For n products, hi is too large by n bits(c1), and lo by n
//! bits(c2), modulo 2^64. `Columns::expecting` starts the sums with minus these values.
//!
//! # Bounds
//!
//! A column takes in at most `MAX_PRODUCTS` products of a digit and a doubled digit: |a b| <= 2 `MAX_DIGIT`^2, so |r| <= B/2 +
//! 2^10, and |lo|, |hi| <= `MAX_PRODUCTS` (B/2 + 2^10). Hence |u| < (`MAX_PRODUCTS` + 2) B, which is far from the ends of a lane,
//! and |c| <= `MAX_PRODUCTS` + 2. A digit takes in the c of one column, or of two: column D-1 of T and column D-1 of t + q N.
//! Those two have at most `MAX_PRODUCTS` products together, and one digit of t. Hence |d| <= B/2 + `MAX_PRODUCTS` + 4.

use super::digits::{B, DIGIT_BITS, MAX_DIGIT, MAX_DIGITS, TILE, Vectors};
use crate::crypto::fused::vector::{
    f64x2_extract_lane, f64x2_relaxed_madd, f64x2_splat, f64x2_sub, i64x2_add, i64x2_shuffle, i64x2_splat,
    u64x2_extract_lane, u64x2_shr, v128, v128_and,
};
use core::hint::black_box;

/// c1: each product adds bits(c1) + r to hi.
const HIGH: f64 = 1.5 * (1_u128 << (52 + DIGIT_BITS)) as f64;
/// c2: each product adds bits(c2) + a b - B r to lo.
const LOW: f64 = 1.5 * (1_u64 << 52) as f64;

/// The largest number of products in a column: of the two factors, of the hash, and of q N.
const MAX_PRODUCTS: i64 = (MAX_DIGITS + TILE + MAX_DIGITS) as i64;

const _: () = {
    let product = 2 * (MAX_DIGIT as i128).pow(2);
    assert!(product < 1 << 102);
    assert!(product / (B as i128) < (B / 2 + (1 << 10)) as i128);
    assert!(B / 2 + MAX_PRODUCTS + 4 <= MAX_DIGIT);
    // |lo| + |hi| + B/2 + |t|
    assert!(
        2 * MAX_PRODUCTS as i128 * (B as i128 / 2 + (1 << 10)) + B as i128 / 2 + MAX_DIGIT as i128 <= MAX_SUM as i128
    );
    assert!(MAX_SUM < BIAS && BIAS + MAX_SUM < i64::MAX);
};

/// The largest |u|.
const MAX_SUM: i64 = (MAX_PRODUCTS + 2) * B;

/// The bias of u makes it positive, so that a logical shift and a mask find c and the digit.
const BIAS: i64 = 1 << 62;
/// The bias of c.
const CARRY_BIAS: i64 = BIAS >> DIGIT_BITS;

/// The constants that split a product, in both lanes: c1 and c1 + c2.
#[derive(Clone, Copy)]
pub(super) struct Split {
    high: v128,
    both: v128,
}

impl Split {
    /// Hides the constants from the compiler. Otherwise it would put them into each use, and V8 would then create them again in
    /// every step of a loop: 12.8 µs instead of 11.2 µs for 2048 bits.
    #[inline(always)]
    pub(super) fn new() -> Self {
        let [high, both] = black_box([HIGH, HIGH + LOW]);
        Self { high: f64x2_splat(high), both: f64x2_splat(both) }
    }
}

/// The sums lo and hi of two columns.
#[derive(Clone, Copy)]
pub(super) struct Sums {
    low: v128,
    high: v128,
}

impl Sums {
    /// Sums that are correct after `count` products.
    #[inline(always)]
    pub(super) fn expecting(count: usize) -> Self {
        let excess = |unit: f64| (unit.to_bits() as i64).wrapping_mul(count as i64);
        let low = (BIAS + B / 2).wrapping_sub(excess(LOW));
        Self { low: i64x2_splat(low), high: i64x2_splat(excess(HIGH).wrapping_neg()) }
    }

    /// Adds the products of `a` and `b`, one in each lane.
    #[inline(always)]
    pub(super) fn add(self, a: v128, b: v128, split: Split) -> Self {
        debug_assert!(
            [
                f64x2_extract_lane::<0>(a) * f64x2_extract_lane::<0>(b),
                f64x2_extract_lane::<1>(a) * f64x2_extract_lane::<1>(b),
            ]
            .iter()
            .all(|product| product.abs() <= 2.0 * (MAX_DIGIT as f64) * (MAX_DIGIT as f64))
        );
        let high = f64x2_relaxed_madd(a, b, split.high);
        let low = f64x2_relaxed_madd(a, b, f64x2_sub(split.both, high));
        Self { low: i64x2_add(self.low, low), high: i64x2_add(self.high, high) }
    }

    /// The digits of both columns, and the carry out of the upper one.
    #[inline(always)]
    fn digits(self, below: Carry) -> (v128, Carry) {
        /// Makes a double of an unbiased digit.
        const UNIT: i64 = LOW.to_bits() as i64 - B / 2 - CARRY_BIAS;
        let sum = i64x2_add(self.low, i64x2_shuffle::<1, 2>(below.high, self.high));
        debug_assert!(
            [u64x2_extract_lane::<0>(sum), u64x2_extract_lane::<1>(sum)]
                .iter()
                .all(|sum| sum.abs_diff(BIAS as u64) <= MAX_SUM as u64)
        );
        let carry = u64x2_shr(sum, DIGIT_BITS);
        let carry_below = i64x2_shuffle::<1, 2>(below.carry, carry);
        let rest = i64x2_add(v128_and(sum, i64x2_splat(B - 1)), i64x2_splat(UNIT));
        let digits = f64x2_sub(i64x2_add(rest, carry_below), f64x2_splat(LOW));
        (digits, Carry { high: self.high, carry })
    }

    /// The carry out of the upper column, to which `digit` is added.
    #[inline(always)]
    pub(super) fn carry(self, digit: f64) -> Carry {
        let sum = u64x2_extract_lane::<1>(self.low)
            .wrapping_add(u64x2_extract_lane::<0>(self.high))
            .wrapping_add(digit as i64 as u64);
        debug_assert!(sum.abs_diff(BIAS as u64) <= MAX_SUM as u64);
        Carry { high: self.high, carry: i64x2_splat((sum >> DIGIT_BITS) as i64) }
    }
}

/// A tile: the sums of six columns.
#[derive(Clone, Copy)]
pub(super) struct Columns(pub(super) [Sums; 3]);

impl Columns {
    /// Sums that are correct after `count` products in each column.
    #[inline(always)]
    pub(super) fn expecting(count: usize) -> Self {
        let sums = Sums::expecting(count);
        Self([sums, sums, sums])
    }

    /// Sums that are correct after `count` products in each column and, in the columns of the three vectors, one, two and three
    /// products more.
    #[inline(always)]
    pub(super) fn expecting_square(count: usize) -> Self {
        Self([Sums::expecting(count + 1), Sums::expecting(count + 2), Sums::expecting(count + 3)])
    }

    /// The digits of a tile, and the carry out of it.
    #[inline(always)]
    pub(super) fn digits(self, below: Carry) -> (Vectors, Carry) {
        let Self([a, b, c]) = self;
        let (a, below) = a.digits(below);
        let (b, below) = b.digits(below);
        let (c, below) = c.digits(below);
        ([a, b, c], below)
    }
}

/// The carry from a tile of columns to the tile above it: hi and c of its topmost column, in the upper lanes.
#[derive(Clone, Copy)]
pub(super) struct Carry {
    high: v128,
    carry: v128,
}

impl Carry {
    #[inline(always)]
    pub(super) fn zero() -> Self {
        Self { high: i64x2_splat(0), carry: i64x2_splat(CARRY_BIAS) }
    }

    pub(super) fn is_zero(self) -> bool {
        let high = u64x2_extract_lane::<1>(self.high);
        high.wrapping_add(u64x2_extract_lane::<1>(self.carry)) == CARRY_BIAS as u64
    }

    /// Adds another carry into the same column.
    #[inline(always)]
    pub(super) fn plus(self, other: Self) -> Self {
        let carry = i64x2_add(self.carry, other.carry);
        Self { high: i64x2_add(self.high, other.high), carry: i64x2_add(carry, i64x2_splat(-CARRY_BIAS)) }
    }
}
