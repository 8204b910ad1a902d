//! Random signatures, a quarter of them bad, against the `p384` crate. SIGNATURES sets their number.

use super::super::{Generator, PreparedKey, Verdict};
use super::forge::{Numbers, coordinates, forge, oracle};
use ::p384::ProjectivePoint;

#[test]
fn agrees_on_random_signatures() {
    let count: u64 = std::env::var("SIGNATURES").map_or(20_000, |text| text.parse().unwrap());
    let per_key = 200;
    let tables = Generator::default();
    let mut numbers = Numbers(count);
    let (mut valid, mut invalid, mut exceptional) = (0, 0, 0);
    for _ in 0..count / per_key {
        let q = ProjectivePoint::GENERATOR * numbers.scalar();
        let (x, y) = coordinates(&q.to_affine());
        let key = PreparedKey::new(&x, &y).unwrap();
        for i in 0..per_key {
            let (mut digest, mut signature) = forge(&q, &numbers.scalar(), &numbers.scalar()).unwrap();
            let bit = numbers.next() as usize;
            match i % 12 {
                3 => digest[bit / 8 % 48] ^= 1 << (bit % 8),
                7 => signature[bit / 8 % 96] ^= 1 << (bit % 8),
                11 => signature = numbers.bytes(),
                _ => {}
            }
            let expected = oracle(&x, &y, &digest, &signature);
            match key.try_verify(&tables, &digest, &signature) {
                None => exceptional += 1,
                Some(verdict) => {
                    assert_eq!(verdict == Verdict::Valid, expected, "{x:x?} {y:x?} {digest:x?} {signature:x?}")
                }
            }
            if expected { valid += 1 } else { invalid += 1 }
        }
    }
    assert!(valid >= count * 7 / 10 && invalid >= count / 5 && exceptional == 0);
}
