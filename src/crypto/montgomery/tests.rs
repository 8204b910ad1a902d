//! Compares a kernel with big integers, and whole verifications with the `rsa` crate. Each kernel has its own test
//! file, which calls these tests. On targets other than wasm, the vectors are emulated and the bounds are checked, so a wrong
//! bound panics.

#![allow(clippy::unwrap_used, reason = "tests")]

pub(super) mod numbers;
pub(super) mod signer;

use super::*;
use alloc::{vec, vec::Vec};
use num_bigint::{BigInt, BigUint, Sign};
use numbers::{Numbers, extreme_moduli, extreme_operands, random_extreme, random_modulus, value};
use signer::{Random, Signer, padded};

const LENGTHS: [usize; 3] = [256, 384, 512];

/// Compares c (a + h) b / R and b^2 / R with big integers, where c is the scale of the kernel; returns b^2 / R.
fn check<K: Numbers>(key: &PreparedModulus<K>, a: &K::Digits, b: &K::Digits, h: &K::Digits) -> K::Digits {
    let n = BigInt::from_bytes_be(Sign::Plus, &key.bytes);
    let tiles = key.modulus.tiles;
    let mut work = K::workspace();
    let mut residue = K::residue(b, tiles);
    let assert_reduced = |result: &K::Digits, total: BigInt| {
        let r = value::<K>(result);
        assert!(&r * 100 < &n * 52 && &r * 100 > &n * -52, "size");
        assert_eq!(((r << (K::TILE_BITS * tiles)) - total) % &n, BigInt::ZERO);
    };
    let product = K::multiply(&key.modulus, (a, &residue), (h, &residue), &mut work);
    assert_reduced(&product, (value::<K>(a) + value::<K>(h)) * value::<K>(b) * K::SCALE);
    let mut square = b.clone();
    K::square(&key.modulus, &mut square, &mut residue, &mut work);
    assert_reduced(&square, value::<K>(b) * value::<K>(b));
    // The square is also correct as a multiplier.
    let one = K::from_be_bytes(&[1]);
    let zero = K::from_be_bytes(&[]);
    let product = K::multiply(&key.modulus, (&one, &residue), (&zero, &residue), &mut work);
    assert_reduced(&product, value::<K>(&square) * K::SCALE);
    square
}

