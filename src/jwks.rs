//! A JWK Set (RFC 7517 §5) and the choice of a key from it.

use crate::{
    error::{Error, JsonProblem, JwksProblem, KeyProblem},
    json::{self, Value},
    jwk::Jwk,
    token::JoseHeader,
    trace::{Stage, Trace},
};
use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec::Vec,
};

/// The longest JWK Set, in bytes.
pub const MAX_JWKS_BYTES: usize = 256 * 1024;

/// The most keys in a set.
pub const MAX_KEYS: usize = 128;

/// The most keys that are tried where several share one `kid`.
pub const MAX_CANDIDATES: usize = 4;

#[derive(Clone, Debug)]
pub(crate) struct JwkSet {
    pub(crate) keys: Vec<Jwk>,
}

impl JwkSet {
    pub(crate) fn parse(jwks: &str) -> Result<Self, Error> {
        let invalid = |problem| Error::InvalidJwks { problem };
        if jwks.len() > MAX_JWKS_BYTES {
            return Err(invalid(JwksProblem::TooLarge));
        }
        let jwks =
            json::parse_object(jwks.as_bytes()).map_err(|problem: JsonProblem| invalid(JwksProblem::Json(problem)))?;
        let Some(Value::Array(keys)) = jwks.get("keys") else { return Err(invalid(JwksProblem::NoKeys)) };
        if keys.len() > MAX_KEYS {
            return Err(invalid(JwksProblem::TooManyKeys));
        }
        // RFC 7517 §5: keys that are not understood are ignored; one bad key never spoils the set.
        Ok(Self { keys: keys.iter().map(Jwk::parse).collect() })
    }

    /// The positions of the keys to try, at most [`MAX_CANDIDATES`].
    pub(crate) fn select(&self, header: &JoseHeader, trace: &mut Trace) -> Result<Vec<usize>, Error> {
        let candidates = match &header.kid {
            Some(kid) => self.select_by_kid(header, kid),
            None => self.select_only_fit(header),
        };
        for (position, jwk) in self.keys.iter().enumerate() {
            if !candidates.as_ref().is_ok_and(|candidates| candidates.contains(&position)) {
                trace.skip(Stage::Key, || jwk.name(position), || jwk.why_not(header));
            }
        }
        candidates
    }

    /// RFC 7515 §4.1.4, RFC 7517 §4.5: an exact, case-sensitive match. Keys of different types may share a `kid`.
    fn select_by_kid(&self, header: &JoseHeader, kid: &str) -> Result<Vec<usize>, Error> {
        let named = || self.keys.iter().enumerate().filter(|(_, jwk)| jwk.kid.as_deref() == Some(kid));
        let candidates: Vec<usize> =
            named().filter(|(_, jwk)| jwk.fits(header)).map(|(position, _)| position).take(MAX_CANDIDATES).collect();
        if !candidates.is_empty() {
            return Ok(candidates);
        }
        // Say why: the key is of the other algorithm, or unusable, or not there.
        let other = named().find_map(|(_, jwk)| jwk.key.as_ref().ok());
        let problem = named().find_map(|(_, jwk)| jwk.key.as_ref().err());
        Err(match (other, problem) {
            (Some(key), _) => {
                Error::AlgorithmMismatch { expected: key.algorithm().as_str(), actual: header.alg.as_str() }
            }
            (None, Some(problem)) => Error::UnusableKey { problem: *problem },
            (None, None) => Error::NoMatchingKey,
        })
    }

    /// Without `kid` the choice must be unambiguous.
    fn select_only_fit(&self, header: &JoseHeader) -> Result<Vec<usize>, Error> {
        let mut fitting =
            self.keys.iter().enumerate().filter(|(_, jwk)| jwk.fits(header)).map(|(position, _)| position);
        match (fitting.next(), fitting.next()) {
            (Some(position), None) => Ok(Vec::from([position])),
            (Some(_), Some(_)) => Err(Error::MultipleMatchingKeys),
            (None, _) => {
                Err(self.only_problem(header).map_or(Error::NoMatchingKey, |problem| Error::UnusableKey { problem }))
            }
        }
    }

    /// The problem of the one key of the fitting type, if there is just one.
    fn only_problem(&self, header: &JoseHeader) -> Option<KeyProblem> {
        let kty = header.alg.key_type();
        let mut problems =
            self.keys.iter().filter(|jwk| jwk.kty.as_deref() == Some(kty)).filter_map(|jwk| jwk.key.as_ref().err());
        problems.next().filter(|_| problems.next().is_none()).copied()
    }
}

impl Jwk {
    fn fits(&self, header: &JoseHeader) -> bool {
        self.key.as_ref().is_ok_and(|key| key.algorithm() == header.alg)
    }

    /// What the key is called in an explanation: its `kid`, else its position.
    pub(crate) fn name(&self, position: usize) -> Cow<'static, str> {
        Cow::Owned(self.kid.clone().unwrap_or_else(|| format!("#{position}")))
    }

    /// Why the key is no candidate.
    fn why_not(&self, header: &JoseHeader) -> String {
        match &self.key {
            Err(problem) => problem.to_string(),
            Ok(_) if header.kid.is_some() && header.kid != self.kid => String::from("another \"kid\""),
            Ok(key) if key.algorithm() != header.alg => format!("a key for {}", key.algorithm().as_str()),
            Ok(_) if header.kid.is_some() => format!("only the first {MAX_CANDIDATES} keys of one \"kid\" are tried"),
            Ok(_) => String::from("one of several that fit"),
        }
    }
}
