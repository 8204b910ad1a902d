//! Constructed cases: exceptional additions, scalars and coordinates at the limits of their ranges, and bad keys.

use super::super::point::{Affine, Point};
use super::super::{Generator, HOT_AFTER, Kernel, PreparedKey as AnyKey, Verdict};
use super::forge::{Numbers, coordinates, forge, join, oracle, order_minus, reduce, scalar_bytes};
use super::{ALWAYS, Fused, NEVER, Slow, Tables, assert_agreement, slow};
use ::p384::elliptic_curve::sec1::FromSec1Point;
use ::p384::{AffinePoint, ProjectivePoint, Scalar};
use alloc::format;

type PreparedKey = AnyKey;

const G: ProjectivePoint = ProjectivePoint::GENERATOR;

fn check(tables: &Tables, q: &ProjectivePoint, u1: &Scalar, u2: &Scalar, what: &str) -> Slow {
    forge(q, u1, u2).map_or(NEVER, |(digest, signature)| assert_agreement(tables, q, &digest, &signature, what))
}

#[test]
fn leaves_exceptional_additions_to_the_slow_path() {
    let tables = Tables::default();
    let mut numbers = Numbers(1);
    for (q, name) in [(G, "Q = G"), (-G, "Q = -G")] {
        for _ in 0..4 {
            let u = numbers.scalar();
            // With R = 2 u1·G, equal entries are added only if the tables of G and Q have the same shape, which
            // is true only of the hot tables. With R = infinity, both kinds of tables lead to an exceptional addition.
            let twice = if q == G { u } else { -u };
            assert_eq!(
                check(&tables, &q, &u, &twice, &format!("{name}, R = 2 u1·G")),
                slow(false, true, true),
                "{name}, R = 2 u1·G"
            );
            assert_eq!(
                check(&tables, &q, &u, &-twice, &format!("{name}, R = infinity")),
                ALWAYS,
                "{name}, R = infinity"
            );
            assert_eq!(check(&tables, &q, &u, &numbers.scalar(), name), NEVER, "{name}");
        }
    }
}

#[test]
fn rejects_infinity_on_the_slow_path() {
    let tables = Tables::default();
    let mut numbers = Numbers(2);
    for d in [Scalar::ONE, -Scalar::ONE, Scalar::from(2u64), numbers.scalar(), numbers.scalar()] {
        let u2 = numbers.scalar();
        assert_eq!(check(&tables, &(G * d), &-(d * u2), &u2, "R = infinity"), ALWAYS);
    }
}

#[test]
fn matches_the_oracle_on_small_multiples_and_scalars() {
    let tables = Tables::default();
    let mut exceptional = [false; 3];
    let powers = [1u64, 2, 3, 4, 5, 8, 11, 16, 48, 77, 128, 255, 256].map(Scalar::from);
    let high = [8u32, 11, 48, 77, 88, 376, 383].map(|k| (0..k).fold(Scalar::ONE, |power, _| power.double()));
    let small = [Scalar::ONE, Scalar::from(2u64), Scalar::from(3u64), -Scalar::ONE, -Scalar::from(2u64)];
    for d in powers.iter().chain(&high) {
        for d in [*d, -*d] {
            for u1 in small.iter().chain([&Scalar::ZERO, &d]) {
                for u2 in [Scalar::ONE, -Scalar::ONE, Scalar::from(2u64)] {
                    let Slow { cold, hot, fused } = check(&tables, &(G * d), u1, &u2, &format!("{d:?} {u1:?} {u2:?}"));
                    exceptional = [exceptional[0] | cold, exceptional[1] | hot, exceptional[2] | fused];
                }
            }
        }
    }
    assert_eq!(exceptional, [true; 3]);
}

