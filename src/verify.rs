//! The order of a verification.

use crate::{
    claims::NumericDate,
    error::Error,
    options::VerifyOptions,
    signature::{KeySet, VerifiedToken},
    token::{JoseHeader, UnverifiedToken},
};

/// Verifies signature and claims of `token` at the time `now`.
///
/// # Errors
/// The first rule that the token breaks, in the order of the stages: size, segments, header, key, signature, claims.
pub fn verify(token: &str, keys: &KeySet, options: &VerifyOptions, now: NumericDate) -> Result<VerifiedToken, Error> {
    let token = UnverifiedToken::parse(token)?;
    let header = JoseHeader::of(&token)?;
    options.validation.check_algorithm(header.alg)?;
    let token = keys.verify_signature(&token, &header)?;
    let claims = token.claims()?;
    options.validation.check(&header, &claims, now)?;
    Ok(token)
}
