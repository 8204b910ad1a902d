//! The records that JavaScript receives: values of the core, with the names of the JavaScript API.

use crate::{AwsIdentity, JsonObject, PermissionSet, Principal, PrincipalKind, Session, Subject, Tags};
use alloc::string::String;
use serde::Serialize;

/// JavaScript's `AwsIdentity`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IdentityRecord<'a> {
    partition: &'a str,
    account: &'a str,
    subject: &'a Subject,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<PrincipalRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<&'a str>,
    organizational_units: &'a [String],
    principal_tags: &'a Tags,
    request_tags: &'a Tags,
    session: SessionRecord<'a>,
    other: &'a JsonObject<'static>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PrincipalRecord<'a> {
    arn: &'a str,
    #[serde(rename = "type")]
    kind: PrincipalKind,
    path: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    permission_set: Option<&'a PermissionSet>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    federated_provider: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_store_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_store_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lambda_function: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ec2_instance: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ec2_vpc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ec2_private_ipv4: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ec2_role_delivery: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    glue_service: Option<&'a str>,
}

impl<'a> From<&'a AwsIdentity> for IdentityRecord<'a> {
    fn from(identity: &'a AwsIdentity) -> Self {
        Self {
            partition: &identity.partition,
            account: &identity.account,
            subject: &identity.subject,
            principal: identity.principal.as_ref().map(PrincipalRecord::from),
            source_region: identity.source_region.as_deref(),
            organization: identity.organization.as_deref(),
            organizational_units: &identity.organizational_units,
            principal_tags: &identity.principal_tags,
            request_tags: &identity.request_tags,
            session: (&identity.session).into(),
            other: &identity.other,
        }
    }
}

impl<'a> From<&'a Principal> for PrincipalRecord<'a> {
    fn from(principal: &'a Principal) -> Self {
        Self {
            arn: &principal.arn,
            kind: principal.kind,
            path: &principal.path,
            name: &principal.name,
            permission_set: principal.permission_set.as_ref(),
        }
    }
}

impl<'a> From<&'a Session> for SessionRecord<'a> {
    fn from(session: &'a Session) -> Self {
        Self {
            expires_at: session.expires_at.as_deref(),
            source_identity: session.source_identity.as_deref(),
            federated_provider: session.federated_provider.as_deref(),
            identity_store_arn: session.identity_store_arn.as_deref(),
            identity_store_user_id: session.identity_store_user_id.as_deref(),
            lambda_function: session.lambda_function.as_deref(),
            ec2_instance: session.ec2_instance.as_deref(),
            ec2_vpc: session.ec2_vpc.as_deref(),
            ec2_private_ipv4: session.ec2_private_ipv4.as_deref(),
            ec2_role_delivery: session.ec2_role_delivery.as_deref(),
            glue_service: session.glue_service.as_deref(),
        }
    }
}
