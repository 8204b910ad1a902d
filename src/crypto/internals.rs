//! Test-only access to private arithmetic and to the JSON reader, for `fuzz/` and `benches/kernels.rs`.
//!
//! Compiled only with `--cfg fuzzing`, which cargo-fuzz sets, or `--cfg internals`. Not a Cargo feature, because the
//! published crate would have the feature, and any crate in a build could enable it for all crates.

use super::montgomery::PreparedModulus;
pub use super::p384::internals::{Es384Key, Generator, Kernels, Tables};
use crate::{JsonObject, JsonProblem, encoding::json};

/// An RSA modulus of 2048, 3072 or 4096 bits with e = 65537, on this project's own arithmetic. Vectors are emulated on
/// targets other than wasm.
#[derive(Debug)]
pub struct Rs256Key(PreparedModulus);

impl Rs256Key {
    /// Returns `None` for a modulus that the `rsa` crate handles.
    #[must_use]
    pub fn new(modulus: &[u8]) -> Option<Self> {
        PreparedModulus::new(modulus).map(Self)
    }

    /// Whether `signature` is valid for `hash`.
    #[must_use]
    pub fn verify(&self, hash: &[u8; 32], signature: &[u8]) -> bool {
        self.0.verify(hash, signature)
    }
}

/// Reads a strict JSON object.
///
/// # Errors
/// The first problem in the JSON text.
pub fn parse_json(text: &str) -> Result<JsonObject<'_>, JsonProblem> {
    json::parse(text)
}
