//! The record of one decision: which checks it made, in which order, and what they compared.

use crate::{
    error::{Error, Evidence},
    verify::Checked,
};
use alloc::{
    boxed::Box,
    string::{String, ToString},
    vec::Vec,
};
use serde::Serialize;

/// One step of a decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The stage it belongs to.
    pub stage: Stage,
    /// What was checked: a claim, a policy field, the `kid` or position of a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// What would pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Evidence>,
    /// What the token or the key has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<Evidence>,
    /// For times: the seconds by which the check passed; zero or negative where it failed at its bound or beyond.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// Why it failed or was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The stages of a verification, in their order.
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
    /// One cross-check or one field of the AWS policy.
    Policy,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The rule holds.
    Passed,
    /// The rule is broken.
    Failed,
    /// Not applied: the caller does not ask for it, or the key is not a candidate.
    Skipped,
}

/// What a check compared.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    pub(crate) expected: Option<Evidence>,
    pub(crate) actual: Option<Evidence>,
    pub(crate) margin: Option<f64>,
}

/// Collects failures, and steps where somebody wants to read them.
///
/// What only a reader of steps needs comes as `&dyn Fn`, so that it is code of its own: a verification, which nobody reads,
/// then neither runs nor compiles it (an engine compiles a function whole, at its first call).
#[derive(Debug)]
pub(crate) struct Trace {
    steps: Option<Vec<Step>>,
    /// The stage whose failure would end the decision.
    stage: Option<Stage>,
    collect_all: bool,
    failures: Vec<Error>,
}

impl Trace {
    /// Nobody reads the steps, so none is written.
    pub(crate) const fn off(collect_all: bool) -> Self {
        Self { steps: None, stage: None, collect_all, failures: Vec::new() }
    }

    /// Writes every step.
    pub(crate) const fn on(collect_all: bool) -> Self {
        Self { steps: Some(Vec::new()), stage: None, collect_all, failures: Vec::new() }
    }

    /// Whether somebody reads the steps.
    pub(crate) const fn is_on(&self) -> bool {
        self.steps.is_some()
    }

    /// A stage begins, and the one before it is passed.
    #[inline(never)]
    pub(crate) fn enter(&mut self, stage: Stage) {
        self.leave();
        self.stage = Some(stage);
    }

    /// The stage is passed.
    #[inline(never)]
    pub(crate) fn leave(&mut self) {
        let stage = self.stage.take();
        if self.is_on() {
            self.write_stage(stage, None);
        }
    }

    /// The decision is made; a failure that is no check's is that of the stage.
    pub(crate) fn end(mut self, error: Option<&Error>) -> Vec<Step> {
        if error.is_some() {
            self.write_stage(self.stage, error);
        }
        self.steps.unwrap_or_default()
    }

    /// One of several checks: its failure ends the decision unless all failures are wanted.
    pub(crate) fn check(
        &mut self,
        stage: Stage,
        name: &str,
        compared: &dyn Fn() -> Compared,
        outcome: Checked<()>,
    ) -> Checked<()> {
        if self.is_on() {
            self.write_check(stage, Some(name), outcome.as_ref().err().map(|error| &**error), compared());
        }
        outcome.or_else(|error| self.fail(error))
    }

    #[cold]
    #[inline(never)]
    fn fail(&mut self, error: Box<Error>) -> Checked<()> {
        // An explanation shows every check, whatever the caller of the verification wants.
        if !self.collect_all && !self.is_on() {
            return Err(error);
        }
        self.failures.push(*error);
        Ok(())
    }

    /// A check whose value later checks need: `None` where it failed and the others are to go on without it.
    pub(crate) fn check_value<T>(
        &mut self,
        stage: Stage,
        name: &'static str,
        outcome: Checked<T>,
    ) -> Checked<Option<T>> {
        let (value, outcome) = match outcome {
            Ok(value) => (Some(value), Ok(())),
            Err(error) => (None, Err(error)),
        };
        self.check(stage, name, &Compared::default, outcome).map(|()| value)
    }

    /// Something that holds and has a name.
    pub(crate) fn pass(&mut self, stage: Stage, name: &dyn Fn() -> String) {
        if self.is_on() {
            self.write(stage, name(), Outcome::Passed, None);
        }
    }

    /// Something that was looked at and left.
    pub(crate) fn skip(&mut self, stage: Stage, name: &dyn Fn() -> String, problem: &dyn Fn() -> String) {
        if self.is_on() {
            self.write(stage, name(), Outcome::Skipped, Some(problem()));
        }
    }

    /// The first failure of the checks, or all of them.
    pub(crate) fn conclude(&mut self) -> Checked<()> {
        if self.failures.is_empty() { Ok(()) } else { self.conclude_failed() }
    }

    #[cold]
    #[inline(never)]
    fn conclude_failed(&mut self) -> Checked<()> {
        let mut failures = core::mem::take(&mut self.failures).into_iter();
        let Some(first) = failures.next() else { return Ok(()) };
        let rest = Vec::from_iter(failures);
        let first = Box::new(first);
        Err(if self.collect_all && !rest.is_empty() { Error::Several { first, rest }.into() } else { first })
    }

    #[cold]
    fn write(&mut self, stage: Stage, name: String, outcome: Outcome, problem: Option<String>) {
        let step = Step { stage, name: Some(name), outcome, expected: None, actual: None, margin: None, problem };
        self.steps.get_or_insert_default().push(step);
    }

    #[cold]
    #[inline(never)]
    fn write_stage(&mut self, stage: Option<Stage>, error: Option<&Error>) {
        match (stage, error) {
            // Keys that passed have steps of their own.
            (None, _) | (Some(Stage::Key | Stage::Signature), None) => {}
            (Some(stage), error) => self.write_check(stage, None, error, Compared::default()),
        }
    }

    #[cold]
    fn write_check(&mut self, stage: Stage, name: Option<&str>, error: Option<&Error>, compared: Compared) {
        self.steps.get_or_insert_default().push(Step {
            stage,
            name: name.map(String::from),
            outcome: if error.is_none() { Outcome::Passed } else { Outcome::Failed },
            expected: compared.expected.or_else(|| error.and_then(Error::expected)),
            actual: compared.actual.or_else(|| error.and_then(Error::actual)),
            margin: compared.margin,
            problem: error.map(ToString::to_string),
        });
    }
}
