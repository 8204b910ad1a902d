//! The options of a verification as JSON, in the words of the JavaScript API.

use crate::{
    aws::{self, AwsPolicy},
    error::Error,
    json::{self, Object, Value},
    token::Algorithm,
    validation::{Expected, Validation},
    verify::Checked,
};
use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use core::time::Duration;

/// Everything that a caller may ask of a token.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// What the registered claims and the header must say.
    pub validation: Validation,
    /// What the claims of AWS STS must say. Default: they are not looked at.
    pub aws: Option<AwsPolicy>,
}

impl From<Validation> for VerifyOptions {
    fn from(validation: Validation) -> Self {
        Self { validation, aws: None }
    }
}

impl VerifyOptions {
    /// Reads options from the JSON text of the JavaScript API's option object, `now` excepted. Unknown names are refused,
    /// so that a misspelt option never weakens a verification.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] names the option and what it must be.
    pub fn from_json(options: &str) -> Result<Self, Error> {
        Self::read(options).map_err(|error| *error)
    }

    pub(crate) fn read(options: &str) -> Checked<Self> {
        let options = json::parse_text(options).map_err(|_| invalid("options", "must be a strict JSON object"))?;
        let mut aws = None;
        let mut validation = Validation::new(expected(&options, "issuer")?, expected(&options, "audience")?);
        for (name, value) in options.iter() {
            match name {
                "issuer" | "audience" => {}
                "aws" => aws = Some(aws::policy_from_json(value)?),
                _ => set(&mut validation, name, value)?,
            }
        }
        Ok(Self { validation, aws })
    }
}

/// The options that many callers do without, so that their code is not compiled for those.
#[inline(never)]
fn set(validation: &mut Validation, name: &str, value: &Value<'_>) -> Checked<()> {
    match name {
        "algorithms" => validation.algorithms = algorithms(value)?,
        "subject" => validation.subject = Expected::OneOf(texts("subject", value)?),
        "typ" => validation.typ = Some(text("typ", value)?),
        "clockTolerance" => validation.leeway = seconds("clockTolerance", value)?,
        "maxTokenAge" => validation.max_token_age = Some(seconds("maxTokenAge", value)?),
        "requiredClaims" => validation.required_claims = texts("requiredClaims", value)?,
        "allowMissingExp" => validation.allow_missing_exp = boolean("allowMissingExp", value)?,
        "collectAll" => validation.collect_all = boolean("collectAll", value)?,
        unknown => {
            let option = Cow::Owned(String::from(unknown));
            return Err(Box::new(Error::InvalidOption { option, problem: "is not an option" }));
        }
    }
    Ok(())
}

#[cold]
#[inline(never)]
fn invalid(option: &'static str, problem: &'static str) -> Box<Error> {
    Box::new(Error::InvalidOption { option: Cow::Borrowed(option), problem })
}

/// `null` must be written to skip the check.
fn expected(options: &Object<'_>, name: &'static str) -> Checked<Expected> {
    match options.get(name) {
        None => Err(invalid(name, "is required; write null to skip the check")),
        Some(Value::Null) => Ok(Expected::Any),
        Some(value) => texts(name, value).map(Expected::OneOf),
    }
}

fn texts(name: &'static str, value: &Value<'_>) -> Checked<Vec<String>> {
    let texts = value.to_strings().ok_or_else(|| invalid(name, "must be a string or an array of strings"))?;
    if texts.is_empty() { Err(invalid(name, "must not be an empty array")) } else { Ok(texts) }
}

fn text(name: &'static str, value: &Value<'_>) -> Checked<String> {
    value.as_str().map(String::from).ok_or_else(|| invalid(name, "must be a string"))
}

fn algorithms(value: &Value<'_>) -> Checked<Vec<Algorithm>> {
    let problem = "must be a non-empty array of \"ES384\" and \"RS256\"";
    let Value::Array(names) = value else { return Err(invalid("algorithms", problem)) };
    let algorithms: Option<Vec<_>> = names.iter().map(|name| name.as_str().and_then(Algorithm::from_name)).collect();
    algorithms.filter(|algorithms| !algorithms.is_empty()).ok_or_else(|| invalid("algorithms", problem))
}

fn seconds(name: &'static str, value: &Value<'_>) -> Checked<Duration> {
    let problem = "must be a finite number of seconds, zero or more";
    let Value::Number(seconds) = value else { return Err(invalid(name, problem)) };
    Duration::try_from_secs_f64(*seconds).map_err(|_| invalid(name, problem))
}

fn boolean(name: &'static str, value: &Value<'_>) -> Checked<bool> {
    match value {
        Value::Bool(value) => Ok(*value),
        _ => Err(invalid(name, "must be a boolean")),
    }
}
