//! Patterns for ARNs: `*` matches within a `/` segment, `**` also across `/`. Neither matches `:`.
//!
//! The matcher reads the pattern once and tracks every n for which the part read so far can match the first n bytes of
//! the ARN. Therefore the time is at most proportional to the product of the two lengths. There is no backtracking, no
//! regular expression and no allocation.

use super::arn::is_account;

/// The maximum length of an ARN and of a pattern, in bytes.
const MAX_ARN_BYTES: usize = 2048;

/// The maximum number of wildcards in a pattern. This limits the work that a policy can cause for each token.
pub(super) const MAX_WILDCARDS: usize = 16;

/// Whether `pattern` could match an ARN: it begins with `arn:`, has at least six fields, and is not too long.
pub(crate) fn is_pattern(pattern: &str) -> bool {
    pattern.len() <= MAX_ARN_BYTES && pattern.starts_with("arn:") && pattern.split(':').count() >= 6
}

/// Whether `pattern` has at most [`MAX_WILDCARDS`] wildcards. `**` counts as one wildcard.
pub(crate) fn has_few_wildcards(pattern: &str) -> bool {
    wildcards(pattern).count() <= MAX_WILDCARDS
}

/// Whether `pattern` could match an IAM principal: `arn:<partition>:iam::<account>:role/…`, `user/…` or `root`. The
/// pattern must have passed [`is_pattern`].
pub(crate) fn can_match_principal(pattern: &str) -> bool {
    let mut fields = pattern.split(':').skip(2);
    let mut next = || fields.next().unwrap_or_default();
    let (service, region, account, resource) = (next(), next(), next(), next());
    let start = split_at_star(resource).0;
    let can_begin_with = |kind: &str| resource.starts_with(kind) || resource != start && kind.starts_with(start);
    matches(service, "iam")
        && matches(region, "")
        && (is_account(account) || account.contains('*'))
        && (matches(resource, "root") || can_begin_with("role/") || can_begin_with("user/"))
        && fields.next().is_none()
}

/// Whether `pattern` matches the whole of `text`; case-sensitive.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (start, _) = split_at_star(pattern);
    if start.len() == pattern.len() {
        return pattern == text;
    }
    // Most patterns that do not match are ruled out here.
    if text.len() > MAX_ARN_BYTES || !text.starts_with(start) {
        return false;
    }
    let text = text.as_bytes();
    // reached[i]: the pattern read so far can match the first i bytes of the text.
    let mut reached = [false; MAX_ARN_BYTES + 1];
    let Some(reached) = reached.get_mut(..=text.len()) else { return false };
    if let Some(position) = reached.get_mut(start.len()) {
        *position = true;
    }
    for (wildcard, literal) in wildcards(pattern) {
        extend(reached, text, wildcard);
        advance(reached, text, literal.as_bytes());
    }
    reached.last() == Some(&true)
}

#[derive(Clone, Copy)]
enum Wildcard {
    /// `*`
    Segment,
    /// `**`
    Path,
}

/// The wildcards of `pattern`, each with the literal between it and the next wildcard.
fn wildcards(pattern: &str) -> impl Iterator<Item = (Wildcard, &str)> {
    let (_, mut rest) = split_at_star(pattern);
    core::iter::from_fn(move || {
        let after = rest.strip_prefix('*')?;
        let (wildcard, after) =
            after.strip_prefix('*').map_or((Wildcard::Segment, after), |after| (Wildcard::Path, after));
        let (literal, next) = split_at_star(after);
        rest = next;
        Some((wildcard, literal))
    })
}

fn split_at_star(pattern: &str) -> (&str, &str) {
    pattern.split_at(pattern.find('*').unwrap_or(pattern.len()))
}

/// Adds the positions that `wildcard` reaches. Keeps the old positions, because a wildcard also matches the empty string.
fn extend(reached: &mut [bool], text: &[u8], wildcard: Wildcard) {
    let mut is_reached = false;
    for (position, byte) in reached.iter_mut().zip(text.iter().map(Some).chain([None])) {
        *position |= is_reached;
        let crosses = match wildcard {
            Wildcard::Segment => !matches!(byte, Some(b'/' | b':')),
            Wildcard::Path => byte != Some(&b':'),
        };
        is_reached = *position && crosses;
    }
}

