//! Exit statuses and files of the Java client's command line, one invocation after the other.

use serde_json::Value;

use super::{ALL, ID, Room, vectors};

/// What we do otherwise, or say otherwise, and why.
const OTHERWISE: &[(&str, i32, &str)] = &[
    // The name of the collaboration's room, not of the program, is what scripts check.
    ("no args", 2, "Usage: c3r-offline"),
    ("missing schema", 2, "--schema <FILE>"),
    ("bad uuid", 2, "five groups of hexadecimal digits"),
    ("no key", 1, "C3R_SHARED_SECRET is not set"),
    ("dry run needs key", 1, "C3R_SHARED_SECRET is not set"),
    ("bad key", 1, "the shared secret has 3 bytes"),
    ("input missing", 1, "nope.csv"),
    ("schema missing", 1, "nope.json"),
    ("schema empty", 1, "the schema is empty"),
    ("output exists", 1, "it exists"),
    ("output is directory", 1, "it is a folder"),
    ("unknown extension", 1, "say --fileFormat"),
    ("not a c3r collaboration", 1, "was not created for cryptographic computing"),
    ("unknown option", 2, "unexpected argument '--bogus'"),
    ("schema both modes", 2, "cannot be used with"),
    ("schema no mode", 2, "<--template|--interactive>"),
    ("schema noHeaders parquet", 1, "--noHeaders is for CSV"),
    ("schema interactive eof", 1, "the input ended before all questions were answered"),
    ("help", 2, "unrecognized subcommand 'help'"),
];

fn room() -> Room {
    let room = Room::new();
    room.write("i.csv", "a,b\nx,1\ny,2\n");
    room.write("i.dat", "a,b\nx,1\ny,2\n");
    room.write("exists.csv", "old");
    room.write("empty.json", "");
    std::fs::copy(vectors().join("schema_verb/binary.parquet"), room.path("x.parquet")).unwrap();
    room.write(
        "s.json",
        r#"{"headerRow": true, "columns": [
            {"sourceHeader": "a", "targetHeader": "a", "type": "cleartext"},
            {"sourceHeader": "b", "targetHeader": "b_s", "type": "sealed", "pad": {"type": "none"}},
            {"sourceHeader": "a", "targetHeader": "a_f", "type": "fingerprint"}]}"#,
    );
    room
}

#[test]
fn every_recorded_invocation_ends_as_with_the_java_client() {
    let cases = std::fs::read_to_string(vectors().join("cli_behaviour.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    let mut room = room();
    let mut unseen: Vec<&str> = OTHERWISE.iter().map(|it| it.0).collect();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let mut arguments: Vec<&str> =
            case["args"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let not_c3r = case["env"].get("C3R_ORACLE_SETTINGS").is_some();
        if arguments.first() == Some(&"encrypt") {
            let settings = if not_c3r { r#"{"collaboration":{"name":"x"}}"# } else { ALL };
            arguments.extend(["--settings", settings]);
        }
        let secret = match case["env"].get("C3R_SHARED_SECRET") {
            Some(Value::Null) => None,
            Some(other) => Some(other.as_str().unwrap().to_owned()),
            None => Some(super::SECRET.to_owned()),
        };
        room.secret = secret;
        let before = room.names();
        let ended = room.run(&arguments);
        assert_eq!(i64::from(ended.status), case["exit"].as_i64().unwrap(), "{name}: {ended:?}");
        if let Some((_, status, words)) = OTHERWISE.iter().find(|it| it.0 == name) {
            assert_eq!(ended.status, *status, "{name}");
            assert!(ended.notes.contains(words), "{name}: {ended:?}");
            unseen.retain(|it| *it != name);
        }
        if ended.status != 0 || name == "dry run" {
            assert_eq!(room.names(), before, "{name} left something behind");
        }
        assert_eq!(room.read("exists.csv"), "old");
    }
    assert!(unseen.is_empty(), "no such cases: {unseen:?}");
    for written in ["o_up.csv", "o_lo.csv", "o_sh.csv", "o4.dat", "i.out.csv", "i.out.out.csv"] {
        assert!(room.path(written).is_file(), "{written}");
    }
    assert!(room.path("i.csv.json").is_file());
}

#[test]
fn a_short_id_and_its_long_form_have_the_same_keys() {
    let room = room();
    let fixed = ["encrypt", "i.csv", "-s", "s.json", "--settings", ALL];
    room.run(&[&fixed[..], &["--id", "1-2-3-4-5", "-o", "e.csv"]].concat()).well();
    let long = "00000001-0002-0003-0004-000000000005";
    room.run(&["decrypt", "e.csv", "--id", long, "-o", "d.csv"]).well();
    assert!(room.read("d.csv").contains("x,1,02:hmac:"));
    room.run(&["decrypt", "e.csv", "--id", ID, "-o", "other.csv"])
        .failed(&["column `b_s`, row 1", "the secret or the collaboration's id"]);
    assert!(!room.path("other.csv").exists());
}

#[test]
fn a_summary_is_json_and_a_quiet_run_says_nothing() {
    let room = room();
    let quiet = ["encrypt", "i.csv", "-s", "s.json", "--id", ID, "--settings", ALL];
    let ended = room.run(&[&quiet[..], &["-o", "quiet.csv"]].concat());
    assert_eq!((ended.output.as_str(), ended.notes.as_str()), ("", ""));
    let ended = room.run(&[&quiet[..], &["-o", "e.csv", "--json"]].concat());
    let json: Value = serde_json::from_str(&ended.well().output).unwrap();
    assert_eq!(json["rows"], 2);
    assert_eq!(json["columns"]["fingerprint"], 1);
    let ended = room.run(&["decrypt", "e.csv", "--id", ID, "-o", "d.csv", "--json"]);
    let json: Value = serde_json::from_str(&ended.well().output).unwrap();
    assert_eq!(json["fingerprintColumns"][0], "a_f");
    assert!(ended.notes.contains("stay as they are: `a_f`"));
}

#[test]
fn a_dry_run_finds_what_a_run_would_and_writes_nothing() {
    let room = room();
    let dry = ["encrypt", "i.csv", "-s", "s.json", "--id", ID, "--settings", ALL, "--dry-run"];
    let before = room.names();
    let ended = room.run(&[&dry[..], &["--json"]].concat());
    let json: Value = serde_json::from_str(&ended.well().output).unwrap();
    assert_eq!((&json["rows"], &json["output"]), (&Value::from(2), &Value::Null));
    room.write("i.csv", "a,b\nx,1\nx,2\n");
    let none = ALL.replace("\"allowDuplicates\":true", "\"allowDuplicates\":false");
    let line = ["encrypt", "i.csv", "-s", "s.json", "--id", ID, "--settings", &none, "-n"];
    room.run(&line).failed(&["`a_f` (rows 1 and 2)"]);
    assert_eq!(room.names(), before);
    assert!(super::names(&room.path("tmp")).is_empty());
}
