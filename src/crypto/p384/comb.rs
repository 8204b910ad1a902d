//! Computes u₁·G + u₂·Q by two signed combs with shared doublings.
//!
//! The combs are those of Lim and Lee, "More flexible exponentiation with precomputation", CRYPTO '94, with the digits ±1
//! of Hamburg, "Fast and compact elliptic-curve cryptography", ePrint 2012/309. No digit is 0, so every step adds a table
//! entry. Half of each table consists of the negatives of the other half, so it is not stored.
//!
//! A scalar of L = `teeth` · `tables` · `spacing` signed bits is laid out in `teeth` rows of `span` = `tables` ·
//! `spacing` bits. Column c of the layout is a digit of `teeth` signs. The digits of columns j·`spacing` + i select
//! from table j, whose entries are Σ_k ±2^(k·span + j·spacing)·P. Columns of equal i are summed, with one doubling between
//! i and i − 1:
//!
//! u·P = Σ_i 2^i · Σ_j table_j\[digit(j·spacing + i)\].
//!
//! Combs can share doublings if their spacings are equal; their teeth and tables may differ.
#![allow(clippy::as_conversions, clippy::indexing_slicing, reason = "table positions are computed from the shape")]

use super::field::FieldElement;
use super::point::{Affine, Point};
use super::scalar::Scalar;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Debug;

/// The shape of a comb.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    /// The number of signs in a digit. A table has 2^(teeth−1) points.
    pub(super) teeth: usize,
    /// The number of tables, and of additions that share one doubling.
    pub(super) tables: usize,
    /// The number of doublings between neighbouring tables, and of rounds in an evaluation.
    pub(super) spacing: usize,
}

/// Five teeth and five tables, for the first uses of a key: 9 KB per key, cheap to build, 80 additions per scalar.
pub(super) const COLD: Shape = Shape { teeth: 5, tables: 5, spacing: 16 };

/// Four teeth and six tables, for the embedded tables of G: 5 KB, 96 additions per scalar, and the same spacing as [`COLD`]. The
/// tables are small because every user downloads them with the module, and they do not compress.
pub(super) const EMBEDDED: Shape = Shape { teeth: 4, tables: 6, spacing: 16 };

/// Eight teeth and six tables, for hot keys, and for G when it is combined with a hot key: 86 KB per point (98 KB for the
/// fused kernel), 48 additions per scalar.
pub(super) const HOT: Shape = Shape { teeth: 8, tables: 6, spacing: 8 };

impl Shape {
    /// The largest span of the shapes above.
    pub(super) const MAX_SPAN: usize = 96;

    /// The number of signed bits of a tooth, and of digits of a scalar.
    pub(super) const fn span(&self) -> usize {
        self.tables * self.spacing
    }

    /// The number of points in one table.
    pub(super) const fn entries(&self) -> usize {
        1 << (self.teeth - 1)
    }

    /// The number of points in all tables.
    pub(super) const fn points(&self) -> usize {
        self.tables * self.entries()
    }
}

// Scalars below 2^384 need at least 384 signed bits. COLD and EMBEDDED are evaluated together, so their spacings are equal.
const _: () = {
    let shapes = [COLD, EMBEDDED, HOT];
    let mut i = 0;
    while i < shapes.len() {
        assert!(shapes[i].teeth * shapes[i].span() >= 384 && shapes[i].span() <= Shape::MAX_SPAN);
        i += 1;
    }
    assert!(COLD.spacing == EMBEDDED.spacing);
    // `Scalar::digits` transposes squares of eight by eight bits.
    assert!(HOT.teeth == 8 && HOT.span() == 48);
};

/// The tables of one point: `shape.points()` entries, table after table.
pub(super) struct Comb<'a, Entry> {
    pub(super) shape: &'a Shape,
    pub(super) entries: &'a [Entry],
}

