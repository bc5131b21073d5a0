//! The queries of a room, and what is expected of them.

use glovebox_model::Code;

use crate::{Case, Expected, MAX_CASES, RoomError, Template, TemplateParameter};

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
    template: Option<Template>,
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
        if let Some(head) = directive.strip_prefix("query") {
            close(&mut cases, text, line.start);
            unanswered(open.take(), errors);
            match headed(head) {
                Some((template, title)) => {
                    open = Some(Open { title, template, line: line.number, start: line.end });
                }
                None => errors.push(RoomError::new(
                    line.number,
                    "write `//- query: what it shows`, or `//- query of template NAME by MEMBER \
                     (PARAMETER TYPE, ...): what it shows`",
                )),
            }
        } else if let Some(verdict) = directive.strip_prefix("aws ") {
            close(&mut cases, text, line.start);
            match (expected(verdict), cases.last_mut().filter(|it| it.aws.is_none())) {
                (Ok(expected), Some(case)) if open.is_none() => {
                    case.aws = Some((expected, line.start..line.end));
                }
                (Err(text), _) => errors.push(RoomError::new(line.number, text)),
                _ => errors.push(RoomError::new(
                    line.number,
                    "`//- aws ...` stands once, below the verdict of strict mode",
                )),
            }
        } else if let Some(open) = open.take() {
            let sql = text.get(open.start..line.start).unwrap_or_default().trim().to_owned();
            match expected(directive) {
                Ok(expected) => cases.push(Case {
                    title: open.title,
                    sql,
                    template: open.template,
                    aws: None,
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
    if let Some(case) = cases.last_mut().filter(|it| it.golden.is_empty() && it.aws.is_none()) {
        case.golden = text.get(case.verdict.end..end).unwrap_or_default().trim_end().to_owned();
        case.verdict.end = case.verdict.end.max(end);
    }
}

/// What stands between `query` and the title.
fn headed(head: &str) -> Option<(Option<Template>, String)> {
    let (of, title) = head.split_once(':')?;
    let title = title.trim().to_owned();
    if of.trim().is_empty() {
        return Some((None, title));
    }
    let (names, parameters) = match of.split_once('(') {
        Some((names, rest)) => (names, rest.trim_end().strip_suffix(')')?),
        None => (of, ""),
    };
    let words: Vec<&str> = names.split_whitespace().collect();
    let ["of", "template", name, "by", creator] = words.as_slice() else { return None };
    let parameters = parameters.split(',').filter(|it| !it.trim().is_empty()).map(|it| {
        let (name, kind) = it.trim().split_once(char::is_whitespace)?;
        let (kind, value) = kind.split_once('=').map_or((kind, None), |it| (it.0, Some(it.1)));
        let value = value.map(|it| it.trim().to_owned());
        Some(TemplateParameter { name: name.to_owned(), kind: kind.trim().to_owned(), value })
    });
    let template = Template {
        name: (*name).to_owned(),
        creator: (*creator).to_owned(),
        parameters: parameters.collect::<Option<_>>()?,
    };
    Some((Some(template), title))
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
