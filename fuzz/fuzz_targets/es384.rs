//! ES384: the verdict of this project's arithmetic must match that of the `p384` crate, with the cold and with the hot
//! tables of a key.
//!
//! The input is a sequence of choices. Scalars, digests, r and s are drawn from values that are difficult for the
//! arithmetic: range limits, powers of two and their differences, runs of ones. Valid signatures are constructed by
//! choosing u₁ and u₂, without a private key, and may then be damaged.
#![no_main]

#[path = "../../src/crypto/p384/tests/forge.rs"]
#[allow(dead_code, reason = "only the tests use all of it")]
mod forge;

use forge::{coordinates, forge, join, oracle, order_minus, reduce, scalar_bytes};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use p384::elliptic_curve::sec1::FromSec1Point;
use p384::{AffinePoint, ProjectivePoint, Scalar, Sec1Point};
use std::sync::{Mutex, OnceLock};
use sts_jwt::internals::{Es384Key, Generator, Tables};

const G: ProjectivePoint = ProjectivePoint::GENERATOR;

const P: [u8; 48] = {
    let mut p = [0xff; 48];
    (p[31], p[36], p[37], p[38], p[39]) = (0xfe, 0, 0, 0, 0);
    (p[40], p[41], p[42], p[43]) = (0, 0, 0, 0);
    p
};

fuzz_target!(|data: &[u8]| {
    let mut input = Unstructured::new(data);
    let _ = match data.first().map(|octet| octet % 8) {
        Some(0) => key(&mut input),
        Some(1) => signature_of_a_point(&mut input),
        Some(2) => any_signature(&mut input),
        _ => signature_by_construction(&mut input),
    };
});

/// Reads a key from any two coordinates. This project must accept the key if and only if the crate does.
fn key(input: &mut Unstructured) -> Result<()> {
    input.bytes(1)?;
    let (mut x, mut y) = (number(input)?, number(input)?);
    // For a small x, x + p is congruent to x and still below 2^384.
    let (small, congruent) = (input.arbitrary::<i8>()?, input.ratio(1, 4)?);
    if congruent {
        x = near([0; 48], small.saturating_abs());
    }
    if let Some(point) = decompress(input.arbitrary()?, &x) {
        (x, y) = coordinates(&point);
        if congruent {
            x = near(P, small.saturating_abs());
        } else {
            damage(input, &mut [&mut x, &mut y])?;
        }
    }
    let ours = Es384Key::new(&x, &y);
    let theirs = AffinePoint::from_sec1_point(&Sec1Point::from_affine_coordinates(&x.into(), &y.into(), false));
    assert_eq!(ours.is_some(), bool::from(theirs.is_some()), "{x:x?} {y:x?}");
    Ok(())
}

/// Checks a signature for which u₁·G + u₂·Q is a point with a chosen x, for example in [n, p). r is either x mod n, or differs
/// from x mod n, for example by p − n.
fn signature_of_a_point(input: &mut Unstructured) -> Result<()> {
    input.bytes(1)?;
    let x = number(input)?;
    let Some(point) = decompress(input.arbitrary()?, &x).map(ProjectivePoint::from) else { return Ok(()) };
    let (u1, u2) = (scalar(input)?, scalar(input)?);
    let r = reduce(&x) + if input.ratio(1, 4)? { scalar(input)? } else { Scalar::ZERO };
    let Some(u2_inverse) = Option::<Scalar>::from(u2.invert()) else { return Ok(()) };
    let s = r * u2_inverse;
    check(&((point - G * u1) * u2_inverse), scalar_bytes(&(u1 * s)), scalar_bytes(&r), scalar_bytes(&s));
    Ok(())
}

/// Checks any digest with any two numbers as the signature.
fn any_signature(input: &mut Unstructured) -> Result<()> {
    input.bytes(1)?;
    let d = scalar(input)?;
    check(&(G * d), number(input)?, number(input)?, number(input)?);
    Ok(())
}

/// Checks a signature constructed from u₁ and u₂, which are equal, opposite, chosen so that u₁·G = ±u₂·Q, or arbitrary.
/// The signature may then be damaged.
fn signature_by_construction(input: &mut Unstructured) -> Result<()> {
    let (relation, d, u2) = (input.arbitrary::<u8>()?, scalar(input)?, scalar(input)?);
    let u1 = match relation / 8 % 6 {
        0 => u2,
        1 => -u2,
        2 => -(d * u2),
        3 => d * u2,
        _ => scalar(input)?,
    };
    let q = G * d;
    let Some((mut digest, signature)) = forge(&q, &u1, &u2) else { return Ok(()) };
    let (mut r, mut s): ([u8; 48], [u8; 48]) =
        (signature[..48].try_into().unwrap(), signature[48..].try_into().unwrap());
    match relation / 64 {
        0 => {}
        // (r, n − s) is as valid as (r, s).
        1 => s = scalar_bytes(&-reduce(&s)),
        2 => r = scalar_bytes(&-reduce(&r)),
        _ => damage(input, &mut [&mut digest, &mut r, &mut s])?,
    }
    check(&q, digest, r, s);
    Ok(())
}

