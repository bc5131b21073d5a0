//! Byte strings with numbers: each distinct one is kept once.

use std::hash::BuildHasher;

/// Before the bytes of a value: its number and its length.
const HEAD: usize = 8;
/// Where values begin is a multiple of it, so that four bytes tell places in 32 GiB.
const UNIT: usize = 8;

/// Where a value is, and a part of its hash.
#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    at: u32,
}

impl Slot {
    const FREE: Self = Self { hash: 0, at: u32::MAX };

    fn is_free(self) -> bool {
        self.at == u32::MAX
    }
}

/// A hash table with linear probing.
///
/// With millions of values it is memory that costs: here a value is found by one look into the
/// table and one at the value, and the table grows from its front to its end, without looking at
/// values.
struct Table {
    /// A power of two, at most 2^31; at least half are free.
    slots: Vec<Slot>,
    n_taken: usize,
}

impl Table {
    fn new() -> Self {
        Self { slots: vec![Slot::FREE; 1 << 8], n_taken: 0 }
    }

    /// Where a hash is looked for first: its first bits.
    fn first(&self, hash: u32) -> usize {
        (hash >> (32 - self.slots.len().trailing_zeros())) as usize
    }

    /// Where a value is, by its hash, and otherwise the place of a free slot for it.
    fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let mut index = self.first(hash);
        while let Some(slot) = self.slots.get(index).filter(|it| !it.is_free()) {
            if slot.hash == hash && is_it(slot.at) {
                return Ok(slot.at);
            }
            index = (index + 1) & (self.slots.len() - 1);
        }
        Err(index)
    }

    /// Fills a free slot; `None` if the table cannot grow.
    fn fill(&mut self, free: usize, slot: Slot) -> Option<()> {
        *self.slots.get_mut(free)? = slot;
        self.n_taken += 1;
        if self.n_taken <= self.slots.len() / 2 {
            return Some(());
        }
        let n_slots = self.slots.len().checked_mul(2).filter(|it| *it <= 1 << 31)?;
        let old = std::mem::replace(&mut self.slots, vec![Slot::FREE; n_slots]);
        for slot in old.into_iter().filter(|it| !it.is_free()) {
            let Err(free) = self.find(slot.hash, |_| false) else { return None };
            *self.slots.get_mut(free)? = slot;
        }
        Some(())
    }
}

/// Numbers byte strings in the order in which they come.
///
/// The hasher is seeded by the process: no one can choose identifiers that collide.
pub(super) struct Interner {
    table: Table,
    /// For each value: its number, its length, its bytes, and nothing up to a whole [`UNIT`].
    bytes: Vec<u8>,
    /// By number, in units.
    places: Vec<u32>,
    hasher: std::hash::RandomState,
}

impl Interner {
    pub(super) fn new() -> Self {
        let hasher = std::hash::RandomState::new();
        Self { table: Table::new(), bytes: Vec::new(), places: Vec::new(), hasher }
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn get(&self, number: u32) -> &[u8] {
        let place = self.places.get(number as usize);
        place.map_or(&[], |it| value(&self.bytes, *it).1)
    }

    /// The number of `value`; `None` when there are too many.
    pub(super) fn intern(&mut self, value: &[u8]) -> Option<u32> {
        let hash = self.hash(value);
        self.hashed(hash, value)
    }

    /// The numbers of values, in their order; `None` when there are too many.
    pub(super) fn intern_all<'v>(
        &mut self,
        values: impl Iterator<Item = &'v [u8]> + Clone,
    ) -> Option<Vec<u32>> {
        let hashes: Vec<u32> = values.clone().map(|it| self.hash(it)).collect();
        hashes.into_iter().zip(values).map(|(hash, it)| self.hashed(hash, it)).collect()
    }

    fn hash(&self, value: &[u8]) -> u32 {
        (self.hasher.hash_one(value) >> 32) as u32
    }

    fn hashed(&mut self, hash: u32, wanted: &[u8]) -> Option<u32> {
        let Self { table, bytes, places, hasher: _ } = self;
        match table.find(hash, |at| value(bytes, at).1 == wanted) {
            Ok(at) => Some(value(bytes, at).0),
            Err(free) => {
                let number = u32::try_from(places.len()).ok().filter(|it| *it < u32::MAX)?;
                let length = u32::try_from(wanted.len()).ok()?;
                let at = u32::try_from(bytes.len() / UNIT).ok().filter(|it| *it < u32::MAX)?;
                table.fill(free, Slot { hash, at })?;
                places.push(at);
                bytes.extend_from_slice(&number.to_le_bytes());
                bytes.extend_from_slice(&length.to_le_bytes());
                bytes.extend_from_slice(wanted);
                bytes.resize(bytes.len().next_multiple_of(UNIT), 0);
                Some(number)
            }
        }
    }

    /// About how much memory it takes.
    pub(super) fn size(&self) -> usize {
        self.bytes.capacity()
            + self.places.capacity() * 4
            + self.table.slots.capacity() * size_of::<Slot>()
    }
}

/// The number and the bytes of the value at a place.
fn value(bytes: &[u8], at: u32) -> (u32, &[u8]) {
    let here = bytes.get(at as usize * UNIT..).unwrap_or_default();
    let Some((head, here)) = here.split_first_chunk::<HEAD>() else { return (u32::MAX, &[]) };
    let [a, b, c, d, e, f, g, h] = *head;
    let (number, length) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    (number, here.get(..length as usize).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_numbers_and_bytes_however_many_come() {
        let mut interner = Interner::new();
        let values: Vec<Vec<u8>> = (0..10_000_u32)
            .map(|it| it.to_be_bytes().repeat(7)[..it as usize % 25 + 3].to_vec())
            .collect();
        let mut distinct: Vec<&Vec<u8>> = Vec::new();
        for it in &values {
            let number = interner.intern(it).unwrap() as usize;
            if number == distinct.len() {
                distinct.push(it);
            }
            assert_eq!(distinct[number], it);
        }
        let again = interner.intern_all(values.iter().map(Vec::as_slice)).unwrap();
        assert_eq!(interner.len(), distinct.len());
        for (number, it) in again.into_iter().zip(&values) {
            assert_eq!(interner.get(number), it);
        }
        let empty = interner.intern(b"").unwrap();
        assert_eq!(interner.intern(b""), Some(empty));
        assert_eq!(interner.get(empty), b"");
        assert_eq!(interner.get(empty + 1), b"");
    }
}
