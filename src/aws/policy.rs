//! The declarative policy on AWS claims, and the cross-checks that every policy includes.

use super::{
    AwsIdentity, NAMESPACE,
    arn::is_account,
    identity::{ACCOUNT, ANY_PARTITION, IAM_PRINCIPAL, Namespace, SUBJECT, principal, principal_of},
    issuer, pattern,
    subject::{is_arn, is_origin},
};
use crate::{
    check::{Check, Compared, Stage},
    claims::{Claims, NumericDate},
    encoding::json::Strings,
    error::{Error, ErrorKind, Evidence},
    keys::VerifiedToken,
};
use alloc::{
    borrow::{Cow, ToOwned},
    format,
    string::String,
    vec::Vec,
};

/// The default of [`AwsPolicy::max_lifetime`] in seconds: the maximum lifetime of a token from STS.
const DEFAULT_MAX_LIFETIME: f64 = 3600.0;

/// The maximum number of entries in a list of the policy, and of tags in the policy.
pub(crate) const MAX_ENTRIES: usize = 1000;

/// The maximum number of values in `ou_path`; a token with more values does not meet the policy's condition on units. AWS
/// sends one value.
const MAX_UNITS: usize = 64;

/// The maximum number of the token's tag keys that an error lists: enough to spot a misspelt key. It is small because every
/// tag of the policy can produce such an error.
const MAX_KEYS_SHOWN: usize = 10;

/// The longest tag key that an error lists. AWS allows keys of up to 128 characters.
const MAX_KEY_BYTES: usize = 128;

/// Who may call. Every field that is set must match; a list matches if any of its entries matches. `None` sets no
/// condition, and an empty list denies every caller.
///
/// Every policy, even an empty one, also checks that the claims of the token are consistent. If `sub` is an ARN, it
/// names the principal, and `principal_id`, if present, must be the same ARN. If `sub` is not an ARN, it is an origin
/// identity, and `principal_id`, if present, is the principal's ARN. The issuer's host must belong to the partition of
/// the principal, and `aws_account` must be the principal's account. If the token names no principal, the issuer's host
/// must belong to a known partition, and `aws_account` must have twelve digits. If the token lacks a claim that the
/// policy has a condition on, the caller is denied. There is no field for `request_tags`, because the caller chooses
/// them.
///
/// The work for a token is limited. [`Expectations::from_json`](crate::Expectations::from_json) accepts at most
/// [`AwsPolicy::MAX_ENTRIES`] entries in a list and [`AwsPolicy::MAX_WILDCARDS`] wildcards in a pattern. A token with
/// more than [`AwsPolicy::MAX_UNITS`] values in `ou_path` does not meet [`AwsPolicy::organizational_units`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AwsPolicy {
    /// Values of `aws_account`, each of twelve digits.
    pub accounts: Option<Vec<String>>,
    /// Organizations: `o-…`.
    pub organizations: Option<Vec<String>>,
    /// Paths of organizational units, as in `ou_path`. A path includes the unit and all units below it.
    pub organizational_units: Option<Vec<String>>,
    /// ARN patterns for the principal: `*` matches within a `/` segment or `:` field, `**` also across `/`. Neither matches
    /// `:`. A token without a principal is denied.
    pub principals: Option<Vec<String>>,
    /// Regions of the STS endpoint that was called.
    pub regions: Option<Vec<String>>,
    /// Tags of the principal. For every key in this list, the token's tag must have one of the listed values.
    pub principal_tags: Vec<(String, Vec<String>)>,
    /// ARN patterns for `lambda_source_function_arn`.
    pub lambda_functions: Option<Vec<String>>,
    /// ARN patterns for `ec2_source_instance_arn`.
    pub ec2_instances: Option<Vec<String>>,
    /// Values of `ec2_instance_source_vpc`.
    pub vpcs: Option<Vec<String>>,
    /// Values of `source_identity`.
    pub source_identities: Option<Vec<String>>,
    /// The maximum of `exp` − `iat`, in seconds. Default: 3600.
    pub max_lifetime: f64,
    /// Whether `sub` may be, or must be, an origin identity. Default: [`OriginIdentities::Refuse`].
    pub origin_identities: OriginIdentities,
    /// Additional host suffixes of issuers, by partition. For test issuers, and for partitions that the library does not know.
    pub issuer_suffixes: Vec<(String, Vec<String>)>,
}