fn check(q: &ProjectivePoint, digest: [u8; 48], r: [u8; 48], s: [u8; 48]) {
    static GENERATOR: OnceLock<Generator> = OnceLock::new();
    /// Recently used keys: most inputs use the same key as their predecessor.
    static KEYS: Mutex<Vec<([u8; 48], [u8; 48], Es384Key)>> = Mutex::new(Vec::new());

    let q = q.to_affine();
    if bool::from(q.is_identity()) {
        return;
    }
    let (x, y) = coordinates(&q);
    let mut keys = KEYS.lock().unwrap();
    if keys.len() > 64 {
        keys.clear();
    }
    let position = keys.iter().position(|(key_x, key_y, _)| (key_x, key_y) == (&x, &y)).unwrap_or_else(|| {
        keys.push((x, y, Es384Key::new(&x, &y).unwrap()));
        keys.len() - 1
    });
    let (generator, key) = (GENERATOR.get_or_init(Generator::default), &keys[position].2);
    let signature = join(&r, &s);
    let expected = oracle(&x, &y, &digest, &signature);
    let mut slow = false;
    for tables in [Tables::Cold, Tables::Hot] {
        let verdict = key.try_verify(tables, generator, &digest, &signature);
        assert!(
            verdict.is_none_or(|verdict| verdict == expected),
            "{tables:?} {x:x?} {y:x?} {digest:x?} {signature:x?}"
        );
        slow |= verdict.is_none();
    }
    if slow {
        assert_eq!(key.verify(&digest, &signature), expected);
    }
}

/// A scalar or its negative. The scalar is small, a sum or difference of powers of two, a run of equal octets, or
/// arbitrary.
fn scalar(input: &mut Unstructured) -> Result<Scalar> {
    let choice = input.arbitrary::<u8>()?;
    let mut power = || {
        let exponent = u32::from(input.arbitrary::<u16>()?) % 384;
        Ok((0..exponent).fold(Scalar::ONE, |power, _| power.double()))
    };
    let scalar = match choice / 2 % 6 {
        0 => Scalar::from(u64::from(input.arbitrary::<u8>()?)),
        1 => power()?,
        2 => power()? + power()?,
        3 => power()? - power()?,
        4 => reduce(&[input.arbitrary()?; 48]),
        _ => reduce(&number(input)?),
    };
    Ok(if choice % 2 == 0 { scalar } else { -scalar })
}

/// A number of 384 bits: near 0, n, p or 2^384, a run of equal octets with one octet changed, or arbitrary.
fn number(input: &mut Unstructured) -> Result<[u8; 48]> {
    let choice = input.arbitrary::<u8>()?;
    Ok(match choice % 8 {
        0 => near([0; 48], input.arbitrary()?),
        1 => near(near(order_minus(1), 1), input.arbitrary()?),
        2 => near(P, input.arbitrary()?),
        3 => scalar_bytes(&reduce(&near(P, input.arbitrary()?))),
        4 => {
            let mut run = [input.arbitrary()?; 48];
            run[input.choose_index(48)?] = input.arbitrary()?;
            run
        }
        _ => input.arbitrary()?,
    })
}

/// Returns base + offset mod 2^384.
fn near(mut base: [u8; 48], offset: i8) -> [u8; 48] {
    let mut carry = i16::from(offset);
    for octet in base.iter_mut().rev() {
        carry += i16::from(*octet);
        *octet = carry as u8;
        carry >>= 8;
    }
    base
}

fn decompress(odd: bool, x: &[u8; 48]) -> Option<AffinePoint> {
    let compressed = Sec1Point::from_bytes([&[2 + u8::from(odd)], x.as_slice()].concat()).ok()?;
    AffinePoint::from_sec1_point(&compressed).into()
}

/// Changes one octet of one of the numbers, or replaces the whole number.
fn damage(input: &mut Unstructured, numbers: &mut [&mut [u8; 48]]) -> Result<()> {
    let which = input.choose_index(numbers.len())?;
    if input.arbitrary()? {
        numbers[which][input.choose_index(48)?] ^= input.arbitrary::<u8>()?;
    } else {
        *numbers[which] = number(input)?;
    }
    Ok(())
}
