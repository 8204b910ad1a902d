use crate::mint::*;
use serde_json::{Value, json};
use sts_jwt::{
    KeySet, NumericDate, RememberedToken, VerifyOptions, digest_of_text, self_test, unverified_issuer,
    verify_and_remember,
};

fn options_with(overrides: Value) -> VerifyOptions {
    let mut options = options();
    for (name, value) in overrides.as_object().unwrap() {
        options[name] = value.clone();
    }
    VerifyOptions::from_json(&options.to_string()).unwrap()
}

fn at(seconds: f64) -> NumericDate {
    NumericDate::from_seconds(seconds).unwrap()
}

fn remembered(token: &str) -> RememberedToken {
    verify_and_remember(token, &KeySet::parse(&both_keys()).unwrap(), &options_with(json!({})), at(NOW)).unwrap()
}

#[test]
fn returns_the_same_token_as_verify() {
    for token in [es384(ec_header(), claims()), rs256(rsa_header(), claims())] {
        let (verified, remembered) = (check(&token).unwrap(), remembered(&token));
        assert_eq!(remembered.token().claims_json(), verified.claims_json());
        assert_eq!(remembered.token().token_id(), verified.token_id());
        assert_eq!(remembered.token().key(), verified.key());
    }
}

#[test]
fn returns_an_error_instead_of_remembering_a_rejected_token() {
    let keys = KeySet::parse(&both_keys()).unwrap();
    let options = options_with(json!({}));
    for (token, refusal) in [
        (es384(ec_header(), claims_with(json!({ "exp": 1 }))), "ERR_JWT_EXPIRED"),
        (format!("{}A", es384(ec_header(), claims())), "ERR_JWS_INVALID"),
    ] {
        assert_eq!(code(verify_and_remember(&token, &keys, &options, at(NOW))), refusal);
    }
}

#[test]
fn repeats_every_check_except_the_signature() {
    let token = remembered(&es384(ec_header(), claims()));
    assert!(token.check(&options_with(json!({})), at(NOW)).is_ok());
    for (overrides, seconds, refusal) in [
        (json!({}), NOW + 1e6, "ERR_JWT_EXPIRED"),
        (json!({}), NOW - 1e6, "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        (json!({ "audience": "other" }), NOW, "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        (json!({ "issuer": "other" }), NOW, "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        (json!({ "requiredClaims": ["nonce"] }), NOW, "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        (json!({ "typ": "at+jwt" }), NOW, "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        (json!({ "algorithms": ["RS256"] }), NOW, "ERR_JOSE_ALG_NOT_ALLOWED"),
        (json!({ "aws": { "accounts": [] } }), NOW, "ERR_POLICY_DENIED"),
    ] {
        assert_eq!(code(token.check(&options_with(overrides.clone()), at(seconds))), refusal, "{overrides}");
    }
    assert!(token.check(&options_with(json!({ "aws": {} })), at(NOW)).is_ok());
}

#[test]
fn reads_only_the_issuer() {
    let issuer = |changes| unverified_issuer(&es384(ec_header(), claims_with(changes)));
    assert_eq!(issuer(json!({ "iss": "anybody", "exp": "no number" })).unwrap().as_deref(), Some("anybody"));
    assert_eq!(issuer(json!({ "iss": Value::Null })).map_err(|error| error.code()), Ok(None));
    assert_eq!(code(issuer(json!({ "iss": ["anybody"] }))), "ERR_JWT_INVALID");
    assert_eq!(code(unverified_issuer(&es384(ec_header(), "{\"iss\":1,\"iss\":2}"))), "ERR_JWT_INVALID");
    assert_eq!(code(unverified_issuer("a.b")), "ERR_JWS_INVALID");
}

#[test]
fn digests_a_text() {
    // SHA-256 of "abc" (FIPS 180-4, example 1).
    assert_eq!(digest_of_text("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}

#[test]
fn passes_its_self_test() {
    assert!(self_test().is_ok());
}
