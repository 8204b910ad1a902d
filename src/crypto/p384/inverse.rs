//! Modular inversion by division steps: Bernstein and Yang, "Fast constant-time gcd computation and modular
//! inversion", TCHES 2019(3), in variable time (everything here is public).
//!
//! A division step (§8 there) takes (δ, f, g), f odd, to (1−δ, g, (g−f)/2) if δ > 0 and g is odd, else to
//! (1+δ, f, (g + (g mod 2)·f)/2). Starting with the modulus as f and the number x as g, repeated steps end at g = 0, f = ±1.
//! [`WIDTH`] consecutive steps depend only on the low limbs of f and g. So [`steps`] combines that many steps into one matrix,
//! which [`apply`] applies to the remaining limbs of f and g. The same matrices, applied to (d, e) = (0, 1) modulo the
//! modulus, keep d·x ≡ f and e·x ≡ g; at the end d·x ≡ ±1.
//!
//! *Bounds.* The rows of the matrix have |u| + |v| ≤ 2^28, so f and g never grow. [`apply`] adds at most half a modulus
//! to d and e each time. After [`MATRICES`] matrices they are below 21 moduli, that is below 2^389, which fits fourteen limbs
//! with the last one below 2^26.
#![allow(clippy::as_conversions, clippy::indexing_slicing, reason = "limb arithmetic: constant indices, masked casts")]

use super::limbs::{HALF, LIMBS, MASK, WIDTH};

/// An odd modulus below 2^384.
pub(super) struct Modulus {
    /// The limbs of the modulus, tight or non-negative.
    pub(super) limbs: [i32; LIMBS],
    /// The inverse of the modulus mod 2^28.
    pub(super) inverse: i32,
}

/// The largest number of matrices that an inversion needs. With f below 2^384 and g up to twice that,
/// f² + 4g² ≤ 17 · 2^768 < 5 · 2^(2·385), so at most (49·385 + 57)/17 < 1114 steps are needed (Theorem 11.2).
const MATRICES: u32 = 1113u32.div_ceil(WIDTH);

/// 28 division steps: (f, g) ↦ (u·f + v·g, q·f + r·g) / 2^28.
struct Matrix {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// 1/x modulo the modulus, for |x| up to twice the modulus and x not a multiple of it. The result is below 21 moduli in
/// magnitude. Its limbs except the last are all in 0 ≤ limb < 2^28 or all in the negated range.
#[inline(never)]
pub(super) fn inverse(x: &[i32; LIMBS], modulus: &Modulus) -> [i32; LIMBS] {
    let (mut f, mut g) = (modulus.limbs, *x);
    let (mut d, mut e) = ([0; LIMBS], [0; LIMBS]);
    e[0] = 1;
    let mut delta = 1;
    let mut matrices = 0;
    // The number of limbs that f and g still need. The last of these limbs carries the sign.
    let mut length = LIMBS;
    while g[..length].iter().any(|&limb| limb != 0) {
        let matrix = steps(&mut delta, f[0], g[0]);
        apply(&matrix, &mut f[..length], &mut g[..length], modulus);
        apply(&matrix, &mut d, &mut e, modulus);
        matrices += 1;
        // A last limb of 0 or −1 is only a sign, so it is dropped, and the limb before it takes over the sign.
        if length > 1 && [f[length - 1], g[length - 1]].iter().all(|limb| (-1..=0).contains(limb)) {
            length -= 1;
            f[length - 1] |= f[length] << WIDTH;
            g[length - 1] |= g[length] << WIDTH;
        }
    }
    debug_assert!(matrices <= MATRICES && d[LIMBS - 1].abs() <= 21 << 20);
    if f[length - 1] < 0 { d.map(|limb| -limb) } else { d }
}

/// Performs 28 division steps on the low limbs. A run of zero bits of g is skipped at once.
///
/// While δ ≤ 0, each of up to 1 − δ consecutive steps either adds f to g or leaves g as it is. All of them are done at once
/// by adding w·f with w = −g/f mod 2^bits. f² ≡ 1 mod 8, so f·(f²−2)·f = (f²−1)² − 1 ≡ −1 mod 64, and f·(f²−2) is −1/f to
/// six bits.
fn steps(delta: &mut i32, f: i32, g: i32) -> Matrix {
    let (mut f, mut g) = (f, g);
    let (mut u, mut v, mut q, mut r) = (1i32, 0i32, 0i32, 1i32);
    let mut left = WIDTH;
    loop {
        let zeros = g.trailing_zeros().min(left);
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        left -= zeros;
        *delta += zeros as i32;
        if left == 0 {
            return Matrix { u: u.into(), v: v.into(), q: q.into(), r: r.into() };
        }
        // This branch is unpredictable, but without it the inversion takes a tenth longer.
        if *delta > 0 {
            *delta = -*delta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, -u);
            (v, r) = (r, -v);
        }
        let bits = left.min((1 - *delta) as u32).min(6);
        let quotient = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2)).wrapping_mul(g);
        let w = quotient & ((1 << bits) - 1);
        g = g.wrapping_add(f.wrapping_mul(w));
        q += u * w;
        r += v * w;
    }
}

