//! The issuers of AWS STS: `https://<label>.<suffix>`, one suffix for each partition.

use alloc::{string::String, vec::Vec};

/// The known host suffixes, by partition. A policy may add others. A matching suffix does not make an issuer
/// trustworthy, because every AWS customer has such an issuer. The check only ensures that the suffix agrees with the
/// partition in the ARN.
pub(super) const SUFFIXES: [(&str, &str); 2] =
    [("aws", "tokens.sts.global.api.aws"), ("aws-cn", "tokens.sts.global.api.amazonwebservices.com.cn")];

/// Returns the partition whose issuers have the form of `issuer`, if there is exactly one. With `wanted`, only that
/// partition counts. `more` contains the suffixes that the policy adds.
pub(super) fn partition_of<'a>(
    issuer: &str,
    wanted: Option<&str>,
    more: &'a [(String, Vec<String>)],
) -> Option<&'a str> {
    let mut found = None;
    let mut is_ambiguous = false;
    let mut compare = |partition: &'a str, suffix: &str| {
        if wanted.is_none_or(|wanted| wanted == partition) && has_suffix(issuer, suffix) {
            is_ambiguous |= found.is_some_and(|found| found != partition);
            found = Some(partition);
        }
    };
    for (partition, suffix) in SUFFIXES {
        compare(partition, suffix);
    }
    for (partition, suffixes) in more {
        suffixes.iter().for_each(|suffix| compare(partition, suffix));
    }
    found.filter(|_| !is_ambiguous)
}

/// Whether `issuer` is `https://`, exactly one label and the suffix, without port, user, path or trailing slash.
fn has_suffix(issuer: &str, suffix: &str) -> bool {
    let label = issuer
        .strip_prefix("https://")
        .and_then(|host| host.strip_suffix(suffix))
        .and_then(|label| label.strip_suffix('.'));
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    label.is_some_and(|label| !label.is_empty() && label.bytes().all(is_letter))
}

#[cfg(test)]
mod tests {
    use alloc::{string::String, vec::Vec};

    fn belongs_to(issuer: &str, partition: &str, more: &[(String, Vec<String>)]) -> bool {
        super::partition_of(issuer, Some(partition), more).is_some()
    }

    fn partition_of<'a>(issuer: &str, more: &'a [(String, Vec<String>)]) -> Option<&'a str> {
        super::partition_of(issuer, None, more)
    }

    #[test]
    fn matches_each_issuer_to_one_partition() {
        let aws = "https://a1000000-0000-4000-8000-000000000000.tokens.sts.global.api.aws";
        let china = "https://a1000000-0000-4000-8000-000000000000.tokens.sts.global.api.amazonwebservices.com.cn";
        assert!(belongs_to(aws, "aws", &[]) && !belongs_to(aws, "aws-cn", &[]) && !belongs_to(aws, "aws-us-gov", &[]));
        assert!(belongs_to(china, "aws-cn", &[]) && !belongs_to(china, "aws", &[]));
        let more = [("aws-us-gov".into(), Vec::from(["tokens.sts.gov.example.test".into()]))];
        assert!(belongs_to("https://a1.tokens.sts.gov.example.test", "aws-us-gov", &more));
        assert!(!belongs_to("https://a1.tokens.sts.gov.example.test", "aws", &more));
    }

    #[test]
    fn tells_the_partition_unless_the_suffixes_are_ambiguous() {
        let (aws, gov) = ("https://a1.tokens.sts.global.api.aws", "https://a1.tokens.sts.gov.example.test");
        let suffixes = |of: &str, suffix: &str| [(of.into(), Vec::from([suffix.into()]))];
        assert_eq!((partition_of(aws, &[]), partition_of(gov, &[])), (Some("aws"), None));
        assert_eq!(partition_of(gov, &suffixes("aws-us-gov", "tokens.sts.gov.example.test")), Some("aws-us-gov"));
        assert_eq!(partition_of(aws, &suffixes("aws", "tokens.sts.global.api.aws")), Some("aws"));
        assert_eq!(partition_of(aws, &suffixes("aws-us-gov", "tokens.sts.global.api.aws")), None);
    }

    #[test]
    fn rejects_look_alikes() {
        for issuer in [
            "http://a1.tokens.sts.global.api.aws",
            "https://a1.tokens.sts.global.api.aws/",
            "https://a1.tokens.sts.global.api.aws:443",
            "https://a1.tokens.sts.global.api.aws.example.test",
            "https://user@a1.tokens.sts.global.api.aws",
            "https://a1.b1.tokens.sts.global.api.aws",
            "https://A1.tokens.sts.global.api.aws",
            "https://.tokens.sts.global.api.aws",
            "https://tokens.sts.global.api.aws",
            "https://a1tokens.sts.global.api.aws",
            "https://example.test/.tokens.sts.global.api.aws",
            "",
        ] {
            assert!(!belongs_to(issuer, "aws", &[]), "{issuer}");
        }
    }
}
