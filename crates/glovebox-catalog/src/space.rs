//! Room on the disk of the data directory, and how much of it nobody but the house may fill.
//!
//! The database lies on the same disk as what queries spill, what members put into their buckets
//! and the results on their way. If one of these filled it, nothing could be recorded for anybody.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{StatVfs, fstatvfs, statvfs};

/// The house's own part of a disk at most.
const MOST: u64 = 256 << 20;
/// Its share of a small disk.
const SHARE: u64 = 20;

/// The room on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that are there.
    pub all: u64,
}

impl Space {
    /// Below this folder; `None` if the system does not say.
    pub fn below(folder: &Path) -> Option<Self> {
        statvfs(folder).ok().and_then(|it| Self::of(&it))
    }

    /// Where this file lies.
    pub fn beside(file: impl AsFd) -> Option<Self> {
        fstatvfs(file).ok().and_then(|it| Self::of(&it))
    }

    fn of(found: &StatVfs) -> Option<Self> {
        let bytes = |blocks: u64| blocks.checked_mul(found.f_frsize);
        Some(Self { free: bytes(found.f_bavail)?, all: bytes(found.f_blocks)? })
    }

    /// What the house keeps for itself: 256 MiB, of small disks a twentieth.
    fn reserve(self) -> u64 {
        MOST.min(self.all / SHARE)
    }

    /// Whether only the house's own part is left.
    pub fn is_low(self) -> bool {
        self.free < self.reserve()
    }

    /// Whether spilling may go on: it leaves twice that part, so that results still find room.
    pub fn takes_spill(self) -> bool {
        self.free >= self.reserve().saturating_mul(2)
    }
}

/// Bytes that are written between two looks at the disk.
const BETWEEN: u64 = 16 << 20;

/// Looks at the disk of files now and then while they grow.
#[derive(Debug)]
pub struct Gauge {
    /// Bytes since the last look.
    unseen: AtomicU64,
    suffices: fn(Space) -> bool,
}

impl Gauge {
    /// Of files that may grow while there is room that `suffices`.
    pub fn while_it(suffices: fn(Space) -> bool) -> Self {
        Self { unseen: AtomicU64::new(BETWEEN), suffices }
    }

    /// So many bytes are to be written into this file.
    ///
    /// # Errors
    /// `StorageFull` once the room does not suffice.
    pub fn take(&self, file: impl AsFd, bytes: usize) -> io::Result<()> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if self.unseen.fetch_add(bytes, Ordering::Relaxed) < BETWEEN {
            return Ok(());
        }
        if Space::beside(file).is_some_and(|it| !(self.suffices)(it)) {
            // The next one looks again.
            self.unseen.store(BETWEEN, Ordering::Relaxed);
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.unseen.store(bytes, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_keeps_a_part_of_the_disk_for_itself() {
        let large = |free| Space { free, all: 1 << 40 };
        assert!(!large(256 << 20).is_low() && large((256 << 20) - 1).is_low());
        assert!(large(512 << 20).takes_spill() && !large((512 << 20) - 1).takes_spill());
        let small = Space { free: 3 << 20, all: 64 << 20 };
        assert!(small.is_low());
        assert!(!Space { free: 4 << 20, ..small }.is_low());
    }

    #[test]
    fn a_disk_says_how_much_room_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let file = tempfile::tempfile_in(folder.path()).unwrap();
        let (below, beside) = (Space::below(folder.path()), Space::beside(&file));
        assert_eq!(below.unwrap().all, beside.unwrap().all);
        assert!(below.unwrap().free <= below.unwrap().all);
        assert_eq!(Space::below(Path::new("/no/such/folder")), None);
    }
}
