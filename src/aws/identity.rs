//! The identity of the caller of `GetWebIdentityToken`.

use super::{
    NAMESPACE,
    arn::{Arn, Principal, is_account},
    issuer,
    subject::{Subject, is_arn, is_origin},
};
use crate::{
    claims::Claims,
    encoding::json::{Object, Strings, Value},
    error::{Error, ErrorKind},
    keys::VerifiedToken,
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use serde::{Serialize, Serializer};

/// The AWS identity in a verified token. Members that AWS adds later are kept in `other`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AwsIdentity {
    /// `aws`, `aws-cn`, …, from the principal's ARN or, without a principal, from the issuer's host.
    pub partition: String,
    /// The account of the principal or, without a principal, `aws_account`: twelve digits.
    pub account: String,
    /// `sub`: the principal itself, or the origin identity that the principal acts for.
    pub subject: Subject,
    /// The IAM principal that asked for the token: `sub` if it is an ARN, otherwise `principal_id`. `None` if `sub` is an origin
    /// identity and the token has no `principal_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
    /// The region of the STS endpoint that was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_region: Option<String>,
    /// The organization's ID, if the account belongs to an organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Paths of organizational units, each ending with a slash.
    pub organizational_units: Vec<String>,
    /// Tags of the principal and its session; administrators control them.
    pub principal_tags: Tags,
    /// Tags that the caller passed to STS. CHOSEN BY THE CALLER: never base a permission on them.
    pub request_tags: Tags,
    /// Where the credentials came from.
    pub session: Session,
    /// Members that this version does not know, unchanged.
    pub other: Object<'static>,
}

/// The context of the session. AWS sets each member only if it applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Session {
    /// `original_session_exp`: when the credentials expire, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// `source_identity`, which is kept when one role assumes another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// `federated_provider`: the OIDC or SAML provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub federated_provider: Option<String>,
    /// `identity_store_arn` of IAM Identity Center.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_store_arn: Option<String>,
    /// `identity_store_user_id` of IAM Identity Center.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_store_user_id: Option<String>,
    /// `lambda_source_function_arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda_function: Option<String>,
    /// `ec2_source_instance_arn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_instance: Option<String>,
    /// `ec2_instance_source_vpc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_vpc: Option<String>,
    /// `ec2_instance_source_private_ipv4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_private_ipv4: Option<String>,
    /// `ec2_role_delivery`: the version of the instance metadata service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ec2_role_delivery: Option<String>,
    /// `glue_credential_issuing_service`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glue_service: Option<String>,
}

/// Tags, in the order in which the token lists them; each key occurs once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<(String, String)>);

impl Tags {
    /// The value of the tag `key`. As in AWS, keys are case-sensitive.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl Serialize for Tags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// The value of the claim [`NAMESPACE`]. All known members have the right types.
#[derive(Clone, Copy, Debug)]
pub(super) struct Namespace<'a>(&'a Object<'a>);

impl VerifiedToken {
    /// The caller's identity, as AWS STS states it. Without a policy, `sub` may also be an origin identity.
    ///
    /// # Errors [`ErrorKind::MissingClaim`] if `sub` or `https://sts.amazonaws.com/` is missing;
    /// [`ErrorKind::InvalidClaim`] if a member has the wrong type, if `sub` is neither the ARN of an IAM principal nor
    /// an origin identity, if `sub` is an origin identity and `principal_id` is not the ARN of an IAM principal, or if
    /// a token without a principal has no account or an unknown issuer. If the token was verified with an AWS policy,
    /// neither error occurs, with one exception: if the token has no principal, its issuer may be known only to the
    /// policy. For such tokens, use [`AwsPolicy::identity`](super::AwsPolicy::identity).
    pub fn aws_identity(&self) -> Result<AwsIdentity, Error> {
        Ok(AwsIdentity::of(&self.claims()?, &[])?)
    }
}

impl AwsIdentity {
    /// The claim in which AWS STS describes the caller.
    pub const CLAIM: &str = NAMESPACE;

