//! Multiplies and squares: computes the column sums of a product, sixteen columns at a time.
//!
//! Column k of A B is Σ a_i b_k-i. The sums of a tile (columns k … k+15) are in four vectors. A loop runs over the words of A,
//! each of which holds two digits a_i. It broadcasts a word to all lanes and takes its dot products with vectors of four words of
//! B. With each vector, it adds two products to each of four columns. A step of two words of A takes seven loads, eight dot
//! products and eight additions. A dot product with its addition takes 0.18 ns in V8, and 0.17 ns in the same loop written in
//! assembly.
//!
//! The sums are loaded from memory and stored back, and digits are extracted from them elsewhere. This costs no time,
//! and it leaves `add_product` and `square` with no more values than V8 has registers. Moving the loops into these two
//! functions reduced the time for 2048 bits from 27.1 µs to 24.7 µs at opt-level 3 (24.8 µs at "s").
//!
//! Where a product ends inside a tile, the run continues into the zeros beyond either end of B; separate code for the two triangles
//! would be no faster. A square needs half the products and has its own code for the triangle on the diagonal (`add_diagonal`).
//!
//! # Bounds
//!
//! The digits that a product reads are at most M = `MAX_DIGIT` in magnitude, those of N at most B/2, and those of the short
//! products t, q and N' at most `MAX_SHORT_DIGIT`. A number has up to D = 8 `MAX_GROUPS` digits, so a column has at most D
//! products, or D' = D + 32 if the product with a hash is added. `carry.rs` gives |d| <= B/2 + max|S| / B^2 + 4. Short
//! products have |S| <= D' M^2. A result of the reduction has |S| <= D' M^2 + D `MAX_SHORT_DIGIT` B/2. The assertions below
//! check that both bounds on |d| are at most those assumed.

use super::carry::{B, Columns};
use super::digits::{Group, MAX_DIGIT, MAX_GROUPS, Multiplier, Pair, splat};
use super::lanes::{i16x8_mul, i32x4, i32x4_add, i32x4_dot_i16x8, i32x4_splat, v128};

pub(super) const MAX_SHORT_DIGIT: i32 = 4196;

const _: () = {
    let (m, short, half) = (MAX_DIGIT as i64, MAX_SHORT_DIGIT as i64, B as i64 / 2);
    let digits = 8 * MAX_GROUPS as i64;
    let square = (B as i64).pow(2);
    let sum = (digits + 32) * m * m;
    assert!(half + sum / square + 4 <= short);
    assert!(half + (sum + digits * short * half) / square + 4 <= m);
};

/// The number of groups that a run processes between two flushes. A lane has room for the products of these groups and
/// the rest that a flush leaves.
const RUN: usize = 14;
const _: () = assert!(8 * RUN as i64 * (MAX_DIGIT as i64).pow(2) + (B as i64) < 1 << 31);

/// After the last `flush_halves` of a square, each lane holds a rest below B/2. The eight products of an odd group and up to
/// six of the diagonal are added to the rest, the sum is doubled, and up to four more products with weights of up to 2 are
/// added.
const _: () = assert!(2 * (B as i64 / 2) + (2 * (8 + 6) + 2 * 4) * (MAX_DIGIT as i64).pow(2) < 1 << 31);

/// The two factors of a product: multiplicand and multiplier.
#[derive(Clone, Copy)]
pub(super) struct Factors<'a>(pub(super) &'a [Group], pub(super) &'a Multiplier);

/// Sets `columns`, whose first column belongs to group `first`, to `base` plus a product. The multiplier has `groups` groups.
/// `first`, `groups` and the number of groups of the multiplicand are even.
#[inline(never)]
pub(super) fn add_product(columns: &mut [Columns], base: &[Columns], first: usize, groups: usize, factors: Factors) {
    let Factors(a, b) = factors;
    let mut base = base.iter();
    let mut tile = first;
    for columns in columns {
        let mut sums = Columns::zero();
        let from = tile.saturating_sub(groups);
        let digits = a.get(from..a.len().min(tile + 2)).unwrap_or_default();
        let mut b = b.above(tile - from);
        for segment in digits.as_chunks().0.chunks(RUN / 2) {
            sums.low = run(sums.low, segment, b);
            sums = sums.flush();
            b = b.get(2 * RUN..).unwrap_or_default();
        }
        if let Some(base) = base.next() {
            sums = sums.plus(base);
        }
        *columns = sums;
        tile += 2;
    }
}

/// Sets all columns to those of x^2, where x is given in both its forms. Needs half the products of `add_product`.
#[inline(never)]
pub(super) fn square(columns: &mut [Columns], Factors(x, b): Factors) {
    let mut tile = 0_usize;
    for columns in columns {
        let from = tile.saturating_sub(x.len());
        let (Some(digits), Some(middle)) = (x.get(from..tile / 2), x.get(tile / 2)) else {
            break;
        };
        let (odd_above, diagonal) = (b.above((tile / 2).next_multiple_of(2)), b.above(tile / 2));
        let mut b = b.above(tile - from);
        let mut sums = Columns::zero();
        let (pairs, odd) = digits.as_chunks();
        for segment in pairs.chunks(RUN / 2) {
            sums.low = run(sums.low, segment, b);
            sums = sums.flush_halves();
            b = b.get(2 * RUN..).unwrap_or_default();
        }
        if let [odd] = odd {
            sums.low = odd_group(sums.low, odd, odd_above);
        }
        *columns = add_diagonal(sums, middle, diagonal).flush();
        tile += 2;
    }
}

