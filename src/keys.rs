//! Key sets: reading them, choosing a key, and the token that a key has verified.

mod jwk;
mod key_set;
mod report;
mod verified_token;

pub use key_set::KeySet;
pub use report::KeyReport;
pub use verified_token::VerifiedToken;

pub(crate) use report::Candidacy;
