//! P-384 on prepared keys: ECDSA verification (FIPS 186-5 §6.4.2) with this project's own arithmetic.
//!
//! ```text
//! PreparedKey::try_verify: r, s in range → u₁ = z/s, u₂ = r/s   scalar.rs, inverse.rs
//!                          → u₁·G + u₂·Q by two combs           comb.rs, generator.rs
//!                            of XYZZ additions and doublings    point.rs, in vectors pair_point.rs
//!                            on 14 limbs of 28 bits             field.rs, product.rs, limbs.rs, in vectors pair.rs
//!                          → x(R) mod n = r without a division  point.rs
//! ```
//!
//! A key builds small tables at its first use and larger tables once it is hot, and keeps both. The first uses run the
//! scalar kernel on every target, because compiling a vector kernel costs a fresh process more than it saves in so few uses.
//!
//! A build has one kernel for hot keys. With `relaxed-simd` it is the one of `fused.rs`, which computes both combs at once on 8
//! digits of 48 bits. With `simd128` alone it is the one of `pair.rs`. Without SIMD, hot keys also use the scalar kernel.
//!
//! *Exceptional cases.* The addition formulas are incomplete. An exceptional addition (u₁ = u₂ with Q = ±G, R =
//! infinity, …) leaves ZZ = 0, which is detected at the end. In this case there is no verdict, and `es384.rs` asks the
//! crate `p384`.
//!
//! All inputs are public: keys, signatures and digests. The code runs in variable time by design.

mod comb;
mod field;
// The kernel of hot keys: `fused` in vectors of doubles, `pair` in vectors of integers, or else the scalar kernel, which cold
// keys use. Natively, the tests and fuzz targets include `fused`, with emulated vectors.
#[cfg(any(target_feature = "relaxed-simd", all(any(fuzzing, test), not(target_arch = "wasm32"))))]
mod fused;
mod generator;
#[cfg(any(fuzzing, internals))]
pub(super) mod internals;
mod inverse;
mod limbs;
#[cfg(all(target_feature = "simd128", not(target_feature = "relaxed-simd")))]
mod pair;
#[cfg(all(target_feature = "simd128", not(target_feature = "relaxed-simd")))]
mod pair_point;
mod point;
mod product;
#[cfg(test)]
mod reference;
mod scalar;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use comb::{Accumulator, COLD, Comb, HOT};
use core::fmt::Debug;
use core::sync::atomic::{AtomicU32, Ordering};
use once_cell::race::OnceBox;
use point::{Affine, Point};
use scalar::Scalar;

/// The number of uses after which a key is hot. In a young process, building the larger tables and compiling the vector
/// kernels costs 3 ms once, and each later use is 0.1 ms faster. So the switch pays for itself after about as many
/// further uses.
const HOT_AFTER: u32 = 32;

/// The kernel of hot keys.
#[cfg(any(target_feature = "relaxed-simd", all(fuzzing, not(target_arch = "wasm32"))))]
pub(crate) type Hot = fused::Points;
#[cfg(all(target_feature = "simd128", not(target_feature = "relaxed-simd")))]
pub(crate) type Hot = pair_point::PairPoint;
#[cfg(not(any(target_feature = "simd128", all(fuzzing, not(target_arch = "wasm32")))))]
pub(crate) type Hot = Point;

/// Arithmetic for hot keys.
pub(crate) trait Kernel {
    /// A point in a table, in the form that the kernel reads.
    type Entry: Debug;
    /// Whether the engine has the arithmetic that the kernel needs.
    fn is_usable() -> bool {
        true
    }
    /// Converts a point to an entry.
    fn entry(point: &Affine) -> Self::Entry;
    /// Whether x mod n of u₁·G + u₂·Q is r, given 1 ≤ r < n; `None` if an addition was exceptional. The tables belong to G
    /// and Q, and have the shape [`HOT`].
    fn has_x(scalars: [&Scalar; 2], tables: [&[Self::Entry]; 2], r: &[u8; 48]) -> Option<bool>;
}

/// The kernels that add the entries of both combs into a single sum.
impl<A: Accumulator> Kernel for A {
    type Entry = A::Entry;

