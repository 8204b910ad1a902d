//! Expectations as JSON: the format of the option object in the JavaScript API. A configuration file can have the same format.

mod aws;

use super::{Expectations, Expected};
use crate::{
    crypto::Algorithm,
    encoding::json::{self, Object, Value},
    error::{Error, ErrorKind, JsonProblem},
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use core::time::Duration;

impl Expectations {
    /// Reads expectations from JSON in the format of the JavaScript API's option object, but without `now`. Unknown names are
    /// rejected, so a misspelt option never weakens a verification.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`], with the name of the option and the requirement.
    pub fn from_json(options: &str) -> Result<Self, Error> {
        let options = json::parse(options).map_err(|problem| match problem {
            JsonProblem::LoneSurrogate { member: Some(option) } => {
                ErrorKind::InvalidOption { option: Cow::Owned(option), problem: "has a lone surrogate" }
            }
            _ => invalid("options", "must be a strict JSON object"),
        })?;
        let mut expectations = Self::new(expected(&options, "issuer")?, expected(&options, "audience")?);
        for (name, value) in options.iter() {
            expectations.set(name, value)?;
        }
        Ok(expectations)
    }

    fn set(&mut self, name: &str, value: &Value<'_>) -> Result<(), ErrorKind> {
        match name {
            // Already read above, because these options are required.
            "issuer" => reject_placeholders(&self.issuer)?,
            "audience" => {}
            "algorithms" => self.algorithms = algorithms(value)?,
            "subject" => self.subject = Expected::OneOf(texts("subject", value)?),
            "typ" => self.typ = Some(text("typ", value)?),
            "clockTolerance" => self.leeway = clock_tolerance(value)?,
            "maxTokenAge" => self.max_token_age = Some(max_token_age(value)?),
            "requiredClaims" => self.required_claims = texts("requiredClaims", value)?,
            "allowMissingExp" => self.allow_missing_exp = boolean("allowMissingExp", value)?,
            "collectAll" => self.collect_all = boolean("collectAll", value)?,
            "aws" => self.aws = Some(aws::policy(value)?),
            unknown => {
                let option = Cow::Owned(String::from(unknown));
                return Err(ErrorKind::InvalidOption { option, problem: "is not an option" });
            }
        }
        Ok(())
    }
}

const fn invalid(option: &'static str, problem: &'static str) -> ErrorKind {
    ErrorKind::InvalidOption { option: Cow::Borrowed(option), problem }
}

/// Only an explicit `null` skips the check.
fn expected(options: &Object<'_>, name: &'static str) -> Result<Expected, ErrorKind> {
    match options.get(name) {
        None => Err(invalid(name, "is required; write null to skip the check")),
        Some(Value::Null) => Ok(Expected::Any),
        Some(value) => texts(name, value).map(Expected::OneOf),
    }
}

fn texts(name: &'static str, value: &Value<'_>) -> Result<Vec<String>, ErrorKind> {
    let texts = value.as_strings().ok_or_else(|| invalid(name, "must be a string or an array of strings"))?;
    if texts.is_empty() {
        return Err(invalid(name, "must not be an empty array"));
    }
    // The name of a claim may be the empty string.
    if name != "requiredClaims" && texts.iter().any(str::is_empty) {
        return Err(invalid(name, EMPTY));
    }
    Ok(texts.to_vec())
}

/// What is wrong with an empty string in an option that is compared with a claim or with `typ`.
const EMPTY: &str = "must not be an empty string, such as that of an unset variable";

/// Rejects placeholders from documentation, which no issuer contains: `<uuid>`, `{tenantid}`, `xxxxxxxx`, `…`.
fn reject_placeholders(issuers: &Expected) -> Result<(), ErrorKind> {
    let has_pair = |issuer: &str, open, close| issuer.split_once(open).is_some_and(|(_, rest)| rest.contains(close));
    let is_placeholder = |issuer: &String| {
        has_pair(issuer, '<', '>')
            || has_pair(issuer, '{', '}')
            || issuer.contains('…')
            || issuer.as_bytes().windows(8).any(|part| part.eq_ignore_ascii_case(b"xxxxxxxx"))
    };
    match issuers {
        Expected::OneOf(issuers) if issuers.iter().any(is_placeholder) => {
            Err(invalid("issuer", "still has a placeholder, such as <uuid>; write the exact \"iss\" of your tokens"))
        }
        Expected::OneOf(_) | Expected::Any => Ok(()),
    }
}

fn text(name: &'static str, value: &Value<'_>) -> Result<String, ErrorKind> {
    match value.as_str() {
        None => Err(invalid(name, "must be a string")),
        Some("") => Err(invalid(name, EMPTY)),
        Some(text) => Ok(String::from(text)),
    }
}

fn algorithms(value: &Value<'_>) -> Result<Vec<Algorithm>, ErrorKind> {
    let problem = "must be a non-empty array of \"ES384\" or \"RS256\"";
    let Value::Array(names) = value else { return Err(invalid("algorithms", problem)) };
    let algorithms: Option<Vec<_>> = names.iter().map(|name| name.as_str().and_then(Algorithm::from_name)).collect();
    algorithms.filter(|algorithms| !algorithms.is_empty()).ok_or_else(|| invalid("algorithms", problem))
}

/// At most a day. More is a mistake, such as milliseconds, and would accept tokens long after they expired.
fn clock_tolerance(value: &Value<'_>) -> Result<Duration, ErrorKind> {
    seconds_up_to(86_400.0, value)
        .ok_or_else(|| invalid("clockTolerance", "must be a number of seconds from 0 to 86400"))
}

/// At most a year.
fn max_token_age(value: &Value<'_>) -> Result<Duration, ErrorKind> {
    let year = 366.0 * 86_400.0;
    seconds_up_to(year, value).ok_or_else(|| invalid("maxTokenAge", "must be a number of seconds from 0 to 31622400"))
}

fn seconds_up_to(most: f64, value: &Value<'_>) -> Option<Duration> {
    match value {
        Value::Number(seconds) if *seconds <= most => Duration::try_from_secs_f64(*seconds).ok(),
        _ => None,
    }
}

fn boolean(name: &'static str, value: &Value<'_>) -> Result<bool, ErrorKind> {
    match value {
        Value::Bool(value) => Ok(*value),
        _ => Err(invalid(name, "must be a boolean")),
    }
}
