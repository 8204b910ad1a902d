//! RS256: the verdicts of both kernels must match that of the `rsa` crate.
//!
//! The kernels run on emulated vectors with checked bounds: a sum or a digit that is too large causes a crash. A modulus is
//! either a product of small primes, so that any encoded message can be signed, or a repeated pattern of digits that
//! come close to the bounds.
#![no_main]

extern crate alloc;

#[path = "../../src/crypto/montgomery/tests/signer.rs"]
#[allow(dead_code, reason = "only the tests use all of it")]
mod signer;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use num_bigint::BigUint;
use rsa::{BoxedUint, Pkcs1v15Sign, PublicKey};
use sha2::Sha256;
use signer::{Random, Signer, padded};
use std::sync::OnceLock;
use sts_jwt::internals::Rs256Key;

const LENGTHS: [usize; 3] = [256, 384, 512];

/// RFC 8017 §9.2, note 1.
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

struct Key {
    modulus: Vec<u8>,
    ours: Rs256Key,
    theirs: PublicKey,
}

fuzz_target!(|data: &[u8]| {
    let mut input = Unstructured::new(data);
    let _ = if input.ratio(1, 8).unwrap_or_default() { any_modulus(&mut input) } else { signed(&mut input) };
});

/// Encodes and signs a message; the encoding, the hash and the signature may be damaged.
fn signed(input: &mut Unstructured) -> Result<()> {
    static KEYS: OnceLock<Vec<(Signer, Key)>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let new = |(seed, length)| {
            let signer = Signer::new(&mut Random(seed), length);
            let key = Key::new(signer.modulus());
            (signer, key)
        };
        LENGTHS.into_iter().flat_map(|length| [(1, length), (2, length), (3, length)]).map(new).collect()
    });
    let (signer, key) = input.choose(keys)?;
    let length = key.modulus.len();
    let (choices, mut hash) = (input.arbitrary::<u8>()?, input.arbitrary::<[u8; 32]>()?);
    let mut encoded = [&vec![0xff; length - DIGEST_INFO.len() - hash.len()][..], &DIGEST_INFO, &hash].concat();
    (encoded[0], encoded[1], encoded[length - DIGEST_INFO.len() - hash.len() - 1]) = (0, 1, 0);
    if choices & 1 != 0 {
        damage(input, &mut encoded[1..])?;
    }
    let mut signature = signer.sign(&encoded);
    if choices & 2 != 0 {
        damage(input, &mut hash)?;
    }
    match choices >> 2 & 7 {
        0 => damage(input, &mut signature)?,
        1 => signature = number(input, length)?,
        // The signatures N - s and s + N. The second may be one octet longer.
        2 => signature = padded(&(&signer.n - BigUint::from_bytes_be(&signature)), length),
        3 => signature = (&signer.n + BigUint::from_bytes_be(&signature)).to_bytes_be(),
        4 => signature.truncate(input.choose_index(length)?),
        5 => signature.insert(0, input.arbitrary()?),
        _ => {}
    }
    let verdict = key.check(&hash, &signature);
    // An undamaged signature must be accepted: two equal verdicts could both be wrong.
    assert!(verdict || choices & 3 != 0 || choices >> 2 & 7 < 6);
    Ok(())
}

/// Checks signatures that are arbitrary or near the modulus, for a modulus with no known private key.
fn any_modulus(input: &mut Unstructured) -> Result<()> {
    let length = *input.choose(&LENGTHS)?;
    let mut modulus = number(input, length)?;
    modulus[0] |= 0x80;
    modulus[length - 1] |= 1;
    let key = Key::new(modulus);
    for _ in 0..3 {
        let mut signature = number(input, length)?;
        if input.arbitrary()? {
            let n = BigUint::from_bytes_be(&key.modulus);
            signature = padded(&((n - input.arbitrary::<u8>()?) % (BigUint::from(1_u8) << (8 * length))), length);
        }
        key.check(&input.arbitrary()?, &signature);
    }
    Ok(())
}

impl Key {
    fn new(modulus: Vec<u8>) -> Self {
        let n = BoxedUint::from_be_slice_vartime(&modulus);
        let theirs = PublicKey::new_with_size_limits(n, BoxedUint::from(65_537_u32), 2048..=4096).unwrap();
        Self { ours: Rs256Key::new(&modulus).unwrap(), modulus, theirs }
    }

    fn check(&self, hash: &[u8; 32], signature: &[u8]) -> bool {
        let ours = self.ours.verify(hash, signature);
        let theirs = self.theirs.verify(Pkcs1v15Sign::new::<Sha256>(), hash, signature).is_ok();
        assert_eq!(ours, [theirs; 2], "{:x?} {hash:x?} {signature:x?}", self.modulus);
        theirs
    }
}

/// A number that repeats a pattern of one octet (such as ff or 00) or of several octets. A pattern of thirteen octets repeats
/// every eight digits of 13 bits, and a pattern of 51 octets repeats every eight digits of 51 bits.
fn number(input: &mut Unstructured, length: usize) -> Result<Vec<u8>> {
    let period = input.int_in_range(1..=51)?;
    let pattern = input.bytes(period.min(input.len()))?;
    let mut number: Vec<u8> = pattern.iter().chain([&0; 1]).take(period).copied().cycle().take(length).collect();
    damage(input, &mut number)?;
    Ok(number)
}

/// Changes up to three octets.
fn damage(input: &mut Unstructured, octets: &mut [u8]) -> Result<()> {
    for _ in 0..input.int_in_range(0..=3)? {
        octets[input.choose_index(octets.len())?] ^= input.arbitrary::<u8>()?;
    }
    Ok(())
}
