//! Reads options into JSON. `JSON.stringify` would write NaN as `null`, drop undefined members and write a `Map` as
//! `{}`. Each of these could disable a check, so this module rejects such values.

use crate::{Error, ErrorKind};
use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
};
use js_sys::{Array, Object, Reflect};
use serde_json::{Map, Number, Value};
use wasm_bindgen::{JsCast, JsValue};

/// The maximum nesting of objects and arrays, including the outermost. No option needs more.
const MAX_DEPTH: usize = 8;

/// Reads an object of options.
///
/// # Errors
/// `InvalidOption` with the path of the member that is not a plain JSON value.
pub(super) fn read(options: &JsValue) -> Result<Value, Error> {
    if Array::is_array(options) || !is_plain(options) {
        return Err(invalid("options", "must be a plain object"));
    }
    read_value(options, "", MAX_DEPTH)
}

fn read_value(value: &JsValue, path: &str, depth: usize) -> Result<Value, Error> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    if let Some(value) = value.as_bool() {
        return Ok(Value::Bool(value));
    }
    if let Some(number) = value.as_f64() {
        let number = Number::from_f64(number).ok_or_else(|| invalid(path, "must be a finite number"))?;
        return Ok(Value::Number(number));
    }
    if value.is_string() {
        return read_string(value).map(Value::String).ok_or_else(|| invalid(path, "has a lone surrogate"));
    }
    if value.is_undefined() {
        return Err(invalid(path, "must not be undefined; leave it out instead"));
    }
    let Some(depth) = depth.checked_sub(1) else { return Err(invalid(path, "is nested too deeply")) };
    if let Some(entries) = value.dyn_ref::<Array>() {
        // A hole in the array is read as undefined and rejected.
        let entries = entries.iter().enumerate();
        return entries.map(|(index, entry)| read_value(&entry, &format!("{path}[{index}]"), depth)).collect();
    }
    if is_plain(value) {
        return read_members(value, path, depth).map(Value::Object);
    }
    Err(invalid(path, "must be made of plain JSON values"))
}

fn read_members(object: &JsValue, path: &str, depth: usize) -> Result<Map<String, Value>, Error> {
    // A getter or a proxy of the caller may throw.
    let unreadable = |_| invalid(path, "cannot be read");
    let mut members = Map::new();
    for key in Reflect::own_keys(object).map_err(unreadable)? {
        let name = read_string(&key).ok_or_else(|| invalid(path, "has a member whose name is not plain text"))?;
        let member = Reflect::get(object, &key).map_err(unreadable)?;
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        members.insert(name, read_value(&member, &inner, depth)?);
    }
    Ok(members)
}

/// Returns the content of a string. Returns `None` for a symbol, and for a string with a lone surrogate, because Rust
/// would replace the surrogate.
fn read_string(value: &JsValue) -> Option<String> {
    value.as_string().filter(|text| JsValue::from_str(text) == *value)
}

/// Whether the value is a plain object, from this realm or another.
fn is_plain(value: &JsValue) -> bool {
    let prototype_of = |value: &JsValue| Reflect::get_prototype_of(value).map(JsValue::from);
    match prototype_of(value) {
        Ok(prototype) if prototype.is_null() => true,
        Ok(prototype) => {
            let is_last = prototype_of(&prototype).is_ok_and(|next| next.is_null());
            is_last && Object::has_own(prototype.unchecked_ref::<Object>(), &JsValue::from_str("hasOwnProperty"))
        }
        Err(_) => false,
    }
}

/// The error for the option at `path`; an empty path means the options as a whole.
pub(super) fn invalid(path: &str, problem: &'static str) -> Error {
    let option = if path.is_empty() { "options" } else { path };
    ErrorKind::InvalidOption { option: Cow::Owned(option.to_string()), problem }.into()
}
