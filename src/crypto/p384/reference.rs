//! Reference arithmetic for the tests: it works bit by bit, slowly, and in a different way from the code under test.
#![allow(clippy::as_conversions, clippy::indexing_slicing, reason = "test arithmetic")]

use super::limbs::{LIMBS, WIDTH};
use std::vec::Vec;

/// A number below 2^384 as 64-bit words, the least significant first.
pub(super) type Number = [u64; 6];

/// Reads a big-endian number.
pub(super) fn number(bytes: &[u8; 48]) -> Number {
    core::array::from_fn(|i| bytes[40 - 8 * i..48 - 8 * i].iter().fold(0, |word, byte| word << 8 | u64::from(*byte)))
}

/// a + b mod m for a, b < m.
pub(super) fn add(a: &Number, b: &Number, m: &Number) -> Number {
    let mut carry = 0u128;
    let sum: Number = core::array::from_fn(|i| {
        carry = (carry >> 64) + u128::from(a[i]) + u128::from(b[i]);
        carry as u64
    });
    if carry >> 64 == 0 && sum.iter().rev().lt(m.iter().rev()) { sum } else { subtract(&sum, m) }
}

/// a − b mod 2^384.
pub(super) fn subtract(a: &Number, b: &Number) -> Number {
    let mut borrow = false;
    core::array::from_fn(|i| {
        let (word, first) = a[i].overflowing_sub(b[i]);
        let (word, second) = word.overflowing_sub(borrow.into());
        borrow = first || second;
        word
    })
}

/// a · b mod m.
pub(super) fn multiply(a: &Number, b: &Number, m: &Number) -> Number {
    (0..384).rev().fold([0; 6], |sum, bit| {
        let twice = add(&sum, &sum, m);
        if b[bit / 64] >> (bit % 64) & 1 == 1 { add(&twice, a, m) } else { twice }
    })
}

/// a · 2^bits mod m.
pub(super) fn shift(a: &Number, bits: u32, m: &Number) -> Number {
    (0..bits).fold(*a, |a, _| add(&a, &a, m))
}

/// The value of signed limbs mod m.
pub(super) fn value(limbs: &[i32; LIMBS], m: &Number) -> Number {
    limbs.iter().rev().fold([0; 6], |sum, limb| {
        let magnitude = [u64::from(limb.unsigned_abs()), 0, 0, 0, 0, 0];
        let term = if *limb < 0 { subtract(m, &magnitude) } else { magnitude };
        add(&shift(&sum, WIDTH, m), &term, m)
    })
}

/// Reproducible random numbers (splitmix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn bytes(&mut self) -> [u8; 48] {
        core::array::from_fn(|_| self.next() as u8)
    }
}

/// Limbs at and near the limits of a factor, `bound` · 2^27; numbers in which a carry ripples through the whole length; R mod p,
/// ± powers of 2^28, and 0, p − 1, p, p + 1, −p. With p times 1, every quotient of the reduction is 2^28 − 1.
pub(super) fn extreme_limbs(bound: i32) -> Vec<[i32; LIMBS]> {
    let limit = bound << 27;
    let top = (bound * 5 / 4) << 20;
    let p = [-1, 0x10, 0, -0x1000, -0x1_0000, 0, 0, 0, 0, 0, 0, 0, 0, 0x10_0000];
    let plus = |k: i32| core::array::from_fn(|i| if i == 0 { p[0] + k } else { p[i] });
    let mut all = std::vec![p, plus(1), plus(-1), p.map(|limb| -limb), [0; LIMBS]];
    all.push([0x100, -0x1000, 0, 0x10_0000, 0x100_0000, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for (first, others) in [(1 << 27, (1 << 27) - 1), ((-1 << 27) - 1, -1 << 27), (1 << 27, 0), (-1, 0)] {
        for top in [0, 1 << 19, -(1 << 19)] {
            all.push(core::array::from_fn(|i| [first, others, top][usize::from(i > 0) + usize::from(i == 13)]));
        }
    }
    for pattern in 0u32..64 {
        // Bits 0 and 1 choose the magnitude, bits 2 and 3 the period of the sign, bit 4 sparse limbs, and bit 5 the sign of
        // the last limb.
        let magnitude = [limit, limit - 1, (1 << 27) - 1, -(1 << 27)][pattern as usize % 4];
        let period = [1, 2, 7, 14][pattern as usize / 4 % 4];
        let sparse = pattern / 16 % 2 == 1;
        let top = if pattern / 32 == 1 { -top } else { top };
        all.push(core::array::from_fn(|i| match i {
            13 => top,
            _ if sparse && i % 7 != 3 => 0,
            _ if i / period % 2 == 0 => magnitude,
            _ => -magnitude,
        }));
    }
    for i in 0..LIMBS {
        all.push(core::array::from_fn(|j| i32::from(i == j)));
        all.push(core::array::from_fn(|j| -i32::from(i == j)));
    }
    all
}

/// Random limbs up to `bound` · 2^27.
pub(super) fn random_limbs(random: &mut Random, bound: i32) -> [i32; LIMBS] {
    core::array::from_fn(|i| {
        let limit = i64::from(bound) << if i == 13 { 20 } else { 27 };
        ((random.next() >> 1) as i64 % (2 * limit + 1) - limit) as i32
    })
}
