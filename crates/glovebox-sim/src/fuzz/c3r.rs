//! What encrypts and decrypts columns reads files of strangers: cells, CSV, schemas.

use std::io::Read;

use glovebox_c3r::csv::{CsvError, InputNull, Reader, Writer};
use glovebox_c3r::{CellKind, CollaborationId, Keys, Opened, Opener, Schema, Secret, Value};

pub(super) const CELLS: &[&str] =
    &["02:enc:", "02:hmac:", "01:enc:", "foxenc:", "=", "==", "AAAA", "+", "/", "\n", "\u{0}"];

pub(super) const CSV: &[&str] = &[
    ",", "\"", "\"\"", "\n", "\r\n", "\r", "#", " ", "\t", "\u{0}", "\u{feff}", "\u{a0}", "\u{1a}",
    "NULL", "\"x\" y", "\"a\nb\"", "\\",
];

pub(super) const SCHEMA: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "'",
    "//",
    "/*",
    "*/",
    "#",
    "null",
    "true",
    "headerRow",
    "columns",
    "sourceHeader",
    "targetHeader",
    "type",
    "pad",
    "length",
    "sealed",
    "fingerprint",
    "cleartext",
    "fixed",
    "max",
    "none",
    "10000",
    "1e400",
    "-0",
    "\\ud800",
    "\u{feff}",
];

/// Bytes 0 to 31, and the collaboration of the vectors.
fn keys() -> Result<Keys, String> {
    let secret: Vec<u8> = (0..32).collect();
    let secret = Secret::from_bytes(secret.into()).map_err(|it| it.to_string())?;
    let id: CollaborationId =
        "12345678-90ab-cdef-1234-567890abcdef".parse().map_err(|_no| "no id".to_owned())?;
    Ok(Keys::new(&secret, &id))
}

pub(super) fn cells() -> Vec<Vec<u8>> {
    [
        "02:enc:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh/ZDHS5uawKmhPUHcM+yq2lORqPbO4LcAHMtubpnZSoJMXS",
        "02:enc:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh/ZDHS5uawKmhPUHcM4q8/GORqop81K7UcDrlTWMZyAXfuAaPdQJhM=",
        "02:hmac:bytBH1W6rQ830VwyaRxhJdnRO3WOwOqv1a73DcFM5Mg=",
        "\u{16}\u{1}\u{0}\u{0}\u{0}\u{1}\u{0}\u{0}\u{1}85b2b9",
        "\u{c}\u{0}\u{0}\u{0}\u{5}\u{0}\u{0}\u{0}\u{2}123.45",
        "\u{2}abc",
    ]
    .map(|it| it.as_bytes().to_vec())
    .to_vec()
}

/// A cell opens only if nobody changed it; a payload has one form.
pub(super) fn cell(input: &[u8]) -> Result<bool, String> {
    if let Ok(value) = Value::decode(input) {
        let mut again = Vec::new();
        value.encode(&mut again).map_err(|it| it.to_string())?;
        if again != input || value.payload_length() != input.len() {
            return Err("a payload has two forms".to_owned());
        }
        let _ = value.write_text(&mut again);
    }
    let keys = keys()?;
    let mut opener = Opener::new(&keys, false);
    match opener.open(input) {
        Ok(Opened::Value(_)) if cells().iter().any(|it| it == input) => Ok(true),
        Ok(Opened::Value(_)) => Err("a cell opens that nobody sealed".to_owned()),
        Ok(Opened::Fingerprint(_) | Opened::Cleartext(_)) => Ok(true),
        Err(_) if CellKind::of(input) == CellKind::Cleartext => {
            Err("cleartext is refused".to_owned())
        }
        Err(_) => Ok(false),
    }
}

pub(super) fn files() -> Vec<Vec<u8>> {
    [
        "a,b\n1,2\n\"x\ny\",\"q\"\"u\"\n",
        "a,b\r\n\"x\r\ny\",\r\n , \r\n#c\r\n\r\n",
        "a\r1\r\"2\"\r",
        "a,b\n\"x\" y,\"\"z\n",
    ]
    .map(|it| it.as_bytes().to_vec())
    .to_vec()
}

type Rows = Vec<Vec<Option<Vec<u8>>>>;

fn rows(file: impl Read, null: &InputNull) -> Result<Rows, CsvError> {
    let mut reader = Reader::new(file, null.clone()).with_longest_row(1 << 20);
    let mut rows = Vec::new();
    while let Some(record) = reader.read()? {
        rows.push((0..record.len()).map(|n| record.get(n).map(<[u8]>::to_vec)).collect());
    }
    Ok(rows)
}

/// Gives a few bytes at a time, which is where buffers end.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.0.len().min(buffer.len()).min(3);
        let (first, rest) = self.0.split_at(n);
        buffer[..n].copy_from_slice(first);
        self.0 = rest;
        Ok(n)
    }
}

/// Rows do not depend on where a buffer ends, and what is written of them is read again.
pub(super) fn file(input: &[u8]) -> Result<bool, String> {
    for null in [InputNull::Empty, InputNull::Unquoted, InputNull::Text("NULL".to_owned())] {
        let whole = rows(input, &null);
        match (&whole, rows(Drops(input), &null)) {
            (Ok(whole), Ok(dripped)) if *whole == dripped => {}
            // Bytes that are not UTF-8 are found when they are read, so errors may differ.
            (Err(_), Err(_)) => {}
            _ => return Err("rows depend on where a buffer ends".to_owned()),
        }
        let Ok(whole) = whole else { return Ok(false) };
        let Some(n_columns) = whole.first().map(Vec::len) else { return Ok(false) };
        if null != InputNull::Unquoted {
            continue;
        }
        let writer = Writer::new(None, n_columns);
        // As in every file of ours a header comes first, whose line end is that of the file.
        let header = vec![Some(b"h".to_vec()); n_columns];
        let mut text = Vec::new();
        for row in std::iter::once(&header).chain(&whole) {
            for (column, field) in row.iter().enumerate() {
                writer.separate(column, &mut text);
                writer.field(column, field.as_deref(), &mut text);
            }
            writer.end_row(&mut text);
        }
        let mut again = rows(&*text, &null).map_err(|it| format!("what was written: {it}"))?;
        again.remove(0);
        // A row of one NULL is written as an empty string: see `Writer`.
        if again != whole && !(n_columns == 1 && again.len() == whole.len()) {
            return Err("what was written is read as something else".to_owned());
        }
    }
    Ok(true)
}

pub(super) fn schemas() -> Vec<Vec<u8>> {
    [
        r#"{"headerRow": true, "columns": [{"sourceHeader": "A", "targetHeader": "b", "type": "sealed", "pad": {"type": "max", "length": 10}}, {"sourceHeader": "c", "type": "fingerprint"}]}"#,
        "// x\n{headerRow: false, columns: [[], null, [{'targetHeader': 'a', type: cleartext}]]}",
    ]
    .map(|it| it.as_bytes().to_vec())
    .to_vec()
}

/// A schema that is read is written, and read again as the same.
pub(super) fn schema(input: &[u8]) -> Result<bool, String> {
    let Ok(schema) = Schema::parse(input) else { return Ok(false) };
    match Schema::parse(schema.to_json().as_bytes()) {
        Ok(again) if again == schema => Ok(true),
        Ok(_) => Err("a schema that was written is read as another".to_owned()),
        Err(it) => Err(format!("a schema that was written is refused: {it}")),
    }
}
