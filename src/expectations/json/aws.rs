//! The option `aws`: the declarative policy.

use super::TOO_MANY;
use crate::{
    aws::{AwsPolicy, MAX_ENTRIES, OriginIdentities, can_match_principal, has_few_wildcards, is_account, is_pattern},
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
// Not inlined: otherwise an engine would compile these 3.6 KB (1 % of a cold start) even for options without a policy.
#[inline(never)]
pub(super) fn policy(policy: &Value<'_>) -> Result<AwsPolicy, ErrorKind> {
    let Value::Object(members) = policy else { return Err(invalid("", "must be an object")) };
    let mut policy = AwsPolicy::default();
    for (name, value) in members.iter() {
        let list = |is_entry: fn(&str) -> bool, problem| entries(name, value, is_entry, problem).map(Some);
        let arns = || {
            list(is_pattern, "must be an array of ARN patterns with all six fields")?;
            list(has_few_wildcards, "must be an array of ARN patterns with at most 16 wildcards each")
        };
        let texts = || list(|text| !text.is_empty(), "must be an array of non-empty strings");
        match name {
            "accounts" => policy.accounts = list(is_account, "must be an array of strings of twelve digits")?,
            "organizations" => {
                policy.organizations = list(|text| text.starts_with("o-"), "must be an array of strings \"o-…\"")?;
            }
            "organizationalUnits" => {
                texts()?;
                policy.organizational_units = list(|text| text.starts_with("o-"), UNIT)?;
            }
            "principals" => {
                arns()?;
                policy.principals = list(can_match_principal, PRINCIPAL)?;
            }
            "regions" => policy.regions = texts()?,
            "principalTags" => policy.principal_tags = lists_by_name(name, value)?,
            "lambdaFunctions" => policy.lambda_functions = arns()?,
            "ec2Instances" => policy.ec2_instances = arns()?,
            "vpcs" => policy.vpcs = texts()?,
            "sourceIdentities" => policy.source_identities = texts()?,
            "maxLifetime" => policy.max_lifetime = lifetime(name, value)?,
            "originIdentities" => policy.origin_identities = origin_identities(name, value)?,
            "issuerSuffixes" => policy.issuer_suffixes = suffixes(name, value)?,
            "requestTags" => {
                return Err(invalid(name, "cannot be a condition: the caller of STS chooses the request tags"));
            }
            _ => return Err(invalid(name, "is not a field of the policy")),
        }
    }
    Ok(policy)
}

/// The problem of an entry that begins with an organizational unit instead of the organization.
const UNIT: &str = "can match no token: \"ou_path\" begins with the organization, as in \
                    \"o-exampleorg1/r-ab12/ou-ab12-11111111/\"";

/// The problem of a pattern that matches no principal, such as the ARN of a session.
const PRINCIPAL: &str = "can match no token: the principal is the ARN of an IAM role, user or root, as in \
                         \"arn:aws:iam::111122223333:role/path/name\", not that of a session (assumed-role)";

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
    let Value::Array(items) = value else { return Err(invalid(name, problem)) };
    limit(name, items.len())?;
    let texts = value.as_strings().filter(|texts| texts.iter().all(is_entry));
    texts.map(Strings::to_vec).ok_or_else(|| invalid(name, problem))
}

/// Reads an object of strings or arrays of strings.
fn lists_by_name(name: &str, value: &Value<'_>) -> Result<Vec<(String, Vec<String>)>, ErrorKind> {
    let problem = || invalid(name, "must be an object of strings or arrays of strings");
    let Value::Object(lists) = value else { return Err(problem()) };
    limit(name, lists.iter().count())?;
    let list = |(key, values): (&str, &Value<'_>)| {
        let values = values.as_strings().ok_or_else(problem)?.to_vec();
        limit(name, values.len())?;
        Ok((key.to_owned(), values))
    };
    lists.iter().map(list).collect()
}

fn limit(name: &str, entries: usize) -> Result<(), ErrorKind> {
    if entries > MAX_ENTRIES { Err(invalid(name, TOO_MANY)) } else { Ok(()) }
}

/// Reads host suffixes. A suffix must not begin with a dot or be empty, because an empty suffix would match every issuer.
fn suffixes(name: &str, value: &Value<'_>) -> Result<Vec<(String, Vec<String>)>, ErrorKind> {
    let suffixes = lists_by_name(name, value)?;
    if suffixes.iter().flat_map(|(_, suffixes)| suffixes).any(|suffix| suffix.is_empty() || suffix.starts_with('.')) {
        return Err(invalid(name, "must contain host suffixes such as \"tokens.sts.example.test\""));
    }
    Ok(suffixes)
}

fn origin_identities(name: &str, value: &Value<'_>) -> Result<OriginIdentities, ErrorKind> {
    match value.as_str() {
        Some("refuse") => Ok(OriginIdentities::Refuse),
        Some("allow") => Ok(OriginIdentities::Allow),
        Some("require") => Ok(OriginIdentities::Require),
        _ => Err(invalid(name, "must be \"refuse\", \"allow\" or \"require\"")),
    }
}

fn lifetime(name: &str, value: &Value<'_>) -> Result<f64, ErrorKind> {
    match value {
        // A value above a week is a mistake, such as milliseconds: tokens of AWS STS last an hour at most.
        Value::Number(seconds) if *seconds > 0.0 && *seconds <= 604_800.0 => Ok(*seconds),
        _ => Err(invalid(name, "must be a number of seconds above 0 and up to 604800")),
    }
}
