//! Identifies the caller from the `Authorization` header of a request. The host supplies keys, expectations and the time.

use alloc::{
    format,
    string::{String, ToString as _},
};
use core::fmt;
use serde::Serialize;
use sts_jwt::{AwsIdentity, AwsPolicy, Error, Expectations, Expected, KeySet, NumericDate, verify};

/// The caller of a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// The IAM principal, its account, organization, region and tags.
    pub identity: AwsIdentity,
    /// The token's ID, which is the same for all tokens with the same header and payload, whatever form the signature has.
    /// Use the ID in logs and for replay protection.
    pub token_id: String,
}

/// Why a request is rejected.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The request has no bearer token.
    NoToken,
    /// The issuer's keys are not available yet.
    NoKeys,
    /// The token was rejected or could not be checked.
    Error(Error),
}

/// Accepts tokens of one AWS account's issuer for this service. Every principal of the account can get such a token. If
/// only some principals may call, set `aws.principals`.
#[must_use]
pub fn tokens_of(issuer: &str, audience: &str) -> Expectations {
    let mut options = Expectations::new(Expected::one(issuer), Expected::one(audience));
    options.aws = Some(AwsPolicy::default());
    options
}

/// Identifies the caller of a request.
///
/// # Errors
/// A [`Refusal`]. Respond with its status, and send its challenge in `WWW-Authenticate`.
pub fn authenticate(
    authorization: Option<&str>,
    keys: &KeySet,
    options: &Expectations,
    now: NumericDate,
) -> Result<Caller, Refusal> {
    let token = authorization.and_then(bearer_token).ok_or(Refusal::NoToken)?;
    let token = verify(token, keys, options, now)?;
    Ok(Caller { identity: token.aws_identity()?, token_id: token.token_id() })
}

/// The token of `Bearer <token>` (RFC 6750 §2.1). The scheme is case-insensitive (RFC 9110 §11.1).
fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim_matches(' ').split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim_start_matches(' '))
}

impl Refusal {
    /// The HTTP status of the response: 401, 403, or 5xx if the token is not the cause.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::NoToken => 401,
            Self::NoKeys => 503,
            Self::Error(error) => error.status(),
        }
    }

    /// The stable code, for logs and the response body.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::NoToken => None,
            Self::NoKeys => Some("ERR_JWKS_KEYS_NEEDED"),
            Self::Error(error) => Some(error.code()),
        }
    }

    /// The value of the `WWW-Authenticate` header.
    #[must_use]
    pub fn challenge(&self) -> String {
        let Self::Error(error) = self else {
            // RFC 6750 §3.1: a request without a token gets no error code, only the scheme. The same applies if the token
            // is not at fault.
            return String::from("Bearer");
        };
        let code = match error.status() {
            500.. => return String::from("Bearer"),
            403 => "insufficient_scope",
            _ => "invalid_token",
        };
        let description: String = error.to_string().chars().map(printable).collect();
        format!("Bearer error=\"{code}\", error_description=\"{description}\"")
    }
}

/// RFC 6750 §3: `error_description` is printable ASCII without `"` and `\`. Messages never contain parts of the token,
/// but they contain claim names in quotes, and a service may require a claim with any name.
fn printable(character: char) -> char {
    match character {
        '"' => '\'',
        '\\' => '?',
        ' '..='~' => character,
        _ => '?',
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => formatter.write_str("no bearer token"),
            Self::NoKeys => formatter.write_str("the issuer's keys are missing"),
            Self::Error(error) => error.fmt(formatter),
        }
    }
}

