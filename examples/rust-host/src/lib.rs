//! Who sends this request? Answered by a token of AWS STS, in a WebAssembly host that need not know JavaScript.
//!
//! ```text
//! authenticate   Authorization header → Caller, or Refusal: the file to copy
//! exports        the same for a host without an SDK: numbers in and out, texts in the module's memory
//! bare           what a module without std brings itself
//! ```
#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod authenticate;
mod exports;

#[cfg(target_family = "wasm")]
mod bare;

pub use authenticate::{Caller, Refusal, authenticate, tokens_of};
