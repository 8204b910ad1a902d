//! Multiplies and squares, one tile of six columns at a time.
//!
//! Column k of A B is Σ a_i b_k-i. A tile (columns k … k+5) keeps its sums in six vectors and runs over the digits a_i: a step
//! broadcasts one digit, loads three vectors of B, and adds the two halves of six products. Then the tile's digits are complete;
//! sums are never stored.
//!
//! Where a product ends inside a tile, the run continues into the zeros beyond either end of B; separate code for the two triangles
//! would save 1 %. A square needs half the products.

use super::carry::{Carry, Columns, Split};
use super::digits::{Digits, Multiplier, TILE, Writer, ZERO, double, store};
use crate::crypto::fused::vector::{f64x2, f64x2_mul, f64x2_splat, v128};

/// The two factors of a product: the digits of the multiplicand, and the multiplier.
#[derive(Clone, Copy)]
pub(super) struct Factors<'a>(pub(super) &'a [f64], pub(super) &'a Multiplier);

/// The part of a product that reaches the columns of one tile: digits of the multiplicand, and the vectors whose first window
/// belongs to the first of these digits.
type Part<'a> = (&'a [f64], &'a [v128]);

impl<'a> Factors<'a> {
    /// The part that reaches the six columns from `first` on, below column D.
    #[inline(always)]
    fn lower(self, first: usize) -> Part<'a> {
        let Factors(a, b) = self;
        (a.get(..first + TILE).unwrap_or(a), b.above(first + 4))
    }

    /// The part that reaches the six columns from D + `first` on, where D is the `length` of the multiplier.
    #[inline(always)]
    fn upper(self, first: usize, length: usize) -> Part<'a> {
        let Factors(a, b) = self;
        (a.get(first + 1..).unwrap_or_default(), b.above(length + 3))
    }
}

/// Sets `digits` to the lowest digits of a product.
#[inline(never)]
pub(super) fn low_product(digits: &mut [f64], factors: Factors) {
    let (split, mut carry) = (Split::new(), Carry::zero());
    for (tile, digits) in digits.as_chunks_mut().0.iter_mut().enumerate() {
        let part = factors.lower(TILE * tile);
        let sums = run(Columns::expecting(part.0.len()), part, split);
        let (vectors, above) = sums.digits(carry);
        store(digits, vectors);
        carry = above;
    }
}

/// Sets `digits` to the lowest digits of the sum of two products; returns the carry into the columns above.
#[inline(never)]
pub(super) fn low_sum(digits: &mut [f64], a: Factors, b: Factors) -> Carry {
    let (split, mut carry) = (Split::new(), Carry::zero());
    for (tile, digits) in digits.as_chunks_mut().0.iter_mut().enumerate() {
        let (a, b) = (a.lower(TILE * tile), b.lower(TILE * tile));
        let sums = run(Columns::expecting(a.0.len() + b.0.len()), a, split);
        let (vectors, above) = run(sums, b, split).digits(carry);
        store(digits, vectors);
        carry = above;
    }
    carry
}

/// The upper digits, from D = `length` on, of the sum of three products, given the carry from the columns below.
#[inline(never)]
pub(super) fn high_sum(length: usize, [a, b, c]: [Factors; 3], mut carry: Carry) -> Digits {
    let split = Split::new();
    let mut result = ZERO;
    for (tile, digits) in result[..length].as_chunks_mut().0.iter_mut().enumerate() {
        let first = TILE * tile;
        let (a, b, c) = (a.upper(first, length), b.upper(first, length), c.upper(first, length));
        let sums = run(Columns::expecting(a.0.len() + b.0.len() + c.0.len()), a, split);
        let (vectors, above) = run(run(sums, b, split), c, split).digits(carry);
        store(digits, vectors);
        carry = above;
    }
    debug_assert!(carry.is_zero());
    result
}

