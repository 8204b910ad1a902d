//! ES384's part of [`crate::internals`].

use super::{HOT_AFTER, PreparedKey, Verdict};
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
