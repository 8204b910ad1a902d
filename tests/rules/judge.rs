use crate::mint::*;
use serde::Deserialize;
use serde_json::{Value, json};
use sts_jwt::{Algorithm, ErrorKind, Expectations, KeySet, NumericDate, UnverifiedToken, VerifiedToken};

const BOTH: [Algorithm; 2] = [Algorithm::Es384, Algorithm::Rs256];

fn expectations_with(more: Value) -> Expectations {
    let mut options = options();
    for (name, value) in more.as_object().unwrap() {
        options[name] = value.clone();
    }
    Expectations::from_json(&options.to_string()).unwrap()
}

fn at(seconds: f64) -> NumericDate {
    NumericDate::from_seconds(seconds).unwrap()
}

fn authenticate(token: &str) -> VerifiedToken {
    sts_jwt::authenticate(token, &KeySet::parse(&both_keys()).unwrap(), &BOTH).unwrap()
}

#[test]
fn authenticates_every_token_that_verify_accepts() {
    for token in [es384(ec_header(), claims()), rs256(rsa_header(), claims())] {
        let (verified, authenticated) = (check(&token).unwrap(), authenticate(&token));
        assert_eq!(authenticated.claims_json(), verified.claims_json());
        assert_eq!(authenticated.token_id(), verified.token_id());
        assert_eq!((authenticated.kid(), authenticated.thumbprint()), (verified.kid(), verified.thumbprint()));
    }
}

#[test]
fn authenticates_expired_tokens_but_rejects_excluded_algorithms() {
    let token = es384(ec_header(), claims_with(json!({ "exp": 1 })));
    assert_eq!(code(sts_jwt::judge(&authenticate(&token), &expectations_with(json!({})), at(NOW))), "ERR_JWT_EXPIRED");
    let keys = KeySet::parse(&both_keys()).unwrap();
    assert_eq!(code(sts_jwt::authenticate(&token, &keys, &[Algorithm::Rs256])), "ERR_JOSE_ALG_NOT_ALLOWED");
    assert_eq!(code(sts_jwt::authenticate(&format!("{token}A"), &keys, &BOTH)), "ERR_JWS_INVALID");
}

#[test]
fn judges_again_without_verifying_the_signature() {
    let token = authenticate(&es384(ec_header(), claims()));
    assert!(sts_jwt::judge(&token, &expectations_with(json!({})), at(NOW)).is_ok());
    for (more, seconds, refusal) in [
        (json!({}), NOW + 1e6, "ERR_JWT_EXPIRED"),
        (json!({}), NOW - 1e6, "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        (json!({ "audience": "other" }), NOW, "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        (json!({ "issuer": "other" }), NOW, "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        (json!({ "requiredClaims": ["nonce"] }), NOW, "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        (json!({ "typ": "at+jwt" }), NOW, "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        (json!({ "algorithms": ["RS256"] }), NOW, "ERR_JOSE_ALG_NOT_ALLOWED"),
        (json!({ "aws": { "accounts": [] } }), NOW, "ERR_POLICY_DENIED"),
    ] {
        let outcome = sts_jwt::judge(&token, &expectations_with(more.clone()), at(seconds));
        assert_eq!(code(outcome), refusal, "{more}");
    }
    assert!(sts_jwt::judge(&token, &expectations_with(json!({ "aws": {} })), at(NOW)).is_ok());
}

#[test]
fn reads_claims_into_a_custom_type() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Mine {
        sub: String,
        exp: f64,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it cannot be read")]
    struct Other {
        tenant: String,
    }
    let token = check(&es384(ec_header(), claims())).unwrap();
    let mine: Mine = token.claims_as().unwrap();
    assert_eq!(mine, Mine { sub: "arn:aws:iam::111122223333:role/svc/edge-caller".into(), exp: NOW + 200.0 });
    let error = token.claims_as::<Other>().unwrap_err();
    assert_eq!(error.code(), "ERR_JWT_INVALID");
    assert!(matches!(error.kind(), ErrorKind::UnexpectedShape { problem } if problem.contains("`tenant`")), "{error}");
}

#[test]
fn reads_the_unverified_issuer_and_nothing_else() {
    let read = |token: &str| UnverifiedToken::parse(token)?.issuer();
    let issuer = |changes| read(&es384(ec_header(), claims_with(changes)));
    assert_eq!(issuer(json!({ "iss": "anyone", "exp": "no number" })).unwrap().as_deref(), Some("anyone"));
    assert_eq!(issuer(json!({ "iss": Value::Null })).unwrap(), None);
    assert_eq!(code(issuer(json!({ "iss": ["anyone"] }))), "ERR_JWT_INVALID");
    assert_eq!(code(read(&es384(ec_header(), "{\"iss\":1,\"iss\":2}"))), "ERR_JWT_INVALID");
    assert_eq!(code(read("a.b")), "ERR_JWS_INVALID");
}
