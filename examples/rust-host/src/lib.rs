//! Identifies the caller of a request by an AWS STS token, in a WebAssembly host without JavaScript.
//!
//! ```text
//! authenticate   Authorization header → Caller or Refusal: the file to copy
//! exports        exports `authenticate` to hosts without an SDK
//! bare           allocator and panic handler of the no_std module
//! ```
#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod authenticate;
mod exports;

#[cfg(target_family = "wasm")]
mod bare;

pub use authenticate::{Caller, Refusal, authenticate, tokens_of};
