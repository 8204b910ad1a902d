//! The point formulas of [`super::point`] on pairs. An addition takes five pair products, and a doubling also takes five.

use super::comb::Accumulator;
use super::field::FieldElement;
use super::pair::Pair;
use super::point::{Affine, Point};
use core::arch::wasm32::{i32x4, i32x4_sub, v128_and, v128_xor};

/// A point in XYZZ coordinates as the pairs (X, Y) and (ZZ, ZZZ).
#[derive(Debug)]
pub(crate) struct PairPoint {
    xy: Pair,
    zz: Pair,
}

/// (x, −y) if `negative`.
#[inline(always)]
fn negated_if(pair: &Pair, negative: bool) -> Pair {
    let sign = -i32::from(negative);
    let sign = i32x4(0, sign, 0, sign);
    pair.zip(pair, |v, _| i32x4_sub(v128_xor(v, sign), sign))
}

impl Accumulator for PairPoint {
    type Entry = Pair;

    fn entry(point: &Affine) -> Pair {
        Pair::new(&point.x, &point.y)
    }

    fn start(entry: &Pair, negative: bool) -> Self {
        Self { xy: negated_if(entry, negative), zz: Pair::new(&FieldElement::ONE, &FieldElement::ONE) }
    }

    /// (P, R) = (x₂, y₂)·(ZZ, ZZZ) − (X, Y); (PP, RR) = (P, R)²; (PPP, Q) = (P, X)·(PP, PP);
    /// (ZZ, ZZZ) ← (ZZ, ZZZ)·(PP, PPP); (R, Y)·(Q − X₃, PPP) gives the two terms of Y₃.
    #[inline(never)]
    fn add(&mut self, entry: &Pair, negative: bool) {
        let pr = &negated_if(entry, negative).mul(&self.zz) - &self.xy;
        let squares = pr.square();
        let ppp_q = pr.select::<0, 4, 2, 6>(&self.xy).mul(&squares.select::<0, 0, 2, 2>(&squares));
        let q_ppp = ppp_q.swapped();
        let rr = squares.swapped();
        // (X₃, 0) with X₃ = RR − PPP − 2Q.
        let x3 = only_x(&(&(&rr - &ppp_q) - &(&q_ppp + &q_ppp)));
        self.zz = self.zz.mul(&squares.select::<0, 4, 2, 6>(&ppp_q));
        let terms = pr.select::<1, 5, 3, 7>(&self.xy).mul(&(&q_ppp - &x3));
        let y3 = &terms - &terms.swapped();
        self.xy = x3.select::<0, 4, 2, 6>(&y3);
        debug_assert!(self.finish().is_bounded());
    }

    /// (V, M/3) = (U, X − ZZ)·(U, X + ZZ); (S, W) = (X, U)·(V, V); (MM, WY) = (M, W)·(M, Y);
    /// (ZZ, ZZZ) ← (ZZ, ZZZ)·(V, W); the last product is M·(S − X₃), with 0 in the lanes of y.
    #[inline(never)]
    fn double(&mut self) {
        let twice = |pair: &Pair| pair + pair;
        let yx = self.xy.swapped();
        let u = twice(&yx);
        let v_third =
            u.select::<0, 4, 2, 6>(&(&self.xy - &self.zz)).mul(&u.select::<0, 4, 2, 6>(&(&self.xy + &self.zz)));
        let s_w = self.xy.select::<0, 4, 2, 6>(&u).mul(&v_third.select::<0, 0, 2, 2>(&v_third));
        let third = v_third.swapped();
        let m = &twice(&third) + &third;
        let squares = m.select::<0, 5, 2, 7>(&s_w).mul(&m.select::<0, 5, 2, 7>(&self.xy));
        let x3 = only_x(&(&squares - &twice(&s_w)));
        self.zz = self.zz.mul(&v_third.select::<0, 5, 2, 7>(&s_w));
        let term = m.mul(&only_x(&(&s_w - &x3)));
        let y3 = &term - &squares.swapped();
        self.xy = x3.select::<0, 4, 2, 6>(&y3);
        debug_assert!(self.finish().is_bounded());
    }

    fn finish(&self) -> Point {
        let ((x, y), (zz, zzz)) = (self.xy.split(), self.zz.split());
        Point { x, y, zz, zzz }
    }
}

/// (x, 0).
#[inline(always)]
fn only_x(pair: &Pair) -> Pair {
    let mask = i32x4(-1, 0, -1, 0);
    pair.zip(pair, |v, _| v128_and(v, mask))
}

#[cfg(test)]
mod tests {
    use super::super::generator::GENERATOR;
    use super::super::point::tests::extreme;
    use super::*;

    #[test]
    fn matches_the_scalar_formulas() {
        let entry = PairPoint::entry(&GENERATOR);
        let (mut pair, mut point) = (PairPoint::start(&entry, false), Point::from_affine(&GENERATOR, false));
        for round in 0..300 {
            if round % 3 == 0 {
                Accumulator::double(&mut pair);
                point.double();
            } else {
                Accumulator::add(&mut pair, &entry, round % 2 == 0);
                point.add(&GENERATOR, round % 2 == 0);
            }
            check(&pair, &point);
        }
        assert!(!point.is_exceptional());
    }

    #[test]
    fn matches_the_scalar_formulas_at_the_limits_of_their_bounds() {
        for (i, (mut point, table)) in extreme().into_iter().enumerate() {
            let start = || PairPoint { xy: Pair::new(&point.x, &point.y), zz: Pair::new(&point.zz, &point.zzz) };
            let (mut sum, mut double) = (start(), start());
            Accumulator::double(&mut double);
            let mut doubled = point;
            doubled.double();
            check(&double, &doubled);
            Accumulator::add(&mut sum, &PairPoint::entry(&table), i % 2 == 0);
            point.add(&table, i % 2 == 0);
            check(&sum, &point);
        }
    }

    /// Both kernels compute the same columns, so their results must be equal limb by limb.
    fn check(pair: &PairPoint, point: &Point) {
        let pair = pair.finish();
        assert_eq!([pair.x.0, pair.y.0, pair.zz.0, pair.zzz.0], [point.x.0, point.y.0, point.zz.0, point.zzz.0]);
    }
}
