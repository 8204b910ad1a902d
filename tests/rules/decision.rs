use crate::mint::*;
use serde_json::{Value, json};
use sts_jwt::{Error, ErrorKind, Expectations, Explanation, KeySet, NumericDate, Outcome, Stage, explain};

fn explained(token: &str, jwks: &str, overrides: Value) -> Explanation {
    let mut options = options();
    for (name, value) in overrides.as_object().unwrap() {
        options[name] = value.clone();
    }
    let options = Expectations::from_json(&options.to_string()).unwrap();
    explain(token, &KeySet::parse(jwks).unwrap(), &options, NumericDate::from_seconds(NOW).unwrap())
}

fn stages(explanation: &Explanation) -> Vec<(Stage, Option<&str>, Outcome)> {
    explanation.steps.iter().map(|step| (step.stage, step.name.as_deref(), step.outcome)).collect()
}

#[test]
fn collects_every_failed_check_when_asked() {
    let token = es384(ec_header(), claims_with(json!({ "iss": "other", "exp": 1, "sub": null })));
    let one = verify_with(&token, &both_keys(), json!({})).unwrap_err();
    assert_eq!((one.claim(), one.all().count()), (Some("iss"), 1));
    let all = verify_with(&token, &both_keys(), json!({ "collectAll": true, "requiredClaims": ["nonce"], "aws": {} }))
        .unwrap_err();
    let claims: Vec<_> = all.all().map(|error| error.claim().unwrap()).collect();
    assert_eq!(claims, ["iss", "exp", "nonce", "sub"]);
    assert_eq!((all.code(), all.claim(), all.status()), (one.code(), one.claim(), one.status()));
    assert_eq!(serde_json::to_value(&all).unwrap()["errors"][1]["code"], "ERR_JWT_EXPIRED");
}

#[test]
fn explains_every_step_of_an_accepted_token() {
    let explanation =
        explained(&es384(ec_header(), claims()), &both_keys(), json!({ "aws": { "regions": ["eu-west-1"] } }));
    assert!(explanation.outcome.is_ok());
    use {Outcome::*, Stage::*};
    assert_eq!(
        stages(&explanation),
        [
            (Segments, None, Passed),
            (Header, None, Passed),
            (Algorithm, None, Passed),
            (Key, Some("RSA_0"), Skipped),
            (Key, Some("EC384_0"), Passed),
            (Signature, Some("EC384_0"), Passed),
            (Claims, None, Passed),
            (Claim, Some("typ"), Skipped),
            (Claim, Some("iss"), Passed),
            (Claim, Some("aud"), Passed),
            (Claim, Some("sub"), Skipped),
            (Claim, Some("exp"), Passed),
            (Claim, Some("nbf"), Skipped),
            (Claim, Some("iat"), Passed),
            (Policy, Some("https://sts.amazonaws.com/"), Passed),
            (Policy, Some("sub"), Passed),
            (Policy, Some("principal_id"), Passed),
            (Policy, Some("iss"), Passed),
            (Policy, Some("aws_account"), Passed),
            (Policy, Some("maxLifetime"), Passed),
            (Policy, Some("regions"), Passed),
        ]
    );
    let exp = explanation.steps.iter().find(|step| step.name.as_deref() == Some("exp")).unwrap();
    assert_eq!(exp.margin, Some(230.0));
}

#[test]
fn explains_all_claims_of_an_expired_token_but_reports_the_first_failure() {
    let token = es384(ec_header(), claims_with(json!({ "exp": NOW - 100.0, "nbf": NOW + 100.0 })));
    let explanation = explained(&token, &both_keys(), json!({}));
    assert_eq!(explanation.outcome.unwrap_err().code(), "ERR_JWT_EXPIRED");
    let failed: Vec<_> = explanation.steps.iter().filter(|step| step.outcome == Outcome::Failed).collect();
    assert_eq!(
        failed.iter().map(|step| (step.name.as_deref(), step.margin)).collect::<Vec<_>>(),
        [(Some("exp"), Some(-70.0)), (Some("nbf"), Some(-70.0))]
    );
}

#[test]
fn explains_why_each_key_was_not_selected() {
    let weak = json!({ "kty": "RSA", "kid": "EC384_0", "n": b64([0xff; 128]), "e": "AQAB" });
    let anonymous = json!({ "kty": "OKP" });
    let explanation =
        explained(&es384(ec_header(), claims()), &jwks(&[rsa_jwk(), weak, anonymous, ec_jwk()]), json!({}));
    let skipped: Vec<_> =
        explanation.steps.iter().filter(|step| step.stage == Stage::Key && step.outcome == Outcome::Skipped).collect();
    let reasons: Vec<_> =
        skipped.iter().map(|step| (step.name.as_deref().unwrap(), step.problem.as_deref().unwrap())).collect();
    assert_eq!(
        reasons,
        [
            ("RSA_0", "another \"kid\""),
            ("EC384_0", "\"n\" is shorter than 2048 bits"),
            ("#2", "\"kty\" must be EC or RSA")
        ]
    );
}

#[test]
fn stops_at_a_failed_stage_and_never_includes_the_signature() {
    let token = es384(ec_header(), claims());
    let other = jwks(&[json!({ "kty": "EC", "crv": "P-384", "kid": "EC384_0",
        "x": b64(octets("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7")),
        "y": b64(octets("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f")) })]);
    let explanation = explained(&token, &other, json!({}));
    assert_eq!(explanation.outcome.as_ref().unwrap_err(), &Error::from(ErrorKind::SignatureMismatch));
    let last = explanation.steps.last().unwrap();
    assert_eq!((last.stage, last.outcome), (Stage::Signature, Outcome::Failed));
    let signature = token.rsplit('.').next().unwrap();
    for (jwks, token) in [(both_keys(), token.clone()), (other, token.clone())] {
        let steps = serde_json::to_string(&explained(&token, &jwks, json!({})).steps).unwrap();
        assert!(!steps.contains(&signature[..8]));
    }
}

#[test]
fn warns_about_an_accepted_exp_in_milliseconds() {
    let exp = |exp: f64| {
        let explanation = explained(&es384(ec_header(), claims_with(json!({ "exp": exp }))), &both_keys(), json!({}));
        assert!(explanation.outcome.is_ok());
        assert!(explanation.steps.iter().all(|step| step.warning.is_none() || step.name.as_deref() == Some("exp")));
        explanation.steps.into_iter().find(|step| step.name.as_deref() == Some("exp")).unwrap()
    };
    let step = exp(NOW * 1000.0 + 200_000.0);
    assert_eq!((step.outcome, step.problem.as_deref()), (Outcome::Passed, None));
    assert!(step.warning.is_some_and(|warning| warning.contains("milliseconds")), "{step:?}");
    assert_eq!(exp(NOW + 200.0).warning, None);
    assert_eq!(exp(1e11).warning, None);
}
