//! Compares the kernel with big integers, and whole verifications with the `rsa` crate. On targets other than wasm, the
//! vectors are emulated and every lane is checked, so a wrong bound panics.

#![allow(clippy::unwrap_used, reason = "tests")]

mod numbers;
mod signer;

use super::kernel::{MAX_SHORT_DIGIT, add_product, square};
use super::*;
use crate::crypto::montgomery::carry::{Carry, Columns};
use crate::crypto::montgomery::digits::{MAX_GROUPS, ZERO, carry};
use alloc::{vec, vec::Vec};
use num_bigint::{BigInt, BigUint, Sign};
use numbers::{extreme_moduli, extreme_operands, from_digits, random_modulus, value};
use signer::{Random, Signer, padded};

const LENGTHS: [usize; 3] = [256, 384, 512];

/// Compares (a b + h b) R^-1 and b^2 R^-1 with big integers; returns b^2 R^-1.
fn check(key: &PreparedModulus, a: &Digits, b: &Digits, h: Option<&Digits>) -> Digits {
    let n = BigInt::from_bytes_be(Sign::Plus, &key.bytes);
    let groups = key.modulus.groups;
    let mut work = Workspace::new();
    let multiplier = Multiplier::new(&b[..groups]);
    let assert_reduced = |result: &Digits, total: BigInt| {
        let r = value(&result[..groups]);
        assert!(&r * 100 < &n * 52 && &r * 100 > &n * -52, "size");
        assert_eq!(((r << (104 * groups)) - total) % &n, BigInt::ZERO);
    };
    let product = Product(&a[..groups], &multiplier);
    let hash_product = Product(h.map_or(&[], |h| &h[..HASH_GROUPS]), &multiplier);
    let product = key.modulus.multiply(product, hash_product, &mut work);
    let h = h.map_or(BigInt::ZERO, |h| value(&h[..HASH_GROUPS]));
    assert_reduced(&product, (value(a) + h) * value(b));
    let (mut square, mut multiplier) = (*b, multiplier);
    key.modulus.square(&mut square, &mut multiplier, &mut work);
    assert_reduced(&square, value(b) * value(b));
    square
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2) with the DigestInfo of its note 1.
fn encode(hash: &[u8; 32], length: usize) -> Vec<u8> {
    let digest_info = BigUint::parse_bytes(b"3031300d060960864801650304020105000420", 16).unwrap();
    let mut encoded = vec![0, 1];
    encoded.resize(length - 52, 0xff);
    encoded.push(0);
    encoded.extend(digest_info.to_bytes_be());
    encoded.extend(hash);
    encoded
}

fn rsa_crate_verifies(key: &rsa::PublicKey, hash: &[u8; 32], signature: &[u8]) -> bool {
    key.verify(rsa::Pkcs1v15Sign::new::<sha2::Sha256>(), hash, signature).is_ok()
}

/// Verifies random signatures, a quarter of them bad. The environment variable SIGNATURES sets roughly how many.
#[test]
fn matches_the_rsa_crate() {
    let count: usize = std::env::var("SIGNATURES").map_or(20_000, |text| text.parse().unwrap());
    let mut random = Random(4);
    let (mut tested, mut accepted) = (0, 0);
    for (length, keys, share) in [(256, 50, 12), (384, 25, 10), (512, 20, 8)] {
        // A multiple of 12, so every kind of bad signature occurs equally often.
        let signatures = (count * share / 1000).div_ceil(12) * 12;
        for _ in 0..keys {
            let signer = Signer::new(&mut random, length);
            let key = PreparedModulus::new(&signer.modulus()).unwrap();
            let n = rsa::BoxedUint::from_be_slice(&signer.modulus(), 8 * length as u32).unwrap();
            let oracle = rsa::PublicKey::new(n, 65_537_u32.into()).unwrap();
            for i in 0..signatures {
                let mut hash: [u8; 32] = random.bytes(32).try_into().unwrap();
                let mut encoded = encode(&hash, length);
                let bad = i % 4 == 0;
                if bad && i % 3 == 0 {
                    encoded[random.below(length - 2) + 1] ^= 1 << random.below(8);
                }
                let mut signature = signer.sign(&encoded);
                if bad && i % 3 == 1 {
                    signature[random.below(length)] ^= 1 << random.below(8);
                }
                if bad && i % 3 == 2 {
                    hash[random.below(32)] ^= 1 << random.below(8);
                }
                let verdict = key.verify(&hash, &signature);
                assert_eq!(verdict, rsa_crate_verifies(&oracle, &hash, &signature));
                assert_eq!(verdict, !bad);
                accepted += usize::from(verdict);
                tested += 1;
            }
        }
    }
    assert!(tested >= count);
    assert_eq!(accepted, tested * 3 / 4);
}

