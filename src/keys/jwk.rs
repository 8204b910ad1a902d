//! One JSON Web Key (RFC 7517 §4, RFC 7518 §6), parsed once into types.

use crate::{
    crypto::{Algorithm, COORDINATE_BYTES, MAX_MODULUS_BITS, MIN_MODULUS_BITS, sha256},
    encoding::{
        base64url,
        json::{Object, Value},
    },
    error::KeyProblem,
};
use alloc::{
    borrow::{Cow, ToOwned},
    string::String,
    vec::Vec,
};

/// The content of one entry of a JWK Set.
#[derive(Clone, Debug)]
pub(super) struct Jwk {
    /// `kid` (RFC 7517 §4.5), if it is a string.
    pub(super) kid: Option<String>,
    /// `kty` (RFC 7517 §4.1), if it is a string.
    pub(super) kty: Option<String>,
    /// `alg` (RFC 7517 §4.4), if it is a string.
    pub(super) alg: Option<String>,
    /// The algorithm that this library uses with keys of this `kty`. The key may still be unusable.
    pub(super) algorithm: Option<Algorithm>,
    /// The size of the modulus or of the curve's field, if it can be read.
    pub(super) bits: Option<usize>,
    /// Whether the entry publishes private or symmetric key material. That material is not stored.
    pub(super) is_private: bool,
    /// The public key, or why the key is not used. `crypto` checks later that the numbers form a valid key.
    pub(super) public_key: Result<PublicKey, KeyProblem>,
    /// The JSON text to hash with SHA-256 for the thumbprint (RFC 7638 §3), if the key can be read.
    thumbprint_input: Option<String>,
}

/// The members of a public key, decoded.
#[derive(Clone, Debug)]
pub(super) enum PublicKey {
    Es384 { x: [u8; COORDINATE_BYTES], y: [u8; COORDINATE_BYTES] },
    Rs256 { modulus: Vec<u8>, exponent: u32 },
}

impl Jwk {
    /// Never fails. By RFC 7517 §5, keys that are not understood are ignored, so one bad key does not invalidate the set.
    pub(super) fn read(jwk: &Value<'_>) -> Self {
        static NO_MEMBERS: Object<'static> = Object::EMPTY;

        let members = Members(jwk.as_object().unwrap_or(&NO_MEMBERS));
        let owned = |name| members.text(name).map(ToOwned::to_owned);
        Self {
            kid: owned("kid"),
            kty: owned("kty"),
            alg: owned("alg"),
            algorithm: members.algorithm(),
            bits: members.bits(),
            is_private: members.is_private(),
            public_key: if jwk.as_object().is_some() { members.public_key() } else { Err(KeyProblem::NotAnObject) },
            thumbprint_input: members.thumbprint_input(),
        }
    }

    /// The thumbprint (RFC 7638 §3) in base64url, if the key can be read.
    pub(super) fn thumbprint(&self) -> Option<String> {
        self.thumbprint_input.as_deref().map(|json| base64url::encode(&sha256(json.as_bytes())))
    }
}

/// The members of a JWK in their original form.
struct Members<'a>(&'a Object<'a>);

