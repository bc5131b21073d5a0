//! What the rest of the house may know of its supervisor: that it lives, and its slots.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A supervisor that has not looked at the store for so long does not live.
const LOST: Duration = Duration::from_secs(30);

/// The pulse of a supervisor; every clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<Mutex<Beat>>);

#[derive(Debug, Default)]
struct Beat {
    last: Option<Instant>,
    slots: usize,
}

impl Pulse {
    fn lock(&self) -> MutexGuard<'_, Beat> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The supervisor has looked at the store, and walks so many queries at once.
    pub(super) fn beat(&self, slots: usize) {
        let mut beat = self.lock();
        beat.last = Some(Instant::now());
        beat.slots = slots;
    }

    /// Whether the supervisor lives.
    pub fn is_alive(&self) -> bool {
        self.lock().last.is_some_and(|it| it.elapsed() < LOST)
    }

    /// How many queries it walks at once.
    pub fn slots(&self) -> usize {
        self.lock().slots
    }
}
