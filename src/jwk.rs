//! One JSON Web Key (RFC 7517 §4, RFC 7518 §6): what it says, and whether it can check ES384 or RS256.

use crate::{
    base64url,
    error::KeyProblem,
    json::{Object, Value},
    token::Algorithm,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use sha2::{Digest, Sha256};

/// The shortest RSA modulus (RFC 7518 §3.3).
pub const MIN_MODULUS_BITS: usize = 2048;

/// The longest RSA modulus; bounds the work that a key set can cause.
pub const MAX_MODULUS_BITS: usize = 8192;

/// Octets of a P-384 coordinate (RFC 7518 §6.2.1.2).
pub(crate) const COORDINATE_BYTES: usize = 48;

/// One member of a key set.
#[derive(Clone, Debug)]
pub(crate) struct Jwk {
    pub(crate) kid: Option<String>,
    pub(crate) kty: Option<String>,
    pub(crate) alg: Option<String>,
    /// The public key, or why it is not used.
    pub(crate) key: Result<PublicKey, KeyProblem>,
    /// What its thumbprint is the hash of (RFC 7638 §3.1), where its members could be read.
    canonical: Option<String>,
    pub(crate) bits: Option<usize>,
    pub(crate) private: bool,
}

/// The members of a public key, decoded; `signature.rs` checks the mathematics.
#[derive(Clone, Debug)]
pub(crate) enum PublicKey {
    Es384 { x: [u8; COORDINATE_BYTES], y: [u8; COORDINATE_BYTES] },
    Rs256 { modulus: Vec<u8>, exponent: u32 },
}

impl Jwk {
    pub(crate) fn parse(jwk: &Value<'_>) -> Self {
        let empty = Object::default();
        let Value::Object(jwk) = jwk else { return Self::describe(&empty, Err(KeyProblem::NotAnObject)) };
        Self::describe(jwk, PublicKey::parse(jwk))
    }

    fn describe(jwk: &Object<'_>, key: Result<PublicKey, KeyProblem>) -> Self {
        let bits = match text(jwk, "kty") {
            Some("RSA") => octets(jwk, "n").map(|modulus| bit_length(&modulus)),
            Some("EC") if text(jwk, "crv") == Some("P-384") => Some(384),
            _ => None,
        };
        // A member that is not usable may still be named in a report, but only a usable one can be selected.
        Self {
            kid: owned(jwk, "kid"),
            kty: owned(jwk, "kty"),
            alg: owned(jwk, "alg"),
            canonical: canonical(jwk),
            bits,
            private: is_private(jwk),
            key,
        }
    }

    /// The thumbprint (RFC 7638 §3): SHA-256 of the canonical form, in base64url.
    pub(crate) fn thumbprint(&self) -> Option<String> {
        self.canonical.as_ref().map(|canonical| base64url::encode(&Sha256::digest(canonical)))
    }
}

impl PublicKey {
    pub(crate) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es384 { .. } => Algorithm::Es384,
            Self::Rs256 { .. } => Algorithm::Rs256,
        }
    }

    fn parse(jwk: &Object<'_>) -> Result<Self, KeyProblem> {
        // RFC 7517 §4.5: a string, as in the header; never a number that happens to be equal.
        if !matches!(jwk.get("kid"), None | Some(Value::String(_))) {
            return Err(KeyProblem::Kid);
        }
        let algorithm = match text(jwk, "kty") {
            Some("EC") => Algorithm::Es384,
            Some("RSA") => Algorithm::Rs256,
            _ => return Err(KeyProblem::KeyType),
        };
        if is_private(jwk) {
            return Err(KeyProblem::Private);
        }
        // RFC 7517 §4.2
        if jwk.get("use").is_some_and(|key_use| key_use.as_str() != Some("sig")) {
            return Err(KeyProblem::Use);
        }
        if jwk.get("key_ops").is_some_and(|key_ops| !allows_verify(key_ops)) {
            return Err(KeyProblem::KeyOperations);
        }
        // RFC 7517 §4.4: alg is OPTIONAL, and AWS publishes RSA keys without it. The key type then decides.
        if jwk.get("alg").is_some_and(|alg| alg.as_str() != Some(algorithm.as_str())) {
            return Err(KeyProblem::Algorithm);
        }
        match algorithm {
            Algorithm::Es384 => Self::parse_ec(jwk),
            Algorithm::Rs256 => Self::parse_rsa(jwk),
        }
    }

    /// RFC 7518 §6.2.1
    fn parse_ec(jwk: &Object<'_>) -> Result<Self, KeyProblem> {
        if text(jwk, "crv") != Some("P-384") {
            return Err(KeyProblem::Curve);
        }
        let coordinate =
            |name| octets(jwk, name).and_then(|octets| octets.try_into().ok()).ok_or(KeyProblem::Coordinates);
        Ok(Self::Es384 { x: coordinate("x")?, y: coordinate("y")? })
    }

    /// RFC 7518 §6.3.1
    fn parse_rsa(jwk: &Object<'_>) -> Result<Self, KeyProblem> {
        let modulus =
            unsigned(jwk, "n").filter(|n| n.last().is_some_and(|low| low % 2 == 1)).ok_or(KeyProblem::Modulus)?;
        if bit_length(&modulus) < MIN_MODULUS_BITS {
            return Err(KeyProblem::Weak);
        }
        if bit_length(&modulus) > MAX_MODULUS_BITS {
            return Err(KeyProblem::TooLong);
        }
        let exponent = unsigned(jwk, "e")
            .filter(|e| e.len() <= size_of::<u32>())
            .map(|e| e.iter().fold(0, |value: u32, octet| value << 8 | u32::from(*octet)))
            .filter(|e| *e >= 3 && e % 2 == 1)
            .ok_or(KeyProblem::Exponent)?;
        Ok(Self::Rs256 { modulus, exponent })
    }
}

