//! Verifies any text as a token, and any header and claims with a valid signature. Nothing may panic, `explain` must decide
//! as `verify` does, and `decode_unverified` must read every token that `verify` accepts.
//!
//! The modulus is a product of small primes, so signing is cheap. This target does not test signatures.
#![no_main]

extern crate alloc;

#[path = "../../src/crypto/montgomery/tests/signer.rs"]
#[allow(dead_code, reason = "only the tests use all of it")]
mod signer;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};
use signer::{Random, Signer};
use std::sync::OnceLock;
use sts_jwt::{Expectations, KeySet, NumericDate, decode_unverified, explain, verify};

/// Sets of options: no requirements, the usual requirements, those of access tokens, and every requirement.
const OPTIONS: [&str; 4] = [
    r#"{"issuer":null,"audience":null,"allowMissingExp":true}"#,
    r#"{"issuer":"https://i.example","audience":["a","b"],"typ":"JWT","subject":"s","maxTokenAge":9}"#,
    r#"{"issuer":null,"audience":null,"profile":"at+jwt","claims":{"scope":"a"},"scope":"b"}"#,
    r#"{"issuer":null,"audience":null,"allowMissingExp":true,"collectAll":true,"requiredClaims":["sub","/a/b"],
        "exactlyOneAudience":true,"claims":{"jti":["a",1,true],"/a/b":"s","/a/0":false},"scope":["a","b c"],
        "aws":{"accounts":["111122223333"],"organizations":["o-exampleorg1"],"principalTags":{"t":["v"]},
        "organizationalUnits":["o-exampleorg1/r-ab12/"],"principals":["arn:aws:iam::*:role/**"],"regions":["eu-west-1"]}}"#,
];

const NOW: f64 = 1_000.0;

struct Fixture {
    signer: Signer,
    keys: KeySet,
    options: Vec<Expectations>,
}

fuzz_target!(|text: &str| {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    let fixture = FIXTURE.get_or_init(Fixture::new);
    fixture.check(text);
    // Signs a text that consists of a header, a line feed and claims.
    if let Some((header, claims)) = text.split_once('\n') {
        fixture.check(&fixture.sign(header, claims));
        fixture.check(&fixture.sign(r#"{"alg":"RS256","typ":"JWT"}"#, claims));
    }
});

impl Fixture {
    fn new() -> Self {
        let signer = Signer::new(&mut Random(1), 256);
        let n = URL_SAFE_NO_PAD.encode(signer.modulus());
        let rsa = format!(r#"{{"kty":"RSA","kid":"R","e":"AQAB","n":"{n}"}}"#);
        let ec = r#"{"kty":"EC","crv":"P-384","kid":"E","x":"qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3","y":"NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f"}"#;
        let keys = KeySet::parse(&format!(r#"{{"keys":[{rsa},{ec}]}}"#)).unwrap();
        Self { signer, keys, options: OPTIONS.map(|options| Expectations::from_json(options).unwrap()).into() }
    }

    fn sign(&self, header: &str, claims: &str) -> String {
        let signing_input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let digest_info = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
        // RFC 8017 §9.2
        let hash = Sha256::digest(&signing_input);
        let encoded = [b"\x00\x01".as_slice(), &[0xff; 202], b"\x00", digest_info, &hash].concat();
        format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(self.signer.sign(&encoded)))
    }

    fn check(&self, token: &str) {
        let now = NumericDate::from_seconds(NOW).unwrap();
        for options in &self.options {
            let outcome = verify(token, &self.keys, options, now);
            let explanation = explain(token, &self.keys, options, now);
            match (outcome, explanation.outcome) {
                (Ok(verified), Ok(explained)) => {
                    let decoded = decode_unverified(token).unwrap();
                    assert_eq!(decoded.header_json(), verified.header_json());
                    assert_eq!(decoded.payload(), verified.claims_json().as_bytes());
                    assert_eq!(explained.token_id(), verified.token_id());
                    assert_eq!(explained.thumbprint(), verified.thumbprint());
                    // If this project's reader accepts a text as JSON, `serde_json` must also accept it.
                    let _: serde_json::Value = serde_json::from_str(verified.claims_json()).unwrap();
                }
                (outcome, explained) => {
                    let (error, explained) = (outcome.unwrap_err(), explained.unwrap_err());
                    assert_eq!(error, explained);
                    assert!(!error.code().is_empty() && !error.to_string().is_empty());
                }
            }
        }
    }
}
