//! Reading: right values, nothing unpinned, always to the end.

use std::collections::BTreeSet;
use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampNanosecondArray,
};
use expect_test::expect;
use glovebox_catalog::{Stop, Unavailable, pin};
use tempfile::TempDir;

use crate::tables::{Recorded, all, ask, columns, context, location, open, parquet, root};

fn numbers(count: i64) -> RecordBatch {
    RecordBatch::try_from_iter([
        ("ID", Arc::new(Int64Array::from_iter_values(0..count)) as ArrayRef),
        ("half", Arc::new(Float64Array::from_iter_values((0..count).map(|it| it as f64 / 2.0)))),
    ])
    .unwrap()
}

#[tokio::test]
async fn csv_oddities_are_read_as_they_are_meant() {
    let dir = root(&[(
        "db/t.csv",
        "\u{feff}Id,Text,Day\r\n1,\"a,\"\"b\"\"\r\nc\",2026-01-01\r\n2,,\r\n3,\"\",2026-02-30\r\n\r\nx, y ,2026-01-02",
    )]);
    let mut columns = columns(&location(&dir));
    columns[0].kind = "bigint".parse().unwrap();
    columns[2].kind = "date".parse().unwrap();
    let opened = all(pin(&location(&dir), &Stop::default()).unwrap(), &columns).unwrap();
    let sql = "select id, replace(replace(text, chr(13), '<CR>'), chr(10), '<LF>') as text, \
               text is null as n, day from t";
    let batches = context(&opened).sql(sql).await.unwrap().collect().await.unwrap();
    let text = datafusion::arrow::util::pretty::pretty_format_batches(&batches).unwrap();
    expect![[r#"
        +----+----------------+-------+------------+
        | id | text           | n     | day        |
        +----+----------------+-------+------------+
        | 1  | a,"b"<CR><LF>c | false | 2026-01-01 |
        | 2  |                | true  |            |
        | 3  |                | false |            |
        |    |  y             | false | 2026-01-02 |
        +----+----------------+-------+------------+"#]]
    .assert_eq(&text.to_string());
}

#[tokio::test]
async fn partition_values_stand_on_every_row() {
    let dir = root(&[
        ("db/t/year=2025/region=eu/a.csv", "x\n1\n2\n"),
        ("db/t/year=2026/region=__HIVE_DEFAULT_PARTITION__/b.csv", "x\n3\n"),
    ]);
    expect![[r#"
        +---+------+--------+
        | x | year | region |
        +---+------+--------+
        | 1 | 2025 | eu     |
        | 2 | 2025 | eu     |
        | 3 | 2026 |        |
        +---+------+--------+"#]]
    .assert_eq(&ask(&location(&dir), "select x, year, region from t order by x").await);
}

#[tokio::test]
async fn a_hundred_partitions_of_parquet_are_one_table() {
    let dir = TempDir::new().unwrap();
    for day in 0..100 {
        let path = dir.path().join(format!("db/t/day={day}/part-0.parquet"));
        parquet(&path, &numbers(50), 20);
    }
    let sql = "select count(*) as n, sum(id) as s, count(distinct day) as d, sum(day) as e from t";
    expect![[r#"
        +------+--------+-----+--------+
        | n    | s      | d   | e      |
        +------+--------+-----+--------+
        | 5000 | 122500 | 100 | 247500 |
        +------+--------+-----+--------+"#]]
    .assert_eq(&ask(&location(&dir), sql).await);
}

#[tokio::test]
async fn parquet_columns_come_by_folded_name_and_in_the_configured_types() {
    let dir = TempDir::new().unwrap();
    let batch = RecordBatch::try_from_iter([
        ("Name", Arc::new(StringArray::from(vec![Some("a"), None])) as ArrayRef),
        (
            "At",
            Arc::new(
                TimestampNanosecondArray::from(vec![1_767_225_600_123_456_789, 0])
                    .with_timezone("+02:00"),
            ),
        ),
    ]);
    parquet(&dir.path().join("db/t.parquet"), &batch.unwrap(), 10);
    expect![[r#"
        +----------------------------+------+
        | at                         | name |
        +----------------------------+------+
        | 2026-01-01T00:00:00.123456 | a    |
        | 1970-01-01T00:00:00        |      |
        +----------------------------+------+"#]]
    .assert_eq(&ask(&location(&dir), "select at, name from t").await);
}

#[tokio::test]
async fn empty_tables_have_no_rows() {
    let dir = root(&[("db/t.csv", "a,b\n")]);
    assert!(
        ask(&location(&dir), "select count(a) as n, count(*) as m from t")
            .await
            .contains("| 0 | 0 |")
    );
    let dir = TempDir::new().unwrap();
    parquet(&dir.path().join("db/t.parquet"), &numbers(0), 10);
    assert!(ask(&location(&dir), "select count(*) as n from t").await.contains("| 0 |"));
}

#[tokio::test]
async fn ndjson_values_of_another_type_are_null() {
    let dir = root(&[("db/t.ndjson", "{\"A\":1}\n{\"a\":2,\"b\":\"x\"}\n{}\n")]);
    let mut columns = columns_of_one(&dir);
    columns.push(glovebox_model::Column {
        name: glovebox_model::ColumnName::new("b").unwrap(),
        kind: "bigint".parse().unwrap(),
    });
    let opened = all(pin(&location(&dir), &Stop::default()).unwrap(), &columns).unwrap();
    let sql = "select count(*) as n, sum(a) as a, count(b) as b from t";
    let batches = context(&opened).sql(sql).await.unwrap().collect().await.unwrap();
    let text = datafusion::arrow::util::pretty::pretty_format_batches(&batches).unwrap();
    assert!(text.to_string().contains("| 3 | 3 | 0 |"), "{text}");
}

fn columns_of_one(_: &TempDir) -> Vec<glovebox_model::Column> {
    vec![glovebox_model::Column {
        name: glovebox_model::ColumnName::new("a").unwrap(),
        kind: "bigint".parse().unwrap(),
    }]
}

#[test]
fn a_schema_that_changed_since_it_was_configured_is_refused() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("db/t.parquet");
    parquet(&path, &numbers(3), 10);
    let configured = columns(&location(&dir));
    for changed in [
        RecordBatch::try_from_iter([("id", Arc::new(Int64Array::from(vec![1])) as ArrayRef)]),
        RecordBatch::try_from_iter([
            ("id", Arc::new(StringArray::from(vec!["1"])) as ArrayRef),
            ("half", Arc::new(Float64Array::from(vec![1.0]))),
        ]),
    ] {
        parquet(&path, &changed.unwrap(), 10);
        let opened = all(pin(&location(&dir), &Stop::default()).unwrap(), &configured);
        assert!(matches!(opened, Err(Unavailable::SchemaChanged { .. })));
    }
}

#[tokio::test]
async fn a_csv_file_that_lost_a_column_is_refused_even_if_it_is_not_read() {
    let dir = root(&[("db/t.csv", "a,b\n1,2\n")]);
    let configured = columns(&location(&dir));
    std::fs::write(dir.path().join("db/t.csv"), "a\n1\n").unwrap();
    let opened = all(pin(&location(&dir), &Stop::default()).unwrap(), &configured).unwrap();
    assert!(context(&opened).sql("select a from t").await.unwrap().collect().await.is_err());
    assert!(matches!(opened.reading.fault(), Some(Unavailable::SchemaChanged { .. })));
}

#[tokio::test]
async fn a_file_replaced_after_it_was_pinned_is_not_read() {
    let dir = root(&[("db/t.csv", "a\n1\n")]);
    let opened = open(&location(&dir)).unwrap();
    std::fs::write(dir.path().join("db/new"), "a\n2\n").unwrap();
    std::fs::rename(dir.path().join("db/new"), dir.path().join("db/t.csv")).unwrap();
    let error = context(&opened).sql("select a from t").await.unwrap().collect().await;
    assert!(error.unwrap_err().to_string().contains("changed while the query ran"));
    assert!(matches!(opened.reading.complete().await, Err(Unavailable::Changed { .. })));
}

#[tokio::test]
async fn a_file_edited_while_it_is_read_fails_the_query() {
    let dir = root(&[("db/t.csv", &format!("a\n{}", "1\n".repeat(2_000_000)))]);
    let opened = open(&location(&dir)).unwrap();
    let frame = context(&opened).sql("select a from t").await.unwrap();
    let mut stream = frame.execute_stream().await.unwrap();
    futures::StreamExt::next(&mut stream).await.unwrap().unwrap();
    let mut file =
        std::fs::OpenOptions::new().write(true).open(dir.path().join("db/t.csv")).unwrap();
    file.seek(SeekFrom::Start(2)).unwrap();
    file.write_all(b"7").unwrap();
    file.sync_all().unwrap();
    let rest: Vec<_> = futures::StreamExt::collect(stream).await;
    assert!(rest.iter().any(Result::is_err));
    assert!(matches!(opened.reading.fault(), Some(Unavailable::Changed { .. })));
}

#[tokio::test]
async fn a_corrupt_row_group_is_named_and_nothing_of_it_is_shown() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("db/t.parquet");
    parquet(&path, &numbers(100), 50);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 3;
    bytes[4..middle].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let opened = open(&location(&dir)).unwrap();
    let error =
        context(&opened).sql("select sum(id), sum(half) from t").await.unwrap().collect().await;
    assert!(error.is_err());
    let fault = opened.reading.fault().unwrap().to_string();
    assert!(fault.starts_with("`db/t.parquet` is corrupt in row group"), "{fault}");
}

/// What is read of `t` when the other member's table `o` has these rows.
async fn recorded(dir: &TempDir, others: Vec<i64>, sql: &str) -> BTreeSet<(String, u64, u64)> {
    let recorder = Arc::new(Recorded::default());
    let pinned = pin(&location(dir), &Stop::default()).unwrap();
    let columns = columns(&location(dir));
    let shown: Vec<_> = columns.iter().map(|it| it.name.clone()).collect();
    let opened = pinned.open(&columns, &shown, Some(recorder.clone())).unwrap();
    let context = context(&opened);
    let column: ArrayRef = Arc::new(Int64Array::from(others));
    let other = RecordBatch::try_from_iter([("v", column)]).unwrap();
    context.register_batch("o", other).unwrap();
    drop(context.sql(sql).await.unwrap().collect().await.unwrap());
    opened.reading.complete().await.unwrap();
    recorder.0.lock().unwrap().clone()
}

#[tokio::test]
async fn what_is_read_depends_on_columns_and_literals_and_never_on_limits_or_other_rows() {
    let dir = TempDir::new().unwrap();
    for file in 0..5 {
        parquet(&dir.path().join(format!("db/t/{file}.parquet")), &numbers(40_000), 5_000);
    }
    let whole = recorded(&dir, vec![], "select sum(id), count(half) from t").await;
    assert!(whole.len() > 40);
    for sql in [
        "select id, half from t limit 1",
        "select o.v, sum(half) from t join o on o.v = id group by 1",
        "select o.v, half from o join t on o.v = id limit 1",
        "select sum(half) from t where id in (select v from o)",
        "select sum(half) from t where id < (select min(v) from o)",
        "select id, half from t order by id limit 2",
    ] {
        for others in [vec![], vec![7], (0..1000).collect()] {
            let same = recorded(&dir, others.clone(), sql).await == whole;
            assert!(same, "{sql} with {} rows", others.len());
        }
    }
    // What a literal rules out is left out, whatever others have.
    for sql in [
        "select sum(half) from t join o on o.v = id where id < 3",
        "select sum(half) from t left join o on o.v = id where o.v < 2",
    ] {
        let few = recorded(&dir, vec![], sql).await;
        assert!(few.len() < whole.len() / 2, "{} of {}", few.len(), whole.len());
        assert_eq!(few, recorded(&dir, (0..1000).collect(), sql).await, "{sql}");
    }
}

#[tokio::test]
async fn a_stopped_reading_ends() {
    let dir = root(&[("db/t.csv", &format!("a\n{}", "1\n".repeat(3_000_000)))]);
    let opened = open(&location(&dir)).unwrap();
    let frame = context(&opened).sql("select a from t").await.unwrap();
    let mut stream = frame.execute_stream().await.unwrap();
    futures::StreamExt::next(&mut stream).await.unwrap().unwrap();
    opened.reading.stop();
    drop(stream);
    opened.reading.complete().await.unwrap();
}

#[tokio::test]
async fn the_example_tables_are_read() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/airlines");
    for (table, rows) in [("flights", 336_776), ("planes", 3_322)] {
        let location = glovebox_catalog::TableLocation::folder(&root, "data", table);
        let sql = "select count(*) as n, count(tailnum) as t from t";
        let answer = ask(&location, sql).await;
        assert!(answer.contains(&format!("| {rows} |")), "{table}: {answer}");
    }
}

/// A small generator, so that every run tries the same files.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[tokio::test]
async fn damaged_parquet_files_are_errors_or_rows_and_never_a_panic() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("db/t.parquet");
    let text: ArrayRef = Arc::new(StringArray::from_iter_values(
        (0..200).map(|it| format!("some text {}", it % 20)),
    ));
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from_iter_values(0..200)) as ArrayRef),
        ("text", text),
    ]);
    parquet(&path, &batch.unwrap(), 50);
    let configured = columns(&location(&dir));
    let good = std::fs::read(&path).unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15;
    let mut corrupt = 0;
    for _ in 0..150 {
        let mut bad = good.clone();
        for _ in 0..=next(&mut state) % 4 {
            let at = usize::try_from(next(&mut state)).unwrap() % bad.len();
            bad[at] = next(&mut state).to_le_bytes()[0];
        }
        if next(&mut state).is_multiple_of(8) {
            bad.truncate(usize::try_from(next(&mut state)).unwrap() % bad.len());
        }
        std::fs::write(&path, bad).unwrap();
        let Ok(opened) = all(pin(&location(&dir), &Stop::default()).unwrap(), &configured) else {
            corrupt += 1;
            continue;
        };
        let sql = "select count(id), sum(id % 1000), count(distinct text) from t";
        let answer = context(&opened).sql(sql).await.unwrap().collect().await;
        let complete = opened.reading.complete().await;
        assert_eq!(answer.is_err(), complete.is_err());
        corrupt += usize::from(answer.is_err());
    }
    assert!(corrupt > 30, "{corrupt}");
}

