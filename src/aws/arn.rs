//! Amazon Resource Names, and the IAM principals among them.

use alloc::{borrow::ToOwned, string::String};
use serde::Serialize;

/// The fields of an ARN: `arn:partition:service:region:account:resource`. The resource may contain further colons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
    /// `iam`, `lambda`, …
    pub service: &'a str,
    /// Empty for global services.
    pub region: &'a str,
    /// Twelve digits, or empty.
    pub account: &'a str,
    /// Everything after the fifth colon.
    pub resource: &'a str,
}

/// The IAM principal that asked for the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Principal {
    /// The whole ARN.
    pub arn: String,
    /// Whether the principal is a role, a user or the account's root.
    pub kind: PrincipalKind,
    /// The IAM path, which begins and ends with `/`. If the principal has no path, this is `/`.
    pub path: String,
    /// The name of the role or user; `root` for the root.
    pub name: String,
    /// The permission set, for roles of IAM Identity Center.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission_set: Option<PermissionSet>,
}

/// The kind of principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PrincipalKind {
    /// A role. The ARN does not distinguish the sessions of a role.
    Role,
    /// A user.
    User,
    /// The account itself.
    Root,
}

/// The permission set of IAM Identity Center that created the role `AWSReservedSSO_<name>_<suffix>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PermissionSet {
    /// The permission set's name.
    pub name: String,
    /// The home region of IAM Identity Center, if the role's path contains the region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl<'a> Arn<'a> {
    /// Returns `None` unless `text` has the six fields of an ARN and a twelve-digit or empty account.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut fields = text.splitn(6, ':');
        let (Some("arn"), Some(partition), Some(service)) = (fields.next(), fields.next(), fields.next()) else {
            return None;
        };
        let arn =
            Self { partition, service, region: fields.next()?, account: fields.next()?, resource: fields.next()? };
        let complete = !partition.is_empty() && !service.is_empty() && !arn.resource.is_empty();
        (complete && (arn.account.is_empty() || is_account(arn.account))).then_some(arn)
    }

    /// Returns the IAM principal with this ARN. Returns `None` for any other ARN, including that of a role session.
    #[must_use]
    pub fn principal(self, arn: &str) -> Option<Principal> {
        let has_stray_bytes = !arn.bytes().all(|byte| byte.is_ascii_graphic());
        if self.service != "iam" || !self.region.is_empty() || !is_account(self.account) || has_stray_bytes {
            return None;
        }
        let (kind, rest) = match self.resource.split_once('/') {
            None if self.resource == "root" => (PrincipalKind::Root, "root"),
            Some(("role", rest)) => (PrincipalKind::Role, rest),
            Some(("user", rest)) => (PrincipalKind::User, rest),
            _ => return None,
        };
        let name = rest.rsplit('/').next().filter(|name| !name.is_empty() && name.bytes().all(is_of_name))?;
        let path = rest
            .strip_suffix(name)
            .filter(|path| path.split_terminator('/').all(|part| !part.is_empty()) && !rest.contains(':'))?;
        let permission_set = (kind == PrincipalKind::Role).then(|| PermissionSet::of(path, name)).flatten();
        Some(Principal {
            arn: arn.to_owned(),
            kind,
            path: alloc::format!("/{path}"),
            name: name.to_owned(),
            permission_set,
        })
    }
}

impl PermissionSet {
    /// Reads the path `/aws-reserved/sso.amazonaws.com/` with an optional region, and the name `AWSReservedSSO_<name>_<16
    /// hexadecimal digits>`. `path` has no leading slash.
    fn of(path: &str, name: &str) -> Option<Self> {
        let region = path.strip_prefix("aws-reserved/sso.amazonaws.com/")?.strip_suffix('/');
        let (set, suffix) = name.strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?;
        let known = !set.is_empty() && suffix.len() == 16 && suffix.bytes().all(|byte| byte.is_ascii_hexdigit());
        known.then(|| Self { name: set.to_owned(), region: region.map(ToOwned::to_owned) })
    }
}

