//! Expectations as JSON: the format of the option object in the JavaScript API. A configuration file can have the same format.

mod aws;

use super::{ACCESS_TOKEN, Expectations, Expected, Profile};
use crate::{
    aws::MAX_ENTRIES,
    claims::{items_of, values_of},
    crypto::Algorithm,
    encoding::json::{self, Object, Value},
    error::{ClaimValue, Error, ErrorKind, JsonProblem},
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use core::time::Duration;

impl Expectations {
    /// Reads expectations from JSON in the format of the JavaScript API's option object, but without `now`. Unknown names are
    /// rejected, so a misspelt option never weakens a verification. `claims`, each list of values in it, and `scope` may
    /// have at most [`AwsPolicy::MAX_ENTRIES`](crate::AwsPolicy::MAX_ENTRIES) entries.
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
        if expectations.profile.is_some() && (expectations.typ.is_some() || expectations.allow_missing_exp) {
            return Err(invalid(
                "profile",
                "determines \"typ\" and requires \"exp\": leave out typ and allowMissingExp",
            )
            .into());
        }
        Ok(expectations)
    }

    fn set(&mut self, name: &str, value: &Value<'_>) -> Result<(), ErrorKind> {
        match name {
            // Already read above, because these options are required.
            "issuer" => reject_placeholders(&self.issuer)?,
            "audience" => {}
            "algorithms" => self.algorithms = algorithms(value)?,
            "exactlyOneAudience" => self.exactly_one_audience = boolean("exactlyOneAudience", value)?,
            "subject" => self.subject = Expected::OneOf(texts("subject", value)?),
            "typ" => self.typ = Some(text("typ", value)?),
            "profile" if value.as_str() == Some(ACCESS_TOKEN) => self.profile = Some(Profile::AccessToken),
            "profile" => return Err(invalid("profile", "must be \"at+jwt\"")),
            "clockTolerance" => self.leeway = clock_tolerance(value)?,
            "maxTokenAge" => self.max_token_age = Some(max_token_age(value)?),
            "requiredClaims" => self.required_claims = texts("requiredClaims", value)?,
            "claims" => self.claims = claims(value)?,
            "scope" => self.scope = scope(value)?,
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

/// The problem of an option with more than [`MAX_ENTRIES`] entries.
const TOO_MANY: &str = "must have at most 1000 entries";

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
    let has_pair =
        |issuer: &str, open, close| issuer.bytes().skip_while(|byte| *byte != open).any(|byte| byte == close);
    let is_placeholder = |issuer: &String| {
        has_pair(issuer, b'<', b'>')
            || has_pair(issuer, b'{', b'}')
            // `contains` would add a search for strings to the module, 0.6 KB after gzip.
            || issuer.chars().any(|character| character == '…')
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

/// Reads the option `claims`.
// Not inlined: otherwise an engine would compile this code even for options without `claims`.
#[inline(never)]
fn claims(value: &Value<'_>) -> Result<Vec<(String, Vec<ClaimValue>)>, ErrorKind> {
    let mut claims = Vec::new();
    if let Value::Object(members) = value {
        for (name, value) in members.iter() {
            let values = values_of(value);
            let is_complete = !values.is_empty() && values.len() == items_of(value).len();
            if !is_complete || items_of(value).iter().any(|item| item.as_str() == Some("")) {
                return Err(invalid("claims", CLAIMS));
            }
            claims.push((String::from(name), values));
            limit("claims", claims.len().max(items_of(value).len()))?;
        }
    }
    if claims.is_empty() { Err(invalid("claims", CLAIMS)) } else { Ok(claims) }
}

/// The requirement on `claims`.
const CLAIMS: &str = "must be a non-empty object; each member must be a non-empty string, a number, a boolean \
                      or a non-empty array of these";

fn limit(name: &'static str, entries: usize) -> Result<(), ErrorKind> {
    if entries > MAX_ENTRIES { Err(invalid(name, TOO_MANY)) } else { Ok(()) }
}

/// Reads the option `scope`.
fn scope(value: &Value<'_>) -> Result<Vec<String>, ErrorKind> {
    let scopes = texts("scope", value)?;
    let mut count = 0;
    // RFC 6749 §3.3 allows only these characters, so a challenge can contain scopes without escapes (RFC 6750 §3).
    let mut is_scope = |scope: &str| {
        count += 1;
        !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~'))
    };
    if !scopes.iter().all(|scopes| scopes.split(' ').all(&mut is_scope)) {
        return Err(invalid("scope", SCOPES));
    }
    limit("scope", count)?;
    Ok(scopes)
}

/// The requirement on `scope`.
const SCOPES: &str = "must be scopes separated by single spaces, in printable ASCII without quotes and backslashes";

fn algorithms(value: &Value<'_>) -> Result<Vec<Algorithm>, ErrorKind> {
    let problem = "must be a non-empty array of \"ES384\" or \"RS256\"";
    let Value::Array(names) = value else { return Err(invalid("algorithms", problem)) };
    let algorithms: Vec<_> = names.iter().filter_map(|name| name.as_str().and_then(Algorithm::from_name)).collect();
    let is_complete = !algorithms.is_empty() && algorithms.len() == names.len();
    if is_complete { Ok(algorithms) } else { Err(invalid("algorithms", problem)) }
}

/// At most a day. A larger value is a mistake, such as milliseconds, and tokens would be accepted long after they expired.
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
