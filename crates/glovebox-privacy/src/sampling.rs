//! What the engine is told of a private query: how contributions are bounded.

use glovebox_sql::Unit;

use crate::Noise;
use crate::noise::NoEntropy;

/// How the rows of a lower plan become exact, bounded sums.
#[derive(Debug, Clone)]
pub struct Sampling<'a> {
    /// The first columns are those of a group; behind them stands the user.
    pub n_keys: usize,
    /// How partial sums become contributions.
    pub units: &'a [Unit],
    /// At most so many groups count for one user; `None` when nobody can be in two.
    pub max_groups: Option<u32>,
}

/// The secret by which one query chooses which groups of a user count. Drawn once for each query,
/// never stored or shown; without it nobody can steer or guess the choice.
#[expect(missing_debug_implementations, reason = "a secret")]
pub struct SampleKey([u8; 16]);

impl SampleKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`NoEntropy`]
    pub fn fresh(noise: &mut dyn Noise) -> Result<Self, NoEntropy> {
        let mut key = [0; 16];
        noise.fill(&mut key)?;
        Ok(Self(key))
    }

    /// For the keyed hash.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}
