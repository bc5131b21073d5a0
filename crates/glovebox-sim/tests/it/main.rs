//! The engine beside the oracle, and properties of judgement, over generated rooms and queries.
//!
//! `GLOVEBOX_SIM_CASES`, when set at compile time, says how many cases each property runs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod crafted;
mod engine;
mod faithful;
mod fuzzed;
mod house;
mod interference;
mod judgement;
mod private;
mod spark_page;
mod threshold;

/// How many cases a property runs, unless said otherwise.
fn cases(usual: u64) -> u64 {
    option_env!("GLOVEBOX_SIM_CASES").and_then(|it| it.parse().ok()).unwrap_or(usual)
}
