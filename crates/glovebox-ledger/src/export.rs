//! A copy of a tree, or of its end, that can be checked without the house.

use glovebox_model::Digest;
use serde::{Deserialize, Serialize};

use crate::commitment::Opening;
use crate::head::Head;
use crate::text;

/// Entries of one tree as one caller may see them, with their proofs and the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Export {
    /// The signed state of the tree.
    pub head: Head,
    /// The index of the first entry.
    pub from: u64,
    /// The entries, without a gap.
    pub entries: Vec<ExportedEntry>,
    /// Proves the tree of `from` entries to be a beginning of the tree of the head.
    #[serde(with = "text::list")]
    pub consistency: Vec<Digest>,
}

/// One entry as one caller may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportedEntry {
    /// Its place in the tree.
    pub index: u64,
    /// The canonical form, the same for every caller.
    pub entry: String,
    /// What this caller may know behind the commitments.
    pub openings: Vec<Opening>,
    /// Proves the entry to be part of the tree of the head; may be absent in a whole copy.
    #[serde(with = "text::list")]
    pub inclusion: Vec<Digest>,
}

impl Export {
    /// Reads the JSON form; `None` when it is not one.
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The JSON form.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether it holds every entry of the tree.
    pub fn is_whole(&self) -> bool {
        self.from == 0 && self.entries.len() as u64 == self.head.size
    }

    /// Appends the next page, whose head counts; `None` when there is a gap or another tree.
    ///
    /// The inclusion proofs of earlier pages are dropped, since they belong to an earlier head:
    /// the joined copy must be whole to verify.
    pub fn join(mut self, next: Self) -> Option<Self> {
        let follows = self.from + self.entries.len() as u64 == next.from;
        if !follows || self.head.tree != next.head.tree || self.head.size > next.head.size {
            return None;
        }
        for entry in &mut self.entries {
            entry.inclusion.clear();
        }
        self.entries.extend(next.entries);
        Some(Self { head: next.head, ..self })
    }
}
