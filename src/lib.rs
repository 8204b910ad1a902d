#![doc = include_str!("../README.md")]
//!
//! # How a token flows through the crate
//!
//! ```text
//! base64url → json → token       split and decode: UnverifiedToken
//!           → jwk → jwks         read the key set, choose a key
//!           → signature          check the signature: VerifiedToken
//!           → claims             read the claims: Claims
//!           → validation         compare them with what is expected
//!           → aws                cross-check and judge the claims of AWS STS
//!           → verify             the order of it all, in one function
//! ```
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod error;
mod trace;

mod base64url;
mod json;
mod token;

mod jwk;
mod jwks;

mod signature;

mod claims;
mod validation;

mod aws;

mod options;
mod verify;

mod self_test;

// Both boundaries to JavaScript are in src/wasm; each has a feature of its own, and either builds without the other.
#[cfg(feature = "npm")]
#[path = "wasm/engine.rs"]
mod engine;
#[cfg(feature = "wasm")]
pub mod wasm;

#[cfg(any(fuzzing, internals))]
#[doc(hidden)]
pub use signature::internals;

pub use crate::{
    aws::{Arn, AwsIdentity, AwsPolicy, PermissionSet, Principal, PrincipalKind, Session, Tags},
    claims::{Claims, NumericDate},
    error::{Category, Error, Evidence, JsonProblem, JwksProblem, KeyProblem, LookAlike},
    json::{Object as JsonObject, Value as JsonValue},
    jwk::{MAX_MODULUS_BITS, MIN_MODULUS_BITS},
    jwks::{MAX_CANDIDATES, MAX_JWKS_BYTES, MAX_KEYS},
    options::VerifyOptions,
    self_test::self_test,
    signature::{KeyIdentity, KeyReport, KeySet, VerifiedToken, VerifyingKey, digest_of_text},
    token::{
        Algorithm, JoseHeader, MAX_HEADER_BYTES, MAX_TOKEN_BYTES, UnverifiedToken, decode_unverified, unverified_issuer,
    },
    trace::{Outcome, Stage, Step},
    validation::{DEFAULT_LEEWAY, Expected, Validation},
    verify::{Explanation, RememberedToken, explain, verify, verify_and_remember},
};