/// Which kind of `sub` a policy accepts. An origin identity is the person or workload behind the session that asked for the
/// token (`SubjectMode` `OriginIdentity` of `GetWebIdentityToken`). The name of that person or workload comes from another
/// identity provider, so the name alone says nothing about AWS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OriginIdentities {
    /// `sub` must be the ARN of an IAM principal.
    #[default]
    Refuse,
    /// `sub` may be either.
    Allow,
    /// `sub` must be an origin identity.
    Require,
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
            origin_identities: OriginIdentities::Refuse,
            issuer_suffixes: Vec::new(),
        }
    }
}

impl AwsPolicy {
    /// The default of [`AwsPolicy::max_lifetime`] in seconds.
    pub const DEFAULT_MAX_LIFETIME: f64 = DEFAULT_MAX_LIFETIME;

    /// The maximum number of entries in a list, and of tags in [`AwsPolicy::principal_tags`].
    pub const MAX_ENTRIES: usize = MAX_ENTRIES;

    /// The maximum number of wildcards in an ARN pattern.
    pub const MAX_WILDCARDS: usize = pattern::MAX_WILDCARDS;

    /// The maximum number of values in `ou_path`. A token with more values does not meet
    /// [`AwsPolicy::organizational_units`].
    pub const MAX_UNITS: usize = MAX_UNITS;

    /// The known host suffixes of AWS STS issuers by partition. A policy may add more with [`AwsPolicy::issuer_suffixes`].
    pub fn known_issuer_suffixes() -> impl Iterator<Item = (&'static str, &'static str)> {
        issuer::SUFFIXES.into_iter()
    }

    /// The identity in a token that this policy accepted. [`VerifiedToken::aws_identity`] does the same, but does not
    /// know [`AwsPolicy::issuer_suffixes`], so it fails for a token that names no principal and whose issuer has such a
    /// suffix.
    ///
    /// # Errors
    /// The errors of [`VerifiedToken::aws_identity`]. None of them occurs if the token was verified with this policy.
    pub fn identity(&self, token: &VerifiedToken) -> Result<AwsIdentity, Error> {
        Ok(AwsIdentity::of(&token.claims()?, &self.issuer_suffixes)?)
    }

