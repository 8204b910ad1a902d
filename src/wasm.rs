//! The two boundaries to JavaScript, each behind a feature. They only translate; all decisions are made in the core.

#[cfg(feature = "wasm")]
mod bindings;
#[cfg(feature = "npm")]
mod engine;
#[cfg(all(feature = "npm", not(feature = "std"), target_family = "wasm"))]
mod no_std;
#[cfg(feature = "wasm")]
mod options;
mod records;
#[cfg(feature = "npm")]
mod self_test;

#[cfg(feature = "wasm")]
pub use bindings::{KeySet, decode, explain, verify};
