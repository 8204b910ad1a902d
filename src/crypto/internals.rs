//! Test-only access to private arithmetic and to the JSON reader, for `fuzz/` and `benches/kernels.rs`.
//!
//! Compiled only with `--cfg fuzzing`, which cargo-fuzz sets, or `--cfg internals`. Not a Cargo feature, because the
//! published crate would have the feature, and any crate in a build could enable it for all crates.

use super::montgomery::{Dots, Fused, PreparedModulus};
pub use super::p384::internals::{Es384Key, Generator, Kernels, Tables};
use crate::{JsonObject, JsonProblem, encoding::json};

/// An RSA modulus of 2048, 3072 or 4096 bits with e = 65537, on this project's own arithmetic: both kernels, emulated.
#[derive(Debug)]
pub struct Rs256Key {
    dots: PreparedModulus<Dots>,
    fused: PreparedModulus<Fused>,
}

impl Rs256Key {
    /// Returns `None` for a modulus that the `rsa` crate handles.
    #[must_use]
    pub fn new(modulus: &[u8]) -> Option<Self> {
        Some(Self { dots: PreparedModulus::new(modulus)?, fused: PreparedModulus::new(modulus)? })
    }

    /// Whether `signature` is valid for `hash`, by each kernel.
    #[must_use]
    pub fn verify(&self, hash: &[u8; 32], signature: &[u8]) -> [bool; 2] {
        [self.dots.verify(hash, signature), self.fused.verify(hash, signature)]
    }
}

/// Reads a strict JSON object.
///
/// # Errors
/// The first problem in the JSON text.
pub fn parse_json(text: &str) -> Result<JsonObject<'_>, JsonProblem> {
    json::parse(text)
}
