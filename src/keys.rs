//! Reads key sets, chooses a key, and verifies a token's signature with it.

mod jwk;
mod key_set;
mod report;
mod verified_token;

pub use key_set::KeySet;
pub use report::KeyReport;
pub use verified_token::VerifiedToken;

pub(crate) use report::Candidacy;
