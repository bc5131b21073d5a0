//! A clock that shows what the seed says, beside one that nobody can set.

use std::sync::atomic::{AtomicI64, Ordering};

use glovebox_model::{Clock, Steady, Timestamp};

/// Moves only when told to. The one on the wall can be set, in either direction; the steady one
/// tells how much time has passed since the machine started.
#[derive(Debug)]
pub(super) struct SimClock {
    wall: AtomicI64,
    steady: AtomicI64,
    starts: AtomicI64,
}

/// What both clocks say of each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Compared {
    /// How often the machine has started.
    pub(super) starts: i64,
    /// How far the clock on the wall is ahead of the steady one.
    pub(super) ahead: i64,
}

impl SimClock {
    pub(super) fn at(millis: i64) -> Self {
        let (steady, starts) = (AtomicI64::new(0), AtomicI64::new(1));
        Self { wall: AtomicI64::new(millis), steady, starts }
    }

    /// Time passes.
    pub(super) fn pass(&self, millis: i64) {
        self.steady.fetch_add(millis, Ordering::SeqCst);
        self.wall.fetch_add(millis, Ordering::SeqCst);
    }

    /// Somebody sets the clock on the wall.
    pub(super) fn set_by(&self, millis: i64) {
        self.wall.fetch_add(millis, Ordering::SeqCst);
    }

    /// The machine starts anew, and the steady clock with it.
    pub(super) fn start_machine(&self) {
        self.steady.store(0, Ordering::SeqCst);
        self.starts.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn millis(&self) -> i64 {
        self.wall.load(Ordering::SeqCst)
    }

    pub(super) fn compared(&self) -> Compared {
        let ahead = self.millis() - self.steady.load(Ordering::SeqCst);
        Compared { starts: self.starts.load(Ordering::SeqCst), ahead }
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis())
    }

    fn steady(&self) -> Option<Steady> {
        let since = format!("start {}", self.starts.load(Ordering::SeqCst));
        Some(Steady { since, millis: self.steady.load(Ordering::SeqCst) })
    }
}
