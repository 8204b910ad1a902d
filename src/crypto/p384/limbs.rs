//! The number format of the P-384 code, except `fused.rs`: 14 signed limbs of 28 bits, value = Σ limb\[i\] · 2^(28·i).
//!
//! 14 · 28 = 392 bits leave 8 bits above a 384-bit number, so sums need no reduction. A limb in an `i32` leaves 3 bits,
//! so sums need no carry. The product of two limbs, and every sum of products that occurs, fits an `i64`. Field
//! elements, scalars and the state of the inversion all use these limbs, so nothing has to be converted.
#![allow(clippy::as_conversions, clippy::indexing_slicing, reason = "limb arithmetic: constant indices, masked casts")]

/// The number of limbs.
pub(super) const LIMBS: usize = 14;
/// The number of bits in a limb.
pub(super) const WIDTH: u32 = 28;
/// The mask for the bits of a limb.
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

/// Whether a < b, both big-endian. Compares octet by octet, because comparing the arrays compiles to 600 bytes of code.
#[inline(never)]
pub(super) fn is_below(a: &[u8; 48], b: &[u8; 48]) -> bool {
    a.iter().lt(b)
}

/// Carries sequentially into limbs in −2^27 ≤ limb < 2^27, except the last, which keeps the rest. This form of a
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

/// Half of a limb's range. Added before masking and subtracted afterwards, it makes the range symmetric.
pub(super) const HALF: i64 = 1 << (WIDTH - 1);

#[cfg(test)]
mod tests {
    use super::super::field::P_BYTES;
    use super::super::reference::{number, value};
    use super::*;

    #[test]
    fn converts_octets_to_limbs() {
        let modulus = number(&[0xff; 48]);
        for bit in 0..384 {
            let bytes = core::array::from_fn(|k| if k == 47 - bit / 8 { 1 << (bit % 8) } else { 0 });
            assert_eq!(from_bytes(&bytes), core::array::from_fn(|i| if i == bit / 28 { 1 << (bit % 28) } else { 0 }));
            assert_eq!(value(&from_bytes(&bytes), &modulus), number(&bytes));
        }
        let ones = core::array::from_fn(|i| if i < 13 { (1 << 28) - 1 } else { (1 << 20) - 1 });
        assert_eq!(from_bytes(&[0xff; 48]), ones);
    }

    /// The lowest limb is just out of range and all other limbs are at the edge of the range, so one carry changes them all.
    #[test]
    fn carries_through_the_whole_length() {
        let row = |first: i32, others: i32, last: i32| {
            core::array::from_fn(|i| [first, others, last][usize::from(i > 0) + usize::from(i == LIMBS - 1)])
        };
        let (low, high) = (-1 << 27, (1 << 27) - 1);
        assert_eq!(carried(&row(high + 1, high, 5)), row(low, low, 6));
        assert_eq!(carried(&row(low - 1, low, 5)), row(high, high, 4));
        // Numbers that are already carried do not change.
        for row in [row(high, high, 5), row(low, low, 5), row(high, low, -5), row(low, high, 0)] {
            assert_eq!(carried(&row), row);
        }
        // All 384 bits of 2^384 − 1 are ones. Carrying turns the limbs into those of 2^384 plus a lowest limb of −1.
        assert_eq!(carried(&from_bytes(&[0xff; 48])), row(-1, 0, 1 << 20));
    }

    #[test]
    fn compares_big_endian_numbers() {
        let next = |mut bytes: [u8; 48], k: u8| {
            bytes[47] = bytes[47].wrapping_add(k);
            bytes
        };
        assert!(is_below(&[0; 48], &next([0; 48], 1)) && !is_below(&[0; 48], &[0; 48]));
        assert!(is_below(&next(P_BYTES, 0xff), &P_BYTES) && !is_below(&P_BYTES, &P_BYTES));
        assert!(is_below(&P_BYTES, &[0xff; 48]) && !is_below(&[0xff; 48], &P_BYTES));
    }
}
