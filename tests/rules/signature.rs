use crate::mint::*;
use p384::ecdsa::Signature;
use serde_json::json;
use sts_jwt::{Error, ErrorKind, VerifyingKey};

fn parts(token: &str) -> (String, Vec<u8>) {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let (signing_input, signature) = token.rsplit_once('.').unwrap();
    (signing_input.to_owned(), URL_SAFE_NO_PAD.decode(signature).unwrap())
}

fn outcome(signing_input: &str, signature: &[u8]) -> Result<(), Error> {
    check(&format!("{signing_input}.{}", b64(signature))).map(drop)
}

#[test]
fn rejects_every_flipped_bit_of_the_signature() {
    for token in [es384(ec_header(), claims()), rs256(rsa_header(), claims())] {
        let (signing_input, signature) = parts(&token);
        for bit in 0..signature.len() * 8 {
            let mut flipped = signature.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(outcome(&signing_input, &flipped), Err(Error::from(ErrorKind::SignatureMismatch)), "bit {bit}");
        }
    }
}

#[test]
fn rejects_every_changed_character_of_the_signing_input() {
    let (signing_input, signature) = parts(&es384(ec_header(), claims()));
    for position in 0..signing_input.len() {
        let mut changed = signing_input.clone().into_bytes();
        changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
        assert!(outcome(&String::from_utf8(changed).unwrap(), &signature).is_err(), "position {position}");
    }
}

#[test]
fn rejects_es384_signatures_of_any_other_length() {
    let (signing_input, signature) = parts(&es384(ec_header(), claims()));
    for length in [1, 47, 48, 95] {
        assert_eq!(outcome(&signing_input, &signature[..length]), Err(Error::from(ErrorKind::SignatureMismatch)));
    }
    for extra in [1, 8, 96] {
        assert_eq!(
            outcome(&signing_input, &[&signature[..], &vec![0; extra]].concat()),
            Err(Error::from(ErrorKind::SignatureMismatch))
        );
        assert_eq!(
            outcome(&signing_input, &[&vec![0; extra], &signature[..]].concat()),
            Err(Error::from(ErrorKind::SignatureMismatch))
        );
    }
    let der = Signature::from_slice(&signature).unwrap().to_der();
    assert_eq!(outcome(&signing_input, der.as_bytes()), Err(Error::from(ErrorKind::SignatureMismatch)));
}

#[test]
fn rejects_r_and_s_outside_1_to_n_minus_1() {
    let n = octets("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973");
    let (signing_input, signature) = parts(&es384(ec_header(), claims()));
    let (r, s) = signature.split_at(48);
    for bad in [vec![0; 48], n, vec![0xff; 48]] {
        for signature in [[&bad[..], s].concat(), [r, &bad[..]].concat(), [&bad[..], &bad[..]].concat()] {
            assert_eq!(outcome(&signing_input, &signature), Err(Error::from(ErrorKind::SignatureMismatch)));
        }
    }
}

#[test]
fn accepts_high_s_with_the_same_token_id() {
    let token = es384(ec_header(), claims());
    let (signing_input, signature) = parts(&token);
    let signature = Signature::from_slice(&signature).unwrap();
    let twin = Signature::from_scalars(*signature.r(), -*signature.s()).unwrap();
    let twin = check(&format!("{signing_input}.{}", b64(twin.to_bytes()))).unwrap();
    assert_eq!(twin.token_id(), check(&token).unwrap().token_id());
    let other = check(&es384(ec_header(), claims_with(json!({ "jti": "other" })))).unwrap();
    assert_ne!(other.token_id(), twin.token_id());
}

#[test]
fn rejects_rs256_signatures_of_any_other_length_or_not_below_the_modulus() {
    let (signing_input, signature) = parts(&rs256(rsa_header(), claims()));
    for bad in [
        signature[1..].to_vec(),
        signature[..255].to_vec(),
        [&[0], &signature[..]].concat(),
        [&signature[..], &[0]].concat(),
    ] {
        assert_eq!(outcome(&signing_input, &bad), Err(Error::from(ErrorKind::SignatureMismatch)));
    }
    for bad in [vec![0xff; 256], vec![0; 256], [&[0; 255][..], &[1]].concat()] {
        assert_eq!(outcome(&signing_input, &bad), Err(Error::from(ErrorKind::SignatureMismatch)));
    }
}

#[test]
fn rejects_a_signature_of_another_key() {
    let mut header = ec_header();
    header["kid"] = "EC384_0".into();
    let generator = json!({
        "kty": "EC", "crv": "P-384", "kid": "EC384_0",
        "x": b64(octets("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7")),
        "y": b64(octets("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f")),
    });
    let token = es384(header, claims());
    assert_eq!(
        verify_with(&token, &jwks(&[generator]), json!({})).unwrap_err(),
        Error::from(ErrorKind::SignatureMismatch)
    );
}

#[test]
fn verifies_octets_with_a_single_key() {
    let key = VerifyingKey::from_jwk(&rsa_jwk().to_string()).unwrap();
    let (signing_input, signature) = parts(&rs256(rsa_header(), claims()));
    assert_eq!(key.verify(signing_input.as_bytes(), &signature), Ok(()));
    assert_eq!(key.verify(b"", &signature), Err(Error::from(ErrorKind::SignatureMismatch)));
    assert_eq!(code(VerifyingKey::from_jwk("[]")), "ERR_JWKS_INVALID");
    assert_eq!(code(VerifyingKey::from_jwk("{}")), "ERR_JWK_INVALID");
}

#[test]
fn shares_keys_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<sts_jwt::KeySet>();
    shared::<VerifyingKey>();
}
