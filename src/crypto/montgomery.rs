//! RS256 in 128-bit vectors, on prepared keys: RSASSA-PKCS1-v1_5 with SHA-256, for e = 65537 and moduli of 2048, 3072 and
//! 4096 bits.
//!
//! RFC 8017 §8.2.2 compares s^e mod N with the encoded message EM. Here neither is converted to Montgomery form. With R from
//! `reduction.rs`, sixteen Montgomery squarings and one product with the plain s give
//!
//! s^e R^-(e-1) mod N.
//!
//! EM needs the same factor C = R^-(e-1), which depends only on the key. EM = F + H, where H is the hash in the last 32 octets.
//! So F C mod N is prepared once per key, and H C is subtracted before the last reduction, as H (C R):
//!
//! y = (s s^(e-1) R^-(e-2) - H C R) / R mod N.
//!
//! s^e = EM mod N if and only if y - F C is a multiple of N, because R is coprime to the odd N. Congruence means equality here,
//! because s^e mod N and EM are both less than N.
//!
//! All inputs are public, so the running time may depend on them.
//!
//! `digits` splits numbers into digits, `kernel` multiplies, `carry` turns the column sums of a product into digits, and
//! `reduction` multiplies modulo N.
#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "arithmetic on fixed-length arrays; this file checks every length and number that comes from outside"
)]

mod carry;
mod digits;
mod kernel;
mod lanes;
mod reduction;

use super::rs256::DIGEST_INFO;
use alloc::boxed::Box;
use carry::{B, DIGIT_BITS};
use digits::{Digits, MAX_DIGIT, Multiplier, from_be_bytes, load, negate, one};
use kernel::Product;
use lanes::{i16x8_add, i16x8_mul, i16x8_shr, i16x8_shuffle, i16x8_splat, i16x8_sub, v128_any_true};
use reduction::{Modulus, Workspace};

/// The public exponent of nearly every RSA key, and the only one supported here.
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "on other targets only the tests use it"))]
pub(crate) const EXPONENT: u32 = (1 << SQUARINGS) + 1;

const SQUARINGS: usize = 16;

/// Groups of a hash: 256 bits are 20 digits, padded to whole tiles of two groups.
const HASH_GROUPS: usize = 4;

/// The length of the longest modulus in octets.
const MAX_LENGTH: usize = 512;

/// An RSA modulus and the values that all verifications with it share. Preparing them costs a little more than one verification.
#[derive(Debug)]
pub(crate) struct PreparedModulus {
    bytes: Box<[u8]>,
    modulus: Modulus,
    /// -C R mod N
    hash_factor: Multiplier,
    /// F C mod N
    frame: Digits,
}

impl PreparedModulus {
    /// Returns `None` unless the modulus is odd and has exactly 2048, 3072 or 4096 bits; the `rsa` crate handles all others.
    pub(crate) fn new(n: &[u8]) -> Option<Self> {
        // The number of groups, D / 8, where D is the least multiple of 16 with B^D > 2^8 N.
        let groups = match n.len() {
            256 => 20,
            384 => 30,
            512 => 40,
            _ => return None,
        };
        if n.first()? < &0x80 || n.last()? % 2 == 0 {
            return None;
        }
        let modulus = Modulus::new(n, groups);
        let mut work = Workspace::new();
        // 1^(2^16) R^-(2^16-1) = C R
        let mut power = one();
        let factor = square_repeatedly(&modulus, &mut power, &mut work);
        let hash_factor = Multiplier::new(&negate(&power)[..groups]);
        let frame = from_be_bytes(&frame(n.len())[MAX_LENGTH - n.len()..]);
        let frame = modulus.multiply(Product(&frame[..groups], &factor), Product(&[], &factor), &mut work);
        Some(Self { bytes: n.into(), modulus, hash_factor, frame })
    }

    /// Whether `signature` is valid for a hash (RFC 8017 §8.2.2), with e = 65537.
    #[inline(never)]
    pub(crate) fn verify(&self, hash: &[u8; 32], signature: &[u8]) -> bool {
        // Steps 1 and 2b: the signature has the length of the modulus and is less than it.
        if signature.len() != self.bytes.len() || signature >= &*self.bytes {
            return false;
        }
        let s = from_be_bytes(signature);
        let hash = from_be_bytes(hash);
        let hash = Product(&hash[..HASH_GROUPS], &self.hash_factor);
        let mut work = Workspace::new();
        let mut power = s;
        let multiplier = square_repeatedly(&self.modulus, &mut power, &mut work);
        let product = Product(&s[..self.modulus.groups], &multiplier);
        let y = self.modulus.multiply(product, hash, &mut work);
        // Both y and F C are below 0.52 N in magnitude, so if they are congruent, they differ by 0, N or -N.
        [0, 1, -1].into_iter().any(|m| self.is_expected(m, &y))
    }

    /// Whether y - F C = m N, digit by digit. With v = y - F C - m N, one rounded carry c_k = floor((v_k + B/2) / B) per digit
    /// leaves |v_k - B c_k + c_k-1| < B. If v = 0, the lowest of these digits is divisible by B and therefore 0; then so is the
    /// next, and so on up to the last carry.
    #[inline(never)]
    fn is_expected(&self, m: i16, y: &Digits) -> bool {
        const _: () = assert!(2 * MAX_DIGIT + B / 2 + B / 2 < i16::MAX as i32);
        let operands = y.iter().zip(self.frame.iter().zip(&self.modulus.digits));
        let mut previous = i16x8_splat(0);
        for (y, (frame, n)) in operands.take(self.modulus.groups) {
            let multiple = i16x8_mul(load(n), i16x8_splat(m));
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

/// Replaces x by x^(2^16) R^-(2^16-1) mod N; returns the new x as a multiplier.
fn square_repeatedly(modulus: &Modulus, x: &mut Digits, work: &mut Workspace) -> Multiplier {
    let mut multiplier = Multiplier::new(&x[..modulus.groups]);
    for _ in 0..SQUARINGS {
        modulus.square(x, &mut multiplier, work);
    }
    multiplier
}

/// F in the last `length` octets: 00 01 FF … FF 00 DigestInfo (RFC 8017 §9.2), then zeros instead of the hash.
fn frame(length: usize) -> [u8; MAX_LENGTH] {
    const HASH: usize = MAX_LENGTH - 32;
    const DIGEST: usize = HASH - DIGEST_INFO.len();
    let mut frame = [0xff; MAX_LENGTH];
    let start = MAX_LENGTH - length;
    frame[start] = 0x00;
    frame[start + 1] = 0x01;
    frame[DIGEST - 1] = 0x00;
    frame[DIGEST..HASH].copy_from_slice(&DIGEST_INFO);
    frame[HASH..].fill(0x00);
    frame
}

#[cfg(test)]
mod tests;
