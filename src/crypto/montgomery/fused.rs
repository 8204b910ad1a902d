//! The kernel on doubles: digits of 51 bits, whose products a fused multiply-add (FMA) of relaxed SIMD splits into two exact
//! halves.
//!
//! `digits` splits numbers into digits, `product` multiplies, `carry` sums the halves of products and turns column sums into
//! digits, and this file multiplies modulo N.
//!
//! The multiplier of a residue x holds 2x. A square needs this form (`product::square`); the product
//! with another number is therefore doubled. The hash factor and the frame are doubled as well.
//!
//! D is 42, 66 or 84, so R > 2^86 N. |q| <= `MAX_DIGIT` (R - 1) / (B - 1) < 0.51 R.

mod carry;
mod digits;
mod product;

use super::kernel::{Kernel, Modulus, Product};
use crate::crypto::fused::is_fused;
use crate::crypto::fused::vector::f64x2_splat;
use carry::{Carry, Split, Sums};
use digits::{B, DIGIT_BITS, Digits, MAX_DIGIT, Multiplier, TILE, ZERO, from_be_bytes};
use product::{Factors, high_square, high_sum, low_product, low_square, low_sum};

/// The number of digits in a hash: 256 bits are 6 digits.
const HASH_DIGITS: usize = 6;

/// The kernel on doubles.
#[derive(Debug)]
pub(crate) enum Fused {}

/// The digits of t and q.
pub(crate) struct Workspace {
    low: Digits,
    quotient: Digits,
}

impl Kernel for Fused {
    const TILE_BITS: usize = TILE * DIGIT_BITS as usize;

    type Digits = Digits;
    type Multiplier = Multiplier;
    type Workspace = Workspace;

    fn is_supported() -> bool {
        is_fused()
    }

    fn workspace() -> Workspace {
        Workspace { low: ZERO, quotient: ZERO }
    }

    fn from_be_bytes(bytes: &[u8]) -> Digits {
        from_be_bytes(bytes)
    }

    fn negate(digits: &Digits) -> Digits {
        digits.map(|digit| -digit)
    }

    fn add_two(digits: &mut Digits) {
        debug_assert_eq!(digits[0], -1.0);
        digits[0] = 1.0;
    }

    fn multiplier(digits: &Digits, tiles: usize) -> Multiplier {
        Multiplier::new(&digits.as_chunks().0[..tiles])
    }

    fn residue(digits: &Digits, tiles: usize) -> Multiplier {
        Multiplier::doubled(&digits.as_chunks().0[..tiles])
    }

    fn low_product(a: &Digits, b: &Multiplier, tiles: usize) -> Digits {
        let length = TILE * tiles;
        let mut digits = ZERO;
        low_product(&mut digits[..length], Factors(&a[..length], b));
        digits
    }

    #[inline(never)]
    fn square(modulus: &Modulus<Self>, x: &mut Digits, residue: &mut Multiplier, work: &mut Workspace) {
        let length = TILE * modulus.tiles;
        let (x, low, quotient) = (&mut x[..length], &mut work.low[..length], &mut work.quotient[..length]);
        let carry = low_square(low, Factors(x, residue));
        low_product(quotient, Factors(low, &modulus.inverse));
        let carry = carry.plus(kappa(low, quotient, &modulus.multiplier));
        high_square(x, residue, Factors(quotient, &modulus.multiplier), carry);
    }

    #[inline(never)]
    fn multiply(modulus: &Modulus<Self>, a: Product<Self>, hash: Product<Self>, work: &mut Workspace) -> Digits {
        let length = TILE * modulus.tiles;
        let (low, quotient) = (&mut work.low[..length], &mut work.quotient[..length]);
        let a = Factors(&a.0[..length], a.1);
        let hash = Factors(&hash.0[..HASH_DIGITS], hash.1);
        let carry = low_sum(low, a, hash);
        low_product(quotient, Factors(low, &modulus.inverse));
        let carry = carry.plus(kappa(low, quotient, &modulus.multiplier));
        high_sum(length, [a, hash, Factors(quotient, &modulus.multiplier)], carry)
    }

    /// Works digit by digit. With v = y - F C - m N, one rounded carry c_k = floor((v_k + B/2) / B) per digit leaves
    /// |v_k - B c_k + c_k-1| < B. If v = 0, the lowest of these digits is divisible by B and therefore 0. Then the next digit is
    /// 0 as well, and so on up to the last carry.
    #[inline(never)]
    fn is_expected(modulus: &Modulus<Self>, m: i8, y: &Digits, frame: &Digits) -> bool {
        // All v_k are exact as doubles.
        const _: () = assert!(3 * MAX_DIGIT < 1 << 53);
        let operands = y.iter().zip(frame.iter().zip(&modulus.digits));
        let mut previous = 0;
        for (y, (frame, n)) in operands.take(TILE * modulus.tiles) {
            let rest = (y - frame - f64::from(m) * n) as i64;
            let carry = (rest + B / 2) >> DIGIT_BITS;
            if rest + previous != carry << DIGIT_BITS {
                return false;
            }
            previous = carry;
        }
        previous == 0
    }
}

/// κ, the carry out of the columns of t + q N below R. Computes the two topmost columns.
#[inline(never)]
fn kappa(low: &[f64], quotient: &[f64], modulus: &Multiplier) -> Carry {
    let split = Split::new();
    let mut sums = Sums::expecting(quotient.len());
    for (digit, vector) in quotient.iter().zip(modulus.above(quotient.len() - 2)) {
        sums = sums.add(f64x2_splat(*digit), *vector, split);
    }
    sums.carry(low.last().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests;
