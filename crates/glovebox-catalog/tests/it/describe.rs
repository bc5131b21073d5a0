//! What a table is, and what cannot be one.

use std::os::unix::fs::symlink;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Int32Array, Int64Array, ListArray, RecordBatch, StringArray, TimestampNanosecondArray,
};
use datafusion::arrow::datatypes::Int32Type;
use glovebox_catalog::{Stop, TableLocation, Unavailable, describe, pin};
use glovebox_model::Column;
use tempfile::TempDir;

use crate::tables::{columns, location, parquet, root};

fn schema(columns: &[Column]) -> String {
    let text: Vec<_> = columns.iter().map(|it| format!("{} {}", it.name, it.kind)).collect();
    text.join(", ")
}

fn refused(files: &[(&str, &str)]) -> Unavailable {
    describe(&location(&root(files)), &Stop::default()).unwrap_err()
}

#[test]
fn csv_types_are_guessed_and_names_folded() {
    let dir = root(&[(
        "db/t.csv",
        "Id,Zip,Score,Day,At,Ok,None\n1,007,1.5,2026-01-01,2026-01-01 10:00:00,true,\n2,8,2,2026-01-02,2026-01-02T00:00:00Z,FALSE,\"\"\n",
    )]);
    assert_eq!(
        schema(&columns(&location(&dir))),
        "id bigint, zip string, score double, day date, at timestamp, ok boolean, none string"
    );
}

#[test]
fn ndjson_columns_come_in_the_order_of_their_first_appearance() {
    let dir = root(&[("db/t.ndjson", "{\"B\":1}\n\n{\"a\":\"1\",\"B\":2.5,\"c\":null}\n")]);
    assert_eq!(schema(&columns(&location(&dir))), "b double, a string, c string");
}

#[test]
fn hive_folders_become_partition_keys() {
    let dir = root(&[
        ("db/t/year=2025/Region=eu%2Fwest/a.csv", "x\n1\n"),
        ("db/t/year=2026/region=__HIVE_DEFAULT_PARTITION__/b.csv", "x\n2\n"),
        ("db/t/_SUCCESS", ""),
    ]);
    let described = describe(&location(&dir), &Stop::default()).unwrap();
    assert_eq!(schema(&described.columns), "x bigint");
    assert_eq!(schema(&described.partition_keys), "year bigint, region string");
}

#[test]
fn two_candidates_for_one_name_are_an_error() {
    let both = refused(&[("db/t.csv", "a\n1\n"), ("db/t.parquet", "")]);
    assert_eq!(both.to_string(), "two candidates for the table: `db/t.csv` and `db/t.parquet`");
    let folder = refused(&[("db/t.csv", "a\n1\n"), ("db/t/x.csv", "a\n1\n")]);
    assert!(matches!(folder, Unavailable::Ambiguous { .. }));
}

#[test]
fn names_that_climb_are_no_tables() {
    let dir = root(&[("db/t.csv", "a\n1\n"), ("secret.csv", "a\n1\n")]);
    for (database, table) in [("..", "t"), ("db", "../secret"), ("", "t"), ("db/..", "secret")] {
        let location = TableLocation::folder(dir.path(), database, table);
        assert_eq!(
            describe(&location, &Stop::default()),
            Err(Unavailable::BadLocation),
            "{database} {table}"
        );
    }
}

#[test]
fn links_fifos_and_strangers_are_refused() {
    let outside = root(&[("secret.csv", "a\n1\n")]);
    let secret = outside.path().join("secret.csv");

    let dir = root(&[("db/x", "")]);
    symlink(&secret, dir.path().join("db/t.csv")).unwrap();
    assert!(matches!(
        describe(&location(&dir), &Stop::default()),
        Err(Unavailable::NotRegular { .. })
    ));

    let dir = root(&[("db/t/a.csv", "a\n1\n")]);
    symlink(&secret, dir.path().join("db/t/b.csv")).unwrap();
    assert!(matches!(
        describe(&location(&dir), &Stop::default()),
        Err(Unavailable::NotRegular { .. })
    ));

    let dir = root(&[("db/t/a.csv", "a\n1\n")]);
    symlink(outside.path(), dir.path().join("db/t/k=1")).unwrap();
    assert!(matches!(
        describe(&location(&dir), &Stop::default()),
        Err(Unavailable::NotRegular { .. })
    ));

    let dir = TempDir::new().unwrap();
    symlink(outside.path(), dir.path().join("db")).unwrap();
    assert!(matches!(
        describe(&location(&dir), &Stop::default()),
        Err(Unavailable::NotRegular { .. })
    ));

    let dir = root(&[("db/x", "")]);
    let fifo = dir.path().join("db/t.csv");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    assert!(matches!(
        describe(&location(&dir), &Stop::default()),
        Err(Unavailable::NotRegular { .. })
    ));

    assert!(matches!(refused(&[("db/t/a.txt", "")]), Unavailable::Unexpected { .. }));
    assert!(matches!(refused(&[("db/t/plain/a.csv", "a\n")]), Unavailable::Unexpected { .. }));
    assert!(matches!(refused(&[("db/t/_SUCCESS", "")]), Unavailable::Empty { .. }));
    assert!(matches!(refused(&[("db/x.csv", "a\n")]), Unavailable::Missing { .. }));
    assert!(matches!(refused(&[("other/t.csv", "a\n")]), Unavailable::Missing { .. }));
}

