//! Turns column sums into digits. A column of a product is the set of its terms with the same power of B.
//!
//! The sum S_k of column k is kept as lo_k + B hi_k, as described in `kernel.rs`, where hi is biased. `flush` moves the part of
//! lo above B to hi before the lane can overflow. hi + c of the topmost column form the `Carry`.
//!
//! After the last flush 0 <= lo < B, however many flushes came before, so hi = floor(S / B). Three such sums added together have
//! 0 <= lo < 3B and |hi| <= max|S| / B + 3, hence |c| <= max|S| / B^2 + 3.6 and
//!
//! |d| <= B/2 + max|S| / B^2 + 4.
//!
//! The bound also holds for columns that take in two carries, each from one sum; max|S| is then the sum of both maxima.

use super::lanes::{i32x4, i32x4_add, i32x4_extract_lane, i32x4_shr, i32x4_shuffle, i32x4_splat, v128, v128_and};

/// B = 2^13: a product of two digits has 26 bits, so a 32-bit lane can sum over a hundred of them between two flushes.
pub(super) const DIGIT_BITS: u32 = 13;
pub(super) const B: i32 = 1 << DIGIT_BITS;

/// The bias of hi: the B/2 that u contains, minus B · B/2. With this bias, u >> 13 is c - B/2, the term that the digit above
/// adds.
const HIGH_BIAS: i32 = B / 2 - B * (B / 2);
const CARRY_BIAS: i32 = -(B / 2);

/// The carry from a tile of columns to the tile above it: hi and c of its topmost column, in the last lanes.
#[derive(Clone, Copy)]
pub(super) struct Carry {
    high: v128,
    carry: v128,
}

impl Carry {
    pub(super) fn zero() -> Self {
        Self { high: i32x4_splat(HIGH_BIAS), carry: i32x4_splat(CARRY_BIAS) }
    }

    pub(super) fn is_zero(self) -> bool {
        let high = i32x4_extract_lane::<3>(self.high);
        high + i32x4_extract_lane::<3>(self.carry) == HIGH_BIAS + CARRY_BIAS
    }

    /// Adds another carry into the same column.
    #[inline(always)]
    pub(super) fn plus(self, other: Self) -> Self {
        let sum = |a, b, bias: i32| i32x4_add(i32x4_add(a, b), i32x4_splat(-bias));
        Self { high: sum(self.high, other.high, HIGH_BIAS), carry: sum(self.carry, other.carry, CARRY_BIAS) }
    }
}

/// A tile: the sums of sixteen columns, four to a vector.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    pub(super) low: [v128; 4],
    high: [v128; 4],
}

impl Columns {
    /// A placeholder for sums that are not computed yet. Zeros are the cheapest value to create.
    pub(super) const UNSET: Self = Self { low: [i32x4(0, 0, 0, 0); 4], high: [i32x4(0, 0, 0, 0); 4] };

    #[inline(always)]
    pub(super) fn new(low: [v128; 4]) -> Self {
        Self {
            low,
            high: {
                let high = i32x4_splat(HIGH_BIAS);
                [high, high, high, high]
            },
        }
    }

    #[inline(always)]
    pub(super) fn zero() -> Self {
        {
            let zero = i32x4_splat(0);
            Self::new([zero, zero, zero, zero])
        }
    }

    #[inline(always)]
    pub(super) fn flush(self) -> Self {
        self.flush_above::<DIGIT_BITS>()
    }

    /// Flushes sums that will be doubled. The part moved to hi counts as already doubled; the part left in lo does not.
    #[inline(always)]
    pub(super) fn flush_halves(self) -> Self {
        self.flush_above::<{ DIGIT_BITS - 1 }>()
    }

    /// Doubles the part that `flush_halves` left in lo, and everything that was added to lo since.
    #[inline(always)]
    pub(super) fn double(self) -> Self {
        let Self { low: [a, b, c, d], high } = self;
        Self { low: [i32x4_add(a, a), i32x4_add(b, b), i32x4_add(c, c), i32x4_add(d, d)], high }
    }

    #[inline(always)]
    fn flush_above<const BITS: u32>(self) -> Self {
        let Self { low: [a, b, c, d], high: [e, f, g, h] } = self;
        let rest = |low| v128_and(low, i32x4_splat((1 << BITS) - 1));
        let above = |low, high| i32x4_add(high, i32x4_shr(low, BITS));
        Self { low: [rest(a), rest(b), rest(c), rest(d)], high: [above(a, e), above(b, f), above(c, g), above(d, h)] }
    }

    /// Adds flushed sums to flushed sums. At most three may be added together: see the bound above.
    #[inline(always)]
    pub(super) fn plus(self, other: &Self) -> Self {
        let Self { low: [a, b, c, d], high: [e, f, g, h] } = self;
        let [i, j, k, l] = other.low;
        let [m, n, o, p] = other.high;
        let high = |a, b| i32x4_add(i32x4_add(a, b), i32x4_splat(-HIGH_BIAS));
        Self {
            low: [i32x4_add(a, i), i32x4_add(b, j), i32x4_add(c, k), i32x4_add(d, l)],
            high: [high(e, m), high(f, n), high(g, o), high(h, p)],
        }
    }

    /// The digits of flushed sums, four to a vector, and the carry out of the tile.
    #[inline(always)]
    pub(super) fn digits(self, below: Carry) -> ([v128; 4], Carry) {
        let Self { low: [a, b, c, d], high: [e, f, g, h] } = self;
        let (a, below) = round(a, e, below);
        let (b, below) = round(b, f, below);
        let (c, below) = round(c, g, below);
        let (d, below) = round(d, h, below);
        ([a, b, c, d], below)
    }

    /// The carry out of four columns. The sum of a column is the sum of its lanes in `digits` and in the four vectors of
    /// `self`. The columns below do not matter: c of the topmost column depends on hi of the column below it and on nothing lower.
    #[inline(always)]
    pub(super) fn carry_of_four(self, digits: v128) -> Carry {
        let Self { low, high } = self.flush();
        let sum = |[a, b, c, d]: [v128; 4]| i32x4_add(i32x4_add(a, b), i32x4_add(c, d));
        let low = i32x4_add(sum(low), digits);
        let high = i32x4_add(sum(high), i32x4_splat(-3 * HIGH_BIAS));
        let high = i32x4_add(high, i32x4_shr(low, DIGIT_BITS));
        let low = v128_and(low, i32x4_splat(B - 1));
        let high_below = i32x4_shuffle::<0, 0, 1, 2>(high, high);
        Carry { high, carry: i32x4_shr(i32x4_add(low, high_below), DIGIT_BITS) }
    }
}

/// Rounds four flushed sums to digits; returns the digits and the carry out of the topmost digit.
#[inline(always)]
fn round(low: v128, high: v128, below: Carry) -> (v128, Carry) {
    let sum = i32x4_add(low, i32x4_shuffle::<3, 4, 5, 6>(below.high, high));
    let carry = i32x4_shr(sum, DIGIT_BITS);
    let carry_below = i32x4_shuffle::<3, 4, 5, 6>(below.carry, carry);
    (i32x4_add(v128_and(sum, i32x4_splat(B - 1)), carry_below), Carry { high, carry })
}
