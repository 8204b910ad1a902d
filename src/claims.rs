//! The registered claims of a JWT Claims Set (RFC 7519 §4.1), typed.

use crate::{
    error::Error,
    json::{Object, Value},
    signature::VerifiedToken,
    verify::Checked,
};
use alloc::{boxed::Box, vec::Vec};

/// Seconds since 1970-01-01T00:00:00Z, ignoring leap seconds; finite, of any sign, may be fractional (RFC 7519 §2).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct NumericDate(f64);

/// The claims of a token whose signature is good; the registered ones have the right types.
#[derive(Clone, Debug)]
pub struct Claims<'a>(Object<'a>);

impl NumericDate {
    /// 1970-01-01T00:00:00Z.
    pub(crate) const EPOCH: Self = Self(0.0);

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
    /// registered claim has the wrong type. A token that [`verify`](crate::verify()) returned has neither.
    pub fn claims(&self) -> Result<Claims<'_>, Error> {
        self.checked_claims().map_err(|error| *error)
    }

    pub(crate) fn checked_claims(&self) -> Checked<Claims<'_>> {
        Claims::parse(self.claims_object()?)
    }
}

#[cold]
#[inline(never)]
fn invalid(claim: &'static str, expected: &'static str) -> Box<Error> {
    Box::new(Error::InvalidClaim { claim, expected })
}

impl<'a> Claims<'a> {
    /// A wrong type is an error, never "absent" (RFC 7519 §4.1.1–4.1.7).
    fn parse(all: Object<'a>) -> Checked<Self> {
        let check = |claim: &'static str, expected, fits: fn(&Value<'_>) -> bool| match all.get(claim) {
            Some(value) if !fits(value) => Err(invalid(claim, expected)),
            _ => Ok(()),
        };
        for claim in ["iss", "sub", "jti"] {
            check(claim, "a string", |value| value.as_str().is_some())?;
        }
        check("aud", "a string or an array of strings", |value| value.is_strings())?;
        for claim in ["exp", "nbf", "iat"] {
            check(claim, "a number", |value| value.as_number().is_some())?;
        }
        Ok(Self(all))
    }

    /// A copy that borrows nothing.
    #[inline(never)]
    pub(crate) fn to_static(&self) -> Claims<'static> {
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
        self.0.get("aud")?.as_strings()
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

    #[inline(never)]
    fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim)?.as_str()
    }

    #[inline(never)]
    fn date(&self, claim: &str) -> Option<NumericDate> {
        self.0.get(claim)?.as_number().and_then(NumericDate::from_seconds)
    }
}