/// Whether IAM allows `byte` in the name of a role or user.
const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'=' | b',' | b'.' | b'@' | b'-')
}

/// Whether `text` is an account ID: twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{Arn, PermissionSet, Principal, PrincipalKind};

    fn principal(arn: &str) -> Option<Principal> {
        Arn::parse(arn).and_then(|parsed| parsed.principal(arn))
    }

    #[test]
    fn reads_roles_users_and_the_root() {
        for (arn, kind, path, name) in [
            ("arn:aws:iam::111122223333:role/app", PrincipalKind::Role, "/", "app"),
            ("arn:aws-cn:iam::111122223333:role/a/b/app", PrincipalKind::Role, "/a/b/", "app"),
            ("arn:aws:iam::111122223333:user/div/Bob", PrincipalKind::User, "/div/", "Bob"),
            ("arn:aws:iam::111122223333:user/!~/a_B+9=,.@-", PrincipalKind::User, "/!~/", "a_B+9=,.@-"),
            (
                "arn:aws:iam::111122223333:role/aws-service-role/ipam.amazonaws.com/AWSServiceRoleForIPAM",
                PrincipalKind::Role,
                "/aws-service-role/ipam.amazonaws.com/",
                "AWSServiceRoleForIPAM",
            ),
            ("arn:aws:iam::111122223333:root", PrincipalKind::Root, "/", "root"),
        ] {
            let principal = principal(arn).unwrap();
            assert_eq!((principal.kind, &*principal.path, &*principal.name, &*principal.arn), (kind, path, name, arn));
            assert_eq!(principal.permission_set, None);
        }
    }

    #[test]
    fn rejects_anything_but_iam_principals() {
        for arn in [
            "",
            "arn:aws:iam::111122223333",
            "arn:aws:iam::11112222333:role/app",
            "arn:aws:iam::11112222333x:role/app",
            "arn:aws:iam:::role/app",
            "arn:aws:iam:eu-west-1:111122223333:role/app",
            "arn:aws:sts::111122223333:assumed-role/app/session",
            "arn:aws:sts::111122223333:role/app",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:role//app",
            "arn:aws:iam::111122223333:role/a//app",
            "arn:aws:iam::111122223333:role/app:x",
            "arn:aws:iam::111122223333:group/app",
            "arn::iam::111122223333:role/app",
            "urn:aws:iam::111122223333:role/app",
            "arn:aws:iam::111122223333:role/app ",
            "arn:aws:iam::111122223333:role/a pp",
            "arn:aws:iam::111122223333:role/app\n",
            "arn:aws:iam::111122223333:role/app\u{0}",
            "arn:aws:iam::111122223333:role/app\u{200b}",
            "arn:aws:iam::111122223333:role/аpp",
            "arn:aws:iam::111122223333:role/app*",
            "arn:aws:iam::111122223333:role/a b/app",
            "arn:aws:iam::111122223333:role/a\t/app",
            "arn:aws:iam::111122223333:user/ä/app",
            "arn:aws:iam::111122223333:root ",
            "arn:a ws:iam::111122223333:role/app",
            "arn:aws:iam::１１１１２２２２３３３３:role/app",
        ] {
            assert_eq!(principal(arn), None, "{arn}");
        }
    }

    #[test]
    fn recognises_permission_sets_with_and_without_region() {
        for (path, region) in [("", None), ("eu-west-1/", Some("eu-west-1"))] {
            let arn = alloc::format!(
                "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/{path}AWSReservedSSO_Admin_Access_0123456789abcdef"
            );
            let expected = PermissionSet { name: "Admin_Access".into(), region: region.map(Into::into) };
            assert_eq!(principal(&arn).unwrap().permission_set, Some(expected));
        }
        for arn in [
            "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef",
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123",
            "arn:aws:iam::111122223333:user/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
        ] {
            assert_eq!(principal(arn).unwrap().permission_set, None, "{arn}");
        }
    }
}
