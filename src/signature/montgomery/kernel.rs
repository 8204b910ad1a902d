//! The digits of products, sixteen columns at a time.
//!
//! Column k of A B is Σ a_i b_k-i. A tile (columns k … k+15) keeps its sums in four vectors and runs over the digits i: a word of A
//! in all lanes, `dot` a vector of B's words, is two products in each of four columns. A step of two words is seven loads, eight
//! dot products and eight additions. That is what V8 holds in registers: it begins to compute when all loads of a basic block are
//! done (a step of four words: 33 µs a verification instead of 29).
//!
//! Where a product ends inside a tile there are triangles: digits that meet only some of the four vectors. They are written out
//! (`lower_corner`, `upper_corner`); the square also has the one on its diagonal.
//!
//! # Bounds
//!
//! Digits read by a product are at most `MAX_DIGIT` = M, those of N at most B/2, those of the short products t, q and N' at most
//! `MAX_SHORT_DIGIT`; D = 8 `MAX_GROUPS`, and D' = D + 32 where the product with a hash is added. `carry.rs` gives
//! |d| <= B/2 + max|S| / B^2 + 3. For the short ones |S| <= D' M^2 at most; for a result of the reduction
//! |S| <= D' M^2 + D `MAX_SHORT_DIGIT` B/2, which closes the circle.

use super::carry::{B, Carry, Columns};
use super::digits::{Group, MAX_DIGIT, MAX_GROUPS, Multiplier, Pair, splat, store};
use super::lanes::{i16x8_mul, i32x4, i32x4_add, i32x4_dot_i16x8, i32x4_splat, v128};

pub(super) const MAX_SHORT_DIGIT: i32 = 4195;

const _: () = {
    let (m, short, half) = (MAX_DIGIT as i64, MAX_SHORT_DIGIT as i64, B as i64 / 2);
    let digits = 8 * MAX_GROUPS as i64;
    let square = (B as i64).pow(2);
    let sum = (digits + 32) * m * m;
    assert!(half + sum / square + 3 <= short);
    assert!(half + (sum + digits * short * half) / square + 3 <= m);
};

/// Groups that a run takes between two flushes. With a corner of eight digits, and what a flush leaves:
const RUN: usize = 13;
const _: () = assert!((8 * RUN as i64 + 8) * (MAX_DIGIT as i64).pow(2) + (B as i64) < 1 << 31);

/// The same in a square, where the diagonal adds up to six more products before the flush, and after it four and the doubling.
const SQUARE_RUN: usize = 12;
const _: () = assert!((8 * SQUARE_RUN as i64 + 14) * (MAX_DIGIT as i64).pow(2) + (B as i64) < 1 << 31);

/// What is added into columns: a product, or the square of one number in both its forms, which needs half the products.
#[derive(Clone, Copy)]
pub(super) enum Term<'a> {
    Product(&'a [Group], &'a Multiplier),
    Square(&'a [Group], &'a Multiplier),
}

/// Fills `out` with the digits of Σ `terms` from group `first` on, where the multipliers have `groups` groups; takes in the carry
/// from below and returns the one above. The only hot loop is `run`, and both of its uses are in here: it is compiled once.
#[inline(never)]
pub(super) fn columns(
    out: &mut [Group],
    first: usize,
    groups: usize,
    terms: &[Option<Term>],
    mut carry: Carry,
) -> Carry {
    let mut group = first;
    for [lower, upper] in out.as_chunks_mut().0 {
        let mut sums = Columns::new([i32x4_splat(0); 4]);
        for term in terms.iter().flatten() {
            add_term(&mut sums, group, groups, *term);
        }
        [*lower, *upper] = sums.digits(&mut carry).map(store);
        group += 2;
    }
    carry
}

/// Adds a term to the tile of the groups `tile` and `tile` + 1.
#[inline(always)]
fn add_term(sums: &mut Columns, tile: usize, groups: usize, term: Term) {
    let (Term::Product(a, b) | Term::Square(a, b)) = term;
    let mut from = 0;
    if tile >= groups {
        // b ends inside the tile for the digits of this group, above it for those that follow.
        let Some(last) = a.get(tile - groups) else {
            return;
        };
        upper_corner(&mut sums.low, last, b.above(groups - 1));
        from = tile - groups + 1;
    }
    match term {
        Term::Product(..) => {
            let mut digits = &a[from..];
            if let Some([.., last]) = a.get(from..tile + 2) {
                lower_corner(&mut sums.low, last, b.above(0));
                digits = &a[from..tile + 1];
            }
            for segment in digits.chunks(RUN) {
                run(&mut sums.low, segment, b.above(tile - from));
                sums.flush();
                from += RUN;
            }
        }
        Term::Square(..) => {
            let mut digits = &a[from..tile / 2];
            while let Some((segment, rest)) = digits.split_at_checked(SQUARE_RUN) {
                run(&mut sums.low, segment, b.above(tile - from));
                sums.flush_halves();
                from += SQUARE_RUN;
                digits = rest;
            }
            run(&mut sums.low, digits, b.above(tile - from));
            diagonal(sums, &a[tile / 2], b.above(tile / 2));
            sums.flush();
        }
    }
}

