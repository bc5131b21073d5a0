//! The text as tokens with byte offsets: where every clause's span comes from.

use datafusion::sql::sqlparser::ast::Ident;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{
    Location, Span as ParserSpan, Token, TokenWithSpan, Tokenizer,
};
use glovebox_model::Span;

use super::bounds::exceeded;
use super::dialect::GloveboxDialect;
use crate::error::{Fault, Unbound};
use crate::limits::{MAX_CHARACTERS, MAX_DEPTH, MAX_WORDS};

/// Periods with at most one word between them. No name has so many.
const MAX_PARTS: usize = 6;
/// Doubled parentheses around a `SELECT` in one text.
const MAX_DOUBLED: usize = 4;

/// The significant tokens of one text.
#[derive(Debug)]
pub(super) struct Text {
    marks: Vec<Mark>,
    length: usize,
}

#[derive(Debug)]
struct Mark {
    token: Token,
    location: (u64, u64),
    span: Span,
    /// The innermost parenthesis that holds this token, by index.
    parent: Option<usize>,
    /// For a parenthesis: its counterpart, by index.
    partner: Option<usize>,
}

impl Text {
    /// Reads and bounds a text; gives the tokens for the parser beside.
    pub(super) fn read(text: &str) -> Result<(Self, Vec<TokenWithSpan>), Unbound> {
        if text.chars().nth(MAX_CHARACTERS).is_some() {
            return Err(Fault::TooLong.whole());
        }
        refuse_characters(text)?;
        let mut tokens = Vec::new();
        let outcome = Tokenizer::new(&GloveboxDialect::default(), text)
            .tokenize_with_location_into_buf(&mut tokens)
            .map_err(|error| error.location);
        let offsets = Offsets::of(text);
        if let Err(location) = outcome {
            let start = offsets.byte(location);
            return Err(Fault::Syntax.at(Span { start, end: text.len() }));
        }
        let marks = marks(&tokens, &offsets)?;
        if marks.is_empty() {
            return Err(Fault::Empty.whole());
        }
        let words = marks.iter().filter(|it| is_word(&it.token)).count();
        if words > MAX_WORDS {
            return Err(Fault::TooManyWords.whole());
        }
        let significant: Vec<&Token> = marks.iter().map(|it| &it.token).collect();
        if let Some((fault, index)) = exceeded(&significant) {
            return Err(match marks.get(index) {
                Some(mark) => fault.at(mark.span),
                None => fault.whole(),
            });
        }
        Ok((Self { marks, length: text.len() }, tokens))
    }

    /// The whole text.
    pub(super) fn whole(&self) -> Span {
        let start = self.marks.first().map_or(0, |it| it.span.start);
        Span { start, end: self.marks.last().map_or(self.length, |it| it.span.end) }
    }

    /// Where a span of the parser lies; the parser leaves some empty.
    pub(super) fn span(&self, span: ParserSpan) -> Option<Span> {
        let first = self.index_at(span.start)?;
        let start = self.marks.get(first)?.span;
        let ends = |it: &Mark| it.location < (span.end.line, span.end.column);
        let last = self.marks.iter().skip(first).take_while(|it| ends(it)).last();
        Some(Span { start: start.start, end: last.map_or(start.end, |it| it.span.end) })
    }

    /// Where an identifier stands.
    pub(super) fn ident(&self, ident: &Ident) -> Span {
        self.span(ident.span).unwrap_or_else(|| self.whole())
    }

    /// Where several identifiers stand.
    pub(super) fn idents(&self, idents: &[Ident]) -> Span {
        idents.iter().map(|it| self.ident(it)).reduce(union).unwrap_or_else(|| self.whole())
    }

    /// The span with the token before it.
    pub(super) fn with_previous(&self, span: Span) -> Span {
        match self.before(span).and_then(|index| self.marks.get(index)) {
            Some(mark) => union(mark.span, span),
            None => span,
        }
    }

    /// The token before a span.
    pub(super) fn previous(&self, span: Span) -> Span {
        self.before(span).and_then(|index| self.marks.get(index)).map_or(span, |it| it.span)
    }

