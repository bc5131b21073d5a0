//! Parquet files of the Java client, read with another reader than ours.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;
use serde_json::Value;

use super::{Case, cases, fault};
use crate::vectors::faults::Instead;

/// A table as text: names, and of each row the text of every column.
#[derive(Debug, PartialEq, Eq)]
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn table(path: &Path) -> Table {
    columns(path, |_| true)
}

/// Some columns of a table: theirs may hold text that is none.
fn columns(path: &Path, is_wanted: impl Fn(&str) -> bool) -> Table {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema();
    let fields: Vec<_> =
        schema.get_fields().iter().filter(|it| is_wanted(it.name())).cloned().collect();
    let names = fields.iter().map(|it| it.name().to_owned()).collect();
    let wanted = Type::group_type_builder(schema.name()).with_fields(fields).build().unwrap();
    let row = |row: parquet::record::Row| {
        row.into_columns().into_iter().map(|(_, field)| text(&field)).collect()
    };
    let rows = reader.get_row_iter(Some(wanted)).unwrap().map(|it| row(it.unwrap())).collect();
    Table { names, rows }
}

fn text(field: &Field) -> String {
    match field {
        Field::Null => "NULL".to_owned(),
        Field::Str(text) => format!("text {text}"),
        // Bytes without annotation, which --parquetBinaryAsString takes for text.
        Field::Bytes(bytes) if std::str::from_utf8(bytes.data()).is_ok() => {
            format!("text {}", String::from_utf8_lossy(bytes.data()))
        }
        other => other.to_string(),
    }
}

/// What the physical types of a file's columns are.
fn types(path: &Path) -> Vec<String> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let column = |it: &parquet::schema::types::ColumnDescPtr| {
        format!("{} {:?} {:?}", it.name(), it.physical_type(), it.logical_type_ref())
    };
    schema.columns().iter().map(column).collect()
}

impl Table {
    fn column(&self, name: &str) -> Vec<&str> {
        let at = self.names.iter().position(|it| it == name).unwrap();
        self.rows.iter().map(|it| it[at].as_str()).collect()
    }

    /// Rows in sorted order; fingerprints that are not sure are taken for random.
    fn multiset(&self, sure: &BTreeSet<String>) -> Vec<Vec<String>> {
        let cell = |it: &String| {
            let is_random = it.starts_with("text 02:hmac:") && !sure.contains(it);
            if is_random { "RANDOM".to_owned() } else { it.clone() }
        };
        let mut rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        rows.sort();
        rows
    }

    fn fingerprints(&self) -> BTreeSet<String> {
        let all = self.rows.iter().flatten();
        all.filter(|it| it.starts_with("text 02:hmac:")).cloned().collect()
    }
}

fn schema(case: &Case) -> Vec<Value> {
    let schema: Value = serde_json::from_str(&case.room.read("schema.json")).unwrap();
    schema["columns"].as_array().unwrap().clone()
}

fn target(column: &Value) -> String {
    let source = column["sourceHeader"].as_str().unwrap();
    match column["targetHeader"].as_str() {
        Some(target) => target.trim().to_lowercase(),
        None => format!("{source}_{}", column["type"].as_str().unwrap()).replace("_cleartext", ""),
    }
}

fn is_source(name: &str, column: &Value) -> bool {
    let source = column["sourceHeader"].as_str().unwrap();
    name.trim().to_lowercase() == source.trim().to_lowercase()
}

