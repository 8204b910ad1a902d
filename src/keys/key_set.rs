//! A JWK Set (RFC 7517 §5): chooses a key for a token, and checks the signature with this key.

use super::{
    jwk::{Jwk, PublicKey},
    report::{Candidacy, KeyReport},
    verified_token::{KeyIdentity, VerifiedToken},
};
use crate::{
    crypto::{Digest, Generator, VerifyingKey},
    encoding::json::{self, Value},
    error::{Error, ErrorKind, JwksProblem, KeyProblem},
    token::{JoseHeader, KnownHeader, Segments},
};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use once_cell::race::OnceBox;

/// The longest JWK Set, in bytes.
const MAX_JWKS_BYTES: usize = 256 * 1024;

/// The maximum number of keys in a set.
const MAX_KEYS: usize = 128;

/// The maximum number of keys that are tried if several share one `kid`.
const MAX_CANDIDATES: usize = 4;

/// A parsed JWK Set. Each key is prepared at its first use. Reuse the set, because preparing a key costs more than a
/// verification.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<Key>,
}

/// One key of a set. Its first use creates the prepared form.
#[derive(Debug)]
struct Key {
    jwk: Jwk,
    generator: Arc<Generator>,
    prepared: OnceBox<Result<VerifyingKey, KeyProblem>>,
    identity: OnceBox<Arc<KeyIdentity>>,
    /// The header of the first token that this key verified as the only candidate. An issuer's tokens usually have the same
    /// header. The same segment always selects only this key, because the keys of a set never change.
    header: OnceBox<KnownHeader>,
}

impl KeySet {
    /// The longest JWK Set, in bytes.
    pub const MAX_BYTES: usize = MAX_JWKS_BYTES;

    /// The maximum number of keys in a set.
    pub const MAX_KEYS: usize = MAX_KEYS;

    /// Reads a JWK Set (RFC 7517 §5). Unusable keys do not make the set invalid; [`KeySet::report`] lists them.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidJwks`] if the text is not a JWK Set or exceeds a limit.
    pub fn parse(jwks: &str) -> Result<Self, Error> {
        Self::read(jwks).map_err(|problem| ErrorKind::InvalidJwks { problem }.into())
    }

    fn read(jwks: &str) -> Result<Self, JwksProblem> {
        if jwks.len() > MAX_JWKS_BYTES {
            return Err(JwksProblem::TooLarge { limit: MAX_JWKS_BYTES });
        }
        let jwks = json::parse(jwks).map_err(|problem| look_alike(jwks).unwrap_or(JwksProblem::Json(problem)))?;
        let Some(Value::Array(keys)) = jwks.get("keys") else {
            return Err(if jwks.get("kty").is_some() { JwksProblem::SingleKey } else { JwksProblem::NoKeys });
        };
        if keys.len() > MAX_KEYS {
            return Err(JwksProblem::TooManyKeys { limit: MAX_KEYS });
        }
        let generator = Arc::default();
        Ok(Self { keys: keys.iter().map(|key| Key::new(Jwk::read(key), &generator)).collect() })
    }

    /// Reports on each key, in the order of the set.
    #[must_use]
    pub fn report(&self) -> Vec<KeyReport> {
        self.keys.iter().map(|key| KeyReport::new(&key.jwk, key.problem())).collect()
    }

    /// The header that a key has verified with this first segment.
    pub(crate) fn known_header(&self, segment: &str) -> Option<&KnownHeader> {
        self.keys.iter().filter_map(|key| key.header.get()).find(|known| known.segment == segment)
    }

    /// Chooses a key by the header and checks the signature with it.
    pub(crate) fn verify_signature(
        &self,
        segments: Segments<'_>,
        header: Arc<JoseHeader>,
    ) -> Result<VerifiedToken, Error> {
        let candidates = match self.keys.iter().find(|key| key.knows(&header)) {
            Some(key) => Vec::from([key]),
            None => self.candidates(&header)?,
        };
        let digest = Digest::of(header.alg, segments.signing_input.as_bytes());
        let verifies = |key: &&&Key| key.verify(&digest, &segments.signature).is_ok();
        let key = candidates.iter().find(verifies).ok_or(ErrorKind::SignatureMismatch)?;
        if candidates.len() == 1 {
            key.remember(&segments, &header);
        }
        VerifiedToken::new(segments, header, Arc::clone(key.identity()), digest)
    }

    /// The keys to try, at least one and at most [`MAX_CANDIDATES`].
    fn candidates(&self, header: &JoseHeader) -> Result<Vec<&Key>, Error> {
        match &header.kid {
            Some(kid) => self.candidates_with(kid, header),
            None => self.only_candidate(header).map(|key| Vec::from([key])),
        }
    }

