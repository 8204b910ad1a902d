//! Any text as a JWK Set: no panic, the same report each time, and a usable key is one in every respect.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sts_jwt::{
    KeySet, MAX_JWKS_BYTES, MAX_KEYS, MAX_MODULUS_BITS, MIN_MODULUS_BITS, NumericDate, VerifyingKey, verify,
};

/// {"alg":"ES384"}.{}. and 96 zeros; the same with RS256 and 256.
static TOKENS: [&str; 2] = ["eyJhbGciOiJFUzM4NCJ9.e30.", "eyJhbGciOiJSUzI1NiJ9.e30."];

fuzz_target!(|text: &str| {
    set(text);
    // The text as the only key of a set: what makes a key usable does not depend on where it stands.
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
    assert!(text.len() <= MAX_JWKS_BYTES && report.len() <= MAX_KEYS);
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
                    assert!((MIN_MODULUS_BITS..=MAX_MODULUS_BITS).contains(&key.bits.unwrap()));
                }
            }
        }
    }
    let options = Expectations::new(Expected::Any, Expected::Any);
    let now = NumericDate::from_seconds(0.0).unwrap();
    for (token, length) in TOKENS.into_iter().zip([128, 342]) {
        // Zeros are nobody's signature.
        assert!(verify(&format!("{token}{}", "A".repeat(length)), &first, &options, now).is_err());
    }
}
