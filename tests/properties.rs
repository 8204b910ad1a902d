//! Checks that any input leads to a result or an error, never to a panic or a hang.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use proptest::{collection::vec, prelude::*};
use std::time::{Duration, Instant};
use sts_jwt::{Error, Expectations, Expected, KeySet, NumericDate, decode_unverified, explain, verify};

/// The time limit for one input. Every input takes far less time, so the limit only detects hangs.
const HANG: Duration = Duration::from_secs(5);

const JWKS: &str = r#"{"keys":[{"kty":"EC","crv":"P-384","kid":"EC384_0","x":"qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3","y":"NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f"}]}"#;

fn options() -> Expectations {
    Expectations::new(Expected::Any, Expected::Any)
}

fn judge(token: &str, jwks: &str, options: &Expectations) -> Result<(), Error> {
    let now = NumericDate::from_seconds(1_767_225_700.0).unwrap();
    let started = Instant::now();
    let keys = KeySet::parse(jwks)?;
    let _ = (decode_unverified(token), keys.report());
    let outcome = verify(token, &keys, options, now);
    assert_eq!(explain(token, &keys, options, now).outcome.err(), outcome.clone().err());
    assert!(started.elapsed() < HANG);
    outcome.map(drop)
}

/// Strings that look like JSON, so they are not rejected at the first character.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        "-?[0-9]{1,25}(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,4})?",
        "\"(\\\\u[0-9a-f]{4}|[ -!#-\\[\\]-~é\u{10000}])*\"",
    ];
    leaf.prop_recursive(40, 200, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            vec((name(), inner), 0..6).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &[
        "alg",
        "kid",
        "typ",
        "crit",
        "iss",
        "aud",
        "exp",
        "keys",
        "kty",
        "n",
        "e",
        "x",
        "y",
        "issuer",
        "aws",
        "__proto__",
    ];
    prop_oneof![proptest::sample::select(NAMES).prop_map(str::to_owned), "[a-z]{0,3}"]
}

fn segment() -> impl Strategy<Value = String> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    prop_oneof![
        json().prop_map(|json| URL_SAFE_NO_PAD.encode(json)),
        vec(any::<u8>(), 0..200).prop_map(|octets| URL_SAFE_NO_PAD.encode(octets)),
        Just(URL_SAFE_NO_PAD.encode(r#"{"alg":"ES384","kid":"EC384_0"}"#)),
        "[A-Za-z0-9_=+/. -]{0,200}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn survives_any_text_as_token(token in any::<String>()) {
        let _ = judge(&token, JWKS, &options());
    }

    #[test]
    fn survives_any_three_segments_as_token(header in segment(), payload in segment(), signature in segment()) {
        let _ = judge(&format!("{header}.{payload}.{signature}"), JWKS, &options());
    }

    #[test]
    fn survives_any_text_as_key_set(jwks in any::<String>()) {
        let _ = KeySet::parse(&jwks);
    }

    #[test]
    fn survives_any_json_as_key_set(key in json()) {
        let set = format!("{{\"keys\":[{key}]}}");
        let _ = judge("eyJhbGciOiJFUzM4NCJ9.e30.AAAA", &set, &options());
        let _ = KeySet::parse(&key);
    }

    #[test]
    fn survives_any_json_as_options(json in json(), text in any::<String>()) {
        let _ = Expectations::from_json(&json);
        let _ = Expectations::from_json(&text);
        for option in ["aws", "claims", "scope", "profile"] {
            let _ = Expectations::from_json(&format!("{{\"issuer\":null,\"audience\":null,\"{option}\":{json}}}"));
        }
    }
}
