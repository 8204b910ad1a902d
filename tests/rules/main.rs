//! Every rule of the library, one module per stage; each test is named after its rule.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

mod aws;
mod claims;
mod decision;
mod judge;
mod keys;
mod mint;
mod signature;
mod token;
mod wycheproof;
