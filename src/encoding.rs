//! Decodes base64url into octets, and strict JSON into values.

pub(crate) mod base64url;
pub(crate) mod json;
