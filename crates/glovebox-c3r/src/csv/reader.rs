//! Reading, with memory for one row and a little more.

use std::io::Read;

use zeroize::Zeroizing;

use super::fields::{Broken, LineEnd, Parts, Source};
use super::{CsvError, InputNull, LONGEST_ROW, Record};

/// How much is read at a time.
const CHUNK: usize = 256 << 10;

/// How far the first line end is looked for.
const FIRST_LINE: usize = 1 << 20;

/// Reads rows from whatever can be read.
///
/// Holds one row and up to a chunk of 256 KiB in memory, which are wiped afterwards.
pub struct Reader<R> {
    input: R,
    null: InputNull,
    longest_row: usize,
    buffer: Zeroizing<Vec<u8>>,
    /// The next row begins here, is known to be UTF-8 up to there, and this much was read.
    start: usize,
    valid: usize,
    end: usize,
    is_all: bool,
    line_end: Option<LineEnd>,
    parts: Parts,
    n_columns: Option<usize>,
    row: u64,
    line: u64,
}

impl<R: Read> Reader<R> {
    /// Reads rows in which NULL is what `null` says.
    pub fn new(input: R, null: InputNull) -> Self {
        Self {
            input,
            null,
            longest_row: LONGEST_ROW,
            buffer: Zeroizing::new(vec![0; CHUNK]),
            start: 0,
            valid: 0,
            end: 0,
            is_all: false,
            line_end: None,
            parts: Parts::default(),
            n_columns: None,
            row: 0,
            line: 1,
        }
    }

    /// With another limit for the bytes of a row than [`LONGEST_ROW`].
    #[must_use]
    pub fn with_longest_row(mut self, bytes: usize) -> Self {
        self.longest_row = bytes;
        self
    }

    /// Reads the header line: its fields as they are; a field without text is empty.
    pub fn header(&mut self) -> Result<Vec<String>, CsvError> {
        let record = self.read()?.ok_or(CsvError::NoHeader)?;
        let text = |n| String::from_utf8_lossy(record.get(n).unwrap_or_default()).into_owned();
        let header = (0..record.len()).map(text).collect();
        self.row = 0;
        Ok(header)
    }

    /// Reads a row, if there is one more.
    pub fn read(&mut self) -> Result<Option<Record<'_>>, CsvError> {
        if self.line_end.is_none() {
            self.begin()?;
        }
        loop {
            let line = self.line;
            let text = self.buffer.get(self.start..self.valid).unwrap_or_default();
            if text.is_empty() && self.is_all {
                return Ok(None);
            }
            let source = Source {
                text,
                is_all: self.is_all,
                line_end: self.line_end.unwrap_or(LineEnd::Lf),
                null: &self.null,
            };
            let is_comment = text.first() == Some(&b'#');
            let taken = match text.first() {
                None => Err(Broken::NeedsMore),
                Some(_) if is_comment => source.skip_line(),
                Some(_) => self.parts.take(&source),
            };
            let n = match taken {
                Ok(n) => n,
                Err(Broken::NeedsMore) => {
                    self.more()?;
                    continue;
                }
                Err(it) => return Err(self.broken(it)),
            };
            let start = self.start;
            self.line += line_ends(text.get(..n).unwrap_or_default(), source.line_end);
            self.start += n;
            if is_comment || self.parts.len() == 0 {
                continue;
            }
            self.row += 1;
            let found = self.parts.len();
            let expected = *self.n_columns.get_or_insert(found);
            if found != expected {
                return Err(CsvError::ColumnCount { row: self.row, line, expected, found });
            }
            let text = self.buffer.get(start..self.start).unwrap_or_default();
            return Ok(Some(Record { text, parts: &self.parts, row: self.row, line }));
        }
    }

    /// Looks for the first line end, and drops a byte order mark.
    fn begin(&mut self) -> Result<(), CsvError> {
        while !self.is_all && self.end < FIRST_LINE {
            let seen = self.buffer.get(..self.end).unwrap_or_default();
            // One byte more than the line end: LF may follow CR.
            let is_found = memchr::memchr2(b'\n', b'\r', seen).is_some_and(|it| it + 1 < self.end);
            if is_found {
                break;
            }
            self.more()?;
        }
        let seen = self.buffer.get(..self.end).unwrap_or_default();
        let at = memchr::memchr2(b'\n', b'\r', seen);
        let line_end = at.and_then(|it| seen.get(it..)).map(|it| match it {
            [b'\r', b'\n', ..] => LineEnd::CrLf,
            [b'\r', ..] => LineEnd::Cr,
            _ => LineEnd::Lf,
        });
        self.line_end = Some(line_end.unwrap_or(LineEnd::Lf));
        if seen.starts_with("\u{feff}".as_bytes()) {
            self.start = 3;
        }
        Ok(())
    }

    /// Reads some more, and checks that it is UTF-8.
    fn more(&mut self) -> Result<(), CsvError> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.valid -= self.start;
            self.start = 0;
        }
        if self.end >= self.longest_row.max(FIRST_LINE) {
            let (row, line) = (self.row + 1, self.line);
            return Err(CsvError::RowTooLong { row, line, limit: self.longest_row });
        }
        if self.buffer.len() - self.end < CHUNK / 2 {
            // A new buffer, so that the old one is wiped.
            let mut larger = Zeroizing::new(vec![0; self.buffer.len() * 2]);
            larger[..self.end].copy_from_slice(&self.buffer[..self.end]);
            self.buffer = larger;
        }
        // As much again as is there, so that a long row is not looked through for every few bytes.
        let before = self.end;
        loop {
            let n = match self.input.read(&mut self.buffer[self.end..]) {
                Err(it) if it.kind() == std::io::ErrorKind::Interrupted => continue,
                done => done?,
            };
            self.end += n;
            self.is_all = n == 0;
            let is_full = self.end == self.buffer.len();
            if self.is_all || is_full || self.end >= before * 2 {
                break;
            }
        }
        let unchecked = self.buffer.get(self.valid..self.end).unwrap_or_default();
        match std::str::from_utf8(unchecked) {
            Ok(_text) => self.valid = self.end,
            Err(it) => {
                self.valid += it.valid_up_to();
                if it.error_len().is_some() || self.is_all {
                    let before = self.buffer.get(self.start..self.valid).unwrap_or_default();
                    let line_end = self.line_end.unwrap_or(LineEnd::Lf);
                    return Err(CsvError::NotUtf8 {
                        line: self.line + line_ends(before, line_end),
                    });
                }
            }
        }
        Ok(())
    }

    fn broken(&self, broken: Broken) -> CsvError {
        let (row, line) = (self.row + 1, self.line);
        match broken {
            Broken::OpenQuote => CsvError::OpenQuote { row, line },
            Broken::MixedLineEnds => CsvError::MixedLineEnds { line },
            Broken::TooManyColumns => CsvError::TooManyColumns { line },
            Broken::NeedsMore => CsvError::RowTooLong { row, line, limit: self.longest_row },
        }
    }
}

/// How many lines end in a text.
fn line_ends(text: &[u8], line_end: LineEnd) -> u64 {
    let byte = if line_end == LineEnd::Lf { b'\n' } else { b'\r' };
    memchr::memchr_iter(byte, text).count() as u64
}

impl<R> std::fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader(row {})", self.row)
    }
}
