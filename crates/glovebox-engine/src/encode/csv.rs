//! Results as CSV: RFC 4180 with a header and `\n` after every record.
//!
//! NULL is empty and unquoted, an empty string is quoted. Text is quoted when it holds a comma,
//! a quote, a carriage return or a line feed, or begins or ends with white space. Values are
//! written as Spark casts them to strings (`text.rs`).

use std::io::Write;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;

use super::parts::{Part, Parts, cause};
use super::text::Printer;
use crate::Cause;

/// Bytes gathered before they are written.
const BUFFER: usize = 64 << 10;

pub(super) fn write(
    parts: &mut Parts<'_>,
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<(), Cause> {
    let mut header = String::new();
    for (place, field) in schema.fields().iter().enumerate() {
        separate(&mut header, place);
        quoted(&mut header, field.name());
    }
    header.push('\n');
    let mut part = begin(parts, &header)?;
    let (mut record, mut cell) = (String::new(), String::new());
    for batch in batches {
        let printers: Vec<Printer> =
            batch.columns().iter().map(Printer::new).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            if parts.is_full(part.length()) {
                flush(&mut part, &mut record)?;
                parts.end(part)?;
                part = begin(parts, &header)?;
            }
            for (place, printer) in printers.iter().enumerate() {
                separate(&mut record, place);
                cell.clear();
                if printer.print(row, &mut cell) {
                    quoted(&mut record, &cell);
                }
            }
            record.push('\n');
            if record.len() >= BUFFER {
                flush(&mut part, &mut record)?;
            }
        }
    }
    flush(&mut part, &mut record)?;
    parts.end(part)
}

fn begin(parts: &Parts<'_>, header: &str) -> Result<Part, Cause> {
    let mut part = parts.begin()?;
    part.write_all(header.as_bytes()).map_err(|it| cause(&it))?;
    Ok(part)
}

fn flush(part: &mut Part, text: &mut String) -> Result<(), Cause> {
    part.write_all(text.as_bytes()).map_err(|it| cause(&it))?;
    text.clear();
    Ok(())
}

fn separate(record: &mut String, place: usize) {
    if place > 0 {
        record.push(',');
    }
}

fn quoted(record: &mut String, cell: &str) {
    let special = cell.is_empty()
        || cell.contains([',', '"', '\r', '\n'])
        || cell.starts_with(char::is_whitespace)
        || cell.ends_with(char::is_whitespace);
    if !special {
        record.push_str(cell);
        return;
    }
    record.push('"');
    record.push_str(&cell.replace('"', "\"\""));
    record.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_when_they_must_be() {
        let check = |cell: &str, expected: &str| {
            let mut record = String::new();
            quoted(&mut record, cell);
            assert_eq!(record, expected);
        };
        check("plain text", "plain text");
        check("", "\"\"");
        check("a,b", "\"a,b\"");
        check("a\"b", "\"a\"\"b\"");
        check("a\nb", "\"a\nb\"");
        check(" a", "\" a\"");
    }
}