/// Adds the digits of `a` times `b`, where `b` begins with the pair that the first word meets in the topmost column.
///
/// V8 unrolls this loop, which is a third of the speed, as long as it has one exit and no bounds checks. Even and odd vectors take
/// turns in one loop, because two loops, each of half the length, lose more to their beginnings and ends (28.1 and 27.0 µs).
#[inline(always)]
fn run(sums: &mut [v128; 4], a: &[Group], b: &[Pair]) {
    let [mut s0, mut s1, mut s2, mut s3] = *sums;
    let words = a.as_flattened().as_chunks().0;
    for (&[p, q], window) in words.iter().zip(b.windows(5)) {
        let &[[_, b3], _, [b2, b1], _, [b0, below]] = window else {
            return;
        };
        let (p, q) = (i32x4_splat(p), i32x4_splat(q));
        s0 = i32x4_add(s0, i32x4_add(i32x4_dot_i16x8(p, b0), i32x4_dot_i16x8(q, below)));
        s1 = i32x4_add(s1, i32x4_add(i32x4_dot_i16x8(p, b1), i32x4_dot_i16x8(q, b0)));
        s2 = i32x4_add(s2, i32x4_add(i32x4_dot_i16x8(p, b2), i32x4_dot_i16x8(q, b1)));
        s3 = i32x4_add(s3, i32x4_add(i32x4_dot_i16x8(p, b3), i32x4_dot_i16x8(q, b2)));
    }
    *sums = [s0, s1, s2, s3];
}

/// The group that begins in the middle of the tile, times the lowest digits: it meets the columns above itself only.
#[inline(always)]
fn lower_corner(sums: &mut [v128; 4], a: &Group, b: &[Pair]) {
    let [w0, w1, w2, w3] = splat(a);
    let &[_, _, [_, e1], [_, o1], [e0, _], [o0, _], ..] = b else {
        return;
    };
    add_dots(&mut sums[2], [(w0, e0), (w1, o0)]);
    add_dots(&mut sums[3], [(w0, e1), (w1, o1), (w2, e0), (w3, o0)]);
}

/// The group whose product with the topmost digits ends in the middle of the tile.
#[inline(always)]
fn upper_corner(sums: &mut [v128; 4], a: &Group, b: &[Pair]) {
    let [w0, w1, w2, w3] = splat(a);
    let &[_, _, [e2, e1], [o2, o1], ..] = b else {
        return;
    };
    add_dots(&mut sums[0], [(w0, e2), (w1, o2), (w2, e1), (w3, o1)]);
    add_dots(&mut sums[1], [(w2, e2), (w3, o2)]);
}

/// Completes a square: the sums hold Σ x_i x_j over i < h <= j, h the first digit of `x`. With the digits from h on, the columns
/// 2h … 2h+15 lack 2 Σ x_i x_j over h <= i < j, and Σ x_i^2. Word p of the group holds the digits i = h+2p, h+2p+1; in the vectors
/// above vector p all j are larger than both, in vector p itself j = h+2p … h+2p+3 are beside them: as a column counts
/// x_i x_j twice if i < j, once if i = j and not at all otherwise, the weights of its two products are (1,0), (2,0), (2,1), (2,2).
#[inline(always)]
fn diagonal(sums: &mut Columns, x: &Group, b: &[Pair]) {
    let [w0, w1, w2, w3] = splat(x);
    let &[[_, e3], [_, o3], [e2, e1], [o2, o1], [e0, _], ..] = b else {
        return;
    };
    add_dots(&mut sums.low[1], [(w0, e1)]);
    add_dots(&mut sums.low[2], [(w0, e2), (w1, o2)]);
    add_dots(&mut sums.low[3], [(w0, e3), (w1, o3), (w2, e2)]);
    sums.double();
    let weights = i32x4(1, 2, 2 | 1 << 16, 2 | 2 << 16);
    for (sum, (word, vector)) in sums.low.iter_mut().zip([(w0, e0), (w1, o1), (w2, e1), (w3, o2)]) {
        add_dots(sum, [(i16x8_mul(word, weights), vector)]);
    }
}

#[inline(always)]
fn add_dots<const N: usize>(sum: &mut v128, factors: [(v128, v128); N]) {
    for (a, b) in factors {
        *sum = i32x4_add(*sum, i32x4_dot_i16x8(a, b));
    }
}
