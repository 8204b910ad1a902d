//! Mints valid and invalid tokens and key sets from two fixed keys that are used only here.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p384::ecdsa::{Signature, SigningKey, signature::hazmat::PrehashSigner};
use rsa::{BoxedUint, Pkcs1v15Sign, PrivateKey, traits::PublicKeyParts};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384};
use std::sync::OnceLock;
use sts_jwt::{Error, Expectations, KeySet, NumericDate, VerifiedToken, verify};

/// The time at which the tests verify. The tokens are valid around this time.
pub(crate) const NOW: f64 = 1_767_225_700.0;

pub(crate) const ISSUER: &str = "https://a1000000-0000-4000-8000-000000000000.tokens.sts.global.api.aws";
pub(crate) const AUDIENCE: &str = "https://edge.example.test";

pub(crate) fn b64(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

pub(crate) fn ec_key() -> SigningKey {
    SigningKey::from_slice(&[0x5a; 48]).unwrap()
}

pub(crate) fn rsa_key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let p = "eb7ae9c609b9a638b85a86e2c49e5be7bf827e7b8fe9b6768f5904200c1167d20b1e4abd7faacd6ce8d42496d70d17e575286a81f95fc2e537e9fd99d3a74b94f7386b0e690df07862846a89ccb7cac1d9a3d047eda5763bb8940d6a55cbf0621573ed20adf46b0ffe974ed4bae5b240e917a675b17d06331e35a4fd82350c2b";
        let q = "c8a69b850b3477c56128bc47fb88e917525e9ba600b852acfef35daf9ff2aae5984c0b5ed3dca60d11815170f09a270250b1f21d016d7a863a2053db6505c49d44d89f1a0bea48dd619743e2945a31993c01ad6d86b179b4f51ba1a81743d626df222de312509570b73efddd1aa45a6c7106f91ee5a5c29fede717fe1e613a47";
        let prime = |hex: &str| BoxedUint::from_be_slice(&octets(hex), 1024).unwrap();
        PrivateKey::from_p_q(prime(p), prime(q), BoxedUint::from(65_537_u64)).unwrap()
    })
}

pub(crate) fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

/// The EC key, with the members that AWS publishes.
pub(crate) fn ec_jwk() -> Value {
    let point = ec_key().verifying_key().to_sec1_point(false);
    json!({ "alg": "ES384", "crv": "P-384", "kid": "EC384_0", "kty": "EC", "use": "sig",
            "x": b64(point.x().unwrap()), "y": b64(point.y().unwrap()) })
}

/// The RSA key, with the members that AWS publishes: there is no `alg`.
pub(crate) fn rsa_jwk() -> Value {
    json!({ "e": "AQAB", "kid": "RSA_0", "kty": "RSA", "n": b64(rsa_key().n_bytes()), "use": "sig" })
}

pub(crate) fn jwks(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

pub(crate) fn both_keys() -> String {
    jwks(&[rsa_jwk(), ec_jwk()])
}

pub(crate) fn claims() -> Value {
    json!({
        "aud": AUDIENCE, "sub": "arn:aws:iam::111122223333:role/svc/edge-caller",
        "https://sts.amazonaws.com/": {
            "aws_account": "111122223333", "source_region": "eu-west-1", "org_id": "o-exampleorg1",
            "ou_path": ["o-exampleorg1/r-ab12/ou-ab12-11111111/"],
            "principal_id": "arn:aws:iam::111122223333:role/svc/edge-caller",
        },
        "iss": ISSUER, "exp": NOW + 200.0, "iat": NOW - 100.0, "jti": "5f0c1c4e-7f0e-4f58-9a0e-2d6f0a1b2c3d",
    })
}

/// The usual claims, some of them replaced. The value `null` removes a claim.
pub(crate) fn claims_with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

pub(crate) fn ec_header() -> Value {
    json!({ "kid": "EC384_0", "typ": "JWT", "alg": "ES384" })
}

pub(crate) fn rsa_header() -> Value {
    json!({ "kid": "RSA_0", "typ": "JWT", "alg": "RS256" })
}

pub(crate) fn es384(header: impl ToString, payload: impl ToString) -> String {
    es384_octets(header.to_string().as_bytes(), payload.to_string().as_bytes())
}

pub(crate) fn es384_octets(header: &[u8], payload: &[u8]) -> String {
    es384_segments(&b64(header), &b64(payload))
}

/// Signs two encoded segments unchanged, even if their encoding is invalid.
pub(crate) fn es384_segments(header: &str, payload: &str) -> String {
    let signing_input = format!("{header}.{payload}");
    let signature: Signature = ec_key().sign_prehash(&Sha384::digest(&signing_input)).unwrap();
    format!("{signing_input}.{}", b64(signature.to_bytes()))
}

pub(crate) fn rs256(header: impl ToString, payload: impl ToString) -> String {
    let signing_input = format!("{}.{}", b64(header.to_string()), b64(payload.to_string()));
    let signature = rsa_key().sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(&signing_input)).unwrap();
    format!("{signing_input}.{}", b64(signature))
}

pub(crate) fn options() -> Value {
    json!({ "issuer": ISSUER, "audience": AUDIENCE })
}

/// Verifies at [`NOW`] with the usual options. Members of `overrides` are added, or replace the usual ones.
pub(crate) fn verify_with(token: &str, jwks: &str, overrides: Value) -> Result<VerifiedToken, Error> {
    let mut options = options();
    for (name, value) in overrides.as_object().unwrap() {
        options[name] = value.clone();
    }
    let options = Expectations::from_json(&options.to_string())?;
    verify(token, &KeySet::parse(jwks)?, &options, NumericDate::from_seconds(NOW).unwrap())
}

/// Verifies at [`NOW`] with the usual options and both keys. The keys are prepared only once.
pub(crate) fn check(token: &str) -> Result<VerifiedToken, Error> {
    static KEYS: OnceLock<KeySet> = OnceLock::new();
    let keys = KEYS.get_or_init(|| KeySet::parse(&both_keys()).unwrap());
    let options = Expectations::from_json(&options().to_string())?;
    verify(token, keys, &options, NumericDate::from_seconds(NOW).unwrap())
}

/// The code of the error in `outcome`; panics if it is `Ok`.
pub(crate) fn code<T: std::fmt::Debug>(outcome: Result<T, Error>) -> &'static str {
    outcome.unwrap_err().code()
}