impl Members<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn octets(&self, name: &str) -> Option<Vec<u8>> {
        base64url::decode(self.text(name)?)
    }

    /// Reads a Base64urlUInt (RFC 7518 §2). Drops leading zero octets, which the RFC forbids but some issuers send.
    fn unsigned(&self, member: &'static str) -> Result<Vec<u8>, KeyProblem> {
        let Some(value) = self.0.get(member) else { return Err(KeyProblem::Missing { member }) };
        let text = value.as_str().ok_or(KeyProblem::NotBase64url { member })?;
        if text.ends_with('=') {
            return Err(KeyProblem::Padded { member });
        }
        let octets = base64url::decode(text).ok_or(KeyProblem::NotBase64url { member })?;
        Ok(without_leading_zeros(&octets).to_vec())
    }

    fn algorithm(&self) -> Option<Algorithm> {
        match self.text("kty")? {
            "EC" => Some(Algorithm::Es384),
            "RSA" => Some(Algorithm::Rs256),
            _ => None,
        }
    }

    /// RFC 7518 §6.2.2, §6.3.2, §6.4.1: the members of private and symmetric keys.
    fn is_private(&self) -> bool {
        ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].into_iter().any(|name| self.0.contains(name))
    }

    fn public_key(&self) -> Result<PublicKey, KeyProblem> {
        // RFC 7517 §4.5: `kid` is a string, as in the header. A number does not match a string with the same digits.
        if !matches!(self.0.get("kid"), None | Some(Value::String(_))) {
            return Err(KeyProblem::Kid);
        }
        let algorithm = self.algorithm().ok_or(KeyProblem::KeyType)?;
        if self.is_private() {
            return Err(KeyProblem::Private);
        }
        // RFC 7517 §4.2
        if self.0.get("use").is_some_and(|key_use| key_use.as_str() != Some("sig")) {
            return Err(KeyProblem::Use);
        }
        if self.0.get("key_ops").is_some_and(|key_ops| !allows_verify(key_ops)) {
            return Err(KeyProblem::KeyOperations);
        }
        // RFC 7517 §4.4: `alg` is OPTIONAL, and AWS publishes RSA keys without `alg`. Without `alg`, the key type decides.
        if self.0.get("alg").is_some_and(|alg| alg.as_str() != Some(algorithm.as_str())) {
            return Err(KeyProblem::Algorithm);
        }
        match algorithm {
            Algorithm::Es384 => self.ec_key(),
            Algorithm::Rs256 => self.rsa_key(),
        }
    }

    /// RFC 7518 §6.2.1
    fn ec_key(&self) -> Result<PublicKey, KeyProblem> {
        if self.text("crv") != Some("P-384") {
            return Err(KeyProblem::Curve);
        }
        let coordinate =
            |name| self.octets(name).and_then(|octets| octets.try_into().ok()).ok_or(KeyProblem::Coordinates);
        Ok(PublicKey::Es384 { x: coordinate("x")?, y: coordinate("y")? })
    }

    /// RFC 7518 §6.3.1
    fn rsa_key(&self) -> Result<PublicKey, KeyProblem> {
        let modulus = self.unsigned("n")?;
        if modulus.last().is_none_or(|low| low % 2 == 0) {
            return Err(KeyProblem::Modulus);
        }
        if bit_length(&modulus) < MIN_MODULUS_BITS {
            return Err(KeyProblem::Weak { limit: MIN_MODULUS_BITS });
        }
        if bit_length(&modulus) > MAX_MODULUS_BITS {
            return Err(KeyProblem::TooLong { limit: MAX_MODULUS_BITS });
        }
        let exponent = self.unsigned("e")?;
        if exponent.len() > size_of::<u32>() {
            return Err(KeyProblem::Exponent);
        }
        let exponent = exponent.iter().fold(0, |value: u32, octet| value << 8 | u32::from(*octet));
        if exponent < 3 || exponent % 2 == 0 {
            return Err(KeyProblem::Exponent);
        }
        Ok(PublicKey::Rs256 { modulus, exponent })
    }

    fn bits(&self) -> Option<usize> {
        match self.algorithm()? {
            Algorithm::Rs256 => self.octets("n").map(|modulus| bit_length(&modulus)),
            Algorithm::Es384 => (self.text("crv") == Some("P-384")).then_some(384),
        }
    }

    /// RFC 7638 §3: the required members in lexicographic order, without white space.
    fn thumbprint_input(&self) -> Option<String> {
        let required: &[&'static str] = match self.algorithm()? {
            Algorithm::Es384 if !["P-256", "P-384", "P-521"].contains(&self.text("crv")?) => return None,
            Algorithm::Es384 => &["crv", "kty", "x", "y"],
            Algorithm::Rs256 => &["e", "kty", "n"],
        };
        let mut json = String::new();
        for name in required {
            // `crv` and `kty` are known names, and all other members are numbers in base64url, so no value needs an escape.
            let value = match (*name, self.text(name)?) {
                // RFC 7638 §3.3: the representation of RFC 7518 §6.3.1, without leading zero octets.
                ("e" | "n", _) => Cow::Owned(base64url::encode(&self.unsigned(name).ok()?)),
                ("x" | "y", text) if base64url::decode(text).is_none() => return None,
                (_, text) => Cow::Borrowed(text),
            };
            for part in [if json.is_empty() { "{\"" } else { ",\"" }, name, "\":\"", &value, "\""] {
                json.push_str(part);
            }
        }
        json.push('}');
        Some(json)
    }
}

fn without_leading_zeros(big_endian: &[u8]) -> &[u8] {
    let zeros = big_endian.iter().take_while(|octet| **octet == 0).count();
    big_endian.get(zeros..).unwrap_or_default()
}

fn bit_length(big_endian: &[u8]) -> usize {
    let number = without_leading_zeros(big_endian);
    let high = number.first().map_or(0, |octet| octet.leading_zeros());
    number.len() * 8 - usize::try_from(high).unwrap_or_default()
}

/// RFC 7517 §4.3: an array of distinct strings.
fn allows_verify(key_ops: &Value<'_>) -> bool {
    /// RFC 7517 §4.3 registers eight operations. The limit bounds the cost of comparing every pair.
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

#[cfg(test)]
mod tests {
    use super::Jwk;
    use crate::encoding::json::{Value, parse};

    fn read(jwk: &str) -> Jwk {
        Jwk::read(&Value::Object(parse(jwk).unwrap()))
    }

    #[test]
    fn computes_the_thumbprint_of_rfc_7638_3_1() {
        let jwk = read(
            r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
        );
        assert_eq!(jwk.thumbprint().as_deref(), Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
        assert_eq!(jwk.bits, Some(2048));
        assert!(jwk.public_key.is_ok());
    }

    #[test]
    fn returns_no_thumbprint_for_unreadable_keys() {
        let thumbprint = |jwk| read(jwk).thumbprint();
        assert!(thumbprint(r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AQ"}"#).is_some());
        for jwk in [
            r#"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AQ"}"#,
            r#"{"kty":"EC","crv":"P-256","x":"A\"","y":"AQ"}"#,
            r#"{"kty":"EC","crv":"P-256","x":"AA","y":1}"#,
            r#"{"kty":"RSA","e":"AQAB","n":"AQ=="}"#,
            r#"{"kty":"RSA","n":"AQ"}"#,
            r#"{"kty":"oct","k":"AQ"}"#,
        ] {
            assert_eq!(thumbprint(jwk), None, "{jwk}");
        }
    }

    #[test]
    fn drops_private_members() {
        let jwk = r#"{"kty":"RSA","e":"AQAB","n":"AQ","d":"SECRET","p":"SECRET","x5c":["SECRET"]}"#;
        let jwk = read(jwk);
        assert!(jwk.is_private && !alloc::format!("{jwk:?}").contains("SECRET"));
    }
}
