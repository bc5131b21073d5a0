//! The commands alone, without a server to ask: what tests and benches start, small to build.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use glovebox_c3r_files::{C3rCommand, Failed, Surroundings, run};

/// Encrypted columns, offline: settings are given with --settings
#[derive(Debug, Parser)]
#[command(name = "c3r-offline", version, max_term_width = 100, disable_help_subcommand = true)]
struct Line {
    #[command(subcommand)]
    command: C3rCommand,
}

fn main() -> ExitCode {
    let command = Line::parse().command;
    let variable = |name: &str| {
        let (_, value) = std::env::vars_os().find(|(it, _)| it == name)?;
        value.into_string().ok().filter(|it| !it.is_empty())
    };
    let mut world = Surroundings {
        variable: &variable,
        ask: &|_, _| Err(Failed::new("no server is asked here: give --settings")),
        input: &mut std::io::stdin().lock(),
        output: &mut std::io::stdout(),
        notes: &mut std::io::stderr(),
        watched: std::io::stderr().is_terminal(),
    };
    let status = run(&command, &mut world);
    if variable("C3R_OFFLINE_PEAK").is_some() {
        peak();
    }
    ExitCode::from(status)
}

/// Says how much memory and time this process took, for benches.
fn peak() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(line) = status.lines().find(|it| it.starts_with("VmHWM:")) {
        drop(writeln!(std::io::stderr(), "{line}"));
    }
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which is in brackets: user and system time are the 12th and 13th word, in
    // hundredths of a second.
    let words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = words.skip(11).take(2).filter_map(|it| it.parse::<u64>().ok()).sum();
    drop(writeln!(std::io::stderr(), "CpuMillis: {}", ticks * 10));
}
