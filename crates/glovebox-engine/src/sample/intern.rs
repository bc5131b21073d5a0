//! Byte strings with numbers: each distinct one is kept once.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// Numbers byte strings in the order in which they come.
///
/// The hasher is seeded by the process: no one can choose identifiers that collide.
pub(super) struct Interner {
    table: HashTable<u32>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    hasher: std::hash::RandomState,
}

impl Interner {
    pub(super) fn new() -> Self {
        let hasher = std::hash::RandomState::new();
        Self { table: HashTable::new(), bytes: Vec::new(), ends: Vec::new(), hasher }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, number: u32) -> &[u8] {
        text(&self.bytes, &self.ends, number)
    }

    /// The number of `value`; `None` when there are too many.
    pub(super) fn intern(&mut self, value: &[u8]) -> Option<u32> {
        let Self { table, bytes, ends, hasher } = self;
        let hash = hasher.hash_one(value);
        let entry = table.entry(
            hash,
            |it| text(bytes, ends, *it) == value,
            |it| hasher.hash_one(text(bytes, ends, *it)),
        );
        match entry {
            Entry::Occupied(found) => Some(*found.get()),
            Entry::Vacant(place) => {
                let number = u32::try_from(ends.len()).ok().filter(|it| *it < u32::MAX)?;
                place.insert(number);
                bytes.extend_from_slice(value);
                ends.push(bytes.len());
                Some(number)
            }
        }
    }

    /// About how much memory it takes.
    pub(super) fn size(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 8 + self.table.capacity() * 5
    }
}

fn text<'a>(bytes: &'a [u8], ends: &[usize], number: u32) -> &'a [u8] {
    let index = number as usize;
    let start = index.checked_sub(1).and_then(|it| ends.get(it)).copied().unwrap_or(0);
    let end = ends.get(index).copied().unwrap_or(start);
    bytes.get(start..end).unwrap_or_default()
}