#[inline(never)]
fn text<'a>(jwk: &'a Object<'_>, name: &str) -> Option<&'a str> {
    jwk.get(name)?.as_str()
}

#[inline(never)]
fn owned(jwk: &Object<'_>, name: &str) -> Option<String> {
    text(jwk, name).map(ToOwned::to_owned)
}

#[inline(never)]
fn octets(jwk: &Object<'_>, name: &str) -> Option<Vec<u8>> {
    base64url::decode(text(jwk, name)?)
}

/// RFC 7518 §2, Base64urlUInt: the minimal octets of a positive integer.
fn unsigned(jwk: &Object<'_>, name: &str) -> Option<Vec<u8>> {
    octets(jwk, name).filter(|octets| octets.first().is_some_and(|high| *high != 0))
}

fn bit_length(big_endian: &[u8]) -> usize {
    let significant =
        big_endian.iter().position(|octet| *octet != 0).and_then(|start| big_endian.get(start..)).unwrap_or_default();
    significant
        .first()
        .map_or(0, |high| (significant.len() - 1) * 8 + 8 - usize::try_from(high.leading_zeros()).unwrap_or(8))
}

/// RFC 7517 §4.3: an array of distinct strings.
fn allows_verify(key_ops: &Value<'_>) -> bool {
    /// RFC 7517 §4.3 registers eight; a bound keeps the comparison of all with all small.
    const MAX_OPERATIONS: usize = 16;

    let Value::Array(operations) = key_ops else { return false };
    if operations.len() > MAX_OPERATIONS {
        return false;
    }
    let Some(operations) = operations.iter().map(Value::as_str).collect::<Option<Vec<_>>>() else { return false };
    let distinct =
        operations.iter().enumerate().all(|(i, operation)| !operations.iter().take(i).any(|other| other == operation));
    distinct && operations.contains(&"verify")
}

/// RFC 7518 §6.2.2, §6.3.2, §6.4.1: the members of private and symmetric keys.
fn is_private(jwk: &Object<'_>) -> bool {
    ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].into_iter().any(|name| jwk.contains(name))
}

#[inline(never)]
fn is_octets(jwk: &Object<'_>, name: &str) -> bool {
    octets(jwk, name).is_some()
}

/// RFC 7638 §3.1: the required members in lexicographic order, without white space.
fn canonical(jwk: &Object<'_>) -> Option<String> {
    let member = |name| text(jwk, name).filter(|_| is_octets(jwk, name));
    let parts: &[&str] = match text(jwk, "kty")? {
        "EC" => {
            let crv = text(jwk, "crv").filter(|crv| matches!(*crv, "P-256" | "P-384" | "P-521"))?;
            &[r#"{"crv":""#, crv, r#"","kty":"EC","x":""#, member("x")?, r#"","y":""#, member("y")?, r#""}"#]
        }
        "RSA" => &[r#"{"e":""#, member("e")?, r#"","kty":"RSA","n":""#, member("n")?, r#""}"#],
        _ => return None,
    };
    Some(parts.concat())
}

#[cfg(test)]
mod tests {
    use super::Jwk;
    use crate::json::parse_object;

    #[test]
    fn thumbprint_is_the_one_of_rfc_7638_3_1() {
        let jwk = parse_object(
            br#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
        )
        .unwrap();
        let jwk = Jwk::parse(&crate::json::Value::Object(jwk));
        assert_eq!(jwk.thumbprint().as_deref(), Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
        assert_eq!(jwk.bits, Some(2048));
        assert!(jwk.key.is_ok());
    }
}
