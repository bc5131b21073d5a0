//! Exact scales of noise: positive rational numbers.

use std::fmt;

/// A positive rational number. Samplers take it as it is; nothing is rounded on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    numerator: u128,
    denominator: u64,
}

impl Ratio {
    /// `numerator / denominator`; nothing when one of them is zero.
    pub fn new(numerator: u128, denominator: u64) -> Option<Self> {
        (numerator > 0 && denominator > 0).then_some(Self { numerator, denominator })
    }

    /// What stands above the line.
    pub fn numerator(self) -> u128 {
        self.numerator
    }

    /// What stands below the line.
    pub fn denominator(self) -> u64 {
        self.denominator
    }

    /// The nearest double, up to 2^-52 of it: for statements about errors, never for drawing.
    #[expect(clippy::cast_precision_loss, reason = "said above")]
    pub fn to_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            write!(f, "{}", self.numerator)
        } else {
            write!(f, "{}/{}", self.numerator, self.denominator)
        }
    }
}
