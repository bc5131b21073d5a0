//! Answers of the native API: a copy of a ledger, how far a query came, and why it was refused.

use anyhow::{Context, Result, anyhow};
use glovebox_ledger::Export;
use serde_json::Value;

use crate::Client;

/// Pages of a ledger are asked for until the head is reached, at most so many times.
const MAX_PAGES: usize = 10_000;

/// The copy of a collaboration's ledger from entry `from` on, all pages joined.
pub fn ledger(client: &Client, collaboration: &str, from: u64) -> Result<Export> {
    let page = |from: u64| -> Result<Export> {
        let path = format!("/glovebox/v1/collaborations/{collaboration}/ledger");
        let answer = client.call("GET", &path, &format!("from={from}"), None)?;
        Export::parse(&answer.to_string()).context("the server's ledger cannot be read")
    };
    let mut export = page(from)?;
    for _ in 0..MAX_PAGES {
        let have = export.from + export.entries.len() as u64;
        if have >= export.head.size {
            return Ok(export);
        }
        let next = page(have)?;
        if next.entries.is_empty() {
            break;
        }
        export = export.join(next).ok_or_else(|| anyhow!("the pages of the ledger do not join"))?;
    }
    Err(anyhow!("the server's ledger has no end"))
}

/// When the privacy budgets of a collaboration will be spent; `query` may ask about another one.
pub(crate) fn forecast(client: &Client, collaboration: &str, query: &str) -> Result<Value> {
    let path = format!("/glovebox/v1/collaborations/{collaboration}/budgetForecast");
    client.call("GET", &path, query, None)
}

/// The full findings about a refused query.
pub fn diagnostics(client: &Client, query: &str) -> Result<Value> {
    client.call("GET", &format!("/glovebox/v1/protectedQueries/{query}/diagnostics"), "", None)
}

/// How far a query came: its status, and how many doors are behind it.
pub(crate) fn progress(client: &Client, query: &str) -> Result<(String, usize)> {
    let path = format!("/glovebox/v1/protectedQueries/{query}/progress");
    let answer = client.call("GET", &path, "", None)?;
    let status = answer.get("status").and_then(Value::as_str).context("a query has no status")?;
    let passed = answer.get("passed").and_then(Value::as_array).map_or(0, Vec::len);
    Ok((status.to_owned(), passed))
}

/// What is to be said beside the result of a query: that its last row is not a group, if so.
pub(crate) fn notice(client: &Client, query: &str) -> Result<Option<String>> {
    let path = format!("/glovebox/v1/protectedQueries/{query}/progress");
    let answer = client.call("GET", &path, "", None)?;
    let is_told = answer.get("otherRow").and_then(Value::as_bool).unwrap_or_default();
    let text = answer.get("notice").and_then(Value::as_str).filter(|_| is_told);
    Ok(text.map(str::to_owned))
}

/// What judgement would say to a text or a template now.
pub(crate) fn explain(client: &Client, collaboration: &str, asked: &Value) -> Result<Value> {
    let path = format!("/glovebox/v1/collaborations/{collaboration}/explain");
    client.call("POST", &path, "", Some(asked))
}