#[test]
fn multiplies_and_squares_extreme_digits() {
    for length in LENGTHS {
        for n in extreme_moduli(length) {
            let key = PreparedModulus::new(&n).unwrap();
            let operands = extreme_operands(key.modulus.groups);
            for (i, b) in operands.iter().enumerate() {
                let a = &operands[(5 * i + 1) % operands.len()];
                let mut x = check(&key, a, b, None);
                check(&key, b, a, Some(a));
                // As in a verification, each squaring reads the result of the previous one.
                for _ in 0..3 {
                    x = check(&key, &x, &x, None);
                }
            }
        }
    }
}

#[test]
fn multiplies_and_squares_random_numbers() {
    let mut random = Random(2);
    for length in LENGTHS {
        for _ in 0..20 {
            let n = random_modulus(&mut random, length);
            let key = PreparedModulus::new(&n).unwrap();
            assert_eq!(value(&key.modulus.digits), BigInt::from_bytes_be(Sign::Plus, &n));
            let mut less_than_n = || {
                let x = BigUint::from_bytes_be(&random.bytes(length)) % BigUint::from_bytes_be(&n);
                from_be_bytes(&padded(&x, length))
            };
            let (a, b) = (less_than_n(), less_than_n());
            let x = check(&key, &a, &b, None);
            check(&key, &x, &x, None);
            check(&key, &a, &b, Some(&from_be_bytes(&random.bytes(32))));
        }
    }
}

/// Multiplies and squares without reduction, with every digit at its bound. A number less than N cannot have such large digits
/// in every position.
#[test]
fn multiplies_and_squares_digits_at_their_bound() {
    for groups in [20, 30, 40] {
        for signs in [[1, 1], [1, -1], [-1, -1]] {
            let digits = |largest, shift| from_digits(|i| largest * signs[(i + shift) % 2] * i32::from(i < 8 * groups));
            let (a, b) = (digits(MAX_DIGIT, 0), digits(MAX_DIGIT, 1));
            let multiplier = Multiplier::new(&b[..groups]);
            let assert_product = |low: &Digits, high: &Digits, product: BigInt| {
                let computed = value(&low[..groups]) + (value(&high[..groups]) << (104 * groups));
                let modulus = BigInt::from(1) << (208 * groups);
                assert_eq!((computed - product) % modulus, BigInt::ZERO);
            };
            let tiles = groups / 2;
            let [mut low, mut high] = [ZERO; 2];
            let [mut total, mut sums] = [[Columns::UNSET; MAX_GROUPS]; 2];
            let full = Product(&a[..groups], &multiplier);
            let hash = Product(&a[..HASH_GROUPS], &multiplier);
            for (half, first) in [(0..tiles, 0), (tiles..groups, groups)] {
                add_product(&mut total[half.clone()], &[], first, groups, hash);
                add_product(&mut sums[half.clone()], &total[half], first, groups, full);
            }
            let below = carry(&sums[..tiles], &mut low, Carry::zero());
            carry(&sums[tiles..groups], &mut high, below);
            assert_product(&low, &high, (value(&a) + value(&a[..HASH_GROUPS])) * value(&b));

            square(&mut total[..groups], Product(&b[..groups], &multiplier));
            let (q, n) = (digits(MAX_SHORT_DIGIT, 0), digits(4096, 1));
            let multiplier = Multiplier::new(&n[..groups]);
            let full = Product(&q[..groups], &multiplier);
            for (half, first) in [(0..tiles, 0), (tiles..groups, groups)] {
                add_product(&mut sums[half.clone()], &total[half], first, groups, full);
            }
            let below = carry(&sums[..tiles], &mut low, Carry::zero());
            carry(&sums[tiles..groups], &mut high, below);
            assert_product(&low, &high, value(&b) * value(&b) + value(&q) * value(&n));
        }
    }
}

