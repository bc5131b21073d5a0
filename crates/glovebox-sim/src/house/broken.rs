//! A house that cannot go on, by an error or a panic, has found something: its seed is reported by
//! the same line as every other that has.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::stuck::Done;
use super::{Finding, Played, Seen};

/// Lets `live` tell of the house of a seed. What breaks it off is found by the checker `internal`.
pub(super) fn caught(seed: u64, live: impl FnOnce(&mut Played) -> Done<()>) -> Played {
    let (trace, found) = (Vec::new(), Vec::new());
    let mut played = Played { seed, trace, found, seen: Seen::default() };
    let lived = catch_unwind(AssertUnwindSafe(|| live(&mut played)));
    let what = match lived {
        Ok(Ok(())) => return played,
        Ok(Err(stuck)) => format!("it cannot go on: {stuck:?}"),
        Err(panic) => format!("it panics: {}", words(&*panic)),
    };
    played.trace.push(format!("     FOUND internal: {what}"));
    played.found.push(Finding { checker: "internal", what });
    played
}

/// The words of a panic. Where it happened stands on stderr.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words")
}

#[cfg(test)]
mod tests {
    use super::super::Stuck;
    use super::super::report::{repeat_by, told};
    use super::*;

    #[test]
    fn a_play_that_panics_is_reported_with_its_seed_and_line() {
        let number = 3;
        let played = caught(7, |played| {
            played.trace.push("before".into());
            panic!("no bed number {number}")
        });
        assert_eq!(played.trace[0], "before", "what it did is told");
        let lines = ["  internal: it panics: no bed number 3".to_owned(), repeat_by(7)];
        assert_eq!(told(&played), lines);
        assert!(lines[1].starts_with("SEED=7 "), "{}", lines[1]);
    }

    #[test]
    fn a_play_that_cannot_go_on_is_reported_with_its_seed_and_line() {
        let played = caught(8, |_| Err(Stuck::new("no folder")));
        let lines = ["  internal: it cannot go on: no folder".to_owned(), repeat_by(8)];
        assert_eq!(told(&played), lines);
    }

    #[test]
    fn a_play_that_comes_to_its_end_has_found_nothing() {
        assert!(caught(9, |_| Ok(())).found.is_empty());
    }
}
