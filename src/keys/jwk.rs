//! One JSON Web Key (RFC 7517 §4, RFC 7518 §6): what it says, and whether it can check ES384 or RS256.

use crate::{
    base64url,
    error::KeyProblem,
    json::{Object, Value},
    signature::digest_of_text,
    token::Algorithm,
};
use alloc::{string::String, vec::Vec};

/// The shortest RSA modulus (RFC 7518 §3.3).
pub const MIN_MODULUS_BITS: usize = 2048;

/// The longest RSA modulus; bounds the work that a key set can cause.
pub const MAX_MODULUS_BITS: usize = 8192;

/// Octets of a P-384 coordinate (RFC 7518 §6.2.1.2).
pub(crate) const COORDINATE_BYTES: usize = 48;

/// One member of a key set, as it stands there: what it says is looked at when somebody wants to know.
#[derive(Clone, Debug)]
pub(crate) struct Jwk {
    /// The members that matter here; `None` for what is no object.
    members: Option<Object<'static>>,
    /// Whether it publishes private or symmetric key material, which is not kept.
    pub(crate) private: bool,
}

/// The members of a public key, decoded; `signature.rs` checks the mathematics.
#[derive(Clone, Debug)]
pub(crate) enum PublicKey {
    Es384 { x: [u8; COORDINATE_BYTES], y: [u8; COORDINATE_BYTES] },
    Rs256 { modulus: Vec<u8>, exponent: u32 },
}

impl Jwk {
    pub(crate) fn read(jwk: Value<'static>) -> Self {
        const MEMBERS: [&str; 10] = ["kid", "kty", "alg", "use", "key_ops", "crv", "x", "y", "n", "e"];
        let Value::Object(mut members) = jwk else { return Self { members: None, private: false } };
        let private = is_private(&members);
        members.retain(|name| MEMBERS.contains(&name));
        Self { members: Some(members), private }
    }

