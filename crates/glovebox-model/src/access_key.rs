//! Access keys: what a client signs with. Their secrets live in the store only.

use std::fmt;
use std::str::FromStr;

use crate::ability::words;
use crate::{AccountId, Timestamp};

const PREFIX: &str = "GBIA";
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The public name of an access key: `GBIA` and 16 letters or digits 2 to 7.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessKeyId(String);

/// The text is not the id of an access key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an access key id is GBIA and 16 letters or digits 2 to 7")]
pub struct BadAccessKeyId;

impl AccessKeyId {
    /// An id made of sixteen random bytes, which the caller draws; five bits of each count.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let letter = |byte: u8| char::from(ALPHABET[usize::from(byte & 31)]);
        Self(PREFIX.chars().chain(bytes.into_iter().map(letter)).collect())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccessKeyId {
    type Err = BadAccessKeyId;

    fn from_str(text: &str) -> Result<Self, BadAccessKeyId> {
        let rest = text.strip_prefix(PREFIX).ok_or(BadAccessKeyId)?;
        if rest.len() == 16 && rest.bytes().all(|it| ALPHABET.contains(&it)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadAccessKeyId)
        }
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessKeyId({self})")
    }
}

words! {
    /// What a key may do for its account; a later word may do all that an earlier one may.
    KeyRole {
        /// Look: every operation that changes nothing.
        Auditor "auditor",
        /// And run queries, and stop them.
        Analyst "analyst",
        /// And everything else.
        Owner "owner",
    }
}

/// An access key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// Its public name.
    pub id: AccessKeyId,
    /// The account for which it signs.
    pub account: AccountId,
    /// Whether it opens anything.
    pub enabled: bool,
    /// What it may do.
    pub role: KeyRole,
    /// When it was made.
    pub created: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_id_reads_back() {
        let id = AccessKeyId::from_random([255; 16]);
        assert_eq!(id.as_str(), "GBIA7777777777777777");
        assert_eq!(id.as_str().parse(), Ok(id));
        for bad in
            ["", "GBIA", "AKIA7777777777777777", "GBIA777777777777777a", "GBIA0000000000000000"]
        {
            assert_eq!(bad.parse::<AccessKeyId>(), Err(BadAccessKeyId), "{bad}");
        }
    }
}
