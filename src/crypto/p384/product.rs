//! Multiplication and reduction modulo p, column by column, for one product or two at a time.
//!
//! *Multiplication* is one level of Karatsuba (Karatsuba and Ofman 1962) over halves of seven limbs: with B = 2^(28·7),
//! (a₀ + a₁B)(b₀ + b₁B) = a₀b₀ + ((a₀+a₁)(b₀+b₁) − a₀b₀ − a₁b₁)·B + a₁b₁·B². It takes 147 products of limbs instead of 196.
//!
//! *Reduction* is Montgomery's (Math. Comp. 44, 1985) with R = 2^392. Because p ≡ −1 mod 2^28, the factor −p⁻¹ mod 2^28
//! is 1, so q is the lowest limb itself. p has five terms: the term −1 clears the lowest limb, and the other four turn
//! the addition of q·p into four shifted additions.
//!
//! *Bounds.* A column is below 2^63 in magnitude, see [`PRODUCT_LIMIT`]. Karatsuba's intermediate sums may exceed that and
//! wrap, but the column is correct modulo 2^64.
//!
//! The columns are written out, because rustc does not unroll loops for wasm and rolled loops take twice as long.
#![allow(clippy::indexing_slicing, reason = "constant indices")]

use super::limbs::LIMBS;
use core::ops::{Add, Neg, Sub};

/// The largest product of a limb of one factor and a limb of the other.
///
/// A column of the product is a sum of at most 14 such terms, 14 · 25 · 2^54 < 0.69 · 2^63; the reduction adds less
/// than 2^50 to it: four terms below 2^48 and a carry below 2^35.
const PRODUCT_LIMIT: i64 = 25 << 54;

/// The largest magnitude of a limb of a factor: Karatsuba adds two limbs in an `i32`.
const FACTOR_LIMIT: i32 = 5 << 27;

/// The largest product of two values, each in units of p/2^20: 64 p². [`reduce`] relies on it.
const VALUE_LIMIT: i64 = 64 << 40;

/// An upper bound on the sum of all limbs below the last, in units of p/2^20. The last limb alone is roughly the
/// value in these units: thirteen limbs up to [`FACTOR_LIMIT`] add less than 5 · 2^27 · 2^(12·28) · 1.01 < 2.6 · 2^(13·28).
const BELOW_LAST: i64 = 3;

/// Whether two factors respect the limits above.
pub(super) fn check_factors(a: &[i32; LIMBS], b: &[i32; LIMBS]) -> bool {
    let largest = |limbs: &[i32; LIMBS]| limbs.iter().fold(0, |largest, limb| limb.abs().max(largest));
    let value = |limbs: &[i32; LIMBS]| i64::from(limbs[LIMBS - 1].abs()) + BELOW_LAST;
    largest(a).max(largest(b)) <= FACTOR_LIMIT
        && i64::from(largest(a)) * i64::from(largest(b)) <= PRODUCT_LIMIT
        && value(a) * value(b) <= VALUE_LIMIT
}

/// Whether these can be the limbs of a product: tight, with a value in (−p/4, 5p/4).
pub(super) fn check_product(limbs: &[i32; LIMBS]) -> bool {
    limbs.iter().all(|limb| (-1 << 27..1 << 27).contains(limb))
        && (-(1 << 18) - 1..=(5 << 18) + 1).contains(&limbs[LIMBS - 1])
}

/// A column of one product, or the same column of two products. Sums wrap modulo 2^64.
pub(super) trait Column: Copy + Add<Output = Self> + Sub<Output = Self> + Neg<Output = Self> {
    /// Prepares the column for [`Self::carry`]. Half a limb is added to a column that becomes a limb of the result, to round it.
    fn prepared(self, number: usize) -> Self;
    /// The column modulo 2^28.
    fn limb(self) -> Self;
    /// A prepared column divided by 2^28 and rounded down.
    fn carry(self) -> Self;
    /// The column times 2^BITS.
    fn times<const BITS: u32>(self) -> Self;
}

/// a · b / R mod p, from the limb products of the low halves, of the sums of the halves, and of the high halves. Each limb
/// of the result is in 0 ≤ limb < 2^28 and includes an offset of 2^27; see [`reduce`].
#[inline(always)]
pub(super) fn product<C: Column>(
    low: impl Fn(usize, usize) -> C,
    middle: impl Fn(usize, usize) -> C,
    high: impl Fn(usize, usize) -> C,
) -> [C; LIMBS] {
    reduce(join(columns(low), columns(middle), columns(high)))
}

/// a² / R mod p, from the same limb products.
#[inline(always)]
pub(super) fn square<C: Column>(
    low: impl Fn(usize, usize) -> C,
    middle: impl Fn(usize, usize) -> C,
    high: impl Fn(usize, usize) -> C,
) -> [C; LIMBS] {
    reduce(join(square_columns(low), square_columns(middle), square_columns(high)))
}

/// The columns of a product of seven limbs by seven: column k is Σ m(i, k−i).
#[inline(always)]
fn columns<C: Column>(m: impl Fn(usize, usize) -> C) -> [C; 13] {
    [
        m(0, 0),
        m(0, 1) + m(1, 0),
        m(0, 2) + m(1, 1) + m(2, 0),
        m(0, 3) + m(1, 2) + m(2, 1) + m(3, 0),
        m(0, 4) + m(1, 3) + m(2, 2) + m(3, 1) + m(4, 0),
        m(0, 5) + m(1, 4) + m(2, 3) + m(3, 2) + m(4, 1) + m(5, 0),
        m(0, 6) + m(1, 5) + m(2, 4) + m(3, 3) + m(4, 2) + m(5, 1) + m(6, 0),
        m(1, 6) + m(2, 5) + m(3, 4) + m(4, 3) + m(5, 2) + m(6, 1),
        m(2, 6) + m(3, 5) + m(4, 4) + m(5, 3) + m(6, 2),
        m(3, 6) + m(4, 5) + m(5, 4) + m(6, 3),
        m(4, 6) + m(5, 5) + m(6, 4),
        m(5, 6) + m(6, 5),
        m(6, 6),
    ]
}

