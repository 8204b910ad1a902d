//! Strict JSON (RFC 8259): one object, UTF-8, no duplicate member at any depth, bounded nesting, finite numbers.

mod reader;

use crate::error::JsonProblem;
use alloc::{
    borrow::Cow,
    string::{String, ToString},
    vec::Vec,
};
use reader::Reader;
use serde::{Serialize, Serializer};

/// Objects and arrays inside one another, the outermost counted.
pub(crate) const MAX_DEPTH: usize = 32;

/// A JSON value that borrows its strings from the text where they hold no escape.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A double: the nearest one, as in JavaScript, for integers of up to 19 digits and for up to 15 digits with a power of ten
    /// up to 22 in magnitude; for other numbers it may be off by some units in the last place.
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
    object_of(Reader::new(text, Cow::Borrowed))
}

/// The same, borrowing nothing.
pub(crate) fn parse_owned(text: &str) -> Result<Object<'static>, JsonProblem> {
    object_of(Reader::new(text, |text| Cow::Owned(String::from(text))))
}

#[inline(never)]
fn object_of<'b>(reader: Reader<'_, 'b>) -> Result<Object<'b>, JsonProblem> {
    match reader.document()? {
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

    /// Takes the value of the member `name` out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let (_, value) = self.0.iter_mut().find(|(member, _)| member == name)?;
        Some(core::mem::replace(value, Value::Null))
    }

    /// Forgets the members of other names.
    pub(crate) fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| wanted(name));
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
    /// A copy that borrows nothing.
    pub(crate) fn to_static(&self) -> Object<'static> {
        let members = self.iter();
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
            Self::Object(object) => Value::Object(object.to_static()),
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

#[cfg(test)]
mod tests;
