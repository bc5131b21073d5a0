//! How far a command is, on a terminal: rows a second, and the time left.

use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

/// A line on the terminal; nothing where nobody watches.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Begins a stretch of the work, `whole` of some unit long.
    pub(crate) fn begin(watched: bool, what: &'static str, whole: u64) -> Self {
        let bar = if watched { ProgressBar::new(whole) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("  {prefix} {bar:24} {percent}% {msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(what);
        if watched {
            bar.enable_steady_tick(Duration::from_millis(250));
        }
        Self { bar }
    }

    /// Shows that `done` of the whole are behind, and how many rows that were.
    pub(crate) fn at(&self, done: u64, rows: u64) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_position(done);
        let rate = rate(rows, self.bar.elapsed());
        let left = self.bar.eta().as_secs();
        self.bar.set_message(format!(
            "{} rows, {} rows/s, {} left",
            HumanCount(rows),
            HumanCount(rate),
            clock(left)
        ));
    }

    /// Takes the line away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Rows a second.
pub(crate) fn rate(rows: u64, elapsed: Duration) -> u64 {
    let millis = elapsed.as_millis().max(1);
    u64::try_from(u128::from(rows) * 1000 / millis).unwrap_or(u64::MAX)
}

/// Minutes and seconds.
fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_times_read_well() {
        assert_eq!(rate(1_000_000, Duration::from_millis(2500)), 400_000);
        assert_eq!(rate(5, Duration::ZERO), 5_000);
        assert_eq!(clock(125), "2:05");
    }
}
