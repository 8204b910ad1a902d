//! The result of one check: what was compared, and how the check ended.

use crate::{
    encoding::json::{Strings, Value},
    error::{ClaimValue, Error, ErrorKind},
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use serde::Serialize;

/// The stages of a verification, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Stage {
    /// Size, the three segments, their encoding and the header's JSON.
    Segments,
    /// The Header Parameters.
    Header,
    /// The caller's algorithms.
    Algorithm,
    /// The choice of the key.
    Key,
    /// The signature.
    Signature,
    /// The payload's JSON and the types of the registered claims.
    Claims,
    /// One claim, or the header's `typ`.
    Claim,
    /// The required scopes, one cross-check, or one field of the AWS policy.
    Policy,
}

/// One check. Borrows the compared values, so a verification without an explanation copies nothing.
#[derive(Debug)]
pub(crate) struct Check<'a> {
    pub(crate) stage: Stage,
    /// The claim, or the field of the policy.
    pub(crate) name: &'a str,
    pub(crate) compared: Compared<'a>,
    pub(crate) verdict: Verdict,
}

/// What a check compared.
#[derive(Debug)]
pub(crate) enum Compared<'a> {
    /// No values, or only the values that the error already contains.
    Nothing,
    /// The expected strings and the strings in the token.
    Texts { expected: &'a [String], actual: Strings<'a> },
    /// The expected values of a claim and its value in the token.
    Values { expected: &'a [ClaimValue], actual: Option<&'a Value<'a>> },
    /// A number and its bound. `margin` is the distance to the bound. It is zero or negative if the check failed.
    Numbers { expected: f64, actual: Option<f64>, margin: Option<f64> },
}

/// How a check ended.
#[derive(Debug)]
pub(crate) enum Verdict {
    Passed,
    /// The check was skipped, for this reason.
    Skipped(&'static str),
    Failed(Error),
}

impl<'a> Check<'a> {
    pub(crate) const fn skipped(stage: Stage, name: &'a str, reason: &'static str) -> Self {
        Self { stage, name, compared: Compared::Nothing, verdict: Verdict::Skipped(reason) }
    }

    // Not inlined: two dozen copies would add 0.1 KB to the module, after gzip.
    #[inline(never)]
    pub(crate) fn new(stage: Stage, name: &'a str, compared: Compared<'a>, outcome: Result<(), ErrorKind>) -> Self {
        let verdict = outcome.map_or_else(|kind| Verdict::Failed(kind.into()), |()| Verdict::Passed);
        Self { stage, name, compared, verdict }
    }
}

/// The error for a claim that must be present.
pub(crate) const fn missing(claim: &'static str) -> ErrorKind {
    ErrorKind::MissingClaim { claim: Cow::Borrowed(claim) }
}

/// Combines `checks` into a decision: the first failure, or every failure if `collect_all` is set.
pub(crate) fn conclude<'a>(checks: impl IntoIterator<Item = Check<'a>>, collect_all: bool) -> Result<(), Error> {
    let mut failures = checks.into_iter().filter_map(|check| match check.verdict {
        Verdict::Failed(error) => Some(error),
        Verdict::Passed | Verdict::Skipped(_) => None,
    });
    let Some(first) = failures.next() else { return Ok(()) };
    let rest: Vec<_> = failures.filter(|_| collect_all).collect();
    Err(if rest.is_empty() { first } else { ErrorKind::Several { first, rest }.into() })
}
