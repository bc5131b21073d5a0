//! Moments, and the clock that tells them.

use std::fmt;

/// A moment: milliseconds since 1970-01-01T00:00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// A moment by a clock that only goes on, whatever is done to the one on the wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steady {
    /// Names the moment from which it counts, such as a start of the machine.
    pub since: String,
    /// Milliseconds since then.
    pub millis: i64,
}

/// Tells the time. Only the binary and the simulator make one.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// The same moment by a clock that nobody can set; `None` where there is none.
    fn steady(&self) -> Option<Steady> {
        None
    }
}