    /// Reads the identity. `suffixes` are the host suffixes that a policy adds to the known ones.
    pub(crate) fn of(claims: &Claims<'_>, suffixes: &[(String, Vec<String>)]) -> Result<Self, ErrorKind> {
        let namespace = Namespace::of(claims)?.ok_or(ErrorKind::MissingClaim { claim: Cow::Borrowed(NAMESPACE) })?;
        let subject = claims.subject().ok_or(ErrorKind::MissingClaim { claim: Cow::Borrowed("sub") })?;
        let mut wrong = ("sub", SUBJECT);
        let caller = || {
            let (claim, arn) = principal_of(subject, namespace);
            if claim != "sub" && !is_origin(subject) {
                return None;
            }
            wrong = (claim, IAM_PRINCIPAL);
            let Some(arn) = arn else {
                wrong = ("iss", ANY_PARTITION);
                let partition = issuer::partition_of(claims.issuer()?, None, suffixes)?;
                wrong = ("aws_account", ACCOUNT);
                let account = namespace.text("aws_account").filter(|account| is_account(account))?;
                return Some((partition, account, None));
            };
            let (arn, principal) = principal(arn)?;
            Some((arn.partition, arn.account, Some(principal)))
        };
        let Some((partition, account, principal)) = { caller }() else {
            let (claim, expected) = wrong;
            return Err(ErrorKind::InvalidClaim { claim, expected });
        };
        let owned = |member| namespace.owned(member);
        Ok(Self {
            partition: partition.into(),
            account: account.into(),
            subject: Subject::of(subject),
            principal,
            source_region: owned("source_region"),
            organization: owned("org_id"),
            organizational_units: namespace.strings("ou_path").to_vec(),
            principal_tags: namespace.tags("principal_tags"),
            request_tags: namespace.tags("request_tags"),
            session: Session {
                expires_at: owned("original_session_exp"),
                source_identity: owned("source_identity"),
                federated_provider: owned("federated_provider"),
                identity_store_arn: owned("identity_store_arn"),
                identity_store_user_id: owned("identity_store_user_id"),
                lambda_function: owned("lambda_source_function_arn"),
                ec2_instance: owned("ec2_source_instance_arn"),
                ec2_vpc: owned("ec2_instance_source_vpc"),
                ec2_private_ipv4: owned("ec2_instance_source_private_ipv4"),
                ec2_role_delivery: owned("ec2_role_delivery"),
                glue_service: owned("glue_credential_issuing_service"),
            },
            other: namespace.unknown(),
        })
    }
}

/// What the claims must be, for messages.
pub(super) const IAM_PRINCIPAL: &str = "the ARN of an IAM role, user or root";
pub(super) const SUBJECT: &str = "the ARN of an IAM role, user or root, or an origin identity";
pub(super) const ANY_PARTITION: &str = "an issuer of exactly one known AWS partition";
pub(super) const ACCOUNT: &str = "twelve digits";

pub(super) fn principal(text: &str) -> Option<(Arn<'_>, Principal)> {
    let arn = Arn::parse(text)?;
    Some((arn, arn.principal(text)?))
}

/// Returns the claim that holds the ARN of the principal, and the claim's value.
pub(super) fn principal_of<'a>(subject: &'a str, namespace: Namespace<'a>) -> (&'static str, Option<&'a str>) {
    if is_arn(subject) {
        return ("sub", Some(subject));
    }
    const PRINCIPAL_ID: &str = "principal_id";
    (PRINCIPAL_ID, namespace.text(PRINCIPAL_ID))
}

/// The JSON type of a member.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    /// An array of strings, or a single string (the documentation of `ou_path` shows a single string).
    Texts,
    Tags,
}

/// All members that are documented by AWS or were seen in real tokens.
const KNOWN: [(&str, Kind); 18] = [
    ("aws_account", Kind::Text),
    ("ec2_instance_source_private_ipv4", Kind::Text),
    ("ec2_instance_source_vpc", Kind::Text),
    ("ec2_role_delivery", Kind::Text),
    ("ec2_source_instance_arn", Kind::Text),
    ("federated_provider", Kind::Text),
    ("glue_credential_issuing_service", Kind::Text),
    ("identity_store_arn", Kind::Text),
    ("identity_store_user_id", Kind::Text),
    ("lambda_source_function_arn", Kind::Text),
    ("org_id", Kind::Text),
    ("original_session_exp", Kind::Text),
    ("ou_path", Kind::Texts),
    ("principal_id", Kind::Text),
    ("principal_tags", Kind::Tags),
    ("request_tags", Kind::Tags),
    ("source_identity", Kind::Text),
    ("source_region", Kind::Text),
];

impl<'a> Namespace<'a> {
    /// Returns `None` if the claim is missing. A member of the wrong type is an error and never counts as missing, even
    /// if no policy uses the member.
    pub(super) fn of(claims: &'a Claims<'_>) -> Result<Option<Self>, ErrorKind> {
        let members = match claims.all().get(NAMESPACE) {
            None => return Ok(None),
            Some(Value::Object(members)) => members,
            Some(_) => return Err(ErrorKind::InvalidClaim { claim: NAMESPACE, expected: "an object" }),
        };
        for (claim, kind) in KNOWN {
            if members.get(claim).is_some_and(|value| !kind.fits(value)) {
                return Err(ErrorKind::InvalidClaim { claim, expected: kind.name() });
            }
        }
        Ok(Some(Self(members)))
    }

    pub(super) fn text(self, member: &str) -> Option<&'a str> {
        self.0.get(member)?.as_str()
    }

    // Not inlined, because 13 copies of this code would take half a kilobyte.
    #[inline(never)]
    fn owned(self, member: &str) -> Option<String> {
        self.text(member).map(String::from)
    }

    pub(super) fn strings(self, member: &str) -> Strings<'a> {
        self.0.get(member).and_then(Value::as_strings).unwrap_or(Strings::Absent)
    }

    /// Reads the value of one tag.
    pub(super) fn tag(self, member: &str, key: &str) -> Option<&'a str> {
        self.0.get(member)?.as_object()?.get(key)?.as_str()
    }

    pub(super) fn tags(self, member: &str) -> Tags {
        let tags = self.tag_values(member);
        Tags(tags.map(|(key, value)| (key.into(), value.as_str().unwrap_or_default().into())).collect())
    }

    pub(super) fn tag_keys(self, member: &str) -> impl Iterator<Item = &'a str> {
        self.tag_values(member).map(|(key, _)| key)
    }

    fn tag_values(self, member: &str) -> impl Iterator<Item = (&'a str, &'a Value<'a>)> {
        self.0.get(member).and_then(Value::as_object).into_iter().flat_map(Object::iter)
    }

    fn unknown(self) -> Object<'static> {
        let mut others = self.0.to_static();
        others.retain(|name| KNOWN.iter().all(|(known, _)| *known != name));
        others
    }
}

impl Kind {
    fn fits(self, value: &Value<'_>) -> bool {
        match self {
            Self::Text => value.as_str().is_some(),
            Self::Texts => value.as_strings().is_some(),
            Self::Tags => value.as_object().is_some_and(|tags| tags.iter().all(|(_, tag)| tag.as_str().is_some())),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Texts => "a string or an array of strings",
            Self::Tags => "an object of strings",
        }
    }
}
