//! The one number format of the P-384 code: 14 signed limbs of 28 bits, value = Σ limb\[i\] · 2^(28·i).
//!
//! 14 · 28 = 392 bits leave 8 bits above a 384-bit number, so that sums need no reduction, and 3 bits above a limb in
//! an `i32`, so that sums need no carry. The product of two limbs and any sum of products that occurs fit an `i64`.
//! The same limbs hold field elements, scalars and the state of the inversion, which saves every conversion.
#![allow(clippy::as_conversions, clippy::indexing_slicing, reason = "limb arithmetic: constant indices, masked casts")]

/// The number of limbs.
pub(super) const LIMBS: usize = 14;
/// Bits in a limb.
pub(super) const WIDTH: u32 = 28;
/// The bits of a limb.
pub(super) const MASK: i64 = (1 << WIDTH) - 1;

/// Reads a big-endian number of 48 octets into limbs in 0 ≤ limb < 2^28.
#[inline(never)]
pub(super) const fn from_bytes(bytes: &[u8; 48]) -> [i32; LIMBS] {
    let mut limbs = [0; LIMBS];
    let (mut buffer, mut bits, mut limb) = (0u64, 0, 0);
    let mut octet = bytes.len();
    while octet > 0 {
        octet -= 1;
        buffer |= (bytes[octet] as u64) << bits;
        bits += 8;
        if bits >= WIDTH {
            limbs[limb] = (buffer & MASK as u64) as i32;
            limb += 1;
            buffer >>= WIDTH;
            bits -= WIDTH;
        }
    }
    limbs[limb] = buffer as i32; // 384 = 13 · 28 + 20 bits
    limbs
}

/// Whether a < b, both big-endian. A loop, because the comparison of arrays becomes 600 bytes of code.
#[inline(never)]
pub(super) fn is_below(a: &[u8; 48], b: &[u8; 48]) -> bool {
    a.iter().lt(b)
}

/// Carries sequentially into limbs in −2^27 ≤ limb < 2^27, except the last, which keeps what is left. This form of a
/// number is unique, so two carried numbers are equal exactly when their limbs are.
#[inline(never)]
pub(super) const fn carried(limbs: &[i32; LIMBS]) -> [i32; LIMBS] {
    let mut out = [0; LIMBS];
    let (mut carry, mut i) = (0, 0);
    while i < LIMBS - 1 {
        let sum = limbs[i] as i64 + carry + HALF;
        out[i] = ((sum & MASK) - HALF) as i32;
        carry = sum >> WIDTH;
        i += 1;
    }
    out[i] = (limbs[i] as i64 + carry) as i32;
    out
}

/// Half of a limb: added before a cut and subtracted after it, it makes the limb's range symmetric.
pub(super) const HALF: i64 = 1 << (WIDTH - 1);
