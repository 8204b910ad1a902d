//! The JavaScript bindings of the crate (feature `wasm`). They take plain values and return plain objects. They only
//! translate; all decisions are made in the core.
//!
//! The workspace member `bindings/` re-exports these bindings, so `wasm-pack build bindings` can make a package
//! for any target of wasm-bindgen. The npm package uses `engine.rs` instead, which is faster and smaller but needs the
//! TypeScript of `js/`.
//!
//! The token determines the member names and numbers of header, claims and AWS identity. `JSON.parse` reads these from
//! exactly the text that was verified, so every number is the double that JavaScript reads, and `__proto__` is a plain
//! member. serde-wasm-bindgen would assign `__proto__`, which changes the prototype, so it is used only for objects
//! with fixed member names.

use super::{options, records::IdentityRecord};
use crate::{
    AwsPolicy, Category, Error, ErrorKind, Expectations, Explanation, JsonProblem, JwksProblem, KeySet as PreparedKeys,
    NumericDate, UnverifiedToken, VerifiedToken,
};
use alloc::{
    rc::Rc,
    string::{String, ToString},
};
use js_sys::{Array, Date, Function, JSON, JsString, Object, Reflect};
use serde::Serialize;
use serde_json::Value;
use serde_wasm_bindgen::{Serializer, preserve};
use wasm_bindgen::{JsCast, JsValue, convert::TryFromJsValue, prelude::wasm_bindgen};

/// The types of options and results.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// A parsed JWK Set. Each key is prepared at its first use. Create a `KeySet` to use the same keys for many calls: a
/// string or a plain object is parsed, and its keys are prepared, at each call.
#[wasm_bindgen]
#[derive(Clone, Debug)]
pub struct KeySet(Rc<PreparedKeys>);

#[wasm_bindgen]
impl KeySet {
    /// Reads a JWK Set (RFC 7517 §5): its JSON text, or the parsed object; at most 256 KiB and 128 keys.
    ///
    /// # Errors
    /// `ERR_JWKS_INVALID` if `jwks` is not a JWK Set. An unusable key does not invalidate the set: see `keys`.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "string | JwkSet")] jwks: &JsValue) -> Result<Self, JsValue> {
        Ok(Self(Rc::new(parse_keys(jwks)?)))
    }

    /// A report on each key, in the order of the set. Must not be called after `free()`.
    ///
    /// # Errors
    /// An error of the JavaScript engine, usually because memory ran out.
    #[wasm_bindgen(getter, unchecked_return_type = "KeyReport[]")]
    pub fn keys(&self) -> Result<JsValue, JsValue> {
        to_object(&self.0.report())
    }

    /// Returns a second object for the same keys. `verify` and `explain` call this function, because wasm-bindgen
    /// consumes an argument that may have one of several types, and the caller must keep the original object.
    #[wasm_bindgen(js_name = __share, skip_typescript)]
    #[must_use]
    pub fn share(&self) -> Self {
        self.clone()
    }
}

/// Verifies a JWT: its signature with a key of the set (RFC 7515 §5.2), then its claims (RFC 7519 §7.2). `options.now`
/// defaults to the host's clock.
///
/// # Errors
/// An `Error` with `name` "JwtError", `code`, `category`, `status`, `retryable` and, where they apply, `claim`, `reason`,
/// `expected`, `actual` and `errors`. Wrong options and a wrong key set are reported before the token is read.
#[wasm_bindgen(unchecked_return_type = "VerifiedToken")]
pub fn verify(
    #[wasm_bindgen(unchecked_param_type = "string")] token: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | JwkSet | KeySet")] jwks: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "VerifyOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    let (options, now) = read_options(options)?;
    let keys = read_keys(jwks)?;
    let token = crate::verify(&read_token(token)?, &keys, &options, now)?;
    verified(&token, options.aws.as_ref())
}

/// UNVERIFIED: reads header and claims of a JWT, checking only the encoding. Anyone could have written them.
///
/// # Errors
/// `ERR_JWS_INVALID`, `ERR_JWT_INVALID`, `ERR_JWT_TOO_LARGE` or `ERR_JOSE_NOT_SUPPORTED`.
#[wasm_bindgen(unchecked_return_type = "UnverifiedToken")]
pub fn decode(#[wasm_bindgen(unchecked_param_type = "string")] token: &JsValue) -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    struct Decoded {
        #[serde(with = "preserve")]
        header: JsValue,
        #[serde(with = "preserve")]
        claims: JsValue,
    }
    let text = read_token(token)?;
    let token = crate::decode_unverified(&text)?;
    let claims = String::from_utf8_lossy(token.payload());
    to_object(&Decoded { header: JSON::parse(token.header_json())?, claims: JSON::parse(&claims)? })
}

/// Makes the decision of `verify` and returns every step, in order. Never throws because of a token or a key set.
///
/// # Errors
/// `ERR_OPTIONS_INVALID` for invalid options.
#[wasm_bindgen(unchecked_return_type = "Explanation")]
pub fn explain(
    #[wasm_bindgen(unchecked_param_type = "string")] token: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | JwkSet | KeySet")] jwks: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "VerifyOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    let (options, now) = read_options(options)?;
    match (read_keys(jwks), read_token(token)) {
        (Ok(keys), Ok(token)) => {
            let Explanation { outcome, steps } = crate::explain(&token, &keys, &options, now);
            explained(outcome.as_ref().err(), &steps)
        }
        (Err(error), _) if error.category() == Category::Config => Err(error.into()),
        (Err(error), _) => refused("jwks", &error),
        (_, Err(error)) => refused("segments", &error),
    }
}

