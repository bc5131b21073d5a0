//! One suite for all sources: the same table read through each of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::{SessionConfig, SessionContext};
use glovebox_catalog::{Stop, TableLocation, Unavailable, arrow_type, check_cells, describe, pin};
use glovebox_model::{Column, ColumnName, ColumnType, EncryptedKind, Encryption, TableSchema};
use tempfile::TempDir;

use crate::people;
use crate::store::{keys, objects, reach, serve, table};
use crate::tables::parquet;

/// Queries whose answers must not depend on the source. What they filter by is pushed down where
/// a source takes it.
const QUERIES: [&str; 16] = [
    "select * from t order by id",
    "select name, id from t where id >= 990 order by id",
    "select count(*) from t",
    "select count(name), sum(amount), min(born), max(seen) from t",
    "select id from t where name = 'Zoë 40' order by id",
    "select id from t where name = '' order by id",
    "select id from t where name in ('plain 4', 'a \"quoted\" 6', 'nobody') order by id",
    "select id from t where name is null and id < 100 order by id",
    "select count(*) from t where score is not null and active",
    "select id from t where amount = 1.02 or amount > 9000 order by id",
    "select id from t where amount > cast(9400 as decimal(10,2)) order by id",
    "select id from t where score < 2 order by id",
    "select id from t where born = date '1969-12-31' or born > date '1971-10-01' order by id",
    "select id from t where seen <= timestamp '2023-11-14 22:13:25' order by id",
    "select id from t where active = false and age > 80 order by id",
    "select name from t where name > 'z' or name < 'Zo' order by name, id limit 20",
];

/// What every source of the people must do. `pins` says whether two listings of an unchanged
/// table are equal.
pub(crate) async fn conforms(location: &TableLocation, pins: bool) {
    let location = location.clone();
    let work = move || blocking(&location, pins);
    tokio::task::spawn_blocking(work).await.unwrap();
}

fn blocking(location: &TableLocation, pins: bool) {
    let runtime = tokio::runtime::Handle::current();
    let described = describe(location, &Stop::default()).unwrap();
    let columns: Vec<Column> =
        described.columns.iter().chain(&described.partition_keys).cloned().collect();
    assert_eq!(columns, people::columns(), "the schema");
    for query in QUERIES {
        let answer = runtime.block_on(ask(location, &columns, query)).unwrap();
        assert_eq!(answer, runtime.block_on(expected(query)), "{query}");
    }
    let manifest = |it: &TableLocation| pin(it, &Stop::default()).unwrap().manifest().clone();
    assert_eq!(manifest(location).digest() == manifest(location).digest(), pins, "the manifest");
    assert_eq!(manifest(location).is_fixed(), pins, "what the manifest says of itself");
    drift(location, &columns);
    let stopped = Stop::default();
    stopped.stop();
    if matches!(location, TableLocation::Connected(_)) {
        assert_eq!(pin(location, &stopped).unwrap_err(), Unavailable::Stopped);
    }
    // Reading goes on to its end without anybody who listens.
    let opened = open(location, &columns, &columns).unwrap();
    let context = context(&opened.provider);
    runtime.block_on(async {
        let frame = context.sql("select name from t limit 1").await.unwrap();
        drop(frame.collect().await.unwrap());
        opened.reading.complete().await.unwrap();
    });
    let kind = EncryptedKind::Fingerprint;
    let encryption = Encryption {
        columns: BTreeMap::from([(ColumnName::new("name").unwrap(), kind)]),
        ..Encryption::default()
    };
    let schema = TableSchema { columns, partition_keys: Vec::new() };
    let clear = check_cells(location, &schema, &encryption, &Stop::default()).unwrap_err();
    assert_eq!(clear.column().map(ColumnName::as_str), Some("name"), "{clear}");
}

/// A column that is not there any more, or has another type, is named to the owner.
fn drift(location: &TableLocation, columns: &[Column]) {
    let name = ColumnName::new("gone").unwrap();
    let gone = Column { name: name.clone(), kind: ColumnType::String };
    let more = [columns, &[gone]].concat();
    let missing = open(location, &more, columns).map(drop).unwrap_err();
    assert!(matches!(&missing, Unavailable::SchemaChanged { column, .. } if *column == name));
    let mut other = columns.to_vec();
    other[1].kind = ColumnType::Boolean;
    let retyped = open(location, &other, &other).map(drop).unwrap_err();
    assert!(
        matches!(&retyped, Unavailable::SchemaChanged { column, .. } if *column == other[1].name)
    );
}

fn open(
    location: &TableLocation,
    configured: &[Column],
    shown: &[Column],
) -> Result<glovebox_catalog::Opened, Unavailable> {
    let shown: Vec<ColumnName> = shown.iter().map(|it| it.name.clone()).collect();
    pin(location, &Stop::default())?.open(configured, &shown, None)
}

fn context(provider: &Arc<dyn datafusion::catalog::TableProvider>) -> SessionContext {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    context.register_table("t", Arc::clone(provider)).unwrap();
    context
}

/// The answer to a query through the source.
pub(crate) async fn ask(
    location: &TableLocation,
    columns: &[Column],
    query: &str,
) -> Result<String, Unavailable> {
    let (location, columns) = (location.clone(), columns.to_vec());
    let opening = move || open(&location, &columns, &columns);
    let opened = tokio::task::spawn_blocking(opening).await.unwrap()?;
    let answer = context(&opened.provider).sql(query).await.unwrap().collect().await;
    let completed = opened.reading.complete().await;
    if let Some(fault) = opened.reading.fault() {
        return Err(fault);
    }
    completed?;
    Ok(shown(&answer.unwrap()))
}

async fn expected(query: &str) -> String {
    let context = SessionContext::new();
    context.register_batch("t", people::rows(0, people::ROWS)).unwrap();
    shown(&context.sql(query).await.unwrap().collect().await.unwrap())
}

fn shown(batches: &[RecordBatch]) -> String {
    let Some(first) = batches.first() else { return String::new() };
    let whole = concat_batches(&first.schema(), batches).unwrap();
    if whole.num_rows() == 0 {
        return String::new();
    }
    pretty_format_batches(&[whole]).unwrap().to_string()
}

/// The people as files below `root/db/t`: several, with several row groups each.
pub(crate) fn people_files(root: &std::path::Path) {
    for (file, from) in (0..people::ROWS).step_by(250).enumerate() {
        let rows = people::rows(from, from + 250);
        parquet(&root.join(format!("db/t/part-{file}.parquet")), &rows, 100);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_conforms() {
    let root = TempDir::new().unwrap();
    people_files(root.path());
    conforms(&TableLocation::folder(root.path(), "db", "t"), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_conforms() {
    let root = TempDir::new().unwrap();
    people_files(&root.path().join("bucket/data"));
    let address = serve(root.path()).await;
    let place = glovebox_model::Place::Files(objects(address, "data"));
    let reach = reach(place, keys("hush"), &address.to_string());
    conforms(&table(&reach), true).await;
}

#[test]
fn the_people_have_the_types_that_they_say() {
    let rows = people::rows(0, 10);
    for (column, field) in people::columns().iter().zip(rows.schema().fields()) {
        assert_eq!(arrow_type(column.kind), *field.data_type(), "{}", column.name);
    }
}
