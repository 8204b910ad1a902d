use crate::mint::*;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use sts_jwt::{
    AwsIdentity, AwsPolicy, Error, Expectations, JsonValue, KeySet, NumericDate, PrincipalKind, Subject, explain,
};

const NAMESPACE: &str = "https://sts.amazonaws.com/";
const DENIED: &str = "ERR_POLICY_DENIED";

/// The usual claims with some members of the AWS object replaced; `null` removes a member.
fn aws_claims(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims[NAMESPACE].as_object_mut().unwrap().remove(name);
        } else {
            claims[NAMESPACE][name] = value.clone();
        }
    }
    claims
}

fn judge(claims: Value, policy: Value) -> Result<AwsIdentity, Error> {
    verify_with(&es384(ec_header(), claims), &both_keys(), json!({ "aws": policy }))?.aws_identity()
}

/// Verifies and returns `(code, field, reason)` of the error.
fn refusal(claims: Value, policy: Value) -> (&'static str, String, &'static str) {
    let error = judge(claims, policy).unwrap_err();
    (error.code(), error.claim().unwrap_or_default().to_owned(), error.reason().unwrap_or_default())
}

fn denied(field: &str, reason: &'static str) -> (&'static str, String, &'static str) {
    (DENIED, field.to_owned(), reason)
}

#[test]
fn reads_the_whole_identity() {
    let identity = judge(
        aws_claims(json!({
            "principal_tags": { "team": "edge" }, "request_tags": { "job": "" }, "original_session_exp": "2026-01-01T00:15:00Z",
            "source_identity": "alice", "federated_provider": "p", "identity_store_user_id": "u", "identity_store_arn": "s",
            "ec2_source_instance_arn": "i", "ec2_instance_source_vpc": "vpc-1", "ec2_instance_source_private_ipv4": "10.0.0.1",
            "ec2_role_delivery": "2.0", "lambda_source_function_arn": "f", "glue_credential_issuing_service": "g",
            "invoked_by": "bedrock-agentcore.amazonaws.com", "later": { "a": [1] },
        })),
        json!({}),
    )
    .unwrap();
    assert_eq!((&*identity.partition, &*identity.account), ("aws", "111122223333"));
    let principal = identity.principal.as_ref().unwrap();
    assert_eq!(identity.subject, Subject::Principal(principal.arn.clone()));
    assert_eq!((principal.kind, &*principal.path, &*principal.name), (PrincipalKind::Role, "/svc/", "edge-caller"));
    assert_eq!(identity.source_region.as_deref(), Some("eu-west-1"));
    assert_eq!(identity.organization.as_deref(), Some("o-exampleorg1"));
    assert_eq!(identity.organizational_units, ["o-exampleorg1/r-ab12/ou-ab12-11111111/"]);
    assert_eq!((identity.principal_tags.get("team"), identity.request_tags.get("job")), (Some("edge"), Some("")));
    assert_eq!(identity.session.ec2_role_delivery.as_deref(), Some("2.0"));
    assert_eq!(identity.other.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["invoked_by", "later"]);
    assert_eq!(identity.other.get("invoked_by"), Some(&JsonValue::String("bedrock-agentcore.amazonaws.com".into())));
    let json = serde_json::to_value(&identity).unwrap();
    assert_eq!(json["session"]["lambda_function"], "f");
    assert_eq!(json["principal"]["kind"], "role");
    assert_eq!(json["other"]["later"]["a"][0], 1.0);
}

#[test]
fn accepts_ou_path_as_a_string_or_an_array() {
    let path = "o-exampleorg1/r-ab12/";
    for ou_path in [json!(path), json!([path])] {
        assert_eq!(judge(aws_claims(json!({ "ou_path": ou_path })), json!({})).unwrap().organizational_units, [path]);
    }
}

#[test]
fn rejects_a_token_without_the_namespace_object() {
    assert_eq!(refusal(claims_with(json!({ NAMESPACE: null })), json!({})), denied(NAMESPACE, "missing"));
    let error = judge(claims_with(json!({ NAMESPACE: "text" })), json!({})).unwrap_err();
    assert_eq!((error.code(), error.reason()), ("ERR_JWT_INVALID", Some("invalid")));
}

