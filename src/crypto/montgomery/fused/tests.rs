//! The tests of the kernel on doubles.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::carry::Columns;
use super::digits::store;
use super::*;
use crate::crypto::montgomery::tests::{
    self,
    numbers::{Numbers, value},
};
use alloc::vec::Vec;
use num_bigint::BigInt;

impl Numbers for Fused {
    const DIGIT_BITS: usize = DIGIT_BITS as usize;
    const MAX_DIGIT: i64 = MAX_DIGIT;
    const SCALE: i64 = 2;

    fn digits(x: &Digits) -> Vec<i64> {
        x.map(|digit| digit as i64).to_vec()
    }

    fn from_digits(digit: impl Fn(usize) -> i64) -> Digits {
        core::array::from_fn(|i| digit(i) as f64)
    }
}

#[test]
fn matches_the_rsa_crate() {
    tests::matches_the_rsa_crate::<Fused>();
}

#[test]
fn multiplies_and_squares_extreme_digits() {
    tests::multiplies_and_squares_extreme_digits::<Fused>();
}

#[test]
fn multiplies_and_squares_random_numbers() {
    tests::multiplies_and_squares_random_numbers::<Fused>();
}

#[test]
fn verifies_powers_of_extreme_numbers() {
    tests::verifies_powers_of_extreme_numbers::<Fused>();
}

#[test]
fn computes_powers() {
    tests::computes_powers::<Fused>(1_000);
}

#[test]
fn accepts_either_residue() {
    tests::accepts_either_residue::<Fused>();
}

#[test]
fn rejects_every_altered_octet() {
    tests::rejects_every_altered_octet::<Fused>();
}

#[test]
fn rejects_wrong_lengths_and_signatures_not_below_n() {
    tests::rejects_wrong_lengths_and_signatures_not_below_n::<Fused>();
}

#[test]
fn compares_digits_with_rippling_carries() {
    tests::compares_digits_with_rippling_carries::<Fused>();
}

#[test]
fn prepares_only_odd_moduli_of_supported_sizes() {
    tests::prepares_only_odd_moduli_of_supported_sizes::<Fused>();
}

/// Multiplies and squares without reduction, with every digit at its bound, except for the topmost: a number less than N cannot
/// have such large digits in every position.
#[test]
fn multiplies_and_squares_digits_at_their_bound() {
    for tiles in [7, 11, 14] {
        let length = TILE * tiles;
        for signs in [[1, 1], [1, -1], [-1, -1]] {
            let digits =
                |largest, shift| Fused::from_digits(|i| largest * signs[(i + shift) % 2] * i64::from(i < length - 1));
            let (a, b) = (digits(MAX_DIGIT, 0), digits(MAX_DIGIT, 1));
            let (q, n) = (digits(MAX_DIGIT, 0), digits(B / 2, 1));
            let (residue, modulus) = (Fused::residue(&b, tiles), Fused::multiplier(&n, tiles));
            let product = Factors(&q[..length], &modulus);
            // The part of q n in the upper columns.
            let (q, n) = (Fused::digits(&q), Fused::digits(&n));
            let column = |k: usize| (k + 1 - length..length).map(|i| BigInt::from(q[i]) * n[k - i]).sum::<BigInt>();
            let upper = (length..2 * length - 1).rev().fold(BigInt::ZERO, |sum, k| (sum << DIGIT_BITS) + column(k));
            let assert_halves = |low: &Digits, high: &Digits, total: BigInt| {
                let halves = value::<Fused>(low) + ((value::<Fused>(high) - &upper) << (DIGIT_BITS as usize * length));
                assert_eq!(halves, total);
            };

            let mut low = ZERO;
            let factors = Factors(&a[..length], &residue);
            let hash = Factors(&a[..HASH_DIGITS], &residue);
            let carry = low_sum(&mut low[..length], factors, hash);
            let high = high_sum(length, [factors, hash, product], carry);
            let hash = Fused::from_digits(|i| if i < HASH_DIGITS { a[i] as i64 } else { 0 });
            let total = (value::<Fused>(&a) + value::<Fused>(&hash)) * value::<Fused>(&b) * 2;
            assert_halves(&low, &high, total);

            let (mut x, mut residue) = (b, residue);
            let carry = low_square(&mut low[..length], Factors(&x[..length], &residue));
            high_square(&mut x[..length], &mut residue, product, carry);
            assert_halves(&low, &x, value::<Fused>(&b) * value::<Fused>(&b));
        }
    }
}

#[test]
fn splits_products_exactly() {
    let split = Split::new();
    for a in [0, 1, 2, B / 2 - 1, B / 2, B / 2 + 1, MAX_DIGIT, -1, -B / 2, -MAX_DIGIT] {
        for b in [0, 1, 3, B - 1, B, 2 * MAX_DIGIT, -1, -B, -2 * MAX_DIGIT] {
            let [a2, b2] = [a, b].map(|x| f64x2_splat(x as f64));
            let (vectors, _) = Columns([Sums::expecting(1).add(a2, b2, split), Sums::expecting(0), Sums::expecting(0)])
                .digits(Carry::zero());
            let mut digits = [0.0; TILE];
            store(&mut digits, vectors);
            let sum = |unit: &BigInt| BigInt::from(a) * b * unit;
            // The product is in columns 0 and 1.
            let expected = sum(&BigInt::from(1)) + (sum(&BigInt::from(1)) << DIGIT_BITS);
            let found = digits.iter().rev().fold(BigInt::ZERO, |sum, digit| (sum << DIGIT_BITS) + *digit as i64);
            assert_eq!(found, expected, "{a} {b}");
        }
    }
}
