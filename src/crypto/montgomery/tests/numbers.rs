//! Converts between digits and big integers, and lists the hardest moduli and operands.

use super::super::digits::{Digits, MAX_DIGIT, one};
use super::signer::{Random, padded};
use alloc::{vec, vec::Vec};
use num_bigint::BigInt;

/// The number that the digits represent.
pub(super) fn value(digits: &[[i32; 4]]) -> BigInt {
    let words = digits.iter().rev().flat_map(|&[w0, w2, w1, w3]| [w3, w2, w1, w0]);
    words.fold(BigInt::ZERO, |value, word| (((value << 13) + (word >> 16)) << 13) + (word << 16 >> 16))
}

pub(super) fn from_digits(digit: impl Fn(usize) -> i32) -> Digits {
    let word = |i| digit(i + 1) << 16 | digit(i) & 0xffff;
    core::array::from_fn(|group| [0, 2, 1, 3].map(|w| word(8 * group + 2 * w)))
}

pub(super) fn random_modulus(random: &mut Random, length: usize) -> Vec<u8> {
    let mut n = random.bytes(length);
    n[0] |= 0x80;
    n[length - 1] |= 1;
    n
}

/// Odd moduli: all ones, just below 2^k, just above 2^(k-1), and with long runs of the digits ±B/2, of ones and of zeros.
pub(super) fn extreme_moduli(length: usize) -> Vec<Vec<u8>> {
    let bits = 8 * length;
    let (top, half) = (BigInt::from(1) << bits, BigInt::from(1) << (bits - 1));
    let digits = bits / 13 - 1;
    let pattern = |f: &dyn Fn(usize) -> i32| value(&from_digits(|i| if i < digits { f(i) } else { 0 }));
    let mut moduli = vec![&top - 1, &top - 3, &top - 65_537, &half + 1, &half + 3, &half + 65_537];
    for base in [&top - (&half >> 1), &half + (&half >> 1)] {
        moduli.push(&base + pattern(&|_| 4096));
        moduli.push(&base + pattern(&|_| -4096));
        moduli.push(&base + pattern(&|i| if i % 2 == 0 { 4096 } else { -4096 }));
        moduli.push(&base + pattern(&|i| if i % 2 == 0 { -4096 } else { 4095 }));
        moduli.push(&base + pattern(&|i| if i % 16 < 8 { 4096 } else { -4095 }));
        moduli.push(&base + pattern(&|i| if i < digits / 2 { 4096 } else { 0 }));
        moduli.push(&base + pattern(&|i| if i < digits / 2 { 0 } else { -4096 }));
        moduli.push(base);
    }
    moduli.iter().map(|n| padded((n | BigInt::from(1)).magnitude(), length)).collect()
}

/// Operands less than N in magnitude, with the largest digits that are possible.
pub(super) fn extreme_operands(groups: usize) -> Vec<Digits> {
    let digits = 8 * groups - 13;
    let pattern = |f: &dyn Fn(usize) -> i32| from_digits(|i| if i < digits { f(i) } else { 0 });
    let m = MAX_DIGIT;
    vec![
        one(),
        pattern(&|_| m),
        pattern(&|_| -m),
        pattern(&|i| if i % 2 == 0 { m } else { -m }),
        pattern(&|i| if i % 2 == 0 { -m } else { m }),
        pattern(&|i| if i % 4 < 2 { m } else { -m }),
        pattern(&|i| if i < digits / 2 { m } else { -m }),
        pattern(&|i| if i % 13 == 0 { m } else { 0 }),
        pattern(&|i| if i == digits - 1 { -m } else { 0 }),
        pattern(&|_| 4096),
        pattern(&|_| 4095),
        pattern(&|_| -4096),
    ]
}
