//! The `serde` visitor that reads all JSON.

use super::{MAX_DEPTH, Object, Value, problem};
use crate::error::JsonProblem;
use alloc::{borrow::Cow, collections::BTreeSet, string::String, vec::Vec};
use core::{cell::RefCell, fmt};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Reads one JSON value and nothing after it.
pub(super) fn read(text: &str) -> Result<Value<'_>, JsonProblem> {
    let failure = RefCell::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Reader { depth: 0, failure: &failure }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| {
        let Failure { problem, member } = failure.take();
        problem.unwrap_or_else(|| problem::at(text, &error, member))
    })
}

/// Details about a rejected text.
#[derive(Default)]
struct Failure {
    /// The reason, if this reader rejects a text that `serde_json` alone would accept.
    problem: Option<JsonProblem>,
    /// The innermost member with an unreadable value.
    member: Option<String>,
}

#[derive(Clone, Copy)]
struct Reader<'p> {
    /// The number of objects and arrays that enclose this value.
    depth: usize,
    failure: &'p RefCell<Failure>,
}

impl Reader<'_> {
    /// Returns a reader for the values inside an object or array.
    fn inside<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.refuse(JsonProblem::TooDeep { limit: MAX_DEPTH }));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn refuse<E: Error>(self, problem: JsonProblem) -> E {
        self.failure.borrow_mut().problem = Some(problem);
        E::custom("")
    }

    /// Notes a member with an unreadable value, unless a member inside this value was already noted.
    fn note(self, name: &str) {
        self.failure.borrow_mut().member.get_or_insert_with(|| String::from(name));
    }
}

impl<'t> DeserializeSeed<'t> for Reader<'_> {
    type Value = Value<'t>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Value<'t>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Reader<'_> {
    type Value = Value<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'t>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value<'t>, E> {
        Ok(Value::Bool(value))
    }

    #[expect(clippy::as_conversions, reason = "rounds to the nearest double, as JSON.parse does")]
    fn visit_i64<E: Error>(self, value: i64) -> Result<Value<'t>, E> {
        Ok(Value::Number(value as f64))
    }

    #[expect(clippy::as_conversions, reason = "rounds to the nearest double, as JSON.parse does")]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value<'t>, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value<'t>, E> {
        Ok(Value::Number(value))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'t str) -> Result<Value<'t>, E> {
        Ok(Value::String(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value<'t>, E> {
        Ok(Value::String(Cow::Owned(String::from(text))))
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<Value<'t>, A::Error> {
        let inside = self.inside()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(inside)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'t>>(self, mut access: A) -> Result<Value<'t>, A::Error> {
        let inside = self.inside()?;
        let mut members = Vec::new();
        while let Some(name) = access.next_key_seed(Name)? {
            let value = access.next_value_seed(inside).inspect_err(|_| inside.note(&name))?;
            members.push((name, value));
        }
        // RFC 7515 §4, RFC 7517 §4, RFC 7519 §4: member names must be unique. Otherwise this parser and the parser of
        // an application could read different values from the same text.
        if let Some(name) = duplicate(&members) {
            return Err(self.refuse(JsonProblem::DuplicateMember { name: problem::shown(name) }));
        }
        Ok(Value::Object(Object(members)))
    }
}

/// Reads a member name.
struct Name;

impl<'t> DeserializeSeed<'t> for Name {
    type Value = Cow<'t, str>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Cow<'t, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Name {
    type Value = Cow<'t, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'t str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Owned(String::from(name)))
    }
}

/// A name that occurs twice.
fn duplicate<'m>(members: &'m [(Cow<'_, str>, Value<'_>)]) -> Option<&'m str> {
    /// Up to this size, comparing every pair is faster than building a set.
    const PAIRWISE: usize = 16;

    let mut names = members.iter().map(|(name, _)| name.as_ref());
    if members.len() <= PAIRWISE {
        let occurs_before = |(i, name): &(usize, &str)| members.iter().take(*i).any(|(other, _)| other == name);
        return names.enumerate().find(occurs_before).map(|(_, name)| name);
    }
    let mut earlier = BTreeSet::new();
    names.find(|name| !earlier.insert(*name))
}
