//! Runs each algorithm once, on embedded keys and tokens.

use crate::{Error, Expectations, Expected, KeySet, NumericDate, verify};

/// Verifies one token of each algorithm. An engine may compile each function at its first call. Hosts therefore call
/// `self_test` at startup, so that the functions are compiled before the first token arrives.
///
/// Returns an error if the module is damaged.
pub(super) fn self_test() -> Result<(), Error> {
    let keys = KeySet::parse(KEYS)?;
    let mut expectations = Expectations::new(Expected::Any, Expected::Any);
    expectations.allow_missing_exp = true;
    for token in TOKENS {
        verify(token, &keys, &expectations, NumericDate::EPOCH)?;
    }
    Ok(())
}

/// The public keys for the two signatures below. The private keys were discarded.
const KEYS: &str = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\
     \"x\":\"eaq31pp10nCRU0RpNNAUg-26rYykzf_rk8PuRfiNVXV9K031ckhuTUPFF0alOsa4\",\
     \"y\":\"bm29NCYG0Tp7zvZ0HVE8E5v7P8yyhxUwBVB7Sqgsq6rp_pwMEi1UShtq_5kVECW-\"},\
     {\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"\
     szpePo6-vFh7GE9xY0Gvn8DffWabnYJBHKaB7vfy37SNmKsKrbV1RI8UhBy3G6zKz_I89pRKZUlX0vis_lF3lC1_sXCQZsLTtQeYOOHN\
     VRZhedK31DCLbsl7d8oLLjsO04oXlhAWUR8qAu8nHwpwTkIvLMUpslGj67Z8FbjNGXXlp-RcyL5xBvudggKscMyBYlrf_xC4Ea9tto7x\
     0ETEIbEqReR1_2zDT-6q8l7Wp9qo2qLjC2dhXOlRmOmk5GXMFjxAUx-E11bfk5-ytLV1JWHjBySe-dXkztay1ijooY9eI2PNv1wOj6eN\
     OfA_-7w0Vnu-JGd02jcuVRoV0ARqRQ\"}]}";

const TOKENS: [&str; 2] = [
    "eyJhbGciOiJFUzM4NCJ9.eyJzdWIiOiJzZWxmLXRlc3QifQ.IsWT0fvYSkS42tEgi_jjSvPcXS91Sn6t4pbRdIBlvdf0YCLUEkiUUbHh\
     0f5hH_m3g6msCvJzkGMqsArA_TJAz6SBLxwH0hc4RHR7jDL0Wt7mKxccSjK5c-jZQwVPU2v7",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzZWxmLXRlc3QifQ.PZC-OFB4OXZ4kYP1WB2wYP6-uWgHoSogxfo54VjadUYCNdROBgXAePZa\
     _qVcdYPM7blgicoJ3DBylZZs4tTebRNQIUxlOWs9wYISvgm2_vCgKi_OdLlYdCF_Ko4YKfQiZnjEOupBcMmNsHDh4bH12-uAHuz3r7q3\
     CWi5kL1BChZ1yNcSbCmEwLlmd5Xh3clv4F-d3X_ZKZC_4LHmNX-C_EKFclyUzdfpg4aY1YIB9uK_12Qo9ZM_zBtBIgDkbZq64Ppb5Pyt\
     86OOKK3Tp5QawuDM9omGHCsuPcSKUGiq1uhirqouLsrXOb6jtvgo68wBZX23Xm4yQjcPeC0GCoGuzg",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_its_own_tokens() {
        assert!(self_test().is_ok());
    }
}
