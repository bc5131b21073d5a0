//! `glovebox lint` and `glovebox suggest-rule`: for the owners of tables, offline.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use glovebox_fixture::Room;
use glovebox_lint::{DEFAULT_MINIMUM, NoRule, Suggestion, lint, policy, suggest};
use glovebox_model::{RuleKind, TableName, Timestamp, escape};
use serde_json::{Map, Value, json};

use crate::explain::{Answer, MAX_SQL_BYTES, read};
use crate::render;

/// Bytes of a table that is attacked.
const MAX_DATA_BYTES: u64 = 16 << 20;

/// What `glovebox lint` was asked.
#[derive(Debug, Clone, Copy)]
pub struct LintQuestion<'a> {
    /// The `.room` file.
    pub room: &'a Path,
    /// The table; every table that is not the runner's when absent.
    pub table: Option<&'a str>,
    /// The rows of the table as CSV with a header; made-up ones when absent.
    pub data: Option<&'a Path>,
    /// Whether to print JSON.
    pub json: bool,
    /// The moment that `GETDATE()` tells.
    pub now: Timestamp,
}

/// Plays the attacker. Exit code 0: none of the listed attacks worked; 1: some did; 2: bad input.
pub fn lint_answer(question: &LintQuestion<'_>, progress: impl FnMut(&str)) -> Answer {
    answered(linted(question, progress))
}

/// What `glovebox suggest-rule` was asked.
#[derive(Debug, Clone, Copy)]
pub struct SuggestQuestion<'a> {
    /// The `.room` file: members and tables; its rules are not looked at.
    pub room: &'a Path,
    /// The SQL file; `-` is standard input.
    pub sql: &'a Path,
    /// The type of the rules; the narrowest that admits the query when absent.
    pub kind: Option<RuleKind>,
    /// Whether to print JSON.
    pub json: bool,
    /// The moment that `GETDATE()` tells.
    pub now: Timestamp,
}

/// Proposes rules. Exit code 0: here they are; 1: no rule admits the query; 2: bad input.
pub fn suggest_answer(question: &SuggestQuestion<'_>) -> Answer {
    answered(suggested(question))
}

fn answered(made: Result<(String, u8)>) -> Answer {
    match made {
        Ok((output, code)) => Answer { output, errors: String::new(), code },
        Err(error) => {
            let errors = format!("{}\n", escape(&format!("{error:#}")));
            Answer { output: String::new(), errors, code: 2 }
        }
    }
}

fn linted(question: &LintQuestion<'_>, mut progress: impl FnMut(&str)) -> Result<(String, u8)> {
    let room = room(question.room)?;
    let runner = room.runner().context("no member of the room has `can query`")?.account;
    let tables: Vec<TableName> = match question.table {
        Some(name) => vec![TableName::new(name).map_err(|bad| anyhow::anyhow!("{bad}"))?],
        None => {
            let others =
                room.tables().filter(|(owner, it)| owner.account != runner && it.rule.is_some());
            others.map(|(_, it)| it.name.clone()).collect()
        }
    };
    ensure!(!tables.is_empty(), "no table of another member than the runner has a rule");
    ensure!(
        question.data.is_none() || tables.len() == 1,
        "`--data` holds the rows of one table: name it by `--table`"
    );
    let (mut text, mut all, mut found) = (String::new(), Vec::new(), false);
    for table in &tables {
        let rows = question.data.map(|path| rows(&room, table, path)).transpose()?;
        let report = lint(&room, table, rows, question.now, |family| {
            progress(&format!("{table}: {family}"));
        })?;
        found |= report.has_findings();
        let _ = writeln!(text, "{}", glovebox_model::escape_lines(&report.text()));
        all.push(report.json());
    }
    let output = if question.json { format!("{:#}\n", Value::Array(all)) } else { text };
    Ok((output, u8::from(found)))
}

fn room(path: &Path) -> Result<Room> {
    let text = read(path, glovebox_fixture::MAX_BYTES as u64)?;
    glovebox_fixture::parse(&text).map_err(|errors| {
        let lines: Vec<String> =
            errors.iter().map(|it| format!("{}: {it}", path.display())).collect();
        anyhow::anyhow!(lines.join("\n"))
    })
}

/// The rows of a CSV file in the order of the table's columns.
fn rows(room: &Room, table: &TableName, path: &Path) -> Result<Vec<Vec<Option<String>>>> {
    let text = read(path, MAX_DATA_BYTES)?;
    let mut lines = crate::csv::parse(&text)?.into_iter();
    let header: Vec<String> = lines
        .next()
        .context("the data has no header")?
        .into_iter()
        .map(|it| it.unwrap_or_default().to_ascii_lowercase())
        .collect();
    let (_, described) =
        room.tables().find(|(_, it)| it.name == *table).context("the room has no such table")?;
    let mut places = Vec::new();
    for column in described.columns.iter().chain(&described.hidden) {
        let found = header.iter().position(|it| it == column.name.as_str());
        places.push(found.with_context(|| format!("the data has no column `{}`", column.name))?);
    }
    lines
        .map(|row| {
            ensure!(
                row.len() == header.len(),
                "a row has another number of fields than the header"
            );
            Ok(places.iter().map(|it| row.get(*it).cloned().flatten()).collect())
        })
        .collect()
}

fn suggested(question: &SuggestQuestion<'_>) -> Result<(String, u8)> {
    let room = room(question.room)?;
    let runner = room.runner().context("no member of the room has `can query`")?.account;
    let sql = read(question.sql, MAX_SQL_BYTES)?;
    match suggest(&room, runner, &sql, question.kind, question.now) {
        Ok(found) if question.json => Ok((format!("{:#}\n", as_json(&found)), 0)),
        Ok(found) => Ok((as_text(&found), 0)),
        Err(NoRule::Unbound(findings)) => {
            bail!(
                "{}",
                render::findings(&findings, &sql, &question.sql.display().to_string(), false)
            )
        }
        Err(NoRule::Refused(kind, findings)) => {
            let origin = question.sql.display().to_string();
            let mut text = render::findings(&findings, &sql, &origin, false);
            let _ = writeln!(text, "no {} rule admits this query", kind.aws_name());
            Ok((text, 1))
        }
    }
}

fn as_json(found: &Suggestion) -> Value {
    let rules: Map<String, Value> = found
        .rules
        .iter()
        .map(|(table, rule)| {
            let risks = found.risks.get(table);
            let shape = json!({
                "analysisRuleType": found.kind.aws_name(),
                "analysisRulePolicy": policy(rule),
                "risks": risks,
            });
            (table.to_string(), shape)
        })
        .collect();
    rules.into()
}

fn as_text(found: &Suggestion) -> String {
    let mut text = String::new();
    for (table, rule) in &found.rules {
        let _ = writeln!(text, "table {table}: a rule of type {}", found.kind.aws_name());
        let shape = json!({ "analysisRulePolicy": policy(rule) });
        let _ = writeln!(text, "{shape:#}");
        let risks: BTreeMap<usize, &String> =
            found.risks.get(table).into_iter().flatten().enumerate().collect();
        for risk in risks.values() {
            let _ = writeln!(text, "  risk: {risk}");
        }
    }
    let _ = writeln!(
        text,
        "\nnothing was written; a minimum of {DEFAULT_MINIMUM} is a proposal, and what tells people \
         apart is a guess: read both. `glovebox lint` plays an attacker against a rule."
    );
    text
}
