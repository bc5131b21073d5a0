//! Inputs that are wrong get an error that says where and what to do, and no output.

use super::{ALL, ID, Room};

const SCHEMA: &str = r#"{"headerRow": true, "columns": [
    {"sourceHeader": "a", "targetHeader": "a", "type": "cleartext"},
    {"sourceHeader": "b", "targetHeader": "b", "type": "sealed", "pad": {"type": "none"}},
    {"sourceHeader": "b", "targetHeader": "f", "type": "fingerprint"}]}"#;

/// Three encrypted rows, in the order of the input's.
fn encrypted() -> (Room, Vec<String>) {
    let room = Room::new();
    room.write("schema.json", SCHEMA);
    room.write("in.csv", "a,b\n1,one\n2,two\n3,three\n");
    room.encrypt("in.csv", ALL, &["-o", "e.csv"]).well();
    let mut lines: Vec<_> = room.read("e.csv").lines().map(str::to_owned).collect();
    lines[1..].sort();
    (room, lines)
}

fn cell(line: &str) -> &str {
    line.split(',').nth(1).unwrap()
}

#[test]
fn damaged_cells_are_named_by_column_and_row() {
    let (room, lines) = encrypted();
    let whole = cell(&lines[2]).to_owned();
    let other = cell(&lines[3]).to_owned();
    let spliced = format!("{}{}", &whole[..50], &other[50..]);
    let flipped = {
        let mut bytes = whole.clone().into_bytes();
        let at = bytes.len() - 6;
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let before = room.names();
    for damaged in [
        whole[..whole.len() - 4].to_owned(),
        whole[..40].to_owned(),
        "02:enc:".to_owned(),
        format!("{}!", &whole[..whole.len() - 1]),
        whole.replace("02:enc:", "01:enc:"),
        spliced,
        flipped,
    ] {
        let text = lines.join("\n").replace(&whole, &damaged) + "\n";
        room.write("e.csv", text);
        let ended = room.decrypt("e.csv", &["-o", "d.csv"]);
        ended.failed(&["column `b`, row 2: "]);
        assert!(!ended.notes.contains(&damaged), "an error repeats a cell");
        assert_eq!(room.names(), before);
    }
}

#[test]
fn the_first_wrong_row_is_named_however_many_are_wrong() {
    let room = Room::new();
    let rows: String =
        (1..=20_000).map(|it| if it % 7_000 == 0 { "02:enc:AAAA\n" } else { "clear\n" }).collect();
    room.write("e.csv", format!("a\n{rows}"));
    for _ in 0..5 {
        room.decrypt("e.csv", &["-o", "d.csv"]).failed(&["column `a`, row 7000: "]);
    }
}

#[test]
fn fingerprints_can_be_forbidden() {
    let (room, _) = encrypted();
    room.decrypt("e.csv", &["-o", "d.csv", "--failOnFingerprintColumns"])
        .failed(&["column `f`, row 1", "fingerprints cannot be decrypted"]);
    assert!(!room.path("d.csv").exists());
}

#[test]
fn wrong_csv_is_named_by_line() {
    let (room, _) = encrypted();
    let before = room.names();
    for (content, words) in [
        (&b"a,b\n1,x\n2,\xff\n"[..], "line 3 is not UTF-8"),
        (b"a,b\n1,x\n2,\"open\n3,z\n", "ends inside of quotes, in row 2"),
        (b"a,b\n1,x\n2\n", "row 2 (line 3) has 1 fields, and the first line has 2"),
        (b"a,b\n1,x\n2,y,z\n", "row 2 (line 3) has 3 fields, and the first line has 2"),
        (b"", "has no header line"),
        (b"# only a comment\n", "has no header line"),
        (b"a,\n1,x\n", "column 2 of `in.csv` has no valid name"),
        (b"PAR1\0\0", "no column `a`"),
        (b"a,c\n1,x\n", "no column `b`"),
        (b"a,b,B\n1,x,y\n", "two columns that are both `b`"),
    ] {
        room.write("in.csv", content);
        room.encrypt("in.csv", ALL, &["-o", "new.csv"]).failed(&[words]);
        assert_eq!(room.names(), before);
    }
}

#[test]
fn values_that_are_too_long_are_named_by_row_and_column() {
    let (room, _) = encrypted();
    let long = "x".repeat(12_220);
    room.write("in.csv", format!("a,b\n1,x\n2,{long}\n"));
    let ended = room.encrypt("in.csv", ALL, &["-o", "new.csv"]);
    ended.failed(&["row 2: target column `b`", "16387 bytes"]);
    assert!(!ended.notes.contains("xxxx"), "an error repeats a value");
}

#[test]
fn wrong_schemas_are_named_by_place() {
    let (room, _) = encrypted();
    let before = room.names();
    for (content, words) in [
        ("{\n  \"headerRow\": true,\n  \"columns\": [}", "line 3"),
        (r#"{"headerRow": true}"#, "columns"),
        (r#"{"headerRow": true, "columns": []}"#, "must have 1 to 1600"),
        (
            r#"{"headerRow": true, "columns": [
                {"sourceHeader": "a", "type": "cleartext"},
                {"sourceHeader": "b", "targetHeader": "A", "type": "cleartext"}]}"#,
            "two target columns are called `a`",
        ),
        (
            r#"{"headerRow": true, "columns": [{"sourceHeader": "a", "type": "sealed"}]}"#,
            "columns[0]",
        ),
        (
            r#"{"headerRow": true, "columns": [{"sourceHeader": "a", "type": "shut"}]}"#,
            "columns[0].type",
        ),
    ] {
        room.write("schema.json", content);
        let ended = room.encrypt("in.csv", ALL, &["-o", "new.csv"]);
        ended.failed(&["the schema `schema.json` cannot be used", words]);
        assert_eq!(room.names(), before);
    }
}

#[test]
fn options_of_the_other_format_are_refused() {
    let (room, _) = encrypted();
    room.write("x.parquet", "not a Parquet file at all");
    for (input, option, words) in [
        ("in.csv", "--parquetBinaryAsString", "is for Parquet files"),
        ("x.parquet", "--csvInputNULLValue=x", "is for CSV files"),
        ("x.parquet", "--csvOutputNULLValue=x", "is for CSV files"),
        ("x.parquet", "-v", "x.parquet"),
    ] {
        room.encrypt(input, ALL, &["-o", "new", option]).failed(&[words]);
        assert!(!room.path("new").exists());
    }
    room.decrypt("x.parquet", &["-o", "new"]).failed(&["x.parquet"]);
}

#[test]
fn an_input_is_never_an_output() {
    let (room, _) = encrypted();
    let content = room.read("in.csv");
    room.encrypt("in.csv", ALL, &["-o", "in.csv", "-f"]).failed(&["the output is the input"]);
    room.encrypt("in.csv", ALL, &["-o", "./tmp/../in.csv", "-f"])
        .failed(&["the output is the input"]);
    room.encrypt("in.csv", ALL, &["-o", "schema.json", "-f"]).failed(&["the output is the input"]);
    room.decrypt("e.csv", &["-o", "e.csv", "-f"]).failed(&["the output is the input"]);
    room.run(&["schema", "in.csv", "-t", "-o", "in.csv", "-f"])
        .failed(&["the output is the input"]);
    assert_eq!(room.read("in.csv"), content);
}

#[test]
fn names_that_would_steer_a_terminal_are_shown_without() {
    let (room, _) = encrypted();
    let ended = room.decrypt("no\u{1b}[2Jsuch.csv", &["-o", "d.csv"]);
    ended.failed(&["such.csv"]);
    assert!(!ended.notes.contains('\u{1b}'));
    assert_eq!(room.run(&["decrypt", "e.csv", "--id", ID, "-o", "d.csv"]).status, 0);
}
