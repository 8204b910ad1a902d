//! The self-test: what `warmup()` verifies.

/// `{ config, tokens }`: the config of a `Verifier`, and one token for each algorithm. The tokens look like those of real
/// issuers, so verifying them runs the same code. The private keys were discarded.
pub(super) const SELF_TEST: &str = "{\"config\":{\"issuer\":\"https://self-test\",\"audience\":\"self-test\",\
     \"jwks\":{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\"kid\":\"ES384\",\
     \"x\":\"f8nEvGBcbqs7fdysyQ1IBBLcemCWAPCfVRrddr1UIp7P2wA8m8tTSd2-8BLlMxbw\",\
     \"y\":\"XKAnw0AzRAbpio_H-dddbfvovsmdsMdW9Yrazcv6vMPEBpcNK78-Jin82qR_ubV5\"},\
     {\"kty\":\"RSA\",\"kid\":\"RS256\",\"e\":\"AQAB\",\"n\":\"\
     k2RVFbbBFFOQAwGMKetIUOpFPkFGMbgFSfcPl8ObOxCmsmRL5LsduJ5qZwkAgOVIDtbLaCl2iyc2w5N0UbmTouiKg9CHXd5bxok8b6Z0GRdk\
     NsiXhtPGhxSxWo5wy2Ptlv5ccgWJaaKByGlh6F3H-aHvI76ducvpWw-NM1ganfjvIf9_5hIvKskojnGr0pUYcphGD8rpQSMgaSX798Ll-yTE\
     6_9fcwNt717mXQcOZIHylk9e-kOo0H9Y_BNKCtd-CkwsLp-gexdKzwwMgmnQhsXnb90nGH_wacYHRFMdNp5q6v1foAwlage8o6GQyNvGlWYC\
     -tLYhfSv0Z8mZJMYrw\
     \"}]}},\
     \"tokens\":{\"ES384\":\"\
     eyJhbGciOiJFUzM4NCIsImtpZCI6IkVTMzg0IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL3NlbGYtdGVzdCIsImF1ZCI6InNlbGYt\
     dGVzdCIsImlhdCI6MCwiZXhwIjo2MH0.-Yzc4SnJlDi_wwXQYNIHb5rSGeR4RL0dzbRSgFWeym1Iu5M3XeQVT5N1FL7JKpfS0PvGbAVI74qh\
     4u7XPJnqMVg44n7hUKwX-KAUvkaT8NaUDpRzny5WUsxlDzRWfH8M\
     \",\"RS256\":\"\
     eyJhbGciOiJSUzI1NiIsImtpZCI6IlJTMjU2IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL3NlbGYtdGVzdCIsImF1ZCI6InNlbGYt\
     dGVzdCIsImlhdCI6MCwiZXhwIjo2MH0.Pk1FANDHpmvoSIoiMIsxTzZ-rAP_jUSPNejUs10X51kaSOSBEjH5o4JrWMU96PUirkvQT00WmZEu\
     9azVzWeqpHMHywvGTF2-OHhxhMK-OkkNBPjqvl8jyL99XFtb01UT7di4YzM6l898TlTJcJwFDui4SWlMU03v1OaGi0Vp-6dWFnrehSUKG7h3\
     4US5ubUxmEvDLNA4U0oF6R8yXUaAD7XoMFYxqSkyyA7IC6oUuPStAygb9HVDCpTWWKf9qYGwW2ULOa5_PaGQVor3_olU1PkoUGPSrMftmc9y\
     5OvZoBnfQC7duRmAFU_ZuHc-JfoyZb-zcTyOui_dNnI27f6uZQ\
     \"}}";

#[cfg(test)]
mod tests {
    use super::SELF_TEST;
    use crate::{Algorithm, Expectations, Expected, KeySet, NumericDate, verify};

    #[test]
    fn accepts_one_token_of_each_algorithm() {
        let parts: serde_json::Value = serde_json::from_str(SELF_TEST).unwrap();
        let keys = KeySet::parse(&parts["config"]["jwks"].to_string()).unwrap();
        let text = |name| Expected::one(parts["config"][name].as_str().unwrap());
        let expectations = Expectations::new(text("issuer"), text("audience"));
        for algorithm in [Algorithm::Es384, Algorithm::Rs256] {
            let token = parts["tokens"][algorithm.as_str()].as_str().unwrap();
            let token = verify(token, &keys, &expectations, NumericDate::EPOCH).unwrap();
            assert_eq!(token.kid(), Some(algorithm.as_str()));
        }
    }
}
