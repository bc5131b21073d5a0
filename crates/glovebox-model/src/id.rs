//! Ids that know what they name.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use uuid::Uuid;

/// A UUID (version 4) that names one thing of kind `K`.
///
/// Written as AWS does: 36 characters, lower case, hyphens.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// The text was not a lower-case UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id is a UUID in lower case")]
pub struct BadId;

/// Names a protected query.
#[derive(Debug, Clone, Copy)]
pub enum Query {}

impl<K> Id<K> {
    /// An id made of sixteen random bytes, which the caller draws.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self { uuid: uuid::Builder::from_random_bytes(bytes).into_uuid(), kind: PhantomData }
    }

    /// The sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.uuid.as_bytes()
    }
}

impl<K> FromStr for Id<K> {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let uuid = Uuid::try_parse(text).map_err(|_| BadId)?;
        let id = Self { uuid, kind: PhantomData };
        if id.to_string() == text { Ok(id) } else { Err(BadId) }
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.uuid.hyphenated())
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_only_as_it_is_written() {
        let id: Id<Query> = Id::from_random([0xab; 16]);
        assert_eq!(id.to_string().parse::<Id<Query>>(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<Id<Query>>(), Err(BadId));
        assert_eq!(id.to_string().replace('-', "").parse::<Id<Query>>(), Err(BadId));
    }
}
