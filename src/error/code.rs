//! The stable codes, with their categories and HTTP statuses, and the code of each kind of error.

use super::ErrorKind;

/// The kind of failure. It determines how a service should react.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Category {
    /// The signature is valid, but the claims are not what the caller expects.
    Claims,
    /// The caller's options are wrong.
    Config,
    /// The key set is invalid, or no key could be chosen from it.
    Key,
    /// The token is not well-formed.
    Malformed,
    /// The signature and the claims are valid, but a scope is missing or the policy denies the caller.
    Policy,
    /// The signature is wrong.
    Signature,
}

/// A stable code with its category and its HTTP status.
#[derive(Clone, Copy)]
pub(super) struct Code {
    pub(super) name: &'static str,
    pub(super) category: Category,
    pub(super) status: u16,
}

const fn code(name: &'static str, category: Category, status: u16) -> Code {
    Code { name, category, status }
}

const OPTIONS_INVALID: Code = code("ERR_OPTIONS_INVALID", Category::Config, 500);
const JWT_TOO_LARGE: Code = code("ERR_JWT_TOO_LARGE", Category::Malformed, 401);
const JWS_INVALID: Code = code("ERR_JWS_INVALID", Category::Malformed, 401);
const JOSE_NOT_SUPPORTED: Code = code("ERR_JOSE_NOT_SUPPORTED", Category::Malformed, 401);
const JOSE_ALG_NOT_ALLOWED: Code = code("ERR_JOSE_ALG_NOT_ALLOWED", Category::Malformed, 401);
const JWKS_INVALID: Code = code("ERR_JWKS_INVALID", Category::Key, 500);
const JWK_INVALID: Code = code("ERR_JWK_INVALID", Category::Key, 401);
const JWKS_NO_MATCHING_KEY: Code = code("ERR_JWKS_NO_MATCHING_KEY", Category::Key, 401);
const JWKS_MULTIPLE_MATCHING_KEYS: Code = code("ERR_JWKS_MULTIPLE_MATCHING_KEYS", Category::Key, 401);
const JWS_SIGNATURE_VERIFICATION_FAILED: Code = code("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", Category::Signature, 401);
const JWT_INVALID: Code = code("ERR_JWT_INVALID", Category::Malformed, 401);
const JWT_EXPIRED: Code = code("ERR_JWT_EXPIRED", Category::Claims, 401);
const JWT_CLAIM_VALIDATION_FAILED: Code = code("ERR_JWT_CLAIM_VALIDATION_FAILED", Category::Claims, 401);
const POLICY_DENIED: Code = code("ERR_POLICY_DENIED", Category::Policy, 403);

impl Code {
    /// Every code.
    pub(super) const ALL: [Self; 14] = [
        OPTIONS_INVALID,
        JWT_TOO_LARGE,
        JWS_INVALID,
        JOSE_NOT_SUPPORTED,
        JOSE_ALG_NOT_ALLOWED,
        JWKS_INVALID,
        JWK_INVALID,
        JWKS_NO_MATCHING_KEY,
        JWKS_MULTIPLE_MATCHING_KEYS,
        JWS_SIGNATURE_VERIFICATION_FAILED,
        JWT_INVALID,
        JWT_EXPIRED,
        JWT_CLAIM_VALIDATION_FAILED,
        POLICY_DENIED,
    ];

    /// The code of an error of this kind.
    pub(super) fn of(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidOption { .. } => OPTIONS_INVALID,
            ErrorKind::TooLarge { .. } => JWT_TOO_LARGE,
            ErrorKind::InvalidBase64url { .. }
            | ErrorKind::InvalidHeader { .. }
            | ErrorKind::InvalidHeaderParameter { .. }
            | ErrorKind::InvalidSegments { .. }
            | ErrorKind::MissingAlgorithm => JWS_INVALID,
            ErrorKind::EncryptedToken | ErrorKind::UnsupportedHeaderParameter { .. } => JOSE_NOT_SUPPORTED,
            ErrorKind::AlgorithmMismatch { .. }
            | ErrorKind::AlgorithmNotAllowed { .. }
            | ErrorKind::UnsupportedAlgorithm => JOSE_ALG_NOT_ALLOWED,
            ErrorKind::InvalidJwks { .. } => JWKS_INVALID,
            ErrorKind::UnusableKey { .. } => JWK_INVALID,
            ErrorKind::NoMatchingKey => JWKS_NO_MATCHING_KEY,
            ErrorKind::MultipleMatchingKeys => JWKS_MULTIPLE_MATCHING_KEYS,
            ErrorKind::SignatureMismatch => JWS_SIGNATURE_VERIFICATION_FAILED,
            ErrorKind::InvalidClaim { .. } | ErrorKind::InvalidPayload { .. } | ErrorKind::UnexpectedShape { .. } => {
                JWT_INVALID
            }
            ErrorKind::Expired { .. } => JWT_EXPIRED,
            ErrorKind::IssuedInFuture { .. }
            | ErrorKind::MissingClaim { .. }
            | ErrorKind::MissingTyp
            | ErrorKind::NotOneAudience
            | ErrorKind::NotYetValid { .. }
            | ErrorKind::TooOld { .. }
            | ErrorKind::UnexpectedClaim { .. }
            | ErrorKind::UnexpectedValue { .. } => JWT_CLAIM_VALIDATION_FAILED,
            ErrorKind::PolicyDenied { .. } | ErrorKind::TagDenied { .. } | ErrorKind::TooManyValues { .. } => {
                POLICY_DENIED
            }
            ErrorKind::Several { first, .. } => Self::of(first.kind()),
        }
    }
}

impl Category {
    /// The category's name in lower case, the same in every language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::Config => "config",
            Self::Key => "key",
            Self::Malformed => "malformed",
            Self::Policy => "policy",
            Self::Signature => "signature",
        }
    }
}