/// The lowest 256 bits of a number, as a hash.
fn hash_of<K: Numbers>(x: &K::Digits) -> K::Digits {
    let digits = K::digits(x);
    K::from_digits(|i| if i < 256 / K::DIGIT_BITS { digits[i] } else { 0 })
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
pub(super) fn matches_the_rsa_crate<K: Numbers>() {
    let count: usize = std::env::var("SIGNATURES").map_or(20_000, |text| text.parse().unwrap());
    let mut random = Random(4);
    let (mut tested, mut accepted) = (0, 0);
    for (length, keys, share) in [(256, 50, 12), (384, 25, 10), (512, 20, 8)] {
        // A multiple of 12, so every kind of bad signature occurs equally often.
        let signatures = (count * share / 1000).div_ceil(12) * 12;
        for _ in 0..keys {
            let signer = Signer::new(&mut random, length);
            let key = PreparedModulus::<K>::new(&signer.modulus()).unwrap();
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

pub(super) fn multiplies_and_squares_extreme_digits<K: Numbers>() {
    for length in LENGTHS {
        for n in extreme_moduli::<K>(length) {
            let key = PreparedModulus::<K>::new(&n).unwrap();
            let operands = extreme_operands::<K>(length);
            let zero = K::from_be_bytes(&[]);
            for (i, b) in operands.iter().enumerate() {
                let a = &operands[(5 * i + 1) % operands.len()];
                let mut x = check(&key, a, b, &zero);
                check(&key, b, a, &hash_of::<K>(a));
                // As in a verification, each squaring reads the result of the previous one.
                for _ in 0..3 {
                    x = check(&key, &x, &x, &zero);
                }
            }
        }
    }
}

pub(super) fn multiplies_and_squares_random_numbers<K: Numbers>() {
    let mut random = Random(2);
    for length in LENGTHS {
        for _ in 0..20 {
            let n = random_modulus(&mut random, length);
            let key = PreparedModulus::<K>::new(&n).unwrap();
            assert_eq!(value::<K>(&key.modulus.digits), BigInt::from_bytes_be(Sign::Plus, &n));
            let mut less_than_n = || {
                let x = BigUint::from_bytes_be(&random.bytes(length)) % BigUint::from_bytes_be(&n);
                K::from_be_bytes(&padded(&x, length))
            };
            let (a, b) = (less_than_n(), less_than_n());
            let x = check(&key, &a, &b, &K::from_be_bytes(&[]));
            check(&key, &x, &x, &K::from_be_bytes(&[]));
            check(&key, &a, &b, &K::from_be_bytes(&random.bytes(32)));
        }
    }
}

/// Checks y = s^65537 R^-65536 for numbers at the ends of the range.
pub(super) fn verifies_powers_of_extreme_numbers<K: Numbers>() {
    let mut random = Random(3);
    for length in LENGTHS {
        let mut moduli = extreme_moduli::<K>(length);
        moduli.truncate(10);
        moduli.push(random_modulus(&mut random, length));
        for n in moduli {
            let mut key = PreparedModulus::<K>::new(&n).unwrap();
            let n = BigUint::from_bytes_be(&n);
            let unit = BigUint::from(1_u8);
            let random_residue = BigUint::from_bytes_be(&random.bytes(length)) % &n;
            for s in [BigUint::ZERO, unit.clone(), &n - &unit, &n >> 1, random_residue] {
                let power = padded(&s.modpow(&65_537_u32.into(), &n), length);
                // Makes s valid by replacing the frame with the upper part of s^e.
                let (top, hash) = power.split_at(length - 32);
                let mut hash: [u8; 32] = hash.try_into().unwrap();
                let frame = [top, &[0; 32]].concat();
                let mut work = K::workspace();
                let factor = square_repeatedly(&key.modulus, &mut K::from_be_bytes(&[1]), &mut work);
                let (frame, zero) = (K::from_be_bytes(&frame), K::from_be_bytes(&[]));
                key.frame = K::multiply(&key.modulus, (&frame, &factor), (&zero, &factor), &mut work);
                assert!(key.verify(&hash, &padded(&s, length)));
                hash[random.below(32)] ^= 1;
                assert!(!key.verify(&hash, &padded(&s, length)));
            }
        }
    }
}

/// Compares y = c (s^65537 - H) R^-65536 with big integers, for moduli and numbers of extreme and of random digits.
pub(super) fn computes_powers<K: Numbers>(count: usize) {
    let mut random = Random(9);
    for length in LENGTHS {
        for i in 0..count {
            let (n, s) = if i % 4 == 0 {
                let n = random_modulus(&mut random, length);
                let s = BigUint::from_bytes_be(&random.bytes(length)) % BigUint::from_bytes_be(&n);
                (n, s)
            } else {
                random_extreme::<K>(&mut random, length)
            };
            let hash: [u8; 32] = match i % 3 {
                0 => [0; 32],
                1 => [0xff; 32],
                _ => random.bytes(32).try_into().unwrap(),
            };
            let key = PreparedModulus::<K>::new(&n).unwrap();
            let y = value::<K>(&key.power(&hash, &padded(&s, length)));
            let n = BigUint::from_bytes_be(&n);
            let r = BigUint::from(1_u8) << (K::TILE_BITS * key.modulus.tiles);
            let power = BigInt::from(s.modpow(&65_537_u32.into(), &n)) - BigInt::from(BigUint::from_bytes_be(&hash));
            let factor = BigInt::from(r.modpow(&65_536_u32.into(), &n));
            let n = BigInt::from(n);
            assert!(&y * 100 < &n * 52 && &y * 100 > &n * -52, "size");
            assert_eq!((y * factor - power * K::SCALE) % n, BigInt::ZERO, "{length} {i}");
        }
    }
}

/// y and F C may have either sign, so they may differ by N. With random keys, they differ by N once in hundreds of cases.
pub(super) fn accepts_either_residue<K: Numbers>() {
    let mut random = Random(8);
    for length in LENGTHS {
        let signer = Signer::new(&mut random, length);
        let n = BigInt::from(signer.n.clone());
        let mut key = PreparedModulus::<K>::new(&signer.modulus()).unwrap();
        let hash: [u8; 32] = random.bytes(32).try_into().unwrap();
        let signature = signer.sign(&encode(&hash, length));
        let frame = value::<K>(&key.frame);
        for (multiple, expected) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let shifted: BigInt = &frame + &n * multiple;
            let digits = K::from_be_bytes(&shifted.magnitude().to_bytes_be());
            key.frame = match shifted.sign() {
                Sign::Minus => K::negate(&digits),
                _ => digits,
            };
            assert_eq!(key.verify(&hash, &signature), expected, "{multiple}");
        }
    }
}

/// Alters every octet of EM in turn and signs the result.
pub(super) fn rejects_every_altered_octet<K: Numbers>() {
    let mut random = Random(5);
    for length in LENGTHS {
        let signer = Signer::new(&mut random, length);
        let key = PreparedModulus::<K>::new(&signer.modulus()).unwrap();
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

pub(super) fn rejects_wrong_lengths_and_signatures_not_below_n<K: Numbers>() {
    let mut random = Random(6);
    for length in LENGTHS {
        let signer = Signer::new(&mut random, length);
        let n = signer.modulus();
        let key = PreparedModulus::<K>::new(&n).unwrap();
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
pub(super) fn compares_digits_with_rippling_carries<K: Numbers>() {
    let mut random = Random(7);
    for length in LENGTHS {
        let n = random_modulus(&mut random, length);
        let mut key = PreparedModulus::<K>::new(&n).unwrap();
        let digits = K::length(key.modulus.tiles);
        let n_digits = K::digits(&key.modulus.digits);
        let b = 1 << K::DIGIT_BITS;
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
                    // The digits of v = y - F C - m N are B, B - 1, …, B - 1, -1. They represent zero.
                    let v = |i: usize| match i {
                        _ if i == low => b + error,
                        _ if i > low && i < high => b - 1,
                        _ if i == high => -1,
                        _ => 0,
                    };
                    let sum = |i: usize| {
                        if i < digits { v(i) + i64::from(m) * n_digits[i] } else { 0 }
                    };
                    let y = K::from_digits(|i| sum(i) / 2);
                    key.frame = K::from_digits(|i| sum(i) / 2 - sum(i));
                    assert_eq!(
                        K::is_expected(&key.modulus, m, &y, &key.frame),
                        error == 0 && high < digits,
                        "{m} {low} {high} {error}"
                    );
                }
            }
        }
    }
}

pub(super) fn prepares_only_odd_moduli_of_supported_sizes<K: Numbers>() {
    let prepares = |n: &[u8]| PreparedModulus::<K>::new(n).is_some();
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
