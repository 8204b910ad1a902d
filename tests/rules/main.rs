//! The rules of the library, one module per stage. Each test is named after the rule that it checks.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

mod aws;
mod claims;
mod decision;
mod expectations;
mod judge;
mod keys;
mod known_header;
mod mint;
mod signature;
mod token;
mod wycheproof;
