//! How many queries run at once, and what each may take: checked.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use glovebox_room::{Caps, WalkLimits};

use crate::arguments::limits::LimitArgs;

/// More processes at once than any machine of today has cores for.
const MOST_SLOTS: usize = 1024;
/// The longest that a query may be allowed, in seconds: a day.
const LONGEST: u32 = 86_400;
/// A process needs so much before it has read anything.
const LEAST_PROCESS: u64 = 256 << 20;

/// Limits of queries, as the operator sets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueryLimits {
    /// Queries at once; `None` is one for each core.
    pub(crate) slots: Option<usize>,
    /// Time for reading and computing.
    pub(crate) query_time: Duration,
    spill_bytes: Option<u64>,
    process_bytes: Option<u64>,
}

impl Default for QueryLimits {
    fn default() -> Self {
        let query_time = WalkLimits::default().time;
        Self { slots: None, query_time, spill_bytes: None, process_bytes: None }
    }
}

impl QueryLimits {
    /// The same, but for what is said here.
    pub(crate) fn changed(self, said: &LimitArgs) -> Result<Self> {
        let LimitArgs { slots, query_time, query_spill, process_memory } = said;
        let slots = slots.map(usize::try_from).transpose()?;
        if let Some(slots) = slots {
            ensure!((1..=MOST_SLOTS).contains(&slots), "slots: 1 to {MOST_SLOTS}");
        }
        if let Some(seconds) = query_time {
            ensure!((1..=LONGEST).contains(seconds), "query-time: 1 to {LONGEST} seconds");
        }
        let query_time = query_time.map(|it| Duration::from_secs(it.into()));
        Ok(Self {
            slots: slots.or(self.slots),
            query_time: query_time.unwrap_or(self.query_time),
            spill_bytes: query_spill.map(|it| it.0).or(self.spill_bytes),
            process_bytes: process_memory.map(|it| it.0).or(self.process_bytes),
        })
    }

    /// What each of so many processes may take beside a pool of so many bytes, on a machine with
    /// that much memory, if it is known.
    pub(crate) fn caps(
        &self,
        memory_bytes: usize,
        (slots, machine): (usize, Option<u64>),
    ) -> Result<Caps> {
        let mut defaults = Caps::of(memory_bytes);
        if let Some(machine) = machine {
            // All at once they leave a tenth of it to others.
            let slots = u64::try_from(slots.max(1)).unwrap_or(u64::MAX);
            let share = machine / 10 * 9 / slots;
            let least = u64::try_from(memory_bytes).unwrap_or(u64::MAX).max(LEAST_PROCESS);
            defaults.process_bytes = defaults.process_bytes.min(share).max(least);
        }
        let caps = Caps {
            spill_bytes: self.spill_bytes.unwrap_or(defaults.spill_bytes),
            process_bytes: self.process_bytes.unwrap_or(defaults.process_bytes),
        };
        let pool = u64::try_from(memory_bytes).unwrap_or(u64::MAX);
        let least = pool.max(LEAST_PROCESS);
        if caps.process_bytes < least {
            bail!("process-memory: at least 256MiB, and as much as query-memory ({pool} bytes)");
        }
        Ok(caps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::Bytes;

    const UNKNOWN: (usize, Option<u64>) = (1, None);

    #[test]
    fn all_processes_at_once_leave_a_part_of_the_machine_to_others() {
        let each = |slots: usize, gib: u64| {
            let machine = gib << 30;
            let pool = usize::try_from(machine / 4).unwrap() / slots;
            let caps = QueryLimits::default().caps(pool, (slots, Some(machine))).unwrap();
            assert!(caps.process_bytes > pool as u64 * 2, "{slots} slots, {gib} GiB");
            caps.process_bytes * slots as u64
        };
        for (slots, gib) in [(1, 4), (2, 4), (8, 16), (64, 64), (2, 256)] {
            assert!(each(slots, gib) <= (gib << 30) / 10 * 9, "{slots} slots, {gib} GiB");
        }
    }

    #[test]
    fn what_is_said_last_holds_and_what_is_not_said_stays() {
        let file = LimitArgs { slots: Some(3), query_time: Some(60), ..LimitArgs::default() };
        let flags = LimitArgs { query_time: Some(5), ..LimitArgs::default() };
        let limits = QueryLimits::default().changed(&file).unwrap().changed(&flags).unwrap();
        assert_eq!((limits.slots, limits.query_time), (Some(3), Duration::from_secs(5)));
        assert_eq!(limits.caps(1 << 30, UNKNOWN).unwrap(), Caps::of(1 << 30));
        let said = LimitArgs { query_spill: Some(Bytes(7)), ..LimitArgs::default() };
        let caps = limits.changed(&said).unwrap().caps(1 << 30, UNKNOWN).unwrap();
        assert_eq!(caps, Caps { spill_bytes: 7, ..Caps::of(1 << 30) });
    }

    #[test]
    fn limits_that_would_let_nothing_run_are_errors() {
        let none = LimitArgs::default();
        for bad in [
            LimitArgs { slots: Some(0), ..none.clone() },
            LimitArgs { slots: Some(1025), ..none.clone() },
            LimitArgs { query_time: Some(0), ..none.clone() },
            LimitArgs { query_time: Some(LONGEST + 1), ..none.clone() },
        ] {
            assert!(QueryLimits::default().changed(&bad).is_err(), "{bad:?}");
        }
        let small = |bytes| LimitArgs { process_memory: Some(Bytes(bytes)), ..none.clone() };
        let caps = |bytes, pool| {
            QueryLimits::default().changed(&small(bytes)).unwrap().caps(pool, UNKNOWN)
        };
        assert!(caps(255 << 20, 1 << 20).is_err());
        assert!(caps(256 << 20, 1 << 20).is_ok());
        assert!(caps(256 << 20, 257 << 20).is_err(), "less than its own pool");
    }
}
