//! The option `aws`: the declarative policy.

use crate::{
    aws::{AwsPolicy, is_account, is_pattern},
    encoding::json::{Strings, Value},
    error::ErrorKind,
};
use alloc::{
    borrow::{Cow, ToOwned},
    format,
    string::String,
    vec::Vec,
};

/// Reads the option `aws`.
// Not inlined: options without a policy would compile its 3.6 KB too, 1 % of a cold start.
#[inline(never)]
pub(super) fn policy(policy: &Value<'_>) -> Result<AwsPolicy, ErrorKind> {
    let Value::Object(members) = policy else { return Err(invalid("", "must be an object")) };
    let mut policy = AwsPolicy::default();
    for (name, value) in members.iter() {
        let list = |is_entry: fn(&str) -> bool, problem| entries(name, value, is_entry, problem).map(Some);
        let arns = || list(is_pattern, "must be an array of ARN patterns with all six fields");
        let texts = || list(|text| !text.is_empty(), "must be an array of non-empty strings");
        match name {
            "accounts" => policy.accounts = list(is_account, "must be an array of strings of twelve digits")?,
            "organizations" => {
                policy.organizations = list(|text| text.starts_with("o-"), "must be an array of strings \"o-…\"")?;
            }
            "organizationalUnits" => policy.organizational_units = texts()?,
            "principals" => policy.principals = arns()?,
            "regions" => policy.regions = texts()?,
            "principalTags" => policy.principal_tags = lists_by_name(name, value)?,
            "lambdaFunctions" => policy.lambda_functions = arns()?,
            "ec2Instances" => policy.ec2_instances = arns()?,
            "vpcs" => policy.vpcs = texts()?,
            "sourceIdentities" => policy.source_identities = texts()?,
            "maxLifetime" => policy.max_lifetime = lifetime(name, value)?,
            "issuerSuffixes" => policy.issuer_suffixes = suffixes(name, value)?,
            "requestTags" => {
                return Err(invalid(name, "cannot be a condition: the caller of STS chooses the request tags"));
            }
            _ => return Err(invalid(name, "is not a field of the policy")),
        }
    }
    Ok(policy)
}

fn invalid(name: &str, problem: &'static str) -> ErrorKind {
    let option = if name.is_empty() { Cow::Borrowed("aws") } else { Cow::Owned(format!("aws.{name}")) };
    ErrorKind::InvalidOption { option, problem }
}

/// Reads an array of strings. An empty array denies every caller.
fn entries(
    name: &str,
    value: &Value<'_>,
    is_entry: fn(&str) -> bool,
    problem: &'static str,
) -> Result<Vec<String>, ErrorKind> {
    let Value::Array(_) = value else { return Err(invalid(name, problem)) };
    let texts = value.as_strings().filter(|texts| texts.iter().all(is_entry));
    texts.map(Strings::to_vec).ok_or_else(|| invalid(name, problem))
}

/// Reads an object of strings or arrays of strings.
fn lists_by_name(name: &str, value: &Value<'_>) -> Result<Vec<(String, Vec<String>)>, ErrorKind> {
    let problem = || invalid(name, "must be an object of strings or arrays of strings");
    let Value::Object(lists) = value else { return Err(problem()) };
    let list = |(key, values): (&str, &Value<'_>)| Some((key.to_owned(), values.as_strings()?.to_vec()));
    lists.iter().map(list).collect::<Option<_>>().ok_or_else(problem)
}

/// Reads host suffixes without a leading dot. An empty suffix would match every issuer.
fn suffixes(name: &str, value: &Value<'_>) -> Result<Vec<(String, Vec<String>)>, ErrorKind> {
    let suffixes = lists_by_name(name, value)?;
    if suffixes.iter().flat_map(|(_, suffixes)| suffixes).any(|suffix| suffix.is_empty() || suffix.starts_with('.')) {
        return Err(invalid(name, "must contain host suffixes such as \"tokens.sts.example.test\""));
    }
    Ok(suffixes)
}

fn lifetime(name: &str, value: &Value<'_>) -> Result<f64, ErrorKind> {
    match value {
        Value::Number(seconds) if seconds.is_finite() && *seconds > 0.0 => Ok(*seconds),
        _ => Err(invalid(name, "must be a finite number of seconds above zero")),
    }
}
