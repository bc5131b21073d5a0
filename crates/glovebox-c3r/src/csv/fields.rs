//! One row: where its fields are, and taking a line apart into them.

use zeroize::Zeroize as _;

use super::InputNull;

/// What ends a line of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEnd {
    Lf,
    CrLf,
    Cr,
}

/// A row that was read.
#[derive(Clone, Copy)]
pub struct Record<'r> {
    pub(super) text: &'r [u8],
    pub(super) parts: &'r Parts,
    pub(super) row: u64,
    pub(super) line: u64,
}

impl<'r> Record<'r> {
    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.parts.fields.len()
    }

    /// Whether there are none. (There is always one.)
    pub fn is_empty(&self) -> bool {
        self.parts.fields.is_empty()
    }

    /// A field, by its place; `None` is NULL. It is UTF-8.
    pub fn get(&self, column: usize) -> Option<&'r [u8]> {
        let part = self.parts.fields.get(column)?;
        match part.place {
            Place::Null => None,
            Place::Text => self.text.get(part.start..part.end),
            Place::Side => self.parts.side.get(part.start..part.end),
        }
    }

    /// Which row it is; the first behind the header is 1.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// The line in which it begins.
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {} with {} fields", self.row, self.len())
    }
}

/// Where the fields of a row are. What had to be rewritten is in `side`.
#[derive(Default)]
pub(super) struct Parts {
    fields: Vec<Part>,
    side: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Part {
    start: usize,
    end: usize,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Null,
    Text,
    Side,
}

/// Why a row cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// Its end is not in what was read so far.
    NeedsMore,
    /// The file ends inside of quotes.
    OpenQuote,
    /// A line feed where line ends are something else.
    MixedLineEnds,
    /// More fields than allowed.
    TooManyColumns,
}

/// What ends a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Comma,
    Line,
}

/// A text that is to be taken apart, and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a [u8],
    /// Nothing follows.
    pub(super) is_all: bool,
    pub(super) line_end: LineEnd,
    pub(super) null: &'a InputNull,
}

impl Source<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    /// Whether a line ends here, and how long the end is.
    fn line_end(&self, at: usize) -> Result<Option<usize>, Broken> {
        match (self.byte(at), self.line_end) {
            (Some(b'\n'), LineEnd::Lf) | (Some(b'\r'), LineEnd::Cr) => Ok(Some(1)),
            (Some(b'\r'), LineEnd::CrLf) => match self.byte(at + 1) {
                Some(b'\n') => Ok(Some(2)),
                None if !self.is_all => Err(Broken::NeedsMore),
                _ => Ok(None),
            },
            (Some(b'\n'), LineEnd::CrLf | LineEnd::Cr) => Err(Broken::MixedLineEnds),
            _ => Ok(None),
        }
    }

    /// The end of the text is the end of a line if nothing follows.
    fn at_end(&self) -> Result<(), Broken> {
        if self.is_all { Ok(()) } else { Err(Broken::NeedsMore) }
    }

    /// From here to the next comma or line end: where that is, what it is, and what is behind it.
    fn plain_end(&self, from: usize) -> Result<(usize, End, usize), Broken> {
        let mut at = from;
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let found = match self.line_end {
                LineEnd::Lf => memchr::memchr2(b',', b'\n', rest),
                LineEnd::CrLf | LineEnd::Cr => memchr::memchr3(b',', b'\n', b'\r', rest),
            };
            let Some(found) = found else {
                self.at_end()?;
                return Ok((self.text.len(), End::Line, self.text.len()));
            };
            at += found;
            if self.byte(at) == Some(b',') {
                return Ok((at, End::Comma, at + 1));
            }
            if let Some(n) = self.line_end(at)? {
                return Ok((at, End::Line, at + n));
            }
            at += 1;
        }
    }

    /// Skips blanks, but not the end of the line.
    fn skip_blanks(&self, from: usize) -> Result<usize, Broken> {
        let mut at = from;
        while self.byte(at).is_some_and(|it| it <= b' ') && self.line_end(at)?.is_none() {
            at += 1;
        }
        if at >= self.text.len() {
            self.at_end()?;
        }
        Ok(at)
    }

    /// Behind the end of the line, whatever is in it.
    pub(super) fn skip_line(&self) -> Result<usize, Broken> {
        let byte = if self.line_end == LineEnd::Lf { b'\n' } else { b'\r' };
        let mut at = 0;
        while let Some(found) = self.text.get(at..).and_then(|it| memchr::memchr(byte, it)) {
            at += found;
            if let Some(n) = self.line_end(at)? {
                return Ok(at + n);
            }
            at += 1;
        }
        self.at_end()?;
        Ok(self.text.len())
    }
}

