//! The clock on the wall, and the one that counts from the start of the machine.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::time::{SystemTime, UNIX_EPOCH};

use glovebox_model::{Clock, Steady, Timestamp};

/// The system's clocks: the only ones outside of tests.
#[derive(Debug)]
pub(crate) struct SystemClock {
    /// Counts on while the machine sleeps. Open from the beginning: the process of a query may
    /// not open it later.
    uptime: Option<File>,
    /// Names this start of the machine.
    since: String,
}

impl SystemClock {
    /// The clocks of this machine.
    pub(crate) fn new() -> Self {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
        let since = boot.map(|it| it.trim().to_owned()).unwrap_or_default();
        let uptime = File::open("/proc/uptime").ok().filter(|_| !since.is_empty());
        Self { uptime, since }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the Clock that all else takes")]
        let now = SystemTime::now();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn steady(&self) -> Option<Steady> {
        let mut bytes = [0; 64];
        let read = self.uptime.as_ref()?.read_at(&mut bytes, 0).ok()?;
        let millis = millis(std::str::from_utf8(bytes.get(..read)?).ok()?)?;
        Some(Steady { since: self.since.clone(), millis })
    }
}

/// The milliseconds of `12345.67 23456.78`.
fn millis(text: &str) -> Option<i64> {
    let (seconds, hundredths) = text.split_whitespace().next()?.split_once('.')?;
    if hundredths.len() != 2 {
        return None;
    }
    let (seconds, hundredths): (i64, i64) = (seconds.parse().ok()?, hundredths.parse().ok()?);
    seconds.checked_mul(1000)?.checked_add(hundredths.checked_mul(10)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steady_clock_goes_on_and_names_its_start() {
        let clock = SystemClock::new();
        let first = clock.steady().unwrap();
        let second = clock.steady().unwrap();
        assert_eq!(first.since, second.since);
        assert!(first.millis > 0 && second.millis >= first.millis);
    }

    #[test]
    fn uptime_is_read_to_the_hundredth() {
        assert_eq!(millis("12345.67 9.00\n"), Some(12_345_670));
        for bad in ["", "12345", "12.3 1.00", "x.00 1.00", "-"] {
            assert_eq!(millis(bad), None, "{bad}");
        }
    }
}
