//! The registered claims of a JWT Claims Set (RFC 7519 §4.1), typed.

use crate::{
    encoding::json::{self, Object, Strings, Value},
    error::{ClaimValue, Error, ErrorKind},
    keys::VerifiedToken,
};
use alloc::{borrow::ToOwned, string::ToString, vec::Vec};
use core::slice;
use serde::de::DeserializeOwned;

/// Seconds since 1970-01-01T00:00:00Z, ignoring leap seconds (RFC 7519 §2). The number is finite, may be negative, and
/// may have a fraction.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct NumericDate(f64);

/// The claims of a verified token. Registered claims have the right types.
#[derive(Clone, Debug)]
pub struct Claims<'a>(Object<'a>);

impl NumericDate {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0.0);

    /// Returns `None` unless `seconds` is finite.
    #[must_use]
    pub const fn from_seconds(seconds: f64) -> Option<Self> {
        if seconds.is_finite() { Some(Self(seconds)) } else { None }
    }

    /// The current time of the system's clock, or 1970-01-01 if the clock shows an earlier time.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn now() -> Self {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(since_epoch.unwrap_or_default().as_secs_f64())
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> f64 {
        self.0
    }
}

impl VerifiedToken {
    /// The claims of this token.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPayload`] if the payload is not a strict JSON object; [`ErrorKind::InvalidClaim`] if a
    /// registered claim has the wrong type. Neither occurs for a token that [`verify`](crate::verify()) returned.
    pub fn claims(&self) -> Result<Claims<'_>, Error> {
        let claims = json::parse(self.claims_json()).map_err(|problem| ErrorKind::InvalidPayload { problem })?;
        Claims::new(claims)
    }

    /// The claims of this token, deserialized into a custom type, usually a struct that derives `Deserialize`.
    ///
    /// # Errors
    /// The errors of [`VerifiedToken::claims`], and [`ErrorKind::UnexpectedShape`] if the claims do not fit `T`.
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.claims()?;
        serde_json::from_str(self.claims_json())
            .map_err(|error| ErrorKind::UnexpectedShape { problem: error.to_string() }.into())
    }
}

impl<'a> Claims<'a> {
    /// A claim of the wrong type is an error and never counts as missing (RFC 7519 §4.1.1–4.1.7).
    pub(crate) fn new(all: Object<'a>) -> Result<Self, Error> {
        let check = |claim, expected, fits: fn(&Value<'_>) -> bool| match all.get(claim) {
            Some(value) if !fits(value) => Err(ErrorKind::InvalidClaim { claim, expected }),
            _ => Ok(()),
        };
        for claim in ["iss", "sub", "jti"] {
            check(claim, "a string", |value| value.as_str().is_some())?;
        }
        check("aud", "a string or an array of strings", |value| value.as_strings().is_some())?;
        for claim in ["exp", "nbf", "iat"] {
            check(claim, "a number", |value| value.as_number().is_some())?;
        }
        Ok(Self(all))
    }

    /// Returns an owned copy.
    #[must_use]
    pub fn to_static(&self) -> Claims<'static> {
        Claims(self.0.to_static())
    }

    /// Every claim, registered or not.
    #[must_use]
    pub const fn all(&self) -> &Object<'a> {
        &self.0
    }

    /// `iss` (RFC 7519 §4.1.1).
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// `sub` (RFC 7519 §4.1.2).
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// `aud` as a list (RFC 7519 §4.1.3).
    #[must_use]
    pub fn audience(&self) -> Option<Vec<&str>> {
        self.0.get("aud")?.as_strings().map(|audience| audience.iter().collect())
    }

    /// `exp` (RFC 7519 §4.1.4).
    #[must_use]
    pub fn expiration(&self) -> Option<NumericDate> {
        self.date("exp")
    }

    /// `nbf` (RFC 7519 §4.1.5).
    #[must_use]
    pub fn not_before(&self) -> Option<NumericDate> {
        self.date("nbf")
    }

    /// `iat` (RFC 7519 §4.1.6).
    #[must_use]
    pub fn issued_at(&self) -> Option<NumericDate> {
        self.date("iat")
    }

    /// `jti` (RFC 7519 §4.1.7).
    #[must_use]
    pub fn jwt_id(&self) -> Option<&str> {
        self.text("jti")
    }

    /// A claim that is a string or an array of strings.
    pub(crate) fn strings(&self, claim: &str) -> Strings<'_> {
        self.0.get(claim).and_then(Value::as_strings).unwrap_or(Strings::Absent)
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim)?.as_str()
    }

    fn date(&self, claim: &str) -> Option<NumericDate> {
        self.0.get(claim)?.as_number().and_then(NumericDate::from_seconds)
    }
}

/// Returns the items of an array, or any other value as the only item.
pub(crate) const fn items_of<'a, 'b>(value: &'a Value<'b>) -> &'a [Value<'b>] {
    match value {
        Value::Array(items) => items.as_slice(),
        value => slice::from_ref(value),
    }
}

/// Whether a claim, or an item of its array, has this value. Values of different types are never equal.
pub(crate) fn is_value(expected: &ClaimValue, item: &Value<'_>) -> bool {
    match (expected, item) {
        (ClaimValue::Text(expected), Value::String(text)) => expected == text,
        (ClaimValue::Number(expected), Value::Number(number)) => expected == number,
        (ClaimValue::Boolean(expected), Value::Bool(boolean)) => expected == boolean,
        _ => false,
    }
}

/// Returns the strings, numbers and booleans in an array, or a string, number or boolean as the only item.
pub(crate) fn values_of(value: &Value<'_>) -> Vec<ClaimValue> {
    let mut values = Vec::new();
    for item in items_of(value) {
        values.push(match item {
            Value::String(text) => ClaimValue::Text(text.as_ref().to_owned()),
            Value::Number(number) => ClaimValue::Number(*number),
            Value::Bool(boolean) => ClaimValue::Boolean(*boolean),
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
        });
    }
    values
}