#[test]
fn rejects_members_of_the_wrong_type_even_if_no_policy_uses_them() {
    for (member, value) in [
        ("source_identity", json!(5)),
        ("federated_provider", json!([])),
        ("ou_path", json!([1])),
        ("principal_tags", json!({ "a": 1 })),
        ("request_tags", json!("a")),
    ] {
        let error =
            verify_with(&es384(ec_header(), aws_claims(json!({ member: value }))), &both_keys(), json!({ "aws": {} }))
                .unwrap_err();
        assert_eq!((error.code(), error.claim(), error.reason()), ("ERR_JWT_INVALID", Some(member), Some("invalid")));
    }
}

#[test]
fn rejects_claims_that_contradict_each_other() {
    assert!(judge(claims(), json!({})).is_ok());
    assert_eq!(
        refusal(aws_claims(json!({ "aws_account": "999988887777" })), json!({})),
        denied("aws_account", "check_failed")
    );
    assert_eq!(refusal(aws_claims(json!({ "aws_account": null })), json!({})), denied("aws_account", "missing"));
    assert_eq!(
        refusal(aws_claims(json!({ "principal_id": "arn:aws:iam::111122223333:role/other" })), json!({})),
        denied("principal_id", "check_failed")
    );
    assert!(judge(aws_claims(json!({ "principal_id": null })), json!({})).is_ok());
    assert_eq!(refusal(claims_with(json!({ "sub": null })), json!({})), denied("sub", "missing"));
    for sub in ["alice", "arn:aws:sts::111122223333:assumed-role/app/session"] {
        assert_eq!(refusal(claims_with(json!({ "sub": sub })), json!({})), denied("sub", "check_failed"));
    }
    assert_eq!(
        refusal(aws_claims(json!({ "aws_account": 111_122_223_333_u64 })), json!({})),
        ("ERR_JWT_INVALID", "aws_account".into(), "invalid")
    );
}

#[test]
fn requires_an_issuer_in_the_partition_of_the_principal() {
    let china = "https://a1000000-0000-4000-8000-000000000000.tokens.sts.global.api.amazonwebservices.com.cn";
    let claims_of = |iss: &str, partition: &str| {
        let sub = format!("arn:{partition}:iam::111122223333:role/app");
        let mut claims = aws_claims(json!({ "principal_id": sub }));
        claims["sub"] = sub.into();
        claims["iss"] = iss.into();
        claims
    };
    let judge = |iss: &str, partition: &str, policy: Value| {
        verify_with(
            &es384(ec_header(), claims_of(iss, partition)),
            &both_keys(),
            json!({ "issuer": iss, "aws": policy }),
        )
        .map(drop)
    };
    assert_eq!(judge(china, "aws-cn", json!({})), Ok(()));
    assert_eq!(judge(ISSUER, "aws", json!({})), Ok(()));
    for (iss, partition) in
        [(china, "aws"), (ISSUER, "aws-cn"), (ISSUER, "aws-us-gov"), ("https://issuer.example.test", "aws")]
    {
        let error = judge(iss, partition, json!({})).unwrap_err();
        assert_eq!((error.code(), error.claim()), (DENIED, Some("iss")), "{iss} {partition}");
    }
    let policy = json!({ "issuerSuffixes": { "aws-us-gov": "tokens.sts.gov.example.test" } });
    assert_eq!(judge("https://a1.tokens.sts.gov.example.test", "aws-us-gov", policy), Ok(()));
}

