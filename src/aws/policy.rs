//! The declarative policy on AWS claims, and the cross-checks that come with it.

use super::{
    NAMESPACE,
    arn::is_account,
    identity::{IAM_PRINCIPAL, Namespace, principal},
    issuer, pattern,
};
use crate::{
    claims::{Claims, NumericDate},
    error::{Error, Evidence},
    json::{Object, Value},
    trace::{Compared, Stage, Trace},
    verify::Checked,
};
use alloc::{
    borrow::{Cow, ToOwned},
    boxed::Box,
    format,
    string::String,
    vec::Vec,
};

/// The default of [`AwsPolicy::max_lifetime`] in seconds: the longest that STS gives.
pub const DEFAULT_MAX_LIFETIME: f64 = 3600.0;

/// Who may call. Every list is "any of", the fields are "all of", `None` does not ask, and an empty list denies.
///
/// With every policy, the empty one included, the claims must agree with each other: the issuer's host with the
/// partition in `sub`, `aws_account` with the account in `sub`, `principal_id` with `sub`. A condition on a claim that
/// the token lacks denies. There is no field for `request_tags`: the caller chooses them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AwsPolicy {
    /// Accounts: twelve digits.
    pub accounts: Option<Vec<String>>,
    /// Organizations: `o-…`.
    pub organizations: Option<Vec<String>>,
    /// Paths of organizational units as in `ou_path`; each stands for that unit and all below it.
    pub organizational_units: Option<Vec<String>>,
    /// ARN patterns for `sub`: `*` matches within a `/` segment or `:` field, `**` across `/`, nothing across `:`.
    pub principals: Option<Vec<String>>,
    /// Regions whose STS endpoint was called.
    pub regions: Option<Vec<String>>,
    /// Tags of the principal: exact keys, each with any of its values.
    pub principal_tags: Vec<(String, Vec<String>)>,
    /// ARN patterns for `lambda_source_function_arn`.
    pub lambda_functions: Option<Vec<String>>,
    /// ARN patterns for `ec2_source_instance_arn`.
    pub ec2_instances: Option<Vec<String>>,
    /// Values of `ec2_instance_source_vpc`.
    pub vpcs: Option<Vec<String>>,
    /// Values of `source_identity`.
    pub source_identities: Option<Vec<String>>,
    /// The longest `exp` − `iat` in seconds. Default: 3600.
    pub max_lifetime: f64,
    /// More host suffixes of issuers by partition, for partitions and test issuers that the library does not know.
    pub issuer_suffixes: Vec<(String, Vec<String>)>,
}

impl Default for AwsPolicy {
    fn default() -> Self {
        Self {
            accounts: None,
            organizations: None,
            organizational_units: None,
            principals: None,
            regions: None,
            principal_tags: Vec::new(),
            lambda_functions: None,
            ec2_instances: None,
            vpcs: None,
            source_identities: None,
            max_lifetime: DEFAULT_MAX_LIFETIME,
            issuer_suffixes: Vec::new(),
        }
    }
}

impl AwsPolicy {
    /// The cross-checks, then every field.
    #[inline(never)]
    pub(crate) fn check(&self, claims: &Claims<'_>, trace: &mut Trace) -> Checked<()> {
        let missing = || denied(NAMESPACE, NAMESPACE, "an object", None);
        let namespace = Namespace::of(claims).and_then(|namespace| namespace.ok_or_else(missing));
        // Without the object there is nothing to judge.
        let Some(namespace) = trace.check_value(Stage::Policy, NAMESPACE, namespace)? else { return Ok(()) };
        cross_check(claims, namespace, &self.issuer_suffixes, trace)?;
        self.check_lifetime(claims, trace)?;
        let conditions: [(_, _, _, Fits); _] = [
            ("accounts", &self.accounts, "aws_account", is_equal),
            ("organizations", &self.organizations, "org_id", is_equal),
            ("regions", &self.regions, "source_region", is_equal),
            ("lambdaFunctions", &self.lambda_functions, "lambda_source_function_arn", pattern::matches),
            ("ec2Instances", &self.ec2_instances, "ec2_source_instance_arn", pattern::matches),
            ("vpcs", &self.vpcs, "ec2_instance_source_vpc", is_equal),
            ("sourceIdentities", &self.source_identities, "source_identity", is_equal),
        ];
        for (field, allowed, claim, fits) in conditions {
            check_any(field, allowed.as_deref(), claim, namespace.text(claim).as_slice(), fits, trace)?;
        }
        let (subject, units) = (claims.subject(), namespace.texts("ou_path"));
        check_any("principals", self.principals.as_deref(), "sub", subject.as_slice(), pattern::matches, trace)?;
        check_any("organizationalUnits", self.organizational_units.as_deref(), "ou_path", &units, is_within, trace)?;
        for (key, allowed) in &self.principal_tags {
            let tag = namespace.tag("principal_tags", key);
            check_any("principalTags", Some(allowed), "principal_tags", tag.as_slice(), is_equal, trace)?;
        }
        Ok(())
    }

