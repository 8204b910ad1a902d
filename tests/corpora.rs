//! Verifies the corpora of tokens and signature vectors in tests/vectors and, if the folder exists, in ../shared/corpora.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

use serde_json::Value;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};
use sts_jwt::{Error, Expectations, KeySet, NumericDate, Outcome, VerifyingKey, explain, verify};

/// The corpora of the repository.
const OWN: &str = "tests/vectors";
/// Additional corpora, which a plain clone does not contain.
const SHARED: &str = "../shared/corpora";

/// The files of `folder` whose names begin with `prefix`; empty if the folder does not exist.
fn files(folder: &str, prefix: &str) -> BTreeMap<OsString, PathBuf> {
    let Ok(entries) = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) else { return BTreeMap::new() };
    let files = entries.map(|entry| entry.unwrap()).map(|entry| (entry.file_name(), entry.path()));
    files
        .filter(|(name, _)| name.to_string_lossy().starts_with(prefix) && name.to_string_lossy().ends_with(".jsonl"))
        .collect()
}

/// Every case of the corpora whose file names begin with `prefix`. If both folders have a file of the same name, reads
/// the one in the repository.
fn cases(prefix: &str) -> Vec<Value> {
    let mut all = files(SHARED, prefix);
    all.extend(files(OWN, prefix));
    let text: Vec<String> = all.values().map(|file| fs::read_to_string(file).unwrap()).collect();
    text.iter().flat_map(|text| text.lines()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Builds a large token or key set from its parts.
fn expand(parts: &Value) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let part = |part: &Value| match part {
        Value::String(text) => text.clone(),
        part if part.get("repeat").is_some() => {
            text(&part["repeat"]).repeat(usize::try_from(part["count"].as_u64().unwrap()).unwrap())
        }
        part if part.get("indexed").is_some() => {
            let from = part["from"].as_u64().unwrap();
            let item = |index: u64| text(&part["indexed"]).replace("%d", &index.to_string());
            let items: Vec<String> = (from..from + part["count"].as_u64().unwrap()).map(item).collect();
            items.join(part["sep"].as_str().unwrap_or_default())
        }
        part => URL_SAFE_NO_PAD.encode(expand(&part["b64url"])),
    };
    parts.as_array().unwrap().iter().map(part).collect()
}

/// Verifies the token of a case. Returns the error code if the token is rejected.
fn code_of(case: &Value) -> Result<(), String> {
    let token = case.get("token_parts").map_or_else(|| case["token"].as_str().unwrap().to_owned(), expand);
    let jwks = match (case.get("jwks_parts"), &case["jwks"]) {
        (Some(parts), _) => expand(parts),
        (None, Value::String(text)) => text.clone(),
        (None, object) => object.to_string(),
    };
    let mut options = case["options"].clone();
    let now = options.as_object_mut().unwrap().remove("now").unwrap().as_f64().unwrap();
    options["allowMissingExp"] = true.into();
    Expectations::from_json(&options.to_string())
        .and_then(|options| {
            let keys = KeySet::parse(&jwks)?;
            let now = NumericDate::from_seconds(now).unwrap();
            let outcome = verify(&token, &keys, &options, now);
            let explanation = explain(&token, &keys, &options, now);
            let code = |outcome: &Result<_, Error>| outcome.as_ref().err().map(Error::code);
            assert_eq!(code(&explanation.outcome), code(&outcome), "{}", case["id"]);
            assert_eq!(
                explanation.steps.iter().any(|step| step.outcome == Outcome::Failed),
                outcome.is_err(),
                "{}",
                case["id"]
            );
            outcome
        })
        .map(drop)
        .map_err(|error| error.code().to_owned())
}

#[test]
fn decides_every_token_of_the_corpora() {
    let mut wrong = Vec::new();
    let mut reasons: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut decided = 0;
    for case in cases("jwt-") {
        decided += 1;
        let outcome = code_of(&case);
        let verdict = if outcome.is_ok() { "accept" } else { "reject" };
        if case["expect"] != "either" && case["expect"] != verdict {
            wrong.push(format!("{} expected {} got {outcome:?}: {}", case["id"], case["expect"], case["note"]));
        }
        if let (Err(code), Some("reject")) = (outcome, case["expect"].as_str()) {
            *reasons.entry((case["reason"].as_str().unwrap_or("-").to_owned(), code)).or_default() += 1;
        }
    }
    println!("{reasons:#?}");
    assert!(decided >= 986, "only {decided} cases were decided");
    assert!(wrong.is_empty(), "{} wrong verdicts:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn decides_every_signature_vector_of_the_shared_corpora() {
    let octets = |hex: &Value| -> Vec<u8> {
        let hex = hex.as_str().unwrap();
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
    };
    let mut wrong = Vec::new();
    for case in cases("vec-") {
        let outcome = VerifyingKey::from_jwk(&case["jwk"].to_string())
            .and_then(|key| key.verify(&octets(&case["msg_hex"]), &octets(&case["sig_hex"])));
        let verdict = if outcome.is_ok() { "accept" } else { "reject" };
        if case["expect"] != "either" && case["expect"] != verdict {
            wrong.push(format!("{} expected {} got {outcome:?}: {}", case["id"], case["expect"], case["note"]));
        }
    }
    assert!(wrong.is_empty(), "{} wrong verdicts:\n{}", wrong.len(), wrong.join("\n"));
}
