//! The claims of AWS STS: typed, cross-checked, and checked against a policy.

mod arn;
mod identity;
mod issuer;
mod pattern;
mod policy;
mod subject;

pub use arn::{Arn, PermissionSet, Principal, PrincipalKind};
pub use identity::{AwsIdentity, Session, Tags};
pub use policy::{AwsPolicy, OriginIdentities};
pub use subject::Subject;

pub(crate) use arn::is_account;
pub(crate) use pattern::{can_match_principal, has_few_wildcards, is_pattern};
pub(crate) use policy::MAX_ENTRIES;

/// The claim that describes the caller; its value is an object.
const NAMESPACE: &str = "https://sts.amazonaws.com/";
