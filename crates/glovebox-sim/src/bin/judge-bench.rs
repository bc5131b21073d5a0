//! Measures judging (bind, clear, rewrites) over the corpus: part of `cargo xtask bench`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use glovebox_fixture::Room;
use glovebox_model::{Mode, Timestamp};
use glovebox_policy::clear;
use glovebox_sql::bind;

/// How often each query is judged; its median counts.
const RUNS: usize = 21;
/// 2026-01-01, the query time of the corpus.
const NOW: i64 = 1_767_225_600_000;

fn main() -> ExitCode {
    let Some(corpus) = std::env::args_os().nth(1) else {
        eprintln!("usage: judge-bench CORPUS");
        return ExitCode::from(2);
    };
    let mut medians = Vec::new();
    let mut allowed = Vec::new();
    for room in rooms(Path::new(&corpus)) {
        let (schema, emulated) = (room.schema(), room.in_mode(Mode::Aws));
        let judged = room.cases.iter().map(|it| (&room, it));
        for (room, case) in judged.chain(emulated.cases.iter().map(|it| (&emulated, it))) {
            let Some(rules) = room.rules_for(case) else { continue };
            let mut times = Vec::new();
            let mut is_allowed = false;
            for _ in 0..RUNS {
                let started = Instant::now();
                let verdict = bind(&case.sql, &schema, Timestamp::from_millis(NOW))
                    .ok()
                    .and_then(|it| clear(it, &rules).ok());
                times.push(started.elapsed());
                is_allowed = verdict.is_some();
            }
            let median = middle(&mut times);
            medians.push(median);
            if is_allowed {
                allowed.push(median);
            }
        }
    }
    if medians.is_empty() {
        eprintln!("no queries in the corpus");
        return ExitCode::FAILURE;
    }
    report("judging, every query of the corpus in both modes", &mut medians);
    report("judging, the allowed ones (rewritten and judged again)", &mut allowed);
    println!("  aim: under 1 ms at the median, 5 ms at the 99th percentile");
    ExitCode::SUCCESS
}

fn report(what: &str, times: &mut [Duration]) {
    let micros = |it: Duration| it.as_secs_f64() * 1e6;
    let median = middle(times);
    let slowest = times.last().copied().unwrap_or_default();
    let late = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    println!(
        "{what}: median {:.0} us of {} queries, 99th percentile {:.0} us, slowest {:.0} us",
        micros(median),
        times.len(),
        micros(late),
        micros(slowest)
    );
}

fn middle(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn rooms(folder: &Path) -> Vec<Room> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "room") {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                found.extend(glovebox_fixture::parse(&text));
            }
        }
    }
    found
}
