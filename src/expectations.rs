//! What a token must say to be accepted, compared with its claims (RFC 7519 §4.1, §7.2; RFC 8725 §3.8–3.11).

use crate::{
    claims::{Claims, NumericDate},
    error::{Error, Evidence},
    token::{Algorithm, JoseHeader},
    trace::{Compared, Stage, Trace},
    verify::Checked,
};
use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
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
    /// Claims that must be there; `null` is there. A name; or, into nested claims, a JSON pointer (RFC 6901: starts with
    /// `/`, in which `~1` is a slash and `~0` a tilde) or a dotted path, in which `\.` is a dot and `\\` a backslash.
    pub required_claims: Vec<String>,
    /// Accepts a token without `exp`; a present `exp` is always checked. Default: false.
    pub allow_missing_exp: bool,
    /// Reports every failed check of claims and policy, not only the first. Default: false.
    pub collect_all: bool,
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
            collect_all: false,
        }
    }

    /// RFC 8725 §3.1: the caller's list comes before any mathematics.
    pub(crate) fn check_algorithm(&self, algorithm: Algorithm) -> Checked<()> {
        if self.algorithms.contains(&algorithm) {
            return Ok(());
        }
        Err(Error::AlgorithmNotAllowed { actual: algorithm.as_str() }.into())
    }

    /// Compares the claims of a token whose signature is good with the expectations.
    pub(crate) fn check(
        &self,
        header: &JoseHeader,
        claims: &Claims<'_>,
        now: NumericDate,
        trace: &mut Trace,
    ) -> Checked<()> {
        match &self.typ {
            Some(typ) => check_typ(typ, header, trace)?,
            None => skip("typ", NOT_ASKED_FOR, trace),
        }
        check_one_of("iss", &self.issuer, claims.issuer().as_slice(), trace)?;
        check_one_of("aud", &self.audience, &claims.audience().unwrap_or_default(), trace)?;
        check_one_of("sub", &self.subject, claims.subject().as_slice(), trace)?;
        self.check_expiration(claims, now.seconds(), trace)?;
        self.check_beginning(claims, now.seconds(), trace)?;
        if let Some(max_token_age) = self.max_token_age {
            self.check_age(max_token_age, claims, now.seconds(), trace)?;
        }
        for path in &self.required_claims {
            check_required(path, claims, trace)?;
        }
        Ok(())
    }

    /// RFC 7519 §4.1.4: on or after `exp` the token must not be accepted.
    fn check_expiration(&self, claims: &Claims<'_>, now: f64, trace: &mut Trace) -> Checked<()> {
        let oldest = now - self.leeway.as_secs_f64();
        let outcome = match claims.expiration().map(NumericDate::seconds) {
            None if self.allow_missing_exp => {
                skip("exp", "missing, which the options allow", trace);
                return Ok(());
            }
            None => Err(missing("exp")),
            Some(expiration) if expiration <= oldest => Err(Error::Expired { expiration, now }.into()),
            Some(_) => Ok(()),
        };
        trace.check(Stage::Claim, "exp", &|| date(oldest, claims.expiration(), |exp| exp - oldest), outcome)
    }

    /// RFC 7519 §4.1.5: before `nbf` the token must not be accepted. A token from the future has no sense either.
    fn check_beginning(&self, claims: &Claims<'_>, now: f64, trace: &mut Trace) -> Checked<()> {
        let latest = now + self.leeway.as_secs_f64();
        check_latest("nbf", claims.not_before(), latest, &|not_before| Error::NotYetValid { not_before, now }, trace)?;
        check_latest("iat", claims.issued_at(), latest, &|issued_at| Error::IssuedInFuture { issued_at, now }, trace)
    }

    #[inline(never)]
    fn check_age(&self, max_token_age: Duration, claims: &Claims<'_>, now: f64, trace: &mut Trace) -> Checked<()> {
        let oldest = now - self.leeway.as_secs_f64() - max_token_age.as_secs_f64();
        let outcome = match claims.issued_at().map(NumericDate::seconds) {
            None => Err(missing("iat")),
            Some(issued_at) if issued_at < oldest => Err(Error::TooOld { issued_at, oldest }.into()),
            Some(_) => Ok(()),
        };
        trace.check(Stage::Claim, "maxTokenAge", &|| date(oldest, claims.issued_at(), |iat| iat - oldest), outcome)
    }
}