    /// The token after a span.
    pub(super) fn next(&self, span: Span) -> Span {
        self.after(span).and_then(|index| self.marks.get(index)).map_or(span, |it| it.span)
    }

    /// The span with the token after it.
    pub(super) fn with_next(&self, span: Span) -> Span {
        match self.after(span).and_then(|index| self.marks.get(index)) {
            Some(mark) => union(span, mark.span),
            None => span,
        }
    }

    /// The span up to the closing parenthesis of the group that opens next after it.
    pub(super) fn through_next_group(&self, span: Span) -> Span {
        let Some(after) = self.after(span) else { return span };
        let open = self.marks.iter().skip(after).find(|it| it.token == Token::LParen);
        let close = open.and_then(|it| it.partner).and_then(|it| self.marks.get(it));
        close.map_or(span, |it| union(span, it.span))
    }

    /// The span from `span` through the next of these words, looking at most `reach` tokens on.
    pub(super) fn through_keyword(&self, span: Span, keywords: &[Keyword], reach: usize) -> Span {
        let Some(after) = self.after(span) else { return span };
        let ahead = self.marks.iter().skip(after).take(reach);
        let found = ahead.filter(|it| keywords.iter().any(|word| is_keyword(&it.token, *word)));
        found.map(|it| it.span).fold(span, union)
    }

    /// The call that encloses `span`: `WORD( ... span ... )`.
    pub(super) fn enclosing_call(&self, span: Span) -> Span {
        let parent = self.at(span).and_then(|it| it.parent).and_then(|it| self.marks.get(it));
        let Some(open) = parent else { return span };
        let close = open.partner.and_then(|it| self.marks.get(it)).map_or(span, |it| it.span);
        self.with_previous(union(open.span, close))
    }

    /// The `ROLLUP(...)`, `CUBE(...)` or `GROUPING SETS(...)` around `span`, which may have
    /// parentheses of its own.
    pub(super) fn grouping_call(&self, span: Span) -> Span {
        let words = [Keyword::ROLLUP, Keyword::CUBE, Keyword::GROUPING, Keyword::SETS];
        let mut group = span;
        for _ in 0..3 {
            group = self.enclosing_group(group);
            let call = self.with_keywords_before(group, &words);
            if call != group {
                return call;
            }
        }
        span
    }

    /// The parentheses that enclose `span`.
    pub(super) fn enclosing_group(&self, span: Span) -> Span {
        let parent = self.at(span).and_then(|it| it.parent).and_then(|it| self.marks.get(it));
        let Some(open) = parent else { return span };
        let close = open.partner.and_then(|it| self.marks.get(it)).map_or(span, |it| it.span);
        union(open.span, close)
    }

    /// The span and the words directly before it, as far as they are among `keywords`.
    pub(super) fn with_keywords_before(&self, mut span: Span, keywords: &[Keyword]) -> Span {
        while let Some(mark) = self.before(span).and_then(|index| self.marks.get(index))
            && keywords.iter().any(|word| is_keyword(&mark.token, *word))
        {
            span = union(mark.span, span);
        }
        span
    }

    /// The span up to where a `SELECT` ends that begins at its start: before the next set
    /// operation, `ORDER BY` or `LIMIT` on the same level, or with its parentheses.
    pub(super) fn branch(&self, span: Span) -> Span {
        const ENDS: [Keyword; 8] = [
            Keyword::UNION,
            Keyword::INTERSECT,
            Keyword::EXCEPT,
            Keyword::MINUS,
            Keyword::ORDER,
            Keyword::LIMIT,
            Keyword::OFFSET,
            Keyword::FETCH,
        ];
        let Some(level) = self.at(span).map(|it| it.parent) else { return span };
        let after = self.marks.partition_point(|it| it.span.start < span.end);
        let mut end = span;
        for mark in self.marks.iter().skip(after) {
            let ends = mark.parent == level
                && (mark.token == Token::SemiColon
                    || ENDS.iter().any(|word| is_keyword(&mark.token, *word)));
            let closes = mark.token == Token::RParen && mark.partner == level && level.is_some();
            if ends || closes {
                break;
            }
            end = union(end, mark.span);
        }
        end
    }