#[test]
fn keeps_equal_scalars_and_zero_digests_on_the_fast_path() {
    let tables = Tables::default();
    let mut numbers = Numbers(3);
    for _ in 0..4 {
        let (q, u) = (G * numbers.scalar(), numbers.scalar());
        assert_eq!(check(&tables, &q, &u, &u, "u1 = u2"), NEVER);
        // A sum for G alone ends at infinity.
        let infinity = slow(false, false, true);
        assert_eq!(check(&tables, &q, &Scalar::ZERO, &u, "z = 0"), infinity);
        let (_, signature) = forge(&q, &u, &numbers.scalar()).unwrap();
        for digest in [[0; 48], [0xff; 48], order_minus(0), order_minus(1), scalar_bytes(&Scalar::ONE)] {
            let expected = if digest == [0; 48] || digest == ORDER { infinity } else { NEVER };
            assert_eq!(assert_agreement(&tables, &q, &digest, &signature, "digest at an end"), expected);
        }
    }
}

#[test]
fn reduces_a_digest_above_the_order() {
    // z and z + n, both below 2^384, get the same verdict. R = -u1·G has x(R) = r; Q = (R - u1·G) / u2.
    let (tables, mut numbers) = (Tables::default(), Numbers(4));
    let (z, s) = (Scalar::from(12345u64), numbers.scalar());
    let s_inverse = Option::<Scalar>::from(s.invert()).unwrap();
    let point = G * (z * s_inverse);
    let r = reduce(&coordinates(&point.to_affine()).0);
    let q = -(point + point) * (s * Option::<Scalar>::from(r.invert()).unwrap());
    let (x, y) = coordinates(&q.to_affine());
    for digest in [scalar_bytes(&z), plus(scalar_bytes(&z), ORDER)] {
        let signature = join(&scalar_bytes(&r), &scalar_bytes(&s));
        assert!(oracle(&x, &y, &digest, &signature));
        // R = -u1·G, but u1 is random, so no addition is exceptional.
        assert_eq!(assert_agreement(&tables, &q, &digest, &signature, "z + n"), NEVER);
    }
}

#[test]
fn rejects_r_and_s_out_of_range() {
    let (tables, mut numbers) = (Tables::default(), Numbers(5));
    let q = G * numbers.scalar();
    let (digest, signature) = forge(&q, &numbers.scalar(), &numbers.scalar()).unwrap();
    let (r, s): ([u8; 48], [u8; 48]) = (signature[..48].try_into().unwrap(), signature[48..].try_into().unwrap());
    let (x, y) = coordinates(&q.to_affine());
    for bad in [[0; 48], ORDER, [0xff; 48], P] {
        for signature in [join(&bad, &s), join(&r, &bad), join(&bad, &bad)] {
            let key = PreparedKey::new(&x, &y).unwrap();
            assert_eq!(key.try_verify(&tables.hot, &digest, &signature), Some(Verdict::Invalid));
            assert_agreement(&tables, &q, &digest, &signature, "out of range");
        }
    }
    for k in 1..20 {
        assert_agreement(&tables, &q, &digest, &join(&order_minus(k), &s), "r near n");
        assert_agreement(&tables, &q, &digest, &join(&r, &order_minus(k)), "s near n");
    }
}

/// The points with the smallest x-coordinates that are at least `x`, in ascending order.
fn points_from(mut x: [u8; 48]) -> impl Iterator<Item = ([u8; 48], ProjectivePoint)> {
    std::iter::from_fn(move || {
        loop {
            let candidate = x;
            for byte in x.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
            let compressed = p384::Sec1Point::from_bytes([&[2], candidate.as_slice()].concat()).unwrap();
            if let Some(point) = Option::<AffinePoint>::from(AffinePoint::from_sec1_point(&compressed)) {
                return Some((candidate, ProjectivePoint::from(point)));
            }
        }
    })
}

/// A key, digest and signature for which the verifier computes `point`. The signature contains `r`.
fn with_point(numbers: &mut Numbers, point: &ProjectivePoint, r: &Scalar) -> (ProjectivePoint, [u8; 48], [u8; 96]) {
    let (u1, u2) = (numbers.scalar(), numbers.scalar());
    let u2_inverse = Option::<Scalar>::from(u2.invert()).unwrap();
    let s = *r * u2_inverse;
    ((*point - G * u1) * u2_inverse, scalar_bytes(&(u1 * s)), join(&scalar_bytes(r), &scalar_bytes(&s)))
}

