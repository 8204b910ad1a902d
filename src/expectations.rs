//! What a caller expects of the claims (RFC 7519 §4.1, §7.2; RFC 8725 §3.8–3.11; RFC 9068 §4), and the checks.

mod json;

use crate::{
    aws::AwsPolicy,
    check::{Check, Compared, Stage, missing},
    claims::{Claims, NumericDate, is_value, items_of, values_of},
    crypto::Algorithm,
    encoding::json::{Strings, Value},
    error::{ClaimValue, Error, ErrorKind, Evidence},
    token::JoseHeader,
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use core::time::Duration;

/// The default of [`Expectations::leeway`].
const DEFAULT_LEEWAY: Duration = Duration::from_secs(30);

/// The expected value of `iss`, `aud` or `sub`. `iss` and `aud` have no default: skipping their checks must be explicit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The claim is not checked and may be missing.
    Any,
    /// The claim must be present and equal to one of these values. If `aud` is an array, it must contain at least one of them.
    OneOf(Vec<String>),
}

/// A set of rules for header and claims, all of which are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// An OAuth access token, `at+jwt` (RFC 9068). The header's `typ` must be `at+jwt` or `application/at+jwt` (§4), and `iss`,
    /// `exp`, `aud`, `sub`, `client_id`, `iat` and `jti` must be present (§2.2), `client_id` as a string.
    AccessToken,
}

/// Everything that a caller can require of a token's header, claims and AWS identity.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Expectations {
    /// `iss` (RFC 7519 §4.1.1).
    pub issuer: Expected,
    /// `aud` (RFC 7519 §4.1.3).
    pub audience: Expected,
    /// The permitted algorithms. The key determines the algorithm; this list can only exclude algorithms. Default: both.
    pub algorithms: Vec<Algorithm>,
    /// Whether `aud` must be one string, or an array of exactly one. Default: false.
    pub exactly_one_audience: bool,
    /// `sub` (RFC 7519 §4.1.2). Default: not checked.
    pub subject: Expected,
    /// The header's `typ` (RFC 7515 §4.1.9): case-insensitive, `application/` optional. Default: not checked.
    pub typ: Option<String>,
    /// The profile that the token must follow, in addition to all other expectations. Default: none.
    pub profile: Option<Profile>,
    /// Tolerated difference between the clocks. Default: 30 seconds.
    pub leeway: Duration,
    /// The maximum age, counted from `iat`. Default: not checked.
    pub max_token_age: Option<Duration>,
    /// Claims that must be present; a claim with the value `null` is present. Each entry is a claim name or, with a leading
    /// `/`, a JSON Pointer (RFC 6901). Default: none.
    pub required_claims: Vec<String>,
    /// The expected values of claims, each with a claim name or JSON Pointer as in [`Expectations::required_claims`]. The
    /// claim must be present and equal one of the values or, if it is an array, contain one of them. Values of different
    /// types are never equal. An empty list accepts no token. Default: none.
    pub claims: Vec<(String, Vec<ClaimValue>)>,
    /// The required scopes; the token must have all of them. An entry may be several scopes separated by spaces. The claim
    /// `scope` is a string (RFC 9068 §2.2.3, RFC 8693 §4.2) or an array of strings. A missing scope has the status 403.
    /// Default: none.
    pub scope: Vec<String>,
    /// Whether a token without `exp` is accepted. An `exp` that is present is always checked. Default: false.
    pub allow_missing_exp: bool,
    /// Whether every failed check of claims and policy is reported, not only the first. Default: false.
    pub collect_all: bool,
    /// The policy for the claims of AWS STS. Default: these claims are not checked.
    pub aws: Option<AwsPolicy>,
}

impl Expected {
    /// Expects exactly this value.
    #[must_use]
    pub fn one(value: &str) -> Self {
        Self::OneOf(Vec::from([String::from(value)]))
    }
}

impl Expectations {
    /// The default of [`Expectations::leeway`].
    pub const DEFAULT_LEEWAY: Duration = DEFAULT_LEEWAY;

    /// Expects `issuer` and `audience`. All other expectations have their defaults.
    #[must_use]
    pub fn new(issuer: Expected, audience: Expected) -> Self {
        Self {
            issuer,
            audience,
            algorithms: Vec::from([Algorithm::Es384, Algorithm::Rs256]),
            exactly_one_audience: false,
            subject: Expected::Any,
            typ: None,
            profile: None,
            leeway: DEFAULT_LEEWAY,
            max_token_age: None,
            required_claims: Vec::new(),
            claims: Vec::new(),
            scope: Vec::new(),
            allow_missing_exp: false,
            collect_all: false,
            aws: None,
        }
    }

