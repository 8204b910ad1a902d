//! Numbers as balanced digits: x = Σ d_i B^i, where |d_i| is at most a little above B/2. There are two forms, for the
//! two factors of a product: multiplicand and multiplier.

use super::carry::{B, Carry, Columns};
use super::lanes::{
    i8x16_shuffle, i16x8_narrow_i32x4, i16x8_sub, i32x4, i32x4_extend_high_i16x8, i32x4_extend_low_i16x8,
    i32x4_extract_lane, i32x4_mul, i32x4_shl, i32x4_shr, i32x4_shuffle, i32x4_splat, u64x2, v128, v128_and,
    v128_bitselect,
};

/// Groups of eight digits in the longest number: 320 digits for 4096 bits.
pub(super) const MAX_GROUPS: usize = 40;

/// The number of groups in a tile. A tile has sixteen columns.
pub(super) const TILE: usize = 2;

/// The largest magnitude of any digit, proved in `product.rs`.
pub(super) const MAX_DIGIT: i32 = 4280;

/// A group: eight digits in four words. The low half of a word is the lower of its two digits. The words are stored in the order
/// 0, 2, 1, 3, in which `product::run` reads them.
pub(super) type Group = [i32; 4];

/// A number as the multiplicand of a product.
pub(super) type Digits = [Group; MAX_GROUPS];

pub(super) const ZERO: Digits = [[0; 4]; MAX_GROUPS];

pub(super) fn negate(digits: &Digits) -> Digits {
    let mut negated = *digits;
    for group in &mut negated {
        *group = store(i16x8_sub(i32x4_splat(0), load(group)));
    }
    negated
}

/// Unpacks the digits of a group, in order.
#[inline(always)]
pub(super) fn load(&[word0, word2, word1, word3]: &Group) -> v128 {
    let words = i32x4(word0, word2, word1, word3);
    i32x4_shuffle::<0, 2, 1, 3>(words, words)
}

/// Broadcasts each word of a group to all lanes of a vector; the vectors are in order.
#[inline(always)]
pub(super) fn splat(&[word0, word2, word1, word3]: &Group) -> [v128; 4] {
    [i32x4_splat(word0), i32x4_splat(word1), i32x4_splat(word2), i32x4_splat(word3)]
}

/// Packs eight digits into a group.
#[inline(always)]
pub(super) fn store(digits: v128) -> Group {
    let words = i32x4_shuffle::<0, 2, 1, 3>(digits, digits);
    let group = [
        i32x4_extract_lane::<0>(words),
        i32x4_extract_lane::<1>(words),
        i32x4_extract_lane::<2>(words),
        i32x4_extract_lane::<3>(words),
    ];
    debug_assert!(group.iter().all(|&word| {
        let (lower, upper) = (word << 16 >> 16, word >> 16);
        lower.abs() <= MAX_DIGIT && upper.abs() <= MAX_DIGIT
    }));
    group
}

/// Writes the digits of `columns`, given the carry from below; returns the carry into the columns above.
#[inline(never)]
pub(super) fn carry(columns: &[Columns], digits: &mut [Group], mut carry: Carry) -> Carry {
    for (columns, [lower, upper]) in columns.iter().zip(digits.as_chunks_mut().0) {
        let ([a, b, c, d], above) = columns.digits(carry);
        (*lower, *upper, carry) = (store(i16x8_narrow_i32x4(a, b)), store(i16x8_narrow_i32x4(c, d)), above);
    }
    carry
}

/// Two vectors of a multiplier, the upper one first.
pub(super) type Pair = [v128; 2];

/// The number of pairs for the longest number. Each group has two pairs, one of even and one of odd vectors. A tile also reads
/// groups of zeros beyond the ends: one below and three above.
const PAIRS: usize = 2 * (MAX_GROUPS + 4);

/// A number as the multiplier of a product: each digit paired with the digit below it. Word m is (d_m, d_m-1), so its dot
/// product with a word (a_i, a_i+1) of the multiplicand is a_i d_m + a_i+1 d_m-1. That is everything this word of the
/// multiplicand adds to column i + m.
///
/// Because i is even, four columns that start at a multiple of four need a vector that starts at m = 0 or m = 2 mod 4. Both kinds
/// are stored, so every vector is loaded aligned and whole: the even vectors E_j start at m = 4j, the odd ones O_j at
/// m = 4j - 2. The pairs (E_2g, E_2g-1) and (O_2g, O_2g-1) alternate, and g descends, because a run ascends in the multiplicand
/// and descends here.
#[derive(Clone, Debug)]
pub(crate) struct Multiplier([Pair; PAIRS]);

impl Multiplier {
    pub(super) fn new(digits: &[Group]) -> Self {
        let mut multiplier = Self([[i32x4_splat(0); 2]; PAIRS]);
        multiplier.assign(digits);
        multiplier
    }

    /// Sets the lowest digits. Higher digits keep their values, so a number may grow but must not become shorter.
    #[inline(never)]
    pub(super) fn assign(&mut self, digits: &[Group]) {
        let mut words = Words::zeros();
        let mut groups = self.groups_mut();
        for (digits, group) in digits.iter().zip(groups.by_ref()) {
            let digits = load(digits);
            words = words.push(group, i32x4_extend_low_i16x8(digits), i32x4_extend_high_i16x8(digits));
        }
        // The topmost digit d_m-1 is also part of word m, which lies in the group of zeros above.
        if let Some(group) = groups.next() {
            words.push(group, i32x4_splat(0), i32x4_splat(0));
        }
    }

