//! One entry: a moment and what happened, with exactly one byte form.

use glovebox_model::{AccessKeyId, Digest, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::hash::leaf_hash;
use crate::text;

/// The version of the canonical form.
const VERSION: u8 = 1;

/// The longest canonical form, in bytes.
const LONGEST: usize = 256 * 1024;

/// One leaf of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it was appended, by the house's clock.
    pub at: Timestamp,
    /// The key that signed the request; `None` for what the house or its operator did.
    pub key: Option<AccessKeyId>,
    /// What happened.
    pub event: Event,
}

/// The bytes are not the canonical form of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not the canonical form of a ledger entry")]
pub struct NotAnEntry;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryV1 {
    v: u8,
    at: i64,
    // Absent in entries of the first release, and in those without a request.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "text::option")]
    key: Option<AccessKeyId>,
    event: Event,
}

impl Entry {
    /// An entry of this moment.
    pub fn new(at: Timestamp, event: Event) -> Self {
        Self { at, key: None, event }
    }

    /// The same, by a request that this key signed.
    #[must_use]
    pub fn by(self, key: Option<AccessKeyId>) -> Self {
        Self { key, ..self }
    }

    /// The canonical form: compact JSON, fields in the order of their declaration.
    pub fn canonical(&self) -> String {
        let (key, event) = (self.key.clone(), self.event.clone());
        let form = EntryV1 { v: VERSION, at: self.at.as_millis(), key, event };
        serde_json::to_string(&form).unwrap_or_default()
    }

    /// The hash of this entry as a leaf.
    pub fn leaf(&self) -> Digest {
        leaf_hash(self.canonical().as_bytes())
    }

    /// Reads the canonical form; any other spelling of the same facts is refused.
    pub fn parse(text: &str) -> Result<Self, NotAnEntry> {
        if text.len() > LONGEST {
            return Err(NotAnEntry);
        }
        let form: EntryV1 = serde_json::from_str(text).map_err(|_| NotAnEntry)?;
        let EntryV1 { v, at, key, event } = form;
        let entry = Self { at: Timestamp::from_millis(at), key, event };
        if v == VERSION && entry.canonical() == text { Ok(entry) } else { Err(NotAnEntry) }
    }
}
