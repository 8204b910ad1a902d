//! Compares our ES384 arithmetic with the `p384` crate, with the first and with the hot tables of a key.
//!
//! The input is a sequence of choices. Scalars, digests and the halves of a signature are drawn from difficult values:
//! range limits, powers of two and their differences, runs of ones. Signatures are constructed from chosen u₁ and u₂, not
//! with a private key, and then corrupted.
#![no_main]

#[path = "../../src/signature/p384/tests/forge.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
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

/// Any two coordinates must be a key to us exactly if they are one to the crate.
fn key(input: &mut Unstructured) -> Result<()> {
    input.bytes(1)?;
    let (mut x, mut y) = (number(input)?, number(input)?);
    // A small x, so that x + p is congruent and still below 2^384.
    let (small, congruent) = (input.arbitrary::<i8>()?, input.ratio(1, 4)?);
    if congruent {
        x = near([0; 48], small.saturating_abs());
    }
    if let Some(point) = decompress(input.arbitrary()?, &x) {
        (x, y) = coordinates(&point);
        if congruent {
            x = near(P, small.saturating_abs());
        } else {
            spoil(input, &mut [&mut x, &mut y])?;
        }
    }
    let ours = Es384Key::new(&x, &y);
    let theirs = AffinePoint::from_sec1_point(&Sec1Point::from_affine_coordinates(&x.into(), &y.into(), false));
    assert_eq!(ours.is_some(), bool::from(theirs.is_some()), "{x:x?} {y:x?}");
    Ok(())
}

/// Constructs a signature such that u₁·G + u₂·Q has a chosen x, such as one in [n, p), or p − n away from another.
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

/// Chooses u₁ and u₂ equal, opposite, with the sum at infinity, or freely, then may corrupt the signature.
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
        // The second valid signature (r, −s).
        1 => s = scalar_bytes(&-reduce(&s)),
        2 => r = scalar_bytes(&-reduce(&r)),
        _ => spoil(input, &mut [&mut digest, &mut r, &mut s])?,
    }
    check(&q, digest, r, s);
    Ok(())
}

fn check(q: &ProjectivePoint, digest: [u8; 48], r: [u8; 48], s: [u8; 48]) {
    static GENERATOR: OnceLock<Generator> = OnceLock::new();
    /// Recent keys, cached because most inputs use the same key as their predecessor.
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
    for tables in [Tables::First, Tables::Hot] {
        let verdict = key.try_verify(tables, generator, &digest, &signature);
        assert!(
            verdict.is_none_or(|verdict| verdict == expected),
            "{tables:?} {x:x?} {y:x?} {digest:x?} {signature:x?}"
        );
        slow |= verdict.is_none();
    }
    if slow {
        assert_eq!(key.verify(generator, &digest, &signature), expected);
    }
}

/// Draws a scalar or its negative: small, a sum or difference of powers of two, equal octets, or any value.
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

/// Draws a number of 384 bits: near 0, n, p or 2^384, equal octets except for one, or any value.
fn number(input: &mut Unstructured) -> Result<[u8; 48]> {
    let choice = input.arbitrary::<u8>()?;
    Ok(match choice % 8 {
        0 => near([0; 48], input.arbitrary()?),
        1 => near(near(order_minus(1), 1), input.arbitrary()?),
        2 => near(P, input.arbitrary()?),
        3 => scalar_bytes(&reduce(&near(P, input.arbitrary()?))),
        4 => {
            let mut row = [input.arbitrary()?; 48];
            row[input.choose_index(48)?] = input.arbitrary()?;
            row
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
fn spoil(input: &mut Unstructured, numbers: &mut [&mut [u8; 48]]) -> Result<()> {
    let which = input.choose_index(numbers.len())?;
    if input.arbitrary()? {
        numbers[which][input.choose_index(48)?] ^= input.arbitrary::<u8>()?;
    } else {
        *numbers[which] = number(input)?;
    }
    Ok(())
}
