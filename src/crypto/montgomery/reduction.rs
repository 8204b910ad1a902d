//! Multiplication modulo N without division (Montgomery, "Modular multiplication without trial division", 1985), on whole numbers
//! rather than digit by digit: with N' = -1/N mod R,
//!
//! t = T mod R,   q = t N' mod R,   (T + q N) / R = T_high + (q N)_high + κ.
//!
//! T + q N is divisible by R, so its low half is computed only for the carry κ. Suppose the columns of t + q N below R
//! were rounded like any others: they would give (hi + c) R + Σ d_k B^k, where |Σ d_k B^k| < 0.53 R, because every |d|
//! <= M. The sum is a multiple of R, so the digits are all zero, and κ is exactly hi + c of column D-1. Computing hi +
//! c requires the sums of only two columns.
//!
//! # Size of the numbers
//!
//! R = B^D > 2^8 N. |q| <= 4196 (R - 1) / (B - 1) < 0.513 R, so |T + q N| / R < 0.52 N as long as |T| <= 1.01 N^2. Results of the
//! reduction, and s < N itself, may therefore be multiplied any number of times, with either sign. Such a result is less than R/256
//! in magnitude, and |Σ d_k B^k| < 0.53 R for its digits, so the carry out of the topmost column is zero and is dropped.

use super::carry::{Carry, Columns};
use super::digits::{Digits, Group, MAX_GROUPS, Multiplier, ZERO, carry, from_be_bytes, load, splat};
use super::kernel::{Product, add_product, square};
use super::lanes::{i16x8_shuffle, i32x4_add, i32x4_dot_i16x8, i32x4_shr, i32x4_splat};

/// N and N' as multipliers, and the digits of N for comparisons.
#[derive(Debug)]
pub(super) struct Modulus {
    pub(super) digits: Digits,
    multiplier: Multiplier,
    inverse: Multiplier,
    /// D / 8
    pub(super) groups: usize,
}

/// Scratch memory of a reduction: the columns of T and of a product half as long, and the digits of t and q.
pub(super) struct Workspace {
    total: [Columns; MAX_GROUPS],
    sums: [Columns; MAX_GROUPS / 2],
    low: Digits,
    quotient: Digits,
}

impl Workspace {
    pub(super) fn new() -> Self {
        Self { total: [Columns::UNSET; MAX_GROUPS], sums: [Columns::UNSET; MAX_GROUPS / 2], low: ZERO, quotient: ZERO }
    }
}

impl Modulus {
    /// Computes N' by Newton's iteration: if N x = -1 + ε then N x (2 + N x) = -1 + ε^2, so each step doubles the number of correct
    /// digits. A step computes only the digits that it gets right, rounded up to whole tiles.
    pub(super) fn new(bytes: &[u8], groups: usize) -> Self {
        let digits = from_be_bytes(bytes);
        let lowest = bytes.last_chunk().map_or(1, |last| u64::from_be_bytes(*last));
        let mut x = from_be_bytes(&inverse(lowest).wrapping_neg().to_be_bytes());
        let mut modulus =
            Self { multiplier: Multiplier::new(&digits[..groups]), inverse: Multiplier::new(&x[..2]), digits, groups };
        let mut y = ZERO;
        let mut columns = [Columns::UNSET; MAX_GROUPS / 2];
        // The initial x is correct in at least half a group, 52 bits.
        let mut halves = 1;
        while halves < 2 * groups {
            halves = (2 * halves).min(2 * groups);
            let length = halves.div_ceil(4) * 2;
            modulus.low_product(
                Product(&x[..length], &modulus.multiplier),
                &mut columns[..length / 2],
                &mut y[..length],
            );
            // y = N x ends in the digit -1; adding 2 makes it 1.
            debug_assert_eq!(y[0][0] & 0xffff, 0xffff);
            y[0][0] = y[0][0] & !0xffff | 1;
            modulus.low_product(Product(&y[..length], &modulus.inverse), &mut columns[..length / 2], &mut x[..length]);
            modulus.inverse.assign(&x[..length]);
        }
        modulus
    }