/// Adds the products of the digits `a` with `b`, where `b` begins with the pair that the first word meets in the topmost column.
///
/// The loop has four steps per iteration: 4096 bits take 79.6 µs, but 88.8 µs with one step, which V8 unrolls to two. The
/// conditions between the steps never fail. They split the loop into basic blocks, because V8 starts to compute only when all
/// loads of a block are done, and it has registers for the loads of one step. If LLVM can prove such a condition, it joins two
/// steps, and the loop takes 0.26 ns per dot product.
#[inline(always)]
fn run(mut sums: [v128; 4], a: &[[Group; 2]], mut b: &[Pair]) -> [v128; 4] {
    for [[w0, w2, w1, w3], [w4, w6, w5, w7]] in a {
        let [b0, b1, b2, b3, b4, rest @ ..] = b else {
            return sums;
        };
        sums = step(sums, *w0, *w2, [b0, b2, b4]);
        let [b5, rest @ ..] = rest else {
            return sums;
        };
        sums = step(sums, *w1, *w3, [b1, b3, b5]);
        let [b6, rest @ ..] = rest else {
            return sums;
        };
        sums = step(sums, *w4, *w6, [b2, b4, b6]);
        let [b7, ..] = rest else {
            return sums;
        };
        sums = step(sums, *w5, *w7, [b3, b5, b7]);
        b = &b[4..];
    }
    sums
}

/// Adds the products of the last group, if the number of groups is odd.
#[inline(always)]
fn odd_group(sums: [v128; 4], [w0, w2, w1, w3]: &Group, b: &[Pair]) -> [v128; 4] {
    let [b0, b1, b2, b3, b4, b5, ..] = b else {
        return sums;
    };
    let sums = step(sums, *w0, *w2, [b0, b2, b4]);
    step(sums, *w1, *w3, [b1, b3, b5])
}

/// Adds the products of `p` and `q`. These words are two apart, so their pairs of vectors overlap.
#[inline(always)]
fn step([s0, s1, s2, s3]: [v128; 4], p: i32, q: i32, [&[_, b3], &[b2, b1], &[b0, below]]: [&Pair; 3]) -> [v128; 4] {
    let (p, q) = (i32x4_splat(p), i32x4_splat(q));
    let dots = |upper, lower| i32x4_add(i32x4_dot_i16x8(p, upper), i32x4_dot_i16x8(q, lower));
    [
        i32x4_add(s0, dots(b0, below)),
        i32x4_add(s1, dots(b1, b0)),
        i32x4_add(s2, dots(b2, b1)),
        i32x4_add(s3, dots(b3, b2)),
    ]
}

/// Completes a square. The sums hold Σ x_i x_j over i < h <= j, where h is the position of the first digit of `x`. The columns
/// 2h … 2h+15 still lack the terms of the digits from h on: 2 Σ x_i x_j over h <= i < j, and Σ x_i^2.
///
/// Word p of the group holds the digits i = h+2p and h+2p+1. In the vectors above vector p, every j is larger than both. In
/// vector p itself, the four columns pair these two digits with j = h+2p … h+2p+3. A column counts x_i x_j twice if i < j, once
/// if i = j, and not at all otherwise. So the two products of a column have the weights (1,0) in the lowest of the four columns,
/// and (2,0), (2,1) and (2,2) in the next three.
#[inline(always)]
fn add_diagonal(mut sums: Columns, x: &Group, b: &[Pair]) -> Columns {
    let [w0, w1, w2, w3] = splat(x);
    let &[[_, e3], [_, o3], [e2, e1], [o2, o1], [e0, _], ..] = b else {
        return sums;
    };
    let dot = i32x4_dot_i16x8;
    let [s0, s1, s2, s3] = sums.low;
    let s1 = i32x4_add(s1, dot(w0, e1));
    let s2 = i32x4_add(s2, i32x4_add(dot(w0, e2), dot(w1, o2)));
    let s3 = i32x4_add(s3, i32x4_add(i32x4_add(dot(w0, e3), dot(w1, o3)), dot(w2, e2)));
    sums.low = [s0, s1, s2, s3];
    sums = sums.double();
    let weights = i32x4(1, 2, 2 | 1 << 16, 2 | 2 << 16);
    let weighted = |word, vector| dot(i16x8_mul(word, weights), vector);
    let [s0, s1, s2, s3] = sums.low;
    sums.low = [
        i32x4_add(s0, weighted(w0, e0)),
        i32x4_add(s1, weighted(w1, o1)),
        i32x4_add(s2, weighted(w2, e1)),
        i32x4_add(s3, weighted(w3, o2)),
    ];
    sums
}