/// The cases of tests/vectors/aws-policies.jsonl, which the tests in JavaScript also decide.
#[test]
fn decides_the_policy_cases_in_both_subject_modes_and_four_partitions() {
    let cases: Vec<Value> =
        include_str!("../vectors/aws-policies.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let keys = KeySet::parse(&both_keys()).unwrap();
    let now = NumericDate::from_seconds(NOW).unwrap();
    for case in &cases {
        let id = &case["id"];
        let token = es384(ec_header(), &case["claims"]);
        let options = json!({ "issuer": case["claims"]["iss"], "audience": AUDIENCE, "aws": case["policy"] });
        let expectations = Expectations::from_json(&options.to_string()).unwrap();
        let outcome = sts_jwt::verify(&token, &keys, &expectations, now);
        let explained = explain(&token, &keys, &expectations, now).outcome;
        assert_eq!(explained.is_ok(), outcome.is_ok(), "{id}");
        match outcome {
            Ok(token) => {
                let identity = expectations.aws.unwrap().identity(&token).unwrap();
                let mut seen = json!({
                    "partition": identity.partition, "account": identity.account, "subject": identity.subject,
                    "other": identity.other,
                });
                if let Some(principal) = identity.principal {
                    seen["principal"] = principal.arn.into();
                }
                assert_eq!((&case["expect"], seen), (&json!("allow"), case["identity"].clone()), "{id}");
            }
            Err(error) => {
                let seen = (error.code(), error.claim(), error.reason());
                assert_eq!(case["expect"], "deny", "{id}: {error}");
                assert_eq!(seen, (DENIED, case["claim"].as_str(), case["reason"].as_str()), "{id}: {error}");
            }
        }
    }
    for partition in ["aws", "aws-cn", "aws-us-gov", "aws-eusc"] {
        for mode in ["principal", "origin"] {
            let of_both = |case: &&Value| case["partition"] == partition && case["mode"] == mode;
            assert!(cases.iter().filter(of_both).count() >= 15, "{partition}, {mode}");
        }
    }
}

#[test]
fn says_what_the_subject_must_be() {
    let message = |sub: &str, policy| judge(claims_with(json!({ "sub": sub })), policy).unwrap_err().to_string();
    let denied = "denied by \"sub\": the token's \"sub\" must be";
    let principal = "the ARN of an IAM role, user or root";
    for (sub, mode, expected) in [
        ("alice", "refuse", principal.to_owned()),
        ("ARN:aws:iam::111122223333:root", "allow", format!("{principal}, or an origin identity")),
        ("arn:aws:iam::111122223333:role/svc/edge-caller", "require", "an origin identity".to_owned()),
    ] {
        assert_eq!(message(sub, json!({ "originIdentities": mode })), format!("{denied} {expected}"));
    }
}

#[test]
fn reads_the_identity_of_any_subject_without_a_policy() {
    let identity = |changes: Value, members: Value| {
        let mut claims = aws_claims(members);
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let token = verify_with(&es384(ec_header(), claims), &both_keys(), json!({ "issuer": null }))?;
        token.aws_identity()
    };
    let without = || json!({ "principal_id": null });
    let known = identity(json!({ "sub": "alice" }), json!({})).unwrap();
    assert_eq!(known.subject, Subject::Origin("alice".into()));
    assert_eq!(known.principal.unwrap().name, "edge-caller");
    let unknown = identity(json!({ "sub": "alice" }), without()).unwrap();
    assert_eq!((unknown.principal, &*unknown.partition, &*unknown.account), (None, "aws", "111122223333"));
    for (changes, members, claim) in [
        (json!({ "sub": " arn:aws:iam::111122223333:root" }), json!({}), "sub"),
        (json!({ "sub": "arn:aws:sts::111122223333:assumed-role/app/session" }), json!({}), "sub"),
        (json!({ "sub": "alice" }), json!({ "principal_id": "alice" }), "principal_id"),
        (json!({ "sub": "alice", "iss": "https://issuer.example.test" }), without(), "iss"),
        (json!({ "sub": "alice" }), json!({ "principal_id": null, "aws_account": "1" }), "aws_account"),
    ] {
        let error = identity(changes, members).unwrap_err();
        assert_eq!((error.code(), error.claim()), ("ERR_JWT_INVALID", Some(claim)), "{error}");
    }
}

#[test]
fn limits_the_lifetime() {
    let lived = |seconds: f64| claims_with(json!({ "iat": NOW, "exp": NOW + seconds }));
    assert!(judge(lived(3600.0), json!({})).is_ok());
    assert_eq!(refusal(lived(3600.5), json!({})), denied("maxLifetime", "check_failed"));
    assert!(judge(lived(7200.0), json!({ "maxLifetime": 7200 })).is_ok());
    assert_eq!(refusal(lived(301.0), json!({ "maxLifetime": 300 })), denied("maxLifetime", "check_failed"));
    assert_eq!(refusal(claims_with(json!({ "iat": null })), json!({})), denied("maxLifetime", "missing"));
}

#[test]
fn requires_one_match_in_every_field() {
    let all = json!({
        "accounts": ["000000000000", "111122223333"], "organizations": ["o-other", "o-exampleorg1"],
        "organizationalUnits": ["o-exampleorg1/r-ab12"], "principals": ["arn:aws:iam::*:role/svc/*"], "regions": ["eu-west-1"],
        "principalTags": { "team": ["core", "edge"], "stage": "prod" }, "vpcs": ["vpc-1"], "sourceIdentities": ["alice"],
        "lambdaFunctions": ["arn:aws:lambda:*:111122223333:function:f"], "ec2Instances": ["arn:aws:ec2:*:*:instance/*"],
    });
    let claims = || {
        aws_claims(json!({
            "principal_tags": { "team": "edge", "stage": "prod" }, "source_identity": "alice", "ec2_instance_source_vpc": "vpc-1",
            "lambda_source_function_arn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
            "ec2_source_instance_arn": "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
        }))
    };
    assert!(judge(claims(), all.clone()).is_ok());
    for (field, other) in [
        ("accounts", json!(["000000000000"])),
        ("organizations", json!(["o-example"])),
        ("organizationalUnits", json!(["o-exampleorg1/r-ab12/ou-ab12-1111"])),
        ("principals", json!(["arn:aws:iam::111122223333:role/svc/edge"])),
        ("regions", json!(["eu-west"])),
        ("principalTags", json!({ "team": "edge", "stage": "dev" })),
        ("principalTags", json!({ "Team": "edge" })),
        ("vpcs", json!(["vpc-10"])),
        ("sourceIdentities", json!(["Alice"])),
        ("lambdaFunctions", json!(["arn:aws:lambda:*:111122223333:function:g"])),
        ("ec2Instances", json!(["arn:aws:ec2:*:*:volume/*"])),
    ] {
        let mut policy = all.clone();
        policy[field] = other;
        let (code, claim, _) = refusal(claims(), policy.clone());
        assert_eq!((code, &*claim), (DENIED, field));
        // An empty list denies every caller.
        if field != "principalTags" {
            policy[field] = json!([]);
            assert_eq!(refusal(claims(), policy), denied(field, "check_failed"));
        }
    }
}

#[test]
fn denies_a_token_without_the_claim_of_a_condition() {
    for (member, policy) in [
        ("org_id", json!({ "organizations": ["o-exampleorg1"] })),
        ("ou_path", json!({ "organizationalUnits": ["o-exampleorg1"] })),
        ("source_region", json!({ "regions": ["eu-west-1"] })),
        ("principal_tags", json!({ "principalTags": { "team": "edge" } })),
        ("lambda_source_function_arn", json!({ "lambdaFunctions": ["arn:aws:lambda:*:*:function:**"] })),
        ("ec2_source_instance_arn", json!({ "ec2Instances": ["arn:aws:ec2:*:*:**"] })),
        ("ec2_instance_source_vpc", json!({ "vpcs": ["vpc-1"] })),
        ("source_identity", json!({ "sourceIdentities": ["alice"] })),
    ] {
        let field = policy.as_object().unwrap().keys().next().unwrap().clone();
        assert_eq!(refusal(aws_claims(json!({ member: null })), policy), denied(&field, "missing"));
    }
}

#[test]
fn matches_organizational_units_on_slash_boundaries() {
    let in_unit = |entry: &str| judge(claims(), json!({ "organizationalUnits": [entry] })).is_ok();
    for entry in [
        "o-exampleorg1",
        "o-exampleorg1/",
        "o-exampleorg1/r-ab12/",
        "o-exampleorg1/r-ab12/ou-ab12-11111111",
        "o-exampleorg1/r-ab12/ou-ab12-11111111/",
    ] {
        assert!(in_unit(entry), "{entry}");
    }
    for entry in [
        "o-exampleorg",
        "o-exampleorg1/r-ab1",
        "o-exampleorg1/r-ab12/ou-ab12-1111111",
        "o-exampleorg1/r-ab12/ou-ab12-11111111/x",
    ] {
        assert!(!in_unit(entry), "{entry}");
    }
}

#[test]
fn ignores_request_tags() {
    let claims = aws_claims(json!({ "request_tags": { "team": "edge" } }));
    assert_eq!(
        refusal(claims.clone(), json!({ "principalTags": { "team": "edge" } })),
        denied("principalTags", "missing")
    );
    assert_eq!(code(judge(claims, json!({ "requestTags": { "team": "edge" } }))), "ERR_OPTIONS_INVALID");
}

#[test]
fn names_the_invalid_policy_option() {
    for (policy, option) in [
        (json!(null), "aws"),
        (json!([]), "aws"),
        (json!({ "accounts": "111122223333" }), "aws.accounts"),
        (json!({ "accounts": [111_122_223_333_u64] }), "aws.accounts"),
        (json!({ "accounts": ["1111"] }), "aws.accounts"),
        (json!({ "organizations": ["exampleorg1"] }), "aws.organizations"),
        (json!({ "organizationalUnits": [""] }), "aws.organizationalUnits"),
        (json!({ "organizationalUnits": ["ou-ab12-11111111"] }), "aws.organizationalUnits"),
        (json!({ "organizationalUnits": ["o-exampleorg1/r-ab12", "ou-ab12-11111111/"] }), "aws.organizationalUnits"),
        (json!({ "organizationalUnits": ["r-ab12"] }), "aws.organizationalUnits"),
        (json!({ "organizationalUnits": ["/"] }), "aws.organizationalUnits"),
        (json!({ "principals": ["arn:aws:sts::111122223333:assumed-role/app/session"] }), "aws.principals"),
        (json!({ "principals": ["arn:aws:iam::*:role/app", "arn:aws:sts::*:assumed-role/**"] }), "aws.principals"),
        (json!({ "principals": ["*"] }), "aws.principals"),
        (json!({ "principals": ["arn:aws:iam::111122223333"] }), "aws.principals"),
        (json!({ "principalTags": { "team": 1 } }), "aws.principalTags"),
        (json!({ "issuerSuffixes": { "aws": "" } }), "aws.issuerSuffixes"),
        (json!({ "maxLifetime": 0 }), "aws.maxLifetime"),
        (json!({ "originIdentities": "Allow" }), "aws.originIdentities"),
        (json!({ "originIdentities": true }), "aws.originIdentities"),
        (json!({ "originIdentities": ["allow"] }), "aws.originIdentities"),
        (json!({ "maxLifetime": "3600" }), "aws.maxLifetime"),
        (json!({ "account": [] }), "aws.account"),
    ] {
        let error = judge(claims(), policy).unwrap_err();
        assert_eq!(error.code(), "ERR_OPTIONS_INVALID");
        assert!(error.to_string().starts_with(&format!("option \"{option}\" ")), "{error}");
    }
}

#[test]
fn reports_the_tag_of_the_policy_and_the_tags_of_the_token() {
    let message = |tags: Value| {
        let error = judge(
            aws_claims(json!({ "principal_tags": tags })),
            json!({ "principalTags": { "team": ["edge", "core"] } }),
        )
        .unwrap_err();
        assert_eq!((error.code(), error.claim()), (DENIED, Some("principalTags")));
        error.to_string()
    };
    let denied = "denied by \"principalTags\": the token";
    assert_eq!(
        message(json!({ "Team": "edge", "stage": "prod" })),
        format!("{denied} has no tag \"team\"; its tags are \"Team\", \"stage\"")
    );
    assert_eq!(message(json!({ "team": "ops" })), format!("{denied}'s tag \"team\" has the unlisted value \"ops\""));
    let none = format!("{denied} has no tag \"team\", because it has no \"principal_tags\"");
    assert_eq!((message(json!(null)), message(json!({}))), (none.clone(), none));
    let many: Value = (10..62).map(|i| (format!("t{i}"), json!(""))).collect::<serde_json::Map<_, _>>().into();
    let text = message(many);
    assert!(text.ends_with("\"t18\", \"t19\" and 42 more"), "{text}");
}

#[test]
fn names_few_of_the_tags_that_a_hostile_issuer_sends() {
    let tags = |count: usize| -> Value {
        (0..count).map(|i| (format!("{i:x<140}"), json!(""))).collect::<serde_json::Map<_, _>>().into()
    };
    let error =
        judge(aws_claims(json!({ "principal_tags": tags(100) })), json!({ "principalTags": { "team": ["a"] } }));
    let sts_jwt::ErrorKind::TagDenied { keys, more, .. } = error.unwrap_err().kind().clone() else {
        panic!("another error")
    };
    assert_eq!((keys.len(), more), (0, 100));
}

#[test]
fn explains_which_units_and_principals_can_match() {
    let message = |policy| judge(claims(), policy).unwrap_err().to_string();
    assert!(message(json!({ "organizationalUnits": ["ou-ab12-11111111"] })).contains("\"o-exampleorg1/r-ab12/ou-"));
    let session = json!({ "principals": ["arn:aws:sts::111122223333:assumed-role/app/session"] });
    assert!(message(session).contains("\"arn:aws:iam::111122223333:role/"));
}

#[test]
fn limits_the_entries_and_wildcards_of_a_policy() {
    let list = |count: usize| vec!["o-exampleorg1"; count];
    let patterns = |stars: usize| [format!("arn:aws:iam::111122223333:role/svc/{}", "*e".repeat(stars))];
    let tags = |count: usize| -> Value {
        (0..count).map(|i| (format!("t{i}"), json!("a"))).collect::<serde_json::Map<_, _>>().into()
    };
    let most = AwsPolicy::MAX_ENTRIES;
    assert!(judge(claims(), json!({ "organizations": list(most), "organizationalUnits": list(most) })).is_ok());
    assert_eq!(code(judge(claims(), json!({ "principals": patterns(AwsPolicy::MAX_WILDCARDS) }))), DENIED);
    assert_eq!(code(judge(claims(), json!({ "principalTags": tags(most) }))), DENIED);
    for (policy, message) in [
        (json!({ "organizations": list(most + 1) }), format!("\"aws.organizations\" must have at most {most} entries")),
        (
            json!({ "organizationalUnits": list(most + 1) }),
            format!("\"aws.organizationalUnits\" must have at most {most} entries"),
        ),
        (json!({ "principalTags": tags(most + 1) }), format!("\"aws.principalTags\" must have at most {most} entries")),
        (
            json!({ "principalTags": { "team": list(most + 1) } }),
            format!("\"aws.principalTags\" must have at most {most} entries"),
        ),
        (
            json!({ "issuerSuffixes": { "aws": list(most + 1) } }),
            format!("\"aws.issuerSuffixes\" must have at most {most} entries"),
        ),
        (
            json!({ "principals": patterns(AwsPolicy::MAX_WILDCARDS + 1) }),
            format!(
                "\"aws.principals\" must be an array of ARN patterns with at most {} wildcards each",
                AwsPolicy::MAX_WILDCARDS
            ),
        ),
    ] {
        let error = judge(claims(), policy).unwrap_err();
        assert_eq!((error.code(), error.to_string()), ("ERR_OPTIONS_INVALID", format!("option {message}")));
    }
}

#[test]
fn denies_a_token_with_too_many_units() {
    let policy = json!({ "organizationalUnits": ["o-exampleorg1"] });
    let units = |count: usize| aws_claims(json!({ "ou_path": vec!["o-exampleorg1/r-ab12/"; count] }));
    assert!(judge(units(AwsPolicy::MAX_UNITS), policy.clone()).is_ok());
    let error = judge(units(AwsPolicy::MAX_UNITS + 1), policy).unwrap_err();
    assert_eq!(
        (error.code(), error.claim(), error.reason()),
        (DENIED, Some("organizationalUnits"), Some("check_failed"))
    );
    assert_eq!(error.to_string(), "denied by \"organizationalUnits\": the token's \"ou_path\" has more than 64 values");
    assert!(judge(units(AwsPolicy::MAX_UNITS + 1), json!({})).is_ok());
}

/// The time of the fastest of several runs. The other runs may be slowed down by other programs.
fn cost(claims: Value, policy: Value) -> Duration {
    let token = sts_jwt::authenticate(
        &es384(ec_header(), claims),
        &KeySet::parse(&both_keys()).unwrap(),
        &[sts_jwt::Algorithm::Es384],
    )
    .unwrap();
    let mut options = options();
    options["aws"] = policy;
    let (expectations, now) =
        (Expectations::from_json(&options.to_string()).unwrap(), NumericDate::from_seconds(NOW).unwrap());
    let run = || {
        let start = Instant::now();
        assert_eq!(code(sts_jwt::judge(&token, &expectations, now)), DENIED);
        start.elapsed()
    };
    (0..100).map(|_| run()).min().unwrap()
}

#[test]
fn takes_linear_time_in_policy_and_token() {
    let paths = |count: usize| vec![format!("o-exampleorg1/r-ab12/{}", "ou-ab12-11111111/".repeat(4)); count];
    let units = |listed: usize, in_token: usize| {
        let mut listed = paths(listed);
        listed.iter_mut().for_each(|path| path.push('x'));
        cost(aws_claims(json!({ "ou_path": paths(in_token) })), json!({ "organizationalUnits": listed }))
    };
    let patterns = |count: usize, name: usize| {
        let arn = format!("arn:aws:iam::111122223333:role/svc/{}", "a".repeat(name));
        let mut claims = aws_claims(json!({ "principal_id": arn }));
        claims["sub"] = arn.into();
        let pattern = format!("arn:aws:iam::111122223333:role/svc/{}b", "a*".repeat(AwsPolicy::MAX_WILDCARDS));
        cost(claims, json!({ "principals": vec![pattern; count] }))
    };
    for (name, single, double) in [
        ("listed units", units(100, 64), units(200, 64)),
        ("units of the token", units(200, 32), units(200, 64)),
        ("patterns", patterns(20, 400), patterns(40, 400)),
        ("the principal", patterns(20, 400), patterns(20, 800)),
    ] {
        assert!(double <= single * 3, "{name}: {single:?}, then {double:?}");
    }
}
