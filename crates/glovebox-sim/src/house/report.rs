//! Many seeds, on all cores, and the one line that repeats one of them.

use std::process::Command;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Plant, Played, Seen, Stuck, play};

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

/// Plays `count` seeds from `first` on. Gives what happened in all of them, and those in which
/// something was found; ends early once ten were.
///
/// # Errors
/// [`Stuck`] when the simulation itself could not go on.
pub fn play_all(
    first: u64,
    count: u64,
    plant: Plant,
    tell: &(dyn Fn(u64) + Sync),
) -> Result<(Seen, Vec<Played>), Stuck> {
    let next = AtomicU64::new(first);
    let all = Mutex::new((Seen::default(), Vec::new(), None));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= first + count {
                        return;
                    }
                    let played = play(seed, plant);
                    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                    let (seen, found, stuck) = &mut *all;
                    match played {
                        Ok(played) => {
                            seen.add(&played.seen);
                            if !played.found.is_empty() {
                                found.push(played);
                            }
                        }
                        Err(error) => *stuck = Some(error),
                    }
                    if stuck.is_some() || found.len() >= 10 {
                        next.store(first + count, Ordering::SeqCst);
                    }
                    tell(seed - first + 1);
                }
            });
        }
    });
    let (seen, mut found, stuck) = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|it| it.seed);
    match stuck {
        Some(stuck) => Err(stuck),
        None => Ok((seen, found)),
    }
}