#[test]
fn accepts_x_between_order_and_p() {
    let (tables, mut numbers) = (Tables::default(), Numbers(6));
    for (x, point) in points_from(ORDER).skip(1).take(12).chain(points_from(minus(P, 40)).take(8)) {
        let (q, digest, signature) = with_point(&mut numbers, &point, &reduce(&x));
        let (key_x, key_y) = coordinates(&q.to_affine());
        assert!(oracle(&key_x, &key_y, &digest, &signature));
        assert_eq!(assert_agreement(&tables, &q, &digest, &signature, "x in [n, p)"), NEVER);
    }
}

#[test]
fn accepts_r_and_s_near_the_order() {
    let (tables, mut numbers) = (Tables::default(), Numbers(10));
    let near_order = points_from(minus(ORDER, 40)).take_while(|(x, _)| *x < ORDER);
    let mut tested = 0;
    for (x, point) in near_order {
        let (q, digest, signature) = with_point(&mut numbers, &point, &reduce(&x));
        assert_eq!(signature[..48], x);
        let (key_x, key_y) = coordinates(&q.to_affine());
        assert!(oracle(&key_x, &key_y, &digest, &signature));
        assert_eq!(assert_agreement(&tables, &q, &digest, &signature, "r near n"), NEVER);
        tested += 1;
    }
    assert!(tested > 5);
    for k in 1..8 {
        // u2 = r/s with s = n − k.
        let (k, s) = (numbers.scalar(), order_minus(k));
        let point = G * k;
        let r = reduce(&coordinates(&point.to_affine()).0);
        let d = numbers.scalar();
        let digest = scalar_bytes(&(reduce(&s) * k - r * d));
        let signature = join(&scalar_bytes(&r), &s);
        let (key_x, key_y) = coordinates(&(G * d).to_affine());
        assert!(oracle(&key_x, &key_y, &digest, &signature));
        assert_eq!(assert_agreement(&tables, &(G * d), &digest, &signature, "s near n"), NEVER);
    }
}

#[test]
fn rejects_r_that_wraps_modulo_p() {
    // r = x(R) + p - n: r + n is congruent to x(R) modulo p, but r is not congruent to x(R) modulo n.
    let (tables, mut numbers) = (Tables::default(), Numbers(7));
    let p_minus_order = reduce(&minus(P, 1)) + Scalar::ONE;
    for (x, point) in points_from([0; 48]).take(12) {
        let (q, digest, signature) = with_point(&mut numbers, &point, &(reduce(&x) + p_minus_order));
        let (key_x, key_y) = coordinates(&q.to_affine());
        assert!(!oracle(&key_x, &key_y, &digest, &signature));
        assert_eq!(assert_agreement(&tables, &q, &digest, &signature, "r + n - p = x"), NEVER);
    }
}

#[test]
fn rejects_r_plus_order_and_s_plus_order() {
    // r + n and s + n are congruent to a valid r and s. They are below 2^384, because r and s are small.
    let (tables, mut numbers) = (Tables::default(), Numbers(8));
    for (x, point) in points_from([0; 48]).skip(1).take(8) {
        let (r, s, z) = (reduce(&x), Scalar::from(numbers.next()), numbers.scalar());
        let s_inverse = Option::<Scalar>::from(s.invert()).unwrap();
        let u2_inverse = s * Option::<Scalar>::from(r.invert()).unwrap();
        let q = (point - G * (z * s_inverse)) * u2_inverse;
        let (r, s, digest) = (scalar_bytes(&r), scalar_bytes(&s), scalar_bytes(&z));
        let (key_x, key_y) = coordinates(&q.to_affine());
        assert!(oracle(&key_x, &key_y, &digest, &join(&r, &s)));
        assert_agreement(&tables, &q, &digest, &join(&r, &s), "small r and s");
        for signature in [join(&plus(r, ORDER), &s), join(&r, &plus(s, ORDER))] {
            let key = PreparedKey::new(&key_x, &key_y).unwrap();
            assert_eq!(key.try_verify(&tables.hot, &digest, &signature), Some(Verdict::Invalid));
            assert_agreement(&tables, &q, &digest, &signature, "r + n, s + n");
        }
    }
}