    /// The keyword of a clause whose first expression is at `span`.
    pub(super) fn clause(&self, span: Span, keywords: &[Keyword]) -> Span {
        self.with_keywords_before(span, keywords)
    }

    /// The type behind `::` that follows `span`.
    pub(super) fn through_double_colon(&self, span: Span) -> Span {
        let Some(colon) = self.after(span) else { return span };
        let Some(kind) = self.marks.get(colon + 1) else { return span };
        let through = union(span, kind.span);
        match self.marks.get(colon + 2) {
            Some(mark) if mark.token == Token::LParen => self.through_next_group(through),
            _ => through,
        }
    }

    /// Parentheses put twice or more around a `SELECT`, many times over: the parser would try
    /// each pair anew.
    pub(super) fn doubled_parentheses(&self) -> Option<Span> {
        let starts_query = |it: &Mark| {
            [Keyword::SELECT, Keyword::WITH, Keyword::VALUES]
                .iter()
                .any(|word| is_keyword(&it.token, *word))
        };
        let doubled = self.marks.windows(3).filter(|three| match three {
            [one, two, three] => {
                one.token == Token::LParen && two.token == Token::LParen && starts_query(three)
            }
            _ => false,
        });
        let mut found = doubled.skip(MAX_DOUBLED).flatten();
        found.next().map(|it| it.span)
    }

    /// A name of many parts: the parser would try each rest of it twice.
    pub(super) fn long_name(&self) -> Option<Span> {
        let mut parts = 0;
        let mut since = 0;
        for mark in &self.marks {
            since += 1;
            if mark.token == Token::Period {
                parts = if since <= 2 { parts + 1 } else { 1 };
                since = 0;
                if parts > MAX_PARTS {
                    return Some(mark.span);
                }
            }
        }
        None
    }

    /// How many words stand within `span`.
    pub(super) fn words_within(&self, span: Span) -> usize {
        let first = self.marks.partition_point(|it| it.span.start < span.start);
        let end = self.marks.partition_point(|it| it.span.end <= span.end);
        let inside = self.marks.get(first..end).unwrap_or_default();
        inside.iter().filter(|it| is_word(&it.token)).count()
    }

    /// The first token.
    pub(super) fn first_word(&self) -> (Option<Keyword>, Span) {
        let first = self.marks.iter().find(|it| it.token != Token::LParen);
        match first.map(|it| (&it.token, it.span)) {
            Some((Token::Word(word), span)) if word.quote_style.is_none() => {
                (Some(word.keyword), span)
            }
            Some((_, span)) => (None, span),
            None => (None, self.whole()),
        }
    }

    /// Whether anything stands behind a `;`.
    pub(super) fn has_several_statements(&self) -> bool {
        let ends = self.marks.iter().position(|it| it.token == Token::SemiColon);
        ends.is_some_and(|it| it + 1 < self.marks.len())
    }

    /// Whether the token that begins with `span` is this keyword.
    pub(super) fn starts_with(&self, span: Span, keyword: Keyword) -> bool {
        self.at(span).is_some_and(|it| is_keyword(&it.token, keyword))
    }

    fn at(&self, span: Span) -> Option<&Mark> {
        let index = self.marks.partition_point(|it| it.span.start < span.start);
        self.marks.get(index)
    }

    fn before(&self, span: Span) -> Option<usize> {
        self.marks.partition_point(|it| it.span.end <= span.start).checked_sub(1)
    }

    fn after(&self, span: Span) -> Option<usize> {
        let index = self.marks.partition_point(|it| it.span.start < span.end);
        (index < self.marks.len()).then_some(index)
    }

    fn index_at(&self, location: Location) -> Option<usize> {
        let key = (location.line, location.column);
        self.marks.binary_search_by_key(&key, |it| it.location).ok()
    }
}

/// The span that holds both.
pub(super) fn union(a: Span, b: Span) -> Span {
    Span { start: a.start.min(b.start), end: a.end.max(b.end) }
}

fn is_keyword(token: &Token, keyword: Keyword) -> bool {
    matches!(token, Token::Word(word) if word.keyword == keyword && word.quote_style.is_none())
}

fn is_word(token: &Token) -> bool {
    !matches!(
        token,
        Token::Comma
            | Token::LParen
            | Token::RParen
            | Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::SemiColon
            | Token::EOF
    )
}

