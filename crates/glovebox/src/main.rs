//! The one binary: reads its surroundings once, runs one command, and says how it ended.

mod arguments;
mod clock;
mod command;
mod compose;
mod configuration;
mod demo;
mod logs;
mod watching;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use glovebox_cli::{Environment, Surroundings};

use crate::arguments::Glovebox;
use crate::clock::SystemClock;

fn main() -> ExitCode {
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let surroundings = Surroundings {
        environment: Environment::new(variables),
        clock: Arc::new(SystemClock::new()),
    };
    // Both rustls providers could be compiled in one day: the choice is made here, once.
    drop(rustls::crypto::ring::default_provider().install_default());
    match command::run(Glovebox::parse(), &surroundings) {
        Ok(code) => code,
        Err(error) => {
            let text = glovebox_model::escape_lines(&format!("{error:#}")).into_owned();
            drop(writeln!(std::io::stderr(), "error: {text}"));
            ExitCode::FAILURE
        }
    }
}
