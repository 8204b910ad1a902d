//! `cargo bench` measures a native verification and, with RUSTFLAGS='--cfg internals', its kernels.
//!
//! These are the scalar kernels. The vector kernels exist only in WebAssembly, where `make bench` measures whole tokens.
#![allow(
    missing_docs,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a bench may panic"
)]

extern crate alloc;

#[path = "../src/crypto/p384/tests/forge.rs"]
#[allow(dead_code, reason = "only the tests use all of it")]
mod forge;

#[path = "../src/crypto/montgomery/tests/signer.rs"]
#[allow(dead_code, unreachable_pub, reason = "only the tests use all of it")]
mod signer;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use criterion::{Criterion, criterion_group, criterion_main};
use forge::{Numbers, coordinates, join, oracle, reduce, scalar_bytes};
use p384::ProjectivePoint;
use sha2::{Digest, Sha256, Sha384};
use signer::{Random, Signer};
use std::hint::black_box;
use sts_jwt::VerifyingKey;

const MESSAGE: &[u8] = &[b'.'; 1024];

criterion_main!(benches);
#[cfg(not(internals))]
criterion_group!(benches, es384, rs256);
#[cfg(internals)]
criterion_group!(benches, es384, rs256, kernels);

/// The coordinates of a key and a valid signature of [`MESSAGE`].
fn es384_signature() -> ([u8; 48], [u8; 48], [u8; 96]) {
    let mut numbers = Numbers(1);
    let (d, k) = (numbers.scalar(), numbers.scalar());
    let (x, y) = coordinates(&(ProjectivePoint::GENERATOR * d).to_affine());
    let r = reduce(&coordinates(&(ProjectivePoint::GENERATOR * k).to_affine()).0);
    let digest: [u8; 48] = Sha384::digest(MESSAGE).into();
    let s = (reduce(&digest) + r * d) * Option::<p384::Scalar>::from(k.invert()).unwrap();
    (x, y, join(&scalar_bytes(&r), &scalar_bytes(&s)))
}

fn es384(criterion: &mut Criterion) {
    let (x, y, signature) = es384_signature();
    let encode = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
    let jwk = format!(r#"{{"kty":"EC","crv":"P-384","x":"{}","y":"{}"}}"#, encode(&x), encode(&y));
    let digest: [u8; 48] = Sha384::digest(MESSAGE).into();
    let mut group = criterion.benchmark_group("ES384");
    group.bench_function("the p384 crate", |b| b.iter(|| assert!(oracle(&x, &y, &digest, black_box(&signature)))));
    group.bench_function("a new key and its first verification", |b| {
        b.iter(|| VerifyingKey::from_jwk(&jwk).unwrap().verify(MESSAGE, &signature).unwrap());
    });
    let key = VerifyingKey::from_jwk(&jwk).unwrap();
    for _ in 0..100 {
        key.verify(MESSAGE, &signature).unwrap();
    }
    group.bench_function("a hot key, including the digest of 1 KB", |b| {
        b.iter(|| key.verify(MESSAGE, black_box(&signature)).unwrap())
    });
}

fn rs256(criterion: &mut Criterion) {
    /// RFC 8017 §9.2, note 1.
    const DIGEST_INFO: &[u8] = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

    let mut group = criterion.benchmark_group("RS256, the rsa crate");
    for length in [256, 384, 512] {
        let signer = Signer::new(&mut Random(1), length);
        let n = URL_SAFE_NO_PAD.encode(signer.modulus());
        let key = VerifyingKey::from_jwk(&format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB"}}"#)).unwrap();
        let padding = vec![0xff; length - DIGEST_INFO.len() - 35];
        let hash = Sha256::digest(MESSAGE);
        let signature = signer.sign(&[b"\x00\x01", padding.as_slice(), b"\x00", DIGEST_INFO, &hash].concat());
        group.bench_function(format!("{} bits", 8 * length), |b| {
            b.iter(|| key.verify(MESSAGE, black_box(&signature)).unwrap());
        });
    }
}

#[cfg(internals)]
fn kernels(criterion: &mut Criterion) {
    use sts_jwt::internals::{Es384Key, Generator, Kernels, Tables};

    let mut kernels = Kernels::default();
    let mut group = criterion.benchmark_group("P-384");
    group.bench_function("field: product", |b| b.iter(|| kernels.multiply()));
    group.bench_function("field: square", |b| b.iter(|| kernels.square()));
    group.bench_function("field: inverse", |b| b.iter(|| kernels.invert()));
    group.bench_function("point: mixed addition", |b| b.iter(|| kernels.add()));
    group.bench_function("point: doubling", |b| b.iter(|| kernels.double()));
    let (x, y, signature) = es384_signature();
    let (r, s) = (signature[..48].try_into().unwrap(), signature[48..].try_into().unwrap());
    let digest: [u8; 48] = Sha384::digest(MESSAGE).into();
    group
        .bench_function("scalars: u1 and u2, one inversion", |b| b.iter(|| kernels.quotients(&digest, r, s).is_some()));
    let (generator, key) = (Generator::default(), Es384Key::new(&x, &y).unwrap());
    for tables in [Tables::Cold, Tables::Hot] {
        group.bench_function(format!("tables: {tables:?}"), |b| b.iter(|| kernels.build(tables)));
        group.bench_function(format!("verification, tables: {tables:?}"), |b| {
            b.iter(|| assert_eq!(key.try_verify(tables, &generator, &digest, black_box(&signature)), Some(true)));
        });
    }
}
