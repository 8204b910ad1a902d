//! Reads any text as a JWK Set. The library must not panic, must return the same report every time, and must report a
//! key as usable only if the key meets every requirement.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sts_jwt::{Expectations, Expected, KeySet, NumericDate, VerifyingKey, verify};

/// The tokens {"alg":"ES384"}.{}. and {"alg":"RS256"}.{}. The signatures (96 and 256 zero octets) are appended below.
static TOKENS: [&str; 2] = ["eyJhbGciOiJFUzM4NCJ9.e30.", "eyJhbGciOiJSUzI1NiJ9.e30."];

fuzz_target!(|text: &str| {
    set(text);
    // Makes the text the only key of a set. The key must be usable in the set if and only if it is usable alone.
    let single = format!(r#"{{"keys":[{text}]}}"#);
    if let Ok(keys) = KeySet::parse(&single)
        && let [report] = keys.report().as_slice()
    {
        assert_eq!(report.usable, VerifyingKey::from_jwk(text).is_ok());
    }
    set(&single);
});

fn set(text: &str) {
    let (first, second) = (KeySet::parse(text), KeySet::parse(text));
    let (first, second) = match (first, second) {
        (Ok(first), Ok(second)) => (first, second),
        (first, second) => {
            assert_eq!(first.map(drop), second.map(drop));
            return;
        }
    };
    let report = first.report();
    assert!(text.len() <= KeySet::MAX_BYTES && report.len() <= KeySet::MAX_KEYS);
    assert_eq!(report, second.report());
    assert_eq!(report, first.report());
    for key in &report {
        assert_eq!(key.usable, key.problem.is_none());
        if key.usable {
            assert!(key.thumbprint.as_ref().is_some_and(|thumbprint| thumbprint.len() == 43));
            assert!(!key.weak && !key.private);
            match key.kty.as_deref() {
                Some("EC") => assert_eq!(key.bits, Some(384)),
                kty => {
                    assert_eq!(kty, Some("RSA"));
                    assert!((2048..=8192).contains(&key.bits.unwrap()));
                }
            }
        }
    }
    let options = Expectations::new(Expected::Any, Expected::Any);
    let now = NumericDate::from_seconds(0.0).unwrap();
    for (token, length) in TOKENS.into_iter().zip([128, 342]) {
        // Zeros are never a valid signature.
        assert!(verify(&format!("{token}{}", "A".repeat(length)), &first, &options, now).is_err());
    }
}
