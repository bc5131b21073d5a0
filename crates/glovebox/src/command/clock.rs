//! `glovebox clock`: what the operator says of a clock that jumped.

use std::process::ExitCode;

use anyhow::Result;
use glovebox_cli::{Surroundings, output};
use glovebox_store::ClockJump;
use serde_json::json;

use crate::arguments::operations::ClockCommand;
use crate::compose;

/// Runs one of the clock commands.
pub(super) async fn run(command: &ClockCommand, surroundings: &Surroundings) -> Result<ExitCode> {
    match command {
        ClockCommand::Accept(arguments) => {
            let store = compose::existing(&arguments.data.data_dir, surroundings).await?;
            let found = store.accept_clock().await?;
            say(found, arguments.json, "accepted: queries run again; it had jumped by");
            Ok(ExitCode::SUCCESS)
        }
        ClockCommand::Show(arguments) => {
            let store = compose::existing(&arguments.data.data_dir, surroundings).await?;
            let found = store.clock_jump().await?;
            say(found, arguments.json, "no query runs: the clock jumped by");
            Ok(if found.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
    }
}

fn say(found: Option<ClockJump>, as_json: bool, words: &str) {
    let seconds = found.map(|ClockJump { millis }| millis / 1000);
    match seconds {
        _ if as_json => output::json(&json!({ "jumpedBySeconds": seconds })),
        Some(seconds) => output::note(&format!("{words} {seconds} s")),
        None => output::note("the clock has not jumped"),
    }
}