#[test]
fn builds_the_hot_tables_after_enough_uses() {
    builds_hot_tables::<Point>(true);
    builds_hot_tables::<Fused>(true);
}

/// On an engine that rounds the product of a multiply-add, the kernel is not usable.
#[test]
fn stays_on_the_first_tables_if_the_kernel_is_not_usable() {
    builds_hot_tables::<Unusable>(false);
}

#[derive(Debug)]
struct Unusable;

impl Kernel for Unusable {
    type Entry = ();
    fn is_usable() -> bool {
        false
    }
    fn entry(_: &Affine) {
        panic!()
    }
    fn has_x(_: [&super::super::Scalar; 2], _: [&[()]; 2], _: &[u8; 48]) -> Option<bool> {
        panic!()
    }
}

fn builds_hot_tables<K: Kernel>(is_usable: bool) {
    let (tables, mut numbers) = (Generator::<K>::default(), Numbers(9));
    let q = G * numbers.scalar();
    let (digest, good) = forge(&q, &numbers.scalar(), &numbers.scalar()).unwrap();
    let (x, y) = coordinates(&q.to_affine());
    let key = AnyKey::<K>::new(&x, &y).unwrap();
    // A signature that is out of range does not count as a use.
    assert_eq!(key.try_verify(&tables, &digest, &[0; 96]), Some(Verdict::Invalid));
    assert!(key.cold.get().is_none());
    for uses in 0..HOT_AFTER + 3 {
        let (bad, i) = (uses % 3 == 1, numbers.next() as usize % 48);
        let digest = core::array::from_fn(|j| digest[j] ^ u8::from(bad && i == j));
        let expected = if bad { Verdict::Invalid } else { Verdict::Valid };
        assert_eq!(key.try_verify(&tables, &digest, &good), Some(expected), "use {uses}");
        assert!(key.cold.get().is_some());
        let is_hot = is_usable && uses >= HOT_AFTER;
        assert_eq!((key.hot.get().is_some(), tables.hot.get().is_some()), (is_hot, is_hot));
    }
}

#[test]
fn rejects_bad_keys() {
    let (x, y) = coordinates(&G.to_affine());
    assert!(PreparedKey::new(&x, &y).is_some());
    assert!(PreparedKey::new(&x, &coordinates(&(-G).to_affine()).1).is_some());
    assert!(PreparedKey::new(&y, &x).is_none());
    assert!(PreparedKey::new(&[0; 48], &[0; 48]).is_none());
    for bit in 0..384 {
        let (mut off_x, mut off_y) = (x, y);
        off_x[bit / 8] ^= 1 << (bit % 8);
        off_y[bit / 8] ^= 1 << (bit % 8);
        assert!(PreparedKey::new(&off_x, &y).is_none() && PreparedKey::new(&x, &off_y).is_none());
    }
    // x + p is congruent to the x of a point, but is not below p.
    for (x, point) in points_from([0; 48]).take(20) {
        let y = coordinates(&point.to_affine()).1;
        assert!(PreparedKey::new(&x, &y).is_some());
        assert!(PreparedKey::new(&plus(x, P), &y).is_none());
    }
    for y in [P, [0xff; 48]] {
        assert!(PreparedKey::new(&x, &y).is_none() && PreparedKey::new(&y, &y).is_none());
    }
}

const ORDER: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0,
    0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];
const P: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
    0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
];

fn minus(mut bytes: [u8; 48], k: u8) -> [u8; 48] {
    bytes[47] -= k;
    bytes
}

fn plus(mut a: [u8; 48], b: [u8; 48]) -> [u8; 48] {
    let mut carry = 0u16;
    for (a, b) in a.iter_mut().zip(b).rev() {
        carry += u16::from(*a) + u16::from(b);
        *a = carry as u8;
        carry >>= 8;
    }
    a
}