/// Checks y = s^65537 R^-65536 for numbers at the ends of the range.
#[test]
fn verifies_powers_of_extreme_numbers() {
    let mut random = Random(3);
    for length in LENGTHS {
        let mut moduli = extreme_moduli(length);
        moduli.truncate(10);
        moduli.push(random_modulus(&mut random, length));
        for n in moduli {
            let mut key = PreparedModulus::new(&n).unwrap();
            let groups = key.modulus.groups;
            let n = BigUint::from_bytes_be(&n);
            let unit = BigUint::from(1_u8);
            let random_residue = BigUint::from_bytes_be(&random.bytes(length)) % &n;
            for s in [BigUint::ZERO, unit.clone(), &n - &unit, &n >> 1, random_residue] {
                let power = padded(&s.modpow(&65_537_u32.into(), &n), length);
                // Makes s valid by replacing the frame with the upper part of s^e.
                let (top, hash) = power.split_at(length - 32);
                let mut hash: [u8; 32] = hash.try_into().unwrap();
                let frame = [top, &[0; 32]].concat();
                let mut work = Workspace::new();
                let factor = square_repeatedly(&key.modulus, &mut one(), &mut work);
                let frame = from_be_bytes(&frame);
                let (frame, empty) = (Product(&frame[..groups], &factor), Product(&[], &factor));
                key.frame = key.modulus.multiply(frame, empty, &mut work);
                assert!(key.verify(&hash, &padded(&s, length)));
                hash[random.below(32)] ^= 1;
                assert!(!key.verify(&hash, &padded(&s, length)));
            }
        }
    }
}

/// y and F C may have either sign, so they may differ by N. With random keys, they differ by N once in hundreds of cases.
#[test]
fn accepts_either_residue() {
    let mut random = Random(8);
    for length in LENGTHS {
        let signer = Signer::new(&mut random, length);
        let n = BigInt::from(signer.n.clone());
        let mut key = PreparedModulus::new(&signer.modulus()).unwrap();
        let hash: [u8; 32] = random.bytes(32).try_into().unwrap();
        let signature = signer.sign(&encode(&hash, length));
        let frame = value(&key.frame);
        for (multiple, expected) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let shifted: BigInt = &frame + &n * multiple;
            let digits = from_be_bytes(&shifted.magnitude().to_bytes_be());
            key.frame = match shifted.sign() {
                Sign::Minus => negate(&digits),
                _ => digits,
            };
            assert_eq!(key.verify(&hash, &signature), expected, "{multiple}");
        }
    }
}

/// Alters every octet of EM in turn and signs the result.
#[test]
fn rejects_every_altered_octet() {
    let mut random = Random(5);
    for length in LENGTHS {
        let signer = Signer::new(&mut random, length);
        let key = PreparedModulus::new(&signer.modulus()).unwrap();
        let hash: [u8; 32] = random.bytes(32).try_into().unwrap();
        let encoded = encode(&hash, length);
        assert!(key.verify(&hash, &signer.sign(&encoded)));
        for i in 0..length {
            let mut altered = encoded.clone();
            // The first octet stays small, so the number stays below N.
            altered[i] ^= if i == 0 { 1 } else { 1 << random.below(8) };
            assert!(!key.verify(&hash, &signer.sign(&altered)), "octet {i}");
        }
    }
}

