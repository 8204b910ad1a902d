//! The two kinds of `sub`: the ARN of an IAM principal, or an origin identity.

use alloc::{borrow::ToOwned, string::String};
use serde::Serialize;

/// Who the token is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "lowercase")]
pub enum Subject {
    /// The ARN of the IAM principal that asked for the token.
    Principal(String),
    /// The person or workload on whose behalf the principal acts (`SubjectMode` `OriginIdentity`), by the name that the
    /// identity provider uses: an e-mail address, a certificate's name, or any other text. The name is unique only within
    /// that provider.
    Origin(String),
}

impl Subject {
    /// `sub`, unchanged.
    #[must_use]
    pub fn value(&self) -> &str {
        let (Self::Principal(value) | Self::Origin(value)) = self;
        value
    }

    /// Reads a `sub` that is the ARN of a principal or passed [`is_origin`].
    pub(super) fn of(subject: &str) -> Self {
        let kind = if is_arn(subject) { Self::Principal } else { Self::Origin };
        kind(subject.to_owned())
    }
}

/// Whether `subject` must be the ARN of a principal.
pub(super) fn is_arn(subject: &str) -> bool {
    subject.starts_with("arn:")
}

/// Whether `subject`, which is not an ARN, can be an origin identity: it must not be empty, have leading or trailing white
/// space, contain characters that control or reorder a line, or resemble an ARN.
///
/// `subject` resembles an ARN if a reader could take the text before the first colon for `arn`, in any case and in any
/// script. That is so if the ASCII letters of this text are some of `arn`, in this order, and non-ASCII characters can
/// stand for the others. If the text has no ASCII letter, `subject` resembles an ARN only if it also has the six fields
/// of an ARN, because in many scripts a name can begin with three characters and a colon.
pub(super) fn is_origin(subject: &str) -> bool {
    let (mut colons, mut letters, mut foreign) = (0, 0, 0);
    let (mut next, mut is_first_of_arn) = ('a', true);
    let mut is_after_space = true;
    for (position, char) in subject.char_indices() {
        is_after_space = is_space(char);
        if is_stray(char) || is_after_space && position == 0 {
            return false;
        }
        match char {
            _ if is_colon(char) => colons += 1,
            _ if colons > 0 => {}
            'A'..='Z' | 'a'..='z' | '0'..='9' => {
                let letter = char.to_ascii_lowercase();
                is_first_of_arn &= matches!((next, letter), ('a', 'a' | 'r' | 'n') | ('r', 'r' | 'n') | ('n', 'n'));
                next = match letter {
                    'a' => 'r',
                    'r' => 'n',
                    _ => ' ',
                };
                letters += 1;
            }
            _ => foreign += u32::from(!char.is_ascii()),
        }
    }
    let fields = if letters > 0 { 1 } else { 5 };
    let resembles_arn = is_first_of_arn && letters + foreign >= 3 && colons >= fields;
    !is_after_space && !resembles_arn
}

/// White space, and the joiners that some scripts need between two letters, but never at an end.
fn is_space(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{200b}'..='\u{200d}')
}

/// Colons, and characters of other scripts that look like one.
fn is_colon(char: char) -> bool {
    matches!(
        char,
        ':' | '：'
            | '﹕'
            | '︓'
            | '∶'
            | '꞉'
            | 'ː'
            | '\u{589}'
            | '\u{5c3}'
            | '\u{703}'
            | '\u{704}'
            | '\u{903}'
            | '\u{a83}'
            | '\u{1361}'
            | '\u{16ec}'
            | '\u{205a}'
            | '\u{2982}'
            | '\u{a4fd}'
            | '\u{fe30}'
    )
}

/// Control characters, line separators, and characters that are invisible or reorder text.
fn is_stray(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn accepts_names_of_people_and_workloads() {
        for name in [
            "alice",
            "a",
            "alice@example.test",
            "Alice Ärnström, Sales",
            "CN=edge-1,O=Example",
            "spiffe://example.test/ns/default/sa/edge",
            "urn:example:a:b:c:d:e",
            "repo:example/edge:ref:refs/heads/main",
            "barn:aws:iam::111122223333:role/app",
            "arno:a:b:c:d:e",
            "warn:a",
            "arn",
            "arnold",
            "山田太郎",
            "山田太:東京",
            "محمد‌رضا",
            "Ωμέγα:x",
            "+VZIOnkyxTkZk5NTGAHSKRvd8lc=",
        ] {
            assert!(is_origin(name), "{name}");
        }
    }

    #[test]
    fn rejects_stray_characters_and_look_alikes_of_arns() {
        let rest = "aws:iam::111122223333:role/app";
        for prefix in [
            "ARN:",
            "Arn:",
            "aRN:",
            " arn:",
            "\u{a0}arn:",
            "\tarn:",
            "\u{feff}arn:",
            "\u{200b}arn:",
            "a\u{200b}rn:",
            "'arn:",
            "a rn:",
            "аrn:",
            "arո:",
            "ａｒｎ:",
            "arn：",
            "ａｒｎ：",
            "arn∶",
            "arn꞉",
            "𝐚𝐫𝐧:",
            "агп:",
            "a\u{301}rn:",
            "-arn-:",
            "arn\u{589}",
            "arn\u{5c3}",
            "arn\u{205a}",
            "arn\u{a4fd}",
            "arn\u{2982}",
        ] {
            assert!(!is_origin(&alloc::format!("{prefix}{rest}")), "{prefix}");
        }
        for text in [
            "",
            " ",
            "alice ",
            " alice",
            "alice\n",
            "ali\u{0}ce",
            "ali\u{7f}ce",
            "ali\u{85}ce",
            "ali\u{2028}ce",
            "\u{202e}ecila",
            "\u{3000}alice",
            "alice\u{1680}",
            "alice\u{200d}",
            "alice\u{2800}",
            "ali\u{1160}ce",
            "ali\u{34f}ce",
            "ali\u{fe0f}ce",
            "ali\u{e0100}ce",
            "ARN:",
            "Arn:x",
        ] {
            assert!(!is_origin(text), "{text:?}");
        }
    }
}
