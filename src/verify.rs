//! The order of a verification.

use crate::{
    claims::NumericDate,
    error::Error,
    options::VerifyOptions,
    signature::{KeySet, VerifiedToken},
    token::UnverifiedToken,
    trace::{Stage, Step, Trace},
};
use alloc::vec::Vec;

/// A decision and the steps that led to it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What [`verify`] returns for the same arguments.
    pub outcome: Result<VerifiedToken, Error>,
    /// Every check in its order. After a failed stage there is none; checks of claims and policy are all there.
    pub steps: Vec<Step>,
}

/// Verifies signature, claims and policy of `token` at the time `now`.
///
/// # Errors
/// The first rule that the token breaks, in the order of the stages: size, segments, header, key, signature, claims,
/// policy.
pub fn verify(token: &str, keys: &KeySet, options: &VerifyOptions, now: NumericDate) -> Result<VerifiedToken, Error> {
    decide(token, keys, options, now, &mut Trace::off(options.validation.collect_all))
}

/// The same decision as [`verify`], with the steps that led to it. It never holds the signature.
#[must_use]
pub fn explain(token: &str, keys: &KeySet, options: &VerifyOptions, now: NumericDate) -> Explanation {
    let mut trace = Trace::on(options.validation.collect_all);
    let outcome = decide(token, keys, options, now, &mut trace);
    Explanation { outcome, steps: trace.into_steps() }
}

fn decide(
    token: &str,
    keys: &KeySet,
    options: &VerifyOptions,
    now: NumericDate,
    trace: &mut Trace,
) -> Result<VerifiedToken, Error> {
    let UnverifiedToken { segments, header } = trace.stage(Stage::Segments, UnverifiedToken::parse(token))?;
    let header = trace.stage(Stage::Header, header)?;
    trace.stage(Stage::Algorithm, options.validation.check_algorithm(header.alg))?;
    let token = keys.verify_signature(segments, header, trace)?;
    let claims = trace.stage(Stage::Claims, token.claims())?;
    options.validation.check(token.header(), &claims, now, trace)?;
    if let Some(policy) = &options.aws {
        policy.check(&claims, trace)?;
    }
    trace.conclude()?;
    Ok(token)
}
