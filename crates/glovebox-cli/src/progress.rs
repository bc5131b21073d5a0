//! The doors of a walk, lit one by one while a query passes them.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The doors that a person watches, in order, named by what a query is once it passed them.
pub const DOORS: [&str; 9] = [
    "bound",
    "cleared",
    "priced",
    "reserved",
    "executed",
    "released",
    "kept",
    "delivered",
    "closed",
];

/// A line on the terminal that shows how far a query is; nothing when stderr is no terminal.
#[derive(Debug)]
pub struct Walk {
    bar: ProgressBar,
}

impl Walk {
    /// Begins to show; hidden if `quiet`.
    pub fn begin(quiet: bool) -> Self {
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg}") {
            bar.set_style(style.tick_strings(&["-", "\\", "|", "/", " "]));
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar.set_message(line(0));
        Self { bar }
    }

    /// Shows that `passed` doors are behind the query.
    pub fn passed(&self, passed: usize) {
        self.bar.set_message(line(passed));
    }

    /// Takes the line away.
    pub fn end(self) {
        self.bar.finish_and_clear();
    }
}

/// The doors behind the query in words, and the one before it.
pub fn line(passed: usize) -> String {
    let mut words: Vec<String> = DOORS.iter().take(passed).map(|it| (*it).to_owned()).collect();
    if let Some(next) = DOORS.get(passed) {
        words.push(format!("({next}?)"));
    }
    words.join(" \u{b7} ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_in_front_is_in_brackets() {
        assert_eq!(line(0), "(bound?)");
        assert_eq!(line(2), "bound \u{b7} cleared \u{b7} (priced?)");
        assert!(line(DOORS.len()).ends_with("delivered \u{b7} closed"));
    }
}
