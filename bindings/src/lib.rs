//! The JavaScript bindings of `sts-jwt` as a crate that wasm-pack can build: it re-exports `sts_jwt::wasm`.
#![cfg(target_family = "wasm")]

pub use sts_jwt::wasm::*;
