//! ES384's part of [`crate::internals`].

use super::comb::{FIRST, HOT, build};
use super::field::FieldElement;
use super::generator::GENERATOR;
use super::point::Point;
use super::scalar::Scalar;
use super::{HOT_AFTER, HotPoint, PreparedKey, Verdict};
use core::sync::atomic::Ordering;

/// The generator's tables.
#[derive(Debug, Default)]
pub struct Generator(super::Generator);

/// A checked key.
#[derive(Debug)]
pub struct Es384Key(PreparedKey);

/// Which tables of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// Those of the first uses.
    First,
    /// Those of a hot key.
    Hot,
}

impl Es384Key {
    /// `None` unless the coordinates are below p and on the curve.
    #[must_use]
    pub fn new(x: &[u8; 48], y: &[u8; 48]) -> Option<Self> {
        PreparedKey::new(x, y).map(Self)
    }

    /// The verdict of the fast path with the given tables, `None` where it leaves the decision to the `p384` crate.
    #[must_use]
    pub fn try_verify(
        &self,
        tables: Tables,
        generator: &Generator,
        digest: &[u8; 48],
        signature: &[u8; 96],
    ) -> Option<bool> {
        let uses = match tables {
            Tables::First => 0,
            Tables::Hot => HOT_AFTER,
        };
        self.0.uses.store(uses, Ordering::Relaxed);
        self.0.try_verify(&generator.0, digest, signature).map(|verdict| verdict == Verdict::Valid)
    }

    /// The verdict, whoever decides.
    #[must_use]
    pub fn verify(&self, generator: &Generator, digest: &[u8; 48], signature: &[u8; 96]) -> bool {
        self.0.verify(&generator.0, digest, signature) == Verdict::Valid
    }
}

/// The kernels below a verification, one call each; every call works on what the one before it left.
#[derive(Debug)]
pub struct Kernels {
    element: FieldElement,
    sum: Point,
}

impl Default for Kernels {
    /// Starts from the generator.
    fn default() -> Self {
        Self { element: GENERATOR.x, sum: Point::from_affine(&GENERATOR, false) }
    }
}

impl Kernels {
    /// A product of the field.
    pub fn multiply(&mut self) {
        self.element = self.element.mul(&GENERATOR.y);
    }

    /// A square of the field.
    pub fn square(&mut self) {
        self.element = self.element.square();
    }

    /// An inverse in the field.
    pub fn invert(&mut self) {
        self.element = self.element.invert();
    }

    /// A mixed addition. After an exceptional one it computes with zeros, in the same time.
    pub fn add(&mut self) {
        self.sum.add(&GENERATOR, false);
    }

    /// A doubling.
    pub fn double(&mut self) {
        self.sum.double();
    }

    /// u₁ and u₂ of a signature: one inversion modulo the order, three products.
    pub fn quotients(&self, digest: &[u8; 48], r: &[u8; 48], s: &[u8; 48]) -> Option<impl Sized + use<>> {
        Some(Scalar::quotients(digest, &Scalar::nonzero(r)?, &Scalar::nonzero(s)?))
    }

    /// The tables of a key.
    #[must_use]
    pub fn build(&self, tables: Tables) -> usize {
        match tables {
            Tables::First => build::<Point>(&GENERATOR, &FIRST).len(),
            Tables::Hot => build::<HotPoint>(&GENERATOR, &HOT).len(),
        }
    }
}
