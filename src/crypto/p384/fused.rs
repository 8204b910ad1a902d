//! The kernel of hot keys on fused multiply-adds of doubles, which wasm has with `relaxed-simd`.
//!
//! Each lane of a vector belongs to one point: lane 0 evaluates the comb of G, lane 1 the comb of Q. So one instruction sequence
//! computes two independent sums, which are added once, at the end. The products of one formula hardly depend on each other, and
//! overlap in the processor.
//!
//! ```text
//! Points::has_x → digits of u₁ and u₂ → 48 additions, 7 doublings   points.rs
//!                                       on 8 digits of 48 bits      elements.rs
//!                 → u₁·G + u₂·Q by one full addition                points.rs
//!                 → x mod n = r without a division
//! ```
//!
//! *Exceptional cases* are as in [`point`](super::point): a ZZ of 0 stays 0 in its lane, and the last addition multiplies
//! the ZZ of both lanes.
//! A scalar 0 ends at infinity in its lane, which is exceptional as well.
//!
//! The kernel needs an engine that fuses multiply-add, that is, rounds once ([`is_fused`]). On other engines, a key keeps its
//! small tables.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "positions are computed from the shape of the comb"
)]

mod elements;
mod points;
#[cfg(test)]
mod tests;

use super::Kernel;
use super::comb::{HOT, lookup};
use super::field::FieldElement;
use super::limbs::{self, LIMBS, is_below};
use super::point::{Affine, P_MINUS_ORDER};
use super::scalar::{ORDER_BYTES, Scalar};
use crate::crypto::fused::is_fused;
use crate::crypto::fused::vector::{f64x2, v128};
use elements::{DIGITS, Elements, WIDTH};
pub(crate) use points::Points;

/// A point of a table: the digits of x and then those of y, two in each vector.
#[derive(Debug)]
pub(crate) struct Entry([v128; DIGITS]);

impl Kernel for Points {
    type Entry = Entry;

    fn is_usable() -> bool {
        is_fused()
    }

    fn entry(point: &Affine) -> Entry {
        let [x, y] = [&point.x, &point.y].map(plain_digits);
        Entry(core::array::from_fn(|i| {
            let digits = if i < DIGITS / 2 { &x } else { &y };
            let first = i % (DIGITS / 2) * 2;
            f64x2(digits[first], digits[first + 1])
        }))
    }

    fn has_x(scalars: [&Scalar; 2], tables: [&[Entry]; 2], r: &[u8; 48]) -> Option<bool> {
        let (x, zz) = evaluate(scalars, tables).sum();
        if zz.are_zero()[0] {
            return None;
        }
        // x is below p < 2n, so x mod n is r if x = r, or if x = r + n < p. r and r + n have digits below 2^49.
        let r_digits = from_limbs(&limbs::from_bytes(r));
        let order = from_limbs(&limbs::from_bytes(if is_below(r, &P_MINUS_ORDER) { &ORDER_BYTES } else { &[0; 48] }));
        let candidates = Elements::new(&r_digits, &core::array::from_fn(|i| r_digits[i] + order[i]));
        Some((&candidates.mul(&zz) - &x).are_zero() != [false; 2])
    }
}

/// u₁·G in lane 0 and u₂·Q in lane 1, by two combs of the shape [`HOT`].
#[inline(never)]
fn evaluate(scalars: [&Scalar; 2], tables: [&[Entry]; 2]) -> Points {
    let digits = scalars.map(|scalar| scalar.digits(&HOT));
    let select = |table: usize, round: usize| {
        let [(g, g_negative), (q, q_negative)] = [0, 1].map(|lane| {
            let (digits, negate) = &digits[lane];
            let (entry, negative) = lookup(digits[table * HOT.spacing + round], &HOT);
            (&tables[lane][table * HOT.entries() + entry], negative != *negate)
        });
        ([g, q], [g_negative, q_negative])
    };
    let last = HOT.spacing - 1;
    let (entries, negative) = select(0, last);
    let mut sum = Points::new(entries, negative);
    for round in (0..=last).rev() {
        if round != last {
            sum.double();
        }
        for table in usize::from(round == last)..HOT.tables {
            let (entries, negative) = select(table, round);
            sum.add(entries, negative);
        }
    }
    sum
}

/// Converts an element from Montgomery form to digits of at most 2^48 in magnitude, that is at most 2 in the units of
/// `points.rs`.
fn plain_digits(element: &FieldElement) -> [f64; DIGITS] {
    from_limbs(&element.mul(&FieldElement::PLAIN_ONE).reduced().0)
}

/// Converts limbs of 28 bits to digits in 0 ≤ digit < 2^48, except the last, which carries the sign.
#[inline(never)]
fn from_limbs(limbs: &[i32; LIMBS]) -> [f64; DIGITS] {
    /// Half a digit: with a limb more, it fits an `i64`.
    const HALF: u32 = WIDTH / 2;
    let (mut buffer, mut bits, mut limbs) = (0, 0, limbs.iter());
    let mut half = || {
        if bits < HALF {
            buffer += limbs.next().map_or(0, |limb| i64::from(*limb) << bits);
            bits += limbs::WIDTH;
        }
        let half = buffer & ((1 << HALF) - 1);
        (buffer, bits) = (buffer >> HALF, bits - HALF);
        half
    };
    let mut digits = core::array::from_fn(|_| half() + (half() << HALF));
    digits[DIGITS - 1] += buffer << WIDTH;
    digits.map(|digit| digit as f64)
}