    /// Does the same as the function `carry`, and also sets `self` to the digits.
    #[inline(never)]
    pub(super) fn carry(&mut self, columns: &[Columns], digits: &mut [Group], mut carry: Carry) -> Carry {
        let mut words = Words::zeros();
        let mut groups = self.groups_mut();
        for (columns, [lower, upper]) in columns.iter().zip(digits.as_chunks_mut().0) {
            let ([a, b, c, d], above) = columns.digits(carry);
            (*lower, *upper, carry) = (store(i16x8_narrow_i32x4(a, b)), store(i16x8_narrow_i32x4(c, d)), above);
            if let (Some(lower), Some(upper)) = (groups.next(), groups.next()) {
                words = words.push(lower, a, b).push(upper, c, d);
            }
        }
        if let Some(group) = groups.next() {
            words.push(group, i32x4_splat(0), i32x4_splat(0));
        }
        carry
    }

    /// The pairs of each group, lowest group first.
    #[inline(always)]
    fn groups_mut(&mut self) -> impl Iterator<Item = &mut [Pair; 2]> {
        self.0.as_chunks_mut().0.iter_mut().rev().skip(1)
    }

    /// The pairs from group g = `group` + 2 downward. With j = 2 `group`, they begin with
    /// (E_j+4, E_j+3), (O_j+4, O_j+3), (E_j+2, E_j+1), (O_j+2, O_j+1), (E_j, E_j-1), (O_j, O_j-1).
    #[inline(always)]
    pub(super) fn above(&self, group: usize) -> &[Pair] {
        &self.0[2 * (MAX_GROUPS - group)..]
    }
}

/// The topmost digits and words written to a multiplier so far.
#[derive(Clone, Copy)]
struct Words {
    digits: v128,
    even: [v128; 2],
}

impl Words {
    #[inline(always)]
    fn zeros() -> Self {
        let zero = i32x4_splat(0);
        Self { digits: zero, even: [zero, zero] }
    }

    /// Writes the pairs of the group with the digits `low` and `high`.
    #[inline(always)]
    fn push(self, [even_pair, odd_pair]: &mut [Pair; 2], low: v128, high: v128) -> Self {
        let [e0, e1] = self.even;
        let (e2, e3) = (words(low, self.digits), words(high, low));
        *even_pair = [e2, e1];
        *odd_pair = [i32x4_shuffle::<2, 3, 4, 5>(e1, e2), i32x4_shuffle::<2, 3, 4, 5>(e0, e1)];
        Self { digits: high, even: [e2, e3] }
    }
}

/// The words (d_m, d_m-1) of four digits d_m; the lowest d_m-1 is the last lane of `below`. Avoids shuffles of 16-bit
/// lanes: LLVM turns such shuffles into a shuffle for which V8 has no single instruction.
#[inline(always)]
fn words(digits: v128, below: v128) -> v128 {
    let below = i32x4_shuffle::<3, 4, 5, 6>(below, digits);
    v128_bitselect(digits, i32x4_shl(below, 16), i32x4_splat(0xffff))
}

/// The digits of a big-endian number of at most 512 octets, |d| <= B/2.
pub(super) fn from_be_bytes(bytes: &[u8]) -> Digits {
    /// Eight digits of 13 bits.
    const GROUP: usize = 13;
    // The topmost group has thirteen bytes, but sixteen are read for it.
    let mut padded = [0; 3 + MAX_GROUPS * GROUP];
    let mut end = padded.len();
    padded[end - bytes.len()..].copy_from_slice(bytes);
    let mut digits = ZERO;
    let mut carry = Carry::zero();
    let tiles = digits.as_chunks_mut().0.iter_mut();
    for [lower, upper] in tiles.take(bytes.len().div_ceil(2 * GROUP)) {
        let [a, b] = unpack(&padded[..end]);
        let [c, d] = unpack(&padded[..end - GROUP]);
        let ([a, b, c, d], above) = Columns::new([a, b, c, d]).digits(carry);
        (*lower, *upper, carry) = (store(i16x8_narrow_i32x4(a, b)), store(i16x8_narrow_i32x4(c, d)), above);
        end -= 2 * GROUP;
    }
    digits
}

/// The last eight 13-bit digits of big-endian bytes, 0 <= d < B: digit i starts at bit 13i mod 8 of byte floor(13i / 8), counted
/// from the end. That byte and the two above it are put into a lane, shifted left to a common position, and then right.
fn unpack(bytes: &[u8]) -> [v128; 2] {
    let zero = i32x4_splat(0);
    let Some((rest, lower)) = bytes.split_last_chunk() else {
        return [zero; 2];
    };
    let Some(upper) = rest.last_chunk() else {
        return [zero; 2];
    };
    let bytes = u64x2(u64::from_le_bytes(*upper), u64::from_le_bytes(*lower));
    let lanes = [
        i8x16_shuffle::<15, 14, 13, 16, 14, 13, 12, 16, 12, 11, 10, 16, 11, 10, 9, 16>(bytes, zero),
        i8x16_shuffle::<9, 8, 7, 16, 7, 6, 5, 16, 6, 5, 4, 16, 4, 3, 2, 16>(bytes, zero),
    ];
    // The factors are 2^(7 - (13i mod 8)). Three bytes shifted by up to seven bits do not reach the sign bit of the lane.
    let [low, high] = [i32x4(1 << 7, 1 << 2, 1 << 5, 1), i32x4(1 << 3, 1 << 6, 1 << 1, 1 << 4)];
    let digit = |lanes, shift| v128_and(i32x4_shr(i32x4_mul(lanes, shift), 7), i32x4_splat(B - 1));
    [digit(lanes[0], low), digit(lanes[1], high)]
}
