//! Finds out why `serde_json` rejected a JSON text. Its errors state the position but not the broken rule, so this module
//! examines the text at that position.

use crate::error::JsonProblem;
use alloc::string::{String, ToString};

/// Returns the problem at the position of `error`. `member` is the innermost member around this position.
pub(super) fn at(text: &str, error: &serde_json::Error, member: Option<String>) -> JsonProblem {
    let member = || member.as_deref().and_then(shown);
    let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    // The text that the parser had read when it failed.
    let read = text.as_bytes().get(..line + error.column()).unwrap_or(text.as_bytes());
    if error.is_eof() {
        JsonProblem::Syntax
    } else if ends_in_lone_surrogate(read) {
        JsonProblem::LoneSurrogate { member: member() }
    } else if ends_in_huge_number(read) {
        JsonProblem::NumberOutOfRange { member: member() }
    } else {
        JsonProblem::Syntax
    }
}

/// Returns `name`, a member's name, if it is suitable for a message.
pub(super) fn shown(name: &str) -> Option<String> {
    /// Names of claims are short. A longer name would bury the rest of the message.
    const MAX_BYTES: usize = 128;

    (name.len() <= MAX_BYTES && !name.contains(char::is_control)).then(|| name.to_string())
}

/// Whether the parser stopped after an escape for one half of a surrogate pair whose other half is missing (RFC 8259
/// §8.2).
fn ends_in_lone_surrogate(read: &[u8]) -> bool {
    // The code unit of an escape `\uXXXX` that ends `tail` bytes before the end.
    let unit_before = |tail: usize| {
        let escape = read.get(..read.len().checked_sub(tail)?)?.last_chunk::<6>()?;
        let digits = str::from_utf8(escape).ok()?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    // After a high half, the parser stops at the next character, or at the end of an escape that is not a low half.
    let is_high = |unit: u16| matches!(unit, 0xd800..0xdc00);
    unit_before(0).is_some_and(|unit| matches!(unit, 0xd800..0xe000))
        || [1, 2, 6].into_iter().any(|tail| unit_before(tail).is_some_and(is_high))
}

/// Whether the parser stopped right after a complete number (RFC 8259 §6) that is too large for a double. Such a number
/// has an exponent or hundreds of digits. After any other number, the parser reads on, so it can only stop at a later
/// character, which is not part of the number.
fn ends_in_huge_number(read: &[u8]) -> bool {
    /// The largest double has 309 digits before the point.
    const DIGITS: usize = 309;

    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let number = read.rsplit(|byte| !is_part(byte)).next().unwrap_or_default();
    let is_whole = matches!(number, [b'0'..=b'9', .., b'0'..=b'9'] | [b'-', .., b'0'..=b'9']);
    is_whole && (number.len() >= DIGITS || number.iter().any(|byte| matches!(byte, b'e' | b'E')))
}
