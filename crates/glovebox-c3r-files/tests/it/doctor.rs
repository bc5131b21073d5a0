//! What the doctor says, and that it says no value.

use expect_test::expect;
use serde_json::Value;

use super::{ALL, Room};

/// 400 persons of four states, each with a city that tells the state.
fn room() -> Room {
    let room = Room::new();
    let mut csv = "mail,state,city,name,amount\n".to_owned();
    for n in 0..400 {
        let state = [0, 0, 0, 0, 1, 1, 2, 3][n % 8];
        let city = format!("city{}", state * 10 + n % 3);
        let name = if n % 50 == 0 { String::new() } else { "n".repeat(1 + n % 5) };
        csv.push_str(&format!("m{n}@x,state{state},{city},{name},{}\n", n % 7));
    }
    room.write("in.csv", csv);
    room.write(
        "schema.json",
        r#"{"headerRow": true, "columns": [
            {"sourceHeader": "mail", "targetHeader": "mail", "type": "fingerprint"},
            {"sourceHeader": "state", "targetHeader": "state", "type": "fingerprint"},
            {"sourceHeader": "city", "targetHeader": "city", "type": "cleartext"},
            {"sourceHeader": "name", "targetHeader": "name", "type": "sealed", "pad": {"type": "none"}},
            {"sourceHeader": "name", "targetHeader": "padded", "type": "sealed", "pad": {"type": "max", "length": 8}},
            {"sourceHeader": "amount", "targetHeader": "amount", "type": "cleartext"}]}"#,
    );
    room
}

#[test]
fn what_would_leak_is_said_with_remedies_and_without_values() {
    let room = room();
    let ended = room.run(&["doctor", "schema.json", "in.csv", "--settings", ALL]);
    assert_eq!(ended.status, 1);
    expect![[r#"
        400 rows

        warning[low-entropy]: `state` has 4 different values of 1.8 bits in 400 rows: equal values look equal, so that who knows how frequent they are in the world knows which is which
             1 ################################ 200 (50.0 %)
             2 ################                 100 (25.0 %)
             3 ########                         50 (12.5 %)
             4 ########                         50 (12.5 %)
          help: fingerprint only what identifies persons, such as addresses of mail; seal the rest, or join it to something with more values

        warning[pad-none]: `name` is not padded: the length of every value can be seen (5 different lengths)
          help: pad to a fixed length, or to the longest value (max)

        warning[null-pattern]: `name` holds NULL in 8 of 400 rows: it can be seen in which
          help: give those rows a value, or use a collaboration with preserveNulls false

        warning[null-pattern]: `padded` holds NULL in 8 of 400 rows: it can be seen in which
          help: give those rows a value, or use a collaboration with preserveNulls false

        warning[cross-name-joins]: equal values have equal fingerprints in all 2 fingerprint columns, and in those of other tables: a value that is known in one column is known in all
          help: use a collaboration that joins columns of one name alone, or fewer fingerprints

        warning[cleartext-tells]: `city` is cleartext and tells `state` in 100.0 % of rows
          help: leave the cleartext column out, or make it coarser

        note[max-padding]: `padded` is padded to its longest value and 8 more: the length of the longest value can be seen, and when the table is uploaded again it can be seen how that changed
          help: for tables that are uploaded again and again, pad to a fixed length

        Always visible: names, number and order of columns, the number of rows, and
        which rows join. Who holds the shared secret can open every sealed cell, and
        try guesses against every fingerprint.
    "#]]
    .assert_eq(&ended.output);
    for value in ["state0", "city10", "m7@x", "nnn"] {
        assert!(!ended.output.contains(value), "{value} is shown");
    }
}

#[test]
fn values_are_shown_when_asked_for() {
    let room = room();
    let ended = room.run(&["doctor", "schema.json", "in.csv", "--show-values"]);
    assert!(ended.output.contains("200 (50.0 %)  state0"), "{}", ended.output);
}

#[test]
fn json_has_findings_and_counts() {
    let room = room();
    let ended = room.run(&["doctor", "schema.json", "in.csv", "--json"]);
    let report: Value = serde_json::from_str(&ended.output).unwrap();
    assert_eq!(report["rows"], 400);
    let kinds: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["weight"].as_str().unwrap(), it["kind"].as_str().unwrap()))
        .collect();
    assert!(kinds.contains(&("warning", "low-entropy")), "{kinds:?}");
    assert!(kinds.contains(&("note", "cross-name-joins")), "settings are not known: {kinds:?}");
    let state = &report["columns"][1];
    assert_eq!((&state["distinct"], &state["mostFrequent"][0]["count"]), (&4.into(), &200.into()));
    assert!(!ended.output.contains("state0"));
}

#[test]
fn a_table_that_gives_nothing_away_has_nothing_said_of_it() {
    let room = Room::new();
    let rows: String = (0..100).map(|it| format!("m{it}@x\n")).collect();
    room.write("in.csv", format!("mail\n{rows}"));
    room.write(
        "schema.json",
        r#"{"headerRow": true, "columns": [
            {"sourceHeader": "mail", "targetHeader": "mail", "type": "fingerprint"}]}"#,
    );
    let none = ALL.replace("true", "false");
    let ended = room.run(&["doctor", "schema.json", "in.csv", "--settings", &none]);
    assert!(ended.well().output.contains("nothing to warn of"));
}

#[test]
fn what_encrypt_would_refuse_is_foretold() {
    let room = room();
    let none = ALL.replace("true", "false");
    let ended = room.run(&["doctor", "schema.json", "in.csv", "--settings", &none]);
    for said in ["`state` holds values more than once", "`city` is cleartext, and allowCleartext"] {
        assert!(ended.output.contains(said), "{said:?} is not in {}", ended.output);
    }
    assert!(room.encrypt("in.csv", &none, &["-o", "e.csv"]).status == 1);
    let clear = none.replace("\"allowCleartext\":false", "\"allowCleartext\":true");
    room.encrypt("in.csv", &clear, &["-o", "e.csv"]).failed(&["`state` (rows 1 and 2)"]);
}
