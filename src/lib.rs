#![doc = include_str!("README.md")]
#![no_std]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

// In the order of the pipeline: a module uses only modules above it.
mod error;

mod encoding;

mod crypto;

mod token;

mod keys;

mod claims;

mod check;

mod aws;

mod expectations;

mod verify;

mod explain;

#[cfg(any(feature = "npm", feature = "wasm"))]
pub mod wasm;

#[cfg(any(fuzzing, internals))]
#[doc(hidden)]
pub use crypto::internals;

/// Compiles and runs the Rust example of the repository's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct RepositoryReadme;

pub use crate::{
    aws::{
        Arn, AwsIdentity, AwsPolicy, OriginIdentities, PermissionSet, Principal, PrincipalKind, Session, Subject, Tags,
    },
    check::Stage,
    claims::{Claims, NumericDate},
    crypto::{Algorithm, VerifyingKey},
    encoding::json::{Object as JsonObject, Value as JsonValue},
    error::{Category, ClaimValue, Error, ErrorKind, Evidence, JsonProblem, JwksProblem, KeyProblem, LookAlike},
    expectations::{Expectations, Expected, Profile},
    explain::{Explanation, Outcome, Step, explain},
    keys::{KeyReport, KeySet, VerifiedToken},
    token::{UnverifiedToken, decode_unverified},
    verify::{authenticate, judge, verify},
};
