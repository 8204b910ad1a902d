//! The fast path against the `p384` crate.
#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod differential;
mod edge_cases;
mod forge;