impl Parts {
    /// Takes the row at the beginning of a text apart. Says where the next begins; without fields
    /// the line was blank.
    pub(super) fn take(&mut self, source: &Source<'_>) -> Result<usize, Broken> {
        self.fields.clear();
        self.side.clear();
        let mut at = source.skip_blanks(0)?;
        if at >= source.text.len() {
            return Ok(at);
        }
        if let Some(n) = source.line_end(at)? {
            return Ok(at + n);
        }
        loop {
            if self.fields.len() >= super::MOST_COLUMNS {
                return Err(Broken::TooManyColumns);
            }
            at = source.skip_blanks(at)?;
            let (end, next) = if source.byte(at) == Some(b'"') {
                self.quoted(source, at)?
            } else {
                let (stop, end, next) = source.plain_end(at)?;
                let field = source.text.get(at..stop).unwrap_or_default().trim_ascii_controls();
                self.push_text(source, at, field.len(), false);
                (end, next)
            };
            at = next;
            if end == End::Line {
                return Ok(at);
            }
        }
    }

    /// A field that begins with a quote, and where the next one begins.
    fn quoted(&mut self, source: &Source<'_>, quote: usize) -> Result<(End, usize), Broken> {
        let start = quote + 1;
        let mut at = start;
        let side_start = self.side.len();
        let mut copied = start;
        // The closing quote: one that is not doubled.
        let close = loop {
            let rest = source.text.get(at..).unwrap_or_default();
            let found = match source.line_end {
                LineEnd::Lf => memchr::memchr(b'"', rest),
                LineEnd::CrLf | LineEnd::Cr => memchr::memchr2(b'"', b'\r', rest),
            };
            let Some(found) = found else {
                return Err(if source.is_all { Broken::OpenQuote } else { Broken::NeedsMore });
            };
            at += found;
            if source.byte(at) == Some(b'\r') {
                if let Some(n) = source.line_end(at)? {
                    self.copy(source, copied, at);
                    self.side.push(b'\n');
                    copied = at + n;
                    at += n;
                } else {
                    at += 1;
                }
                continue;
            }
            match source.byte(at + 1) {
                Some(b'"') => {
                    self.copy(source, copied, at + 1);
                    at += 2;
                    copied = at;
                }
                None if !source.is_all => return Err(Broken::NeedsMore),
                _ => break at,
            }
        };
        // Blanks behind it do not count; anything else makes the quotes part of the field.
        let behind = source.skip_blanks(close + 1)?;
        let end = match source.byte(behind) {
            None => Some((End::Line, behind)),
            Some(b',') => Some((End::Comma, behind + 1)),
            Some(_) => source.line_end(behind)?.map(|n| (End::Line, behind + n)),
        };
        if let Some(end) = end {
            if copied == start {
                self.push_text(source, start, close - start, true);
            } else {
                self.copy(source, copied, close);
                self.push_side(source, side_start);
            }
            return Ok(end);
        }
        self.side.insert(side_start, b'"');
        let (stop, end, next) = source.plain_end(behind)?;
        self.copy(source, copied, stop);
        let field = self.side.get(side_start..).unwrap_or_default().trim_ascii_controls();
        let n = field.len();
        self.side.truncate(side_start + n);
        self.push_side(source, side_start);
        Ok((end, next))
    }

    fn copy(&mut self, source: &Source<'_>, from: usize, to: usize) {
        self.side.extend_from_slice(source.text.get(from..to).unwrap_or_default());
    }

    fn push_text(&mut self, source: &Source<'_>, start: usize, n: usize, is_quoted: bool) {
        let end = start + n;
        let text = source.text.get(start..end).unwrap_or_default();
        let place = if is_null(source.null, text, is_quoted) { Place::Null } else { Place::Text };
        self.fields.push(Part { start, end, place });
    }

    fn push_side(&mut self, source: &Source<'_>, start: usize) {
        let end = self.side.len();
        let text = self.side.get(start..end).unwrap_or_default();
        let place = if is_null(source.null, text, true) { Place::Null } else { Place::Side };
        self.fields.push(Part { start, end, place });
    }

    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.side.zeroize();
    }
}

fn is_null(rule: &InputNull, field: &[u8], is_quoted: bool) -> bool {
    match rule {
        InputNull::Empty => field.is_empty(),
        InputNull::Unquoted => field.is_empty() && !is_quoted,
        InputNull::Quoted => field.is_empty() && is_quoted,
        InputNull::Text(text) => field == text.as_bytes(),
    }
}

/// Trimming as Java does it: whatever is not above U+0020, here at the end only.
trait TrimControls {
    fn trim_ascii_controls(&self) -> &Self;
}

impl TrimControls for [u8] {
    fn trim_ascii_controls(&self) -> &Self {
        let n = self.iter().rposition(|it| *it > b' ').map_or(0, |it| it + 1);
        self.get(..n).unwrap_or_default()
    }
}