/// The columns of a square: each mixed product is computed once and doubled.
#[inline(always)]
fn square_columns<C: Column>(m: impl Fn(usize, usize) -> C) -> [C; 13] {
    let twice = |column: C| column + column;
    [
        m(0, 0),
        twice(m(0, 1)),
        twice(m(0, 2)) + m(1, 1),
        twice(m(0, 3) + m(1, 2)),
        twice(m(0, 4) + m(1, 3)) + m(2, 2),
        twice(m(0, 5) + m(1, 4) + m(2, 3)),
        twice(m(0, 6) + m(1, 5) + m(2, 4)) + m(3, 3),
        twice(m(1, 6) + m(2, 5) + m(3, 4)),
        twice(m(2, 6) + m(3, 5)) + m(4, 4),
        twice(m(3, 6) + m(4, 5)),
        twice(m(4, 6)) + m(5, 5),
        twice(m(5, 6)),
        m(6, 6),
    ]
}

/// Joins the three products into the 27 columns of the whole.
#[inline(always)]
fn join<C: Column>(l: [C; 13], m: [C; 13], h: [C; 13]) -> [C; 27] {
    // The difference of column 7 + i of the low product and column i of the high one occurs twice, with opposite signs.
    let (s0, s1, s2, s3) = (l[7] - h[0], l[8] - h[1], l[9] - h[2], l[10] - h[3]);
    let (s4, s5, s6) = (l[11] - h[4], l[12] - h[5], -h[6]);
    [
        l[0].prepared(0),
        l[1].prepared(1),
        l[2].prepared(2),
        l[3].prepared(3),
        l[4].prepared(4),
        l[5].prepared(5),
        l[6].prepared(6),
        (s0 + m[0] - l[0]).prepared(7),
        (s1 + m[1] - l[1]).prepared(8),
        (s2 + m[2] - l[2]).prepared(9),
        (s3 + m[3] - l[3]).prepared(10),
        (s4 + m[4] - l[4]).prepared(11),
        (s5 + m[5] - l[5]).prepared(12),
        (s6 + m[6] - l[6]).prepared(13),
        (m[7] - s0 - h[7]).prepared(14),
        (m[8] - s1 - h[8]).prepared(15),
        (m[9] - s2 - h[9]).prepared(16),
        (m[10] - s3 - h[10]).prepared(17),
        (m[11] - s4 - h[11]).prepared(18),
        (m[12] - s5 - h[12]).prepared(19),
        (-s6).prepared(20),
        h[7].prepared(21),
        h[8].prepared(22),
        h[9].prepared(23),
        h[10].prepared(24),
        h[11].prepared(25),
        h[12].prepared(26),
    ]
}

/// T / R mod p: clears the 14 lowest limbs and carries the rest.
///
/// q_i is column i mod 2^28 in 0 ≤ q_i < 2^28, so that 0 ≤ Q = Σ q_i·2^(28·i) < R and the result (T + Q·p)/R lies in
/// \[T/R, T/R + p). |T| ≤ 64 p² (see [`VALUE_LIMIT`]) makes |T/R| < p/4. The limbs are tight once half a limb is subtracted
/// from each.
#[inline(always)]
fn reduce<C: Column>(mut t: [C; 27]) -> [C; LIMBS] {
    clear(&mut t, 0);
    clear(&mut t, 1);
    clear(&mut t, 2);
    clear(&mut t, 3);
    clear(&mut t, 4);
    clear(&mut t, 5);
    clear(&mut t, 6);
    clear(&mut t, 7);
    clear(&mut t, 8);
    clear(&mut t, 9);
    clear(&mut t, 10);
    clear(&mut t, 11);
    clear(&mut t, 12);
    clear(&mut t, 13);
    let mut carry = t[14].carry();
    let mut cut = |i: usize| {
        let column = t[i] + carry;
        carry = column.carry();
        column.limb()
    };
    let l = [t[14].limb(), cut(15), cut(16), cut(17), cut(18), cut(19), cut(20)];
    let h = [cut(21), cut(22), cut(23), cut(24), cut(25), cut(26)];
    [l[0], l[1], l[2], l[3], l[4], l[5], l[6], h[0], h[1], h[2], h[3], h[4], h[5], carry.prepared(27)]
}

/// Adds q·p·2^(28·i) with q = column i mod 2^28, and carries the rest of column i to the next.
///
/// 2^32 = 2^(28+4), 2^96 = 2^(3·28+12), 2^128 = 2^(4·28+16), 2^384 = 2^(13·28+20).
#[inline(always)]
fn clear<C: Column>(t: &mut [C; 27], i: usize) {
    let q = t[i].limb();
    t[i + 1] = t[i + 1] + (t[i].carry() + q.times::<4>());
    t[i + 3] = t[i + 3] - q.times::<12>();
    t[i + 4] = t[i + 4] - q.times::<16>();
    t[i + 13] = t[i + 13] + q.times::<20>();
}
