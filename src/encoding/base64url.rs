//! base64url in its canonical form, without padding (RFC 7515 §2, RFC 4648 §5 and §3.5).

use alloc::{string::String, vec, vec::Vec};
// This engine rejects padding and non-zero trailing bits, so every octet string has exactly one encoding.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Decodes `text`; returns `None` for padding, white space, characters outside the alphabet or non-zero trailing bits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Encodes `octets`.
pub(crate) fn encode(octets: &[u8]) -> String {
    // `Engine::encode` would add the formatting of its errors to the module.
    let mut text = vec![0; octets.len().div_ceil(3) * 4];
    let length = URL_SAFE_NO_PAD.encode_slice(octets, &mut text).unwrap_or_default();
    text.truncate(length);
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use alloc::vec::Vec;

    #[test]
    fn round_trips_every_length_up_to_a_block() {
        for length in 0..64_u8 {
            let octets: Vec<u8> = (0..length).map(|octet| octet.wrapping_mul(37)).collect();
            assert_eq!(decode(&encode(&octets)), Some(octets));
        }
    }

    #[test]
    fn accepts_one_encoding_of_each_octet_string() {
        for length in 0..20_u8 {
            let octets: Vec<u8> = (0..length).map(|octet| octet.wrapping_mul(151)).collect();
            let text = encode(&octets);
            for place in 0..text.len() {
                for byte in 0..=0x7f_u8 {
                    let mut changed = text.clone();
                    changed.replace_range(place..=place, core::str::from_utf8(&[byte]).unwrap());
                    let decoded = decode(&changed);
                    assert!(decoded.is_none_or(|decoded| encode(&decoded) == changed), "{changed:?}");
                }
            }
        }
    }

    #[test]
    fn rejects_padding_white_space_and_the_standard_alphabet() {
        for text in ["QQ==", "QQ=", "Q Q", "QQ\n", "+/+/", "Q", "QQQQ=", "é"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn rejects_non_zero_trailing_bits() {
        assert_eq!(decode("QQ"), Some(Vec::from([0x41])));
        for text in ["QR", "Qf", "QUF"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