#[tokio::test]
async fn bytes_that_are_not_utf_8_are_a_fault_of_a_string_column_and_null_elsewhere() {
    let dir = root(&[("db/t.csv", "")]);
    std::fs::write(dir.path().join("db/t.csv"), b"n,word\n1,a\n\xff,caf\xe9\n").unwrap();
    let mut configured = columns(&location(&dir));
    configured[0].kind = "bigint".parse().unwrap();
    let opened = all(pin(&location(&dir), &Stop::default()).unwrap(), &configured).unwrap();
    let batches = context(&opened).sql("select n from t where n is null").await.unwrap();
    assert_eq!(batches.count().await.unwrap(), 1);
    assert!(context(&opened).sql("select word from t").await.unwrap().collect().await.is_err());
    let fault = opened.reading.fault().unwrap();
    assert_eq!(fault.to_string(), "the column `word` of `db/t.csv` holds text that is not UTF-8");
}

#[tokio::test]
async fn decimals_of_ndjson_keep_their_digits() {
    let lines = "{\"a\":12345678901234567890.123}\n{\"a\":0E-18}\n{\"a\":25e-1}\n";
    let dir = root(&[("db/t.ndjson", lines)]);
    let mut configured = columns(&location(&dir));
    configured[0].kind = "decimal(38,3)".parse().unwrap();
    let opened = all(pin(&location(&dir), &Stop::default()).unwrap(), &configured).unwrap();
    let batches = context(&opened).sql("select a from t").await.unwrap().collect().await.unwrap();
    let text = datafusion::arrow::util::pretty::pretty_format_batches(&batches).unwrap();
    expect![[r#"
        +--------------------------+
        | a                        |
        +--------------------------+
        | 12345678901234567890.123 |
        | 0.000                    |
        | 2.500                    |
        +--------------------------+"#]]
    .assert_eq(&text.to_string());
}
