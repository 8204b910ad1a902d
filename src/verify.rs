//! The order of a verification.

use crate::{
    claims::{Claims, NumericDate},
    error::{Error, JsonProblem},
    options::VerifyOptions,
    signature::{KeySet, VerifiedToken},
    token::UnverifiedToken,
    trace::{Stage, Step, Trace},
};
use alloc::{boxed::Box, vec::Vec};

/// How an error travels inside: as a pointer. At forty bytes each, the functions that only hand errors on would be twice as long.
pub(crate) type Checked<T> = Result<T, Box<Error>>;

/// A decision and the steps that led to it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What [`verify`] returns for the same arguments.
    pub outcome: Result<VerifiedToken, Error>,
    /// Every check in its order. After a failed stage there is none; checks of claims and policy are all there.
    pub steps: Vec<Step>,
}

/// A verified token whose claims can be checked again, at another time or against other options, without the work of the
/// signature.
#[derive(Clone, Debug)]
pub struct RememberedToken {
    token: VerifiedToken,
    claims: Claims<'static>,
}

/// Verifies signature, claims and policy of `token` at the time `now`.
///
/// # Errors
/// The first rule that the token breaks, in the order of the stages: size, segments, header, key, signature, claims,
/// policy.
pub fn verify(token: &str, keys: &KeySet, options: &VerifyOptions, now: NumericDate) -> Result<VerifiedToken, Error> {
    checked(token, keys, options, now).map_err(|error| *error)
}

pub(crate) fn checked(token: &str, keys: &KeySet, options: &VerifyOptions, now: NumericDate) -> Checked<VerifiedToken> {
    let mut trace = Trace::off(options.validation.collect_all);
    decide(token, keys, options, now, false, &mut trace).map(|(token, _)| token)
}

/// The same decision as [`verify`], with what it takes to check the same token again.
///
/// # Errors
/// As [`verify`].
pub fn verify_and_remember(
    token: &str,
    keys: &KeySet,
    options: &VerifyOptions,
    now: NumericDate,
) -> Result<RememberedToken, Error> {
    let mut trace = Trace::off(options.validation.collect_all);
    let (token, claims) = decide(token, keys, options, now, true, &mut trace).map_err(|error| *error)?;
    // It was asked for, so it is there.
    let claims = claims.ok_or(Error::InvalidPayload { problem: JsonProblem::NotAnObject })?;
    Ok(RememberedToken { token, claims })
}

impl RememberedToken {
    /// Checks everything but the signature anew: algorithm, claims and policy, at the time `now`. It is for the caller to
    /// forget the token when the keys change.
    ///
    /// # Errors
    /// What [`verify`] gives for this token after its signature was found good, and [`Error::AlgorithmNotAllowed`].
    pub fn check(&self, options: &VerifyOptions, now: NumericDate) -> Result<(), Error> {
        let mut trace = Trace::off(options.validation.collect_all);
        let algorithm = options.validation.check_algorithm(self.token.algorithm());
        algorithm
            .and_then(|()| check_claims(&self.token, &self.claims, options, now, &mut trace))
            .map_err(|error| *error)
    }

    /// The token.
    #[must_use]
    pub const fn token(&self) -> &VerifiedToken {
        &self.token
    }
}

/// The same decision as [`verify`], with the steps that led to it. It never holds the signature.
#[must_use]
pub fn explain(token: &str, keys: &KeySet, options: &VerifyOptions, now: NumericDate) -> Explanation {
    let mut trace = Trace::on(options.validation.collect_all);
    let outcome = decide(token, keys, options, now, false, &mut trace).map(|(token, _)| token).map_err(|error| *error);
    let steps = trace.end(outcome.as_ref().err());
    Explanation { outcome, steps }
}

/// `keep` asks for a copy of the claims.
fn decide(
    token: &str,
    keys: &KeySet,
    options: &VerifyOptions,
    now: NumericDate,
    keep: bool,
    trace: &mut Trace,
) -> Checked<(VerifiedToken, Option<Claims<'static>>)> {
    trace.enter(Stage::Segments);
    let UnverifiedToken { segments, header } = UnverifiedToken::parse(token)?;
    trace.enter(Stage::Header);
    let header = header?;
    trace.enter(Stage::Algorithm);
    options.validation.check_algorithm(header.alg)?;
    let token = keys.verify_signature(segments, header, trace)?;
    let claims = token.checked_claims()?;
    trace.leave();
    check_claims(&token, &claims, options, now, trace)?;
    let kept = keep.then(|| claims.to_static());
    Ok((token, kept))
}

fn check_claims(
    token: &VerifiedToken,
    claims: &Claims<'_>,
    options: &VerifyOptions,
    now: NumericDate,
    trace: &mut Trace,
) -> Checked<()> {
    options.validation.check(token.header(), claims, now, trace)?;
    if let Some(policy) = &options.aws {
        policy.check(claims, trace)?;
    }
    trace.conclude()
}
