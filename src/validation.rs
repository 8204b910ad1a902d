//! What a token must say to be accepted, compared with its claims (RFC 7519 §4.1, §7.2; RFC 8725 §3.8–3.11).

use crate::{
    claims::{Claims, NumericDate},
    error::Error,
    token::{Algorithm, JoseHeader},
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use core::time::Duration;

/// The leeway of [`Validation::new`].
pub const DEFAULT_LEEWAY: Duration = Duration::from_secs(30);

/// What is expected of `iss` or `aud`. Skipping the check must be written: there is no default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The claim is not checked and may be missing.
    Any,
    /// The claim must be there and be, or for `aud` hold, exactly one of these.
    OneOf(Vec<String>),
}

/// The caller's expectations.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Validation {
    /// `iss` (RFC 7519 §4.1.1).
    pub issuer: Expected,
    /// `aud` (RFC 7519 §4.1.3).
    pub audience: Expected,
    /// The algorithms that may be used; the key decides, this only narrows. Default: both.
    pub algorithms: Vec<Algorithm>,
    /// `sub` (RFC 7519 §4.1.2). Default: not checked.
    pub subject: Expected,
    /// The header's `typ` (RFC 7515 §4.1.9): case-insensitive, `application/` optional. Default: not checked.
    pub typ: Option<String>,
    /// Tolerated difference between the clocks. Default: 30 seconds.
    pub leeway: Duration,
    /// The greatest age since `iat`. Default: not checked.
    pub max_token_age: Option<Duration>,
    /// Claims that must be there: names, or JSON pointers (RFC 6901) into nested claims.
    pub required_claims: Vec<String>,
    /// Accepts a token without `exp`; a present `exp` is always checked. Default: false.
    pub allow_missing_exp: bool,
}

impl Expected {
    /// Exactly one value is expected.
    #[must_use]
    pub fn one(value: &str) -> Self {
        Self::OneOf(Vec::from([String::from(value)]))
    }
}

impl Validation {
    /// Expects `issuer` and `audience`; everything else has its default.
    #[must_use]
    pub fn new(issuer: Expected, audience: Expected) -> Self {
        Self {
            issuer,
            audience,
            algorithms: Vec::from([Algorithm::Es384, Algorithm::Rs256]),
            subject: Expected::Any,
            typ: None,
            leeway: DEFAULT_LEEWAY,
            max_token_age: None,
            required_claims: Vec::new(),
            allow_missing_exp: false,
        }
    }

    /// RFC 8725 §3.1: the caller's list comes before any mathematics.
    pub(crate) fn check_algorithm(&self, algorithm: Algorithm) -> Result<(), Error> {
        if self.algorithms.contains(&algorithm) {
            return Ok(());
        }
        Err(Error::AlgorithmNotAllowed { actual: algorithm.as_str() })
    }

    /// Compares the claims of a token whose signature is good with the expectations.
    pub(crate) fn check(&self, header: &JoseHeader, claims: &Claims<'_>, now: NumericDate) -> Result<(), Error> {
        self.check_typ(header)?;
        check_one_of("iss", &self.issuer, claims.issuer().as_slice())?;
        check_one_of("aud", &self.audience, claims.audience().unwrap_or_default())?;
        check_one_of("sub", &self.subject, claims.subject().as_slice())?;
        self.check_times(claims, now.seconds())?;
        self.check_required(claims)
    }

    /// RFC 7515 §4.1.9: a media type, so letter case does not count, and `application/` may be left out.
    fn check_typ(&self, header: &JoseHeader) -> Result<(), Error> {
        let Some(expected) = &self.typ else { return Ok(()) };
        let Some(actual) = &header.typ else { return Err(Error::MissingClaim { claim: Cow::Borrowed("typ") }) };
        if without_application(actual).eq_ignore_ascii_case(without_application(expected)) {
            return Ok(());
        }
        Err(Error::UnexpectedClaim {
            claim: "typ",
            expected: Vec::from([expected.clone()]),
            actual: Vec::from([actual.clone()]),
        })
    }

    fn check_times(&self, claims: &Claims<'_>, now: f64) -> Result<(), Error> {
        let leeway = self.leeway.as_secs_f64();
        // RFC 7519 §4.1.4: on or after exp the token must not be accepted.
        match claims.expiration().map(NumericDate::seconds) {
            None if !self.allow_missing_exp => return Err(Error::MissingClaim { claim: Cow::Borrowed("exp") }),
            Some(expiration) if expiration <= now - leeway => return Err(Error::Expired { expiration, now }),
            _ => {}
        }
        // RFC 7519 §4.1.5: before nbf the token must not be accepted.
        if let Some(not_before) = claims.not_before().map(NumericDate::seconds).filter(|nbf| *nbf > now + leeway) {
            return Err(Error::NotYetValid { not_before, now });
        }
        let issued_at = claims.issued_at().map(NumericDate::seconds);
        if let Some(issued_at) = issued_at.filter(|iat| *iat > now + leeway) {
            return Err(Error::IssuedInFuture { issued_at, now });
        }
        let Some(max_token_age) = self.max_token_age else { return Ok(()) };
        let oldest = now - leeway - max_token_age.as_secs_f64();
        match issued_at {
            None => Err(Error::MissingClaim { claim: Cow::Borrowed("iat") }),
            Some(issued_at) if issued_at < oldest => Err(Error::TooOld { issued_at, oldest }),
            Some(_) => Ok(()),
        }
    }

    fn check_required(&self, claims: &Claims<'_>) -> Result<(), Error> {
        match self.required_claims.iter().find(|path| claims.all.find(path).is_none()) {
            None => Ok(()),
            Some(path) => Err(Error::MissingClaim { claim: Cow::Owned(path.clone()) }),
        }
    }
}

/// An expected claim is a required claim; strings are compared exactly (RFC 7519 §2, StringOrURI).
fn check_one_of(claim: &'static str, expected: &Expected, actual: &[impl AsRef<str>]) -> Result<(), Error> {
    let Expected::OneOf(expected) = expected else { return Ok(()) };
    if actual.is_empty() {
        return Err(Error::MissingClaim { claim: Cow::Borrowed(claim) });
    }
    if actual.iter().any(|actual| expected.iter().any(|expected| expected == actual.as_ref())) {
        return Ok(());
    }
    let actual = actual.iter().map(|text| String::from(text.as_ref())).collect();
    Err(Error::UnexpectedClaim { claim, expected: expected.clone(), actual })
}

/// RFC 7515 §4.1.9: `application/` is left out where the rest holds no other slash.
fn without_application(typ: &str) -> &str {
    const PREFIX: &str = "application/";
    match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) && !rest.contains('/') => rest,
        _ => typ,
    }
}
