//! The expectations about claims of any name, audiences, scopes and profiles.

use crate::mint::*;
use serde_json::{Value, json};
use sts_jwt::{
    ClaimValue, Error, Evidence, Expectations, Expected, KeySet, NumericDate, Profile, Stage, explain, judge,
};

fn outcome(changes: Value, overrides: Value) -> Result<(), Error> {
    verify_with(&es384(ec_header(), claims_with(changes)), &both_keys(), overrides).map(drop)
}

/// `(code, status, claim, reason)` of the error.
fn refusal(changes: Value, overrides: Value) -> (&'static str, u16, String, &'static str) {
    let error = outcome(changes, overrides).unwrap_err();
    (error.code(), error.status(), error.claim().unwrap_or_default().to_owned(), error.reason().unwrap_or_default())
}

fn failed(claim: &str, reason: &'static str) -> (&'static str, u16, String, &'static str) {
    ("ERR_JWT_CLAIM_VALIDATION_FAILED", 401, claim.to_owned(), reason)
}

/// Checks that an option is rejected, with its name in the message.
fn assert_invalid(overrides: Value, option: &str) {
    let error = outcome(json!({}), overrides.clone()).unwrap_err();
    assert_eq!(error.code(), "ERR_OPTIONS_INVALID", "{overrides}");
    assert!(error.to_string().starts_with(&format!("option \"{option}\" ")), "{error}");
}

#[test]
fn accepts_a_claim_with_any_of_the_expected_values() {
    for (claim, expected) in [
        (json!("acme"), json!("acme")),
        (json!("acme"), json!(["other", "acme"])),
        (json!(5), json!(5.0)),
        (json!(5e0), json!([1, 5])),
        (json!(-0.0), json!(0)),
        (json!(false), json!(false)),
        (json!(["a", "acme"]), json!("acme")),
        (json!([null, {}, 7]), json!(["x", 7])),
    ] {
        assert_eq!(outcome(json!({ "tenant": claim }), json!({ "claims": { "tenant": expected } })), Ok(()), "{claim}");
    }
}

#[test]
fn rejects_a_claim_with_another_value_or_type() {
    for (claim, expected) in [
        (json!("Acme"), json!("acme")),
        (json!("1"), json!(1)),
        (json!(1), json!("1")),
        (json!("true"), json!(true)),
        (json!(1), json!(true)),
        (json!({ "acme": "acme" }), json!("acme")),
        (json!([]), json!("acme")),
        (json!([["acme"]]), json!("acme")),
        (json!("a"), json!(["b", 5, false])),
    ] {
        let overrides = json!({ "claims": { "tenant": expected } });
        assert_eq!(refusal(json!({ "tenant": claim }), overrides), failed("tenant", "check_failed"), "{claim}");
    }
    let null = es384(ec_header(), claims().to_string().replacen('{', "{\"tenant\":null,", 1));
    let error = verify_with(&null, &both_keys(), json!({ "claims": { "tenant": "acme" } })).unwrap_err();
    assert_eq!(error.reason(), Some("check_failed"));
}

#[test]
fn finds_claims_by_name_or_json_pointer() {
    let changes = json!({ "a": { "b/c~": ["x"] }, "/odd": 1, "https://acme.example/role": "admin" });
    for path in ["/a/b~1c~0", "/a/b~1c~0/0"] {
        assert_eq!(outcome(changes.clone(), json!({ "claims": { path: "x" } })), Ok(()), "{path}");
    }
    assert_eq!(outcome(changes.clone(), json!({ "claims": { "https://acme.example/role": "admin" } })), Ok(()));
    assert_eq!(refusal(changes.clone(), json!({ "claims": { "/odd": 1 } })), failed("/odd", "missing"));
    assert_eq!(outcome(changes, json!({ "claims": { "/~1odd": 1 } })), Ok(()));
    assert_eq!(refusal(json!({}), json!({ "claims": { "tenant": "x" } })), failed("tenant", "missing"));
    let several = json!({ "collectAll": true, "claims": { "jti": "x", "tenant": 1, "sub": 2 } });
    let error = outcome(json!({}), several).unwrap_err();
    assert_eq!(error.all().map(|error| error.claim().unwrap()).collect::<Vec<_>>(), ["jti", "sub", "tenant"]);
}

