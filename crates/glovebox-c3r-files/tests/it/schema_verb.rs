//! Templates byte for byte, and conversations word for word, as the Java client has them.

use std::io::Write;
use std::process::Stdio;

use super::{ALL, Ended, Room, ended, vectors};

fn room() -> Room {
    let room = Room::new();
    for name in ["input.csv", "input2.csv", "list.parquet", "binary.parquet"] {
        std::fs::copy(vectors().join("schema_verb").join(name), room.path(name)).unwrap();
    }
    room
}

fn recorded(name: &str) -> String {
    std::fs::read_to_string(vectors().join("schema_verb").join(name)).unwrap()
}

fn talk(room: &Room, arguments: &[&str], typed: &str) -> Ended {
    let mut command = room.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that ends early does not read to the end.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    ended(&child.wait_with_output().unwrap())
}

#[test]
fn templates_are_those_of_the_java_client() {
    let room = room();
    let no_clear = ALL.replace("\"allowCleartext\":true", "\"allowCleartext\":false");
    for (name, input, more) in [
        ("template_headers", "input2.csv", &[][..]),
        ("template_noheaders", "input2.csv", &["--noHeaders"]),
        ("template_nocleartext", "input2.csv", &["--settings", &no_clear]),
        ("template_parquet_binary", "binary.parquet", &[]),
    ] {
        let file = format!("{name}.json");
        let line = [&["schema", input, "--template", "-o", &file][..], more].concat();
        room.run(&line).well();
        assert_eq!(room.read(&file), recorded(&file), "{name}");
    }
}

#[test]
fn conversations_are_those_of_the_java_client() {
    let room = room();
    for (name, more) in [("interactive_headers", &[][..]), ("interactive_noheaders", &["-p"])] {
        let file = format!("{name}.json");
        let line = [&["schema", "input2.csv", "-i", "-o", &file][..], more].concat();
        let ended = talk(&room, &line, &recorded(&format!("{name}.stdin")));
        assert_eq!(ended.well().output, recorded(&format!("{name}.log")), "{name}");
        assert_eq!(room.read(&file), recorded(&file), "{name}");
    }
}

#[test]
fn a_name_that_is_none_is_refused_and_nothing_is_written() {
    let room = room();
    let before = room.names();
    room.run(&["schema", "input.csv", "-t", "-o", "t_bad.json"])
        .failed(&["column 3 of `input.csv` has no valid name", "character 2"]);
    assert_eq!(room.names(), before);
}

#[test]
fn nested_columns_are_left_out_where_the_java_client_gives_up() {
    let room = room();
    room.run(&["schema", "list.parquet", "-t", "-o", "l.json"]).well();
    let schema = room.read("l.json");
    assert!(schema.contains("\"sourceHeader\": \"s\""), "{schema}");
    assert!(!schema.contains("lst"), "{schema}");
}

#[test]
fn a_schema_is_not_overwritten_unasked_and_an_unfinished_talk_writes_nothing() {
    let room = room();
    room.run(&["schema", "input2.csv", "-t"]).well();
    assert!(room.path("input2.csv.json").is_file());
    room.run(&["schema", "input2.csv", "-t"]).failed(&["it exists"]);
    room.run(&["schema", "input2.csv", "-t", "-f"]).well();
    let before = room.names();
    let ended = talk(&room, &["schema", "input2.csv", "-i", "-o", "new.json"], "1\nc\n");
    ended.failed(&["the input ended before all questions were answered"]);
    assert_eq!(room.names(), before);
}

#[test]
fn answers_that_make_no_sense_are_asked_for_again() {
    let room = room();
    room.write("one.csv", "a\nx\n");
    let typed = "-1\n99999\n2\n\nx\ns\n\nmaybe\ny\nx\nf\n\n20000\n9\nf\na_sealed\nn\nb\nn\n";
    let ended = talk(&room, &["schema", "one.csv", "-i", "-o", "one.json"], typed);
    for said in [
        "Expected an integer >= 0, but found -1.",
        "Expected an integer >= 0 and <= 1600.",
        "Expected a column type, but found no input.",
        "Expected a valid column type, but got `x`.",
        "Expected [y]es or [n]o, but got `maybe`.",
        "Expected a valid padding type, but got `x`.",
        "Expected an integer >= 0, but found no input.",
        "Expected an integer >= 0 and <= 10000.",
        "Expected a unique target header, but `a_sealed` has already been used in this schema.",
    ] {
        assert!(ended.output.contains(said), "{said:?} is not in {ended:?}");
    }
    let schema: serde_json::Value = serde_json::from_str(&room.read("one.json")).unwrap();
    assert_eq!(schema["columns"][0]["pad"], serde_json::json!({"type": "FIXED", "length": 9}));
    assert_eq!(schema["columns"][1]["targetHeader"], "b");
}
