//! Reads delimited text: RFC 4180 records, telling an empty field from a quoted empty one, and what
//! Hive's SerDes write.

use std::io::{BufRead, Read as _};
use std::ops::Range;

/// How text is split into fields, and which of them are NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) quote: Option<u8>,
    /// What takes the next byte as it is. With quotes, as opencsv has it: it acts within a field,
    /// before a quote or itself, and is left out elsewhere.
    pub(super) escape: Option<u8>,
    pub(super) nulls: Nulls,
    /// Whether a line may end between quotes.
    pub(super) has_long_records: bool,
    /// Lines before the first record.
    pub(super) skipped: usize,
    /// Whether the first record names the columns; else they go by their places.
    pub(super) has_header: bool,
}

/// Which fields are NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Nulls {
    /// Empty ones without quotes.
    Empty,
    /// None.
    Never,
    /// Those with exactly these bytes, nothing escaped.
    Text(Vec<u8>),
}

impl Dialect {
    /// Whether text is split as opencsv splits it.
    fn is_open(&self) -> bool {
        self.quote.is_some() && self.escape.is_some()
    }
}

impl Default for Dialect {
    /// RFC 4180 with a header.
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: Some(b'"'),
            escape: None,
            nulls: Nulls::Empty,
            has_long_records: true,
            skipped: 0,
            has_header: true,
        }
    }
}

/// A reader of records.
pub(super) struct Records<R> {
    input: R,
    dialect: Dialect,
    bytes: Vec<u8>,
    fields: Vec<Field>,
    started: bool,
}

struct Field {
    range: Range<usize>,
    is_null: bool,
}

/// Why reading stopped.
#[derive(Debug)]
pub(super) enum Fault {
    /// Not RFC 4180, or a record beyond the limits.
    Malformed,
    /// The disk said no.
    Disk(std::io::Error),
}

