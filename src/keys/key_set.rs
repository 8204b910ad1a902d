//! A JWK Set (RFC 7517 §5) and the choice of a key from it.

use crate::{
    error::{Error, JwksProblem, KeyProblem},
    json::{self, Value},
    jwk::Jwk,
    token::JoseHeader,
    trace::{Stage, Trace},
    verify::Checked,
};
use alloc::{
    boxed::Box,
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

#[cold]
#[inline(never)]
fn invalid(problem: JwksProblem) -> Box<Error> {
    Error::InvalidJwks { problem }.into()
}

impl JwkSet {
    pub(crate) fn parse(jwks: &str) -> Checked<Self> {
        if jwks.len() > MAX_JWKS_BYTES {
            return Err(invalid(JwksProblem::TooLarge));
        }
        let mut jwks = json::parse_owned(jwks).map_err(|problem| invalid(JwksProblem::Json(problem)))?;
        let Some(Value::Array(keys)) = jwks.take("keys") else { return Err(invalid(JwksProblem::NoKeys)) };
        if keys.len() > MAX_KEYS {
            return Err(invalid(JwksProblem::TooManyKeys));
        }
        // RFC 7517 §5: keys that are not understood are ignored; one bad key never spoils the set.
        Ok(Self { keys: keys.into_iter().map(Jwk::read).collect() })
    }

    /// The positions of the keys to try, at most [`MAX_CANDIDATES`].
    ///
    /// `problem` tells why the key at a position cannot be used, its mathematics included.
    pub(crate) fn select(
        &self,
        header: &JoseHeader,
        problem: &dyn Fn(usize) -> Option<KeyProblem>,
        trace: &mut Trace,
    ) -> Checked<Vec<usize>> {
        let candidates = match &header.kid {
            Some(kid) => self.select_by_kid(header, kid, problem),
            None => self.select_only_fit(header, problem),
        };
        if trace.is_on() {
            self.trace_others(header, candidates.as_deref().unwrap_or_default(), problem, trace);
        }
        candidates
    }

    /// Says of every key that is no candidate why it is none.
    #[cold]
    fn trace_others(
        &self,
        header: &JoseHeader,
        candidates: &[usize],
        problem: &dyn Fn(usize) -> Option<KeyProblem>,
        trace: &mut Trace,
    ) {
        for (position, jwk) in self.keys.iter().enumerate().filter(|(position, _)| !candidates.contains(position)) {
            trace.skip(Stage::Key, &|| jwk.name(position), &|| jwk.why_not(header, problem(position)));
        }
    }

    /// RFC 7515 §4.1.4, RFC 7517 §4.5: an exact, case-sensitive match. Keys of different types may share a `kid`.
    fn select_by_kid(
        &self,
        header: &JoseHeader,
        kid: &str,
        problem: &dyn Fn(usize) -> Option<KeyProblem>,
    ) -> Checked<Vec<usize>> {
        let mut candidates = Vec::with_capacity(MAX_CANDIDATES);
        for (position, jwk) in self.keys.iter().enumerate() {
            let named = jwk.kid() == Some(kid) && jwk.algorithm() == Some(header.alg);
            if named && candidates.len() < MAX_CANDIDATES && problem(position).is_none() {
                candidates.push(position);
            }
        }
        if !candidates.is_empty() {
            return Ok(candidates);
        }
        Err(self.why_no_candidate(header, kid, problem).into())
    }

    #[cold]
    fn why_no_candidate(&self, header: &JoseHeader, kid: &str, problem: &dyn Fn(usize) -> Option<KeyProblem>) -> Error {
        let named = || self.keys.iter().enumerate().filter(|(_, jwk)| jwk.kid() == Some(kid));
        // The key is of the other algorithm, or unusable, or not there.
        let other = named().filter(|(position, _)| problem(*position).is_none()).find_map(|(_, jwk)| jwk.algorithm());
        let unusable = named().find_map(|(position, _)| problem(position));
        match (other, unusable) {
            (Some(key), _) => Error::AlgorithmMismatch { expected: key.as_str(), actual: header.alg.as_str() },
            (None, Some(problem)) => Error::UnusableKey { problem },
            (None, None) => Error::NoMatchingKey,
        }
    }

    /// Without `kid` the choice must be unambiguous.
    #[inline(never)]
    fn select_only_fit(
        &self,
        header: &JoseHeader,
        problem: &dyn Fn(usize) -> Option<KeyProblem>,
    ) -> Checked<Vec<usize>> {
        let of_type = || self.keys.iter().enumerate().filter(|(_, jwk)| jwk.algorithm() == Some(header.alg));
        let mut fitting = of_type().map(|(position, _)| position).filter(|position| problem(*position).is_none());
        match (fitting.next(), fitting.next()) {
            (Some(position), None) => return Ok(Vec::from([position])),
            (Some(_), Some(_)) => return Err(Error::MultipleMatchingKeys.into()),
            (None, _) => {}
        }
        // One key of the fitting type that cannot be used is the one that was meant.
        let mut problems = of_type().filter_map(|(position, _)| problem(position));
        Err(Box::new(match (problems.next(), problems.next()) {
            (Some(problem), None) => Error::UnusableKey { problem },
            _ => Error::NoMatchingKey,
        }))
    }
}

impl Jwk {
    /// What the key is called in an explanation: its `kid`, else its position.
    pub(crate) fn name(&self, position: usize) -> String {
        self.kid().map_or_else(|| format!("#{position}"), String::from)
    }

    /// Why the key is no candidate.
    fn why_not(&self, header: &JoseHeader, problem: Option<KeyProblem>) -> String {
        match (problem, self.algorithm()) {
            (Some(problem), _) => problem.to_string(),
            _ if header.kid.is_some() && header.kid.as_deref() != self.kid() => String::from("another \"kid\""),
            (_, Some(algorithm)) if algorithm != header.alg => format!("a key for {}", algorithm.as_str()),
            _ if header.kid.is_some() => format!("only the first {MAX_CANDIDATES} keys of one \"kid\" are tried"),
            _ => String::from("one of several that fit"),
        }
    }
}
