//! The claims of AWS STS: typed, cross-checked, and judged by a policy.

mod arn;
mod identity;
mod issuer;
mod pattern;
mod policy;

pub use arn::{Arn, PermissionSet, Principal, PrincipalKind};
pub use identity::{AwsIdentity, Session, Tags};
pub use issuer::SUFFIXES;
pub use policy::{AwsPolicy, DEFAULT_MAX_LIFETIME};

pub(crate) use policy::from_json as policy_from_json;

/// The claim whose value is an object with all that AWS says about the caller.
pub const NAMESPACE: &str = "https://sts.amazonaws.com/";
