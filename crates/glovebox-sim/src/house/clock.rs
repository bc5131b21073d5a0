//! A clock that shows what the seed says.

use std::sync::atomic::{AtomicI64, Ordering};

use glovebox_model::{Clock, Timestamp};

/// Moves only when told to, in either direction.
#[derive(Debug)]
pub(super) struct SimClock(AtomicI64);

impl SimClock {
    pub(super) fn at(millis: i64) -> Self {
        Self(AtomicI64::new(millis))
    }

    pub(super) fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    pub(super) fn millis(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis())
    }
}
