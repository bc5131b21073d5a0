//! Words, names, numbers and marks of the part of a room that describes members.

use crate::RoomError;

/// One token with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind<'a>,
    pub(crate) line: usize,
    /// Byte offset of the first character in the text.
    pub(crate) start: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    End,
    Mark(char),
    /// `"quoted"`, without the quotes: always a name.
    Quoted(&'a str),
    /// A bare word or number.
    Word(&'a str),
}

/// Reads tokens one by one; `position` may be moved past embedded JSON.
#[derive(Debug, Clone)]
pub(crate) struct Lexer<'a> {
    pub(crate) text: &'a str,
    pub(crate) position: usize,
    pub(crate) line: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str, line: usize) -> Self {
        Self { text, position: 0, line }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// Moves on by `bytes`, counting lines.
    pub(crate) fn advance(&mut self, bytes: usize) {
        let skipped = self.rest().get(..bytes).unwrap_or_default();
        self.line += skipped.matches('\n').count();
        self.position += bytes;
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            if blank > 0 {
                self.advance(blank);
            } else if rest.starts_with('#') {
                self.advance(rest.find('\n').unwrap_or(rest.len()));
            } else {
                return;
            }
        }
    }

    pub(crate) fn next(&mut self) -> Result<Token<'a>, RoomError> {
        self.skip_blank();
        let (line, start, rest) = (self.line, self.position, self.rest());
        let Some(first) = rest.chars().next() else {
            return Ok(Token { kind: Kind::End, line, start });
        };
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let kind = if word(first) {
            let end = rest.find(|c| !word(c)).unwrap_or(rest.len());
            let text = rest.get(..end).unwrap_or_default();
            self.advance(end);
            Kind::Word(text)
        } else if first == '"' {
            let inside = rest.get(1..).unwrap_or_default();
            let Some(end) = inside.find(['"', '\n']).filter(|&it| inside[it..].starts_with('"'))
            else {
                return Err(RoomError::new(line, "the quote `\"` is not closed on its line"));
            };
            self.advance(end + 2);
            Kind::Quoted(inside.get(..end).unwrap_or_default())
        } else if matches!(first, '(' | ')' | ',' | '{' | '}') {
            self.advance(1);
            Kind::Mark(first)
        } else {
            return Err(RoomError::new(
                line,
                format!(
                    "the character `{}` means nothing here; write names with other characters \
                     in double quotes",
                    first.escape_debug()
                ),
            ));
        };
        Ok(Token { kind, line, start })
    }
}
