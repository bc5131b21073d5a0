//! How text is split into records and fields.

use std::io::BufReader;

use super::*;

type Row = Vec<Option<String>>;

fn rows(text: &[u8], buffer: usize, dialect: &Dialect) -> Result<Vec<Row>, Fault> {
    let mut records = Records::new(BufReader::with_capacity(buffer, text), dialect);
    let mut rows = Vec::new();
    while records.advance(true)? {
        let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
        rows.push((0..records.len()).map(|it| records.field(it).map(text)).collect());
    }
    Ok(rows)
}

fn check(text: &str, expected: &[&[Option<&str>]]) {
    read(text, &Dialect::default(), expected);
}

fn read(text: &str, dialect: &Dialect, expected: &[&[Option<&str>]]) {
    let expected: Vec<Row> =
        expected.iter().map(|row| row.iter().map(|it| it.map(str::to_owned)).collect()).collect();
    for buffer in [3, 4, 5, 7, 64] {
        assert_eq!(rows(text.as_bytes(), buffer, dialect).unwrap(), expected, "{text:?} {buffer}");
    }
}

/// Hive's LazySimpleSerDe.
fn lazy() -> Dialect {
    Dialect {
        delimiter: b'|',
        quote: None,
        escape: Some(b'\\'),
        nulls: Nulls::Text(b"\\N".to_vec()),
        has_long_records: false,
        skipped: 1,
        has_header: false,
    }
}

/// Hive's OpenCSVSerde.
fn open() -> Dialect {
    Dialect {
        escape: Some(b'\\'),
        nulls: Nulls::Never,
        has_long_records: false,
        has_header: false,
        ..Dialect::default()
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
        assert!(
            matches!(rows(text.as_bytes(), 4, &Dialect::default()), Err(Fault::Malformed)),
            "{text:?}"
        );
    }
}

#[test]
fn what_hive_writes_is_read_as_hive_reads_it() {
    read(
        "a header\na|\\N||\"q\n1\\|2|\\\\N|x\\y\n",
        &lazy(),
        &[&[Some("a"), None, Some(""), Some("\"q")], &[Some("1|2"), Some("\\N"), Some("xy")]],
    );
    read("\"a\\\"b\",,\"c\"\"d\"\n", &open(), &[&[Some("a\"b"), Some(""), Some("c\"d")]]);
    assert!(matches!(rows(b"\"a\nb\"\n", 4, &open()), Err(Fault::Malformed)));
}

#[test]
fn an_escape_before_the_end_of_a_line_takes_no_row_with_it() {
    let lazy = Dialect { delimiter: b',', skipped: 0, ..lazy() };
    let expected: &[&[Option<&str>]] = &[&[Some("7"), Some("C:\\")], &[Some("8"), Some("D:x")]];
    read("7,C:\\\n8,D:\\x\n", &lazy, expected);
    read("7,C:\\\r\n8,D:\\x\r\n", &lazy, expected);
    read("7,C:\\", &lazy, &[&[Some("7"), Some("C:\\")]]);
    read(
        "7,C:\\\n8,D:\\x\n9\\",
        &open(),
        &[&[Some("7"), Some("C:")], &[Some("8"), Some("D:x")], &[Some("9")]],
    );
    assert!(matches!(rows(b"7,\"C:\\\n8\"\n", 4, &open()), Err(Fault::Malformed)));
    assert!(matches!(rows(b"7,\"C:\\", 4, &open()), Err(Fault::Malformed)));
}

#[test]
fn opencsv_escapes_quotes_and_escapes_and_leaves_other_escapes_out() {
    read("7,C:\\,42\n", &open(), &[&[Some("7"), Some("C:"), Some("42")]]);
    read("\"C:\\new\",a\\\\b,\\\"c,d\"\n", &open(), &[&[Some("C:new"), Some("a\\b"), Some("c,d")]]);
    read("a\\\"b,\"\\\\\"\n", &open(), &[&[Some("a\"b"), Some("\\")]]);
}

#[test]
fn opencsv_takes_no_quote_for_an_escape() {
    let open = Dialect { escape: Some(b'"'), ..open() };
    read("\"a\"\"b\",c\\\"d\n", &open, &[&[Some("a\"b"), Some("c\"d")]]);
}

#[test]
fn opencsv_leaves_blanks_before_a_quote_out() {
    read("1, \"Doe, John\",5\n", &open(), &[&[Some("1"), Some("Doe, John"), Some("5")]]);
    read("1, a \"b\",\t\"c\"\n", &open(), &[&[Some("1"), Some(" a \"b\""), Some("c")]]);
    check("1, \"2\"\n", &[&[Some("1"), Some(" \"2\"")]]);
}