    /// Returns every check of claims and policy, in order.
    pub(crate) fn checks<'a>(
        &'a self,
        header: &'a JoseHeader,
        claims: &'a Claims<'_>,
        now: NumericDate,
    ) -> Vec<Check<'a>> {
        let now = now.seconds();
        let mut checks = Vec::with_capacity(32);
        checks.push(self.check_typ(header));
        checks.push(check_one_of("iss", &self.issuer, claims.issuer().into()));
        checks.push(check_one_of("aud", &self.audience, claims.strings("aud")));
        checks.extend(self.exactly_one_audience.then(|| check_audiences(claims)));
        checks.push(check_one_of("sub", &self.subject, claims.subject().into()));
        checks.push(self.check_expiration(claims, now));
        checks.push(self.check_not_before(claims, now));
        checks.push(self.check_issued_at(claims, now));
        checks.extend(self.max_token_age.map(|max_token_age| self.check_age(max_token_age, claims, now)));
        checks.extend(self.profile.map(|Profile::AccessToken| check_access_token(header, claims)));
        checks.extend(self.required_claims.iter().map(|path| check_required(path, claims)));
        checks.extend(self.claims.iter().map(|(path, expected)| check_values(path, expected, claims)));
        // Scopes and policy come after all claims, so a token that is not valid is rejected with 401, not with 403.
        if !self.scope.is_empty() {
            checks.push(check_scope(&self.scope, claims));
        }
        if let Some(policy) = &self.aws {
            checks.extend(policy.checks(claims));
        }
        checks
    }

    /// RFC 7515 §4.1.9: a media type, so case is ignored and `application/` may be omitted.
    fn check_typ<'a>(&'a self, header: &'a JoseHeader) -> Check<'a> {
        let Some(expected) = &self.typ else { return Check::skipped(Stage::Claim, "typ", NOT_EXPECTED) };
        let actual = Strings::from(header.typ.as_deref());
        let outcome = compare_typ(header, expected);
        let expected = core::slice::from_ref(expected);
        Check::new(Stage::Claim, "typ", Compared::Texts { expected, actual }, outcome)
    }

    /// RFC 7519 §4.1.4: on or after `exp` the token must not be accepted.
    fn check_expiration(&self, claims: &Claims<'_>, now: f64) -> Check<'static> {
        let oldest = now - self.leeway.as_secs_f64();
        let expiration = claims.expiration().map(NumericDate::seconds);
        let outcome = match expiration {
            None if self.allow_missing_exp => {
                return Check::skipped(Stage::Claim, "exp", "missing, which the options allow");
            }
            None => Err(missing("exp")),
            Some(expiration) if expiration <= oldest => Err(ErrorKind::Expired { expiration, now }),
            Some(_) => Ok(()),
        };
        let margin = expiration.map(|expiration| expiration - oldest);
        Check::new(Stage::Claim, "exp", Compared::Numbers { expected: oldest, actual: expiration, margin }, outcome)
    }

    /// RFC 7519 §4.1.5: before `nbf` the token must not be accepted.
    fn check_not_before(&self, claims: &Claims<'_>, now: f64) -> Check<'static> {
        self.check_latest("nbf", claims.not_before(), now, |not_before| ErrorKind::NotYetValid { not_before, now })
    }

    /// A token issued in the future is also rejected (RFC 7519 §4.1.6 does not require this).
    fn check_issued_at(&self, claims: &Claims<'_>, now: f64) -> Check<'static> {
        self.check_latest("iat", claims.issued_at(), now, |issued_at| ErrorKind::IssuedInFuture { issued_at, now })
    }

    fn check_latest(
        &self,
        claim: &'static str,
        actual: Option<NumericDate>,
        now: f64,
        error: impl Fn(f64) -> ErrorKind,
    ) -> Check<'static> {
        let latest = now + self.leeway.as_secs_f64();
        let Some(seconds) = actual.map(NumericDate::seconds) else {
            return Check::skipped(Stage::Claim, claim, "not in the token");
        };
        let outcome = if seconds > latest { Err(error(seconds)) } else { Ok(()) };
        let compared = Compared::Numbers { expected: latest, actual: Some(seconds), margin: Some(latest - seconds) };
        Check::new(Stage::Claim, claim, compared, outcome)
    }

    fn check_age(&self, max_token_age: Duration, claims: &Claims<'_>, now: f64) -> Check<'static> {
        let oldest = now - self.leeway.as_secs_f64() - max_token_age.as_secs_f64();
        let issued_at = claims.issued_at().map(NumericDate::seconds);
        let outcome = match issued_at {
            None => Err(missing("iat")),
            Some(issued_at) if issued_at < oldest => Err(ErrorKind::TooOld { issued_at, oldest }),
            Some(_) => Ok(()),
        };
        let margin = issued_at.map(|issued_at| issued_at - oldest);
        let compared = Compared::Numbers { expected: oldest, actual: issued_at, margin };
        Check::new(Stage::Claim, "maxTokenAge", compared, outcome)
    }
}

/// RFC 8725 §3.1: the caller's list of algorithms is checked before any cryptography.
pub(crate) fn check_algorithm(actual: Algorithm, allowed: &[Algorithm]) -> Result<(), Error> {
    if allowed.contains(&actual) {
        return Ok(());
    }
    Err(ErrorKind::AlgorithmNotAllowed { actual: actual.as_str() }.into())
}

/// The `typ` of [`Profile::AccessToken`].
const ACCESS_TOKEN: &str = "at+jwt";

/// The reason for skipping a check that the caller did not ask for.
const NOT_EXPECTED: &str = "not asked for";

fn check_one_of<'a>(claim: &'static str, expected: &'a Expected, actual: Strings<'a>) -> Check<'a> {
    let Expected::OneOf(expected) = expected else { return Check::skipped(Stage::Claim, claim, NOT_EXPECTED) };
    let outcome = if actual.iter().any(|actual| expected.iter().any(|expected| expected == actual)) {
        Ok(())
    } else if actual.is_empty() {
        Err(missing(claim))
    } else {
        Err(ErrorKind::UnexpectedClaim { claim, expected: expected.clone(), actual: actual.to_vec() })
    };
    Check::new(Stage::Claim, claim, Compared::Texts { expected, actual }, outcome)
}

