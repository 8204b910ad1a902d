//! Strict JSON (RFC 8259): one object, UTF-8, no duplicate member at any depth, bounded nesting, finite numbers.
//!
//! `serde_json` reads the grammar; the visitor here adds what it leaves open.

use crate::error::JsonProblem;
use alloc::{
    borrow::Cow,
    collections::BinaryHeap,
    string::{String, ToString},
    vec::Vec,
};
use core::{cell::Cell, fmt};
use serde::{
    Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};

/// Objects and arrays inside one another, the outermost counted.
pub(crate) const MAX_DEPTH: usize = 32;

/// A JSON value that borrows its strings from the text where they hold no escape.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A double: the nearest one, as in JavaScript, for integers and for up to 15 digits with a power of ten up to 22 in
    /// magnitude; for other numbers it may be the one beside it.
    Number(f64),
    /// A string without lone surrogates.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// A JSON object: its members in the order of the text, each name once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

/// Reads `text` as exactly one JSON object.
pub(crate) fn parse_object(text: &[u8]) -> Result<Object<'_>, JsonProblem> {
    parse_text(core::str::from_utf8(text).map_err(|_| JsonProblem::NotUtf8)?)
}

/// The same for a text that is known to be UTF-8.
pub(crate) fn parse_text(text: &str) -> Result<Object<'_>, JsonProblem> {
    let problem = Cell::new(JsonProblem::Syntax);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0, problem: &problem }.deserialize(&mut deserializer).map_err(|_| problem.get())?;
    deserializer.end().map_err(|_| JsonProblem::Syntax)?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(JsonProblem::NotAnObject),
    }
}

impl<'a> Object<'a> {
    /// The value of the member `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value at `path`: a JSON pointer (RFC 6901), which starts with `/`; or a member name; or a dotted path.
    pub(crate) fn find(&self, path: &str) -> Option<&Value<'a>> {
        if let Some(pointer) = path.strip_prefix('/') {
            return self.descend(pointer.split('/').map(unescape_pointer));
        }
        self.get(path).or_else(|| self.descend(split_dotted(path).into_iter()))
    }

    fn descend(&self, mut path: impl Iterator<Item = String>) -> Option<&Value<'a>> {
        let first = self.get(&path.next()?)?;
        path.try_fold(first, |value, name| match value {
            Value::Object(object) => object.get(&name),
            // RFC 6901 §4: digits without leading zeros.
            Value::Array(items) => items.get(name.parse::<usize>().ok().filter(|index| index.to_string() == name)?),
            _ => None,
        })
    }

    /// The members, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }
}

impl<'a> Value<'a> {
    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members of an object.
    #[must_use]
    pub const fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The value of a number.
    #[must_use]
    pub const fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether it is a string or an array of strings.
    pub(crate) fn is_strings(&self) -> bool {
        match self {
            Self::String(_) => true,
            Self::Array(items) => items.iter().all(|item| matches!(item, Self::String(_))),
            _ => false,
        }
    }

    /// The text of a string, or the texts of an array of strings.
    pub(crate) fn as_strings(&self) -> Option<Vec<&str>> {
        match self {
            Self::String(text) => Some(Vec::from([text.as_ref()])),
            Self::Array(items) => items.iter().map(Self::as_str).collect(),
            _ => None,
        }
    }

    /// The same texts, owned.
    pub(crate) fn to_strings(&self) -> Option<Vec<String>> {
        Some(self.as_strings()?.into_iter().map(String::from).collect())
    }
}

impl Object<'_> {
    /// A copy of the members of the wanted names that borrows nothing.
    pub(crate) fn to_static(&self, wanted: impl Fn(&str) -> bool) -> Object<'static> {
        let members = self.iter().filter(|(name, _)| wanted(name));
        Object(members.map(|(name, value)| (Cow::Owned(String::from(name)), value.to_static())).collect())
    }
}

impl Value<'_> {
    fn to_static(&self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(value) => Value::Number(*value),
            Self::String(text) => Value::String(Cow::Owned(String::from(text.as_ref()))),
            Self::Array(items) => Value::Array(items.iter().map(Value::to_static).collect()),
            Self::Object(object) => Value::Object(object.to_static(|_| true)),
        }
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

/// RFC 6901 §4: `~1` is `/`, and `~0` is `~`; any other `~` stands for itself.
fn unescape_pointer(token: &str) -> String {
    let mut parts = token.split('~');
    let mut name = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let (character, rest) = match (part.strip_prefix('1'), part.strip_prefix('0')) {
            (Some(rest), _) => ('/', rest),
            (_, Some(rest)) => ('~', rest),
            _ => ('~', part),
        };
        name.push(character);
        name.push_str(rest);
    }
    name
}

/// `a.b` is the member `b` of `a`; `\.` is a dot and `\\` a backslash inside a name.
fn split_dotted(path: &str) -> Vec<String> {
    let mut names = Vec::from([String::new()]);
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match (character, names.last_mut()) {
            ('.', _) => names.push(String::new()),
            ('\\', Some(name)) => name.extend(characters.next()),
            (character, Some(name)) => name.push(character),
            (_, None) => {}
        }
    }
    names
}

/// Visits one value at `depth`; a rule of ours that is broken is left in `problem`.
#[derive(Clone, Copy)]
struct Strict<'p> {
    depth: usize,
    problem: &'p Cell<JsonProblem>,
}

impl Strict<'_> {
    fn fail<E: serde::de::Error>(self, problem: JsonProblem) -> E {
        self.problem.set(problem);
        E::custom(problem)
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            Err(self.fail(JsonProblem::TooDeep))
        } else {
            Ok(Self { depth: self.depth + 1, ..self })
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value))
    }

    #[expect(clippy::as_conversions, reason = "rounds to the nearest double, as JSON.parse does")]
    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value as f64))
    }

    #[expect(clippy::as_conversions, reason = "rounds to the nearest double, as JSON.parse does")]
    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(String::from(text))))
    }

    fn visit_string<E>(self, text: String) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value<'de>, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        let inner = self.deeper()?;
        // The outer objects of a token have a dozen members; deep in a hostile text room would be wasted.
        let mut members = Vec::with_capacity(if inner.depth <= 2 { 16 } else { 0 });
        while let Some(name) = map.next_key_seed(inner)? {
            let Value::String(name) = name else { return Err(A::Error::custom("a member name must be a string")) };
            members.push((name, map.next_value_seed(inner)?));
        }
        // RFC 7515 §4, RFC 7517 §4, RFC 7519 §4: member names must be unique. Otherwise this parser and the
        // application's could read different values from one text.
        if has_duplicate(&members) {
            Err(self.fail(JsonProblem::DuplicateMember))
        } else {
            Ok(Value::Object(Object(members)))
        }
    }
}

/// Small objects are compared pairwise.
fn has_duplicate(members: &[(Cow<'_, str>, Value<'_>)]) -> bool {
    const PAIRWISE: usize = 16;
    if members.len() > PAIRWISE {
        return many_have_duplicate(members);
    }
    members.iter().enumerate().any(|(i, (name, _))| members.iter().take(i).any(|(other, _)| other == name))
}

/// A hostile object has thousands of members. They go through a heap, which is a tenth of the code of a sort.
#[cold]
#[inline(never)]
fn many_have_duplicate(members: &[(Cow<'_, str>, Value<'_>)]) -> bool {
    let mut names: BinaryHeap<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
    let mut above = None;
    while let Some(name) = names.pop() {
        if above == Some(name) {
            return true;
        }
        above = Some(name);
    }
    false
}

#[cfg(test)]
mod tests;
