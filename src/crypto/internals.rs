//! Doors into the arithmetic and the JSON reader, for `fuzz/` and `benches/kernels.rs` alone.
//!
//! Only a build with `--cfg fuzzing`, which cargo-fuzz sets, or `--cfg internals` has them. They are no feature, because a
//! feature would be in the published crate, and any crate of a build could switch it on for all the others.

use super::montgomery::PreparedModulus;
pub use super::p384::internals::{Es384Key, Generator, Kernels, Tables};
use crate::{JsonObject, JsonProblem, encoding::json};

/// An RSA modulus of 2048, 3072 or 4096 bits with e = 65537, on our own arithmetic; on emulated vectors off wasm.
#[derive(Debug)]
pub struct Rs256Key(PreparedModulus);

impl Rs256Key {
    /// `None` where the `rsa` crate is to verify.
    #[must_use]
    pub fn new(modulus: &[u8]) -> Option<Self> {
        PreparedModulus::new(modulus).map(Self)
    }

    /// Whether `signature` is the one of `hash`.
    #[must_use]
    pub fn verify(&self, hash: &[u8; 32], signature: &[u8]) -> bool {
        self.0.verify(hash, signature)
    }
}

/// Reads a strict JSON object.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_json(text: &str) -> Result<JsonObject<'_>, JsonProblem> {
    json::parse(text)
}