/// Control characters, and those that make text look other than it is.
fn refuse_characters(text: &str) -> Result<(), Unbound> {
    let bad = |c: char| match c {
        '\t' | '\n' | '\r' => false,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{feff}' => true,
        _ => c.is_control(),
    };
    match text.char_indices().find(|(_, c)| bad(*c)) {
        Some((start, c)) => {
            let span = Span { start, end: start + c.len_utf8() };
            Err(Fault::BadCharacter { code: u32::from(c) }.at(span))
        }
        None => Ok(()),
    }
}

/// Byte offsets of lines, and of every character of lines that are not ASCII.
struct Offsets {
    lines: Vec<(usize, Option<Vec<usize>>)>,
    length: usize,
}

impl Offsets {
    fn of(text: &str) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split('\n') {
            let columns = (!line.is_ascii())
                .then(|| line.char_indices().map(|(at, _)| start + at).collect::<Vec<_>>());
            lines.push((start, columns));
            start += line.len() + 1;
        }
        Self { lines, length: text.len() }
    }

    fn byte(&self, location: Location) -> usize {
        let line = usize::try_from(location.line).unwrap_or(usize::MAX).saturating_sub(1);
        let column = usize::try_from(location.column).unwrap_or(usize::MAX).saturating_sub(1);
        let next = self.lines.get(line + 1).map_or(self.length, |it| it.0.saturating_sub(1));
        match self.lines.get(line) {
            Some((start, None)) => start.saturating_add(column).min(next),
            Some((_, Some(columns))) => columns.get(column).copied().unwrap_or(next),
            None => self.length,
        }
    }
}

fn marks(tokens: &[TokenWithSpan], offsets: &Offsets) -> Result<Vec<Mark>, Unbound> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for TokenWithSpan { token, span } in tokens {
        if matches!(token, Token::Whitespace(_) | Token::EOF) {
            continue;
        }
        let place = Span { start: offsets.byte(span.start), end: offsets.byte(span.end) };
        let index = marks.len();
        let mut partner = None;
        if *token == Token::RParen
            && let Some(opening) = open.pop()
        {
            partner = Some(opening);
            if let Some(mark) = marks.get_mut(opening) {
                mark.partner = Some(index);
            }
        }
        marks.push(Mark {
            token: token.clone(),
            location: (span.start.line, span.start.column),
            span: place,
            parent: open.last().copied(),
            partner,
        });
        if *token == Token::LParen {
            open.push(index);
            if open.len() > MAX_DEPTH {
                return Err(Fault::TooDeep.at(place));
            }
        }
    }
    Ok(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_know_their_bytes_across_lines_and_scripts() {
        let text = "SELECT 'é', x -- é\nFROM \"a b\"";
        let (read, _) = Text::read(text).unwrap();
        let words: Vec<&str> =
            read.marks.iter().map(|it| &text[it.span.start..it.span.end]).collect();
        assert_eq!(words, ["SELECT", "'é'", ",", "x", "FROM", "\"a b\""]);
    }

    #[test]
    fn a_text_within_its_limits_is_read_and_one_beyond_is_refused() {
        let fault = |text: &str| Text::read(text).map(|_| ()).map_err(|it| it.fault);
        assert_eq!(fault(" -- nothing\n"), Err(Fault::Empty));
        assert_eq!(fault(&"(".repeat(10_000)), Err(Fault::TooDeep));
        assert_eq!(fault(&"x".repeat(MAX_CHARACTERS + 1)), Err(Fault::TooLong));
        assert_eq!(fault(&"x OR ".repeat(10_000)), Err(Fault::TooManyWords));
        assert_eq!(fault(&format!("SELECT 1 IN ({}1)", "1,".repeat(50_000))), Ok(()));
        let beyond = fault(&format!("SELECT 1 IN ({}1)", "1,".repeat(50_001)));
        assert!(matches!(beyond, Err(Fault::Unsupported { .. })));
        assert_eq!(fault("a\0b"), Err(Fault::BadCharacter { code: 0 }));
        assert_eq!(fault("a\u{202e}b"), Err(Fault::BadCharacter { code: 0x202e }));
    }
}