#[test]
fn shows_the_values_of_a_claim_as_evidence() {
    let error = outcome(
        json!({ "tenant": ["b", 2, true, null, { "x": 1 }] }),
        json!({ "claims": { "tenant": ["a", 1, false] } }),
    )
    .unwrap_err();
    let record = serde_json::to_value(&error).unwrap();
    assert_eq!(
        (&record["expected"], &record["actual"]),
        (&json!(["a", 1.0, false]), &json!(["b", 2.0, true])),
        "only strings, numbers and booleans"
    );
    assert_eq!(record["message"], "\"tenant\" claim is not an expected value");
}

#[test]
fn rejects_invalid_values_of_claims_as_options() {
    for claims in [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        json!({ "a": null }),
        json!({ "a": [] }),
        json!({ "a": {} }),
        json!({ "a": [null] }),
        json!({ "a": [["x"]] }),
        json!({ "a": "" }),
        json!({ "a": ["x", ""] }),
        json!({ "a": "x", "b": [] }),
        json!({ "a": (0..1001).collect::<Vec<_>>() }),
        Value::Object((0..1001).map(|i| (i.to_string(), json!(i))).collect()),
    ] {
        assert_invalid(json!({ "claims": claims }), "claims");
    }
    let most = json!({ "claims": { "n": (0..1000).collect::<Vec<_>>() } });
    assert_eq!(outcome(json!({ "n": 999 }), most), Ok(()));
    let most = Value::Object((0..1000).map(|i| (i.to_string(), json!(i))).collect());
    assert_eq!(refusal(json!({}), json!({ "claims": most })).3, "missing");
}

