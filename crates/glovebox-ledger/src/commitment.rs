//! Salted commitments: what an entry says without saying it.

use std::fmt;

use glovebox_model::Digest;
use serde::{Deserialize, Serialize};

use crate::text;

/// Thirty-two random bytes that hide a committed value. Known to whom the value may be shown.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nonce(#[serde(with = "text")] Hex);

/// A promise of one value: SHA-256 over 0x02, the nonce, the label and the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(#[serde(with = "text")] Digest);

/// What opens a commitment: the value, its label and the nonce.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// What the value is, such as `text` or `plan`.
    pub label: String,
    /// The nonce.
    pub nonce: Nonce,
    /// The value.
    pub value: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Hex(Digest);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::str::FromStr for Hex {
    type Err = <Digest as std::str::FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Nonce {
    /// A nonce of these bytes, which the caller draws at random.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(Hex(Digest::from_bytes(bytes)))
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(..)")
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opening({})", self.label)
    }
}

impl Opening {
    /// A value with its label and nonce.
    pub fn new(label: &str, value: impl Into<String>, nonce: Nonce) -> Self {
        Self { label: label.into(), nonce, value: value.into() }
    }

    /// The commitment that this opens.
    pub fn commitment(&self) -> Commitment {
        let mut bytes = vec![2];
        bytes.extend_from_slice(self.nonce.0.0.as_bytes());
        for part in [self.label.as_bytes(), self.value.as_bytes()] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        Commitment(Digest::of(&bytes))
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_hides_its_value_and_binds_label_and_value() {
        let nonce = Nonce::from_random([7; 32]);
        let opening = Opening::new("text", "SELECT 1", nonce);
        let promise = opening.commitment();
        assert_ne!(promise, Opening::new("text", "SELECT 2", nonce).commitment());
        assert_ne!(promise, Opening::new("tex", "tSELECT 1", nonce).commitment());
        assert_ne!(
            promise,
            Opening::new("text", "SELECT 1", Nonce::from_random([8; 32])).commitment()
        );
        assert_eq!(format!("{opening:?} {nonce:?}"), "Opening(text) Nonce(..)");
    }
}