#[test]
fn parquet_files_of_the_java_client_decrypt_to_the_values_that_were_encrypted() {
    let mut looked_at = 0;
    for case in cases("parquet").iter().filter(|it| it.room.path("encrypted.parquet").exists()) {
        looked_at += 1;
        let ended = case.decrypt("encrypted.parquet", "ours.parquet");
        assert_eq!(ended.status, 0, "{}: {ended:?}", case.name);
        let ours = table(&case.room.path("ours.parquet"));
        let input = table(&case.room.path("input.parquet"));
        for column in schema(case).iter().filter(|it| it["type"] != "fingerprint") {
            let source = input.names.iter().find(|it| is_source(it, column)).unwrap();
            let target = target(column);
            let mut values = ours.column(&target);
            let mut expected = input.column(source);
            values.sort_unstable();
            expected.sort_unstable();
            let is_all_null = expected.iter().all(|it| *it == "NULL");
            assert!(is_all_null || values == expected, "{} {target}", case.name);
        }
        if case.room.path("decrypted.parquet").exists() {
            agrees_where_the_java_client_can(case, &ours);
        }
    }
    assert!(looked_at >= 10, "{looked_at}");
}

/// Text, fingerprints and cleartext are as the Java client decrypts them, row for row.
fn agrees_where_the_java_client_can(case: &Case, ours: &Table) {
    let our_types = types(&case.room.path("ours.parquet"));
    let their_types = types(&case.room.path("decrypted.parquet"));
    assert_eq!(our_types.len(), their_types.len(), "{}", case.name);
    let mut same = Vec::new();
    for (at, name) in ours.names.iter().enumerate() {
        // Where types differ, theirs is the raw bytes of a number in a column of text.
        if our_types[at] == their_types[at] {
            same.push(name.as_str());
        } else {
            let column = schema(case).into_iter().find(|it| target(it) == *name).unwrap();
            assert_eq!(column["type"], "sealed", "{} {name}: {}", case.name, our_types[at]);
        }
    }
    let theirs = columns(&case.room.path("decrypted.parquet"), |it| same.contains(&it));
    assert_eq!(theirs.names, same, "{}", case.name);
    assert_eq!(ours.rows.len(), theirs.rows.len(), "{}", case.name);
    for name in same {
        assert_eq!(ours.column(name), theirs.column(name), "{} {name}", case.name);
    }
}

#[test]
fn parquet_files_that_we_encrypt_are_those_of_the_java_client() {
    for case in cases("parquet").iter().filter(|it| it.status("encryptExit") == Some(0)) {
        for (encrypted, clear) in [("e1.parquet", "d1.parquet"), ("e2.parquet", "d2.parquet")] {
            let ended = case.encrypt(encrypted);
            assert_eq!(ended.status, 0, "{}: {ended:?}", case.name);
            case.decrypt(encrypted, clear).well();
        }
        case.decrypt("encrypted.parquet", "theirs.parquet").well();
        assert_eq!(
            types(&case.room.path("e1.parquet")),
            types(&case.room.path("encrypted.parquet")),
            "{}",
            case.name
        );
        let [first, second, theirs] =
            ["d1.parquet", "d2.parquet", "theirs.parquet"].map(|it| table(&case.room.path(it)));
        let sure = first.fingerprints().intersection(&second.fingerprints()).cloned().collect();
        assert_eq!(first.names, theirs.names, "{}", case.name);
        assert_eq!(first.multiset(&sure), theirs.multiset(&sure), "{}", case.name);
    }
}

#[test]
fn parquet_files_that_the_java_client_cannot_encrypt_come_back_whole() {
    let mut looked_at = 0;
    for case in cases("parquet") {
        let encrypts = fault(&case.name, |it| matches!(it, Instead::Encrypts).then_some(()));
        if encrypts.is_none() {
            continue;
        }
        looked_at += 1;
        case.encrypt("e.parquet").well();
        case.decrypt("e.parquet", "d.parquet").well();
        let ours = table(&case.room.path("d.parquet"));
        let input = table(&case.room.path("input.parquet"));
        for column in schema(&case).iter().filter(|it| it["type"] != "fingerprint") {
            let source = input.names.iter().find(|it| is_source(it, column)).unwrap();
            let name = target(column);
            let (mut values, mut expected) = (ours.column(&name), input.column(source));
            values.sort_unstable();
            expected.sort_unstable();
            assert_eq!(values, expected, "{} {name}", case.name);
        }
    }
    assert_eq!(looked_at, 2);
}
