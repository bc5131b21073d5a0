//! Reads RFC 4180 records, telling an empty field from a quoted empty one.

use std::io::BufRead;
use std::ops::Range;

/// A reader of records.
pub(super) struct Records<R> {
    input: R,
    bytes: Vec<u8>,
    fields: Vec<Field>,
    started: bool,
}

struct Field {
    range: Range<usize>,
    quoted: bool,
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
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, bytes: Vec::new(), fields: Vec::new(), started: false }
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

    /// The field at `index`: `None` when it is empty and unquoted, or not there.
    pub(super) fn field(&self, index: usize) -> Option<&[u8]> {
        let field = self.fields.get(index)?;
        if field.range.is_empty() && !field.quoted {
            return None;
        }
        self.bytes.get(field.range.clone())
    }

    fn record(&mut self) -> Result<bool, Fault> {
        self.bytes.clear();
        self.fields.clear();
        if !self.started {
            self.started = true;
            if self.input.fill_buf().map_err(Fault::Disk)?.starts_with(MARK) {
                self.input.consume(MARK.len());
            }
        }
        let (mut state, mut start, mut quoted, mut any) = (State::Start, 0, false, false);
        loop {
            let chunk = self.input.fill_buf().map_err(Fault::Disk)?;
            if chunk.is_empty() {
                return self.end_of_input(state, start, quoted, any);
            }
            let (mut used, mut done) = (0, false);
            for &byte in chunk {
                used += 1;
                any = true;
                match (state, byte) {
                    (State::Start, b'"') => (state, quoted) = (State::Quoted, true),
                    (State::Quoted, b'"') => state = State::Quote,
                    (State::Quoted, _) => self.bytes.push(byte),
                    (State::Quote, b'"') => {
                        self.bytes.push(byte);
                        state = State::Quoted;
                    }
                    (State::Start | State::Plain | State::Quote, b',') => {
                        self.fields.push(Field { range: start..self.bytes.len(), quoted });
                        (state, start, quoted) = (State::Start, self.bytes.len(), false);
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
                    (State::Quote | State::Return, _) => return Err(Fault::Malformed),
                }
            }
            self.input.consume(used);
            if self.bytes.len() > MAX_RECORD_BYTES || self.fields.len() > MAX_COLUMNS {
                return Err(Fault::Malformed);
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
        if state == State::Quoted {
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
        self.fields.push(Field { range: start..self.bytes.len(), quoted });
    }
}

/// The mark that some programs put before UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    type Row = Vec<Option<String>>;

    fn rows(text: &[u8], buffer: usize) -> Result<Vec<Row>, Fault> {
        let mut records = Records::new(BufReader::with_capacity(buffer, text));
        let mut rows = Vec::new();
        while records.advance(true)? {
            let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
            rows.push((0..records.len()).map(|it| records.field(it).map(text)).collect());
        }
        Ok(rows)
    }

    fn check(text: &str, expected: &[&[Option<&str>]]) {
        let expected: Vec<Row> = expected
            .iter()
            .map(|row| row.iter().map(|it| it.map(str::to_owned)).collect())
            .collect();
        for buffer in [3, 4, 5, 7, 64] {
            assert_eq!(rows(text.as_bytes(), buffer).unwrap(), expected, "{text:?} {buffer}");
        }
    }

    #[test]
    fn an_empty_field_is_null_and_a_quoted_one_is_text() {
        check("a,,\"\"\n", &[&[Some("a"), None, Some("")]]);
        check(",\n", &[&[None, None]]);
        check("\"\"", &[&[Some("")]]);
    }

    #[test]
    fn quotes_commas_and_line_ends_of_all_kinds() {
        check(
            "\"a\"\"b\",\"c,\r\nd\"\r\n1,2",
            &[&[Some("a\"b"), Some("c,\r\nd")], &[Some("1"), Some("2")]],
        );
        check("a\r\n\r\n\nb\r", &[&[Some("a")], &[Some("b")]]);
        check("x\"y\"\n", &[&[Some("x\"y\"")]]);
        check("\u{feff}a,b\n", &[&[Some("a"), Some("b")]]);
        check("", &[]);
        check("\"a\"\r\n\"b\"", &[&[Some("a")], &[Some("b")]]);
    }

    #[test]
    fn what_is_not_rfc_4180_is_malformed() {
        for text in ["\"a", "\"a\"b\n", "\"a\"\rb"] {
            assert!(matches!(rows(text.as_bytes(), 4), Err(Fault::Malformed)), "{text:?}");
        }
    }
}
