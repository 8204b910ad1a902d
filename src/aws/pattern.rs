//! Patterns for ARNs: `*` matches within a `/` segment, `**` across `/`, and nothing matches across `:`.
//!
//! The matcher tracks every position of the pattern that the text read so far can have reached. Its time is therefore at
//! most the product of the two lengths, without backtracking or regular expressions.

use alloc::{vec, vec::Vec};

/// The maximum length of an ARN and of a pattern, in bytes.
const MAX_ARN_BYTES: usize = 2048;

/// Whether `pattern` could match an ARN at all: `arn:` and six fields.
pub(crate) fn is_pattern(pattern: &str) -> bool {
    pattern.len() <= MAX_ARN_BYTES && pattern.starts_with("arn:") && pattern.split(':').count() >= 6
}

/// Whether `pattern` matches the whole of `text`; case-sensitive.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    if text.len() > MAX_ARN_BYTES {
        return false;
    }
    let tokens = tokens(pattern);
    // reached[i]: the first i tokens can match the text read so far.
    let mut reached = vec![false; tokens.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    skip_wildcards(&tokens, &mut reached);
    for byte in text.bytes() {
        // Runs from the last token to the first, so that each position reads its predecessor's state from before this byte.
        let mut next = vec![false; reached.len()];
        for (position, token) in tokens.iter().enumerate().filter(|(position, _)| reached.get(*position) == Some(&true))
        {
            let target = match token {
                Token::Byte(expected) if *expected == byte => position + 1,
                Token::Segment if byte != b'/' && byte != b':' => position,
                Token::Path if byte != b':' => position,
                Token::Byte(_) | Token::Segment | Token::Path => continue,
            };
            if let Some(slot) = next.get_mut(target) {
                *slot = true;
            }
        }
        reached = next;
        skip_wildcards(&tokens, &mut reached);
    }
    reached.last() == Some(&true)
}

enum Token {
    Byte(u8),
    /// `*`
    Segment,
    /// `**`
    Path,
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut bytes = pattern.bytes().peekable();
    let mut tokens = Vec::new();
    while let Some(byte) = bytes.next() {
        tokens.push(match byte {
            b'*' if bytes.next_if_eq(&b'*').is_some() => Token::Path,
            b'*' => Token::Segment,
            byte => Token::Byte(byte),
        });
    }
    tokens
}

/// A wildcard also matches the empty string.
fn skip_wildcards(tokens: &[Token], reached: &mut [bool]) {
    for (position, token) in tokens.iter().enumerate() {
        if matches!(token, Token::Segment | Token::Path)
            && reached.get(position) == Some(&true)
            && let Some(slot) = reached.get_mut(position + 1)
        {
            *slot = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_pattern, matches};

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

    #[test]
    #[cfg_attr(miri, ignore = "millions of steps")]
    fn many_wildcards_stay_quick() {
        let pattern = alloc::format!("arn:aws:iam::111122223333:role/{}b", "a*".repeat(900));
        let text = alloc::format!("arn:aws:iam::111122223333:role/{}", "a".repeat(2000));
        assert!(is_pattern(&pattern) && !matches(&pattern, &text));
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