#[test]
fn rejects_wrong_lengths_and_signatures_not_below_n() {
    let mut random = Random(6);
    for length in LENGTHS {
        let signer = Signer::new(&mut random, length);
        let n = signer.modulus();
        let key = PreparedModulus::new(&n).unwrap();
        let mut congruent = 0;
        while congruent < 3 {
            let hash: [u8; 32] = random.bytes(32).try_into().unwrap();
            let s = signer.sign(&encode(&hash, length));
            assert!(key.verify(&hash, &s));
            assert!(!key.verify(&hash, &[&[0], &s[..]].concat()));
            assert!(!key.verify(&hash, &[&s[..], &[0]].concat()));
            assert!(!key.verify(&hash, &s[1..]));
            assert!(!key.verify(&hash, &s[..length - 1]));
            assert!(!key.verify(&hash, &[]));
            // s + N is congruent to s. In about 1 case in 100, the sum still has the length of N.
            let larger = (BigUint::from_bytes_be(&s) + &signer.n).to_bytes_be();
            congruent += usize::from(larger.len() == length);
            assert!(!key.verify(&hash, &larger));
            assert!(!key.verify(&hash, &n));
            assert!(!key.verify(&hash, &vec![0xff; length]));
            assert!(!key.verify(&hash, &vec![0; length]));
        }
    }
}

/// Tests numbers that are zero although their digits are not. A carry through the whole length must not hide a zero,
/// and must not make another number look like zero.
#[test]
fn compares_digits_with_rippling_carries() {
    let mut random = Random(7);
    for length in LENGTHS {
        let n = random_modulus(&mut random, length);
        let mut key = PreparedModulus::new(&n).unwrap();
        let digits = 8 * key.modulus.groups;
        let n_digits = key.modulus.digits;
        let n_digit = |i: usize| {
            let word = n_digits[i / 8][[0, 2, 1, 3][i % 8 / 2]];
            word << (16 - 16 * (i % 2)) >> 16
        };
        for m in [0, 1, -1] {
            for (low, high) in [
                (0, 1),
                (0, digits - 1),
                (5, 7),
                (8, digits / 2),
                (digits - 2, digits - 1),
                // Without a final -1, the value is B^D.
                (0, digits),
            ] {
                for error in [0, 1, -1] {
                    // v = y - F C - m N with the digits B, B - 1, …, B - 1, -1. The value of these digits is zero.
                    let v = |i: usize| match i {
                        _ if i == low => 8192 + error,
                        _ if i > low && i < high => 8191,
                        _ if i == high => -1,
                        _ => 0,
                    };
                    let sum = |i: usize| {
                        if i < digits { v(i) + i32::from(m) * n_digit(i) } else { 0 }
                    };
                    let y = from_digits(|i| sum(i) / 2);
                    key.frame = from_digits(|i| sum(i) / 2 - sum(i));
                    assert_eq!(key.is_expected(m, &y), error == 0 && high < digits, "{m} {low} {high} {error}");
                }
            }
        }
    }
}

#[test]
fn prepares_only_odd_moduli_of_supported_sizes() {
    let prepares = |n: &[u8]| PreparedModulus::new(n).is_some();
    for length in LENGTHS {
        let mut n = vec![0xff; length];
        assert!(prepares(&n));
        n[0] = 0x80;
        assert!(prepares(&n));
        n[0] = 0x7f;
        assert!(!prepares(&n));
        n[0] = 0xff;
        n[length - 1] = 0xfe;
        assert!(!prepares(&n));
        assert!(!prepares(&vec![0xff; length + 1]));
        assert!(!prepares(&vec![0xff; length - 1]));
        assert!(!prepares(&[&[0], &vec![0xff; length][..]].concat()));
    }
    assert!(!prepares(&[]));
    assert!(!prepares(&[0xff; 1024]));
}