    fn check_lifetime(&self, claims: &Claims<'_>, trace: &mut Trace) -> Checked<()> {
        let seconds = |date: Option<NumericDate>| date.map(NumericDate::seconds);
        let lifetime = match (seconds(claims.expiration()), seconds(claims.issued_at())) {
            (Some(expiration), Some(issued_at)) => Ok(expiration - issued_at),
            (Some(_), None) => Err("iat"),
            (None, _) => Err("exp"),
        };
        let refusal = |claim, actual| {
            Err(Error::PolicyDenied {
                field: "maxLifetime",
                claim,
                expected: Evidence::Number(self.max_lifetime),
                actual,
            }
            .into())
        };
        let outcome = match lifetime {
            Ok(lifetime) if lifetime <= self.max_lifetime => Ok(()),
            Ok(lifetime) => refusal("exp", Some(Evidence::Number(lifetime))),
            Err(claim) => refusal(claim, None),
        };
        let compared = || Compared {
            expected: Some(Evidence::Number(self.max_lifetime)),
            actual: lifetime.ok().map(Evidence::Number),
            margin: lifetime.ok().map(|lifetime| self.max_lifetime - lifetime),
        };
        trace.check(Stage::Policy, "maxLifetime", &compared, outcome)
    }
}

/// The claims must agree with the ARN in `sub`.
fn cross_check(
    claims: &Claims<'_>,
    namespace: Namespace<'_>,
    issuer_suffixes: &[(String, Vec<String>)],
    trace: &mut Trace,
) -> Checked<()> {
    let subject = claims.subject().ok_or_else(|| denied("sub", "sub", IAM_PRINCIPAL, None));
    let arn = subject.and_then(|subject| {
        principal(subject)
            .map(|(arn, _)| (subject, arn))
            .ok_or_else(|| denied("sub", "sub", IAM_PRINCIPAL, Some(subject)))
    });
    let Some((subject, arn)) = trace.check_value(Stage::Policy, "sub", arn)? else { return Ok(()) };

    let partition = match claims.issuer() {
        Some(issuer) if issuer::belongs_to(issuer, arn.partition, issuer_suffixes) => Ok(()),
        issuer => Err(denied("iss", "iss", &format!("an issuer of the partition {}", arn.partition), issuer)),
    };
    trace.check(Stage::Policy, "iss", &Compared::default, partition)?;
    for (claim, expected) in [("aws_account", arn.account), ("principal_id", subject)] {
        let outcome = match namespace.text(claim) {
            Some(actual) if actual == expected => Ok(()),
            actual => Err(denied(claim, claim, expected, actual)),
        };
        trace.check(Stage::Policy, claim, &Compared::default, outcome)?;
    }
    Ok(())
}

/// Whether an entry of the policy fits a value of the token.
type Fits = fn(entry: &str, actual: &str) -> bool;