    /// Returns the cross-checks, then the check of every field that is set. If the AWS object is missing, its
    /// absence is the only failure.
    // Not inlined: otherwise a verification without a policy would also compile these 3.5 KB, which takes 1 % of a cold
    // start.
    #[inline(never)]
    pub(crate) fn checks<'a>(&'a self, claims: &'a Claims<'_>) -> Vec<Check<'a>> {
        let namespace = Namespace::of(claims)
            .and_then(|namespace| namespace.ok_or_else(|| denied(NAMESPACE, NAMESPACE, "an object", None)));
        let mut checks = Vec::with_capacity(24);
        match namespace {
            Err(kind) => checks.push(policy_check(NAMESPACE, Err(kind))),
            Ok(namespace) => {
                checks.push(policy_check(NAMESPACE, Ok(())));
                self.cross_check(claims, namespace, &mut checks);
                checks.push(self.check_lifetime(claims));
                self.check_conditions(claims, namespace, &mut checks);
            }
        }
        checks
    }

    /// Checks that `sub` is of a kind that the policy accepts, and that the claims agree with the principal.
    fn cross_check<'a>(&self, claims: &Claims<'_>, namespace: Namespace<'_>, checks: &mut Vec<Check<'a>>) {
        let mut push = |claim, is_met, expected: &str, actual| {
            let check = if is_met { Ok(()) } else { Err(denied(claim, claim, expected, actual)) };
            checks.push(policy_check(claim, check));
        };
        let actual = claims.subject();
        let subject = actual.unwrap_or_default();
        let arn = principal_of(subject, namespace).1.and_then(principal).map(|(arn, _)| arn);
        let is_accepted = match (is_arn(subject), self.origin_identities) {
            (true, OriginIdentities::Require) | (false, OriginIdentities::Refuse) => false,
            (true, _) => arn.is_some(),
            (false, _) => is_origin(subject),
        };
        push("sub", is_accepted, self.origin_identities.subject(), actual);
        if !is_accepted {
            return;
        }
        let id = namespace.text("principal_id");
        if is_arn(subject) {
            push("principal_id", id.is_none_or(|id| id == subject), subject, id);
        } else {
            push("principal_id", id.is_none() || arn.is_some(), IAM_PRINCIPAL, id);
            if id.is_some() && arn.is_none() {
                return;
            }
        }
        let (issuer, account) = (claims.issuer(), namespace.text("aws_account"));
        let wanted = arn.map(|arn| arn.partition);
        let is_of_partition = issuer::partition_of(issuer.unwrap_or_default(), wanted, &self.issuer_suffixes).is_some();
        match wanted {
            Some(wanted) if !is_of_partition => {
                push("iss", false, &format!("an issuer of the partition {wanted}"), issuer);
            }
            _ => push("iss", is_of_partition, ANY_PARTITION, issuer),
        }
        let fits = arn.map_or_else(|| account.is_some_and(is_account), |arn| account == Some(arn.account));
        push("aws_account", fits, arn.map_or(ACCOUNT, |arn| arn.account), account);
    }

    fn check_lifetime(&self, claims: &Claims<'_>) -> Check<'static> {
        let seconds = |date: Option<NumericDate>| date.map(NumericDate::seconds);
        let lifetime = match (seconds(claims.expiration()), seconds(claims.issued_at())) {
            (Some(expiration), Some(issued_at)) => Ok(expiration - issued_at),
            (Some(_), None) => Err("iat"),
            (None, _) => Err("exp"),
        };
        let longest = self.max_lifetime;
        let refusal = |claim, actual: Option<f64>| {
            let (expected, actual) = (Evidence::Number(longest), actual.map(Evidence::Number));
            Err(ErrorKind::PolicyDenied { field: "maxLifetime", claim, expected, actual })
        };
        let outcome = match lifetime {
            Ok(lifetime) if lifetime <= longest => Ok(()),
            Ok(lifetime) => refusal("exp", Some(lifetime)),
            Err(claim) => refusal(claim, None),
        };
        let actual = lifetime.ok();
        let margin = actual.map(|lifetime| longest - lifetime);
        Check::new(Stage::Policy, "maxLifetime", Compared::Numbers { expected: longest, actual, margin }, outcome)
    }

    /// Checks every field that the policy sets.
    fn check_conditions<'a>(&'a self, claims: &'a Claims<'_>, namespace: Namespace<'a>, checks: &mut Vec<Check<'a>>) {
        let (principal_claim, principal) = principal_of(claims.subject().unwrap_or_default(), namespace);
        let conditions: [(_, _, _, Fits); _] = [
            ("accounts", &self.accounts, "aws_account", is_equal),
            ("organizations", &self.organizations, "org_id", is_equal),
            ("regions", &self.regions, "source_region", is_equal),
            ("lambdaFunctions", &self.lambda_functions, "lambda_source_function_arn", pattern::matches),
            ("ec2Instances", &self.ec2_instances, "ec2_source_instance_arn", pattern::matches),
            ("vpcs", &self.vpcs, "ec2_instance_source_vpc", is_equal),
            ("sourceIdentities", &self.source_identities, "source_identity", is_equal),
            ("principals", &self.principals, principal_claim, pattern::matches),
            ("organizationalUnits", &self.organizational_units, "ou_path", is_within),
        ];
        for (field, allowed, claim, fits) in conditions {
            let Some(allowed) = allowed else { continue };
            let actual = if field == "principals" { principal.into() } else { namespace.strings(claim) };
            checks.push(check_any(field, allowed, claim, actual, fits));
        }
        checks.extend(self.principal_tags.iter().map(|(tag, allowed)| check_tag(tag, allowed, namespace)));
    }
}