#[test]
fn files_that_do_not_fit_together_are_refused() {
    for files in [
        [("db/t/a.csv", "a\n1\n"), ("db/t/b.ndjson", "{}\n")],
        [("db/t/a.csv", "a\n1\n"), ("db/t/b.csv", "b\n1\n")],
        [("db/t/a.csv", "a\n1\n"), ("db/t/b.csv", "a,b\n1,2\n")],
        [("db/t/a.csv", "a\n1\n"), ("db/t/k=1/b.csv", "a\n1\n")],
        [("db/t/k=1/a.csv", "a\n1\n"), ("db/t/j=1/b.csv", "a\n1\n")],
        [("db/t/k=1/a.csv", "a\n1\n"), ("db/t/k=%31/b.csv", "a\n1\n")],
    ] {
        let error = refused(&files);
        assert!(matches!(error, Unavailable::Mixed { .. }), "{files:?} {error}");
    }
    let dir = TempDir::new().unwrap();
    let batch = |column: ArrayRef| RecordBatch::try_from_iter([("a", column)]).unwrap();
    let table = dir.path().join("db/t");
    parquet(&table.join("a.parquet"), &batch(Arc::new(Int32Array::from(vec![1]))), 10);
    parquet(&table.join("b.parquet"), &batch(Arc::new(Int64Array::from(vec![1]))), 10);
    assert!(matches!(describe(&location(&dir), &Stop::default()), Err(Unavailable::Mixed { .. })));
}

#[test]
fn names_that_clash_when_folded_are_an_error() {
    for files in [
        ("db/t.csv", "Id,iD\n1,2\n"),
        ("db/t.ndjson", "{\"Id\":1,\"iD\":2}\n"),
        ("db/t/Id=1/a.csv", "id\n1\n"),
        ("db/t/a=1/A=2/x.csv", "id\n1\n"),
    ] {
        assert!(matches!(refused(&[files]), Unavailable::Clash { .. }), "{files:?}");
    }
    assert!(matches!(refused(&[("db/t.csv", "a,\n1,2\n")]), Unavailable::BadName { .. }));
    assert!(matches!(refused(&[("db/t.csv", "a,é\n1,2\n")]), Unavailable::BadName { .. }));
}

#[test]
fn nested_types_are_refused() {
    let nested = refused(&[("db/t.ndjson", "{\"a\":[1]}\n")]);
    assert!(matches!(nested, Unavailable::UnknownType { .. }));
    let dir = TempDir::new().unwrap();
    let list: ArrayRef =
        Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1)])]));
    let batch = RecordBatch::try_from_iter([("a", list)]).unwrap();
    parquet(&dir.path().join("db/t.parquet"), &batch, 10);
    assert!(matches!(
        describe(&location(&dir), &Stop::default()),
        Err(Unavailable::UnknownType { .. })
    ));
}

#[test]
fn files_that_are_not_what_they_say_are_corrupt() {
    for files in [
        ("db/t.parquet", ""),
        ("db/t.parquet", "PAR1 no footer \u{8}\u{0}\u{0}\u{0}PAR1"),
        ("db/t.parquet", "\u{1}\u{1}\u{1}\u{0}PAR1"),
        ("db/t.csv", ""),
        ("db/t.csv", "a\n\"open"),
        ("db/t.csv", "a,b\n1\n"),
        ("db/t.ndjson", "{\"a\":1}\nnot json\n"),
        ("db/t.ndjson", "[1]\n"),
    ] {
        assert!(matches!(refused(&[files]), Unavailable::Corrupt { .. }), "{files:?}");
    }
    assert!(matches!(refused(&[("db/t.ndjson", "\n")]), Unavailable::Empty { .. }));
    let deep = format!("{{\"a\":{}1{}}}\n", "[".repeat(10_000), "]".repeat(10_000));
    assert!(matches!(refused(&[("db/t.ndjson", &deep)]), Unavailable::Corrupt { .. }));
}

#[test]
fn a_footer_that_claims_too_much_is_refused_before_it_is_read() {
    let dir = root(&[("db/x", "")]);
    let mut bytes = b"PAR1".to_vec();
    bytes.extend_from_slice(&u32::MAX.to_le_bytes());
    bytes.extend_from_slice(b"PAR1");
    std::fs::write(dir.path().join("db/t.parquet"), bytes).unwrap();
    assert!(matches!(describe(&location(&dir), &Stop::default()), Err(Unavailable::Limit { .. })));
}

#[test]
fn parquet_types_are_told_in_glues_words() {
    let dir = TempDir::new().unwrap();
    let batch = RecordBatch::try_from_iter([
        ("Name", Arc::new(StringArray::from(vec!["x"])) as ArrayRef),
        ("n", Arc::new(Int32Array::from(vec![1]))),
        ("at", Arc::new(TimestampNanosecondArray::from(vec![1]).with_timezone("UTC"))),
    ]);
    parquet(&dir.path().join("db/t.parquet"), &batch.unwrap(), 10);
    assert_eq!(schema(&columns(&location(&dir))), "name string, n int, at timestamp");
}

#[test]
fn the_manifest_tells_a_replaced_file() {
    let dir = root(&[("db/t.csv", "a\n1\n")]);
    let before = pin(&location(&dir), &Stop::default()).unwrap().manifest().digest();
    assert_eq!(before, pin(&location(&dir), &Stop::default()).unwrap().manifest().digest());
    std::fs::write(dir.path().join("db/new"), "a\n2\n").unwrap();
    std::fs::rename(dir.path().join("db/new"), dir.path().join("db/t.csv")).unwrap();
    assert_ne!(before, pin(&location(&dir), &Stop::default()).unwrap().manifest().digest());
}
