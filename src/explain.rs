//! The decision of [`verify`](crate::verify()) as a list of steps.

use crate::{
    check::{Check, Compared, Stage, Verdict, conclude},
    claims::{NumericDate, values_of},
    error::{Error, ErrorKind, Evidence, is_in_milliseconds},
    expectations::Expectations,
    keys::{Candidacy, KeySet, VerifiedToken},
    token::UnverifiedToken,
    verify::authenticate,
};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use serde::Serialize;

/// A decision and the steps that led to it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The result of [`verify`](crate::verify()) for the same arguments.
    pub outcome: Result<VerifiedToken, Error>,
    /// Every check, in order. The list ends with the first stage that failed. If the checks of claims and policy were
    /// reached, all of them are listed, even after one has failed.
    pub steps: Vec<Step>,
}

/// A step of a decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The stage to which the step belongs.
    pub stage: Stage,
    /// What was checked: the name of a claim or policy field, or the `kid` or position of a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How the step ended.
    pub outcome: Outcome,
    /// The values that would pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Evidence>,
    /// The value in the token or the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<Evidence>,
    /// For times: the margin of the check in seconds. Zero or negative if the check failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// Why the step failed or was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Why a step that passed is suspicious.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<&'static str>,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The rule is met.
    Passed,
    /// The rule is broken.
    Failed,
    /// The rule was not applied: the caller did not ask for the check, or the key is not a candidate.
    Skipped,
}

/// Makes the decision of [`verify`](crate::verify()) and lists the steps that led to it. The steps never contain the
/// signature.
#[must_use]
pub fn explain(token: &str, keys: &KeySet, expectations: &Expectations, now: NumericDate) -> Explanation {
    let mut steps = Vec::new();
    let authenticated = authenticate(token, keys, &expectations.algorithms);
    explain_authentication(token, keys, authenticated.as_ref().err(), &mut steps);
    let outcome = authenticated.and_then(|token| {
        explain_judgement(&token, expectations, now, &mut steps)?;
        Ok(token)
    });
    Explanation { outcome, steps }
}

/// Adds the steps of an [`authenticate`] call that ended with `error`, up to the stage that failed.
fn explain_authentication(token: &str, keys: &KeySet, error: Option<&Error>, steps: &mut Vec<Step>) {
    // Empty until the stage `Key`.
    let mut candidacies = Vec::new();
    for stage in [Stage::Segments, Stage::Header, Stage::Algorithm, Stage::Key, Stage::Signature, Stage::Claims] {
        let error = error.filter(|error| stage_of(error.kind()) == stage);
        match stage {
            Stage::Key => {
                candidacies = candidacies_of(token, keys);
                explain_choice(&candidacies, steps);
            }
            Stage::Signature => explain_signature(&candidacies, steps),
            Stage::Segments | Stage::Header | Stage::Algorithm if error.is_none() => {
                steps.push(Step::new(stage, Outcome::Passed));
            }
            _ => {}
        }
        if let Some(error) = error {
            steps.push(Step::new(stage, Outcome::Failed).because(error));
            return;
        }
    }
}

/// Adds a step for each key that is not a candidate, with the reason, then one for each candidate.
fn explain_choice(candidacies: &[Candidacy], steps: &mut Vec<Step>) {
    let (candidates, rejected): (Vec<_>, Vec<_>) = candidacies.iter().partition(|key| key.rejection.is_none());
    for Candidacy { name, rejection, .. } in rejected {
        let step = Step::new(Stage::Key, Outcome::Skipped).named(name);
        steps.push(Step { problem: rejection.clone(), ..step });
    }
    steps.extend(candidates.into_iter().map(|key| Step::new(Stage::Key, Outcome::Passed).named(&key.name)));
}

/// Adds a step for each candidate in the order tried, up to the one that verified the signature.
fn explain_signature(candidacies: &[Candidacy], steps: &mut Vec<Step>) {
    for key in candidacies.iter().filter(|key| key.rejection.is_none()) {
        if key.has_verified {
            steps.push(Step::new(Stage::Signature, Outcome::Passed).named(&key.name));
            return;
        }
        let step = Step::new(Stage::Signature, Outcome::Skipped).named(&key.name);
        steps.push(step.because(&ErrorKind::SignatureMismatch.into()));
    }
}

