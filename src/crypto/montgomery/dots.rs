//! The kernel on integers. Its digits have 13 bits. A word is an `i32` that holds two digits as 16-bit halves, and a group is
//! eight digits, that is four words. In each lane, `i32x4_dot_i16x8` computes the dot product of two words: the sum of the
//! products of their lower digits and of their upper digits.
//!
//! `digits` splits numbers into digits, `product` multiplies, `carry` turns the column sums of a product into digits, and this
//! file multiplies modulo N.

mod carry;
mod digits;
mod lanes;
mod product;

use super::kernel::{Kernel, Modulus, Product};
use carry::{B, Carry, Columns, DIGIT_BITS};
use digits::{Digits, Group, MAX_DIGIT, MAX_GROUPS, Multiplier, TILE, ZERO, carry, from_be_bytes, load, negate, splat};
use lanes::{
    i16x8_add, i16x8_mul, i16x8_shr, i16x8_shuffle, i16x8_splat, i16x8_sub, i32x4_add, i32x4_dot_i16x8, i32x4_shr,
    i32x4_splat, v128_any_true,
};
use product::{Factors, add_product, square};

/// The number of groups in a hash: 256 bits are 20 digits, padded to whole tiles of sixteen.
const HASH_GROUPS: usize = 4;

/// The kernel on integers.
#[derive(Debug)]
pub(crate) enum Dots {}

/// The columns of T and of a product half as long, and the digits of t and q.
pub(crate) struct Workspace {
    total: [Columns; MAX_GROUPS],
    sums: [Columns; MAX_GROUPS / 2],
    low: Digits,
    quotient: Digits,
}

impl Kernel for Dots {
    const TILE_BITS: usize = 16 * DIGIT_BITS as usize;

    type Digits = Digits;
    type Multiplier = Multiplier;
    type Workspace = Workspace;

    fn is_supported() -> bool {
        true
    }

    fn workspace() -> Workspace {
        Workspace {
            total: [Columns::UNSET; MAX_GROUPS],
            sums: [Columns::UNSET; MAX_GROUPS / 2],
            low: ZERO,
            quotient: ZERO,
        }
    }

    fn from_be_bytes(bytes: &[u8]) -> Digits {
        from_be_bytes(bytes)
    }

    fn negate(digits: &Digits) -> Digits {
        negate(digits)
    }

    fn add_two(digits: &mut Digits) {
        debug_assert_eq!(digits[0][0] & 0xffff, 0xffff);
        digits[0][0] = digits[0][0] & !0xffff | 1;
    }

    fn multiplier(digits: &Digits, tiles: usize) -> Multiplier {
        Multiplier::new(&digits[..TILE * tiles])
    }

    fn low_product(a: &Digits, b: &Multiplier, tiles: usize) -> Digits {
        let (mut sums, mut digits) = ([Columns::UNSET; MAX_GROUPS / 2], ZERO);
        let groups = TILE * tiles;
        low_product(Factors(&a[..groups], b), &mut sums[..tiles], &mut digits[..groups]);
        digits
    }

    #[inline(never)]
    fn square(modulus: &Modulus<Self>, x: &mut Digits, residue: &mut Multiplier, work: &mut Workspace) {
        let (groups, tiles) = (TILE * modulus.tiles, modulus.tiles);
        let (x, total, sums) = (&mut x[..groups], &mut work.total[..groups], &mut work.sums[..tiles]);
        square(total, Factors(x, residue));
        let (low, high) = total.split_at(tiles);
        let below = quotient(modulus, low, sums, &mut work.low, &mut work.quotient);
        add_product(sums, high, groups, groups, Factors(&work.quotient[..groups], &modulus.multiplier));
        let above = residue.carry(sums, x, below);
        debug_assert!(above.is_zero());
    }

    #[inline(never)]
    fn multiply(modulus: &Modulus<Self>, a: Product<Self>, hash: Product<Self>, work: &mut Workspace) -> Digits {
        let (groups, tiles) = (TILE * modulus.tiles, modulus.tiles);
        let a = Factors(&a.0[..groups], a.1);
        let hash = Factors(&hash.0[..HASH_GROUPS], hash.1);
        let (low, high) = work.total.split_at_mut(tiles);
        let (high, sums) = (&mut high[..tiles], &mut work.sums[..tiles]);
        add_product(sums, &[], 0, groups, a);
        add_product(low, sums, 0, groups, hash);
        add_product(sums, &[], groups, groups, a);
        add_product(high, sums, groups, groups, hash);
        let below = quotient(modulus, low, sums, &mut work.low, &mut work.quotient);
        add_product(sums, high, groups, groups, Factors(&work.quotient[..groups], &modulus.multiplier));
        let mut result = ZERO;
        let above = carry(sums, &mut result[..groups], below);
        debug_assert!(above.is_zero());
        result
    }

    /// Works digit by digit. With v = y - F C - m N, one rounded carry c_k = floor((v_k + B/2) / B) per digit leaves
    /// |v_k - B c_k + c_k-1| < B. If v = 0, the lowest of these digits is divisible by B and therefore 0. Then the next digit is
    /// 0 as well, and so on up to the last carry.
    #[inline(never)]
    fn is_expected(modulus: &Modulus<Self>, m: i8, y: &Digits, frame: &Digits) -> bool {
        const _: () = assert!(2 * MAX_DIGIT + B / 2 + B / 2 < i16::MAX as i32);
        let operands = y.iter().zip(frame.iter().zip(&modulus.digits));
        let mut previous = i16x8_splat(0);
        for (y, (frame, n)) in operands.take(TILE * modulus.tiles) {
            let multiple = i16x8_mul(load(n), i16x8_splat(m.into()));
            let rest = i16x8_sub(i16x8_sub(load(y), load(frame)), multiple);
            let carry = i16x8_shr(i16x8_add(rest, i16x8_splat(B as i16 / 2)), DIGIT_BITS);
            let carry_below = i16x8_shuffle::<7, 8, 9, 10, 11, 12, 13, 14>(previous, carry);
            let carried = i16x8_sub(carry_below, i16x8_mul(carry, i16x8_splat(B as i16)));
            if v128_any_true(i16x8_add(rest, carried)) {
                return false;
            }
            previous = carry;
        }
        let zero = i16x8_splat(0);
        !v128_any_true(i16x8_shuffle::<7, 8, 8, 8, 8, 8, 8, 8>(previous, zero))
    }
}

/// Computes q; returns the carry of t + q N into the upper half.
#[inline(always)]
fn quotient(
    modulus: &Modulus<Dots>,
    t: &[Columns],
    sums: &mut [Columns],
    low: &mut Digits,
    quotient: &mut Digits,
) -> Carry {
    let groups = TILE * modulus.tiles;
    let (low, quotient) = (&mut low[..groups], &mut quotient[..groups]);
    let below = carry(t, low, Carry::zero());
    low_product(Factors(low, &modulus.inverse), sums, quotient);
    below.plus(kappa(low, quotient, &modulus.multiplier))
}

/// Computes the digits of the lower half of a product.
fn low_product(factors: Factors, sums: &mut [Columns], digits: &mut [Group]) {
    add_product(sums, &[], 0, digits.len(), factors);
    carry(sums, digits, Carry::zero());
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

#[cfg(test)]
mod tests;
