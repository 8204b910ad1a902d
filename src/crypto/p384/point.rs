//! Points of the curve y² = x³ − 3x + b.
//!
//! [`Point`] holds XYZZ coordinates (EFD, "shortw-xyzz"; Sutherland's extension of Jacobian coordinates): x = X/ZZ, y = Y/ZZZ
//! with ZZ³ = ZZZ². Mixed addition `madd-2008-s` costs 8 products and 2 squares. Doubling `dbl-2008-s-1` costs 6 products and
//! 3 squares, because 3X² + aZZ² = 3(X−ZZ)(X+ZZ) for a = −3.
//!
//! *Exceptional cases.* The addition is not complete. The ZZ of P + Q has the factor x(P) − x(Q), so adding P to ±P gives
//! ZZ = 0. Every later addition or doubling multiplies ZZ, so it stays 0. A sum that ends with ZZ ≠ 0 therefore included no
//! exceptional case, and one test at the end suffices. Doubling has no exceptional case: the order of the group is odd.
//!
//! *Bounds* (see `product.rs`). In units of 2^27, limbs are at most X 4, Y 2, ZZ 1, ZZZ 1, and 1 in an [`Affine`]; the
//! largest product of two limbs in the formulas is 25. In units of p/4, values are at most X 16, Y 6, ZZ 5, ZZZ 5,
//! and 5 in an [`Affine`]; the largest product of two factors is 21 · 21, below the limit of 64 p².
#![allow(clippy::as_conversions, clippy::indexing_slicing, reason = "a constant's bytes")]

use super::field::{FieldElement, P_BYTES};
use super::limbs::{LIMBS, is_below};
use super::scalar::ORDER_BYTES;

/// A point other than infinity, in affine coordinates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine {
    pub(super) x: FieldElement,
    pub(super) y: FieldElement,
}

/// A point in XYZZ coordinates. ZZ = 0 means infinity, or the result of an exceptional addition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(super) x: FieldElement,
    pub(super) y: FieldElement,
    pub(super) zz: FieldElement,
    pub(super) zzz: FieldElement,
}

impl Affine {
    /// Checks two big-endian coordinates; returns `None` unless both are below p and the point is on the curve.
    /// Infinity has no affine coordinates, and the cofactor is 1 (SP 800-56A §5.6.2.3.4).
    pub(super) fn from_bytes(x: &[u8; 48], y: &[u8; 48]) -> Option<Self> {
        let point = Self { x: FieldElement::from_bytes(x)?, y: FieldElement::from_bytes(y)? };
        point.is_on_curve().then_some(point)
    }

    /// Whether y² = x·(x² − 3) + b.
    fn is_on_curve(&self) -> bool {
        let three = &FieldElement::ONE.double() + &FieldElement::ONE;
        let right = &self.x.mul(&(&self.x.square() - &three)) + &FieldElement::B;
        (&self.y.square() - &right).is_zero()
    }

    /// −P if `negative`, else P.
    fn negated_if(&self, negative: bool) -> Self {
        Self { x: self.x, y: self.y.negated_if(negative) }
    }
}

impl Point {
    /// The point itself, or its negative.
    pub(super) fn from_affine(point: &Affine, negative: bool) -> Self {
        let Affine { x, y } = point.negated_if(negative);
        Self { x, y, zz: FieldElement::ONE, zzz: FieldElement::ONE }
    }

    /// P ← P ± Q: `madd-2008-s`.
    ///
    /// U₂ = X₂·ZZ₁, S₂ = Y₂·ZZZ₁, P = U₂ − X₁, R = S₂ − Y₁, PP = P², PPP = P·PP, Q = X₁·PP,
    /// X₃ = R² − PPP − 2Q, Y₃ = R·(Q − X₃) − Y₁·PPP, ZZ₃ = ZZ₁·PP, ZZZ₃ = ZZZ₁·PPP.
    /// Limbs: P 1 + 4, R 1 + 2, X₃ 1 + 1 + 2, Q − X₃ 1 + 4, Y₃ 1 + 1.
    #[inline(never)]
    pub(super) fn add(&mut self, point: &Affine, negative: bool) {
        let p = &point.x.mul(&self.zz) - &self.x;
        let r = &point.y.negated_if(negative).mul(&self.zzz) - &self.y;
        let pp = p.square();
        let ppp = p.mul(&pp);
        let q = self.x.mul(&pp);
        self.x = &(&r.square() - &ppp) - &q.double();
        self.y = &r.mul(&(&q - &self.x)) - &self.y.mul(&ppp);
        self.zz = self.zz.mul(&pp);
        self.zzz = self.zzz.mul(&ppp);
        debug_assert!(self.is_bounded());
    }

