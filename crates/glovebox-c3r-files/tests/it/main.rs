//! The commands as a person starts them: a process, files, an exit status.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod bad_input;
mod behaviour;
mod crash;
mod doctor;
mod keygen;
mod schema_verb;
mod vectors;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Base64 of the bytes 00 to 1f.
const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ID: &str = "12345678-90ab-cdef-1234-567890abcdef";
const ALL: &str = r#"{"allowCleartext":true,"allowDuplicates":true,
    "allowJoinsOnColumnsWithDifferentNames":true,"preserveNulls":true}"#;

/// How a command ended.
#[derive(Debug)]
struct Ended {
    status: i32,
    output: String,
    notes: String,
}

impl Ended {
    /// It went well.
    #[track_caller]
    fn well(&self) -> &Self {
        assert_eq!(self.status, 0, "{self:?}");
        self
    }

    /// It failed at run time and said all of this.
    #[track_caller]
    fn failed(&self, words: &[&str]) -> &Self {
        assert_eq!(self.status, 1, "{self:?}");
        for word in words {
            assert!(self.notes.contains(word), "{word:?} is not in {self:?}");
        }
        self
    }
}

/// A folder with files, and commands that run in it.
struct Room {
    folder: tempfile::TempDir,
    secret: Option<String>,
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder, secret: Some(SECRET.to_owned()) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// All names there, in order.
    fn names(&self) -> Vec<String> {
        names(self.folder.path())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_c3r-offline"));
        command.current_dir(self.folder.path()).args(arguments).env_clear();
        command.env("TMPDIR", self.path("tmp")).stdin(Stdio::null());
        if let Some(secret) = &self.secret {
            command.env("C3R_SHARED_SECRET", secret);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        ended(&self.command(arguments).output().unwrap())
    }

    /// `encrypt` with the given settings.
    fn encrypt(&self, input: &str, settings: &str, more: &[&str]) -> Ended {
        let fixed = ["encrypt", input, "-s", "schema.json", "--id", ID, "--settings", settings];
        self.run(&[&fixed[..], more].concat())
    }

    /// `decrypt` with the id of all.
    fn decrypt(&self, input: &str, more: &[&str]) -> Ended {
        self.run(&[&["decrypt", input, "--id", ID][..], more].concat())
    }
}

fn ended(output: &std::process::Output) -> Ended {
    Ended {
        status: output.status.code().unwrap_or(-1),
        output: String::from_utf8(output.stdout.clone()).unwrap(),
        notes: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Whole files that the Java client encrypted and decrypted; the library's tests read them, too.
fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../glovebox-c3r/tests/vectors/files")
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// A CSV file's header and its rows as they are written, in sorted order.
fn multiset(text: &str) -> (String, Vec<String>) {
    let mut records = Vec::new();
    let mut record = String::new();
    let mut is_quoted = false;
    for line in text.split_inclusive('\n') {
        record.push_str(line);
        let field_starts = record.split('"').count();
        // Both clients quote whole fields or nothing, and write no quote in an unquoted field of
        // more than one line.
        is_quoted = is_open(&record);
        if !is_quoted || field_starts == 0 {
            records.push(std::mem::take(&mut record));
        }
    }
    assert!(!is_quoted && record.is_empty(), "the file ends within a row");
    let header = records.remove(0);
    records.sort();
    (header, records)
}

/// Whether a quoted field of the record is not closed yet.
fn is_open(record: &str) -> bool {
    let mut chars = record.chars().peekable();
    let mut at_start = true;
    while let Some(c) = chars.next() {
        if at_start && c == '"' {
            loop {
                match chars.next() {
                    None => return true,
                    Some('"') if chars.next_if_eq(&'"').is_none() => break,
                    Some(_) => {}
                }
            }
            at_start = false;
        } else {
            at_start = c == ',' || c == '\n';
        }
    }
    false
}
