//! RS256 with this project's own arithmetic, on prepared keys: RSASSA-PKCS1-v1_5 with SHA-256, for e = 65537 and moduli of 2048,
//! 3072 and 4096 bits.
//!
//! RFC 8017 §8.2.2 compares s^e mod N with the encoded message EM. Here neither is converted to Montgomery form. With R from
//! `kernel.rs`, sixteen Montgomery squarings and one product with the plain s give
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
//! `kernel` describes multiplication modulo N, and what the two kernels have to provide. `dots` runs wherever there are 128-bit
//! vectors. It multiplies digits of 13 bits as integers. `fused` needs relaxed SIMD. It multiplies digits of 51 bits as doubles,
//! and takes less than two thirds of the time. A WebAssembly module contains one of the two kernels; a native build, which
//! only tests and fuzzes them, contains both.
#![allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "arithmetic on fixed-length arrays; this file checks every length and number that comes from outside"
)]

#[cfg(not(target_feature = "relaxed-simd"))]
mod dots;
#[cfg(any(target_feature = "relaxed-simd", not(target_arch = "wasm32")))]
mod fused;
mod kernel;

use super::rs256::DIGEST_INFO;
use alloc::boxed::Box;
use kernel::{Kernel, Modulus};

#[cfg(any(fuzzing, internals))]
pub(crate) use {dots::Dots, fused::Fused};

/// The kernel of this build.
#[cfg(all(target_arch = "wasm32", not(target_feature = "relaxed-simd")))]
pub(crate) type Selected = dots::Dots;
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
pub(crate) type Selected = fused::Fused;

/// The public exponent of nearly every RSA key, and the only one supported here.
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "on other targets only the tests use it"))]
pub(crate) const EXPONENT: u32 = (1 << SQUARINGS) + 1;

const SQUARINGS: usize = 16;

/// The length of the longest modulus in octets.
const MAX_LENGTH: usize = 512;

/// An RSA modulus and the values that all verifications with it share. Preparing them costs a little more than one verification.
#[derive(Debug)]
pub(crate) struct PreparedModulus<K: Kernel> {
    bytes: Box<[u8]>,
    modulus: Modulus<K>,
    /// -C R mod N
    hash_factor: K::Multiplier,
    /// F C mod N
    frame: K::Digits,
}

impl<K: Kernel> PreparedModulus<K> {
    /// Returns `None` unless the modulus is odd and has exactly 2048, 3072 or 4096 bits, and the engine supports the kernel; the
    /// `rsa` crate handles all other cases.
    pub(crate) fn new(n: &[u8]) -> Option<Self> {
        if !matches!(n.len(), 256 | 384 | 512) || n.first()? < &0x80 || n.last()? % 2 == 0 || !K::is_supported() {
            return None;
        }
        let modulus = Modulus::<K>::new(n);
        let mut work = K::workspace();
        // 1^(2^16) R^-(2^16-1) = C R
        let mut power = K::from_be_bytes(&[1]);
        let factor = square_repeatedly(&modulus, &mut power, &mut work);
        let hash_factor = K::residue(&K::negate(&power), modulus.tiles);
        let frame = K::from_be_bytes(&frame(n.len())[MAX_LENGTH - n.len()..]);
        let no_hash = K::from_be_bytes(&[]);
        let frame = K::multiply(&modulus, (&frame, &factor), (&no_hash, &factor), &mut work);
        Some(Self { bytes: n.into(), modulus, hash_factor, frame })
    }

    /// Whether `signature` is valid for a hash (RFC 8017 §8.2.2), with e = 65537.
    #[inline(never)]
    pub(crate) fn verify(&self, hash: &[u8; 32], signature: &[u8]) -> bool {
        // Steps 1 and 2b: the signature has the length of the modulus and is less than it.
        if signature.len() != self.bytes.len() || signature >= &*self.bytes {
            return false;
        }
        let y = self.power(hash, signature);
        // Both y and F C are below 0.52 N in magnitude, so if they are congruent, they differ by 0, N or -N.
        [0, 1, -1].into_iter().any(|m| K::is_expected(&self.modulus, m, &y, &self.frame))
    }

    /// y, for a hash H and a signature s < N.
    fn power(&self, hash: &[u8; 32], signature: &[u8]) -> K::Digits {
        let s = K::from_be_bytes(signature);
        let hash = K::from_be_bytes(hash);
        let mut work = K::workspace();
        let mut power = s.clone();
        let residue = square_repeatedly(&self.modulus, &mut power, &mut work);
        K::multiply(&self.modulus, (&s, &residue), (&hash, &self.hash_factor), &mut work)
    }
}

/// Replaces x by x^(2^16) R^-(2^16-1) mod N; returns the `residue` of the new x.
fn square_repeatedly<K: Kernel>(modulus: &Modulus<K>, x: &mut K::Digits, work: &mut K::Workspace) -> K::Multiplier {
    let mut residue = K::residue(x, modulus.tiles);
    for _ in 0..SQUARINGS {
        K::square(modulus, x, &mut residue, work);
    }
    residue
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
