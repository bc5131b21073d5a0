//! Tables written by `tests/fixtures/iceberg.py`, read from a bucket in memory.

use std::io::Write;
use std::path::{Path as Disk, PathBuf};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use glovebox_model::{ObjectProtocol, ObjectRoot, Objects};
use object_store::ObjectStoreExt;
use object_store::path::Path;

use super::super::stop::Stop;
use super::super::storage::Bucket;
use super::super::{Unavailable, fixtures};
use super::plan::current;

fn folder() -> PathBuf {
    Disk::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/iceberg")
}

async fn bucket() -> Arc<Bucket> {
    fixtures::bucket(&folder().join("house/lake"), "lake").await
}

fn rows(
    bucket: &Arc<Bucket>,
    prefix: &str,
    name: Option<&str>,
) -> Result<Vec<String>, Unavailable> {
    let stop = Stop::default();
    let root = ObjectRoot { bucket: "house".into(), prefix: prefix.into() };
    let (protocol, region) = (ObjectProtocol::S3, "us-east-1".into());
    let data = Objects { protocol, region, endpoint: None, roots: vec![root], encryption: None };
    let location = match name {
        Some(name) => format!("s3://house/lake/db/people/metadata/{name}.metadata.json"),
        None => std::fs::read_to_string(folder().join("people.location")).unwrap(),
    };
    fixtures::rows(current(&location, &data, bucket, &stop)?, stop)
}

async fn read(bucket: Arc<Bucket>, prefix: &'static str) -> Result<Vec<String>, Unavailable> {
    tokio::task::spawn_blocking(move || rows(&bucket, prefix, None)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_current_snapshot_is_read_with_its_columns_by_id() {
    let expected = fixtures::expected(&folder().join("people.csv"));
    assert_eq!(read(bucket().await, "lake").await.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_outside_of_the_roots_is_refused() {
    let bucket = bucket().await;
    for prefix in ["elsewhere", "lake/db/people/metadata", "lak"] {
        let fault = read(Arc::clone(&bucket), prefix).await.unwrap_err();
        assert!(matches!(fault, Unavailable::Outside { .. }), "{prefix}: {fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_and_unknown_metadata_is_refused() {
    let bucket = bucket().await;
    let fault = async |name: &'static str| {
        let bucket = Arc::clone(&bucket);
        let read = move || rows(&bucket, "lake", Some(name)).unwrap_err();
        tokio::task::spawn_blocking(read).await.unwrap()
    };
    for name in ["elsewhere", "local", "data"] {
        let fault = fault(name).await;
        assert!(matches!(fault, Unavailable::Outside { .. }), "{name}: {fault:?}");
    }
    // A manifest of data that is called one of deletes, and bytes at random.
    assert!(matches!(fault("deletes").await, Unavailable::Needs { .. }));
    assert!(matches!(fault("garbage").await, Unavailable::Corrupt { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_position_deletes_are_left_out() {
    let bucket = bucket().await;
    let read = move || rows(&bucket, "lake", Some("deleted")).unwrap();
    let expected = fixtures::expected(&folder().join("deleted.csv"));
    let all = fixtures::expected(&folder().join("people.csv"));
    assert_eq!(expected.len() + 1, all.len());
    assert_eq!(tokio::task::spawn_blocking(read).await.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn deletes_that_cannot_be_honoured_are_refused_in_words_of_their_own() {
    let bucket = bucket().await;
    let fault = async |name: &'static str| {
        let bucket = Arc::clone(&bucket);
        let read = move || rows(&bucket, "lake", Some(name)).unwrap_err();
        tokio::task::spawn_blocking(read).await.unwrap().to_string()
    };
    for (name, words) in [
        ("equality", "deletes by equality"),
        ("vector", "deletion vectors of Iceberg"),
        ("orc", "deletes in another format than Parquet"),
        ("broken", "broken-deletes.parquet` is corrupt"),
        ("fewer", "north-deletes.parquet` is corrupt"),
        ("crossing", "crossing-deletes.parquet` is corrupt"),
    ] {
        let said = fault(name).await;
        assert!(said.contains(words), "{name}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_compressed_by_gzip_is_read_and_is_corrupt_when_cut() {
    let bucket = bucket().await;
    let location = std::fs::read_to_string(folder().join("people.location")).unwrap();
    let key = location.trim().strip_prefix("s3://house/").unwrap();
    let got = bucket.store.get(&Path::parse(key).unwrap()).await.unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&got.bytes().await.unwrap()).unwrap();
    let packed = packed.finish().unwrap();
    let cut = packed[..packed.len() / 2].to_vec();
    for (name, bytes) in [("packed.gz", packed), ("cut.gz", cut)] {
        let key = format!("lake/db/people/metadata/{name}.metadata.json");
        bucket.store.put(&Path::parse(key).unwrap(), bytes.into()).await.unwrap();
    }
    let read = move || ["packed.gz", "cut.gz"].map(|it| rows(&bucket, "lake", Some(it)));
    let [packed, cut] = tokio::task::spawn_blocking(read).await.unwrap();
    assert_eq!(packed.unwrap(), fixtures::expected(&folder().join("people.csv")));
    assert!(matches!(cut.unwrap_err(), Unavailable::Corrupt { .. }));
}