fn candidacies_of(token: &str, keys: &KeySet) -> Vec<Candidacy> {
    let parsed = UnverifiedToken::parse(token).and_then(|token| Ok((token.segments, token.header?)));
    parsed.map(|(segments, header)| keys.candidacies(&segments, &header)).unwrap_or_default()
}

/// Adds the steps of [`judge`](crate::judge()): the types of the claims, then every check.
fn explain_judgement(
    token: &VerifiedToken,
    expectations: &Expectations,
    now: NumericDate,
    steps: &mut Vec<Step>,
) -> Result<(), Error> {
    let fail = |error: &Error| steps.push(Step::new(Stage::Claims, Outcome::Failed).because(error));
    let claims = token.claims().inspect_err(fail)?;
    steps.push(Step::new(Stage::Claims, Outcome::Passed));
    let checks = expectations.checks(token.header(), &claims, now);
    steps.extend(checks.iter().map(Step::from));
    conclude(checks, expectations.collect_all)
}

impl Step {
    const fn new(stage: Stage, outcome: Outcome) -> Self {
        Self { stage, name: None, outcome, expected: None, actual: None, margin: None, problem: None, warning: None }
    }

    fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// Adds the message of `error`, and its evidence if the step has none.
    fn because(self, error: &Error) -> Self {
        let expected = self.expected.or_else(|| error.expected());
        let actual = self.actual.or_else(|| error.actual());
        Self { expected, actual, problem: Some(error.to_string()), ..self }
    }
}

impl From<&Check<'_>> for Step {
    fn from(check: &Check<'_>) -> Self {
        let outcome = match check.verdict {
            Verdict::Passed => Outcome::Passed,
            Verdict::Skipped(_) => Outcome::Skipped,
            Verdict::Failed(_) => Outcome::Failed,
        };
        let mut step = Self::new(check.stage, outcome).named(check.name);
        match check.compared {
            Compared::Nothing => {}
            Compared::Values { expected, actual } => {
                step.expected = Some(Evidence::Values(expected.to_vec()));
                step.actual = actual.map(|actual| Evidence::Values(values_of(actual)));
            }
            Compared::Texts { expected, actual } => {
                step.expected = Some(Evidence::Texts(expected.to_vec()));
                step.actual = (!actual.is_empty()).then(|| Evidence::Texts(actual.to_vec()));
            }
            Compared::Numbers { expected, actual, margin } => {
                step.expected = Some(Evidence::Number(expected));
                step.actual = actual.map(Evidence::Number);
                step.margin = margin;
            }
        }
        match &check.verdict {
            Verdict::Passed => Self { warning: warning(check), ..step },
            Verdict::Skipped(reason) => Self { problem: Some((*reason).to_owned()), ..step },
            Verdict::Failed(error) => step.because(error),
        }
    }
}

/// Warns about an `exp` in milliseconds, which makes a token valid for thousands of years.
fn warning(check: &Check<'_>) -> Option<&'static str> {
    match check.compared {
        Compared::Numbers { actual: Some(time), .. } if check.name == "exp" && is_in_milliseconds(time) => {
            Some("\"exp\" looks like milliseconds; read as seconds, the token is valid for thousands of years")
        }
        _ => None,
    }
}

/// The stage of [`authenticate`] in which an error of this kind arises.
const fn stage_of(kind: &ErrorKind) -> Stage {
    match kind {
        ErrorKind::InvalidHeaderParameter { .. }
        | ErrorKind::MissingAlgorithm
        | ErrorKind::UnsupportedHeaderParameter { .. }
        | ErrorKind::UnsupportedAlgorithm => Stage::Header,
        ErrorKind::AlgorithmNotAllowed { .. } => Stage::Algorithm,
        ErrorKind::AlgorithmMismatch { .. }
        | ErrorKind::MultipleMatchingKeys
        | ErrorKind::NoMatchingKey
        | ErrorKind::UnusableKey { .. } => Stage::Key,
        ErrorKind::SignatureMismatch => Stage::Signature,
        ErrorKind::InvalidPayload { .. } => Stage::Claims,
        _ => Stage::Segments,
    }
}
