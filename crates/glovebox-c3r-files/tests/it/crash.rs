//! A command that is killed, or that runs out of disk, leaves nothing.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::{Child, Command, Stdio};

use super::{ALL, ID, Room, ended, names};

const SCHEMA: &str = r#"{"headerRow": true, "columns": [
    {"sourceHeader": "a", "targetHeader": "a", "type": "cleartext"},
    {"sourceHeader": "b", "targetHeader": "b", "type": "sealed", "pad": {"type": "none"}}]}"#;

/// A room in which `encrypt` or `decrypt` reads from a pipe, so that it waits where we want it.
fn room() -> Room {
    let room = Room::new();
    room.write("schema.json", SCHEMA);
    std::fs::create_dir(room.path("out")).unwrap();
    assert!(Command::new("mkfifo").arg(room.path("in.csv")).status().unwrap().success());
    room
}

/// Starts a command and feeds it rows until it keeps some on disk.
fn fed(room: &Room, arguments: &[&str], megabytes: usize) -> (Child, std::fs::File) {
    let mut command = room.command(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = OpenOptions::new().write(true).open(room.path("in.csv")).unwrap();
    pipe.write_all(b"a,b\n").unwrap();
    let row = format!("{},{}\n", "x".repeat(8_000), "y".repeat(192));
    for _ in 0..megabytes * 122 {
        pipe.write_all(row.as_bytes()).unwrap();
    }
    (child, pipe)
}

/// Files without a name that a process holds open in a folder.
fn nameless(child: &Child, folder: &std::path::Path) -> usize {
    let open = std::fs::read_dir(format!("/proc/{}/fd", child.id())).unwrap();
    let links = open.filter_map(|it| std::fs::read_link(it.ok()?.path()).ok());
    let folder = folder.canonicalize().unwrap();
    links
        .filter(|it| it.starts_with(&folder) && it.to_string_lossy().ends_with(" (deleted)"))
        .count()
}

#[test]
fn encrypt_leaves_nothing_when_it_is_killed() {
    for signal in ["KILL", "TERM", "INT", "HUP"] {
        let room = room();
        let line = [
            "encrypt",
            "in.csv",
            "-s",
            "schema.json",
            "--id",
            ID,
            "--settings",
            ALL,
            "-o",
            "out/e.csv",
        ];
        let (mut child, pipe) = fed(&room, &line, 40);
        // It has something to leave behind: rows that did not fit, and an output.
        assert_eq!(nameless(&child, &room.path("tmp")), 1, "{signal}");
        assert_eq!(nameless(&child, &room.path("out")), 1, "{signal}");
        kill(&child, signal);
        assert!(!child.wait().unwrap().success());
        drop(pipe);
        assert!(names(&room.path("out")).is_empty(), "{signal}");
        assert!(names(&room.path("tmp")).is_empty(), "{signal}");
    }
}

#[test]
fn decrypt_leaves_nothing_when_it_is_killed() {
    let room = room();
    let line = ["decrypt", "in.csv", "--id", ID, "-o", "out/d.csv"];
    let (mut child, pipe) = fed(&room, &line, 4);
    assert_eq!(nameless(&child, &room.path("out")), 1);
    kill(&child, "TERM");
    assert!(!child.wait().unwrap().success());
    drop(pipe);
    assert!(names(&room.path("out")).is_empty());
}

#[test]
fn an_old_output_stays_when_its_replacement_is_killed() {
    let room = room();
    room.write("out/d.csv", "old");
    let line = ["decrypt", "in.csv", "--id", ID, "-f", "-o", "out/d.csv"];
    let (mut child, pipe) = fed(&room, &line, 1);
    kill(&child, "KILL");
    assert!(!child.wait().unwrap().success());
    drop(pipe);
    assert_eq!(names(&room.path("out")), ["d.csv"]);
    assert_eq!(room.read("out/d.csv"), "old");
}

fn kill(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
}

#[test]
fn a_full_disk_is_an_error_that_names_the_file_and_leaves_nothing() {
    let room = Room::new();
    room.write("schema.json", SCHEMA);
    let rows: String = (0..4_000).map(|it| format!("{it},value of row {it}\n")).collect();
    room.write("in.csv", format!("a,b\n{rows}"));
    let before = room.names();
    // No file may have more than 64 blocks; the signal is ignored, so that writing fails.
    let limited = |arguments: &[&str]| {
        let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"";
        let mut command = room.command(&[]);
        let program = command.get_program().to_owned();
        let mut shell = Command::new("sh");
        shell.current_dir(room.folder.path()).args(["-c", script]).arg(program).args(arguments);
        shell
            .env_clear()
            .envs(command.env_remove("PATH").get_envs().filter_map(|(k, v)| Some((k, v?))));
        ended(&shell.output().unwrap())
    };
    let line = ["encrypt", "in.csv", "-s", "schema.json", "--id", ID, "--settings", ALL];
    limited(&line).failed(&["cannot write to `in.out.csv`", "make room there"]);
    assert_eq!(room.names(), before);

    room.encrypt("in.csv", ALL, &["-o", "e.csv"]).well();
    let before = room.names();
    limited(&["decrypt", "e.csv", "--id", ID, "-o", "d.csv"])
        .failed(&["cannot write to `d.csv`", "make room there"]);
    assert_eq!(room.names(), before);
}
