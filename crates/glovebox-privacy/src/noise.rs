//! Random bytes for secrets of one query. Noise itself is drawn by [`crate::SecureDraw`].

/// A source of random bytes.
pub trait Noise {
    /// Fills `bytes` with fresh random bytes.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy>;
}

/// The operating system's own generator.
#[derive(Debug, Default)]
pub struct SecureNoise;

/// The operating system gave no random bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoEntropy;

impl Noise for SecureNoise {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        getrandom::fill(bytes).map_err(|_| NoEntropy)
    }
}
