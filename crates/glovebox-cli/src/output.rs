//! What commands print: data to stdout, notes to stderr.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the writer of the commands")]

use std::io::{IsTerminal, Write};

use glovebox_model::{Code, Finding, Span, TableName, escape_lines};
use serde_json::Value;

use crate::render;

/// A text to stdout as it is.
pub fn text(text: &str) {
    // A reader that went away is no error of ours.
    drop(std::io::stdout().lock().write_all(text.as_bytes()));
}

/// A line to stdout.
pub fn line(line: &str) {
    text(&format!("{line}\n"));
}

/// Indented JSON to stdout.
pub fn json(value: &Value) {
    line(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// A remark to stderr, so that stdout stays data.
pub fn note(note: &str) {
    drop(writeln!(std::io::stderr().lock(), "  {}", escape_lines(note)));
}

/// A warning to stderr.
pub fn warn(warning: &str) {
    drop(writeln!(std::io::stderr().lock(), "warning: {}", escape_lines(warning)));
}

/// The findings of a diagnostics answer, rendered; `None` if there are none.
pub fn findings(diagnostics: &Value, sql: &str) -> Option<String> {
    let list = match diagnostics {
        Value::Array(list) => list,
        other => ["diagnostics", "findings"].iter().find_map(|it| other.get(it)?.as_array())?,
    };
    let findings: Vec<Finding> = list.iter().filter_map(finding).collect();
    let colour = std::io::stdout().is_terminal();
    (!findings.is_empty()).then(|| render::findings(&findings, sql, "query", colour))
}

fn finding(value: &Value) -> Option<Finding> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| value.get(name).and_then(Value::as_u64)?.try_into().ok();
    let span = number("start").zip(number("end")).filter(|(start, end)| start <= end);
    // A finding's title is a constant where findings are made; here it came over the wire, once
    // for each line that is printed before the process ends.
    let title: &'static str = Box::leak(text("title")?.into_boxed_str());
    Some(Finding {
        code: Code(text("code")?.strip_prefix("GB")?.parse().ok()?),
        title,
        aws_text: text("awsText"),
        text: text("text")?,
        span: span.map(|(start, end)| Span { start, end }),
        table: text("table").and_then(|it| TableName::new(&it).ok()),
        owner: text("owner"),
        help: text("help"),
        ask_owner: text("askOwner"),
    })
}
