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
use super::lanes::{f64x2, f64x2_mul, f64x2_splat, v128};

/// The two factors of a product: the digits of the multiplicand, and the multiplier.
#[derive(Clone, Copy)]
pub(super) struct Factors<'a>(pub(super) &'a [f64], pub(super) &'a Multiplier);

impl<'a> Factors<'a> {
    /// The part of a product that reaches the six columns from `first` on: digits of the multiplicand, and the vectors whose first
    /// window belongs to the first of these digits. The multiplier has `length` digits.
    #[inline(always)]
    fn part(self, first: usize, length: usize) -> (&'a [f64], &'a [v128]) {
        let Factors(a, b) = self;
        let from = (first + 1).saturating_sub(length);
        let digits = a.get(from..a.len().min(first + TILE)).unwrap_or_default();
        (digits, b.above(first + 4 - from))
    }
}

/// Sets `digits` to the lowest digits of a product.
#[inline(never)]
pub(super) fn low_product(digits: &mut [f64], factors: Factors) {
    let (split, length) = (Split::new(), digits.len());
    let mut carry = Carry::zero();
    for (tile, digits) in digits.as_chunks_mut().0.iter_mut().enumerate() {
        let (a, b) = factors.part(TILE * tile, length);
        let sums = run(Columns::expecting([a.len(); 3]), a, b, split);
        let (vectors, above) = sums.digits(carry);
        store(digits, vectors);
        carry = above;
    }
}

/// Sets `digits` to the lowest digits of the sum of two products; returns the carry into the columns above.
#[inline(never)]
pub(super) fn low_sum(digits: &mut [f64], factors: [Factors; 2]) -> Carry {
    let (split, length) = (Split::new(), digits.len());
    let mut carry = Carry::zero();
    for (tile, digits) in digits.as_chunks_mut().0.iter_mut().enumerate() {
        let [(a, b), (c, d)] = factors.map(|factors| factors.part(TILE * tile, length));
        let sums = run(Columns::expecting([a.len() + c.len(); 3]), a, b, split);
        let (vectors, above) = run(sums, c, d, split).digits(carry);
        store(digits, vectors);
        carry = above;
    }
    carry
}

/// The upper digits, from `length` on, of the sum of three products, given the carry from the columns below.
#[inline(never)]
pub(super) fn high_sum(length: usize, factors: [Factors; 3], mut carry: Carry) -> Digits {
    let split = Split::new();
    let mut result = ZERO;
    for (tile, digits) in result[..length].as_chunks_mut().0.iter_mut().enumerate() {
        let [(a, b), (c, d), (e, f)] = factors.map(|factors| factors.part(length + TILE * tile, length));
        let sums = run(Columns::expecting([a.len() + c.len() + e.len(); 3]), a, b, split);
        let (vectors, above) = run(run(sums, c, d, split), e, f, split).digits(carry);
        store(digits, vectors);
        carry = above;
    }
    debug_assert!(carry.is_zero());
    result
}

/// Sets `digits` to the lowest digits of x^2, where x is given as multiplicand, and doubled as multiplier. Returns the carry into
/// the columns above.
#[inline(never)]
pub(super) fn low_square(digits: &mut [f64], x: Factors) -> Carry {
    let split = Split::new();
    let mut carry = Carry::zero();
    for (tile, digits) in digits.as_chunks_mut().0.iter_mut().enumerate() {
        let (vectors, above) = square(x, TILE * tile, None, split).digits(carry);
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
        let sums = square(Factors(x, doubled), length + first, Some(product), split);
        let (vectors, above) = sums.digits(carry);
        if let Some(digits) = x[first..].first_chunk_mut() {
            store(digits, vectors);
        }
        writer.push(doubled, double(vectors));
        carry = above;
    }
    writer.finish(doubled);
    debug_assert!(carry.is_zero());
}

/// The six columns of x^2 from `first` on, plus those of `product`. With h = `first` / 2, the digits x_i below h each meet only
/// digits above them, and count twice; the multiplier, which is 2x, sees to that. In the columns 2h … 2h+5 the terms of the digits
/// from h on are missing:
///
/// x_h · (½, 1) · (2x_h, 2x_h+1),   x_h · (2x_h+2, 2x_h+3) + x_h+1 · (½, 1) · (2x_h+1, 2x_h+2),   …
///
/// where x_i · ½ · 2x_i is the square, which counts once. The vectors of columns get one, two and three more products.
#[inline(always)]
fn square(x: Factors, first: usize, product: Option<Factors>, split: Split) -> Columns {
    let Factors(digits, doubled) = x;
    let (length, half) = (digits.len(), first / 2);
    let (a, b) = Factors(&digits[..half], doubled).part(first, length);
    let (c, d) = product.map_or((&[][..], &[][..]), |product| product.part(first, length));
    let count = a.len() + c.len();
    let sums = run(Columns::expecting([count + 1, count + 2, count + 3]), a, b, split);
    let sums = add_diagonal(sums, &digits[half..], doubled.above(half + 4), split);
    run(sums, c, d, split)
}

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

/// Adds the products of the digits `a` with `b`, whose first window belongs to the first digit.
///
/// The loop must stay as it is, one step per basic block. With two steps, V8 loads the vectors of both before it computes, and
/// spills registers: 13.2 µs instead of 11.6 µs for 2048 bits. Tiles of four and of eight columns take 12.6 µs and 20 µs.
#[inline(always)]
fn run(Columns([mut s0, mut s1, mut s2]): Columns, a: &[f64], b: &[v128], split: Split) -> Columns {
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
