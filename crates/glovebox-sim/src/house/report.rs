//! Many seeds, on all cores, and the one line that repeats one of them.

use std::process::Command;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Plant, Played, Seen, play};

/// The commit that is checked out, as far as git can be asked.
pub fn commit() -> String {
    let asked = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output();
    let said = asked.ok().filter(|it| it.status.success());
    let said = said.and_then(|it| String::from_utf8(it.stdout).ok());
    said.map_or_else(|| "unknown".to_owned(), |it| it.trim().to_owned())
}

/// The line that repeats a seed.
pub fn repeat_by(seed: u64) -> String {
    format!("SEED={seed} COMMIT={} cargo sim", commit())
}

/// What was found in a house, line by line; the last line repeats it.
pub fn told(played: &Played) -> Vec<String> {
    let found = played.found.iter().map(|it| format!("  {}: {}", it.checker, it.what));
    found.chain([repeat_by(played.seed)]).collect()
}

/// Plays `count` seeds from `first` on. Gives what happened in all of them, and those in which
/// something was found; ends early once ten were.
pub fn play_all(
    first: u64,
    count: u64,
    plant: Plant,
    tell: &(dyn Fn(u64) + Sync),
) -> (Seen, Vec<Played>) {
    play_each((first, count), &|seed| play(seed, plant), tell)
}

fn play_each(
    (first, count): (u64, u64),
    play: &(dyn Fn(u64) -> Played + Sync),
    tell: &(dyn Fn(u64) + Sync),
) -> (Seen, Vec<Played>) {
    let next = AtomicU64::new(first);
    let all = Mutex::new((Seen::default(), Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= first + count {
                        return;
                    }
                    let played = play(seed);
                    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                    let (seen, found) = &mut *all;
                    seen.add(&played.seen);
                    if !played.found.is_empty() {
                        found.push(played);
                    }
                    if found.len() >= 10 {
                        next.store(first + count, Ordering::SeqCst);
                    }
                    tell(seed - first + 1);
                }
            });
        }
    });
    let (seen, mut found) = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|it| it.seed);
    (seen, found)
}

#[cfg(test)]
mod tests {
    use super::super::broken::caught;
    use super::*;

    #[test]
    fn a_house_that_panics_ends_no_other() {
        let live = |seed| {
            caught(seed, |played| {
                assert_ne!(seed, 2, "the cellar is full");
                played.seen.count("a house");
                Ok(())
            })
        };
        let (seen, found) = play_each((0, 9), &live, &|_| ());
        assert_eq!(seen.0["a house"], 8);
        let seeds: Vec<u64> = found.iter().map(|it| it.seed).collect();
        assert_eq!(seeds, [2]);
        assert!(told(&found[0])[0].contains("the cellar is full"), "{found:?}");
    }
}