#[test]
fn limits_the_work_for_a_claim() {
    let expected: Vec<_> = (0..1000).map(|i| format!("role {i}")).collect();
    let actual: Vec<_> = (0..4000).map(|i| format!("r{i}")).collect();
    let token = es384(ec_header(), claims_with(json!({ "roles": actual })));
    assert!(token.len() > 30_000, "{}", token.len());
    let start = std::time::Instant::now();
    assert!(verify_with(&token, &both_keys(), json!({ "claims": { "roles": expected } })).is_err());
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn requires_exactly_one_audience_when_asked() {
    let one = json!({ "exactlyOneAudience": true });
    assert_eq!(outcome(json!({}), one.clone()), Ok(()));
    assert_eq!(outcome(json!({ "aud": [AUDIENCE] }), one.clone()), Ok(()));
    assert_eq!(outcome(json!({ "aud": [AUDIENCE, "b"] }), json!({ "exactlyOneAudience": false })), Ok(()));
    for aud in [json!([AUDIENCE, "b"]), json!([AUDIENCE, AUDIENCE])] {
        let error = outcome(json!({ "aud": aud }), one.clone()).unwrap_err();
        assert_eq!(error.to_string(), "\"aud\" claim must have exactly one value");
        assert_eq!(refusal(json!({ "aud": aud }), one.clone()), failed("aud", "check_failed"));
    }
    let any = json!({ "exactlyOneAudience": true, "audience": null });
    assert_eq!(refusal(json!({ "aud": [] }), any.clone()), failed("aud", "check_failed"));
    assert_eq!(refusal(json!({ "aud": null }), any), failed("aud", "missing"));
    assert_invalid(json!({ "exactlyOneAudience": 1 }), "exactlyOneAudience");
}

#[test]
fn requires_every_scope() {
    for scope in [json!("read write"), json!("write  read x"), json!(["read", "write"])] {
        for expected in [json!("read"), json!("read write"), json!(["write", "read"]), json!(["write read"])] {
            assert_eq!(outcome(json!({ "scope": scope }), json!({ "scope": expected })), Ok(()), "{scope} {expected}");
        }
    }
    for scope in [json!(""), json!("read"), json!("READ write"), json!("read\twrite"), json!([]), json!(["readwrite"])]
    {
        let denied = ("ERR_POLICY_DENIED", 403, "scope".to_owned(), "check_failed");
        assert_eq!(refusal(json!({ "scope": scope }), json!({ "scope": "read write" })), denied, "{scope}");
    }
    let error = outcome(json!({}), json!({ "scope": ["read", "write"] })).unwrap_err();
    assert_eq!((error.code(), error.status(), error.reason()), ("ERR_POLICY_DENIED", 403, Some("missing")));
    assert_eq!(error.expected(), Some(Evidence::Texts(vec!["read".into(), "write".into()])));
    assert_eq!(error.to_string(), "denied by \"scope\": the token has no \"scope\"");
    for scope in [json!(1), json!({}), json!(["read", 1]), json!(true)] {
        let invalid = ("ERR_JWT_INVALID", 401, "scope".to_owned(), "invalid");
        assert_eq!(refusal(json!({ "scope": scope }), json!({ "scope": "read" })), invalid, "{scope}");
        assert_eq!(outcome(json!({ "scope": scope }), json!({})), Ok(()));
    }
}

#[test]
fn rejects_an_invalid_token_before_its_scope() {
    let error =
        outcome(json!({ "exp": 1 }), json!({ "scope": "read", "collectAll": true, "aws": { "regions": ["x"] } }));
    let error = error.unwrap_err();
    assert_eq!(error.status(), 401);
    assert_eq!(
        error.all().map(|error| error.claim().unwrap()).collect::<Vec<_>>(),
        ["exp", "scope", "regions"],
        "{error}"
    );
}

#[test]
fn rejects_invalid_scopes_as_options() {
    for scope in ["", " ", "a ", " a", "a  b", "a\tb", "a\"", "a\\", "é", "a\u{7f}"] {
        assert_invalid(json!({ "scope": scope }), "scope");
        assert_invalid(json!({ "scope": ["b", scope] }), "scope");
    }
    for scope in [json!(null), json!([]), json!([1]), json!({}), json!(vec!["a"; 1001]), json!(["a"; 1001].join(" "))] {
        assert_invalid(json!({ "scope": scope }), "scope");
    }
    assert_eq!(outcome(json!({ "scope": "!#[]~" }), json!({ "scope": vec!["!#[]~"; 1000] })), Ok(()));
}

fn access_token(changes: Value, typ: Value) -> Result<(), Error> {
    let mut claims = claims_with(json!({ "client_id": "s6BhdRkqt3" }));
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    let token = es384(json!({ "kid": "EC384_0", "alg": "ES384", "typ": typ }), claims);
    let options = json!({ "issuer": null, "audience": null, "profile": "at+jwt" });
    verify_with(&token, &both_keys(), options).map(drop)
}

#[test]
fn accepts_access_tokens_of_the_profile() {
    for typ in ["at+jwt", "application/at+jwt", "AT+JWT"] {
        assert_eq!(access_token(json!({}), json!(typ)), Ok(()), "{typ}");
    }
}

#[test]
fn rejects_tokens_that_break_the_profile() {
    for typ in ["JWT", "jwt", "at+jwt ", "x/at+jwt", ""] {
        let error = access_token(json!({}), json!(typ)).unwrap_err();
        assert_eq!((error.claim(), error.reason()), (Some("typ"), Some("check_failed")), "{typ}");
    }
    for claim in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        let error = access_token(json!({ claim: null }), json!("at+jwt")).unwrap_err();
        assert_eq!((error.claim(), error.reason()), (Some(claim), Some("missing")));
        let error = access_token(json!({ claim: true }), json!("at+jwt")).unwrap_err();
        assert_eq!((error.code(), error.claim(), error.reason()), ("ERR_JWT_INVALID", Some(claim), Some("invalid")));
    }
    let mut header = ec_header();
    header.as_object_mut().unwrap().remove("typ");
    let token = es384(header, claims_with(json!({ "client_id": "x" })));
    let error = verify_with(&token, &both_keys(), json!({ "profile": "at+jwt" })).unwrap_err();
    assert_eq!((error.claim(), error.reason()), (Some("typ"), Some("missing")));
}

