//! New secrets, and secrets in files.

use std::os::unix::fs::PermissionsExt;

use super::{ALL, ID, Room};

#[test]
fn keys_are_new_each_time_and_can_be_used() {
    let mut room = Room::new();
    let first = room.run(&["keygen"]);
    let second = room.run(&["keygen"]);
    assert_eq!(first.well().output.len(), 45);
    assert_ne!(first.output, second.output);
    room.secret = Some(first.output.trim_end().to_owned());
    room.write("i.csv", "a\nx\n");
    let pad = r#"{"type": "none"}"#;
    room.write(
        "schema.json",
        format!(
            r#"{{"headerRow": true, "columns": [
                {{"sourceHeader": "a", "type": "sealed", "pad": {pad}}}]}}"#
        ),
    );
    room.encrypt("i.csv", ALL, &["-o", "e.csv"]).well();
    room.decrypt("e.csv", &["-o", "d.csv"]).well();
    assert_eq!(room.read("d.csv"), "a_sealed\nx\n");
    room.secret = Some(second.output.trim_end().to_owned());
    room.decrypt("e.csv", &["-o", "d2.csv"]).failed(&["column `a_sealed`, row 1"]);
}

#[test]
fn a_key_file_is_for_its_owner_and_never_overwritten() {
    let mut room = Room::new();
    room.secret = None;
    room.run(&["keygen", "-o", "key"]).well();
    let mode = room.path("key").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = room.read("key");
    room.run(&["keygen", "-o", "key"]).failed(&["never overwritten"]);
    assert_eq!(room.read("key"), key);
    room.write("e.csv", "a\nx\n");
    let line = ["decrypt", "e.csv", "--id", ID, "--secret-file", "key", "-o"];
    room.run(&[&line[..], &["d.csv"]].concat()).well();
    for mode in [0o644, 0o640, 0o660, 0o604, 0o700] {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(room.path("key"), permissions).unwrap();
        room.run(&[&line[..], &["d2.csv"]].concat())
            .failed(&["is not taken as a secret", "chmod 600"]);
    }
    room.run(&["decrypt", "e.csv", "--id", ID, "--secret-file", "tmp", "-o", "d3.csv"])
        .failed(&["no ordinary file"]);
    room.run(&["decrypt", "e.csv", "--id", ID, "--secret-file", "nokey", "-o", "d3.csv"])
        .failed(&["nokey"]);
}
