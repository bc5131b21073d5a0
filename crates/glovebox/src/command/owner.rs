//! `glovebox lint` and `glovebox suggest-rule`.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Result;
use glovebox_cli::{
    LintQuestion, SuggestQuestion, Surroundings, lint_answer, output, suggest_answer,
};
use glovebox_model::RuleKind;

use crate::arguments::{LintArgs, SuggestArgs};

/// Plays the attacker and prints what worked; families are named as they begin.
pub(super) fn lint(arguments: &LintArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let question = LintQuestion {
        room: &arguments.room,
        table: arguments.table.as_deref(),
        data: arguments.data.as_deref(),
        json: arguments.json,
        now: surroundings.clock.now(),
    };
    let watched = std::io::stderr().is_terminal();
    let answer = lint_answer(&question, |family| {
        if watched {
            drop(writeln!(std::io::stderr(), "trying {family}"));
        }
    });
    Ok(print(&answer))
}

/// Prints the rules that a query needs.
pub(super) fn suggest(arguments: &SuggestArgs, surroundings: &Surroundings) -> Result<ExitCode> {
    let kind = arguments.kind.as_ref().map(|it| it.to_ascii_uppercase());
    Ok(print(&suggest_answer(&SuggestQuestion {
        room: &arguments.room,
        sql: &arguments.sql,
        kind: kind.and_then(|it| RuleKind::from_aws_name(&it)),
        json: arguments.json,
        now: surroundings.clock.now(),
    })))
}

fn print(answer: &glovebox_cli::Answer) -> ExitCode {
    output::text(&answer.output);
    drop(std::io::stderr().write_all(answer.errors.as_bytes()));
    ExitCode::from(answer.code)
}