    /// RFC 7515 §4.1.4, RFC 7517 §4.5: an exact, case-sensitive match. Keys of different types may share a `kid`.
    fn candidates_with(&self, kid: &str, header: &JoseHeader) -> Result<Vec<&Key>, Error> {
        let named = || self.keys.iter().filter(|key| key.jwk.kid.as_deref() == Some(kid));
        let fits = |key: &&Key| key.jwk.algorithm == Some(header.alg) && key.problem().is_none();
        let candidates: Vec<_> = named().filter(fits).take(MAX_CANDIDATES).collect();
        if !candidates.is_empty() {
            return Ok(candidates);
        }
        // No key fits: the key has the other algorithm, is unusable, or is missing.
        let other = named().filter(|key| key.problem().is_none()).find_map(|key| key.jwk.algorithm);
        let error = match (other, named().find_map(Key::problem)) {
            (Some(key), _) => ErrorKind::AlgorithmMismatch { expected: key.as_str(), actual: header.alg.as_str() },
            (None, Some(problem)) => ErrorKind::UnusableKey { problem },
            (None, None) => ErrorKind::NoMatchingKey,
        };
        Err(error.into())
    }

    /// Chooses a key for a token without `kid`. The choice must be unambiguous.
    fn only_candidate(&self, header: &JoseHeader) -> Result<&Key, Error> {
        let of_type = || self.keys.iter().filter(|key| key.jwk.algorithm == Some(header.alg));
        let mut usable = of_type().filter(|key| key.problem().is_none());
        match (usable.next(), usable.next()) {
            (Some(key), None) => return Ok(key),
            (Some(_), Some(_)) => return Err(ErrorKind::MultipleMatchingKeys.into()),
            (None, _) => {}
        }
        // If the only key of the matching type is unusable, the token was probably signed with this key, so report its
        // problem.
        let mut problems = of_type().filter_map(Key::problem);
        let error = match (problems.next(), problems.next()) {
            (Some(problem), None) => ErrorKind::UnusableKey { problem },
            _ => ErrorKind::NoMatchingKey,
        };
        Err(error.into())
    }

    /// Returns, for each key of the set, why it was not tried, or whether it verifies the signature. Used for explanations.
    pub(crate) fn candidacies(&self, segments: &Segments<'_>, header: &JoseHeader) -> Vec<Candidacy> {
        let candidates = self.candidates(header).unwrap_or_default();
        let digest = Digest::of(header.alg, segments.signing_input.as_bytes());
        let candidacy = |(position, key): (usize, &Key)| {
            let is_candidate = candidates.iter().any(|candidate| core::ptr::eq(*candidate, key));
            Candidacy {
                name: key.jwk.kid.clone().unwrap_or_else(|| format!("#{position}")),
                rejection: (!is_candidate).then(|| key.rejection(header)),
                has_verified: is_candidate && key.verify(&digest, &segments.signature).is_ok(),
            }
        };
        self.keys.iter().enumerate().map(candidacy).collect()
    }
}

impl Key {
    fn new(jwk: Jwk, generator: &Arc<Generator>) -> Self {
        Self {
            jwk,
            generator: Arc::clone(generator),
            prepared: OnceBox::new(),
            identity: OnceBox::new(),
            header: OnceBox::new(),
        }
    }

    /// Why the key is unusable (for example, the coordinates are not a point on the curve); `None` for a usable key.
    fn problem(&self) -> Option<KeyProblem> {
        self.prepared().err()
    }

    fn prepared(&self) -> Result<&VerifyingKey, KeyProblem> {
        let prepared = self.prepared.get_or_init(|| Box::new(prepare(&self.jwk, &self.generator)));
        prepared.as_ref().map_err(|problem| *problem)
    }

    fn verify(&self, digest: &Digest, signature: &[u8]) -> Result<(), Error> {
        let key = self.prepared().map_err(|problem| ErrorKind::UnusableKey { problem })?;
        key.verify_digest(digest, signature)
    }

    fn identity(&self) -> &Arc<KeyIdentity> {
        let identity =
            || KeyIdentity { kid: self.jwk.kid.clone(), thumbprint: self.jwk.thumbprint().unwrap_or_default() };
        self.identity.get_or_init(|| Box::new(Arc::new(identity())))
    }

    /// Whether `header` is the one that this key remembers, not only an equal one.
    fn knows(&self, header: &Arc<JoseHeader>) -> bool {
        self.header.get().is_some_and(|known| Arc::ptr_eq(&known.header, header))
    }

    fn remember(&self, segments: &Segments<'_>, header: &Arc<JoseHeader>) {
        self.header.get_or_init(|| {
            let (json, header) = (Arc::clone(&segments.header), Arc::clone(header));
            Box::new(KnownHeader { segment: String::from(segments.header_segment()), json, header })
        });
    }

