//! The queries of a room, and what is expected of them.

use glovebox_model::Code;

use crate::{Case, Expected, MAX_CASES, RoomError};

/// Where the queries begin, in bytes: at the first `//- query` line.
pub(crate) fn begin(text: &str) -> usize {
    lines(text).find(|it| it.text.starts_with("//- query")).map_or(text.len(), |it| it.start)
}

#[derive(Clone, Copy)]
struct Line<'a> {
    /// Without its end.
    text: &'a str,
    number: usize,
    start: usize,
    /// One past its line feed.
    end: usize,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').enumerate().map(move |(index, line)| {
        let begun = start;
        start += line.len();
        Line { text: line.trim_end(), number: index + 1, start: begun, end: start }
    })
}

/// A query whose verdict has not been read yet.
struct Open {
    title: String,
    line: usize,
    /// Of the SQL, in bytes.
    start: usize,
}

/// Reads every query from the whole text of a room.
pub(crate) fn cases(text: &str, errors: &mut Vec<RoomError>) -> Vec<Case> {
    let from = begin(text);
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Option<Open> = None;
    for line in lines(text).skip_while(|it| it.start < from) {
        let Some(directive) = line.text.strip_prefix("//-") else { continue };
        let directive = directive.trim_start();
        if let Some(title) = directive.strip_prefix("query") {
            close(&mut cases, text, line.start);
            unanswered(open.take(), errors);
            let Some(title) = title.trim_start().strip_prefix(':') else {
                errors.push(RoomError::new(line.number, "write `//- query: what it shows`"));
                continue;
            };
            open = Some(Open { title: title.trim().into(), line: line.number, start: line.end });
        } else if let Some(open) = open.take() {
            let sql = text.get(open.start..line.start).unwrap_or_default().trim().to_owned();
            match expected(directive) {
                Ok(expected) => cases.push(Case {
                    title: open.title,
                    sql,
                    expected,
                    golden: String::new(),
                    line: open.line,
                    verdict: line.start..line.end,
                }),
                Err(text) => errors.push(RoomError::new(line.number, text)),
            }
        } else {
            let text = "a verdict must stand below a `//- query: title` and its SQL";
            errors.push(RoomError::new(line.number, text));
        }
        if cases.len() > MAX_CASES {
            let text = format!("a room has at most {MAX_CASES} queries");
            errors.push(RoomError::new(line.number, text));
            return cases;
        }
    }
    close(&mut cases, text, text.len());
    unanswered(open, errors);
    cases
}

/// Gives the last query the text up to `end` as its golden text.
fn close(cases: &mut [Case], text: &str, end: usize) {
    if let Some(case) = cases.last_mut().filter(|it| it.golden.is_empty()) {
        case.golden = text.get(case.verdict.end..end).unwrap_or_default().trim_end().to_owned();
        case.verdict.end = case.verdict.end.max(end);
    }
}

fn unanswered(open: Option<Open>, errors: &mut Vec<RoomError>) {
    if let Some(open) = open {
        let text = "the query has no verdict: end it with `//- allowed` or `//- refused GBnnnn`";
        errors.push(RoomError::new(open.line, text));
    }
}

fn expected(directive: &str) -> Result<Expected, String> {
    let mut words = directive.split_whitespace();
    match words.next() {
        Some("allowed") => match words.next() {
            None => Ok(Expected::Allowed),
            Some(_) => Err("`//- allowed` stands alone".into()),
        },
        Some("refused") => words.map(code).collect::<Result<_, _>>().map(Expected::Refused),
        _ => Err("write `//- query: title`, `//- allowed` or `//- refused GBnnnn ...`".into()),
    }
}

fn code(word: &str) -> Result<Code, String> {
    word.strip_prefix("GB")
        .filter(|it| it.len() == 4 && it.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|it| it.parse().ok())
        .map(Code)
        .ok_or_else(|| format!("`{}` is not a code such as GB0112", word.escape_debug()))
}
