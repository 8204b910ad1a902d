use crate::mint::*;
use serde_json::{Value, json};
use sts_jwt::{Error, ErrorKind, JwksProblem, KeyProblem, KeySet};

fn changed(mut jwk: Value, member: &str, value: Value) -> Value {
    jwk[member] = value;
    jwk
}

fn without(mut jwk: Value, member: &str) -> Value {
    jwk.as_object_mut().unwrap().remove(member);
    jwk
}

#[test]
fn infers_the_algorithm_of_a_key_without_alg() {
    assert!(verify_with(&es384(ec_header(), claims()), &jwks(&[without(ec_jwk(), "alg")]), json!({})).is_ok());
    assert!(verify_with(&rs256(rsa_header(), claims()), &jwks(&[rsa_jwk()]), json!({})).is_ok());
}

#[test]
fn rejects_text_that_is_not_a_jwk_set() {
    for (text, problem) in [
        ("", "is not valid JSON"),
        ("<html>", "is not valid JSON"),
        ("5", "is not a JSON object"),
        ("[]", "is an array: pass { \"keys\": [...] }"),
        (" HTTPS://issuer.example/jwks", "is a URL, which is not fetched: pass the document that it names"),
        ("\n-----BEGIN PUBLIC KEY-----", "is PEM: convert the key to a JWK"),
        (r#"{"kty":"EC"}"#, "is a single JWK: pass { \"keys\": [jwk] }"),
        ("{}", "has no \"keys\" array"),
        (r#"{"keys":{}}"#, "has no \"keys\" array"),
        (r#"{"keys":[],"keys":[]}"#, "has a duplicate member \"keys\""),
        (r#"{"keys":[{"kty":"EC","kty":"EC"}]}"#, "has a duplicate member \"kty\""),
        (r#"{"keys":[]} "#, ""),
    ] {
        match KeySet::parse(text) {
            Err(error) => {
                assert_eq!((error.code(), error.to_string()), ("ERR_JWKS_INVALID", format!("the JWK Set {problem}")));
            }
            Ok(_) => assert!(problem.is_empty()),
        }
    }
    assert_eq!(code(KeySet::parse(&ec_jwk().to_string())), "ERR_JWKS_INVALID");
}

#[test]
fn limits_the_size_of_a_set() {
    let fits = vec![ec_jwk(); KeySet::MAX_KEYS];
    assert!(KeySet::parse(&jwks(&fits)).is_ok());
    let too_many = KeySet::parse(&jwks(&[fits, vec![ec_jwk()]].concat())).unwrap_err();
    assert_eq!(too_many, Error::from(ErrorKind::InvalidJwks { problem: JwksProblem::TooManyKeys { limit: 128 } }));
    let too_large = KeySet::parse(&format!("{}{}", both_keys(), " ".repeat(256 * 1024))).unwrap_err();
    assert_eq!(too_large, Error::from(ErrorKind::InvalidJwks { problem: JwksProblem::TooLarge { limit: 262_144 } }));
}

#[test]
fn uses_valid_keys_next_to_invalid_keys() {
    let bad = [
        json!(null),
        json!(1),
        json!("key"),
        json!([]),
        json!({}),
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA" }),
    ];
    let set = jwks(&[&bad[..], &[changed(ec_jwk(), "x", json!("AA")), rsa_jwk(), ec_jwk()]].concat());
    assert!(verify_with(&rs256(rsa_header(), claims()), &set, json!({})).is_ok());
    assert!(verify_with(&es384(ec_header(), claims()), &set, json!({})).is_ok());
}

#[test]
fn reports_why_a_key_is_not_used() {
    let short = b64([&[0x80_u8][..], &[1; 127]].concat());
    let long = b64([&[0x80_u8][..], &[1; 1024]].concat());
    let padded = |jwk: Value, member: &str| b64([&[0][..], &base64_octets(&jwk[member])].concat());
    let text = |member: &str| rsa_jwk()[member].as_str().unwrap().to_owned();
    let cases = [
        (changed(ec_jwk(), "alg", json!("ES256")), KeyProblem::Algorithm),
        (changed(ec_jwk(), "alg", json!(null)), KeyProblem::Algorithm),
        (changed(rsa_jwk(), "alg", json!("PS256")), KeyProblem::Algorithm),
        (changed(ec_jwk(), "crv", json!("P-256")), KeyProblem::Curve),
        (without(ec_jwk(), "crv"), KeyProblem::Curve),
        (changed(rsa_jwk(), "e", json!("AQ")), KeyProblem::Exponent),
        (changed(rsa_jwk(), "e", json!("AQAA")), KeyProblem::Exponent),
        (changed(rsa_jwk(), "e", json!("AA")), KeyProblem::Exponent),
        (changed(rsa_jwk(), "e", json!("")), KeyProblem::Exponent),
        (changed(rsa_jwk(), "e", json!("AQAAAAE")), KeyProblem::Exponent),
        (changed(rsa_jwk(), "e", json!(65_537)), KeyProblem::NotBase64url { member: "e" }),
        (changed(rsa_jwk(), "e", json!("AQAB=")), KeyProblem::Padded { member: "e" }),
        (changed(rsa_jwk(), "e", json!("AQ B")), KeyProblem::NotBase64url { member: "e" }),
        (without(rsa_jwk(), "e"), KeyProblem::Missing { member: "e" }),
        (changed(ec_jwk(), "key_ops", json!(["sign"])), KeyProblem::KeyOperations),
        (changed(ec_jwk(), "key_ops", json!(["verify", "verify"])), KeyProblem::KeyOperations),
        (changed(ec_jwk(), "key_ops", json!("verify")), KeyProblem::KeyOperations),
        (changed(ec_jwk(), "key_ops", json!(["verify", 1])), KeyProblem::KeyOperations),
        (changed(ec_jwk(), "kty", json!("OKP")), KeyProblem::KeyType),
        (without(ec_jwk(), "kty"), KeyProblem::KeyType),
        (changed(ec_jwk(), "kid", json!(1)), KeyProblem::Kid),
        (
            changed(rsa_jwk(), "n", json!(b64([0xff; 255].iter().chain(&[0xfe]).copied().collect::<Vec<_>>()))),
            KeyProblem::Modulus,
        ),
        (changed(rsa_jwk(), "n", json!("AAAA")), KeyProblem::Modulus),
        (changed(rsa_jwk(), "n", json!("")), KeyProblem::Modulus),
        (without(rsa_jwk(), "n"), KeyProblem::Missing { member: "n" }),
        (changed(rsa_jwk(), "n", json!(format!("{}==", text("n")))), KeyProblem::Padded { member: "n" }),
        (changed(rsa_jwk(), "n", json!(text("n").replace(['-', '_'], "+"))), KeyProblem::NotBase64url { member: "n" }),
        (changed(rsa_jwk(), "n", json!(format!("{}\n", text("n")))), KeyProblem::NotBase64url { member: "n" }),
        (changed(rsa_jwk(), "n", json!(5)), KeyProblem::NotBase64url { member: "n" }),
        (changed(rsa_jwk(), "n", json!(null)), KeyProblem::NotBase64url { member: "n" }),
        (json!("text"), KeyProblem::NotAnObject),
        (changed(ec_jwk(), "y", ec_jwk()["x"].clone()), KeyProblem::OffCurve),
        (changed(ec_jwk(), "x", json!(b64([0xff; 48]))), KeyProblem::OffCurve),
        (changed(ec_jwk(), "x", json!(padded(ec_jwk(), "x"))), KeyProblem::Coordinates),
        (changed(ec_jwk(), "x", json!(b64(&base64_octets(&ec_jwk()["x"])[1..]))), KeyProblem::Coordinates),
        (changed(ec_jwk(), "d", json!("AA")), KeyProblem::Private),
        (changed(rsa_jwk(), "p", json!("AA")), KeyProblem::Private),
        (changed(rsa_jwk(), "use", json!("enc")), KeyProblem::Use),
        (changed(rsa_jwk(), "use", json!(null)), KeyProblem::Use),
        (changed(rsa_jwk(), "n", json!(short)), KeyProblem::Weak { limit: 2048 }),
        (changed(rsa_jwk(), "n", json!(long)), KeyProblem::TooLong { limit: 8192 }),
    ];
    for (jwk, problem) in cases {
        let report = KeySet::parse(&jwks(&[jwk.clone(), ec_jwk()])).unwrap().report();
        assert_eq!(report[0].problem, Some(problem), "{jwk}");
        assert_eq!(report[1].problem, None);
        let (token, kid) = if jwk["kty"] == "RSA" {
            (rs256(rsa_header(), claims()), "RSA_0")
        } else {
            (es384(ec_header(), claims()), "EC384_0")
        };
        let expected = if jwk["kid"] == kid { "ERR_JWK_INVALID" } else { "ERR_JWKS_NO_MATCHING_KEY" };
        assert_eq!(code(verify_with(&token, &jwks(std::slice::from_ref(&jwk)), json!({}))), expected, "{jwk}");
    }
}

fn base64_octets(text: &Value) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

#[test]
fn reports_size_thumbprint_weak_and_private_keys() {
    let weak = changed(rsa_jwk(), "n", json!(b64([0xff; 128])));
    let private = changed(ec_jwk(), "d", json!("AA"));
    let report = KeySet::parse(&jwks(&[rsa_jwk(), ec_jwk(), weak, private])).unwrap().report();
    assert_eq!(report.iter().map(|key| key.bits).collect::<Vec<_>>(), [Some(2048), Some(384), Some(1024), Some(384)]);
    assert_eq!(report.iter().map(|key| key.weak).collect::<Vec<_>>(), [false, false, true, false]);
    assert_eq!(report.iter().map(|key| key.private).collect::<Vec<_>>(), [false, false, false, true]);
    assert!(report.iter().all(|key| key.thumbprint.as_ref().is_some_and(|thumbprint| thumbprint.len() == 43)));
    assert_eq!(report[1].thumbprint, report[3].thumbprint);
}

#[test]
fn compares_kid_exactly_and_never_as_a_property_name() {
    for kid in ["EC384_1", "ec384_0", "EC384_0 ", "", "__proto__", "constructor", "toString", "0", "../EC384_0"] {
        let mut header = ec_header();
        header["kid"] = kid.into();
        assert_eq!(check(&es384(header, claims())).unwrap_err(), Error::from(ErrorKind::NoMatchingKey), "{kid}");
    }
    let proto = changed(ec_jwk(), "kid", json!("__proto__"));
    let mut header = ec_header();
    header["kid"] = "__proto__".into();
    assert!(verify_with(&es384(header, claims()), &jwks(&[proto]), json!({})).is_ok());
}

#[test]
fn selects_by_key_type_among_keys_with_one_kid() {
    let (ec, rsa) = (changed(ec_jwk(), "kid", json!("k")), changed(rsa_jwk(), "kid", json!("k")));
    let set = jwks(&[rsa, ec]);
    let named = |mut header: Value| {
        header["kid"] = "k".into();
        header
    };
    assert!(verify_with(&es384(named(ec_header()), claims()), &set, json!({})).is_ok());
    assert!(verify_with(&rs256(named(rsa_header()), claims()), &set, json!({})).is_ok());
}

#[test]
fn rejects_an_alg_that_differs_from_the_key_named_by_kid() {
    let mut header = rsa_header();
    header["kid"] = "EC384_0".into();
    let expected = Error::from(ErrorKind::AlgorithmMismatch { expected: "ES384", actual: "RS256" });
    assert_eq!(check(&rs256(header, claims())).unwrap_err(), expected);
}

#[test]
fn tries_at_most_four_keys_of_one_kid() {
    // A different key: its point is that of the signer's key, with y negated.
    let other = changed(ec_jwk(), "y", json!(b64(negate(&base64_octets(&ec_jwk()["y"])))));
    let set = |others: usize| jwks(&[vec![other.clone(); others], vec![ec_jwk()]].concat());
    let token = es384(ec_header(), claims());
    for others in 0..4 {
        assert!(verify_with(&token, &set(others), json!({})).is_ok(), "{others}");
    }
    assert_eq!(verify_with(&token, &set(4), json!({})).unwrap_err(), Error::from(ErrorKind::SignatureMismatch));
}

/// p − y, big-endian.
fn negate(y: &[u8]) -> Vec<u8> {
    let p = octets("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff");
    let mut borrow = 0;
    let mut negated: Vec<u8> = p
        .iter()
        .zip(y)
        .rev()
        .map(|(p, y)| {
            let difference = i32::from(*p) - i32::from(*y) - borrow;
            borrow = i32::from(difference < 0);
            u8::try_from(difference.rem_euclid(256)).unwrap()
        })
        .collect();
    negated.reverse();
    negated
}

#[test]
fn skips_keys_off_the_curve() {
    let off = changed(ec_jwk(), "y", ec_jwk()["x"].clone());
    let mut anonymous = ec_header();
    anonymous.as_object_mut().unwrap().remove("kid");
    assert!(verify_with(&es384(anonymous, claims()), &jwks(&[off.clone(), ec_jwk()]), json!({})).is_ok());
    let many = jwks(&[vec![off; 4], vec![ec_jwk()]].concat());
    assert!(verify_with(&es384(ec_header(), claims()), &many, json!({})).is_ok());
}

#[test]
fn rejects_thousands_of_key_ops() {
    let operations: Vec<String> = (0..20_000).map(|i| format!("{i:x}")).chain(["verify".into()]).collect();
    let report = KeySet::parse(&jwks(&[json!({ "kty": "EC", "key_ops": operations })])).unwrap().report();
    assert_eq!(report[0].problem, Some(KeyProblem::KeyOperations));
}

#[test]
fn requires_an_unambiguous_key_without_kid() {
    let anonymous = |mut header: Value| {
        header.as_object_mut().unwrap().remove("kid");
        header
    };
    let token = es384(anonymous(ec_header()), claims());
    assert!(check(&token).is_ok());
    assert!(check(&rs256(anonymous(rsa_header()), claims())).is_ok());
    let twice = jwks(&[ec_jwk(), changed(ec_jwk(), "kid", json!("EC384_1"))]);
    assert_eq!(verify_with(&token, &twice, json!({})).unwrap_err(), Error::from(ErrorKind::MultipleMatchingKeys));
    assert_eq!(verify_with(&token, &jwks(&[rsa_jwk()]), json!({})).unwrap_err(), Error::from(ErrorKind::NoMatchingKey));
    let unusable = jwks(&[changed(ec_jwk(), "use", json!("enc")), ec_jwk()]);
    assert!(verify_with(&token, &unusable, json!({})).is_ok());
}

#[test]
fn ignores_leading_zero_octets_of_rsa_keys() {
    let canonical = KeySet::parse(&jwks(&[rsa_jwk()])).unwrap().report().remove(0);
    let token = rs256(rsa_header(), claims());
    let expected = verify_with(&token, &jwks(&[rsa_jwk()]), json!({})).unwrap();
    for (zeros_of_n, zeros_of_e) in [(1, 0), (0, 1), (2, 3), (300, 300), (100_000, 50_000)] {
        let with_zeros =
            |member: &str, zeros: usize| json!(b64([vec![0; zeros], base64_octets(&rsa_jwk()[member])].concat()));
        let jwk = changed(rsa_jwk(), "n", with_zeros("n", zeros_of_n));
        let set = jwks(&[changed(jwk, "e", with_zeros("e", zeros_of_e))]);
        let report = KeySet::parse(&set).unwrap().report().remove(0);
        assert_eq!(report, canonical, "{zeros_of_n} {zeros_of_e}");
        let verified = verify_with(&token, &set, json!({})).unwrap();
        assert_eq!(verified.thumbprint(), expected.thumbprint());
        let (start, end) = token.split_at(token.len() - 10);
        let forged = format!("{start}{}", end.replace(|c: char| c.is_ascii_lowercase(), "A"));
        assert_eq!(code(verify_with(&forged, &set, json!({}))), "ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
    }
}

#[test]
fn reports_each_problem_of_a_modulus_in_a_separate_message() {
    let n = rsa_jwk()["n"].as_str().unwrap().to_owned();
    let mut even = base64_octets(&rsa_jwk()["n"]);
    *even.last_mut().unwrap() &= 0xfe;
    let long = [vec![0x80; 1025], vec![1]].concat();
    let mut messages: Vec<String> = [
        without(rsa_jwk(), "n"),
        changed(rsa_jwk(), "n", json!(format!("{n}=="))),
        changed(rsa_jwk(), "n", json!(b64(even))),
        changed(rsa_jwk(), "n", json!("AQ")),
        changed(rsa_jwk(), "n", json!(b64(long))),
        changed(rsa_jwk(), "n", json!(n.replace(['-', '_'], "/"))),
    ]
    .into_iter()
    .map(|jwk| KeySet::parse(&jwks(&[jwk])).unwrap().report()[0].problem.unwrap().to_string())
    .collect();
    assert!(messages.iter().all(|message| message.starts_with("\"n\" ")), "{messages:?}");
    messages.sort();
    messages.dedup();
    assert_eq!(messages.len(), 6, "{messages:?}");
}
