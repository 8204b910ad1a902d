//! base64url without padding in its one canonical form (RFC 7515 §2, RFC 4648 §5 and §3.5).

use alloc::{string::String, vec::Vec};
use base64_simd::URL_SAFE_NO_PAD;

/// Decodes `text`; `None` for padding, white space, foreign characters or non-zero trailing bits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    // It refuses padding and trailing bits, so every octet string has exactly one encoding.
    URL_SAFE_NO_PAD.decode_to_vec(text.as_bytes()).ok()
}

/// Encodes `octets`. By hand: digests are all that is encoded, and vectors for them would be a kilobyte more to execute.
pub(crate) fn encode(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(octets.len().div_ceil(3) * 4);
    for three in octets.chunks(3) {
        let octet = |i| three.get(i).copied().map_or(0, u32::from);
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        // One character more than octets: 6 bits each.
        for shift in [18, 12, 6, 0].into_iter().take(three.len() + 1) {
            let index = usize::try_from(bits >> shift & 0x3f).unwrap_or_default();
            text.push(ALPHABET.get(index).copied().map_or('A', char::from));
        }
    }
    text
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
    fn agrees_with_base64_on_every_byte_at_every_place() {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        // Vectors, blocks of four and what remains: each has code of its own.
        for length in 0..70_u8 {
            let octets: Vec<u8> = (0..length).map(|octet| octet.wrapping_mul(151)).collect();
            let text = encode(&octets);
            assert_eq!(text, URL_SAFE_NO_PAD.encode(&octets));
            for place in 0..text.len() {
                for byte in 0..=0x7f_u8 {
                    let mut changed = text.clone();
                    changed.replace_range(place..=place, core::str::from_utf8(&[byte]).unwrap());
                    assert_eq!(decode(&changed), URL_SAFE_NO_PAD.decode(&changed).ok(), "{changed:?}");
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
