//! The tables of the generator G (SP 800-186 §3.2.1.4).
//!
//! The tables of G that the first few verifications with a key use are embedded in the module. Building them would cost a
//! fresh process 0.6–1.3 ms; reading them costs nothing. `generator.bin` contains the result of [`build`](super::comb::build) for
//! G, 48 points of 28 little-endian limbs. A test rebuilds the tables and compares them.
#![allow(clippy::as_conversions, clippy::indexing_slicing, reason = "runs at compile time")]

use super::comb::{Comb, EMBEDDED};
use super::field::FieldElement;
use super::limbs::LIMBS;
use super::point::Affine;

/// The base point G.
pub(super) const GENERATOR: Affine = Affine {
    x: FieldElement([
        0xb5_284d,
        0x756_5fcc,
        -0x1c7_c230,
        -0x1d1_2293,
        -0x192_1c87,
        0x541_b4d7,
        0x79c_3afc,
        -0x5cf_1008,
        0x486_845a,
        -0x21d_49bb,
        0x723_614f,
        0x138_12ff,
        0x229_9e15,
        0x3_aadc,
    ]),
    y: FieldElement([
        0x3a4_fe2b,
        0x3da_d200,
        -0x653_dcfc,
        -0x405_94b5,
        0xcc_bfa9,
        0x2e8_3b05,
        -0x452_18aa,
        -0xb0_0267,
        0x352_1969,
        -0x57b_f394,
        0x226_396a,
        -0x162_2800,
        0x25a_15c6,
        0x7_8abc,
    ]),
};

/// The comb of G for the first uses of a key.
pub(super) const fn embedded() -> Comb<'static, Affine> {
    Comb { shape: &EMBEDDED, entries: &TABLE }
}

static TABLE: [Affine; EMBEDDED.points()] = decode(include_bytes!("generator.bin"));

/// The size of a point in `generator.bin`, in octets.
const POINT: usize = 2 * 4 * LIMBS;

const fn decode(bytes: &[u8; EMBEDDED.points() * POINT]) -> [Affine; EMBEDDED.points()] {
    let mut points = [GENERATOR; EMBEDDED.points()];
    let mut i = 0;
    while i < EMBEDDED.points() * LIMBS {
        let (point, limb) = (i / LIMBS, i % LIMBS);
        points[point].x.0[limb] = decode_limb(bytes, point * POINT + 4 * limb);
        points[point].y.0[limb] = decode_limb(bytes, point * POINT + 4 * (LIMBS + limb));
        i += 1;
    }
    points
}

const fn decode_limb(bytes: &[u8], at: usize) -> i32 {
    i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::super::comb::build;
    use super::*;
    use std::vec::Vec;

    fn built() -> Vec<u8> {
        let points = build(&GENERATOR, &EMBEDDED);
        points.iter().flat_map(|point| [point.x.0, point.y.0]).flatten().flat_map(i32::to_le_bytes).collect()
    }

    #[test]
    fn embeds_the_tables_that_build_returns() {
        assert!(built() == include_bytes!("generator.bin"));
    }

    #[test]
    #[ignore = "writes src/crypto/p384/generator.bin"]
    fn write_embedded_table() -> std::io::Result<()> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/crypto/p384/generator.bin");
        std::fs::write(path, built())
    }
}