    /// Why the key is not a candidate.
    fn rejection(&self, header: &JoseHeader) -> String {
        match (self.problem(), self.jwk.algorithm) {
            (Some(problem), _) => problem.to_string(),
            _ if header.kid.is_some() && header.kid != self.jwk.kid => String::from("another \"kid\""),
            (_, Some(algorithm)) if algorithm != header.alg => format!("a key for {}", algorithm.as_str()),
            _ if header.kid.is_some() => format!("only the first {MAX_CANDIDATES} keys of one \"kid\" are tried"),
            _ => String::from("one of several that fit"),
        }
    }
}

impl VerifyingKey {
    /// Reads and checks one JWK (RFC 7517 §4).
    ///
    /// # Errors
    /// [`ErrorKind::UnusableKey`] if the key cannot be used; [`ErrorKind::InvalidJwks`] if the text is not a JSON object.
    pub fn from_jwk(jwk: &str) -> Result<Self, Error> {
        let jwk = json::parse(jwk).map_err(|problem| ErrorKind::InvalidJwks { problem: JwksProblem::Json(problem) })?;
        let jwk = Jwk::read(&Value::Object(jwk));
        prepare(&jwk, &Arc::default()).map_err(|problem| ErrorKind::UnusableKey { problem }.into())
    }
}

fn prepare(jwk: &Jwk, generator: &Arc<Generator>) -> Result<VerifyingKey, KeyProblem> {
    match jwk.public_key.as_ref().map_err(|problem| *problem)? {
        PublicKey::Es384 { x, y } => VerifyingKey::es384(x, y, generator).ok_or(KeyProblem::OffCurve),
        PublicKey::Rs256 { modulus, exponent } => VerifyingKey::rs256(modulus, *exponent).ok_or(KeyProblem::Modulus),
    }
}

/// Recognises common mistakes: strings that are not a JSON object.
fn look_alike(text: &str) -> Option<JwksProblem> {
    // JavaScript serializes a URL object as a JSON string.
    let text = text.trim_start().trim_start_matches('"');
    let starts_with = |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if starts_with("https:") || starts_with("http:") {
        Some(JwksProblem::Url)
    } else if starts_with("-----BEGIN") {
        Some(JwksProblem::Pem)
    } else if text.starts_with('[') {
        Some(JwksProblem::Array)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::KeySet;
    use crate::{authenticate, crypto::Algorithm, encoding::base64url};
    use alloc::{format, string::String};
    use p384::ecdsa::{Signature, SigningKey, signature::Signer};

    const HEADER: &str = r#"{"alg":"ES384"}"#;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_slice(&[seed; 48]).unwrap()
    }

    fn token(header: &str, seed: u8) -> String {
        let signing_input = format!("{}.e30", base64url::encode(header.as_bytes()));
        let signature: Signature = key(seed).sign(signing_input.as_bytes());
        format!("{signing_input}.{}", base64url::encode(&signature.to_bytes()))
    }

    fn jwk(seed: u8) -> String {
        let point = key(seed).verifying_key().to_sec1_point(false);
        let [x, y] = [point.x(), point.y()].map(|octets| base64url::encode(octets.unwrap()));
        format!(r#"{{"kty":"EC","crv":"P-384","kid":"a","x":"{x}","y":"{y}"}}"#)
    }

    fn knows(keys: &KeySet, header: &str) -> bool {
        keys.known_header(&base64url::encode(header.as_bytes())).is_some()
    }

    #[test]
    fn remembers_the_first_header_that_a_key_has_verified_as_the_only_candidate() {
        let keys = KeySet::parse(&format!(r#"{{"keys":[{}]}}"#, jwk(1))).unwrap();
        let authenticates = |token: &str| authenticate(token, &keys, &[Algorithm::Es384]).is_ok();
        assert!(!authenticates(&token(HEADER, 2)));
        assert!(!knows(&keys, HEADER), "of a token with a bad signature");
        assert!(authenticates(&token(HEADER, 1)));
        assert!(knows(&keys, HEADER));
        let other = r#"{"alg":"ES384","kid":"a"}"#;
        assert!(authenticates(&token(other, 1)));
        assert!(!knows(&keys, other), "of a later token");
        assert!(authenticates(&token(HEADER, 1)));
    }

    #[test]
    fn remembers_no_header_for_which_several_keys_are_candidates() {
        let keys = KeySet::parse(&format!(r#"{{"keys":[{},{}]}}"#, jwk(1), jwk(2))).unwrap();
        let header = r#"{"alg":"ES384","kid":"a"}"#;
        for seed in [1, 2] {
            assert!(authenticate(&token(header, seed), &keys, &[Algorithm::Es384]).is_ok());
            assert!(!knows(&keys, header));
        }
    }
}