    /// P ← 2P: `dbl-2008-s-1`.
    ///
    /// U = 2Y, V = U², W = U·V, S = X·V, M = 3(X − ZZ)(X + ZZ), X₃ = M² − 2S, Y₃ = M·(S − X₃) − W·Y, ZZ₃ = V·ZZ,
    /// ZZZ₃ = W·ZZZ. Limbs: U 4, X ± ZZ 5, M 3, X₃ 3, S − X₃ 4, Y₃ 2.
    #[inline(never)]
    pub(super) fn double(&mut self) {
        let u = self.y.double();
        let v = u.square();
        let w = u.mul(&v);
        let s = self.x.mul(&v);
        let third = (&self.x - &self.zz).mul(&(&self.x + &self.zz));
        let m = &third.double() + &third;
        self.x = &m.square() - &s.double();
        self.y = &m.mul(&(&s - &self.x)) - &w.mul(&self.y);
        self.zz = v.mul(&self.zz);
        self.zzz = w.mul(&self.zzz);
        debug_assert!(self.is_bounded());
    }

    /// Whether X and Y respect the bounds above. ZZ and ZZZ are products, so they always do. A value of p/4 is 2^18 in the last
    /// limb.
    pub(super) fn is_bounded(&self) -> bool {
        let keeps = |element: &FieldElement, limb: i32, value: i32| {
            element.0.iter().all(|l| l.abs() <= limb << 27) && element.0[LIMBS - 1].abs() <= (value << 18) + limb
        };
        keeps(&self.x, 4, 16) && keeps(&self.y, 2, 6)
    }

    /// Whether ZZ = 0: the point is infinity, or an earlier addition was exceptional.
    pub(super) fn is_exceptional(&self) -> bool {
        self.zz.is_zero()
    }

    /// Whether x mod n is r, given 1 ≤ r < n; `None` if the point is exceptional.
    #[inline(never)]
    pub(super) fn has_x(&self, r: &[u8; 48]) -> Option<bool> {
        (!self.is_exceptional()).then(|| self.has_x_modulo_order(r))
    }

    /// Whether x mod n is r, given 1 ≤ r < n and ZZ ≠ 0: whether X = r·ZZ, or X = (r + n)·ZZ if r + n < p.
    ///
    /// x is below p < 2n, so x mod n is x or x − n. r is used without conversion, so r·ZZ lacks the Montgomery factor. The
    /// product with the plain 1 removes this factor from X as well.
    fn has_x_modulo_order(&self, r: &[u8; 48]) -> bool {
        let x = self.x.mul(&FieldElement::PLAIN_ONE);
        let is_x = |candidate: &FieldElement| (&candidate.mul(&self.zz) - &x).is_zero();
        let plain = FieldElement::plain(r);
        is_x(&plain) || (is_below(r, &P_MINUS_ORDER) && is_x(&(&plain + &FieldElement::plain(&ORDER_BYTES))))
    }
}

/// p − n, big-endian.
pub(super) const P_MINUS_ORDER: [u8; 48] = {
    let mut difference = [0; 48];
    let (mut borrow, mut i) = (0, 48);
    while i > 0 {
        i -= 1;
        let digit = P_BYTES[i] as i32 - ORDER_BYTES[i] as i32 - borrow;
        borrow = (digit < 0) as i32;
        difference[i] = (digit + (borrow << 8)) as u8;
    }
    difference
};

#[cfg(test)]
pub(super) mod tests {
    use super::super::reference::{Number, add, extreme_limbs, multiply, number, subtract, value};
    use super::*;
    use std::vec::Vec;

