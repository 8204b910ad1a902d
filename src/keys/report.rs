//! Reports about the keys of a set.

use super::jwk::Jwk;
use crate::error::KeyProblem;
use alloc::string::String;
use serde::Serialize;

/// The report of a [`KeySet`](crate::KeySet) about one of its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyReport {
    /// `kid`, if it is a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `kty`, if it is a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kty: Option<String>,
    /// `alg`, if it is a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Whether the key can verify signatures.
    pub usable: bool,
    /// Why the key cannot be used; `None` for a usable key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<KeyProblem>,
    /// The size of the modulus or of the curve's field, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bits: Option<usize>,
    /// The thumbprint (RFC 7638, SHA-256, base64url), if the key could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
    /// Whether the modulus is shorter than 2048 bits (RFC 7518 §3.3).
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub weak: bool,
    /// Whether the set publishes the private or symmetric key material of this key.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub private: bool,
}

/// What happened to one key of a set when the signature of a token was checked.
#[derive(Debug)]
pub(crate) struct Candidacy {
    /// The key's `kid`, or its position if it has no `kid`.
    pub(crate) name: String,
    /// Why the key was not tried.
    pub(crate) rejection: Option<String>,
    /// Whether the key verifies the signature of the token.
    pub(crate) has_verified: bool,
}

impl KeyReport {
    pub(super) fn new(jwk: &Jwk, problem: Option<KeyProblem>) -> Self {
        Self {
            kid: jwk.kid.clone(),
            kty: jwk.kty.clone(),
            alg: jwk.alg.clone(),
            usable: problem.is_none(),
            problem,
            bits: jwk.bits,
            thumbprint: jwk.thumbprint(),
            weak: matches!(problem, Some(KeyProblem::Weak { .. })),
            private: jwk.is_private,
        }
    }
}