impl OriginIdentities {
    /// What `sub` must be, for messages.
    const fn subject(self) -> &'static str {
        match self {
            Self::Refuse => IAM_PRINCIPAL,
            Self::Allow => SUBJECT,
            Self::Require => "an origin identity",
        }
    }
}

/// Whether an entry of the policy matches a value of the token.
type Fits = fn(entry: &str, actual: &str) -> bool;

/// Checks one field of the policy: at least one entry must match at least one value of the claim.
fn check_any<'a>(
    field: &'static str,
    allowed: &'a [String],
    claim: &'static str,
    actual: Strings<'a>,
    fits: Fits,
) -> Check<'a> {
    let outcome = if actual.iter().nth(MAX_UNITS).is_some() {
        Err(ErrorKind::TooManyValues { field, claim, limit: MAX_UNITS })
    } else if actual.iter().any(|actual| allowed.iter().any(|entry| fits(entry, actual))) {
        Ok(())
    } else {
        let (expected, is_missing) = (Evidence::Texts(allowed.to_vec()), actual.is_empty());
        let actual = (!is_missing).then(|| Evidence::Texts(actual.to_vec()));
        Err(ErrorKind::PolicyDenied { field, claim, expected, actual })
    };
    Check::new(Stage::Policy, field, Compared::Texts { expected: allowed, actual }, outcome)
}

/// Checks one tag of the policy: the token's tag must have one of the listed values.
fn check_tag<'a>(tag: &str, allowed: &'a [String], namespace: Namespace<'a>) -> Check<'a> {
    let actual = namespace.tag("principal_tags", tag);
    let outcome = if actual.is_some_and(|actual| allowed.iter().any(|entry| entry == actual)) {
        Ok(())
    } else {
        let is_short = |key: &&str| key.len() <= MAX_KEY_BYTES;
        let keys = || namespace.tag_keys("principal_tags");
        let shown: Vec<String> = keys().filter(is_short).take(MAX_KEYS_SHOWN).map(ToOwned::to_owned).collect();
        Err(ErrorKind::TagDenied {
            tag: tag.to_owned(),
            expected: allowed.to_vec(),
            actual: actual.map(ToOwned::to_owned),
            more: keys().count() - shown.len(),
            keys: shown,
        })
    };
    let compared = Compared::Texts { expected: allowed, actual: actual.into() };
    Check::new(Stage::Policy, "principalTags", compared, outcome)
}

fn policy_check(name: &'static str, outcome: Result<(), ErrorKind>) -> Check<'static> {
    Check::new(Stage::Policy, name, Compared::Nothing, outcome)
}

fn is_equal(entry: &str, actual: &str) -> bool {
    entry == actual
}

fn denied(field: &'static str, claim: &'static str, expected: &str, actual: Option<&str>) -> ErrorKind {
    let text = |text: &str| Evidence::Text(Cow::Owned(text.to_owned()));
    ErrorKind::PolicyDenied { field, claim, expected: text(expected), actual: actual.map(text) }
}

/// Whether `path` is `entry` or a unit below `entry`. The paths are compared segment by segment.
fn is_within(entry: &str, path: &str) -> bool {
    let [entry, path] = [entry, path].map(|path| path.trim_end_matches('/'));
    path.strip_prefix(entry).is_some_and(|below| below.is_empty() || below.starts_with('/'))
}
