//! Scalars: integers modulo the order n of P-384, and their signed comb digits.
//!
//! A verification needs two quotients, u₁ = z/s and u₂ = r/s (FIPS 186-5 §6.4.2). They take one inversion (8 % of a
//! verification) and Montgomery products with R = 2^392 (only 2 %). So the loops of these products are not unrolled.
#![allow(clippy::as_conversions, clippy::indexing_slicing, reason = "limb arithmetic: constant indices, masked casts")]

use super::comb::{HOT, Shape};
use super::inverse::{Modulus, inverse};
use super::limbs::{LIMBS, MASK, WIDTH, from_bytes, is_below};

/// An integer in 0 ≤ u < n; limbs in 0 ≤ limb < 2^28.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scalar(pub(super) [i32; LIMBS]);

/// The order n of the group (SP 800-186 §3.2.1.4), big-endian.
pub(super) const ORDER_BYTES: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0,
    0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];

const ORDER: Modulus = Modulus { limbs: from_bytes(&ORDER_BYTES), inverse: 0x770_23bb };

impl Scalar {
    /// Reads a big-endian number; returns `None` unless 1 ≤ number < n.
    pub(super) fn nonzero(bytes: &[u8; 48]) -> Option<Self> {
        (is_below(bytes, &ORDER_BYTES) && is_below(&[0; 48], bytes)).then(|| Self(from_bytes(bytes)))
    }

    /// (z/s, r/s) mod n. z is any 384-bit number (a digest).
    pub(super) fn quotients(z: &[u8; 48], r: &Self, s: &Self) -> (Self, Self) {
        /// R² mod n.
        const R_SQUARED: [i32; LIMBS] = [
            0x60e_3cb4, 0x35f_d093, 0x90e_b460, 0x73c_4e12, 0xff2_dbd2, 0x43a_6add, 0x2d1_64ee, 0x1cc_5bf0, 0x917_4aab,
            0x95d_40d4, 0xa28_2668, 0x3fb_05b7, 0xb39_bf21, 0xe_e012,
        ];
        // 1/s · R² / R = R/s. The Montgomery product accepts 1/s, which is below 21 n in magnitude.
        let inverse = montgomery(&inverse(&s.0, &ORDER), &R_SQUARED);
        (Self(montgomery(&from_bytes(z), &inverse)), Self(montgomery(&r.0, &inverse)))
    }

    /// The digits of ±u for a comb of the given shape, and whether they are those of −u.
    ///
    /// An odd u < 2^L is Σ d_i·2^i over L bits with every d_i = ±1. With d_i = 2w_i − 1, the w_i are the bits of
    /// (u + 2^L − 1)/2, which is u shifted right by one with bit L − 1 set. If u is even, n − u is odd.
    /// Digit c of the result consists of the bits w_c, w_(c + span), …, one for each tooth.
    pub(super) fn digits(&self, shape: &Shape) -> ([u8; Shape::MAX_SPAN], bool) {
        let even = self.0[0] & 1 == 0;
        let odd = if even { subtract(&ORDER.limbs, &self.0) } else { self.0 };
        let octets = halved(&odd);
        let mut digits = [0; Shape::MAX_SPAN];
        if *shape == HOT {
            transpose(&octets, &mut digits);
        } else {
            let mut bit = 0;
            for tooth in 0..shape.teeth {
                for digit in &mut digits[..shape.span()] {
                    *digit |= (octets[bit / 8] >> (bit % 8) & 1) << tooth;
                    bit += 1;
                }
            }
        }
        digits[shape.span() - 1] |= 1 << (shape.teeth - 1);
        (digits, even)
    }
}

