//! Converts between digits and big integers, and lists the hardest moduli and operands of a kernel.

use super::signer::{Random, padded};
use crate::crypto::montgomery::kernel::Kernel;
use alloc::{vec, vec::Vec};
use num_bigint::{BigInt, BigUint};

/// What the tests need to know about the digits of a kernel.
pub(in super::super) trait Numbers: Kernel {
    const DIGIT_BITS: usize;
    const MAX_DIGIT: i64;
    /// The factor by which `residue` scales a number.
    const SCALE: i64;

    fn digits(x: &Self::Digits) -> Vec<i64>;
    fn from_digits(digit: impl Fn(usize) -> i64) -> Self::Digits;

    /// D, the number of digits in `tiles` tiles.
    fn length(tiles: usize) -> usize {
        tiles * Self::TILE_BITS / Self::DIGIT_BITS
    }
}

/// The number that the digits represent.
pub(in super::super) fn value<K: Numbers>(x: &K::Digits) -> BigInt {
    K::digits(x).iter().rev().fold(BigInt::ZERO, |value, digit| (value << K::DIGIT_BITS) + digit)
}

/// The number whose digit i is `digit(i)` for i below `length`, and zero above.
fn pattern<K: Numbers>(length: usize, digit: impl Fn(usize) -> i64) -> K::Digits {
    K::from_digits(|i| if i < length { digit(i) } else { 0 })
}

pub(in super::super) fn random_modulus(random: &mut Random, length: usize) -> Vec<u8> {
    let mut n = random.bytes(length);
    n[0] |= 0x80;
    n[length - 1] |= 1;
    n
}

/// Odd moduli: all ones, just below 2^k, just above 2^(k-1), and with long runs of the digits ±B/2, of ones and of zeros.
pub(in super::super) fn extreme_moduli<K: Numbers>(length: usize) -> Vec<Vec<u8>> {
    let bits = 8 * length;
    let (top, half) = (BigInt::from(1) << bits, BigInt::from(1) << (bits - 1));
    let (digits, b) = (bits / K::DIGIT_BITS - 1, 1_i64 << (K::DIGIT_BITS - 1));
    let pattern = |digit: &dyn Fn(usize) -> i64| value::<K>(&pattern::<K>(digits, digit));
    let mut moduli = vec![&top - 1, &top - 3, &top - 65_537, &half + 1, &half + 3, &half + 65_537];
    for base in [&top - (&half >> 1), &half + (&half >> 1)] {
        moduli.push(&base + pattern(&|_| b));
        moduli.push(&base + pattern(&|_| -b));
        moduli.push(&base + pattern(&|i| if i % 2 == 0 { b } else { -b }));
        moduli.push(&base + pattern(&|i| if i % 2 == 0 { -b } else { b - 1 }));
        moduli.push(&base + pattern(&|i| if i % 16 < 8 { b } else { 1 - b }));
        moduli.push(&base + pattern(&|i| if i < digits / 2 { b } else { 0 }));
        moduli.push(&base + pattern(&|i| if i < digits / 2 { 0 } else { -b }));
        moduli.push(base);
    }
    moduli.iter().map(|n| padded((n | BigInt::from(1)).magnitude(), length)).collect()
}

/// Operands less than N in magnitude, with the largest digits that are possible.
pub(in super::super) fn extreme_operands<K: Numbers>(length: usize) -> Vec<K::Digits> {
    let (digits, m, b) = ((8 * length - 1) / K::DIGIT_BITS, K::MAX_DIGIT, 1 << (K::DIGIT_BITS - 1));
    let pattern = |digit: &dyn Fn(usize) -> i64| pattern::<K>(digits, digit);
    vec![
        K::from_be_bytes(&[1]),
        pattern(&|_| m),
        pattern(&|_| -m),
        pattern(&|i| if i % 2 == 0 { m } else { -m }),
        pattern(&|i| if i % 2 == 0 { -m } else { m }),
        pattern(&|i| if i % 4 < 2 { m } else { -m }),
        pattern(&|i| if i < digits / 2 { m } else { -m }),
        pattern(&|i| if i % 13 == 0 { m } else { 0 }),
        pattern(&|i| if i == digits - 1 { -m } else { 0 }),
        pattern(&|_| b),
        pattern(&|_| b - 1),
        pattern(&|_| -b),
    ]
}

/// An odd modulus and a number below it. About half of their digits are extreme, in runs.
pub(in super::super) fn random_extreme<K: Numbers>(random: &mut Random, length: usize) -> (Vec<u8>, BigUint) {
    let mut number = || {
        let b = 1_i64 << (K::DIGIT_BITS - 1);
        let mut left = 0;
        let mut kind = 0;
        let mut digits = Vec::new();
        for _ in 0..8 * length / K::DIGIT_BITS {
            if left == 0 {
                (left, kind) = (1 + random.below(24), random.below(8));
            }
            left -= 1;
            digits.push(match kind {
                0 => b,
                1 => -b,
                2 => b - 1,
                3 => [b, -b][left % 2],
                4 => 0,
                5 => [1, -1][random.below(2)],
                _ => (random.next() % (2 * b as u64)) as i64 - b,
            });
        }
        let number = value::<K>(&K::from_digits(|i| digits.get(i).copied().unwrap_or_default()));
        // Not negative, and as long as the modulus.
        let wrap = BigInt::from(1) << (8 * length);
        padded((((number % &wrap) + &wrap) % &wrap).magnitude(), length)
    };
    let (mut n, s) = (number(), number());
    n[0] |= 0x80;
    n[length - 1] |= 1;
    let s = BigUint::from_bytes_be(&s) % BigUint::from_bytes_be(&n);
    (n, s)
}