/// (a, b) ← (u·a + v·b + k·M, q·a + r·b + l·M) / 2^28, where k and l with −2^27 ≤ k, l < 2^27 make the division exact. They
/// are 0 for (f, g), whose sums are already divisible. So f and g may have fewer limbs than M.
///
/// A sum is below 2^28 · 2^28 + 2^27 · 2^28 and a carry below 2^30: far below 2^63.
#[inline(never)]
fn apply(matrix: &Matrix, a: &mut [i32], b: &mut [i32], modulus: &Modulus) {
    let multiple = |sum: i64| {
        let quotient = (sum as i32).wrapping_mul(modulus.inverse).wrapping_neg();
        ((i64::from(quotient) + HALF) & MASK) - HALF
    };
    let rows = |i: usize| {
        let (ai, bi) = (i64::from(a[i]), i64::from(b[i]));
        (matrix.u * ai + matrix.v * bi, matrix.q * ai + matrix.r * bi)
    };
    let (first, second) = rows(0);
    let (k, l) = (multiple(first), multiple(second));
    let m = i64::from(modulus.limbs[0]);
    let mut carry = ((first + k * m) >> WIDTH, (second + l * m) >> WIDTH);
    let last = a.len() - 1;
    for i in 1..=last {
        let (ai, bi, m) = (i64::from(a[i]), i64::from(b[i]), i64::from(modulus.limbs[i]));
        let first = matrix.u * ai + matrix.v * bi + k * m + carry.0;
        let second = matrix.q * ai + matrix.r * bi + l * m + carry.1;
        a[i - 1] = (first & MASK) as i32;
        b[i - 1] = (second & MASK) as i32;
        carry = (first >> WIDTH, second >> WIDTH);
    }
    a[last] = carry.0 as i32;
    b[last] = carry.1 as i32;
}

#[cfg(test)]
mod tests {
    use super::super::field::P_BYTES;
    use super::super::limbs::{carried, from_bytes};
    use super::super::reference::{Number, Random, extreme_limbs, multiply, number, random_limbs, value};
    use super::super::scalar::ORDER_BYTES;
    use super::*;

    const ONE: Number = [1, 0, 0, 0, 0, 0];

    /// p and n.
    fn moduli() -> [(Modulus, Number); 2] {
        [P_BYTES, ORDER_BYTES].map(|bytes| {
            let limbs = from_bytes(&bytes);
            let inverse = (0..5).fold(1i32, |x, _| x.wrapping_mul(2i32.wrapping_sub(x.wrapping_mul(limbs[0]))));
            (Modulus { limbs, inverse }, number(&bytes))
        })
    }

    /// Checks that x · 1/x = 1 and that the limbs of 1/x are in the documented range.
    fn check(x: &[i32; LIMBS], (modulus, m): &(Modulus, Number)) {
        let result = inverse(x, modulus);
        assert_eq!(multiply(&value(x, m), &value(&result, m), m), ONE, "{x:x?}");
        let low = &result[..LIMBS - 1];
        assert!(low.iter().all(|limb| (0..1 << 28).contains(limb) || (0..1 << 28).contains(&-limb)), "{result:x?}");
    }

    /// Performs 28 division steps exactly as the paper defines them, starting with the matrix (1, 0; 0, 1).
    fn steps_by_definition(delta: &mut i32, mut f: i64, mut g: i64) -> [i64; 4] {
        let [mut u, mut v, mut q, mut r] = [1, 0, 0, 1];
        for _ in 0..WIDTH {
            if *delta > 0 && g & 1 == 1 {
                (*delta, f, g) = (1 - *delta, g, (g - f) / 2);
                (u, v, q, r) = (2 * q, 2 * r, q - u, r - v);
            } else {
                let odd = g & 1;
                (*delta, g) = (1 + *delta, (g + odd * f) / 2);
                (u, v, q, r) = (2 * u, 2 * v, q + odd * u, r + odd * v);
            }
        }
        [u, v, q, r]
    }

    #[test]
    fn matches_the_division_steps_of_the_paper() {
        let mut random = Random(6);
        for round in 0..20_000 {
            let word = |random: &mut Random| (random.next() & ((1 << 28) - 1)) as i32;
            let (f, g) = (word(&mut random) | 1, word(&mut random) & (-1 << (round % 29)));
            let start = (random.next() % 101) as i32 - 50;
            let (mut delta, mut expected_delta) = (start, start);
            let Matrix { u, v, q, r } = steps(&mut delta, f, g);
            let expected = steps_by_definition(&mut expected_delta, f.into(), g.into());
            assert_eq!((delta, [u, v, q, r]), (expected_delta, expected), "{start} {f:x} {g:x}");
            assert!(u.abs() + v.abs() <= 1 << 28 && q.abs() + r.abs() <= 1 << 28);
        }
    }

    /// Numbers near 0, ±M and the ends of −2M < x < 2M; powers of two and runs of ones of every length, and M minus these.
    #[test]
    fn inverts_numbers_at_the_range_limits() {
        for modulus in &moduli() {
            let m = &modulus.0.limbs;
            let plus = |a: &[i32; LIMBS], k: i32| core::array::from_fn(|i| if i == 0 { a[0] + k } else { a[i] });
            let twice = m.map(|limb| 2 * limb);
            for k in 1..5 {
                for x in [plus(&[0; LIMBS], k), plus(m, k), plus(m, -k), plus(&twice, -k)] {
                    check(&x, modulus);
                    check(&x.map(|limb| -limb), modulus);
                }
            }
            for bit in 1..384 {
                let power = core::array::from_fn(|i| if i == bit / 28 { 1 << (bit % 28) } else { 0 });
                for k in [-1, 0, 1] {
                    check(&plus(&power, k), modulus);
                    check(&carried(&core::array::from_fn(|i| m[i] - power[i] - if i == 0 { k } else { 0 })), modulus);
                }
            }
        }
    }

    #[test]
    fn inverts_extreme_limbs() {
        let mut random = Random(5);
        for modulus in &moduli() {
            let fits = |x: &[i32; LIMBS]| x[LIMBS - 1].abs() < 2 << 20 && value(x, &modulus.1) != [0; 6];
            let limbs = extreme_limbs(1).into_iter().chain((0..500).map(|_| random_limbs(&mut random, 1)));
            assert!(limbs.filter(fits).map(|x| check(&x, modulus)).count() > 500);
        }
    }
}
