//! Simulation from seeds: `sim [SEED]`, or `sim --seeds N [--from S]`. `SEED` may come as a
//! variable, so that the line which a failure prints can be pasted.

use std::process::ExitCode;
use std::time::Instant;

use glovebox_sim::house::{Plant, Played, commit, play, play_all, told};

const USAGE: &str = "usage: sim [SEED] | sim --seeds N [--from S]";

fn main() -> ExitCode {
    let (mut seed, mut seeds, mut from) = (variable("SEED").and_then(|it| it.parse().ok()), 500, 0);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = |text: Option<String>| text.and_then(|it| it.parse::<u64>().ok());
        let read = match argument.as_str() {
            "--seeds" => value(arguments.next()).map(|it| seeds = it),
            "--from" => value(arguments.next()).map(|it| from = it),
            _ => value(Some(argument)).map(|it| seed = Some(it)),
        };
        if read.is_none() {
            println!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    if let Some(wanted) = variable("COMMIT").filter(|it| *it != commit()) {
        println!("the line is of commit {wanted}, and {} is checked out", commit());
    }
    match seed {
        Some(seed) => one(seed),
        None => many(from, seeds),
    }
}

#[expect(clippy::disallowed_methods, reason = "a binary reads its own settings")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// One seed, told line by line.
fn one(seed: u64) -> ExitCode {
    let played = play(seed, Plant::Nothing);
    for line in &played.trace {
        println!("{line}");
    }
    tell_of(&[played])
}

fn many(from: u64, seeds: u64) -> ExitCode {
    let begun = Instant::now();
    let tell = |done: u64| {
        if done.is_multiple_of(1_000) {
            println!("{done} seeds, {} s", begun.elapsed().as_secs());
        }
    };
    let (seen, found) = play_all(from, seeds, Plant::Nothing, &tell);
    for (what, count) in seen.0 {
        println!("{count:9} {what}");
    }
    println!("{seeds} seeds from {from} in {:.1} s", begun.elapsed().as_secs_f64());
    tell_of(&found)
}

fn tell_of(played: &[Played]) -> ExitCode {
    let mut holds = true;
    for played in played.iter().filter(|it| !it.found.is_empty()) {
        holds = false;
        for line in told(played) {
            println!("{line}");
        }
    }
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