/// A number shifted right by one, as little-endian octets.
fn halved(limbs: &[i32; LIMBS]) -> [u8; 56] {
    let mut octets = [0; 56];
    let mut bit = 0;
    // Two limbs are seven octets.
    for (seven, pair) in octets.chunks_exact_mut(7).zip(limbs.chunks_exact(2)).rev() {
        let bits = pair[0] as u64 | (pair[1] as u64) << WIDTH;
        seven.copy_from_slice(&(bits >> 1 | bit << (2 * WIDTH - 1)).to_le_bytes()[..7]);
        bit = bits & 1;
    }
    octets
}

/// The digits of [`HOT`]: eight teeth of six octets. Octet i of every tooth, a square of eight by eight bits, has digits 8i to
/// 8i + 7 in its columns, so it is transposed.
///
/// The transposition exchanges the two off-diagonal quarters of every square of 2 by 2 bits, then of 4 by 4, then of
/// 8 by 8 (Warren, "Hacker's Delight", §7-3). This takes 0.6 µs less per scalar than moving its 384 bits one by one.
fn transpose(octets: &[u8; 56], digits: &mut [u8; Shape::MAX_SPAN]) {
    const OCTETS: usize = HOT.span() / 8;
    for i in 0..OCTETS {
        let mut square = u64::from_le_bytes(core::array::from_fn(|tooth| octets[tooth * OCTETS + i]));
        for (distance, mask) in [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)] {
            let exchanged = (square ^ square >> distance) & mask;
            square ^= exchanged ^ exchanged << distance;
        }
        digits[8 * i..8 * i + 8].copy_from_slice(&square.to_le_bytes());
    }
}

/// a · b / R mod n in 0 ≤ result < n, for |a| ≤ 21 n and 0 ≤ b < n, limbs up to 2^28 in magnitude.
///
/// Takes one limb of a at a time: t ← (t + a_i·b + q·n) / 2^28, where q makes the division exact. Columns are not carried:
/// each is the sum of at most 28 products below 2^56 and one carry below 2^36, and so below 2^61.
/// The result of the loop lies in \[−21 n²/R, n + 21 n²/R), that is between −n/8 and 9n/8.
fn montgomery(a: &[i32; LIMBS], b: &[i32; LIMBS]) -> [i32; LIMBS] {
    debug_assert!(a[LIMBS - 1].abs() <= 21 << 20 && (0..=1 << 20).contains(&b[LIMBS - 1]));
    let mut t = [0i64; LIMBS]; // the last column is 0 until the carries
    for &ai in a {
        let ai = i64::from(ai);
        let first = t[0] + ai * i64::from(b[0]);
        let q = i64::from((first as i32).wrapping_mul(ORDER.inverse).wrapping_neg()) & MASK;
        let carry = (first + q * i64::from(ORDER.limbs[0])) >> WIDTH;
        for j in 1..LIMBS {
            t[j - 1] = t[j] + ai * i64::from(b[j]) + q * i64::from(ORDER.limbs[j]);
        }
        t[0] += carry;
    }
    let mut carry = 0;
    let result = core::array::from_fn(|i| {
        let sum = t[i] + carry;
        carry = sum >> WIDTH;
        (if i + 1 < LIMBS { sum & MASK } else { sum }) as i32
    });
    let reduced = subtract(&result, &ORDER.limbs);
    // The limits are −n/8 and 9n/8, in units of n/2^20.
    debug_assert!((-(1 << 17)..=9 << 17).contains(&result[LIMBS - 1]));
    if result[LIMBS - 1] < 0 {
        subtract(&result, &ORDER.limbs.map(|limb| -limb))
    } else if reduced[LIMBS - 1] < 0 {
        result
    } else {
        reduced
    }
}

/// a − b, carried into limbs 0 ≤ limb < 2^28 except the last, which carries the sign.
fn subtract(a: &[i32; LIMBS], b: &[i32; LIMBS]) -> [i32; LIMBS] {
    let mut carry = 0;
    core::array::from_fn(|i| {
        let sum = a[i] - b[i] + carry;
        carry = sum >> WIDTH;
        if i + 1 < LIMBS { sum & MASK as i32 } else { sum }
    })
}

