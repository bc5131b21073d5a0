//! Random input for everything that reads what strangers write: it never panics, its gates never
//! disagree, and it ends.
//!
//! Deterministic: a seed and a number name an input. What a run finds goes to `corpus/found/`.

mod c3r;
mod mutate;
mod parameters;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use mutate::Mutator;
pub use targets::{TARGETS, Target};

/// Tries to make a broken input smaller.
const MOST_TRIES: usize = 400;

/// What a run of one target did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many inputs were tried.
    pub executions: u64,
    /// How many were read without an error: fuzzing that is always refused at once finds nothing.
    pub accepted: u64,
    /// The longest that one input took.
    pub slowest: Duration,
    /// The first input that broke, made small, with what it broke.
    pub broken: Option<(Vec<u8>, String)>,
}

/// Runs one target until `most` inputs were tried or the time is over, or something breaks.
pub fn run(target: &Target, seed: u64, most: u64, until: Option<Instant>) -> Outcome {
    let mut mutator = Mutator::new(seed, (target.seeds)(), target.words);
    let mut outcome = Outcome::default();
    while outcome.executions < most && until.is_none_or(|it| Instant::now() < it) {
        let input = mutator.next_input();
        let started = Instant::now();
        let verdict = one(target, &input);
        outcome.slowest = outcome.slowest.max(started.elapsed());
        outcome.executions += 1;
        match verdict {
            Ok(accepted) => outcome.accepted += u64::from(accepted),
            Err(broken) => {
                outcome.broken = Some((smaller(target, input), broken));
                return outcome;
            }
        }
    }
    outcome
}

/// The input that is being tried, and since when: for a watch over those that do not end.
static CURRENT: Mutex<Option<(Instant, Vec<u8>)>> = Mutex::new(None);

/// The input that has been running for longer than that.
pub fn stuck(longer_than: Duration) -> Option<Vec<u8>> {
    let current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
    let (since, input) = current.as_ref()?;
    (since.elapsed() > longer_than).then(|| input.clone())
}

/// Tries one input: whether it was accepted, or what broke.
pub fn one(target: &Target, input: &[u8]) -> Result<bool, String> {
    let note = |it| *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = it;
    note(Some((Instant::now(), input.to_vec())));
    let ended = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    note(None);
    ended.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no text");
        Err(format!("a panic: {text}"))
    })
}

/// Leaves out what is not needed to break it, within some tries.
fn smaller(target: &Target, mut input: Vec<u8>) -> Vec<u8> {
    let mut piece = input.len() / 2;
    let mut tries = 0;
    while piece > 0 {
        let mut start = 0;
        while start < input.len() && tries < MOST_TRIES {
            tries += 1;
            let end = (start + piece).min(input.len());
            let rest: Vec<u8> = input[..start].iter().chain(&input[end..]).copied().collect();
            if one(target, &rest).is_err() {
                input = rest;
            } else {
                start = end;
            }
        }
        piece /= 2;
    }
    input
}
