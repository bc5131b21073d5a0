//! Every recorded file of the Java client: what it encrypted we decrypt, what we encrypt is the
//! same once decrypted, and its errors are ours, but where it is at fault.

mod faults;
mod parquet;

use std::collections::BTreeSet;

use serde_json::Value;

use self::faults::{FAULTS, Instead};
use super::{Ended, Room, files, multiset};

/// One recorded run.
struct Case {
    name: String,
    meta: Value,
    room: Room,
    ending: &'static str,
}

impl Case {
    fn open(name: &str) -> Self {
        let folder = files().join(name);
        let meta = std::fs::read_to_string(folder.join("meta.json")).unwrap();
        let meta: Value = serde_json::from_str(&meta).unwrap();
        let mut room = Room::new();
        for file in super::names(&folder) {
            std::fs::copy(folder.join(&file), room.path(&file)).unwrap();
        }
        room.secret = Some(meta["sharedSecretBase64"].as_str().unwrap().to_owned());
        let is_csv = room.path("input.csv").exists();
        let ending = if is_csv { "csv" } else { "parquet" };
        Self { name: name.to_owned(), meta, room, ending }
    }

    fn file(&self, stem: &str) -> String {
        format!("{stem}.{}", self.ending)
    }

    fn arguments(&self, of: &str) -> Vec<&str> {
        let list = self.meta[of].as_array();
        list.into_iter().flatten().map(|it| it.as_str().unwrap()).collect()
    }

    fn encrypt(&self, output: &str) -> Ended {
        let settings = self.meta["settings"].to_string();
        let more = [&["-o", output][..], &self.arguments("encryptArgs")].concat();
        self.room.encrypt(&self.file("input"), &settings, &more)
    }

    fn decrypt(&self, input: &str, output: &str) -> Ended {
        let more = [&["-o", output][..], &self.arguments("decryptArgs")].concat();
        self.room.decrypt(input, &more)
    }

    /// A status that was recorded, if that step was recorded at all.
    fn status(&self, of: &str) -> Option<i64> {
        self.meta[of].as_i64()
    }
}

