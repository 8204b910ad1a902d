//! Numbers as balanced digits, each a double: x = Σ d_i B^i with integers |d_i| <= `MAX_DIGIT`. There are two forms, for the two
//! factors of a product: multiplicand and multiplier.

use crate::crypto::fused::vector::{f64x2, f64x2_add, f64x2_extract_lane, f64x2_splat, i64x2_shuffle, v128};

/// B = 2^51: the product of two digits has twice as many bits as the lower half of a fused multiply-add can hold exactly, and two
/// bits remain for balanced digits and for a doubled factor.
pub(super) const DIGIT_BITS: u32 = 51;
pub(super) const B: i64 = 1 << DIGIT_BITS;

/// The number of columns in a tile: three vectors of two. With more columns, V8 runs out of registers.
pub(super) const TILE: usize = 6;

/// The number of digits in the longest number: 14 tiles for 4096 bits.
pub(super) const MAX_DIGITS: usize = 84;

/// The largest magnitude of any digit, proved in `carry.rs`.
pub(super) const MAX_DIGIT: i64 = B / 2 + (1 << 8);

/// A number as the multiplicand of a product.
pub(super) type Digits = [f64; MAX_DIGITS];

pub(super) const ZERO: Digits = [0.0; MAX_DIGITS];

/// Six digits, two to a vector.
pub(super) type Vectors = [v128; 3];

/// Stores the digits of a tile.
#[inline(always)]
pub(super) fn store(digits: &mut [f64; TILE], [a, b, c]: Vectors) {
    *digits = [
        f64x2_extract_lane::<0>(a),
        f64x2_extract_lane::<1>(a),
        f64x2_extract_lane::<0>(b),
        f64x2_extract_lane::<1>(b),
        f64x2_extract_lane::<0>(c),
        f64x2_extract_lane::<1>(c),
    ];
    debug_assert!(digits.iter().all(|&digit| digit as i64 as f64 == digit && digit.abs() <= MAX_DIGIT as f64));
}

#[inline(always)]
fn load(&[a, b, c, d, e, f]: &[f64; TILE]) -> Vectors {
    [f64x2(a, b), f64x2(c, d), f64x2(e, f)]
}

/// Zeros below the digits in a multiplier: the lowest digit is the upper half of M_-1, and a tile begins five columns lower.
const BELOW: usize = 5;
/// Zeros above the digits: the topmost digit is the upper half of M_D-2, and a window begins up to five vectors higher.
const ABOVE: usize = 5;

/// A number as the multiplier of a product: each digit paired with the digit above it, M_m = (d_m, d_m+1). So a digit a_i of the
/// multiplicand, in both lanes, times M_m is all that a_i adds to the columns i + m and i + m + 1.
///
/// There is a vector for every m, so every vector is loaded whole. m descends from D + 3 to -5, because a run ascends in the
/// multiplicand and descends here: the three vectors for the columns k … k+5 and the digit a_i are the first, third and fifth of a
/// window that begins with M_k+4-i, and the window moves up by one vector per digit.
///
/// M_D-1 is zero, although its lower half should be the topmost digit. That digit is zero in every number modulo N, because N is less
/// than B^(D-1) / 2^35. It is not zero in N', but low products do not read M_D-1.
#[derive(Clone, Debug)]
pub(crate) struct Multiplier([v128; ABOVE + MAX_DIGITS - 1 + BELOW]);

impl Multiplier {
    pub(super) fn new(tiles: &[[f64; TILE]]) -> Self {
        Self::from_vectors(tiles.iter().map(load))
    }

    /// The multiplier of 2x. This is exact.
    pub(super) fn doubled(tiles: &[[f64; TILE]]) -> Self {
        Self::from_vectors(tiles.iter().map(|tile| double(load(tile))))
    }

    #[inline(always)]
    fn from_vectors(tiles: impl Iterator<Item = Vectors>) -> Self {
        let zero = f64x2_splat(0.0);
        let mut multiplier = Self([zero; _]);
        let mut writer = Writer::new();
        for tile in tiles {
            writer.push(&mut multiplier, tile);
        }
        multiplier
    }

    /// The vectors from M_m downward.
    #[inline(always)]
    pub(super) fn above(&self, m: usize) -> &[v128] {
        &self.0[MAX_DIGITS + ABOVE - 2 - m..]
    }
}

#[inline(always)]
pub(super) fn double([a, b, c]: Vectors) -> Vectors {
    [f64x2_add(a, a), f64x2_add(b, b), f64x2_add(c, c)]
}

/// Writes a multiplier, tile by tile, lowest first. Vectors above the last tile keep their values.
pub(super) struct Writer {
    /// The number of digits written so far.
    digits: usize,
    /// The vector with the topmost digit written so far.
    last: v128,
}

impl Writer {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self { digits: 0, last: f64x2_splat(0.0) }
    }

    /// Writes M_m for m = k-1 … k+4, for the digits k … k+5.
    #[inline(always)]
    pub(super) fn push(&mut self, multiplier: &mut Multiplier, [a, b, c]: Vectors) {
        let between = i64x2_shuffle::<1, 2>;
        let vectors = [c, between(b, c), b, between(a, b), a, between(self.last, a)];
        let start = MAX_DIGITS - 1 - self.digits;
        multiplier.0[start..start + TILE].copy_from_slice(&vectors);
        (self.digits, self.last) = (self.digits + TILE, c);
    }
}

/// The digits of a big-endian number of at most 512 octets, |d| <= B/2 + 1.
pub(super) fn from_be_bytes(bytes: &[u8]) -> Digits {
    /// The number of octets that hold all digits, plus those that are read beyond the topmost digit.
    const LENGTH: usize = MAX_DIGITS * DIGIT_BITS as usize / 8 + 8;
    let mut padded = [0; LENGTH];
    padded[LENGTH - bytes.len()..].copy_from_slice(bytes);
    let mut digits = ZERO;
    let mut carry = 0;
    // Digit i starts at bit 51i mod 8 of octet floor(51i / 8), counted from the end. With the bits below it in this octet, at
    // most seven, it has at most 58 bits, so eight octets contain it.
    for (i, digit) in digits.iter_mut().enumerate().take(8 * bytes.len() / DIGIT_BITS as usize + 1) {
        let bit = DIGIT_BITS as usize * i;
        let end = LENGTH - bit / 8;
        let octets = padded[..end].last_chunk().map_or(0, |octets| u64::from_be_bytes(*octets));
        let value = ((octets >> (bit % 8)) as i64 & (B - 1)) + carry;
        carry = (value + B / 2) >> DIGIT_BITS;
        *digit = (value - (carry << DIGIT_BITS)) as f64;
    }
    debug_assert_eq!(carry, 0);
    digits
}