/// Sets `digits` to the lowest digits of x^2, where x is given as multiplicand, and doubled as multiplier. Returns the carry into
/// the columns above.
///
/// In the six columns from 2h on, each digit x_i below h is multiplied only by digits above it, so these products count twice.
/// They do, because the multiplier is 2x. The digits from h on are left to `add_diagonal`.
#[inline(never)]
pub(super) fn low_square(digits: &mut [f64], x: Factors) -> Carry {
    let Factors(x, doubled) = x;
    let (split, mut carry) = (Split::new(), Carry::zero());
    for (tile, digits) in digits.as_chunks_mut().0.iter_mut().enumerate() {
        let first = TILE * tile;
        let (below, middle) = x.split_at(first / 2);
        let part = Factors(below, doubled).lower(first);
        let sums = run(Columns::expecting_square(part.0.len()), part, split);
        let sums = add_diagonal(sums, middle, doubled.above(first / 2 + 4), split);
        let (vectors, above) = sums.digits(carry);
        store(digits, vectors);
        carry = above;
    }
    carry
}

/// Replaces x, in both its forms, by the upper digits of x^2 plus `product`, given the carry from the columns below. This works in
/// place: the tile at column D + j reads the digits from j+1 on of the one form, and those from (D + j) / 2 on of the other.
#[inline(never)]
pub(super) fn high_square(x: &mut [f64], doubled: &mut Multiplier, product: Factors, mut carry: Carry) {
    let (split, length) = (Split::new(), x.len());
    let mut writer = Writer::new();
    for first in (0..length).step_by(TILE) {
        let (below, middle) = x.split_at((length + first) / 2);
        let part = Factors(below, doubled).upper(first, length);
        let product = product.upper(first, length);
        let sums = run(Columns::expecting_square(part.0.len() + product.0.len()), part, split);
        let sums = add_diagonal(sums, middle, doubled.above((length + first) / 2 + 4), split);
        let (vectors, above) = run(sums, product, split).digits(carry);
        if let Some(digits) = x[first..].first_chunk_mut() {
            store(digits, vectors);
        }
        writer.push(doubled, double(vectors));
        carry = above;
    }
    // See `Multiplier`.
    debug_assert!(carry.is_zero() && x.last() == Some(&0.0));
}

/// Adds the products of the digits from h on to the columns 2h … 2h+5 of a square:
///
/// x_h · (½, 1) · (2x_h, 2x_h+1),   x_h · (2x_h+2, 2x_h+3) + x_h+1 · (½, 1) · (2x_h+1, 2x_h+2),   …
///
/// where x_i · ½ · 2x_i is the square of x_i, which counts once. `x` begins with x_h, `doubled` with M_h+4.
#[inline(always)]
fn add_diagonal(sums: Columns, x: &[f64], doubled: &[v128], split: Split) -> Columns {
    let (&[x0, x1, x2, ..], &[b4, b3, b2, b1, b0, ..]) = (x, doubled) else {
        return sums;
    };
    let weights = f64x2(0.5, 1.0);
    let [x0, x1, x2] = [f64x2_splat(x0), f64x2_splat(x1), f64x2_splat(x2)];
    let Columns([s0, s1, s2]) = sums;
    Columns([
        s0.add(f64x2_mul(x0, weights), b0, split),
        s1.add(x0, b2, split).add(f64x2_mul(x1, weights), b1, split),
        s2.add(x0, b4, split).add(x1, b3, split).add(f64x2_mul(x2, weights), b2, split),
    ])
}

/// Adds one part of a product.
///
/// The loop must stay as it is, one step per basic block. With two steps per block, V8 loads the vectors of both before it
/// computes, and spills registers: 13.2 µs instead of 11.6 µs for 2048 bits. Tiles of four and of eight columns take 12.6 µs and
/// 20 µs.
#[inline(always)]
fn run(Columns([mut s0, mut s1, mut s2]): Columns, (a, b): Part, split: Split) -> Columns {
    debug_assert!(a.is_empty() || b.len() >= a.len() + 4, "a digit without a window");
    for (a, window) in a.iter().zip(b.windows(5)) {
        let &[b2, _, b1, _, b0] = window else {
            break;
        };
        let a = f64x2_splat(*a);
        s0 = s0.add(a, b0, split);
        s1 = s1.add(a, b1, split);
        s2 = s2.add(a, b2, split);
    }
    Columns([s0, s1, s2])
}
