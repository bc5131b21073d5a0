//! Tables written by `tests/fixtures/iceberg.py`, read from a bucket in memory.

use std::path::{Path as Disk, PathBuf};
use std::sync::Arc;

use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use glovebox_model::{ColumnName, ObjectProtocol, ObjectRoot, Objects};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::super::Unavailable;
use super::super::source::{Listed, Opening, Scan};
use super::super::stop::Stop;
use super::super::storage::Bucket;
use super::plan::current;

fn fixtures() -> PathBuf {
    Disk::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/iceberg")
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

async fn bucket() -> Arc<Bucket> {
    let store = InMemory::new();
    put(&store, &fixtures().join("house/lake"), "lake").await;
    Arc::new(Bucket { name: "house".into(), store: Arc::new(store) as Arc<dyn ObjectStore> })
}

fn rows(
    bucket: &Arc<Bucket>,
    prefix: &str,
    name: Option<&str>,
) -> Result<Vec<String>, Unavailable> {
    let stop = Stop::default();
    let root = ObjectRoot { bucket: "house".into(), prefix: prefix.into() };
    let (protocol, region) = (ObjectProtocol::S3, "us-east-1".into());
    let data = Objects { protocol, region, endpoint: None, roots: vec![root] };
    let location = match name {
        Some(name) => format!("s3://house/lake/db/people/metadata/{name}.metadata.json"),
        None => std::fs::read_to_string(fixtures().join("people.location")).unwrap(),
    };
    let listed = Box::new(current(&location, &data, bucket, &stop)?);
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

async fn read(bucket: Arc<Bucket>, prefix: &'static str) -> Result<Vec<String>, Unavailable> {
    tokio::task::spawn_blocking(move || rows(&bucket, prefix, None)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_current_snapshot_is_read_with_its_columns_by_id() {
    let text = std::fs::read_to_string(fixtures().join("people.csv")).unwrap();
    let mut expected: Vec<String> = text.lines().map(Into::into).collect();
    expected.sort();
    assert!(!expected.is_empty());
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
    assert!(matches!(fault("deletes").await, Unavailable::Needs { .. }));
    assert!(matches!(fault("garbage").await, Unavailable::Corrupt { .. }));
}
