//! The right edge of a tree: all that is needed to append and to know the root.

use std::fmt;
use std::str::FromStr;

use glovebox_model::Digest;

use crate::hash::{empty_root, node_hash};

/// The roots of the perfect subtrees of a tree, largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

/// The text is not a frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored edge of a ledger tree cannot be read")]
pub struct BadFrontier;

impl Frontier {
    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the hash of one leaf and gives its index.
    pub fn append(&mut self, leaf: Digest) -> u64 {
        let index = self.size;
        let mut hash = leaf;
        let mut carry = index;
        while carry & 1 == 1 {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
            carry >>= 1;
        }
        self.peaks.push(hash);
        self.size += 1;
        index
    }

    /// The root over all leaves.
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => empty_root(),
            Some(last) => peaks.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

/// `<size>:<hex>,<hex>...`
impl fmt::Display for Frontier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peaks: Vec<String> = self.peaks.iter().map(Digest::to_string).collect();
        write!(f, "{}:{}", self.size, peaks.join(","))
    }
}

impl FromStr for Frontier {
    type Err = BadFrontier;

    fn from_str(text: &str) -> Result<Self, BadFrontier> {
        let (size, peaks) = text.split_once(':').ok_or(BadFrontier)?;
        let size: u64 = size.parse().map_err(|_| BadFrontier)?;
        let peaks = peaks
            .split(',')
            .filter(|peak| !peak.is_empty())
            .map(|peak| peak.parse().map_err(|_| BadFrontier))
            .collect::<Result<Vec<Digest>, BadFrontier>>()?;
        if peaks.len() != size.count_ones() as usize {
            return Err(BadFrontier);
        }
        Ok(Self { size, peaks })
    }
}
