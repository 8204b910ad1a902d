//! Compares the field and the points with the reference arithmetic, at the limits of their bounds and at random.

use super::super::comb::build;
use super::super::field::P_BYTES;
use super::super::generator::GENERATOR;
use super::super::point::Point;
use super::super::reference::{Number, Random, add, extreme_limbs, multiply, number, shift, subtract, value};
use super::elements::TIGHT;
use super::*;
use std::vec::Vec;

type Digits = [f64; DIGITS];

fn p() -> Number {
    number(&P_BYTES)
}

/// The value of digits mod p.
fn value_of(digits: &Digits) -> Number {
    digits.iter().rev().fold([0; 6], |sum, digit| {
        assert_eq!(digit.trunc(), *digit);
        let magnitude = [digit.abs() as u64, 0, 0, 0, 0, 0];
        let term = if *digit < 0.0 { minus(&[0; 6], &magnitude) } else { magnitude };
        add(&shift(&sum, WIDTH, &p()), &term, &p())
    })
}

fn minus(a: &Number, b: &Number) -> Number {
    add(a, &subtract(&p(), b), &p())
}

fn times(a: &Number, b: &Number) -> Number {
    multiply(a, b, &p())
}

fn values(elements: &Elements) -> [Number; 2] {
    elements.lanes().map(|digits| value_of(&digits))
}

/// Digits up to a limit, of one of several kinds: all at the limit with different patterns of signs, sparse, or random.
fn extreme_digits(random: &mut Random, limit: f64) -> Digits {
    let kind = random.next();
    let signs = [0x00, 0xff, 0x55, 0x0f, 0x33, 0x01, 0x80, random.next()][kind as usize % 8];
    core::array::from_fn(|i| {
        let magnitude = match kind / 8 % 4 {
            0 => limit,
            1 => [limit, limit - 1.0, 0.0, 1.0][random.next() as usize % 4],
            2 => [limit, 0.0][usize::from(random.next() % 8 > 1)],
            _ => (random.next() >> 11) as f64 % (limit + 1.0),
        };
        if signs >> i & 1 == 1 { -magnitude } else { magnitude }
    })
}

fn extreme(random: &mut Random, limit: f64) -> Elements {
    Elements::new(&extreme_digits(random, limit), &extreme_digits(random, limit))
}

/// Pairs of bounds on the digits of two factors: the pairs that the point formulas need, then the largest that the kernel
/// permits.
fn limits() -> Vec<(f64, f64)> {
    let two = |exponent: u64| f64::from_bits((1023 + exponent) << 52);
    let mut limits: Vec<_> = [(1, 1), (2, 1), (4, 1), (5, 1), (1, 5), (1, 7)]
        .map(|(a, b)| (f64::from(a) * TIGHT, f64::from(b) * TIGHT))
        .to_vec();
    limits.extend([(two(48), two(49) - 1.0), (two(49) - 1.0, two(48)), (two(50), two(47) - 1.0)]);
    limits
}

#[test]
fn multiplies_digits_at_the_limits() {
    let mut random = Random(11);
    for round in 0..4000 {
        let (a_limit, b_limit) = limits()[round % limits().len()];
        let (a, b) = (extreme(&mut random, a_limit), extreme(&mut random, b_limit));
        let c = extreme(&mut random, 4.0 * TIGHT);
        let (product, difference) = (a.mul(&b), a.mul_sub(&b, &c));
        assert!(product.largest() <= TIGHT && difference.largest() <= TIGHT);
        let ([a, b], c) = ([values(&a), values(&b)], values(&c));
        let expected = [0, 1].map(|lane| times(&a[lane], &b[lane]));
        assert_eq!(values(&product), expected);
        assert_eq!(values(&difference), [0, 1].map(|lane| minus(&expected[lane], &c[lane])));
    }
}

#[test]
fn squares_digits_at_the_limits() {
    let mut random = Random(12);
    for round in 0..4000 {
        // 2^49.5 is the limit; P is five times as large as a tight element.
        let limit = [TIGHT, 4.0 * TIGHT, 5.0 * TIGHT, 5.4 * TIGHT][round % 4].floor();
        let a = extreme(&mut random, limit);
        let square = a.square();
        assert!(square.largest() <= TIGHT);
        assert_eq!(values(&square), values(&a).map(|a| times(&a, &a)));
    }
}