    fn entry(point: &Affine) -> Self::Entry {
        <A as Accumulator>::entry(point)
    }

    fn has_x([u1, u2]: [&Scalar; 2], [g, q]: [&[Self::Entry]; 2], r: &[u8; 48]) -> Option<bool> {
        let comb = |entries| Comb { shape: &HOT, entries };
        comb::evaluate::<A>([(u1, comb(g)), (u2, comb(q))]).has_x(r)
    }
}

/// The number of octets in a coordinate.
pub(crate) const COORDINATE_BYTES: usize = 48;

/// The outcome of a verification.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Valid,
    Invalid,
}

/// The larger tables of the generator, built when the first key becomes hot. May be shared by all keys.
#[derive(Debug)]
pub(crate) struct Generator<K: Kernel = Hot> {
    hot: OnceBox<Box<[K::Entry]>>,
}

impl<K: Kernel> Default for Generator<K> {
    fn default() -> Self {
        Self { hot: OnceBox::new() }
    }
}

/// A checked public key and its tables, which are built on demand behind `&self`.
#[derive(Debug)]
pub(crate) struct PreparedKey<K: Kernel = Hot> {
    point: Affine,
    uses: AtomicU32,
    cold: OnceBox<Box<[Affine]>>,
    hot: OnceBox<Box<[K::Entry]>>,
}

impl<K: Kernel> PreparedKey<K> {
    /// Checks two big-endian coordinates; returns `None` unless both are below p and the point is on the curve.
    pub(crate) fn new(x: &[u8; 48], y: &[u8; 48]) -> Option<Self> {
        let point = Affine::from_bytes(x, y)?;
        let (cold, hot) = (OnceBox::new(), OnceBox::new());
        Some(Self { point, uses: AtomicU32::new(0), cold, hot })
    }

    /// Verifies the signature R || S of a message with the given SHA-384 digest; returns `None` if an addition was exceptional.
    pub(crate) fn try_verify(
        &self,
        generator: &Generator<K>,
        digest: &[u8; 48],
        signature: &[u8; 96],
    ) -> Option<Verdict> {
        let (r_bytes, rest) = signature.split_first_chunk()?;
        let s_bytes = rest.first_chunk()?;
        let (Some(r), Some(s)) = (Scalar::nonzero(r_bytes), Scalar::nonzero(s_bytes)) else {
            return Some(Verdict::Invalid);
        };
        let (u1, u2) = Scalar::quotients(digest, &r, &s);
        let is_r = if self.count_use() && K::is_usable() {
            K::has_x([&u1, &u2], self.hot_tables(generator), r_bytes)?
        } else {
            self.sum_cold(&u1, &u2).has_x(r_bytes)?
        };
        Some(if is_r { Verdict::Valid } else { Verdict::Invalid })
    }

    /// Counts a use; returns whether the key was hot before it. Concurrent uses may be counted as one, which only delays the
    /// switch to the larger tables.
    fn count_use(&self) -> bool {
        let uses = self.uses.load(Ordering::Relaxed);
        if uses < HOT_AFTER {
            self.uses.store(uses + 1, Ordering::Relaxed);
        }
        uses >= HOT_AFTER
    }

    /// Computes u₁·G + u₂·Q with the small tables.
    #[inline(never)]
    fn sum_cold(&self, u1: &Scalar, u2: &Scalar) -> Point {
        let key = self.cold.get_or_init(|| Box::new(comb::build(&self.point, &COLD).into()));
        comb::evaluate::<Point>([(u1, generator::embedded()), (u2, Comb { shape: &COLD, entries: key })])
    }

    /// The larger tables of G and of the key.
    #[inline(never)]
    fn hot_tables<'a>(&'a self, generator: &'a Generator<K>) -> [&'a [K::Entry]; 2] {
        let tables = |point: &Affine| Box::new(comb::build(point, &HOT).iter().map(K::entry).collect());
        let g = generator.hot.get_or_init(|| tables(&generator::GENERATOR));
        [g, self.hot.get_or_init(|| tables(&self.point))]
    }
}
