//! Tables written by `tests/fixtures/delta.py`, read from a bucket in memory.

use std::path::{Path as Disk, PathBuf};
use std::sync::Arc;

use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use glovebox_model::ColumnName;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::super::Unavailable;
use super::super::source::{Listed, Opening, Scan};
use super::super::stop::Stop;
use super::super::storage::Bucket;
use super::plan::latest;

fn fixtures() -> PathBuf {
    Disk::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/delta")
}

async fn put(store: &InMemory, folder: &Disk, key: &str) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let key = format!("{key}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            Box::pin(put(store, &entry.path(), &key)).await;
        } else {
            let bytes = std::fs::read(entry.path()).unwrap();
            store.put(&Path::parse(&key).unwrap(), bytes.into()).await.unwrap();
        }
    }
}

async fn bucket(table: &str) -> Arc<Bucket> {
    let store = InMemory::new();
    put(&store, &fixtures().join(table), &format!("lake/db/{table}")).await;
    Arc::new(Bucket { name: "house".into(), store: Arc::new(store) as Arc<dyn ObjectStore> })
}

fn rows(bucket: &Arc<Bucket>, table: &str) -> Result<Vec<String>, Unavailable> {
    let stop = Stop::default();
    let listed = Box::new(latest(bucket, &format!("lake/db/{table}"), &stop)?);
    let described = listed.describe(&stop)?;
    let configured = [described.columns, described.partition_keys].concat();
    let mut shown: Vec<ColumnName> = configured.iter().map(|it| it.name.clone()).collect();
    shown.sort();
    let opening = Opening { configured: &configured, shown: &shown, recorder: None, stop };
    let readable = listed.open(opening)?;
    let projection = (0..shown.len()).collect();
    let scan = Scan { projection, hints: Vec::new(), partitions: 1, batch_rows: 3 };
    let mut lines = Vec::new();
    readable.scan(scan).read(0, &mut |batch| {
        let options = FormatOptions::default();
        let columns = batch.columns().iter();
        let columns: Vec<ArrayFormatter<'_>> =
            columns.map(|it| ArrayFormatter::try_new(it.as_ref(), &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let cell = |(name, it): (&ColumnName, &ArrayFormatter<'_>)| {
                format!("{name}={}", it.value(row))
            };
            lines.push(shown.iter().zip(&columns).map(cell).collect::<Vec<_>>().join("|"));
        }
        true
    })?;
    lines.sort();
    Ok(lines)
}

async fn read(bucket: Arc<Bucket>, table: &'static str) -> Result<Vec<String>, Unavailable> {
    tokio::task::spawn_blocking(move || rows(&bucket, table)).await.unwrap()
}

async fn as_expected(table: &'static str) {
    let text = std::fs::read_to_string(fixtures().join(format!("{table}.csv"))).unwrap();
    let mut expected: Vec<String> = text.lines().map(Into::into).collect();
    expected.sort();
    assert!(!expected.is_empty());
    assert_eq!(read(bucket(table).await, table).await.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_version_is_read_with_its_partitions_and_its_new_column() {
    as_expected("versions").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_deletion_vector_are_left_out() {
    as_expected("deletions").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_found_by_the_names_that_they_have_in_the_files() {
    as_expected("mapped").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_names_files_elsewhere_is_refused() {
    for table in ["outside", "climbing", "local", "signed"] {
        let fault = read(bucket(table).await, table).await.unwrap_err();
        assert!(matches!(fault, Unavailable::Outside { .. }), "{table}: {fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_that_is_not_known_is_refused() {
    let fault = read(bucket("unknown").await, "unknown").await.unwrap_err();
    assert!(matches!(fault, Unavailable::Needs { .. }), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_vector_that_is_missing_or_broken_fails_the_table() {
    let deletions = bucket("deletions").await;
    let name = "lake/db/deletions/deletion_vector_00000000-0000-0000-0000-000000000007.bin";
    let key = Path::parse(name).unwrap();
    let mut bytes = deletions.store.get(&key).await.unwrap().bytes().await.unwrap().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    deletions.store.put(&key, bytes.into()).await.unwrap();
    assert!(read(Arc::clone(&deletions), "deletions").await.is_err());
    deletions.store.delete(&key).await.unwrap();
    assert!(read(deletions, "deletions").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_there_is_missing() {
    let fault = read(bucket("deletions").await, "nothing").await.unwrap_err();
    assert!(matches!(fault, Unavailable::Missing { .. }), "{fault:?}");
}