#[test]
fn rejects_options_that_contradict_the_profile() {
    for profile in [json!("AT+JWT"), json!("application/at+jwt"), json!(""), json!(true), json!(null)] {
        assert_invalid(json!({ "profile": profile }), "profile");
    }
    assert_invalid(json!({ "profile": "at+jwt", "typ": "JWT" }), "profile");
    assert_invalid(json!({ "allowMissingExp": true, "profile": "at+jwt" }), "profile");
    let token = es384(
        json!({ "kid": "EC384_0", "alg": "ES384", "typ": "at+jwt" }),
        claims_with(json!({ "exp": null, "client_id": "x" })),
    );
    let mut expectations = Expectations::new(Expected::Any, Expected::Any);
    (expectations.profile, expectations.allow_missing_exp) = (Some(Profile::AccessToken), true);
    let keys = KeySet::parse(&both_keys()).unwrap();
    let error = sts_jwt::verify(&token, &keys, &expectations, NumericDate::from_seconds(NOW).unwrap()).unwrap_err();
    assert_eq!(error.claim(), Some("exp"));
}

#[test]
fn explains_each_expectation() {
    let token = es384(
        json!({ "kid": "EC384_0", "alg": "ES384", "typ": "at+jwt" }),
        claims_with(json!({ "client_id": "x", "scope": "read write", "tenant": "acme" })),
    );
    let options = json!({
        "issuer": ISSUER, "audience": AUDIENCE, "profile": "at+jwt", "exactlyOneAudience": true,
        "claims": { "tenant": ["acme", 5] }, "scope": ["write", "admin"],
    });
    let options = Expectations::from_json(&options.to_string()).unwrap();
    let keys = KeySet::parse(&both_keys()).unwrap();
    let explanation = explain(&token, &keys, &options, NumericDate::from_seconds(NOW).unwrap());
    let step = |name: &str| {
        let step = explanation.steps.iter().find(|step| step.name.as_deref() == Some(name)).unwrap();
        serde_json::to_value(step).unwrap()
    };
    assert_eq!(
        step("exactlyOneAudience"),
        json!({ "stage": "claim", "name": "exactlyOneAudience", "outcome": "passed" })
    );
    assert_eq!(step("profile"), json!({ "stage": "claim", "name": "profile", "outcome": "passed" }));
    assert_eq!(
        step("tenant"),
        json!({ "stage": "claim", "name": "tenant", "outcome": "passed", "expected": ["acme", 5.0], "actual": ["acme"] })
    );
    assert_eq!(
        step("scope"),
        json!({
            "stage": "policy", "name": "scope", "outcome": "failed", "expected": ["write", "admin"],
            "actual": ["read write"], "problem": "denied by \"scope\": the token's \"scope\" does not fit",
        })
    );
    assert_eq!(explanation.steps.last().map(|step| step.stage), Some(Stage::Policy));
    assert_eq!(explanation.outcome.unwrap_err().status(), 403);
}

#[test]
fn checks_expectations_that_rust_code_sets() {
    let token = check(&es384(ec_header(), claims_with(json!({ "tenant": "acme", "level": 3, "beta": true })))).unwrap();
    let mut expectations = Expectations::new(Expected::Any, Expected::Any);
    let text = |text: &str| ClaimValue::Text(text.into());
    expectations.claims = vec![
        ("tenant".into(), vec![text("acme")]),
        ("level".into(), vec![ClaimValue::Number(3.0)]),
        ("beta".into(), vec![ClaimValue::Boolean(true)]),
    ];
    let now = NumericDate::from_seconds(NOW).unwrap();
    assert_eq!(judge(&token, &expectations, now), Ok(()));
    expectations.claims.push(("tenant".into(), Vec::new()));
    assert_eq!(judge(&token, &expectations, now).unwrap_err().claim(), Some("tenant"), "an empty list accepts nothing");
}
