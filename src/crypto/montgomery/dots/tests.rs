//! The tests of the kernel on integers.

use super::product::MAX_SHORT_DIGIT;
use super::*;
use crate::crypto::montgomery::tests::{
    self,
    numbers::{Numbers, value},
};
use alloc::vec::Vec;
use num_bigint::BigInt;

impl Numbers for Dots {
    const DIGIT_BITS: usize = DIGIT_BITS as usize;
    const MAX_DIGIT: i64 = MAX_DIGIT as i64;
    const SCALE: i64 = 1;

    fn digits(x: &Digits) -> Vec<i64> {
        let words = x.iter().flat_map(|&[w0, w2, w1, w3]| [w0, w1, w2, w3]);
        words.flat_map(|word| [word << 16 >> 16, word >> 16].map(i64::from)).collect()
    }

    fn from_digits(digit: impl Fn(usize) -> i64) -> Digits {
        let word = |i| (digit(i + 1) << 16 | digit(i) & 0xffff) as i32;
        core::array::from_fn(|group| [0, 2, 1, 3].map(|w| word(8 * group + 2 * w)))
    }
}

#[test]
fn matches_the_rsa_crate() {
    tests::matches_the_rsa_crate::<Dots>();
}

#[test]
fn multiplies_and_squares_extreme_digits() {
    tests::multiplies_and_squares_extreme_digits::<Dots>();
}

#[test]
fn multiplies_and_squares_random_numbers() {
    tests::multiplies_and_squares_random_numbers::<Dots>();
}

#[test]
fn verifies_powers_of_extreme_numbers() {
    tests::verifies_powers_of_extreme_numbers::<Dots>();
}

#[test]
fn computes_powers() {
    tests::computes_powers::<Dots>(100);
}

#[test]
fn accepts_either_residue() {
    tests::accepts_either_residue::<Dots>();
}

#[test]
fn rejects_every_altered_octet() {
    tests::rejects_every_altered_octet::<Dots>();
}

#[test]
fn rejects_wrong_lengths_and_signatures_not_below_n() {
    tests::rejects_wrong_lengths_and_signatures_not_below_n::<Dots>();
}

#[test]
fn compares_digits_with_rippling_carries() {
    tests::compares_digits_with_rippling_carries::<Dots>();
}

#[test]
fn prepares_only_odd_moduli_of_supported_sizes() {
    tests::prepares_only_odd_moduli_of_supported_sizes::<Dots>();
}

/// Multiplies and squares without reduction, with every digit at its bound. A number less than N cannot have such large digits
/// in every position.
#[test]
fn multiplies_and_squares_digits_at_their_bound() {
    for groups in [20, 30, 40] {
        for signs in [[1, 1], [1, -1], [-1, -1]] {
            let digits = |largest, shift| {
                Dots::from_digits(|i| i64::from(largest * signs[(i + shift) % 2] * i32::from(i < 8 * groups)))
            };
            let (a, b) = (digits(MAX_DIGIT, 0), digits(MAX_DIGIT, 1));
            let mut hash_digits = ZERO;
            hash_digits[..HASH_GROUPS].copy_from_slice(&a[..HASH_GROUPS]);
            let multiplier = Multiplier::new(&b[..groups]);
            let assert_product = |low: &Digits, high: &Digits, product: BigInt| {
                let computed = value::<Dots>(low) + (value::<Dots>(high) << (104 * groups));
                let modulus = BigInt::from(1) << (208 * groups);
                assert_eq!((computed - product) % modulus, BigInt::ZERO);
            };
            let tiles = groups / 2;
            let [mut low, mut high] = [ZERO; 2];
            let [mut total, mut sums] = [[Columns::UNSET; MAX_GROUPS]; 2];
            let full = Factors(&a[..groups], &multiplier);
            let hash = Factors(&a[..HASH_GROUPS], &multiplier);
            for (half, first) in [(0..tiles, 0), (tiles..groups, groups)] {
                add_product(&mut total[half.clone()], &[], first, groups, hash);
                add_product(&mut sums[half.clone()], &total[half], first, groups, full);
            }
            let below = carry(&sums[..tiles], &mut low, Carry::zero());
            carry(&sums[tiles..groups], &mut high, below);
            assert_product(&low, &high, (value::<Dots>(&a) + value::<Dots>(&hash_digits)) * value::<Dots>(&b));

            square(&mut total[..groups], Factors(&b[..groups], &multiplier));
            let (q, n) = (digits(MAX_SHORT_DIGIT, 0), digits(4096, 1));
            let multiplier = Multiplier::new(&n[..groups]);
            let full = Factors(&q[..groups], &multiplier);
            for (half, first) in [(0..tiles, 0), (tiles..groups, groups)] {
                add_product(&mut sums[half.clone()], &total[half], first, groups, full);
            }
            let below = carry(&sums[..tiles], &mut low, Carry::zero());
            carry(&sums[tiles..groups], &mut high, below);
            assert_product(&low, &high, value::<Dots>(&b) * value::<Dots>(&b) + value::<Dots>(&q) * value::<Dots>(&n));
        }
    }
}