    /// Replaces x, in both its forms, by x^2 / R mod N.
    #[inline(never)]
    pub(super) fn square(&self, x: &mut Digits, multiplier: &mut Multiplier, work: &mut Workspace) {
        let groups = self.groups;
        let (x, total, sums) = (&mut x[..groups], &mut work.total[..groups], &mut work.sums[..groups / 2]);
        square(total, Product(x, multiplier));
        let (low, high) = total.split_at(groups / 2);
        let below = self.quotient(low, sums, &mut work.low, &mut work.quotient);
        add_product(sums, high, groups, groups, Product(&work.quotient[..groups], &self.multiplier));
        let above = multiplier.carry(sums, x, below);
        debug_assert!(above.is_zero());
    }

    /// Returns (`a` + `b`) / R mod N.
    #[inline(never)]
    pub(super) fn multiply(&self, a: Product, b: Product, work: &mut Workspace) -> Digits {
        let groups = self.groups;
        let (low, high) = work.total.split_at_mut(groups / 2);
        let (high, sums) = (&mut high[..groups / 2], &mut work.sums[..groups / 2]);
        add_product(sums, &[], 0, groups, a);
        add_product(low, sums, 0, groups, b);
        add_product(sums, &[], groups, groups, a);
        add_product(high, sums, groups, groups, b);
        let below = self.quotient(low, sums, &mut work.low, &mut work.quotient);
        add_product(sums, high, groups, groups, Product(&work.quotient[..groups], &self.multiplier));
        let mut result = ZERO;
        let above = carry(sums, &mut result[..groups], below);
        debug_assert!(above.is_zero());
        result
    }

    /// Computes q; returns the carry of t + q N into the upper half.
    #[inline(always)]
    fn quotient(&self, t: &[Columns], sums: &mut [Columns], low: &mut Digits, quotient: &mut Digits) -> Carry {
        let (low, quotient) = (&mut low[..self.groups], &mut quotient[..self.groups]);
        let below = carry(t, low, Carry::zero());
        self.low_product(Product(low, &self.inverse), sums, quotient);
        below.plus(kappa(low, quotient, &self.multiplier))
    }

    /// Computes the digits of the lower half of a product.
    fn low_product(&self, product: Product, sums: &mut [Columns], digits: &mut [Group]) {
        add_product(sums, &[], 0, self.groups, product);
        carry(sums, digits, Carry::zero());
    }
}

/// κ, the carry out of the columns of t + q N below R. Computes the four topmost columns, because a vector holds four. Each of
/// the four words of a group has its own vector of sums. Each lane adds up 2 `MAX_GROUPS` = 80 products, so one flush at the
/// end is enough.
#[inline(never)]
fn kappa(low: &[Group], quotient: &[Group], modulus: &Multiplier) -> Carry {
    let zero = i32x4_splat(0);
    let [mut s0, mut s1, mut s2, mut s3] = [zero, zero, zero, zero];
    let pairs = modulus.above(quotient.len() - 2).as_chunks::<2>().0;
    for (words, window) in quotient.iter().zip(pairs.windows(2)) {
        let &[[[_, e1], [_, o1]], [[e0, _], [o0, _]]] = window else {
            break;
        };
        let [w0, w1, w2, w3] = splat(words);
        s0 = i32x4_add(s0, i32x4_dot_i16x8(w0, e1));
        s1 = i32x4_add(s1, i32x4_dot_i16x8(w1, o1));
        s2 = i32x4_add(s2, i32x4_dot_i16x8(w2, e0));
        s3 = i32x4_add(s3, i32x4_dot_i16x8(w3, o0));
    }
    let sums = Columns::new([s0, s1, s2, s3]);
    let low = low.last().map_or(zero, load);
    let upper = i16x8_shuffle::<4, 4, 5, 5, 6, 6, 7, 7>(low, low);
    sums.carry_of_four(i32x4_shr(upper, 16))
}

/// 1/x mod 2^64 for odd x: 3x XOR 2 is correct in five bits, and each step doubles that number.
fn inverse(x: u64) -> u64 {
    (0..4).fold(x.wrapping_mul(3) ^ 2, |y, _| y.wrapping_mul(2_u64.wrapping_sub(x.wrapping_mul(y))))
}
