//! Multiplication modulo N without division (Montgomery, "Modular multiplication without trial division", 1985), whole numbers at
//! a time: with N' = -1/N mod R,
//!
//! t = T mod R,   q = t N' mod R,   (T + q N) / R = T_high + (q N)_high + κ.
//!
//! T + q N is divisible by R, so its low half is computed for the carry κ alone. Think of the columns of t + q N below R rounded
//! like any others: they would be (hi + c) R + Σ d_k B^k, where |Σ d_k B^k| < 0.53 R, as every |d| <= M. The sum is a
//! multiple of R, so the digits are all zero and κ = hi + c of column D-1, exactly. That needs the sums of two columns.
//!
//! # Size of the numbers
//!
//! R = B^D > 2^8 N. |q| <= 4195 (R - 1) / (B - 1) < 0.513 R, so |T + q N| / R < 0.52 N as long as |T| <= 1.01 N^2: results of the
//! reduction, and s < N itself, may be multiplied again and again, signed as they are. Such a result is less than R/256 and its
//! digits have a sum of less than 0.53 R, so the carry out of the topmost column is zero and is dropped.

use super::carry::{Carry, Columns};
use super::digits::{Digits, Group, MAX_GROUPS, Multiplier, ZERO, from_be_bytes, load, splat};
use super::kernel::{Product, add_products, square};
use super::lanes::{i16x8_shuffle, i32x4_add, i32x4_dot_i16x8, i32x4_shr, i32x4_splat};

/// N, as multiplicand for comparisons and as multiplier, and N'.
#[derive(Debug)]
pub(super) struct Modulus {
    pub(super) digits: Digits,
    multiplier: Multiplier,
    inverse: Multiplier,
    /// D / 8
    pub(super) groups: usize,
}

/// Where a reduction works: T in its halves, and q.
pub(super) struct Workspace {
    low: Digits,
    high: [Columns; MAX_GROUPS / 2],
    quotient: Digits,
}

impl Workspace {
    pub(super) fn new() -> Self {
        let zero = i32x4_splat(0);
        Self { low: ZERO, high: [Columns::new([zero; 4]); MAX_GROUPS / 2], quotient: ZERO }
    }
}

impl Modulus {
    /// N' by Newton's iteration: if N x = -1 + ε then N x (2 + N x) = -1 + ε^2, so each step doubles the digits that are right, and
    /// no step computes more of them than it can get right (but for whole tiles).
    pub(super) fn new(bytes: &[u8], groups: usize) -> Self {
        let digits = from_be_bytes(bytes);
        let lowest = bytes.last_chunk().map_or(1, |last| u64::from_be_bytes(*last));
        let mut x = from_be_bytes(&inverse(lowest).wrapping_neg().to_be_bytes());
        let mut modulus =
            Self { multiplier: Multiplier::new(&digits[..groups]), inverse: Multiplier::new(&x[..2]), digits, groups };
        let mut y = ZERO;
        // Half a group, 52 bits, is right from the start.
        let mut halves = 1;
        while halves < 2 * groups {
            halves = (2 * halves).min(2 * groups);
            let length = halves.div_ceil(4) * 2;
            let product = Product(&x[..length], &modulus.multiplier);
            add_products(&mut y[..length], &[], 0, groups, &[product], Carry::none());
            // The lowest digit is that of -1; 2 more makes it 1.
            debug_assert_eq!(y[0][0] & 0xffff, 0xffff);
            y[0][0] = y[0][0] & !0xffff | 1;
            let product = Product(&y[..length], &modulus.inverse);
            add_products(&mut x[..length], &[], 0, groups, &[product], Carry::none());
            modulus.inverse.assign(&x[..length]);
        }
        modulus
    }

    /// x becomes x^2 / R mod N.
    #[inline(never)]
    pub(super) fn square(&self, x: &mut Digits, multiplier: &mut Multiplier, work: &mut Workspace) {
        let (x, low, high) = (&mut x[..self.groups], &mut work.low[..self.groups], &mut work.high[..self.groups / 2]);
        let carry = square(low, high, x, multiplier);
        let (full, carry) = self.quotient(low, &mut work.quotient, carry);
        let above = add_products(x, high, self.groups, self.groups, &[full], carry);
        debug_assert!(above.is_none());
        multiplier.assign(x);
    }

    /// (`a` + `b`) / R mod N.
    #[inline(never)]
    pub(super) fn reduce(&self, a: Product, b: Product, work: &mut Workspace) -> Digits {
        let low = &mut work.low[..self.groups];
        let carry = add_products(low, &[], 0, self.groups, &[a, b], Carry::none());
        let (full, carry) = self.quotient(low, &mut work.quotient, carry);
        let mut result = ZERO;
        let above = add_products(&mut result[..self.groups], &[], self.groups, self.groups, &[a, b, full], carry);
        debug_assert!(above.is_none());
        result
    }

    /// q N, and the carry of t + q N into its upper half.
    #[inline(always)]
    fn quotient<'a>(&'a self, low: &[Group], quotient: &'a mut Digits, carry: Carry) -> (Product<'a>, Carry) {
        let quotient = &mut quotient[..self.groups];
        add_products(quotient, &[], 0, self.groups, &[Product(low, &self.inverse)], Carry::none());
        let carry = carry.and(kappa(low, quotient, &self.multiplier));
        (Product(quotient, &self.multiplier), carry)
    }
}

/// κ, the carry out of t + q N below R: of the four topmost columns, which is the least a vector computes. A vector of sums for each
/// word of a group takes in 2 `MAX_GROUPS` = 80 products, so one flush at the end is enough.
#[inline(never)]
fn kappa(low: &[Group], quotient: &[Group], modulus: &Multiplier) -> Carry {
    let zero = i32x4_splat(0);
    let mut sums = Columns::new([zero; 4]);
    let pairs = modulus.above(quotient.len() - 2).as_chunks::<2>().0;
    for (words, window) in quotient.iter().zip(pairs.windows(2)) {
        let &[[[_, e1], [_, o1]], [[e0, _], [o0, _]]] = window else {
            break;
        };
        let [w0, w1, w2, w3] = splat(words);
        for (sum, (word, vector)) in sums.low.iter_mut().zip([(w0, e1), (w1, o1), (w2, e0), (w3, o0)]) {
            *sum = i32x4_add(*sum, i32x4_dot_i16x8(word, vector));
        }
    }
    let low = low.last().map_or(zero, load);
    let upper = i16x8_shuffle::<4, 4, 5, 5, 6, 6, 7, 7>(low, low);
    sums.carry_of_four(i32x4_shr(upper, 16))
}

/// 1/x mod 2^64 for odd x: 3x XOR 2 is right in five bits, and each step doubles them.
fn inverse(x: u64) -> u64 {
    (0..4).fold(x.wrapping_mul(3) ^ 2, |y, _| y.wrapping_mul(2_u64.wrapping_sub(x.wrapping_mul(y))))
}
