//! The lines that a house and the process of a walk pass each other, once the task was told.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::proofs::ProofV1;

/// What the house tells the walk.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum Told {
    /// What begins stands in the store.
    Noted { number: u64 },
    /// Newer credentials.
    Proofs(Vec<ProofV1>),
    /// What begins was not written down, and must not.
    Refused { number: u64 },
    /// The house ends.
    Stop,
}

/// What the walk says of what it begins in members' accounts.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum Said {
    /// This begins now.
    Begins { number: u64, connection: String, what: String },
    /// Nothing is left of it.
    Gone { number: u64 },
    /// More is known of it.
    Known { number: u64, what: String },
}

impl Told {
    pub(super) fn to_line(&self) -> Option<Zeroizing<String>> {
        let mut line = Zeroizing::new(serde_json::to_string(self).ok()?);
        line.push('\n');
        Some(line)
    }

    pub(super) fn parse(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

impl Said {
    pub(super) fn to_line(&self) -> Option<String> {
        serde_json::to_string(self).ok().map(|it| it + "\n")
    }

    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}
