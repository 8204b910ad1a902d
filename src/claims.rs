//! The registered claims of a JWT Claims Set (RFC 7519 §4.1), typed.

use crate::{
    error::Error,
    json::{Object, Value},
    signature::VerifiedToken,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// Seconds since 1970-01-01T00:00:00Z, ignoring leap seconds; finite, of any sign, may be fractional (RFC 7519 §2).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct NumericDate(f64);

/// The claims of a token whose signature is good.
#[derive(Clone, Debug)]
pub struct Claims<'a> {
    issuer: Option<String>,
    subject: Option<String>,
    audience: Option<Vec<String>>,
    expiration: Option<NumericDate>,
    not_before: Option<NumericDate>,
    issued_at: Option<NumericDate>,
    jwt_id: Option<String>,
    all: Object<'a>,
}

impl NumericDate {
    /// `None` unless `seconds` is finite.
    #[must_use]
    pub const fn from_seconds(seconds: f64) -> Option<Self> {
        if seconds.is_finite() { Some(Self(seconds)) } else { None }
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
    /// [`Error::InvalidPayload`] where the payload is not a strict JSON object, [`Error::InvalidClaim`] where a
    /// registered claim has the wrong type. A token that [`crate::verify`] returned has neither.
    pub fn claims(&self) -> Result<Claims<'_>, Error> {
        Claims::parse(self.claims_object()?)
    }
}

impl<'a> Claims<'a> {
    /// A wrong type is an error, never "absent" (RFC 7519 §4.1.1–4.1.7).
    fn parse(all: Object<'a>) -> Result<Self, Error> {
        Ok(Self {
            issuer: text(&all, "iss")?,
            subject: text(&all, "sub")?,
            audience: audience(&all)?,
            expiration: date(&all, "exp")?,
            not_before: date(&all, "nbf")?,
            issued_at: date(&all, "iat")?,
            jwt_id: text(&all, "jti")?,
            all,
        })
    }

    /// Every claim, registered or not.
    #[must_use]
    pub const fn all(&self) -> &Object<'a> {
        &self.all
    }

    /// `iss` (RFC 7519 §4.1.1).
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// `sub` (RFC 7519 §4.1.2).
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// `aud` as a list (RFC 7519 §4.1.3).
    #[must_use]
    pub fn audience(&self) -> Option<&[String]> {
        self.audience.as_deref()
    }

    /// `exp` (RFC 7519 §4.1.4).
    #[must_use]
    pub const fn expiration(&self) -> Option<NumericDate> {
        self.expiration
    }

    /// `nbf` (RFC 7519 §4.1.5).
    #[must_use]
    pub const fn not_before(&self) -> Option<NumericDate> {
        self.not_before
    }

    /// `iat` (RFC 7519 §4.1.6).
    #[must_use]
    pub const fn issued_at(&self) -> Option<NumericDate> {
        self.issued_at
    }

    /// `jti` (RFC 7519 §4.1.7).
    #[must_use]
    pub fn jwt_id(&self) -> Option<&str> {
        self.jwt_id.as_deref()
    }
}

fn text(claims: &Object<'_>, claim: &'static str) -> Result<Option<String>, Error> {
    let Some(value) = claims.get(claim) else { return Ok(None) };
    value.as_str().map(|text| Some(text.to_owned())).ok_or(Error::InvalidClaim { claim, expected: "a string" })
}

fn audience(claims: &Object<'_>) -> Result<Option<Vec<String>>, Error> {
    let Some(value) = claims.get("aud") else { return Ok(None) };
    let expected = "a string or an array of strings";
    value.as_strings().map(Some).ok_or(Error::InvalidClaim { claim: "aud", expected })
}

fn date(claims: &Object<'_>, claim: &'static str) -> Result<Option<NumericDate>, Error> {
    let Some(value) = claims.get(claim) else { return Ok(None) };
    let Value::Number(seconds) = value else { return Err(Error::InvalidClaim { claim, expected: "a number" }) };
    NumericDate::from_seconds(*seconds).map(Some).ok_or(Error::InvalidClaim { claim, expected: "a finite number" })
}
