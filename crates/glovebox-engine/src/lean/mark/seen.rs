//! A set of fingerprints.

use std::hint::black_box;

/// Fingerprints that were seen: a table with open addressing. Fingerprints are as random as a hash
/// is, so the first bits of one are its place.
pub(super) struct Seen {
    /// A power of two; 0 is a free place.
    places: Vec<u128>,
    taken: usize,
}

const FIRST: usize = 1 << 10;

impl Seen {
    pub(super) fn new() -> Self {
        Self { places: vec![0; FIRST], taken: 0 }
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<u128>()
    }

    /// Bytes that it takes while it grows for so many more.
    pub(super) fn bytes_with(&self, more: usize) -> usize {
        let mut places = self.places.len();
        while is_full(self.taken.saturating_add(more), places) {
            places = places.saturating_mul(2);
        }
        let grown = places.saturating_mul(size_of::<u128>());
        if places == self.places.len() { grown } else { grown.saturating_add(self.bytes()) }
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        let mut places = self.places.len();
        while is_full(self.taken.saturating_add(more), places) {
            places = places.saturating_mul(2);
        }
        if places == self.places.len() {
            return;
        }
        let old = std::mem::replace(&mut self.places, vec![0; places]);
        self.taken = 0;
        for fingerprint in old.into_iter().filter(|it| *it != 0) {
            self.insert(fingerprint);
        }
    }

    /// Fetches the places of some fingerprints all at once: one after the other, each would be
    /// waited for.
    pub(super) fn fetch(&self, fingerprints: &[Option<u128>]) {
        let places = fingerprints.iter().flatten().map(|it| self.place(*it));
        let found = places.filter_map(|it| self.places.get(it));
        black_box(found.fold(0, |all, it| all ^ it));
    }

    /// Where a fingerprint belongs. By its upper half: rows are parted by other hashes of the whole.
    fn place(&self, fingerprint: u128) -> usize {
        (fingerprint >> 64) as usize & (self.places.len() - 1)
    }

    /// Whether a fingerprint is new. There must be room for it.
    pub(super) fn insert(&mut self, fingerprint: u128) -> bool {
        let fingerprint = fingerprint.max(1);
        let mask = self.places.len() - 1;
        let mut index = self.place(fingerprint);
        while let Some(place) = self.places.get_mut(index) {
            if *place == fingerprint {
                return false;
            }
            if *place == 0 {
                *place = fingerprint;
                self.taken += 1;
                return true;
            }
            index = (index + 1) & mask;
        }
        false
    }
}

/// Whether so many are too many for so many places.
fn is_full(taken: usize, places: usize) -> bool {
    taken > places / 8 * 5
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_new_is_told_as_a_set_tells_it() {
        let (mut seen, mut known) = (Seen::new(), BTreeSet::new());
        let mut state: u128 = 7;
        for _ in 0..4_000 {
            state = state.wrapping_mul(0xda94_2042_e4dd_58b5_da94_2042_e4dd_58b5).wrapping_add(1);
            // Few upper bits: many of them meet at the same place.
            let fingerprint = ((state % 500) << 64) | (state % 11);
            assert!(seen.bytes_with(1) >= seen.bytes());
            seen.reserve(1);
            assert_eq!(seen.insert(fingerprint), known.insert(fingerprint.max(1)));
        }
        assert_eq!(seen.taken, known.len());
        assert!(!is_full(seen.taken, seen.places.len()));
    }
}
