//! What is wrong with a query, in the analyst's words.

use std::fmt;

use crate::TableName;

/// A stable code: `GB` and four digits.
///
/// 00xx syntax, names and functions; 01 aggregation; 02 list; 03 custom; 04 differential
/// privacy; 05 encryption; 09 running.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GB{:04}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A stretch of the query text: byte offsets, `start <= end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// Line and column (both from 1; columns count characters) of the start within `text`.
    pub fn line_column(self, text: &str) -> (usize, usize) {
        let before = text.get(..self.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        (line, column)
    }
}

/// One thing wrong with a query: a name that does not resolve, or a rule's no.
///
/// Every text is written for an analyst and holds nothing that depends on data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The stable code, such as GB0112.
    pub code: Code,
    /// The stable short name, such as `join-required`.
    pub title: &'static str,
    /// The real service's wording, where it is known; shown first.
    pub aws_text: Option<String>,
    /// What is wrong, in SQL words, one sentence without a period.
    pub text: String,
    /// Where in the text; `None` when it is about the whole query.
    pub span: Option<Span>,
    /// The table whose rule speaks.
    pub table: Option<TableName>,
    /// The display name of that table's owner.
    pub owner: Option<String>,
    /// How to mend it.
    pub help: Option<String>,
    /// The smallest change of a rule to ask the owner for, when only the owner could allow it.
    pub ask_owner: Option<String>,
}

impl Finding {
    /// One line for `error.message`: `GBnnnn line:col text (table, owner): help; or ask
    /// the owner to ...`.
    pub fn line(&self, query: &str) -> String {
        let mut line = self.code.to_string();
        if let Some(span) = self.span {
            let (row, column) = span.line_column(query);
            line.push_str(&format!(" {row}:{column}"));
        }
        line.push(' ');
        line.push_str(&self.text);
        match (&self.table, &self.owner) {
            (Some(table), Some(owner)) => line.push_str(&format!(" ({table}, {owner})")),
            (Some(table), None) => line.push_str(&format!(" ({table})")),
            (None, Some(owner)) => line.push_str(&format!(" ({owner})")),
            (None, None) => {}
        }
        if let Some(help) = &self.help {
            line.push_str(": ");
            line.push_str(help);
        }
        if let Some(ask) = &self.ask_owner {
            line.push_str("; or ask the owner to ");
            line.push_str(ask);
        }
        line
    }

    /// The text of `error.message`: the real service's wordings first, each once, then one line
    /// per finding; at most [`Self::MAX_MESSAGE_BYTES`], cut between lines.
    pub fn message(findings: &[Self], query: &str) -> String {
        let mut lines: Vec<String> = Vec::new();
        for text in findings.iter().filter_map(|it| it.aws_text.as_ref()) {
            if !lines.contains(text) {
                lines.push(text.clone());
            }
        }
        lines.extend(findings.iter().map(|it| it.line(query)));
        let mut message = String::new();
        for line in lines {
            let line = crate::escape(&line);
            if message.len() + line.len() + MORE.len() + 1 > Self::MAX_MESSAGE_BYTES {
                message.push_str(MORE);
                break;
            }
            if !message.is_empty() {
                message.push('\n');
            }
            message.push_str(&line);
        }
        message
    }

    /// The longest `error.message`.
    pub const MAX_MESSAGE_BYTES: usize = 4096;
}

/// What ends a message that was cut.
const MORE: &str = "\n... and more";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_with_place_table_owner_and_help() {
        let query = "SELECT sum(x)\nFROM orders";
        let finding = Finding {
            code: Code(112),
            title: "join-required",
            aws_text: None,
            text: "table `orders` must be joined to a table of yours".into(),
            span: Some(Span { start: 19, end: 25 }),
            table: Some(TableName::new("orders").unwrap()),
            owner: Some("Seller".into()),
            help: Some("join it".into()),
            ask_owner: Some("drop `joinRequired`".into()),
        };
        assert_eq!(
            finding.line(query),
            "GB0112 2:6 table `orders` must be joined to a table of yours (orders, Seller): join it; \
             or ask the owner to drop `joinRequired`"
        );
        let aws = "Inner join to query runner table required for table orders";
        let finding = Finding { aws_text: Some(aws.into()), ..finding };
        let message = Finding::message(&[finding.clone(), finding.clone()], query);
        assert!(message.starts_with(&format!("{aws}\nGB0112 2:6 ")), "{message}");
        assert_eq!(message.lines().count(), 3);
        let long = Finding::message(&vec![finding; 100], query);
        assert!(long.len() <= Finding::MAX_MESSAGE_BYTES && long.ends_with("... and more"));
    }
}
