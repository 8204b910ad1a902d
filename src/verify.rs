//! Verifies a token, stage by stage.

use crate::{
    check::conclude,
    claims::{Claims, NumericDate},
    crypto::Algorithm,
    error::Error,
    expectations::{Expectations, check_algorithm},
    keys::{KeySet, VerifiedToken},
    token::UnverifiedToken,
};

/// Verifies signature, claims and policy of `token` at the time `now`: [`authenticate`], then [`judge`].
///
/// # Errors
/// The error for the first rule that the token breaks, in the order of the stages: size, segments, header, algorithm,
/// key, signature, claims, policy.
pub fn verify(
    token: &str,
    keys: &KeySet,
    expectations: &Expectations,
    now: NumericDate,
) -> Result<VerifiedToken, Error> {
    let token = authenticate(token, keys, &expectations.algorithms)?;
    judge(&token, expectations, now)?;
    Ok(token)
}

/// Verifies the signature of `token` with a key of the set, if the token's algorithm is among `algorithms` (RFC 7515 §5.2,
/// RFC 8725 §3.1). Does not check the claims: an expired token passes.
///
/// # Errors
/// The error for the first rule that the token breaks, in the order of the stages: size, segments, header, algorithm,
/// key, signature.
pub fn authenticate(token: &str, keys: &KeySet, algorithms: &[Algorithm]) -> Result<VerifiedToken, Error> {
    authenticate_parsed(UnverifiedToken::parse_with(token, &|segment| keys.known_header(segment))?, keys, algorithms)
}

/// [`authenticate`] for a token that is already parsed.
pub(crate) fn authenticate_parsed(
    token: UnverifiedToken<'_>,
    keys: &KeySet,
    algorithms: &[Algorithm],
) -> Result<VerifiedToken, Error> {
    let UnverifiedToken { segments, header } = token;
    let header = header?;
    check_algorithm(header.alg, algorithms)?;
    keys.verify_signature(segments, header)
}

/// Checks the claims of a token against the expectations at the time `now` (RFC 7519 §7.2, step 10). The signature must
/// already be verified. The same token can be checked again at another time or with other expectations.
///
/// # Errors
/// The error for the first expectation that the token does not meet or, with [`Expectations::collect_all`], for all of them.
pub fn judge(token: &VerifiedToken, expectations: &Expectations, now: NumericDate) -> Result<(), Error> {
    judge_claims(token, &token.claims()?, expectations, now)
}

/// [`judge`] for claims that are already parsed.
pub(crate) fn judge_claims(
    token: &VerifiedToken,
    claims: &Claims<'_>,
    expectations: &Expectations,
    now: NumericDate,
) -> Result<(), Error> {
    check_algorithm(token.algorithm(), &expectations.algorithms)?;
    conclude(expectations.checks(token.header(), claims, now), expectations.collect_all)
}
