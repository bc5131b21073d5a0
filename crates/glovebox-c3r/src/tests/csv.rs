//! The dialect of CSV.

use super::{cases, faults};
use crate::csv::{CsvError, InputNull, Reader, Writer};

/// All rows of a file, the first too.
pub(super) fn rows(text: &str, null: InputNull) -> Result<Vec<Vec<Option<String>>>, CsvError> {
    read(Reader::new(text.as_bytes(), null))
}

fn read<R: std::io::Read>(mut reader: Reader<R>) -> Result<Vec<Vec<Option<String>>>, CsvError> {
    let mut rows = Vec::new();
    while let Some(record) = reader.read()? {
        let text = |it: &[u8]| String::from_utf8(it.to_vec()).expect("UTF-8");
        rows.push((0..record.len()).map(|n| record.get(n).map(text)).collect());
    }
    Ok(rows)
}

/// Gives a byte at a time, which is where buffers end.
struct Drops<'a>(&'a [u8]);

impl std::io::Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
        buffer[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

#[test]
fn files_are_read_as_the_java_client_reads_them() {
    let cases = cases(include_str!("../../tests/vectors/unit/csv_reader.json"));
    assert_eq!(cases.len(), 62);
    for case in cases {
        let input = case["input"].as_str().expect("text");
        if faults::is_fault("csv_reader", input) {
            continue;
        }
        for (option, expected) in case["byCsvInputNullValue"].as_object().expect("options") {
            let null = InputNull::of_option((option != "(unset)").then_some(option));
            let seen = rows(input, null.clone());
            let Some(expected_rows) = expected["rows"].as_array() else {
                let is_header_fault =
                    expected["error"].as_str().is_some_and(|it| it.contains("header"));
                assert!(seen.is_err() || is_header_fault, "{input:?}");
                continue;
            };
            let seen = seen.unwrap_or_else(|it| panic!("{input:?}: {it}"));
            let behind: Vec<_> = seen.iter().skip(1).map(|it| serde_json::json!(it)).collect();
            assert_eq!(&behind, expected_rows, "{input:?} {option:?}");
            let dripped = read(Reader::new(Drops(input.as_bytes()), null)).expect("rows");
            assert_eq!(dripped, seen, "{input:?}");
        }
        if let Some(raw) = case["decryptModeRawHeaders"].as_array() {
            let mut reader = Reader::new(input.as_bytes(), InputNull::Empty);
            // Java trims them in the end, but for what was in quotes.
            let header = reader.header().expect("a header");
            let raw: Vec<_> = raw.iter().map(|it| it.as_str().expect("text")).collect();
            let trimmed: Vec<_> = raw.iter().map(|it| it.trim()).collect();
            assert!(header == raw || header == trimmed, "{input:?}: {header:?}");
        }
    }
}

#[test]
fn files_are_written_as_the_java_client_writes_them() {
    let cases = cases(include_str!("../../tests/vectors/unit/csv_writer.json"));
    for case in &cases {
        let Some(lines) = case["cases"].as_array() else { continue };
        let writer = Writer::new(case["outputNullValue"].as_str(), 2);
        let mut header = Vec::new();
        writer.header(["c1", "c 2"].into_iter(), &mut header);
        assert_eq!(String::from_utf8(header).expect("UTF-8"), case["headerLine"]);
        for line in lines {
            let value = line["value"].as_str().map(str::as_bytes);
            let mut written = Vec::new();
            for column in 0..2 {
                writer.separate(column, &mut written);
                writer.field(column, value, &mut written);
            }
            writer.end_row(&mut written);
            let text = String::from_utf8(written).expect("UTF-8");
            assert_eq!(text, line["line"], "{} {}", case["outputNullValue"], line["value"]);
        }
    }
}

#[test]
fn a_row_whose_only_column_is_null_is_not_lost() {
    let writer = Writer::new(None, 1);
    let mut lines = Vec::new();
    for value in [Some(&b"x"[..]), None, Some(b""), Some(b"y")] {
        writer.field(0, value, &mut lines);
        writer.end_row(&mut lines);
    }
    let text = String::from_utf8(lines).expect("UTF-8");
    assert_eq!(text, "x\n\"\"\n\"\"\ny\n", "Java writes a blank line, which no reader sees");
    let seen = rows(&text, InputNull::Empty).expect("rows");
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[1], [None]);
}

#[test]
fn errors_say_the_true_row_and_line() {
    let text = "a,b\n# comment\n\n1,2\n\"x\ny\",3\n4\n";
    match rows(text, InputNull::Empty) {
        Err(CsvError::ColumnCount { row: 4, line: 7, expected: 2, found: 1 }) => {}
        other => panic!("{other:?}"),
    }
    let mut reader = Reader::new(text.as_bytes(), InputNull::Empty);
    reader.header().expect("a header");
    let place = |it: crate::csv::Record<'_>| (it.row(), it.line());
    assert_eq!(reader.read().expect("a row").map(place), Some((1, 4)));
    assert_eq!(reader.read().expect("a row").map(place), Some((2, 5)));
    assert_eq!(
        reader.read().unwrap_err().to_string(),
        "row 3 (line 7) has 1 fields, and the first line has 2"
    );
}

#[test]
fn what_is_not_utf_8_is_refused_with_its_line() {
    let mut text = b"a\nb\n".to_vec();
    text.extend_from_slice(b"\xff\n");
    let read = read(Reader::new(&*text, InputNull::Empty));
    assert!(matches!(read, Err(CsvError::NotUtf8 { line: 3 })), "{read:?}");
    let cut = "a\né".as_bytes();
    let read = self::read(Reader::new(&cut[..cut.len() - 1], InputNull::Empty));
    assert!(matches!(read, Err(CsvError::NotUtf8 { line: 2 })), "{read:?}");
}

#[test]
fn a_row_that_does_not_end_is_refused_and_not_kept_in_memory() {
    let text = format!("a\n\"{}", "x".repeat(3 << 20));
    let reader = Reader::new(text.as_bytes(), InputNull::Empty).with_longest_row(2 << 20);
    let read = read(reader);
    assert!(matches!(read, Err(CsvError::RowTooLong { row: 2, line: 2, .. })), "{read:?}");
    let long = format!("a\n{}\n", "x".repeat(1_500_000));
    let reader = Reader::new(long.as_bytes(), InputNull::Empty).with_longest_row(2 << 20);
    assert_eq!(self::read(reader).expect("rows")[1][0].as_deref().map(str::len), Some(1_500_000));
}

#[test]
fn what_is_written_is_read_again() {
    let odd =
        ["\u{b}x", "x\u{1f}", "\u{0}", " ", "#", "\"", "\"x", "a\"b", "\u{a0}", "\n", "x\r\n"];
    let writer = Writer::new(None, 2);
    let mut text = b"a,b\n".to_vec();
    for value in odd {
        for column in 0..2 {
            writer.separate(column, &mut text);
            writer.field(column, Some(value.as_bytes()), &mut text);
        }
        writer.end_row(&mut text);
    }
    let seen = rows(std::str::from_utf8(&text).expect("UTF-8"), InputNull::Empty).expect("rows");
    for (value, row) in odd.iter().zip(&seen[1..]) {
        assert_eq!(row, &[Some((*value).to_owned()), Some((*value).to_owned())]);
    }
}
