use crate::mint::*;
use serde_json::{Value, json};
use sts_jwt::{Error, ErrorKind, Expectations, JsonProblem};

fn claim_outcome(changes: Value, overrides: Value) -> Result<(), Error> {
    verify_with(&es384(ec_header(), claims_with(changes)), &both_keys(), overrides).map(drop)
}

/// Verifies and returns `(code, claim, reason)` of the error.
fn refusal(changes: Value, overrides: Value) -> (&'static str, String, &'static str) {
    let error = claim_outcome(changes, overrides).unwrap_err();
    (error.code(), error.claim().unwrap_or_default().to_owned(), error.reason().unwrap_or_default())
}

const FAILED: &str = "ERR_JWT_CLAIM_VALIDATION_FAILED";

#[test]
fn rejects_a_payload_that_is_not_a_strict_json_object() {
    let header = ec_header().to_string();
    for (payload, problem) in [
        (&b"[]"[..], JsonProblem::NotAnObject),
        (b"\"text\"", JsonProblem::NotAnObject),
        (b"{}{}", JsonProblem::Syntax),
        (b"{\"exp\":1e999}", JsonProblem::NumberOutOfRange { member: Some("exp".into()) }),
        (b"\xef\xbb\xbf{}", JsonProblem::Syntax),
        (b"{\"a\":\"\\udfff\"}", JsonProblem::LoneSurrogate { member: Some("a".into()) }),
        (b"{\"a\":\"\xff\"}", JsonProblem::NotUtf8),
        (br#"{"exp":1,"exp":9999999999}"#, JsonProblem::DuplicateMember { name: Some("exp".into()) }),
        (br#"{"a":{"b":1,"b":1}}"#, JsonProblem::DuplicateMember { name: Some("b".into()) }),
    ] {
        let error = check(&es384_octets(header.as_bytes(), payload)).unwrap_err();
        assert_eq!((error.code(), &error), ("ERR_JWT_INVALID", &Error::from(ErrorKind::InvalidPayload { problem })));
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(32), "]".repeat(32));
    assert_eq!(
        check(&es384(ec_header(), deep)).unwrap_err(),
        Error::from(ErrorKind::InvalidPayload { problem: JsonProblem::TooDeep { limit: 32 } })
    );
}

#[test]
fn rejects_registered_claims_of_the_wrong_type() {
    for claim in ["iss", "sub", "jti", "aud", "exp", "nbf", "iat"] {
        let date = matches!(claim, "exp" | "nbf" | "iat");
        let wrong = if date { json!("1767225900") } else { json!(1) };
        for value in [wrong, json!(true), json!({}), json!([1]), json!(["a", 1])] {
            let token = es384(ec_header(), {
                let mut claims = claims();
                claims[claim] = value.clone();
                claims
            });
            let error =
                verify_with(&token, &both_keys(), json!({ "issuer": null, "audience": null, "allowMissingExp": true }))
                    .unwrap_err();
            assert_eq!(
                (error.code(), error.claim(), error.reason()),
                ("ERR_JWT_INVALID", Some(claim), Some("invalid")),
                "{value}"
            );
        }
        let null = es384(ec_header(), {
            let mut claims = claims();
            claims[claim] = json!(null);
            claims
        });
        assert_eq!(
            code(verify_with(
                &null,
                &both_keys(),
                json!({ "issuer": null, "audience": null, "allowMissingExp": true })
            )),
            "ERR_JWT_INVALID"
        );
    }
}

#[test]
fn compares_the_issuer_exactly_and_requires_it_when_expected() {
    for iss in ["", &ISSUER[1..], &format!("{ISSUER}/"), &ISSUER.to_uppercase(), &format!("{ISSUER} ")] {
        assert_eq!(refusal(json!({ "iss": iss }), json!({})), (FAILED, "iss".into(), "check_failed"));
    }
    assert_eq!(refusal(json!({ "iss": null }), json!({})), (FAILED, "iss".into(), "missing"));
    assert_eq!(claim_outcome(json!({}), json!({ "issuer": ["https://other.example.test", ISSUER] })), Ok(()));
    assert_eq!(claim_outcome(json!({ "iss": null }), json!({ "issuer": null })), Ok(()));
}

#[test]
fn accepts_any_expected_audience_in_the_token() {
    assert_eq!(claim_outcome(json!({ "aud": ["a", AUDIENCE, AUDIENCE] }), json!({})), Ok(()));
    assert_eq!(claim_outcome(json!({ "aud": "b" }), json!({ "audience": ["a", "b"] })), Ok(()));
    for aud in [json!("other"), json!(["other"]), json!([]), json!(format!("{AUDIENCE}/"))] {
        let reason = if aud == json!([]) { "missing" } else { "check_failed" };
        assert_eq!(refusal(json!({ "aud": aud }), json!({})), (FAILED, "aud".into(), reason));
    }
    assert_eq!(refusal(json!({ "aud": null }), json!({})), (FAILED, "aud".into(), "missing"));
    assert_eq!(claim_outcome(json!({ "aud": null }), json!({ "audience": null })), Ok(()));
}

#[test]
fn checks_the_subject_when_one_is_expected() {
    assert_eq!(claim_outcome(json!({ "sub": "a" }), json!({ "subject": ["a", "b"] })), Ok(()));
    assert_eq!(
        refusal(json!({ "sub": "c" }), json!({ "subject": ["a", "b"] })),
        (FAILED, "sub".into(), "check_failed")
    );
    assert_eq!(refusal(json!({ "sub": null }), json!({ "subject": "a" })), (FAILED, "sub".into(), "missing"));
}

#[test]
fn compares_typ_as_a_media_type_when_one_is_expected() {
    let with_typ = |typ: Value, expected: &str| {
        let mut header = ec_header();
        header["typ"] = typ;
        verify_with(&es384(header, claims()), &both_keys(), json!({ "typ": expected })).map(drop)
    };
    for (typ, expected) in [
        ("JWT", "jwt"),
        ("at+JWT", "application/at+jwt"),
        ("Application/AT+jwt", "at+jwt"),
        ("text/plain", "text/plain"),
    ] {
        assert_eq!(with_typ(json!(typ), expected), Ok(()), "{typ} {expected}");
    }
    for (typ, expected) in
        [("JWT", "at+jwt"), ("application/application/jwt", "jwt"), ("text/plain", "application/text/plain")]
    {
        let error = with_typ(json!(typ), expected).unwrap_err();
        assert_eq!(
            (error.code(), error.claim(), error.reason()),
            (FAILED, Some("typ"), Some("check_failed")),
            "{typ} {expected}"
        );
    }
    let token = es384(json!({ "alg": "ES384", "kid": "EC384_0" }), claims());
    let error = verify_with(&token, &both_keys(), json!({ "typ": "JWT" })).unwrap_err();
    assert_eq!((error.claim(), error.reason()), (Some("typ"), Some("missing")));
}

#[test]
fn requires_exp_unless_it_may_be_missing_and_always_checks_it() {
    assert_eq!(refusal(json!({ "exp": null }), json!({})), (FAILED, "exp".into(), "missing"));
    assert_eq!(claim_outcome(json!({ "exp": null }), json!({ "allowMissingExp": true })), Ok(()));
    let expired = ("ERR_JWT_EXPIRED", "exp".to_owned(), "check_failed");
    assert_eq!(refusal(json!({ "exp": NOW - 100.0 }), json!({ "allowMissingExp": true })), expired);
}

#[test]
fn applies_the_clock_tolerance_at_both_edges() {
    let expired = ("ERR_JWT_EXPIRED", "exp".to_owned(), "check_failed");
    let early = |claim: &str| (FAILED, claim.to_owned(), "check_failed");
    // The default is 30 seconds: exp must be after now - 30, nbf and iat at most now + 30.
    assert_eq!(refusal(json!({ "exp": NOW - 30.0 }), json!({})), expired);
    assert_eq!(claim_outcome(json!({ "exp": NOW - 29.999 }), json!({})), Ok(()));
    for claim in ["nbf", "iat"] {
        assert_eq!(claim_outcome(json!({ claim: NOW + 30.0 }), json!({})), Ok(()));
        assert_eq!(refusal(json!({ claim: NOW + 30.001 }), json!({})), early(claim));
        assert_eq!(claim_outcome(json!({ claim: NOW }), json!({ "clockTolerance": 0 })), Ok(()));
        assert_eq!(refusal(json!({ claim: NOW + 0.5 }), json!({ "clockTolerance": 0 })), early(claim));
    }
    assert_eq!(refusal(json!({ "exp": NOW }), json!({ "clockTolerance": 0 })), expired);
    assert_eq!(claim_outcome(json!({ "exp": NOW + 0.5 }), json!({ "clockTolerance": 0 })), Ok(()));
    assert_eq!(claim_outcome(json!({ "exp": NOW - 99.5 }), json!({ "clockTolerance": 99.75 })), Ok(()));
}

#[test]
fn accepts_numeric_dates_of_any_sign_and_size() {
    for exp in [json!(1e30), json!(9_223_372_036_854_775_808_u64), json!(1e308)] {
        assert_eq!(claim_outcome(json!({ "exp": exp }), json!({})), Ok(()), "{exp}");
    }
    for past in [json!(0), json!(-1), json!(-1e300), json!(0.5)] {
        assert_eq!(claim_outcome(json!({ "nbf": past, "iat": past }), json!({})), Ok(()), "{past}");
        assert_eq!(refusal(json!({ "exp": past }), json!({})).0, "ERR_JWT_EXPIRED", "{past}");
    }
}

#[test]
fn counts_max_token_age_from_iat() {
    let aged = |age: f64, overrides: Value| claim_outcome(json!({ "iat": NOW - age }), overrides);
    assert_eq!(aged(90.0, json!({ "maxTokenAge": 60 })), Ok(()));
    assert_eq!(
        refusal(json!({ "iat": NOW - 90.5 }), json!({ "maxTokenAge": 60 })),
        (FAILED, "iat".into(), "check_failed")
    );
    assert_eq!(aged(60.0, json!({ "maxTokenAge": 60, "clockTolerance": 0 })), Ok(()));
    assert!(aged(60.5, json!({ "maxTokenAge": 60, "clockTolerance": 0 })).is_err());
    assert_eq!(refusal(json!({ "iat": null }), json!({ "maxTokenAge": 60 })), (FAILED, "iat".into(), "missing"));
}

#[test]
fn accepts_names_and_json_pointers_as_required_claims() {
    let required = |path: &str| json!({ "requiredClaims": ["sub", path] });
    for path in [
        "jti",
        "https://sts.amazonaws.com/",
        "/https:~1~1sts.amazonaws.com~1/aws_account",
        "/https:~1~1sts.amazonaws.com~1/ou_path/0",
    ] {
        assert_eq!(claim_outcome(json!({}), required(path)), Ok(()), "{path}");
    }
    for path in ["nonce", "toString", "__proto__", "/https:~1~1sts.amazonaws.com~1/nothing", "/sub/0"] {
        assert_eq!(refusal(json!({}), required(path)), (FAILED, path.to_owned(), "missing"));
    }
}

#[test]
fn restricts_the_algorithms() {
    assert_eq!(claim_outcome(json!({}), json!({ "algorithms": ["ES384"] })), Ok(()));
    let error = claim_outcome(json!({}), json!({ "algorithms": ["RS256"] })).unwrap_err();
    assert_eq!(
        (error.code(), error),
        ("ERR_JOSE_ALG_NOT_ALLOWED", Error::from(ErrorKind::AlgorithmNotAllowed { actual: "ES384" }))
    );
}

#[test]
fn checks_claims_only_after_the_signature() {
    let token = es384(ec_header(), claims_with(json!({ "exp": 1 })));
    let (rest, last) = token.split_at(token.len() - 4);
    let tampered = format!("{rest}{}", if last == "AAAA" { "BBBB" } else { "AAAA" });
    assert_eq!(check(&tampered).unwrap_err(), Error::from(ErrorKind::SignatureMismatch));
}

#[test]
fn treats_prototype_names_as_plain_claims() {
    let payload = claims_with(json!({ "__proto__": { "exp": 1 }, "constructor": 1, "toString": "x" }));
    let verified = check(&es384(ec_header(), &payload)).unwrap();
    assert_eq!(verified.claims_json(), payload.to_string());
}

#[test]
fn names_the_invalid_option() {
    for (overrides, option) in [
        (json!({ "issuer": 1 }), "issuer"),
        (json!({ "issuer": [1] }), "issuer"),
        (json!({ "issuer": [] }), "issuer"),
        (json!({ "audience": {} }), "audience"),
        (json!({ "audience": [null] }), "audience"),
        (json!({ "algorithms": [] }), "algorithms"),
        (json!({ "algorithms": ["HS256"] }), "algorithms"),
        (json!({ "algorithms": "ES384" }), "algorithms"),
        (json!({ "subject": null }), "subject"),
        (json!({ "typ": 1 }), "typ"),
        (json!({ "clockTolerance": -1 }), "clockTolerance"),
        (json!({ "clockTolerance": "30" }), "clockTolerance"),
        (json!({ "clockTolerance": 1e300 }), "clockTolerance"),
        (json!({ "maxTokenAge": null }), "maxTokenAge"),
        (json!({ "requiredClaims": [1] }), "requiredClaims"),
        (json!({ "allowMissingExp": "yes" }), "allowMissingExp"),
        (json!({ "audiance": "x" }), "audiance"),
    ] {
        let error = claim_outcome(json!({}), overrides.clone()).unwrap_err();
        assert_eq!(error.code(), "ERR_OPTIONS_INVALID", "{overrides}");
        assert!(error.to_string().starts_with(&format!("option \"{option}\" ")), "{error}");
    }
    for (text, option) in [("{}", "issuer"), (r#"{"issuer":null}"#, "audience"), ("[]", "options"), ("", "options")] {
        let error = Expectations::from_json(text).unwrap_err();
        assert!(error.to_string().starts_with(&format!("option \"{option}\" ")), "{error}");
    }
}

#[test]
fn reports_the_claim_with_a_value_that_is_not_strict_json() {
    let header = ec_header().to_string();
    for (member, message) in [
        (r#""note":"\ud800""#, "the payload has a string with a lone surrogate in \"note\""),
        (r#""size":1e400"#, "the payload has a number that is out of range in \"size\""),
        (r#""a":{"sizes":[1,-1e400]}"#, "the payload has a number that is out of range in \"sizes\""),
        (r#""aud":"other""#, "the payload has a duplicate member \"aud\""),
        (r#""a":{"b":1,"b":2}"#, "the payload has a duplicate member \"b\""),
    ] {
        let payload = claims().to_string().replacen('{', &format!("{{{member},"), 1);
        let error = check(&es384_octets(header.as_bytes(), payload.as_bytes())).unwrap_err();
        assert_eq!((error.code(), &*error.to_string()), ("ERR_JWT_INVALID", message));
    }
}

#[test]
fn reports_a_missing_typ_as_a_missing_header_parameter() {
    let mut header = ec_header();
    header.as_object_mut().unwrap().remove("typ");
    let token = es384(header, claims());
    let error = verify_with(&token, &both_keys(), json!({ "typ": "JWT" })).unwrap_err();
    assert_eq!((error.code(), error.claim(), error.reason()), (FAILED, Some("typ"), Some("missing")));
    assert_eq!(error.to_string(), "header parameter \"typ\" is missing");
    let error = verify_with(&token, &both_keys(), json!({ "requiredClaims": "typ" })).unwrap_err();
    assert_eq!(error.to_string(), "\"typ\" claim is missing");
}

#[test]
fn reports_that_a_rejected_time_looks_like_milliseconds() {
    let message = |changes: Value, overrides: Value| claim_outcome(changes, overrides).unwrap_err().to_string();
    for claim in ["iat", "nbf"] {
        let text = format!("\"{claim}\" claim is in the future");
        let milliseconds = message(json!({ claim: NOW * 1000.0 }), json!({}));
        assert_eq!(milliseconds, format!("{text}: it looks like milliseconds, but must be in seconds"));
        assert_eq!(message(json!({ claim: NOW + 100.0 }), json!({})), text);
    }
    let lifetime = |exp: f64| message(json!({ "exp": exp }), json!({ "aws": {} }));
    let denied = "denied by \"maxLifetime\": the token's \"exp\" does not fit";
    assert_eq!(lifetime(NOW * 1000.0), format!("{denied}: it looks like milliseconds, but must be in seconds"));
    assert_eq!(lifetime(NOW + 1e9), denied);
}

#[test]
fn rejects_empty_strings_and_placeholders_as_expected_values() {
    for (overrides, option) in [
        (json!({ "audience": "" }), "audience"),
        (json!({ "audience": [AUDIENCE, ""] }), "audience"),
        (json!({ "audience": [] }), "audience"),
        (json!({ "issuer": "" }), "issuer"),
        (json!({ "subject": "" }), "subject"),
        (json!({ "typ": "" }), "typ"),
        (json!({ "issuer": "https://<uuid>.tokens.sts.global.api.aws" }), "issuer"),
        (json!({ "issuer": [ISSUER, "https://<your-issuer>/"] }), "issuer"),
        (json!({ "issuer": "https://login.example.test/{tenantid}/v2.0" }), "issuer"),
        (json!({ "issuer": "https://${ISSUER}" }), "issuer"),
        (json!({ "issuer": "https://XXXXXXXX-XXXX-4000-8000-000000000000.tokens.sts.global.api.aws" }), "issuer"),
        (json!({ "issuer": "https://…" }), "issuer"),
    ] {
        let error = claim_outcome(json!({}), overrides.clone()).unwrap_err();
        assert_eq!(error.code(), "ERR_OPTIONS_INVALID", "{overrides}");
        assert!(error.to_string().starts_with(&format!("option \"{option}\" ")), "{error}");
    }
    assert_eq!(claim_outcome(json!({ "": 1 }), json!({ "requiredClaims": "" })), Ok(()));
    for issuer in ["a<b", "}{", "https://xxxx.example.test"] {
        assert_eq!(refusal(json!({}), json!({ "issuer": issuer })).0, FAILED, "{issuer}");
    }
}