    /// The value of a member that is a string.
    #[inline(never)]
    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.members.as_ref()?.get(member)?.as_str()
    }

    /// `kid` (RFC 7517 §4.5).
    pub(crate) fn kid(&self) -> Option<&str> {
        self.text("kid")
    }

    /// The algorithm of keys of this `kty`; the other members may still forbid it.
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        let kty = self.text("kty")?;
        [Algorithm::Es384, Algorithm::Rs256].into_iter().find(|algorithm| algorithm.key_type() == kty)
    }

    /// The public key, or why it is not used.
    pub(crate) fn public_key(&self) -> Result<PublicKey, KeyProblem> {
        let members = self.members.as_ref().ok_or(KeyProblem::NotAnObject)?;
        // RFC 7517 §4.5: a string, as in the header; never a number that happens to be equal.
        if !matches!(members.get("kid"), None | Some(Value::String(_))) {
            return Err(KeyProblem::Kid);
        }
        let algorithm = self.algorithm().ok_or(KeyProblem::KeyType)?;
        if self.private {
            return Err(KeyProblem::Private);
        }
        // RFC 7517 §4.2
        if members.get("use").is_some_and(|key_use| key_use.as_str() != Some("sig")) {
            return Err(KeyProblem::Use);
        }
        if members.get("key_ops").is_some_and(|key_ops| !allows_verify(key_ops)) {
            return Err(KeyProblem::KeyOperations);
        }
        // RFC 7517 §4.4: alg is OPTIONAL, and AWS publishes RSA keys without it. The key type then decides.
        if members.get("alg").is_some_and(|alg| alg.as_str() != Some(algorithm.as_str())) {
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
    #[inline(never)]
    fn rsa_key(&self) -> Result<PublicKey, KeyProblem> {
        let modulus =
            self.unsigned("n").filter(|n| n.last().is_some_and(|low| low % 2 == 1)).ok_or(KeyProblem::Modulus)?;
        if bit_length(&modulus) < MIN_MODULUS_BITS {
            return Err(KeyProblem::Weak);
        }
        if bit_length(&modulus) > MAX_MODULUS_BITS {
            return Err(KeyProblem::TooLong);
        }
        let exponent = self
            .unsigned("e")
            .filter(|e| e.len() <= size_of::<u32>())
            .map(|e| e.iter().fold(0, |value: u32, octet| value << 8 | u32::from(*octet)))
            .filter(|e| *e >= 3 && e % 2 == 1)
            .ok_or(KeyProblem::Exponent)?;
        Ok(PublicKey::Rs256 { modulus, exponent })
    }

    /// The size of the modulus or of the curve's field, where it can be read.
    pub(crate) fn bits(&self) -> Option<usize> {
        match self.algorithm()? {
            Algorithm::Rs256 => self.octets("n").map(|modulus| bit_length(&modulus)),
            Algorithm::Es384 => (self.text("crv") == Some("P-384")).then_some(384),
        }
    }

    /// The thumbprint (RFC 7638 §3), where the key can be read: SHA-256, in base64url, of the required members in
    /// lexicographic order, without white space.
    pub(crate) fn thumbprint(&self) -> Option<String> {
        let required: &[&str] = match self.algorithm()? {
            Algorithm::Es384 if !["P-256", "P-384", "P-521"].contains(&self.text("crv")?) => return None,
            Algorithm::Es384 => &["crv", "kty", "x", "y"],
            Algorithm::Rs256 => &["e", "kty", "n"],
        };
        let mut json = String::new();
        for name in required {
            let value = self.text(name)?;
            // The members of one letter are the base64url of numbers. So none of the values needs an escape.
            if name.len() == 1 && self.octets(name).is_none() {
                return None;
            }
            for part in [if json.is_empty() { "{\"" } else { ",\"" }, name, "\":\"", value, "\""] {
                json.push_str(part);
            }
        }
        json.push('}');
        Some(digest_of_text(&json))
    }

    #[inline(never)]
    fn octets(&self, member: &str) -> Option<Vec<u8>> {
        base64url::decode(self.text(member)?)
    }

    /// RFC 7518 §2, Base64urlUInt: the minimal octets of a positive integer.
    fn unsigned(&self, member: &str) -> Option<Vec<u8>> {
        self.octets(member).filter(|octets| octets.first().is_some_and(|high| *high != 0))
    }
}

fn bit_length(big_endian: &[u8]) -> usize {
    let significant =
        big_endian.iter().position(|octet| *octet != 0).and_then(|start| big_endian.get(start..)).unwrap_or_default();
    significant
        .first()
        .map_or(0, |high| (significant.len() - 1) * 8 + 8 - usize::try_from(high.leading_zeros()).unwrap_or(8))
}

/// RFC 7517 §4.3: an array of distinct strings.
#[inline(never)]
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

#[cfg(test)]
mod tests {
    use super::Jwk;
    use crate::json::{Value, parse_owned};

    #[test]
    fn thumbprint_is_the_one_of_rfc_7638_3_1() {
        let jwk = parse_owned(
            r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
        )
        .unwrap();
        let jwk = Jwk::read(Value::Object(jwk));
        assert_eq!(jwk.thumbprint().as_deref(), Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
        assert_eq!(jwk.bits(), Some(2048));
        assert!(jwk.public_key().is_ok());
    }

    #[test]
    fn keys_that_cannot_be_read_have_no_thumbprint() {
        let thumbprint = |jwk| Jwk::read(Value::Object(parse_owned(jwk).unwrap())).thumbprint();
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
    fn private_members_are_not_kept() {
        let jwk = r#"{"kty":"RSA","e":"AQAB","n":"AQ","d":"SECRET","p":"SECRET","x5c":["SECRET"]}"#;
        let jwk = Jwk::read(Value::Object(parse_owned(jwk).unwrap()));
        assert!(jwk.private && !alloc::format!("{jwk:?}").contains("SECRET"));
    }
}
