//! The commands, one file each; those that speak to a server live in `glovebox-cli`.

mod account;
mod backup;
mod clock;
mod connection;
mod explain;
mod keys;
mod ledger;
mod look;
mod owner;
mod serve;
mod walk;

use std::process::ExitCode;

use anyhow::Result;
use glovebox_cli::Surroundings;

use crate::arguments::{Command, Glovebox};
use crate::demo;

/// Runs one command. An error means exit code 1; wrong usage was code 2 before we came here.
pub(crate) fn run(glovebox: Glovebox, surroundings: &Surroundings) -> Result<ExitCode> {
    match glovebox.command {
        Command::Account(command) => runtime()?.block_on(account::run(command, surroundings)),
        Command::Backup(arguments) => runtime()?.block_on(backup::run(&arguments, surroundings)),
        Command::Clock(command) => runtime()?.block_on(clock::run(&command, surroundings)),
        Command::Keys(command) => runtime()?.block_on(keys::run(&command, surroundings)),
        Command::Budget(command) => glovebox_cli::run_budget(&command, surroundings),
        Command::C3r(command) => Ok(glovebox_cli::run_c3r(&command, surroundings)),
        Command::Connection(command) => connection::run(&command, surroundings),
        Command::Demo(arguments) => demo::run(&arguments, surroundings),
        Command::Explain(arguments) => explain::run(&arguments, surroundings),
        Command::Lint(arguments) => owner::lint(&arguments, surroundings),
        Command::SuggestRule(arguments) => owner::suggest(&arguments, surroundings),
        Command::Ledger(command) => ledger::run(&command, surroundings),
        Command::Query(command) => glovebox_cli::run_query(&command, surroundings),
        Command::Serve(arguments) => runtime()?.block_on(serve::run(&arguments, surroundings)),
        Command::Look(arguments) => look::run(&arguments),
        Command::Walk(arguments) => walk::run(&arguments, surroundings),
    }
}

/// A runtime for commands that touch the store.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
