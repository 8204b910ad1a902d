//! A key remembers the header of the first token that it verified as the only candidate. The decision must be the same as
//! without that memory: each case is decided by a set that has verified other tokens, and by a new set.

use crate::mint::*;
use p384::ecdsa::{Signature, SigningKey, signature::hazmat::PrehashSigner};
use serde_json::{Value, json};
use sha2::{Digest, Sha384};
use sts_jwt::{Error, Expectations, KeySet, NumericDate, verify};

/// What a caller can see of a decision.
type Decision = Result<[String; 4], Error>;

fn decide(token: &str, keys: &KeySet, overrides: &Value) -> Decision {
    let mut options = options();
    options.as_object_mut().unwrap().extend(overrides.as_object().unwrap().clone());
    let options = Expectations::from_json(&options.to_string())?;
    let token = verify(token, keys, &options, NumericDate::from_seconds(NOW).unwrap())?;
    let texts = [token.header_json(), token.claims_json(), token.kid().unwrap_or_default(), token.thumbprint()];
    Ok(texts.map(String::from))
}

/// Decides about the tokens in turn with one set, and requires of each decision that a new set agrees.
fn codes_of(tokens: &[(&str, Value)], jwks: &str) -> Vec<&'static str> {
    let keys = KeySet::parse(jwks).unwrap();
    let decisions = tokens.iter().map(|(token, overrides)| {
        let decision = decide(token, &keys, overrides);
        assert_eq!(decision, decide(token, &KeySet::parse(jwks).unwrap(), overrides), "{token}");
        decision.map_or_else(|error| error.code(), |_| "ok")
    });
    decisions.collect()
}

fn codes(tokens: &[&str]) -> Vec<&'static str> {
    codes_of(&tokens.iter().map(|token| (*token, json!({}))).collect::<Vec<_>>(), &both_keys())
}

/// Returns the token with another second or third segment.
fn with_segment(token: &str, index: usize, segment: &str) -> String {
    let mut segments: Vec<_> = token.split('.').collect();
    segments[index] = segment;
    segments.join(".")
}

fn other_key() -> SigningKey {
    SigningKey::from_slice(&[0x33; 48]).unwrap()
}

fn other_jwk() -> Value {
    let point = other_key().verifying_key().to_sec1_point(false);
    json!({ "kty": "EC", "crv": "P-384", "kid": "EC384_0", "x": b64(point.x().unwrap()), "y": b64(point.y().unwrap()) })
}

/// A token with the usual header and claims, signed by the other key.
fn of_other_key() -> String {
    let signing_input = format!("{}.{}", b64(ec_header().to_string()), b64(claims().to_string()));
    let signature: Signature = other_key().sign_prehash(&Sha384::digest(&signing_input)).unwrap();
    format!("{signing_input}.{}", b64(signature.to_bytes()))
}

#[test]
fn accepts_a_good_token_after_a_bad_signature_and_the_reverse() {
    let (good, bad) = (es384(ec_header(), claims()), of_other_key());
    let failed = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED";
    assert_eq!(codes(&[&bad, &good, &bad, &good]), [failed, "ok", failed, "ok"]);
}

#[test]
fn returns_the_claims_and_the_header_of_each_token() {
    let header = |name: &str| json!({ "alg": "ES384", "kid": "EC384_0", "typ": "JWT", "name": name });
    let tokens = ["a", "b", "a"].map(|name| es384(header(name), claims_with(json!({ "jti": name }))));
    let rsa = rs256(rsa_header(), claims());
    assert_eq!(codes(&[&tokens[0], &rsa, &tokens[1], &tokens[2], &rsa, &tokens[0]]), ["ok"; 6]);
}

#[test]
fn rejects_a_header_that_breaks_a_rule_after_one_that_does_not() {
    let good = es384(ec_header(), claims());
    let crit = json!({ "kid": "EC384_0", "typ": "JWT", "alg": "ES384", "crit": ["exp"] });
    let wrong_key = json!({ "kid": "RSA_0", "typ": "JWT", "alg": "ES384" });
    let tokens = [crit, wrong_key].map(|header| es384(header, claims()));
    let expected = ["ok", "ERR_JOSE_NOT_SUPPORTED", "ERR_JOSE_ALG_NOT_ALLOWED", "ok"];
    assert_eq!(codes(&[&good, &tokens[0], &tokens[1], &good]), expected);
}

#[test]
fn checks_the_other_segments_of_a_token_with_a_known_header() {
    let good = es384(ec_header(), claims());
    let undecodable =
        [with_segment(&good, 1, "e30=e30"), with_segment(&good, 2, "AAA*"), with_segment(&good, 1, "e30.e30")];
    let [a, b, c] = undecodable.each_ref().map(String::as_str);
    let not_json = es384(ec_header(), "[]");
    let malformed = "ERR_JWS_INVALID";
    assert_eq!(codes(&[&good, a, b, c, &not_json]), ["ok", malformed, malformed, malformed, "ERR_JWT_INVALID"]);
}

#[test]
fn applies_the_options_of_each_call() {
    let token = es384(ec_header(), claims());
    let calls = [json!({}), json!({ "algorithms": ["RS256"] }), json!({ "typ": "at+jwt" }), json!({ "typ": "jwt" })];
    let expected = ["ok", "ERR_JOSE_ALG_NOT_ALLOWED", "ERR_JWT_CLAIM_VALIDATION_FAILED", "ok"];
    assert_eq!(codes_of(&calls.map(|overrides| (token.as_str(), overrides)), &both_keys()), expected);
}

#[test]
fn tries_every_key_with_the_kid_of_the_header() {
    let (first, second) = (es384(ec_header(), claims()), of_other_key());
    for set in [[ec_jwk(), other_jwk()], [other_jwk(), ec_jwk()]] {
        let tokens = [&first, &second, &first, &second].map(|token| (token.as_str(), json!({})));
        assert_eq!(codes_of(&tokens, &jwks(&set)), ["ok"; 4]);
    }
}

#[test]
fn requires_an_unambiguous_key_without_kid() {
    let token = es384(json!({ "alg": "ES384" }), claims());
    let calls = [(token.as_str(), json!({})), (token.as_str(), json!({}))];
    assert_eq!(codes_of(&calls, &both_keys()), ["ok"; 2]);
    let ambiguous = jwks(&[ec_jwk(), other_jwk()]);
    assert_eq!(codes_of(&calls, &ambiguous), ["ERR_JWKS_MULTIPLE_MATCHING_KEYS"; 2]);
}

#[test]
fn remembers_a_header_for_its_own_set_only() {
    let token = es384(ec_header(), claims());
    let sets = [both_keys(), jwks(&[other_jwk()]), jwks(&[rsa_jwk()])].map(|jwks| KeySet::parse(&jwks).unwrap());
    let expected = ["ok", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "ERR_JWKS_NO_MATCHING_KEY"];
    for _ in 0..2 {
        let decisions = sets.each_ref().map(|keys| decide(&token, keys, &json!({})));
        assert_eq!(decisions.map(|decision| decision.map_or_else(|error| error.code(), |_| "ok")), expected);
    }
}