/// Moves every position to the end of `literal`, and drops a position if `literal` does not follow there.
fn advance(reached: &mut [bool], text: &[u8], literal: &[u8]) {
    if literal.is_empty() {
        return;
    }
    // Runs from the end, so each position is read before it is written.
    for from in (0..reached.len()).rev() {
        let is_reached = reached.get_mut(from).is_some_and(core::mem::take);
        if is_reached
            && text.get(from..).is_some_and(|rest| rest.starts_with(literal))
            && let Some(position) = reached.get_mut(from + literal.len())
        {
            *position = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{can_match_principal, has_few_wildcards, is_pattern, matches};

    const APP: &str = "arn:aws:iam::111122223333:role/app";

    #[test]
    fn matches_an_exact_arn_only_to_itself() {
        assert!(matches(APP, APP));
        for text in [
            "arn:aws:iam::111122223333:role/app-admin",
            "arn:aws:iam::111122223333:role/App",
            "arn:aws:iam::111122223333:role/ap",
            "",
        ] {
            assert!(!matches(APP, text), "{text}");
        }
    }

    #[test]
    fn matches_one_star_within_a_segment_and_field() {
        for (pattern, text, expected) in [
            ("arn:aws:iam::*:role/app", APP, true),
            ("arn:aws:iam::1111*3333:role/app", APP, true),
            ("arn:*:iam::*:role/*", APP, true),
            ("arn:aws:iam::111122223333:role/app*", "arn:aws:iam::111122223333:role/app-admin", true),
            ("arn:aws:iam::111122223333:role/app*", APP, true),
            ("arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/a/app", false),
            ("arn:aws:iam::111122223333:role/*/app", "arn:aws:iam::111122223333:role/a/app", true),
            ("arn:aws:iam::111122223333:role/*/app", "arn:aws:iam::111122223333:role/a/b/app", false),
            ("arn:aws:iam::*", APP, false),
            ("arn:aws:*:role/app", APP, false),
            ("arn:*", APP, false),
            ("*", APP, false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn matches_two_stars_across_segments_but_not_fields() {
        for (pattern, text, expected) in [
            ("arn:aws:iam::111122223333:role/**", "arn:aws:iam::111122223333:role/a/b/app", true),
            ("arn:aws:iam::111122223333:role/**", APP, true),
            ("arn:aws:iam::111122223333:role/**/app", "arn:aws:iam::111122223333:role/a/b/app", true),
            ("arn:aws:iam::111122223333:role/**/app", APP, false),
            ("arn:aws:iam::111122223333:**", APP, true),
            ("arn:aws:iam::**:role/app", APP, true),
            ("arn:aws:**:role/app", APP, false),
            ("arn:**", APP, false),
            ("**", APP, false),
            ("arn:aws:lambda:*:*:function:**", "arn:aws:lambda:eu-west-1:111122223333:function:f", true),
            ("arn:aws:lambda:*:*:function:**", "arn:aws:lambda:eu-west-1:111122223333:function:f:alias", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    /// A direct implementation of the rule: tries every length for each wildcard.
    fn matches_by_trial(pattern: &[u8], text: &[u8]) -> bool {
        let (rest, crosses): (_, fn(&u8) -> bool) = match pattern {
            [] => return text.is_empty(),
            [b'*', b'*', rest @ ..] => (rest, |byte| *byte != b':'),
            [b'*', rest @ ..] => (rest, |byte| !matches!(byte, b':' | b'/')),
            [first, rest @ ..] => {
                return text.split_first().is_some_and(|(byte, text)| byte == first && matches_by_trial(rest, text));
            }
        };
        matches_by_trial(rest, text)
            || text.split_first().is_some_and(|(byte, text)| crosses(byte) && matches_by_trial(pattern, text))
    }

    #[test]
    #[cfg_attr(miri, ignore = "millions of steps")]
    fn matches_like_a_direct_implementation_of_the_rule() {
        let mut state = 1_u32;
        let mut pick = |choices: &'static [u8], most: u32| -> alloc::string::String {
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                usize::try_from(state >> 16).unwrap()
            };
            let length = next() % usize::try_from(most).unwrap();
            (0..length).map(|_| char::from(*choices.get(next() % choices.len()).unwrap())).collect()
        };
        let mut matched = 0;
        for _ in 0..200_000 {
            let (pattern, text) = (pick(b"ab/:***", 9), pick(b"aab/:", 9));
            let expected = matches_by_trial(pattern.as_bytes(), text.as_bytes());
            assert_eq!(matches(&pattern, &text), expected, "{pattern} {text}");
            matched += usize::from(expected);
        }
        assert!(matched > 5_000, "{matched}");
    }

    #[test]
    fn limits_the_wildcards_of_a_pattern() {
        for part in ["a*", "**a", "*a"] {
            assert!(has_few_wildcards(&part.repeat(16)) && !has_few_wildcards(&part.repeat(17)), "{part}");
        }
    }

    #[test]
    fn recognises_patterns_that_can_match_a_principal() {
        for pattern in [
            APP,
            "arn:*:iam::*:role/**",
            "arn:aws:i*::*:**",
            "arn:aws:**::1111*:r*",
            "arn:aws:iam:*:111122223333:root",
            "arn:aws:iam::111122223333:user/a/*",
            "arn:aws:*:*:*:*",
            "arn:aws:iam::111122223333:ro*",
        ] {
            assert!(can_match_principal(pattern), "{pattern}");
        }
        for pattern in [
            "arn:aws:sts::111122223333:assumed-role/app/session",
            "arn:aws:sts::*:assumed-role/app/*",
            "arn:aws:*::*:assumed-role/app/*",
            "arn:aws:iam::111122223333:assumed-role/app/*",
            "arn:aws:iam::111122223333:app",
            "arn:aws:iam::111122223333:group/*",
            "arn:aws:iam:eu-west-1:111122223333:role/app",
            "arn:aws:iam::1111:role/app",
            "arn:aws:iam::aws:role/app",
            "arn:aws:iam::111122223333:role/app:*",
            "arn:aws:lambda:*:*:function:*",
        ] {
            assert!(!can_match_principal(pattern), "{pattern}");
        }
    }

    #[test]
    fn accepts_only_patterns_with_the_fields_of_an_arn() {
        for (pattern, expected) in [
            (APP, true),
            ("arn:*:iam::*:role/**", true),
            ("*", false),
            ("", false),
            ("arn:aws:iam::*", false),
            ("role/app", false),
        ] {
            assert_eq!(is_pattern(pattern), expected, "{pattern}");
        }
    }
}
