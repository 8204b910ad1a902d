//! Decodes text into octets and values: base64url and strict JSON.

pub(crate) mod base64url;
pub(crate) mod json;
