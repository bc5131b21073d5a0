//! Reads exact rows past the door.

use glovebox_privacy::Executed;

pub fn cheat(executed: &Executed) -> usize {
    executed.rows.batches.len()
}
