//! Findings as a compiler shows them: a caret under the clause, the reason, the way to mend it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use glovebox_model::{Finding, Span, escape, escape_lines};
use serde_json::{Value, json};

/// The widest rendering, in characters.
const WIDTH: usize = 100;

/// Renders every finding under its clause of `query`; `origin` names where the query is from.
/// `colour` only for a terminal. Text from others is escaped.
pub(crate) fn findings(findings: &[Finding], query: &str, origin: &str, colour: bool) -> String {
    let source = escape_lines(query);
    let origin = escape(origin);
    let mut rendered = String::new();
    for finding in findings {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let group = group(finding, query, &source, &origin);
        rendered.push_str(&renderer.term_width(WIDTH).render(&[group]));
        rendered.push_str("\n\n");
    }
    rendered
}

fn group<'a>(finding: &'a Finding, query: &str, source: &'a str, origin: &'a str) -> Group<'a> {
    let Finding { code, title, aws_text, text, span, table, owner, help, ask_owner } = finding;
    let mut group = Group::with_title(
        Level::ERROR.with_name(Some("refused")).primary_title(escape(text)).id(code.to_string()),
    );
    if let Some(span) = span {
        let place = within(query, *span);
        let annotation = AnnotationKind::Primary.span(place).label(*title);
        group = group.element(Snippet::source(source).path(origin).annotation(annotation));
    }
    if let Some(text) = aws_text {
        group = group.element(Level::NOTE.with_name(Some("AWS")).message(escape(text)));
    }
    let whose = match (table, owner) {
        (Some(table), Some(owner)) => Some(format!("table `{table}` belongs to {}", escape(owner))),
        (Some(table), None) => Some(format!("table `{table}`")),
        (None, Some(owner)) => Some(format!("it is for {} to allow", escape(owner))),
        (None, None) => None,
    };
    if let Some(whose) = whose {
        group = group.element(Level::NOTE.message(whose));
    }
    if let Some(help) = help {
        group = group.element(Level::HELP.message(escape(help)));
    }
    if let Some(ask) = ask_owner {
        group = group.element(Level::HELP.message(format!("or ask the owner to {}", escape(ask))));
    }
    group
}

/// The span within the escaped text: whole characters, at least one where there is one.
fn within(query: &str, span: Span) -> Range<usize> {
    let down = |mut at: usize| {
        at = at.min(query.len());
        while !query.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = down(span.start);
    let mut end = down(span.end).max(start);
    if start == end {
        end += query.get(end..).and_then(|it| it.chars().next()).map_or(0, char::len_utf8);
    }
    let moved = |at: usize| escape_lines(query.get(..at).unwrap_or_default()).len();
    moved(start)..moved(end)
}

/// The findings as JSON, as the native API shows them: offsets are bytes of the query, line and column count
/// from 1.
pub(crate) fn findings_json(findings: &[Finding], query: &str) -> Value {
    findings.iter().map(|it| finding_json(it, query)).collect()
}

fn finding_json(finding: &Finding, query: &str) -> Value {
    let Finding { code, title, aws_text, text, span, table, owner, help, ask_owner } = finding;
    let place = span.map(|it| it.line_column(query));
    json!({
        "code": code.to_string(),
        "title": title,
        "awsText": aws_text,
        "text": text,
        "start": span.map(|it| it.start),
        "end": span.map(|it| it.end),
        "line": place.map(|it| it.0),
        "column": place.map(|it| it.1),
        "table": table.as_ref().map(ToString::to_string),
        "owner": owner,
        "help": help,
        "askOwner": ask_owner,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use glovebox_model::{Code, TableName};

    use super::*;

    fn sample(span: Option<Span>) -> Finding {
        Finding {
            code: Code(112),
            title: "join-required",
            aws_text: Some("Inner join to query runner table required for table returns".into()),
            text: "table `returns` must be joined to a table of the member who runs it".into(),
            span,
            table: Some(TableName::new("returns").unwrap()),
            owner: Some("Brand \u{1b}[31m\u{202e}Ltd".into()),
            help: Some("join it by [INNER] JOIN ... ON to `sales`".into()),
            ask_owner: Some("set joinRequired to nothing".into()),
        }
    }

    #[test]
    fn a_caret_stands_under_the_clause() {
        let query = "SELECT SUM(returned)\nFROM returns";
        let span = Span { start: 26, end: 33 };
        expect![[r#"
            refused[GB0112]: table `returns` must be joined to a table of the member who runs it
             --> query.sql:2:6
              |
            2 | FROM returns
              |      ^^^^^^^ join-required
              |
              = AWS: Inner join to query runner table required for table returns
              = note: table `returns` belongs to Brand \u{1b}[31m\u{202e}Ltd
              = help: join it by [INNER] JOIN ... ON to `sales`
              = help: or ask the owner to set joinRequired to nothing

        "#]]
        .assert_eq(&findings(&[sample(Some(span))], query, "query.sql", false));
    }

    #[test]
    fn nothing_of_others_reaches_the_terminal_unescaped() {
        let query = "SELECT '\u{1b}[2J\u{202e}' FROM returns";
        let start = query.find("returns").unwrap();
        let span = Span { start, end: start + 7 };
        let text = findings(&[sample(Some(span))], query, "q\u{7}.sql", false);
        assert!(!text.chars().any(|c| c != '\n' && c.is_control()), "{text:?}");
        assert!(!text.contains('\u{202e}'), "{text:?}");
        assert!(text.contains("\\u{1b}[2J"), "{text}");
    }

    #[test]
    fn a_span_that_does_not_fit_is_cut_and_does_not_panic() {
        for (start, end) in [(0, 0), (3, 2), (2, 3), (1000, 2000), (0, usize::MAX), (7, 7)] {
            let rendered =
                findings(&[sample(Some(Span { start, end }))], "aé\u{1b}b\n", "q", false);
            assert!(rendered.contains("GB0112"), "{rendered}");
        }
        assert!(findings(&[sample(None)], "", "q", true).contains("GB0112"));
        assert!(
            findings(&[sample(Some(Span { start: 0, end: 0 }))], "", "q", false).contains("GB")
        );
    }

    #[test]
    fn json_says_the_same() {
        let query = "SELECT SUM(returned)\nFROM returns";
        let json = findings_json(&[sample(Some(Span { start: 26, end: 33 }))], query);
        assert_eq!(json[0]["code"], "GB0112");
        assert_eq!((json[0]["line"].as_u64(), json[0]["column"].as_u64()), (Some(2), Some(6)));
    }
}