const NOT_ASKED_FOR: &str = "not asked for";

fn skip(claim: &'static str, problem: &'static str, trace: &mut Trace) {
    trace.skip(Stage::Claim, &|| String::from(claim), &|| String::from(problem));
}

#[cold]
#[inline(never)]
fn missing(claim: &'static str) -> Box<Error> {
    Box::new(Error::MissingClaim { claim: Cow::Borrowed(claim) })
}

/// RFC 7515 §4.1.9: a media type, so letter case does not count, and `application/` may be left out.
#[inline(never)]
fn check_typ(expected: &str, header: &JoseHeader, trace: &mut Trace) -> Checked<()> {
    let fits = |actual: &str| without_application(actual).eq_ignore_ascii_case(without_application(expected));
    let (expected, actual) = (Vec::from([String::from(expected)]), Vec::from_iter(header.typ.clone()));
    let outcome = match header.typ.as_deref().map(fits) {
        Some(true) => Ok(()),
        Some(false) => {
            Err(Error::UnexpectedClaim { claim: "typ", expected: expected.clone(), actual: actual.clone() }.into())
        }
        None => Err(missing("typ")),
    };
    trace.check(Stage::Claim, "typ", &|| texts(&expected, &actual), outcome)
}

#[inline(never)]
fn check_required(path: &str, claims: &Claims<'_>, trace: &mut Trace) -> Checked<()> {
    let not_there = || Error::MissingClaim { claim: Cow::Owned(String::from(path)) }.into();
    let outcome = claims.all().find(path).map(drop).ok_or_else(not_there);
    trace.check(Stage::Claim, path, &Compared::default, outcome)
}

#[inline(never)]
fn check_one_of(claim: &'static str, expected: &Expected, actual: &[&str], trace: &mut Trace) -> Checked<()> {
    let Expected::OneOf(expected) = expected else {
        skip(claim, NOT_ASKED_FOR, trace);
        return Ok(());
    };
    let fits = actual.iter().any(|actual| expected.iter().any(|expected| expected == actual));
    let outcome = if fits { Ok(()) } else { Err(unexpected(claim, expected, actual)) };
    trace.check(Stage::Claim, claim, &|| texts(expected, &owned(actual)), outcome)
}

#[cold]
#[inline(never)]
fn unexpected(claim: &'static str, expected: &[String], actual: &[&str]) -> Box<Error> {
    if actual.is_empty() {
        return missing(claim);
    }
    Box::new(Error::UnexpectedClaim { claim, expected: expected.to_vec(), actual: owned(actual) })
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().copied().map(String::from).collect()
}

#[inline(never)]
fn check_latest(
    claim: &'static str,
    actual: Option<NumericDate>,
    latest: f64,
    error: &dyn Fn(f64) -> Error,
    trace: &mut Trace,
) -> Checked<()> {
    let Some(seconds) = actual.map(NumericDate::seconds) else {
        skip(claim, "not in the token", trace);
        return Ok(());
    };
    let outcome = if seconds > latest { Err(error(seconds).into()) } else { Ok(()) };
    trace.check(Stage::Claim, claim, &|| date(latest, actual, |seconds| latest - seconds), outcome)
}

fn texts(expected: &[String], actual: &[String]) -> Compared {
    let actual = (!actual.is_empty()).then(|| Evidence::Texts(actual.to_vec()));
    Compared { expected: Some(Evidence::Texts(expected.to_vec())), actual, margin: None }
}

fn date(expected: f64, actual: Option<NumericDate>, margin: impl FnOnce(f64) -> f64) -> Compared {
    let actual = actual.map(NumericDate::seconds);
    Compared {
        expected: Some(Evidence::Number(expected)),
        actual: actual.map(Evidence::Number),
        margin: actual.map(margin),
    }
}

fn without_application(typ: &str) -> &str {
    const PREFIX: &str = "application/";
    match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) && !rest.contains('/') => rest,
        _ => typ,
    }
}
