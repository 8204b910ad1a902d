use crate::mint::*;
use serde_json::{Value, json};
use sts_jwt::{Error, ErrorKind, JsonProblem, LookAlike, UnverifiedToken, decode_unverified};

#[test]
fn accepts_tokens_of_both_algorithms() {
    for token in [es384(ec_header(), claims()), rs256(rsa_header(), claims())] {
        let verified = check(&token).unwrap();
        assert_eq!(verified.claims_json(), claims().to_string());
        assert_eq!(verified.claims().unwrap().issuer(), Some(ISSUER));
    }
}

#[test]
fn decodes_without_verifying() {
    let token = format!("{}.{}.AAAA", b64(r#"{"alg":"none"}"#), b64(r#"{"a":1}"#));
    let token = decode_unverified(&token).unwrap();
    assert_eq!((token.header_json(), token.payload()), (r#"{"alg":"none"}"#, &br#"{"a":1}"#[..]));
    assert_eq!(code(decode_unverified(&format!("{}.{}.AAAA", b64("{}"), b64("[1]")))), "ERR_JWT_INVALID");
}

#[test]
fn rejects_a_token_over_32_kib() {
    let token_of = |length: usize| {
        let token = es384(ec_header(), claims());
        let filler = "A".repeat((length - token.len()) / 4 * 3);
        es384(ec_header(), claims_with(json!({ "x": filler })))
    };
    let fits = token_of(UnverifiedToken::MAX_BYTES - 20);
    assert!(fits.len() > UnverifiedToken::MAX_BYTES - 40 && fits.len() <= UnverifiedToken::MAX_BYTES);
    assert!(check(&fits).is_ok());
    assert_eq!(code(check(&token_of(UnverifiedToken::MAX_BYTES + 8))), "ERR_JWT_TOO_LARGE");
    assert_eq!(code(check(&".".repeat(10_000_000))), "ERR_JWT_TOO_LARGE");
}

#[test]
fn rejects_a_header_over_4_kib() {
    let header_of = |length: usize| {
        let mut header = ec_header();
        header["x"] = "A".repeat(length - header.to_string().len() - r#","x":"""#.len()).into();
        assert_eq!(header.to_string().len(), length);
        header
    };
    assert!(check(&es384(header_of(UnverifiedToken::MAX_HEADER_BYTES), claims())).is_ok());
    assert_eq!(code(check(&es384(header_of(UnverifiedToken::MAX_HEADER_BYTES + 1), claims()))), "ERR_JWT_TOO_LARGE");
}

#[test]
fn rejects_anything_but_exactly_two_dots_and_three_segments() {
    let token = es384(ec_header(), claims());
    let segments: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = segments[..] else { panic!() };
    for bad in [
        String::new(),
        ".".into(),
        "..".into(),
        header.into(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
    ] {
        assert_eq!(code(check(&bad)), "ERR_JWS_INVALID", "{bad:?}");
    }
    assert_eq!(check(&format!("{token}.{payload}.{signature}")).unwrap_err(), Error::from(ErrorKind::EncryptedToken));
}

/// RFC 8725bis §3.14: the JSON Serialization has the same signed octets, but is not a JWT.
#[test]
fn rejects_the_json_serialization() {
    let token = es384(ec_header(), claims());
    let segments: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = segments[..] else { panic!() };
    let flattened = json!({ "protected": header, "payload": payload, "signature": signature });
    let general = json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] });
    let forged = b64(claims_with(json!({ "sub": "admin" })).to_string());
    for bad in [
        flattened.to_string(),
        general.to_string(),
        format!(r#"{{"protected":"{header}","payload":"{payload}","x":".{forged}.","signature":"{signature}"}}"#),
        format!(r#"{{"x":"{header}.{forged}.{signature}"}}"#),
    ] {
        assert_eq!(code(check(&bad)), "ERR_JWS_INVALID", "{bad}");
    }
}

#[test]
fn rejects_every_character_that_no_jwt_has() {
    let token = es384(ec_header(), claims());
    let places: Vec<usize> = token.match_indices('.').map(|(dot, _)| dot - 1).chain([0, token.len() - 1]).collect();
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    for character in ('\0'..='\u{17f}').filter(|c| !is_allowed(*c)) {
        for &place in &places {
            let mut bad = token.clone();
            bad.replace_range(place..=place, &character.to_string());
            assert_eq!(code(check(&bad)), "ERR_JWS_INVALID", "{character:?} at {place}");
        }
    }
}

#[test]
fn rejects_segments_that_are_not_canonical_base64url() {
    let token = es384(ec_header(), claims());
    let segments: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = segments[..] else { panic!() };
    for (bad, segment) in [
        (format!("{header}=.{payload}.{signature}"), "header"),
        (format!("{header}.{payload}=.{signature}"), "payload"),
        (format!("{header}.{payload}.{signature}="), "signature"),
        (format!("{header}.{payload}.{}+", &signature[1..]), "signature"),
        (format!("{header}.{payload}.{}/", &signature[1..]), "signature"),
        (format!("{header}.{payload}.{signature}A"), "signature"),
    ] {
        assert_eq!(check(&bad).unwrap_err(), Error::from(ErrorKind::InvalidBase64url { segment }), "{bad}");
    }
}

#[test]
fn rejects_non_zero_trailing_bits_even_when_they_are_signed() {
    // If the number of octets is one more than a multiple of three, four bits of the last character must be zero.
    let payload = claims_with(json!({ "x": "" })).to_string();
    let payload = format!("{payload}{}", " ".repeat(1 + (3 - payload.len() % 3) % 3));
    let canonical = b64(&payload);
    assert!(canonical.ends_with('A'), "{canonical}");
    let mauled = format!("{}B", canonical.strip_suffix('A').unwrap());
    assert!(check(&es384_segments(&b64(ec_header().to_string()), &canonical)).is_ok());
    let error = check(&es384_segments(&b64(ec_header().to_string()), &mauled)).unwrap_err();
    assert_eq!(error, Error::from(ErrorKind::InvalidBase64url { segment: "payload" }));
}

#[test]
fn recognises_look_alikes() {
    let token = es384(ec_header(), claims());
    for (bad, look_alike) in [
        (String::new(), LookAlike::Empty),
        (format!("Bearer {token}"), LookAlike::BearerPrefix),
        (format!("bearer {token}"), LookAlike::BearerPrefix),
        (format!("\"{token}\""), LookAlike::Quoted),
        (format!("'{token}'"), LookAlike::Quoted),
        (format!("{token}\n"), LookAlike::WhiteSpace),
        (format!(" {token}"), LookAlike::WhiteSpace),
        (token.replacen('.', ".\n", 1), LookAlike::WhiteSpace),
        (format!("v4.public.{}", "A".repeat(200)), LookAlike::Paseto),
        (format!("v2.local.{}.AAAA", "A".repeat(200)), LookAlike::Paseto),
        (format!("IQoJb3JpZ2luX2VjE{}==", "A/+b".repeat(100)), LookAlike::AwsSessionToken),
    ] {
        let error = check(&bad).unwrap_err();
        assert_eq!(error, Error::from(ErrorKind::InvalidSegments { look_alike: Some(look_alike) }));
        assert_eq!(error.code(), "ERR_JWS_INVALID");
    }
}

#[test]
fn rejects_a_header_that_is_not_a_strict_json_object() {
    let payload = claims().to_string();
    for (header, problem) in [
        (&b"[]"[..], JsonProblem::NotAnObject),
        (b"null", JsonProblem::NotAnObject),
        (b"", JsonProblem::Syntax),
        (br#"{"alg":"ES384","kid":"EC384_0"}x"#, JsonProblem::Syntax),
        (b"\xef\xbb\xbf{\"alg\":\"ES384\",\"kid\":\"EC384_0\"}", JsonProblem::Syntax),
        (br#"{"alg":"ES384","kid":"EC384_0","x":"\ud800"}"#, JsonProblem::LoneSurrogate { member: None }),
        (b"{\"alg\":\"ES384\",\"kid\":\"EC384_0\",\"x\":\"\xff\"}", JsonProblem::NotUtf8),
        (br#"{"alg":"none","alg":"ES384","kid":"EC384_0"}"#, JsonProblem::DuplicateMember { name: Some("alg".into()) }),
        (br#"{"alg":"ES384","kid":"EC384_0","x":{"a":1,"\u0061":2}}"#, JsonProblem::DuplicateMember { name: None }),
        (br#"{"alg":"ES384","kid":"\ud800"}"#, JsonProblem::LoneSurrogate { member: Some("kid".into()) }),
    ] {
        let expected = if header.is_empty() {
            Error::from(ErrorKind::InvalidSegments { look_alike: None })
        } else {
            Error::from(ErrorKind::InvalidHeader { problem })
        };
        assert_eq!(check(&es384_octets(header, payload.as_bytes())).unwrap_err(), expected);
    }
}

#[test]
fn rejects_any_crit_and_any_b64() {
    for extension in [
        json!({ "crit": ["exp"], "exp": 1 }),
        json!({ "crit": [] }),
        json!({ "crit": null }),
        json!({ "crit": ["b64"], "b64": true }),
        json!({ "b64": false }),
        json!({ "b64": true }),
    ] {
        let mut header = ec_header();
        header.as_object_mut().unwrap().extend(extension.as_object().unwrap().clone());
        assert_eq!(code(check(&es384(header, claims()))), "ERR_JOSE_NOT_SUPPORTED", "{extension}");
    }
}

#[test]
fn rejects_every_other_algorithm_in_any_spelling() {
    for alg in [
        "none", "None", "NONE", "noNE", "", "es384", "ES256", "ES512", "RS384", "RS512", "PS256", "HS256", "EdDSA",
        "ES384 ",
    ] {
        let mut header = ec_header();
        header["alg"] = alg.into();
        assert_eq!(code(check(&es384(header, claims()))), "ERR_JOSE_ALG_NOT_ALLOWED", "{alg}");
    }
}

/// RFC 8725bis §3.3, §3.13, §3.15: `p2c` and `zip` cost nothing, because nothing is decrypted or unpacked.
#[test]
fn rejects_encrypted_tokens_with_any_header() {
    let jwe = |header: &Value| format!("{}.{}.AAAA.{}.AAAA", b64(header.to_string()), b64([0; 24]), b64([0; 1000]));
    for header in [
        json!({ "alg": "dir", "enc": "A256GCM" }),
        json!({ "alg": "RSA-OAEP", "enc": "A256GCM", "kid": "RSA_0" }),
        json!({ "alg": "RSA1_5", "enc": "A128CBC-HS256", "kid": "RSA_0" }),
        json!({ "alg": "ECDH-ES", "enc": "A256GCM", "kid": "EC384_0", "epk": ec_jwk() }),
        json!({ "alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2s": "c2FsdA", "p2c": 2_147_483_647 }),
        json!({ "alg": "dir", "enc": "A256GCM", "zip": "DEF" }),
        json!({ "alg": "dir", "enc": "A256GCM", "cty": "JWT" }),
    ] {
        assert_eq!(check(&jwe(&header)).unwrap_err(), Error::from(ErrorKind::EncryptedToken), "{header}");
        // On a signed token, the same header is rejected because its algorithm is not a signature algorithm.
        assert_eq!(code(check(&es384(&header, claims()))), "ERR_JOSE_ALG_NOT_ALLOWED", "{header}");
    }
}

/// RFC 8725bis §3.3: the claims of an inner token are never read.
#[test]
fn rejects_nested_tokens() {
    let inner = es384(ec_header(), claims());
    let mut header = ec_header();
    header["cty"] = "JWT".into();
    for payload in [inner.clone(), json!(inner).to_string()] {
        assert_eq!(code(check(&es384(&header, payload))), "ERR_JWT_INVALID");
    }
}

/// RFC 8725 §3.7.
#[test]
fn rejects_json_in_encodings_other_than_utf_8() {
    let encodings: [fn(&str) -> Vec<u8>; 6] = [
        |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        |text| text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        |text| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        |text| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        |text| text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        // ISO 8859-1
        |text| text.replace("{", "{\"x\":\"\u{e9}\",").chars().map(|c| u8::try_from(c).unwrap()).collect(),
    ];
    let (header, payload) = (r#"{"alg":"ES384","kid":"EC384_0"}"#, r#"{"iss":"x"}"#);
    for encode in encodings {
        assert_eq!(code(check(&es384_octets(&encode(header), payload.as_bytes()))), "ERR_JWS_INVALID");
        assert_eq!(code(check(&es384_octets(header.as_bytes(), &encode(payload)))), "ERR_JWT_INVALID");
    }
}

#[test]
fn rejects_header_parameters_of_the_wrong_type() {
    for parameter in ["alg", "kid", "typ"] {
        for value in [json!(null), json!(1), json!(true), json!(["ES384"]), json!({ "a": 1 })] {
            let mut header = ec_header();
            header[parameter] = value.clone();
            assert_eq!(
                check(&es384(header, claims())).unwrap_err(),
                Error::from(ErrorKind::InvalidHeaderParameter { parameter }),
                "{value}"
            );
        }
    }
    let without_alg = json!({ "kid": "EC384_0" });
    let error = check(&es384(without_alg, claims())).unwrap_err();
    assert_eq!((error.code(), error.kind()), ("ERR_JWS_INVALID", &ErrorKind::MissingAlgorithm));
    assert_eq!(error.to_string(), "header parameter \"alg\" is missing: \"alg\" must be ES384 or RS256");
}

#[test]
fn ignores_keys_that_the_header_carries() {
    let mut header = ec_header();
    for parameter in ["jku", "jwk", "x5u", "x5c", "x5t"] {
        header[parameter] = json!("https://attacker.example.test/");
    }
    assert!(check(&es384(&header, claims())).is_ok());
    header["kid"] = "unknown".into();
    header["jwk"] = ec_jwk();
    assert_eq!(check(&es384(header, claims())).unwrap_err(), Error::from(ErrorKind::NoMatchingKey));
}

#[test]
fn keeps_token_bytes_out_of_error_messages() {
    let secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
    for bad in [
        format!("{secret}.{secret}.{secret}"),
        format!("{}.{secret}.{secret}", b64(r#"{"alg":"secret-secret"}"#)),
        format!("{}.{secret}.{secret}", b64(r#"{"secret-secret":1,"secret-secret":1}"#)),
        format!("{}.{secret}.{secret}", b64(r#"{"secret-secret":1e400}"#)),
        format!("{}.{secret}.{secret}", b64(r#"{"secret-secret":"\ud800"}"#)),
        format!("{secret} {secret}"),
        format!("{}.{secret}.{secret}", b64(r#"{"alg":"ES384","kid":"secret-secret"}"#)),
    ] {
        let error = check(&bad).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

#[test]
fn reports_only_registered_claim_names_of_an_unverified_payload() {
    let decode = |payload: &str| {
        let token = format!("{}.{}.AAAA", b64(r#"{"alg":"ES384"}"#), b64(payload));
        decode_unverified(&token).unwrap_err().to_string()
    };
    assert_eq!(decode(r#"{"aud":1,"aud":2}"#), "the payload has a duplicate member \"aud\"");
    assert_eq!(decode(r#"{"exp":1e400}"#), "the payload has a number that is out of range in \"exp\"");
    for payload in [r#"{"secret":1,"secret":2}"#, r#"{"secret":1e400}"#, r#"{"secret":"\ud800"}"#] {
        assert!(!decode(payload).contains("secret"), "{payload}");
    }
}
