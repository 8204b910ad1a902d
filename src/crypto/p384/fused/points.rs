//! Two points in the lanes of the same vectors: the formulas of [`point`](super::super::point), for two sums at once.
//!
//! *Bounds* of digits, in units of u = [`TIGHT`](super::elements::TIGHT) ("tight": 1). u² is 1.064·2^94, so the limits are
//! 7.5 for the product of the bounds of two factors, and 30 for a square. The digits of a table entry are at most 2.
//!
//! | addition | factors | result | | doubling | factors | result |
//! |---|---|---|---|---|---|---|
//! | U₂ = x₂·ZZ | 2·1 | 1 | | U = 2Y | | 4 |
//! | R = y₂·ZZZ − Y | 2·1 | 1 | | V = U² | 16 | 1 |
//! | P = U₂ − X | | 5 | | T = X² − ZZ² | 16, 1 | 2 |
//! | PP = P² | 25 | 1 | | M = 3T, carried | | 1 |
//! | RR = R² | 1 | 1 | | S = X·V | 4·1 | 1 |
//! | PPP = P·PP | 5·1 | 1 | | W = U·V | 4·1 | 1 |
//! | Q = X·PP | 4·1 | 1 | | MM = M² | 1 | 1 |
//! | ZZ₃ = ZZ·PP | 1·1 | 1 | | ZZ₃ = V·ZZ | 1·1 | 1 |
//! | X₃ = RR − PPP − 2Q | | 4 | | X₃ = MM − 2S | | 3 |
//! | Y·PPP | 2·1 | 1 | | W·Y | 1·2 | 1 |
//! | ZZZ₃ = ZZZ·PPP | 1·1 | 1 | | ZZZ₃ = W·ZZZ | 1·1 | 1 |
//! | Y₃ = R·(Q − X₃) − Y·PPP | 1·5 | 2 | | Y₃ = M·(S − X₃) − W·Y | 1·4 | 2 |
//!
//! R must be tight, because 3·5 would exceed the limit of a product. The rows are in the order of execution. Hardly any product
//! needs the product directly before it, so the end of one overlaps with the beginning of the next.

use super::Entry;
use super::elements::Elements;
use crate::crypto::fused::vector::{i64x2, i64x2_shuffle, v128_xor};

/// Two points in XYZZ coordinates, one in each lane. ZZ = 0 means infinity, or the result of an exceptional addition.
#[derive(Debug)]
pub(crate) struct Points {
    pub(super) x: Elements,
    pub(super) y: Elements,
    pub(super) zz: Elements,
    pub(super) zzz: Elements,
}

impl Points {
    /// The points of two entries, each negated if so required.
    pub(super) fn new(entries: [&Entry; 2], negative: [bool; 2]) -> Self {
        let [x, y] = coordinates(entries, negative);
        Self { x, y, zz: Elements::one(), zzz: Elements::one() }
    }

    /// Adds the point of an entry, or its negative, to each point: `madd-2008-s`.
    #[inline(never)]
    pub(super) fn add(&mut self, entries: [&Entry; 2], negative: [bool; 2]) {
        let [x2, y2] = coordinates(entries, negative);
        let u2 = x2.mul(&self.zz);
        let r = y2.mul_sub(&self.zzz, &self.y);
        let p = &u2 - &self.x;
        let pp = p.square();
        let rr = r.square();
        let ppp = p.mul(&pp);
        let q = self.x.mul(&pp);
        self.zz = self.zz.mul(&pp);
        self.x = &(&rr - &ppp) - &q.twice();
        let y_ppp = self.y.mul(&ppp);
        self.zzz = self.zzz.mul(&ppp);
        self.y = &r.mul(&(&q - &self.x)) - &y_ppp;
    }

    /// Doubles both points: `dbl-2008-s-1`, with 3·(X − ZZ)·(X + ZZ) as the difference of two squares.
    #[inline(never)]
    pub(super) fn double(&mut self) {
        let u = self.y.twice();
        let v = u.square();
        let third = &self.x.square() - &self.zz.square();
        let m = (&third.twice() + &third).carried();
        let s = self.x.mul(&v);
        let w = u.mul(&v);
        let mm = m.square();
        self.zz = v.mul(&self.zz);
        self.x = &mm - &s.twice();
        let wy = w.mul(&self.y);
        self.zzz = w.mul(&self.zzz);
        self.y = &m.mul(&(&s - &self.x)) - &wy;
    }

    /// X and ZZ of the sum of the two points, each in both lanes: `add-2008-s` without Y and ZZZ. ZZ is 0 if the points are
    /// equal or opposite, or if ZZ is 0 for one of them.
    ///
    /// U = X·swap(ZZ), S = Y·swap(ZZZ), P = U₂ − U₁, R = S₂ − S₁, (PP, RR) = (P, R)², (PPP, Q) = (P, U₁)·(PP, PP),
    /// X₃ = RR − PPP − 2Q, ZZ₃ = ZZ₁·ZZ₂·PP.
    #[inline(never)]
    pub(super) fn sum(&self) -> (Elements, Elements) {
        let u = self.x.mul(&self.zz.swapped());
        let s = self.y.mul(&self.zzz.swapped());
        let pr = &u.select::<1, 3>(&s) - &u.select::<0, 2>(&s);
        let squares = pr.square();
        let pp = squares.select::<0, 0>(&squares);
        let products = pr.select::<0, 2>(&u).mul(&pp);
        let ppp_2q = &products + &products.select::<1, 1>(&products);
        let x = &squares.swapped() - &(&ppp_2q + &products.swapped());
        (x.select::<0, 0>(&x), self.zz.mul(&self.zz.swapped()).mul(&pp))
    }
}

/// x and y of two entries, with y negated if so required.
#[inline(never)]
fn coordinates([a, b]: [&Entry; 2], negative: [bool; 2]) -> [Elements; 2] {
    let [a_sign, b_sign] = negative.map(|negative| i64::from(negative) << 63);
    let signs = i64x2(a_sign, b_sign);
    let even = |i: usize| i64x2_shuffle::<0, 2>(a.0[i], b.0[i]);
    let odd = |i: usize| i64x2_shuffle::<1, 3>(a.0[i], b.0[i]);
    let signed = |v| v128_xor(v, signs);
    [
        Elements([even(0), odd(0), even(1), odd(1), even(2), odd(2), even(3), odd(3)]),
        Elements([even(4), odd(4), even(5), odd(5), even(6), odd(6), even(7), odd(7)].map(signed)),
    ]
}