/// What we do instead in a case, of what `take` asks for.
fn fault<T>(name: &str, take: impl Fn(&'static Instead) -> Option<T>) -> Option<T> {
    FAULTS.iter().filter(|it| it.case == name).find_map(|it| take(&it.instead))
}

/// All cases with this ending, in order.
fn cases(ending: &str) -> Vec<Case> {
    let all = super::names(&files());
    all.iter().map(|it| Case::open(it)).filter(|it| it.ending == ending).collect()
}

#[test]
fn every_recorded_file_is_looked_at() {
    assert_eq!(cases("csv").len() + cases("parquet").len(), 78);
    let known = super::names(&files());
    for fault in FAULTS {
        assert!(known.iter().any(|it| it == fault.case), "no case {}", fault.case);
        assert!(fault.reason.len() > 20, "{} needs a reason", fault.case);
    }
}

#[test]
fn csv_files_of_the_java_client_decrypt_to_the_same_bytes() {
    for case in cases("csv").iter().filter(|it| it.status("decryptExit").is_some()) {
        let ended = case.decrypt("encrypted.csv", "ours.csv");
        let instead = fault(&case.name, |it| match it {
            Instead::Decrypts(text) => Some(*text),
            _ => None,
        });
        if let Some(expected) = instead {
            ended.well();
            assert_eq!(case.room.read("ours.csv"), expected, "{}", case.name);
            continue;
        }
        if case.status("decryptExit") == Some(0) {
            assert_eq!(ended.status, 0, "{}: {ended:?}", case.name);
            let (ours, theirs) = (case.room.read("ours.csv"), case.room.read("decrypted.csv"));
            assert_eq!(ours, theirs, "{}", case.name);
            let warned = case.meta["decryptLog"].as_str().unwrap().contains("fingerprint");
            assert_eq!(ended.notes.contains("stay as they are"), warned, "{}", case.name);
        } else {
            ended.failed(&["column `", "row "]);
            assert!(!case.room.path("ours.csv").exists(), "{}", case.name);
        }
    }
}

#[test]
fn csv_files_that_we_encrypt_decrypt_to_the_same_rows() {
    for case in cases("csv").iter().filter(|it| it.status("encryptExit") == Some(0)) {
        let instead = fault(&case.name, |it| match it {
            Instead::RoundTrip(lines) => Some(*lines),
            _ => None,
        });
        if let Some(expected) = instead {
            case.encrypt("e.csv").well();
            case.decrypt("e.csv", "d.csv").well();
            let mut lines: Vec<_> = case.room.read("d.csv").lines().map(str::to_owned).collect();
            lines[1..].sort();
            assert_eq!(lines, expected, "{}", case.name);
            continue;
        }
        for output in ["e1.csv", "e2.csv"] {
            let ended = case.encrypt(output);
            assert_eq!(ended.status, 0, "{}: {ended:?}", case.name);
        }
        if !case.room.path("decrypted.csv").exists() {
            continue; // recorded without: its cleartext looks encrypted
        }
        for (input, output) in [("e1.csv", "d1.csv"), ("e2.csv", "d2.csv")] {
            case.decrypt(input, output).well();
        }
        let [first, second, theirs] =
            ["d1.csv", "d2.csv", "decrypted.csv"].map(|it| case.room.read(it));
        // Fingerprints of NULL are random: what is the same in two runs of ours is not.
        let sure: BTreeSet<&str> = fingerprints(&first).collect();
        let again: BTreeSet<&str> = fingerprints(&second).collect();
        let sure: BTreeSet<&str> = sure.intersection(&again).copied().collect();
        let ours = multiset(&without_random(&first, &sure));
        assert_eq!(ours, multiset(&without_random(&theirs, &sure)), "{}", case.name);
        let preserved = case.meta["settings"]["preserveNulls"] == true;
        let n_random = ours.1.concat().matches("RANDOM").count();
        assert!(!preserved || n_random == 0, "{}", case.name);
    }
}

/// All fingerprints of a CSV file.
fn fingerprints(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("02:hmac:").filter_map(|(at, _)| text.get(at..at + 52))
}

fn without_random(text: &str, sure: &BTreeSet<&str>) -> String {
    let mut out = text.to_owned();
    for fingerprint in fingerprints(text).filter(|it| !sure.contains(it)) {
        out = out.replace(fingerprint, "RANDOM");
    }
    out
}

/// What is said where the Java client fails, too.
const ERRORS: &[(&str, &[&str])] = &[
    ("err_bad_header", &["column 2 of `input.csv` has no valid name"]),
    ("err_cleartext_not_allowed", &["does not allow cleartext columns", "id, a"]),
    ("err_cleartext_too_long", &["row 1: target column `a`", "16384 bytes"]),
    ("err_dup_nulls", &["`a_f` holds NULL more than once (rows 1 and 2)"]),
    ("err_dup_target", &["schema.json", "two target columns are called"]),
    ("err_duplicates", &["`a_f` (rows 1 and 2)"]),
    (
        "err_fixed_too_small",
        &["row 1: target column `a_s`", "padded to 10 bytes and this one has 11"],
    ),
    (
        "err_fixed_zero_empty",
        &["row 1: target column `a_s`", "padded to 0 bytes and this one has 1"],
    ),
    ("err_missing_source", &["the input has no column `nope`"]),
    ("err_non_utf8", &["line 2 is not UTF-8"]),
    ("err_positional_column_count", &["places for 3 columns", "the input has 2"]),
    ("err_too_few", &["row 3 (line 4) has 1 fields, and the first line has 2"]),
    ("err_too_long_none", &["row 1: target column `a_s`", "16387 bytes"]),
    ("parquet_err_csv_option", &["--csvInputNULLValue is for CSV files"]),
    ("parquet_err_fingerprint_Db", &["DOUBLE have no fingerprints"]),
    ("parquet_err_fingerprint_De9", &["DECIMAL have no fingerprints"]),
    ("parquet_err_fingerprint_F", &["FLOAT have no fingerprints"]),
    ("parquet_err_fingerprint_Tus", &["TIMESTAMP have no fingerprints"]),
    ("parquet_err_positional", &["a Parquet file names its columns"]),
    ("parquet_unsupported_bin_sealed", &["can be left in cleartext, but not be encrypted"]),
    ("parquet_unsupported_i8_sealed", &["can be left in cleartext, but not be encrypted"]),
    ("parquet_unsupported_time_sealed", &["can be left in cleartext, but not be encrypted"]),
    ("parquet_unsupported_u32_sealed", &["can be left in cleartext, but not be encrypted"]),
    ("parquet_unsupported_u8_sealed", &["can be left in cleartext, but not be encrypted"]),
];

#[test]
fn what_the_java_client_refuses_we_refuse_with_place_and_reason() {
    let refused = |it: &Case| it.status("encryptExit") == Some(1);
    for case in cases("csv").into_iter().chain(cases("parquet")).filter(refused) {
        let output = case.file("ours");
        let before = case.room.names();
        let ended = case.encrypt(&output);
        let error = ERRORS.iter().find(|it| it.0 == case.name);
        let instead = fault(&case.name, |it| match it {
            Instead::Encrypts => Some(None),
            Instead::Refuses(words) => Some(Some(*words)),
            _ => None,
        });
        match (instead, error) {
            (Some(None), None) => {
                ended.well();
                continue;
            }
            (Some(Some(words)), None) => ended.failed(words),
            (None, Some((_, words))) => ended.failed(words),
            _ => panic!("{} must be in exactly one list: {ended:?}", case.name),
        };
        assert_eq!(case.room.names(), before, "{} left something behind", case.name);
        assert!(super::names(&case.room.path("tmp")).is_empty());
    }
}
