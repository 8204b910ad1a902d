//! Strict JSON (RFC 8259), based on `serde_json`: one object, UTF-8, no duplicate member at any depth, limited nesting,
//! finite numbers.

mod problem;
mod reader;
#[cfg(test)]
mod tests;

use crate::error::JsonProblem;
use alloc::{
    borrow::{Cow, ToOwned},
    string::{String, ToString},
    vec::Vec,
};
use serde::{Serialize, Serializer};

/// The maximum nesting of objects and arrays, including the outermost.
const MAX_DEPTH: usize = 32;

/// A JSON value. Strings without escapes are borrowed from the JSON text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// The nearest double, always finite: the same number as from `JSON.parse`.
    Number(f64),
    /// A string without lone surrogates.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// A JSON object: its members, in the order of the JSON text. Each name occurs once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

/// A string or an array of strings, borrowed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Strings<'a> {
    /// The member is missing.
    Absent,
    /// A string.
    One(&'a str),
    /// An array that contains only strings.
    Many(&'a [Value<'a>]),
}

/// Reads `text` as exactly one JSON object.
pub(crate) fn parse_octets(text: &[u8]) -> Result<Object<'_>, JsonProblem> {
    parse(core::str::from_utf8(text).map_err(|_| JsonProblem::NotUtf8)?)
}

/// Reads `text` as exactly one JSON object.
pub(crate) fn parse(text: &str) -> Result<Object<'_>, JsonProblem> {
    match reader::read(text)? {
        Value::Object(object) => Ok(object),
        _ => Err(JsonProblem::NotAnObject),
    }
}

impl<'a> Object<'a> {
    /// An object without members.
    pub(crate) const EMPTY: Self = Self(Vec::new());

    /// The value of the member `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// The number of values in this object, at any depth.
    #[cfg(feature = "npm")]
    pub(crate) fn count(&self) -> usize {
        self.iter().map(|(_, value)| value.count()).sum()
    }

    /// Keeps only the members for whose name `wanted` returns true.
    pub(crate) fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| wanted(name));
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value at `path`: a JSON pointer (RFC 6901) if it starts with `/`, a member name otherwise.
    pub(crate) fn find(&self, path: &str) -> Option<&Value<'a>> {
        let Some(pointer) = path.strip_prefix('/') else { return self.get(path) };
        let mut names = pointer.split('/').map(unescape_pointer);
        let first = self.get(&names.next()?)?;
        names.try_fold(first, |value, name| match value {
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

    /// Returns an owned copy.
    pub(crate) fn to_static(&self) -> Object<'static> {
        Object(self.iter().map(|(name, value)| (Cow::Owned(name.to_owned()), value.to_static())).collect())
    }
}

impl<'a> Value<'a> {
    /// The content of a string.
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

    /// The content of a string, or of an array of strings; `None` for any other value.
    pub(crate) fn as_strings(&self) -> Option<Strings<'_>> {
        match self {
            Self::String(text) => Some(Strings::One(text)),
            Self::Array(items) if items.iter().all(|item| item.as_str().is_some()) => Some(Strings::Many(items)),
            _ => None,
        }
    }

    #[cfg(feature = "npm")]
    fn count(&self) -> usize {
        match self {
            Self::Array(items) => 1 + items.iter().map(Value::count).sum::<usize>(),
            Self::Object(object) => 1 + object.count(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => 1,
        }
    }

    fn to_static(&self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(value) => Value::Number(*value),
            Self::String(text) => Value::String(Cow::Owned(text.as_ref().to_owned())),
            Self::Array(items) => Value::Array(items.iter().map(Value::to_static).collect()),
            Self::Object(object) => Value::Object(object.to_static()),
        }
    }
}

impl<'a> Strings<'a> {
    pub(crate) fn iter(self) -> impl Iterator<Item = &'a str> {
        let (one, many) = match self {
            Self::Absent => (None, [].as_slice()),
            Self::One(text) => (Some(text), [].as_slice()),
            Self::Many(items) => (None, items),
        };
        one.into_iter().chain(many.iter().filter_map(Value::as_str))
    }

    pub(crate) fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    pub(crate) fn to_vec(self) -> Vec<String> {
        self.iter().map(ToOwned::to_owned).collect()
    }
}

impl<'a> From<Option<&'a str>> for Strings<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Absent, Self::One)
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

/// RFC 6901 §4: `~1` stands for `/` and `~0` for `~`. Any other `~` is kept.
fn unescape_pointer(token: &str) -> String {
    let mut parts = token.split('~');
    let mut name = parts.next().unwrap_or_default().to_owned();
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
