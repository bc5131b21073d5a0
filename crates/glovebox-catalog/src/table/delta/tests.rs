//! Tables written by `tests/fixtures/delta.py`, read from a bucket in memory.

use std::path::{Path as Disk, PathBuf};
use std::sync::Arc;

use object_store::ObjectStoreExt;
use object_store::path::Path;

use super::super::stop::Stop;
use super::super::storage::Bucket;
use super::super::{Unavailable, fixtures};
use super::plan::latest;

fn folder() -> PathBuf {
    Disk::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/delta")
}

async fn bucket(table: &str) -> Arc<Bucket> {
    fixtures::bucket(&folder().join(table), &format!("lake/db/{table}")).await
}

fn rows(bucket: &Arc<Bucket>, table: &str) -> Result<Vec<String>, Unavailable> {
    let stop = Stop::default();
    fixtures::rows(latest(bucket, &format!("lake/db/{table}"), &stop)?, stop)
}

async fn read(bucket: Arc<Bucket>, table: &'static str) -> Result<Vec<String>, Unavailable> {
    tokio::task::spawn_blocking(move || rows(&bucket, table)).await.unwrap()
}

async fn as_expected(table: &'static str) {
    let expected = fixtures::expected(&folder().join(format!("{table}.csv")));
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