#[cfg(test)]
mod tests {
    use super::super::comb::{COLD, EMBEDDED};
    use super::super::reference::{Number, Random, add, multiply, number, shift, subtract, value};
    use super::*;

    fn n() -> Number {
        number(&ORDER_BYTES)
    }

    /// n − k, big-endian.
    fn order_minus(k: u64) -> [u8; 48] {
        let words = subtract(&n(), &[k, 0, 0, 0, 0, 0]);
        core::array::from_fn(|i| (words[5 - i / 8] >> (56 - i % 8 * 8)) as u8)
    }

    fn small(k: u8) -> [u8; 48] {
        core::array::from_fn(|i| if i == 47 { k } else { 0 })
    }

    #[test]
    fn returns_quotients_of_r_and_z_by_s() {
        let mut random = Random(3);
        let mut cases = std::vec![small(1), small(2), small(255), order_minus(1), order_minus(2), [0x7f; 48]];
        cases.extend((0..60).map(|_| random.bytes()).filter(|bytes| Scalar::nonzero(bytes).is_some()));
        let numerators = [[0; 48], [0xff; 48], small(1), order_minus(1), order_minus(0), random.bytes()];
        for s_bytes in &cases {
            for r_bytes in cases.iter().rev().take(8) {
                for z in &numerators {
                    let (Some(r), Some(s)) = (Scalar::nonzero(r_bytes), Scalar::nonzero(s_bytes)) else { panic!() };
                    let (u1, u2) = Scalar::quotients(z, &r, &s);
                    let product = |u: &Scalar| multiply(&value(&u.0, &n()), &number(s_bytes), &n());
                    assert_eq!(product(&u1), add(&value(&from_bytes(z), &n()), &[0; 6], &n()));
                    assert_eq!(product(&u2), number(r_bytes));
                    for u in [u1, u2] {
                        assert!(u.0.iter().all(|limb| (0..1 << 28).contains(limb)));
                        assert!(is_below_order(&u));
                    }
                }
            }
        }
    }

    fn is_below_order(u: &Scalar) -> bool {
        subtract_limbs(&u.0, &ORDER.limbs)[LIMBS - 1] < 0
    }

    use super::subtract as subtract_limbs;

    #[test]
    fn rejects_scalars_outside_1_to_n_minus_1() {
        assert!(Scalar::nonzero(&[0; 48]).is_none() && Scalar::nonzero(&ORDER_BYTES).is_none());
        assert!(Scalar::nonzero(&[0xff; 48]).is_none());
        assert!(Scalar::nonzero(&small(1)).is_some() && Scalar::nonzero(&order_minus(1)).is_some());
    }

    /// For every shape, checks that Σ ±2^i over the digits is the scalar.
    #[test]
    fn returns_digits_that_sum_to_the_scalar() {
        let mut random = Random(4);
        let limits = [small(1), small(2), small(3), order_minus(1), order_minus(2), order_minus(3)];
        for bytes in limits.into_iter().chain((0..100).map(|_| random.bytes())) {
            let Some(u) = Scalar::nonzero(&bytes) else { continue };
            for shape in [COLD, EMBEDDED, HOT] {
                let (digits, negative) = u.digits(&shape);
                let mut sum = [0; 6];
                for i in (0..shape.teeth * shape.span()).rev() {
                    let plus = digits[i % shape.span()] >> (i / shape.span()) & 1 == 1;
                    let sign = if plus != negative { [1, 0, 0, 0, 0, 0] } else { subtract(&n(), &[1, 0, 0, 0, 0, 0]) };
                    sum = add(&shift(&sum, 1, &n()), &sign, &n());
                }
                assert_eq!(sum, number(&bytes));
            }
        }
        for shape in [COLD, EMBEDDED, HOT] {
            assert_eq!(Scalar([0; LIMBS]).digits(&shape).0.len(), Shape::MAX_SPAN);
        }
    }
}
