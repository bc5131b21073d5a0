//! `glovebox explain`: the verdict on a query, offline or from a server.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use glovebox_cli::{Question, Surroundings, output};

use crate::arguments::ExplainArgs;

/// Judges the query and prints the verdict.
pub(super) fn run(arguments: &ExplainArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let Some(room) = &arguments.room else {
        let collaboration = arguments.collaboration.as_deref().unwrap_or_default();
        let client = arguments.endpoint.client(surroundings)?;
        let shown = (arguments.plan, arguments.json);
        return glovebox_cli::explain_there(&client, collaboration, &arguments.asked, shown);
    };
    // Asked for by the parser: a room knows no templates by ARN.
    let sql = arguments.asked.sql.as_deref().unwrap_or_else(|| Path::new("-"));
    let answer = glovebox_cli::explain(&Question {
        room,
        sql,
        runner: arguments.runner.as_deref(),
        plan: arguments.plan,
        json: arguments.json,
        now: surroundings.clock.now(),
        colour: std::io::stdout().is_terminal()
            && surroundings.environment.get("NO_COLOR").is_none(),
    });
    output::text(&answer.output);
    drop(std::io::stderr().write_all(answer.errors.as_bytes()));
    Ok(ExitCode::from(answer.code))
}
