//! The commands alone, without a server to ask: what tests and benches start, small to build.

use std::io::IsTerminal;
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
    ExitCode::from(run(&command, &mut world))
}