#[test]
fn carries_digits_at_the_limits() {
    let mut random = Random(13);
    for round in 0..4000 {
        let limit = [TIGHT, 6.0 * TIGHT, 15.0 * TIGHT][round % 3];
        let a = extreme(&mut random, limit);
        let carried = a.carried();
        assert!(carried.largest() <= TIGHT);
        assert_eq!(values(&carried), values(&a));
    }
}

/// Reaches the least and greatest columns that the limits allow: every product of digits is as large as it may be.
#[test]
fn multiplies_equal_digits_of_all_signs() {
    let limit = TIGHT * 2.7;
    for signs in 0..1 << DIGITS {
        let digits: Digits = core::array::from_fn(|i| if signs >> i & 1 == 1 { -limit.floor() } else { limit.floor() });
        let a = Elements::new(&digits, &digits.map(|digit| -digit));
        let b = a.swapped();
        let expected = times(&values(&a)[0], &values(&a)[1]);
        assert_eq!(values(&a.mul(&b)), [expected; 2]);
        let both = Elements::new(&digits.map(|digit| 2.0 * digit), &digits.map(|digit| -2.0 * digit));
        assert_eq!(values(&both.square()), values(&both).map(|a| times(&a, &a)));
    }
}

#[test]
fn recognises_every_form_of_zero() {
    let p_digits: Digits = [4_294_967_295.0, 0.0, -4_294_967_297.0, 0.0, 0.0, 0.0, 0.0, 281_474_976_710_656.0];
    let p_digits = core::array::from_fn(|i| if i == 7 { p_digits[7] } else { p_digits[i] });
    let mut random = Random(14);
    for k in -5..=5 {
        // A multiple of 2^48 moves from a digit to the next, which changes the digits but not the value.
        for _ in 0..50 {
            let mut digits = p_digits.map(|digit: f64| f64::from(k) * digit);
            assert_eq!(value_of(&digits), [0; 6]);
            let i = random.next() as usize % 7;
            let moved = f64::from((random.next() % 7) as i32 - 3);
            digits[i] -= moved * 281_474_976_710_656.0;
            digits[i + 1] += moved;
            assert_eq!(Elements::new(&digits, &digits).are_zero(), [true; 2]);
            for j in 0..DIGITS {
                let mut other = digits;
                other[j] += [1.0, -1.0, 4_294_967_296.0][random.next() as usize % 3];
                assert_eq!(Elements::new(&digits, &other).are_zero(), [true, false]);
                assert_eq!(Elements::new(&other, &digits).are_zero(), [false, true]);
            }
        }
    }
}

#[test]
fn converts_elements_from_montgomery_form() {
    for limbs in extreme_limbs(5) {
        let digits = plain_digits(&FieldElement(limbs));
        assert!(digits.iter().all(|digit| digit.abs() <= 2.0 * TIGHT));
        assert_eq!(shift(&value_of(&digits), 392, &p()), value(&limbs, &p()), "{limbs:x?}");
    }
}

fn entry_values(entry: &Entry) -> [Number; 2] {
    let lanes = entry.0.map(|v| Elements([v; DIGITS]).lanes().map(|digits| digits[0]));
    let digits = |first: usize| core::array::from_fn(|i| lanes[first + i / 2][i % 2]);
    [value_of(&digits(0)), value_of(&digits(4))]
}

