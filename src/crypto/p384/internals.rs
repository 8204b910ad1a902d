//! The ES384 part of [`crate::internals`].

use super::comb::{COLD, HOT, build};
use super::field::FieldElement;
use super::generator::GENERATOR;
use super::point::Point;
use super::scalar::Scalar;
use super::{HOT_AFTER, Hot, Kernel, Verdict};
use crate::crypto::es384;
use alloc::sync::Arc;
use core::sync::atomic::Ordering;

/// The generator's tables.
#[derive(Debug, Default)]
pub struct Generator(super::Generator);

/// A checked key.
#[derive(Debug)]
pub struct Es384Key(es384::VerifyingKey);

/// Which tables of a key to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// The small tables of the first uses.
    Cold,
    /// The larger tables of a hot key.
    Hot,
}

impl Es384Key {
    /// Returns `None` unless the coordinates are below p and the point is on the curve.
    #[must_use]
    pub fn new(x: &[u8; 48], y: &[u8; 48]) -> Option<Self> {
        es384::VerifyingKey::new(x, y, &Arc::default()).map(Self)
    }

    /// The verdict of the fast path with the given tables, or `None` if the `p384` crate must decide.
    #[must_use]
    pub fn try_verify(
        &self,
        tables: Tables,
        generator: &Generator,
        digest: &[u8; 48],
        signature: &[u8; 96],
    ) -> Option<bool> {
        let uses = match tables {
            Tables::Cold => 0,
            Tables::Hot => HOT_AFTER,
        };
        self.0.prepared.uses.store(uses, Ordering::Relaxed);
        self.0.prepared.try_verify(&generator.0, digest, signature).map(|verdict| verdict == Verdict::Valid)
    }

    /// The final verdict, from the fast path or the `p384` crate.
    #[must_use]
    pub fn verify(&self, digest: &[u8; 48], signature: &[u8; 96]) -> bool {
        self.0.verify(digest, signature)
    }
}

/// The kernels that a verification consists of, one method each. Every call works on the result of the previous one.
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
    /// Multiplies in the field.
    pub fn multiply(&mut self) {
        self.element = self.element.mul(&GENERATOR.y);
    }

    /// Squares in the field.
    pub fn square(&mut self) {
        self.element = self.element.square();
    }

    /// Inverts in the field.
    pub fn invert(&mut self) {
        self.element = self.element.invert();
    }

    /// Adds an affine point. Repeated calls may reach an exceptional addition. From then on the coordinates are zero, which does
    /// not change the time.
    pub fn add(&mut self) {
        self.sum.add(&GENERATOR, false);
    }

    /// Doubles a point.
    pub fn double(&mut self) {
        self.sum.double();
    }

    /// Computes u₁ and u₂ of a signature: one inversion modulo the order and three products.
    pub fn quotients(&self, digest: &[u8; 48], r: &[u8; 48], s: &[u8; 48]) -> Option<impl Sized + use<>> {
        Some(Scalar::quotients(digest, &Scalar::nonzero(r)?, &Scalar::nonzero(s)?))
    }

    /// Builds the tables of a key; returns their number of points.
    #[must_use]
    pub fn build(&self, tables: Tables) -> usize {
        match tables {
            Tables::Cold => build(&GENERATOR, &COLD).len(),
            Tables::Hot => build(&GENERATOR, &HOT).iter().map(Hot::entry).count(),
        }
    }
}