impl core::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;
    use sts_jwt::ErrorKind;

    const ISSUER: &str = "https://a1000000-0000-4000-8000-000000000000.tokens.sts.global.api.aws";
    const AUDIENCE: &str = "https://edge.example.test";
    /// Valid from 100 seconds before [`NOW`] to 200 seconds after it.
    const TOKEN: &str = include_str!("../fixtures/token.jwt").trim_ascii_end();
    const NOW: f64 = 1_767_225_700.0;

    fn ask(authorization: Option<&str>, options: &Expectations, now: f64) -> Result<Caller, Refusal> {
        let keys = KeySet::parse(include_str!("../fixtures/jwks.json")).unwrap();
        authenticate(authorization, &keys, options, NumericDate::from_seconds(now).unwrap())
    }

    fn bearer(token: &str, options: &Expectations, now: f64) -> Result<Caller, Refusal> {
        ask(Some(&format!("Bearer {token}")), options, now)
    }

    fn refused(outcome: Result<Caller, Refusal>) -> (u16, Option<&'static str>, String) {
        let refusal = outcome.unwrap_err();
        (refusal.status(), refusal.code(), refusal.challenge())
    }

    #[test]
    fn returns_the_caller_of_a_valid_token() {
        let Caller { identity, token_id } = bearer(TOKEN, &tokens_of(ISSUER, AUDIENCE), NOW).unwrap();
        assert_eq!(identity.subject.value(), "arn:aws:iam::111122223333:role/svc/edge-caller");
        assert_eq!((identity.account.as_str(), identity.source_region.as_deref()), ("111122223333", Some("eu-west-1")));
        assert_eq!(token_id.len(), 64);
    }

    #[test]
    fn reads_the_scheme_in_any_case_and_spaces_around_the_token() {
        for authorization in [format!("bearer  {TOKEN}"), format!(" BEARER {TOKEN} ")] {
            assert!(ask(Some(&authorization), &tokens_of(ISSUER, AUDIENCE), NOW).is_ok(), "{authorization}");
        }
    }

    #[test]
    fn challenges_a_request_without_a_token() {
        for authorization in [None, Some(""), Some("Bearer"), Some("Bearer "), Some("Basic dXNlcjpwYXNz")] {
            let outcome = ask(authorization, &tokens_of(ISSUER, AUDIENCE), NOW);
            assert_eq!(refused(outcome), (401, None, "Bearer".into()), "{authorization:?}");
        }
    }

    #[test]
    fn rejects_a_changed_token() {
        let (rest, signature) = TOKEN.rsplit_once('.').unwrap();
        let changed = format!("{rest}.{}", signature.chars().rev().collect::<String>());
        let (status, code, challenge) = refused(bearer(&changed, &tokens_of(ISSUER, AUDIENCE), NOW));
        assert_eq!((status, code), (401, Some("ERR_JWS_SIGNATURE_VERIFICATION_FAILED")));
        assert!(challenge.starts_with("Bearer error=\"invalid_token\", error_description=\""), "{challenge}");
    }

    #[test]
    fn rejects_an_expired_token() {
        let outcome = bearer(TOKEN, &tokens_of(ISSUER, AUDIENCE), NOW + 230.0);
        assert_eq!(refused(outcome).1, Some("ERR_JWT_EXPIRED"));
    }

    #[test]
    fn rejects_a_token_for_another_service() {
        let outcome = bearer(TOKEN, &tokens_of(ISSUER, "https://other.example.test"), NOW);
        assert_eq!(refused(outcome).1, Some("ERR_JWT_CLAIM_VALIDATION_FAILED"));
    }

    #[test]
    fn denies_a_principal_outside_the_policy() {
        let mut options = tokens_of(ISSUER, AUDIENCE);
        let policy = options.aws.as_mut().unwrap();
        policy.principals = Some(vec!["arn:aws:iam::111122223333:role/admin/*".into()]);
        let (status, code, challenge) = refused(bearer(TOKEN, &options, NOW));
        assert_eq!((status, code), (403, Some("ERR_POLICY_DENIED")));
        assert!(challenge.starts_with("Bearer error=\"insufficient_scope\""), "{challenge}");
    }

    #[test]
    fn writes_the_challenge_in_printable_ascii_without_nested_quotes() {
        let error = Error::from(ErrorKind::MissingClaim { claim: "naïve\r\n\\".into() });
        let challenge = Refusal::from(error).challenge();
        assert_eq!(challenge, "Bearer error=\"invalid_token\", error_description=\"'na?ve???' claim is missing\"");
    }

    #[test]
    fn returns_503_without_keys() {
        let refusal = Refusal::NoKeys;
        assert_eq!((refusal.status(), refusal.challenge()), (503, "Bearer".into()));
    }
}
