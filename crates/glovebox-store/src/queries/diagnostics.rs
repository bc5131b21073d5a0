//! The full findings of a refused query, kept for its runner.

use glovebox_model::{Finding, Id, Query};
use serde::{Deserialize, Serialize};

use super::{CORRUPT, OutcomeV1};
use crate::{StoreError, Tx};

/// One finding as it is kept and shown by the native API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// `GBnnnn`
    pub code: String,
    /// The stable short name.
    pub title: String,
    /// The real service's wording, where it is known.
    pub aws_text: Option<String>,
    /// What is wrong.
    pub text: String,
    /// First byte of the place in the text.
    pub start: Option<usize>,
    /// One past the last byte.
    pub end: Option<usize>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column in characters, from 1.
    pub column: Option<usize>,
    /// The table whose rule speaks.
    pub table: Option<String>,
    /// The display name of its owner.
    pub owner: Option<String>,
    /// How to mend it.
    pub help: Option<String>,
    /// The smallest change of a rule to ask the owner for, when only the owner could allow it.
    #[serde(default)]
    pub ask_owner: Option<String>,
}

impl Diagnostic {
    /// The kept form of a finding about `query`.
    pub fn of(finding: &Finding, query: &str) -> Self {
        let Finding { code, title, aws_text, text, span, table, owner, help, ask_owner } = finding;
        let place = span.map(|it| it.line_column(query));
        Self {
            code: code.to_string(),
            title: (*title).into(),
            aws_text: aws_text.clone(),
            text: text.clone(),
            start: span.map(|it| it.start),
            end: span.map(|it| it.end),
            line: place.map(|it| it.0),
            column: place.map(|it| it.1),
            table: table.as_ref().map(ToString::to_string),
            owner: owner.clone(),
            help: help.clone(),
            ask_owner: ask_owner.clone(),
        }
    }
}

impl Tx {
    /// The findings of a query that was refused; empty for any other, `None` for an unknown id.
    pub async fn diagnostics(
        &mut self,
        query: Id<Query>,
    ) -> Result<Option<Vec<Diagnostic>>, StoreError> {
        let outcome: Option<Option<String>> =
            sqlx::query_scalar("SELECT outcome FROM queries WHERE id = ?1")
                .bind(query.to_string())
                .fetch_optional(self.connection())
                .await?;
        let read = |text: Option<String>| match text {
            Some(text) => OutcomeV1::parse(&text).map(|it| it.diagnostics).map_err(|_| CORRUPT),
            None => Ok(Vec::new()),
        };
        outcome.map(read).transpose()
    }
}
