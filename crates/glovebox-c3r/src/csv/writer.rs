//! Writing: when to quote, and what NULL is.

/// Writes rows of a CSV file, as the Java client does.
#[derive(Clone, Debug)]
pub struct Writer {
    null: [Vec<u8>; 2],
    empty: &'static [u8],
}

impl Writer {
    /// Rows with that many columns, in which NULL is that text (nothing, if there is none).
    ///
    /// A text with its own quotes is written as it is. If the text for NULL is blank, an empty
    /// string is `""`, and else nothing.
    ///
    /// In a file with one column, what would be nothing is `""`: readers skip blank lines, and the
    /// row would be lost.
    pub fn new(null: Option<&str>, n_columns: usize) -> Self {
        let text = null.unwrap_or_default();
        let is_quoted = text.len() >= 2 && text.starts_with('"') && text.ends_with('"');
        let mut written = [Vec::new(), Vec::new()];
        for (column, out) in written.iter_mut().enumerate() {
            if is_quoted {
                out.extend_from_slice(text.as_bytes());
            } else if !text.is_empty() {
                text_field(column, text.as_bytes(), out);
            }
        }
        let is_single = n_columns == 1;
        if is_single && text.is_empty() {
            written[0].extend_from_slice(b"\"\"");
        }
        let is_blank = text.trim().is_empty();
        Self { null: written, empty: if is_blank || is_single { b"\"\"" } else { b"" } }
    }

    /// Appends the comma before a column.
    pub fn separate(&self, column: usize, line: &mut Vec<u8>) {
        if column > 0 {
            line.push(b',');
        }
    }

    /// Appends a field, quoted if it must be.
    pub fn field(&self, column: usize, field: Option<&[u8]>, line: &mut Vec<u8>) {
        match field {
            None => line.extend_from_slice(&self.null[column.min(1)]),
            Some([]) => line.extend_from_slice(self.empty),
            Some(text) => text_field(column, text, line),
        }
    }

    /// Ends a row.
    pub fn end_row(&self, line: &mut Vec<u8>) {
        line.push(b'\n');
    }

    /// Appends a row of names.
    pub fn header<'h>(&self, names: impl Iterator<Item = &'h str>, line: &mut Vec<u8>) {
        for (column, name) in names.enumerate() {
            self.separate(column, line);
            self.field(column, Some(name.as_bytes()), line);
        }
        self.end_row(line);
    }
}

fn text_field(column: usize, text: &[u8], line: &mut Vec<u8>) {
    if !must_be_quoted(column, text) {
        line.extend_from_slice(text);
        return;
    }
    line.push(b'"');
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'"', rest) {
        line.extend_from_slice(&rest[..=at]);
        line.push(b'"');
        rest = &rest[at + 1..];
    }
    line.extend_from_slice(rest);
    line.push(b'"');
}

/// Besides what the Java client quotes: what begins or ends with a control character, which every
/// reader of this dialect would trim.
fn must_be_quoted(column: usize, text: &[u8]) -> bool {
    let is_trimmed = |it: Option<&u8>| it.is_some_and(|it| *it <= b' ');
    text.starts_with(b"\"")
        || column == 0 && text.starts_with(b"#")
        || is_trimmed(text.first())
        || is_trimmed(text.last())
        || text.iter().any(|it| matches!(it, b',' | b' ' | b'\t' | b'\n' | b'\r' | 0x0c))
}