fn check_required<'a>(path: &'a str, claims: &Claims<'_>) -> Check<'a> {
    let outcome = claims.all().find(path).map(drop).ok_or_else(|| missing_at(path));
    Check::new(Stage::Claim, path, Compared::Nothing, outcome)
}

fn missing_at(path: &str) -> ErrorKind {
    ErrorKind::MissingClaim { claim: Cow::Owned(String::from(path)) }
}

fn check_values<'a>(path: &'a str, expected: &'a [ClaimValue], claims: &'a Claims<'_>) -> Check<'a> {
    let found = claims.all().find(path);
    let outcome = found.ok_or_else(|| missing_at(path)).and_then(|claim| {
        if items_of(claim).iter().any(|item| expected.iter().any(|expected| is_value(expected, item))) {
            return Ok(());
        }
        let (expected, actual) = (Evidence::Values(expected.to_vec()), Some(Evidence::Values(values_of(claim))));
        Err(ErrorKind::UnexpectedValue { claim: String::from(path), expected, actual })
    });
    Check::new(Stage::Claim, path, Compared::Values { expected, actual: found }, outcome)
}

/// RFC 7519 §4.1.3 allows several audiences. Each of them could replay the token to the others.
fn check_audiences(claims: &Claims<'_>) -> Check<'static> {
    let outcome = match claims.all().get("aud") {
        None => Err(missing("aud")),
        Some(Value::Array(audiences)) if audiences.len() != 1 => Err(ErrorKind::NotOneAudience),
        Some(_) => Ok(()),
    };
    Check::new(Stage::Claim, "exactlyOneAudience", Compared::Nothing, outcome)
}

/// RFC 9068 §4, and the claims that §2.2 requires. The types of these claims have already been checked, except for
/// `client_id`, which must be a string (RFC 8693 §4.3).
fn check_access_token(header: &JoseHeader, claims: &Claims<'_>) -> Check<'static> {
    const CLAIMS: [&str; 7] = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"];
    let outcome = compare_typ(header, ACCESS_TOKEN).and_then(|()| {
        match CLAIMS.iter().find(|claim| !claims.all().contains(claim)) {
            Some(claim) => Err(missing(claim)),
            None if matches!(claims.all().get("client_id"), Some(Value::String(_))) => Ok(()),
            None => Err(ErrorKind::InvalidClaim { claim: "client_id", expected: "a string" }),
        }
    });
    Check::new(Stage::Claim, "profile", Compared::Nothing, outcome)
}

/// RFC 6749 §3.3: scopes are separated by spaces, and case-sensitive.
fn check_scope<'a>(expected: &'a [String], claims: &'a Claims<'_>) -> Check<'a> {
    let actual = claims.strings("scope");
    let has = |scope| actual.iter().any(|scopes| scopes.split(' ').any(|each| each == scope));
    let outcome = if expected.iter().all(|scopes| scopes.split(' ').all(has)) {
        Ok(())
    } else {
        let has_claim = claims.all().contains("scope");
        if has_claim && matches!(actual, Strings::Absent) {
            Err(ErrorKind::InvalidClaim { claim: "scope", expected: "a string or an array of strings" })
        } else {
            let [expected, actual] = [expected.to_vec(), actual.to_vec()].map(Evidence::Texts);
            let actual = Some(actual).filter(|_| has_claim);
            Err(ErrorKind::PolicyDenied { field: "scope", claim: "scope", expected, actual })
        }
    };
    Check::new(Stage::Policy, "scope", Compared::Texts { expected, actual }, outcome)
}

fn compare_typ(header: &JoseHeader, expected: &str) -> Result<(), ErrorKind> {
    let list = |typ: &str| Vec::from([String::from(typ)]);
    match &header.typ {
        None => Err(ErrorKind::MissingTyp),
        Some(typ) if without_application(typ).eq_ignore_ascii_case(without_application(expected)) => Ok(()),
        Some(typ) => Err(ErrorKind::UnexpectedClaim { claim: "typ", expected: list(expected), actual: list(typ) }),
    }
}

fn without_application(typ: &str) -> &str {
    const PREFIX: &str = "application/";
    match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) && !rest.contains('/') => rest,
        _ => typ,
    }
}