/// Bytes of a record at most.
pub(super) const MAX_RECORD_BYTES: usize = 16 << 20;
/// Columns of a table at most.
pub(super) const MAX_COLUMNS: usize = 1_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the first byte of a field.
    Start,
    /// In a field without quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// After a quote between quotes: the end, or half of a doubled one.
    Quote,
    /// After the end of a quoted field and a carriage return.
    Return,
    /// After an escape, outside of quotes or between them.
    Escape { quoted: bool },
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(input: R, dialect: &Dialect) -> Self {
        let mut dialect = dialect.clone();
        if dialect.is_open() && dialect.escape == dialect.quote {
            // A quote is no escape to opencsv: Hive then takes the usual one.
            dialect.escape = Some(b'\\');
        }
        Self { input, dialect, bytes: Vec::new(), fields: Vec::new(), started: false }
    }

    /// Reads the next record; `false` at the end. Empty lines are skipped if `skip_empty`.
    pub(super) fn advance(&mut self, skip_empty: bool) -> Result<bool, Fault> {
        loop {
            let more = self.record()?;
            let empty = self.fields.len() == 1 && self.field(0).is_none();
            if !(more && skip_empty && empty) {
                return Ok(more);
            }
        }
    }

    /// The number of fields of this record.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// The field at `index`: `None` when it is NULL, or not there.
    pub(super) fn field(&self, index: usize) -> Option<&[u8]> {
        let field = self.fields.get(index)?;
        if field.is_null { None } else { self.bytes.get(field.range.clone()) }
    }

    fn start(&mut self) -> Result<(), Fault> {
        self.started = true;
        if self.input.fill_buf().map_err(Fault::Disk)?.starts_with(MARK) {
            self.input.consume(MARK.len());
        }
        for _ in 0..self.dialect.skipped {
            let mut line = (&mut self.input).take(MAX_RECORD_BYTES as u64);
            line.skip_until(b'\n').map_err(Fault::Disk)?;
        }
        Ok(())
    }

    fn record(&mut self) -> Result<bool, Fault> {
        self.bytes.clear();
        self.fields.clear();
        if !self.started {
            self.start()?;
        }
        let (delimiter, quote, escape) =
            (self.dialect.delimiter, self.dialect.quote, self.dialect.escape);
        let is_open = self.dialect.is_open();
        let (mut state, mut start, mut quoted, mut any) = (State::Start, 0, false, false);
        loop {
            let chunk = self.input.fill_buf().map_err(Fault::Disk)?;
            if chunk.is_empty() {
                return self.end_of_input(state, start, quoted, any);
            }
            let (mut used, mut done, mut field) = (0, false, false);
            for &byte in chunk {
                used += 1;
                any = true;
                let (is_quote, is_escape) = (quote == Some(byte), escape == Some(byte));
                if let State::Escape { quoted } = state {
                    state = if quoted { State::Quoted } else { State::Plain };
                    // Hive splits lines first: nothing keeps a newline from ending one.
                    let acts = if is_open { is_quote || is_escape } else { byte != b'\n' };
                    if acts {
                        self.bytes.push(byte);
                        continue;
                    }
                }
                match (state, byte) {
                    (State::Start, _) if is_quote => (state, quoted) = (State::Quoted, true),
                    (State::Plain, _) if is_open && is_quote && is_blank(&self.bytes, start) => {
                        self.bytes.truncate(start);
                        (state, quoted) = (State::Quoted, true);
                    }
                    (State::Quoted, _) if is_quote => state = State::Quote,
                    // Not within a field yet.
                    (State::Start, _) if is_open && is_escape => {}
                    (State::Quoted | State::Start | State::Plain, _) if is_escape => {
                        // Kept until the field is whole: bytes that mean NULL may hold one.
                        self.bytes.extend((!is_open).then_some(byte));
                        state = State::Escape { quoted: state == State::Quoted };
                    }
                    (State::Quoted, b'\n') if !self.dialect.has_long_records => {
                        return Err(Fault::Malformed);
                    }
                    (State::Quoted, _) => self.bytes.push(byte),
                    (State::Quote, _) if is_quote => {
                        self.bytes.push(byte);
                        state = State::Quoted;
                    }
                    (State::Start | State::Plain | State::Quote, _) if byte == delimiter => {
                        field = true;
                        break;
                    }
                    (State::Start | State::Plain | State::Quote | State::Return, b'\n') => {
                        done = true;
                        break;
                    }
                    (State::Quote, b'\r') => state = State::Return,
                    (State::Start | State::Plain, _) => {
                        self.bytes.push(byte);
                        state = State::Plain;
                    }
                    (State::Quote | State::Return | State::Escape { .. }, _) => {
                        return Err(Fault::Malformed);
                    }
                }
            }
            self.input.consume(used);
            if self.bytes.len() > MAX_RECORD_BYTES || self.fields.len() > MAX_COLUMNS {
                return Err(Fault::Malformed);
            }
            if field {
                self.end_of_field(start, quoted);
                (state, start, quoted) = (State::Start, self.bytes.len(), false);
            }
            if done {
                self.end_of_record(start, quoted);
                return Ok(true);
            }
        }
    }

    fn end_of_input(
        &mut self,
        state: State,
        start: usize,
        quoted: bool,
        any: bool,
    ) -> Result<bool, Fault> {
        if matches!(state, State::Quoted | State::Escape { quoted: true }) {
            return Err(Fault::Malformed);
        }
        if any {
            self.end_of_record(start, quoted);
        }
        Ok(any)
    }

    fn end_of_record(&mut self, start: usize, quoted: bool) {
        if !quoted && self.bytes.len() > start && self.bytes.last() == Some(&b'\r') {
            self.bytes.pop();
        }
        self.end_of_field(start, quoted);
    }

    /// Takes the bytes from `start` on as a field, without its escapes.
    fn end_of_field(&mut self, start: usize, quoted: bool) {
        let raw = self.bytes.get(start..).unwrap_or_default();
        let is_null = !quoted
            && match &self.dialect.nulls {
                Nulls::Empty => raw.is_empty(),
                Nulls::Never => false,
                Nulls::Text(text) => raw == text.as_slice(),
            };
        let escape = self.dialect.escape.filter(|it| !self.dialect.is_open() && raw.contains(it));
        if let Some(escape) = escape {
            let mut bare = Vec::with_capacity(raw.len());
            let mut rest = raw.iter();
            while let Some(&byte) = rest.next() {
                let next = if byte == escape { rest.next() } else { None };
                // The last byte of a field escapes nothing, so it is one.
                bare.push(next.copied().unwrap_or(byte));
            }
            self.bytes.truncate(start);
            self.bytes.extend(bare);
        }
        self.fields.push(Field { range: start..self.bytes.len(), is_null });
    }
}

/// Whether a field that begins at `start` is white space so far.
fn is_blank(bytes: &[u8], start: usize) -> bool {
    bytes.get(start..).is_some_and(|it| it.trim_ascii().is_empty())
}

/// The mark that some programs put before UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests;