    /// Points and table points whose limbs and values are at the limits of their bounds. These points are not on the
    /// curve, but the formulas do not require points of the curve.
    pub(in super::super) fn extreme() -> Vec<(Point, Affine)> {
        // The last limb nearly determines the value. It counts units of p/2^20, so a limb of 2^18 means p/4.
        let coordinates = |limb: i32, least: i32, most: i32| {
            let to_bounds = move |(i, mut limbs): (usize, [i32; LIMBS])| {
                limbs[LIMBS - 1] = [least << 18, most << 18, limbs[LIMBS - 1].clamp(least << 18, most << 18)][i % 3];
                FieldElement(limbs)
            };
            extreme_limbs(limb).into_iter().enumerate().map(to_bounds).collect::<Vec<_>>()
        };
        let (xs, ys) = (coordinates(4, -16, 16), coordinates(2, -6, 6));
        // The limbs of a product are tight, and so are those of a table point.
        let tight = |element: &FieldElement| element.0.iter().all(|limb| (-1 << 27..1 << 27).contains(limb));
        let products: Vec<_> = coordinates(1, -1, 5).into_iter().filter(tight).collect();
        assert!(products.len() > 30);
        let product = |i: usize| products[i % products.len()];
        (0..10 * xs.len())
            .map(|i| {
                let point =
                    Point { x: xs[i % xs.len()], y: ys[i * 7 % ys.len()], zz: product(i * 5), zzz: product(i * 3) };
                (point, Affine { x: product(i * 11 + 1), y: product(i / 7) })
            })
            .collect()
    }

    fn p() -> Number {
        number(&P_BYTES)
    }

    /// a · b / R mod p in the reference arithmetic. The next two functions compute a − b and k · a mod p.
    fn times(a: &Number, b: &Number) -> Number {
        let inverse = value(&FieldElement::PLAIN_ONE.mul(&FieldElement::PLAIN_ONE).0, &p());
        multiply(&multiply(a, b, &p()), &inverse, &p())
    }
    fn minus(a: &Number, b: &Number) -> Number {
        add(a, &subtract(&p(), b), &p())
    }
    fn multiple(k: usize, a: &Number) -> Number {
        (0..k).fold([0; 6], |sum, _| add(&sum, a, &p()))
    }

    fn values(point: &Point) -> [Number; 4] {
        [&point.x, &point.y, &point.zz, &point.zzz].map(|element| value(&element.0, &p()))
    }

    #[test]
    fn matches_the_formulas_at_the_limits_of_their_bounds() {
        for (point, table) in extreme() {
            let [x, y, zz, zzz] = values(&point);
            for negative in [false, true] {
                let mut sum = point;
                sum.add(&table, negative);
                let (x2, y2) = (value(&table.x.0, &p()), value(&table.y.negated_if(negative).0, &p()));
                let (p_, r) = (minus(&times(&x2, &zz), &x), minus(&times(&y2, &zzz), &y));
                let pp = times(&p_, &p_);
                let (ppp, q) = (times(&p_, &pp), times(&x, &pp));
                let x3 = minus(&minus(&times(&r, &r), &ppp), &multiple(2, &q));
                let y3 = minus(&times(&r, &minus(&q, &x3)), &times(&y, &ppp));
                assert_eq!(values(&sum), [x3, y3, times(&zz, &pp), times(&zzz, &ppp)], "{point:x?} {table:x?}");
            }
            let mut double = point;
            double.double();
            let u = multiple(2, &y);
            let v = times(&u, &u);
            let (w, s) = (times(&u, &v), times(&x, &v));
            let m = multiple(3, &times(&minus(&x, &zz), &add(&x, &zz, &p())));
            let x3 = minus(&times(&m, &m), &multiple(2, &s));
            let y3 = minus(&times(&m, &minus(&s, &x3)), &times(&w, &y));
            assert_eq!(values(&double), [x3, y3, times(&v, &zz), times(&w, &zzz)], "{point:x?}");
        }
    }

    #[test]
    fn computes_p_minus_order() {
        let sum = add(&number(&ORDER_BYTES), &number(&P_MINUS_ORDER), &number(&[0xff; 48]));
        assert_eq!(sum, p());
    }
}
