//! Recognises strings that are often passed by mistake instead of a JWT, so the message can say what to do.

use crate::error::LookAlike;

/// Below this length, a string without dots is more likely a placeholder than an AWS session token.
const MIN_SESSION_TOKEN_BYTES: usize = 100;

/// Returns what `token` looks like, if it is one of the usual mistakes.
pub(super) fn of(token: &str) -> Option<LookAlike> {
    let starts_with = |prefix: &str| token.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if token.is_empty() {
        Some(LookAlike::Empty)
    } else if starts_with("bearer ") {
        Some(LookAlike::BearerPrefix)
    } else if token.starts_with(['"', '\'']) && token.ends_with(['"', '\'']) {
        Some(LookAlike::Quoted)
    } else if token.contains(char::is_whitespace) {
        Some(LookAlike::WhiteSpace)
    } else if ["v1.", "v2.", "v3.", "v4."].into_iter().any(starts_with) {
        Some(LookAlike::Paseto)
    } else if !token.contains('.') && token.len() >= MIN_SESSION_TOKEN_BYTES {
        Some(LookAlike::AwsSessionToken)
    } else {
        None
    }
}