/// Compares each lane, for points and entries whose digits are at the limits of the table in `points.rs`. The formulas do not
/// require points of the curve.
#[test]
fn matches_the_formulas_at_the_limits_of_their_bounds() {
    let mut random = Random(15);
    for round in 0..2000 {
        let at = |random: &mut Random, units: f64| extreme(random, units * TIGHT);
        let (x, y) = (at(&mut random, 4.0), at(&mut random, 2.0));
        let (zz, zzz) = (at(&mut random, 1.0), at(&mut random, 1.0));
        let start = || Points { x, y, zz, zzz };
        let entries = [0, 1].map(|_| {
            let digits = [0, 1].map(|_| extreme_digits(&mut random, 2.0 * TIGHT));
            Entry(core::array::from_fn(|i| f64x2(digits[i / 4][i % 4 * 2], digits[i / 4][i % 4 * 2 + 1])))
        });
        let negative = [round % 2 == 0, round % 3 == 0];
        let (mut sum, mut double) = (start(), start());
        sum.add([&entries[0], &entries[1]], negative);
        double.double();
        for lane in 0..2 {
            let [x, y, zz, zzz] = [&x, &y, &zz, &zzz].map(|elements| values(elements)[lane]);
            let [x2, y2] = entry_values(&entries[lane]);
            let y2 = if negative[lane] { minus(&[0; 6], &y2) } else { y2 };
            let (p_, r) = (minus(&times(&x2, &zz), &x), minus(&times(&y2, &zzz), &y));
            let pp = times(&p_, &p_);
            let (ppp, q) = (times(&p_, &pp), times(&x, &pp));
            let x3 = minus(&minus(&minus(&times(&r, &r), &ppp), &q), &q);
            let y3 = minus(&times(&r, &minus(&q, &x3)), &times(&y, &ppp));
            assert_eq!(values_of_points(&sum, lane), [x3, y3, times(&zz, &pp), times(&zzz, &ppp)]);

            let u = add(&y, &y, &p());
            let v = times(&u, &u);
            let (w, s) = (times(&u, &v), times(&x, &v));
            let third = times(&minus(&x, &zz), &add(&x, &zz, &p()));
            let m = add(&add(&third, &third, &p()), &third, &p());
            let x3 = minus(&minus(&times(&m, &m), &s), &s);
            let y3 = minus(&times(&m, &minus(&s, &x3)), &times(&w, &y));
            assert_eq!(values_of_points(&double, lane), [x3, y3, times(&v, &zz), times(&w, &zzz)]);
        }
        let [[x1, x2], [y1, y2], [zz1, zz2], [zzz1, zzz2]] = [&x, &y, &zz, &zzz].map(values);
        let p_ = minus(&times(&x2, &zz1), &times(&x1, &zz2));
        let r = minus(&times(&y2, &zzz1), &times(&y1, &zzz2));
        let pp = times(&p_, &p_);
        let (ppp, q) = (times(&p_, &pp), times(&times(&x1, &zz2), &pp));
        let x3 = minus(&minus(&minus(&times(&r, &r), &ppp), &q), &q);
        let (x, zz) = start().sum();
        assert_eq!((values(&x), values(&zz)), ([x3; 2], [times(&times(&zz1, &zz2), &pp); 2]));
    }
}

fn values_of_points(points: &Points, lane: usize) -> [Number; 4] {
    [&points.x, &points.y, &points.zz, &points.zzz].map(|elements| values(elements)[lane])
}

/// Each lane sums a different sequence of entries. The scalar kernel's coordinates are the same numbers in Montgomery form.
#[test]
fn matches_the_scalar_formulas() {
    let table = build(&GENERATOR, &HOT);
    let entries: Vec<_> = table.iter().map(Points::entry).collect();
    let at = |round: usize| [round * 37 % table.len(), round * 101 % table.len()];
    let mut points = Points::new(at(1).map(|i| &entries[i]), [false, true]);
    let [first, second] = at(1);
    let mut scalar = [Point::from_affine(&table[first], false), Point::from_affine(&table[second], true)];
    for round in 2..200 {
        let (chosen, negative) = (at(round), [round % 3 == 0, round % 5 == 0]);
        if round % 4 == 0 {
            points.double();
        } else {
            points.add(chosen.map(|i| &entries[i]), negative);
        }
        for (lane, point) in scalar.iter_mut().enumerate() {
            if round % 4 == 0 {
                point.double();
            } else {
                point.add(&table[chosen[lane]], negative[lane]);
            }
            let expected = [&point.x, &point.y, &point.zz, &point.zzz].map(|element| value(&element.0, &p()));
            assert_eq!(values_of_points(&points, lane).map(|a| shift(&a, 392, &p())), expected);
        }
    }
}
