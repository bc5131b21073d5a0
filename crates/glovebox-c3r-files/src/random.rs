//! Random bytes of the system, fetched in bulk: a row needs 32 and a system call costs more.

use std::fmt;

use zeroize::Zeroize;

use crate::Failed;

/// Bytes that are fetched at once.
const BULK: usize = 16 << 10;

/// A store of random bytes, each given once.
pub(crate) struct Random {
    bytes: Vec<u8>,
    used: usize,
    was_empty: bool,
}

impl Random {
    /// Empty: nothing is fetched before something is needed.
    pub(crate) fn new() -> Self {
        Self { bytes: vec![0; BULK], used: BULK, was_empty: false }
    }

    /// Makes sure that `n` portions of 32 bytes are there; at most 512.
    pub(crate) fn ensure(&mut self, n: usize) -> Result<(), Failed> {
        if self.bytes.len() - self.used >= n * 32 {
            return Ok(());
        }
        self.bytes.resize(BULK.max(n * 32), 0);
        getrandom::fill(&mut self.bytes)
            .map_err(|_| Failed::new("the system gives no random bytes"))?;
        self.used = 0;
        Ok(())
    }

    /// 32 bytes that were ensured; `None` if they were not.
    pub(crate) fn take(&mut self) -> Option<[u8; 32]> {
        let part = self.bytes.get_mut(self.used..)?.first_chunk_mut::<32>()?;
        let given = *part;
        part.zeroize();
        self.used += 32;
        Some(given)
    }

    /// 32 bytes that were ensured. If they were not, [`Random::check`] fails afterwards.
    pub(crate) fn draw(&mut self) -> [u8; 32] {
        self.take().unwrap_or_else(|| {
            self.was_empty = true;
            [0; 32]
        })
    }

    /// Whether all that was drawn was random.
    pub(crate) fn check(&self) -> Result<(), Failed> {
        if self.was_empty { Err(Failed::new("no random bytes were left")) } else { Ok(()) }
    }
}

impl Drop for Random {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nothing_is_given_twice_and_nothing_that_was_not_ensured() {
        let mut random = Random::new();
        assert!(random.take().is_none());
        assert!(random.check().is_ok());
        random.draw();
        assert!(random.check().is_err(), "what was not ensured is noticed");
        let mut seen = BTreeSet::new();
        for _ in 0..3_000 {
            random.ensure(3).unwrap();
            for _ in 0..3 {
                assert!(seen.insert(random.take().unwrap()));
            }
        }
        random.ensure(1_600).unwrap();
        assert!((0..1_600).all(|_| random.take().is_some()));
    }
}