fn verified(token: &VerifiedToken, policy: Option<&AwsPolicy>) -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    struct Key<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        kid: Option<&'a str>,
        thumbprint: &'a str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Verified<'a> {
        #[serde(with = "preserve")]
        header: JsValue,
        #[serde(with = "preserve")]
        claims: JsValue,
        alg: &'static str,
        key: Key<'a>,
        token_id: String,
        #[serde(with = "preserve", skip_serializing_if = "JsValue::is_undefined")]
        expires_at: JsValue,
        #[serde(with = "preserve", skip_serializing_if = "JsValue::is_undefined")]
        issuer: JsValue,
        #[serde(with = "preserve", skip_serializing_if = "JsValue::is_undefined")]
        aws: JsValue,
    }
    let claims = JSON::parse(token.claims_json())?;
    let aws = if let Some(policy) = policy {
        // Serialising cannot fail; if it did, JSON.parse would reject the empty string.
        JSON::parse(&serde_json::to_string(&IdentityRecord::from(&policy.identity(token)?)).unwrap_or_default())?
    } else {
        JsValue::UNDEFINED
    };
    to_object(&Verified {
        header: JSON::parse(token.header_json())?,
        expires_at: own_member(&claims, "exp")?,
        issuer: own_member(&claims, "iss")?,
        claims,
        alg: token.algorithm().as_str(),
        key: Key { kid: token.kid(), thumbprint: token.thumbprint() },
        token_id: token.token_id(),
        aws,
    })
}

fn explained(error: Option<&Error>, steps: &[impl Serialize]) -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    struct Explained<'a, S> {
        verdict: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a Error>,
        steps: &'a [S],
    }
    let verdict = if error.is_none() { "accepted" } else { "rejected" };
    to_object(&Explained { verdict, code: error.map(Error::code), error, steps })
}

/// Returns the explanation for a token or a key set that was not passed to the core, because it could not be read.
fn refused(stage: &'static str, error: &Error) -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    struct Refusal {
        stage: &'static str,
        outcome: &'static str,
        problem: String,
    }
    explained(Some(error), &[Refusal { stage, outcome: "failed", problem: error.to_string() }])
}

/// Creates every error that JavaScript receives.
impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        thrown(&error)
    }
}

fn thrown(error: &Error) -> JsValue {
    let thrown = js_sys::Error::new(&error.to_string());
    thrown.set_name("JwtError");
    // Neither operation below can fail, because both objects are new.
    if let Ok(details) = to_object(error) {
        Object::assign(&thrown, details.unchecked_ref());
    }
    if error.all().nth(1).is_some() {
        let errors: Array = error.all().map(self::thrown).collect();
        let _ = Reflect::set(&thrown, &JsValue::from_str("errors"), &errors);
    }
    thrown.into()
}

fn read_options(options: &JsValue) -> Result<(Expectations, NumericDate), Error> {
    let mut options = options::read(options)?;
    let now = match options.as_object_mut().and_then(|options| options.remove("now")) {
        None => Some(Date::now() / 1000.0),
        Some(now) => now.as_f64(),
    };
    let invalid = || options::invalid("now", "must be a finite number of seconds");
    let now = now.and_then(NumericDate::from_seconds).ok_or_else(invalid)?;
    Ok((Expectations::from_json(&Value::to_string(&options))?, now))
}

fn read_token(token: &JsValue) -> Result<String, Error> {
    read_text(token, UnverifiedToken::MAX_BYTES).ok_or_else(|| ErrorKind::InvalidSegments { look_alike: None }.into())
}

fn read_keys(jwks: &JsValue) -> Result<Rc<PreparedKeys>, Error> {
    let share = Reflect::get(jwks, &JsValue::from_str("__share")).unwrap_or_default();
    let Some(share) = share.dyn_ref::<Function>() else { return parse_keys(jwks).map(Rc::new) };
    let shared = share.call0(jwks).and_then(KeySet::try_from_js_value);
    shared.map(|keys| keys.0).map_err(|_| options::invalid("jwks", "must not be a KeySet that was freed"))
}

/// Returns an own member of an object, or `undefined`. Never reads the prototype, which may be polluted.
fn own_member(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    let name = JsValue::from_str(name);
    if Object::has_own(object.unchecked_ref::<Object>(), &name) {
        Reflect::get(object, &name)
    } else {
        Ok(JsValue::UNDEFINED)
    }
}

fn parse_keys(jwks: &JsValue) -> Result<PreparedKeys, Error> {
    let invalid = || Error::from(ErrorKind::InvalidJwks { problem: JwksProblem::Json(JsonProblem::NotAnObject) });
    // With a `toJSON` on a polluted prototype, `JSON.stringify` could write keys that the caller did not pass.
    let is_polluted = Reflect::has(&Array::new(), &JsValue::from_str("toJSON")).unwrap_or(true);
    if is_polluted && !jwks.is_string() {
        return Err(invalid());
    }
    let json = if jwks.is_string() { jwks.clone() } else { JSON::stringify(jwks).map_err(|_| invalid())?.into() };
    let text = read_text(&json, PreparedKeys::MAX_BYTES).ok_or_else(invalid)?;
    // If `json` contains a lone surrogate, the conversion replaced the surrogate, so the strings differ. The strings
    // also differ if `text` was truncated, but then the core rejects `text` for its length.
    let is_same = text.len() > PreparedKeys::MAX_BYTES || JsValue::from_str(&text) == json;
    if is_same { PreparedKeys::parse(&text) } else { Err(invalid()) }
}

/// Returns the content of a string, or `None` for another value. A string longer than `limit` bytes is truncated, but
/// stays longer than the core accepts.
fn read_text(value: &JsValue, limit: usize) -> Option<String> {
    let end = u32::try_from(limit).ok()?.checked_add(1)?;
    Some(String::from(value.dyn_ref::<JsString>()?.slice(0, end)))
}

fn to_object(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::json_compatible())?)
}