/// A running sum of table entries. The scalar kernel and that of `pair.rs` implement it.
pub(crate) trait Accumulator {
    /// A point in a table, in the form that the kernel reads.
    type Entry: Debug;
    /// Converts a point to an entry.
    fn entry(point: &Affine) -> Self::Entry;
    /// Starts a sum with one entry or its negative.
    fn start(entry: &Self::Entry, negative: bool) -> Self;
    fn double(&mut self);
    fn add(&mut self, entry: &Self::Entry, negative: bool);
    fn finish(&self) -> Point;
}

impl Accumulator for Point {
    type Entry = Affine;
    fn entry(point: &Affine) -> Affine {
        *point
    }
    fn start(entry: &Affine, negative: bool) -> Self {
        Self::from_affine(entry, negative)
    }
    fn double(&mut self) {
        Point::double(self);
    }
    fn add(&mut self, entry: &Affine, negative: bool) {
        Point::add(self, entry, negative);
    }
    fn finish(&self) -> Point {
        *self
    }
}

/// Computes Σ u·P over two combs of equal spacing. An exceptional addition leaves ZZ = 0; see [`super::point`].
#[inline(never)]
pub(super) fn evaluate<A: Accumulator>(terms: [(&Scalar, Comb<'_, A::Entry>); 2]) -> Point {
    let shapes = [terms[0].1.shape, terms[1].1.shape];
    debug_assert_eq!(shapes[0].spacing, shapes[1].spacing);
    let digits = [terms[0].0.digits(shapes[0]), terms[1].0.digits(shapes[1])];
    let select = |term: usize, table: usize, round: usize| {
        let ((digits, negate), shape) = (&digits[term], shapes[term]);
        let (entry, negative) = lookup(digits[table * shape.spacing + round], shape);
        (&terms[term].1.entries[table * shape.entries() + entry], negative != *negate)
    };
    let last = shapes[0].spacing - 1;
    let (entry, negative) = select(0, 0, last);
    let mut sum = A::start(entry, negative);
    for round in (0..=last).rev() {
        if round != last {
            sum.double();
        }
        for table in 0..shapes[0].tables.max(shapes[1].tables) {
            for (term, shape) in shapes.iter().enumerate() {
                if table < shape.tables && (round, table, term) != (last, 0, 0) {
                    let (entry, negative) = select(term, table, round);
                    sum.add(entry, negative);
                }
            }
        }
    }
    sum.finish()
}

/// The position of a digit's entry, and whether to negate the entry. Entries are stored only for digits with the top sign +.
/// The entry of any other digit is the negative of the entry of its complement.
pub(super) fn lookup(digit: u8, shape: &Shape) -> (usize, bool) {
    let (digit, top) = (usize::from(digit), shape.entries());
    if digit & top == 0 { (top - 1 - digit, true) } else { (digit - top, false) }
}

/// Builds the tables of a point.
///
/// No addition here is exceptional, for any point. All points have the prime order n, and the multiples that are added
/// do not depend on the point. So an addition that is exceptional for one point would be exceptional for all points,
/// and the tests check all tables of G.
#[inline(never)]
pub(super) fn build(point: &Affine, shape: &Shape) -> Vec<Affine> {
    signed_sums(&teeth(point, shape), shape)
}

/// 2^(k·span + j·spacing)·P for tooth k and table j, at position k · tables + j.
fn teeth(point: &Affine, shape: &Shape) -> Vec<Affine> {
    let mut powers = vec![Point::from_affine(point, false); shape.teeth * shape.tables];
    let mut inverses = vec![FieldElement::ONE; powers.len()];
    let mut affine = vec![*point; powers.len()];
    for i in 1..powers.len() {
        let mut power = powers[i - 1];
        for _ in 0..shape.spacing {
            power.double();
        }
        powers[i] = power;
        inverses[i] = power.zzz;
    }
    invert_all(&mut inverses);
    for ((affine, power), inverse) in affine.iter_mut().zip(&powers).zip(&inverses) {
        let z_inverse = power.zz.mul(inverse);
        affine.x = power.x.mul(&z_inverse.square());
        affine.y = power.y.mul(inverse);
    }
    affine
}

/// For each table, all sums ±P₀ ± P₁ … + P_top of its teeth, at the position whose bits are the signs (1 for +).
///
/// Splits the teeth into halves and recurses: from the sums h of the upper half and the sums l of the lower half, it needs
/// every h + l and every h − l. Both share 1/(x(h) − x(l)), and the inversions of one level are batched into one.
/// Affine addition:
/// λ = (y(h) ∓ y(l)) / (x(h) − x(l)), x = λ² − x(h) − x(l), y = λ·(x(h) − x) − y(h).
fn signed_sums(teeth: &[Affine], shape: &Shape) -> Vec<Affine> {
    let tables = shape.tables;
    let count = teeth.len() / tables;
    if count == 1 {
        return teeth.to_vec();
    }
    let (low, high) = teeth.split_at(count / 2 * tables);
    let (low, high) = (signed_sums(low, shape), signed_sums(high, shape));
    let (width, height) = (low.len() / tables, high.len() / tables);
    let pair = |i: usize| (&high[i / width], &low[i / width / height * width + i % width]);
    let mut inverses = vec![FieldElement::ONE; high.len() * width];
    for (i, inverse) in inverses.iter_mut().enumerate() {
        let (high, low) = pair(i);
        *inverse = &high.x - &low.x;
    }
    invert_all(&mut inverses);
    let mut sums = vec![teeth[0]; 2 * inverses.len()];
    for (i, inverse) in inverses.iter().enumerate() {
        let (high, low) = pair(i);
        let first = i / width * 2 * width;
        let positions = [first + width + i % width, first + width - 1 - i % width];
        for (position, negative) in positions.into_iter().zip([false, true]) {
            let slope = (&high.y - &low.y.negated_if(negative)).mul(inverse);
            let x = (&(&slope.square() - &high.x) - &low.x).reduced();
            let y = (&slope.mul(&(&high.x - &x)) - &high.y).reduced();
            sums[position] = Affine { x, y };
        }
    }
    sums
}

/// Inverts all elements with one inversion (Montgomery 1987, §10.3.1). No element may be 0.
fn invert_all(elements: &mut [FieldElement]) {
    let mut before = elements.to_vec();
    let mut product = FieldElement::ONE;
    for (element, before) in elements.iter().zip(&mut before) {
        *before = product;
        product = product.mul(element);
    }
    let mut inverse = product.invert();
    for (element, before) in elements.iter_mut().zip(&before).rev() {
        let rest = inverse.mul(element);
        *element = inverse.mul(before);
        inverse = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::super::field::P_BYTES;
    use super::super::generator::GENERATOR;
    use super::super::reference::{number, shift, value};
    use super::*;
    use ::p384::elliptic_curve::point::AffineCoordinates;
    use ::p384::{ProjectivePoint, Scalar};

    /// Compares every table entry of G with the `p384` crate.
    #[test]
    fn builds_the_multiples_of_the_generator() {
        let p = number(&P_BYTES);
        for shape in [COLD, EMBEDDED, HOT] {
            let entries = build(&GENERATOR, &shape);
            assert_eq!(entries.len(), shape.points());
            for (i, entry) in entries.iter().enumerate() {
                let (table, signs) = (i / shape.entries(), i % shape.entries() + shape.entries());
                let power = |bits: usize| (0..bits).fold(Scalar::ONE, |power, _| power.double());
                let multiple = (0..shape.teeth).fold(Scalar::ZERO, |sum, tooth| {
                    let term = power(tooth * shape.span() + table * shape.spacing);
                    if signs >> tooth & 1 == 1 { sum + term } else { sum - term }
                });
                let point = (ProjectivePoint::GENERATOR * multiple).to_affine();
                let (mut x, mut y) = ([0; 48], [0; 48]);
                x.copy_from_slice(&point.x());
                y.copy_from_slice(&point.y());
                assert_eq!(value(&entry.x.0, &p), shift(&number(&x), 392, &p), "{shape:?} {i}");
                assert_eq!(value(&entry.y.0, &p), shift(&number(&y), 392, &p), "{shape:?} {i}");
                for limb in entry.x.0.iter().chain(&entry.y.0) {
                    assert!((-1 << 27..1 << 27).contains(limb));
                }
            }
        }
    }
}