/// One field of the policy: any entry must fit any value of the claim.
fn check_any(
    field: &'static str,
    allowed: Option<&[String]>,
    claim: &'static str,
    actual: &[&str],
    fits: Fits,
    trace: &mut Trace,
) -> Checked<()> {
    let Some(allowed) = allowed else { return Ok(()) };
    let expected = || Evidence::Texts(allowed.to_vec());
    let found = || (!actual.is_empty()).then(|| Evidence::Texts(actual.iter().copied().map(String::from).collect()));
    let outcome = if actual.iter().any(|actual| allowed.iter().any(|entry| fits(entry, actual))) {
        Ok(())
    } else {
        Err(Error::PolicyDenied { field, claim, expected: expected(), actual: found() }.into())
    };
    let compared = || Compared { expected: Some(expected()), actual: found(), margin: None };
    trace.check(Stage::Policy, field, &compared, outcome)
}

fn is_equal(entry: &str, actual: &str) -> bool {
    entry == actual
}

fn denied(field: &'static str, claim: &'static str, expected: &str, actual: Option<&str>) -> Box<Error> {
    let text = |text: &str| Evidence::Text(Cow::Owned(text.to_owned()));
    Error::PolicyDenied { field, claim, expected: text(expected), actual: actual.map(text) }.into()
}

/// Whether the unit at `path` is the unit `entry` or below it; both compared on `/` boundaries.
fn is_within(entry: &str, path: &str) -> bool {
    let closed = |path: &str| format!("{}/", path.trim_end_matches('/'));
    closed(path).starts_with(&closed(entry))
}

/// Reads the `aws` option of the JavaScript API.
#[inline(never)]
pub(crate) fn from_json(policy: &Value<'_>) -> Checked<AwsPolicy> {
    let Value::Object(members) = policy else { return Err(invalid("", "must be an object")) };
    let mut policy = AwsPolicy::default();
    for (name, value) in members.iter() {
        let list = |is_entry: fn(&str) -> bool, problem| entries(name, value, is_entry, problem).map(Some);
        let arns = || list(pattern::is_pattern, "must be an array of ARN patterns with all six fields");
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
            "requestTags" => return Err(invalid(name, "is no condition: the caller of STS chooses the request tags")),
            _ => return Err(invalid(name, "is not a field of the policy")),
        }
    }
    Ok(policy)
}

fn invalid(name: &str, problem: &'static str) -> Box<Error> {
    let option = if name.is_empty() { Cow::Borrowed("aws") } else { Cow::Owned(format!("aws.{name}")) };
    Error::InvalidOption { option, problem }.into()
}

/// An array of strings; an empty one denies.
fn entries(name: &str, value: &Value<'_>, is_entry: fn(&str) -> bool, problem: &'static str) -> Checked<Vec<String>> {
    let Value::Array(_) = value else { return Err(invalid(name, problem)) };
    value.to_strings().filter(|texts| texts.iter().all(|text| is_entry(text))).ok_or_else(|| invalid(name, problem))
}

/// An object of strings or arrays of strings.
fn lists_by_name(name: &str, value: &Value<'_>) -> Checked<Vec<(String, Vec<String>)>> {
    let problem = || invalid(name, "must be an object of strings or arrays of strings");
    let Value::Object(lists) = value else { return Err(problem()) };
    let list = |(key, values): (&str, &Value<'_>)| Some((key.to_owned(), values.to_strings()?));
    Object::iter(lists).map(list).collect::<Option<_>>().ok_or_else(problem)
}

/// A host without a leading dot: an empty one would fit every issuer.
fn suffixes(name: &str, value: &Value<'_>) -> Checked<Vec<(String, Vec<String>)>> {
    let suffixes = lists_by_name(name, value)?;
    if suffixes.iter().flat_map(|(_, suffixes)| suffixes).any(|suffix| suffix.is_empty() || suffix.starts_with('.')) {
        return Err(invalid(name, "must hold host suffixes such as \"tokens.sts.example.test\""));
    }
    Ok(suffixes)
}

fn lifetime(name: &str, value: &Value<'_>) -> Checked<f64> {
    match value {
        Value::Number(seconds) if seconds.is_finite() && *seconds > 0.0 => Ok(*seconds),
        _ => Err(invalid(name, "must be a finite number of seconds above zero")),
    }
}
