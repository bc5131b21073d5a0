//! Tables of table formats in a bucket in memory, and their rows as text.

use std::path::Path as Disk;
use std::sync::Arc;

use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use glovebox_model::ColumnName;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::Unavailable;
use super::formatted::Formatted;
use super::source::{Listed, Opening, Scan};
use super::stop::Stop;
use super::storage::Bucket;

/// The bucket `house` with the files of a folder below `key`.
pub(super) async fn bucket(folder: &Disk, key: &str) -> Arc<Bucket> {
    let store = InMemory::new();
    put(&store, folder, key).await;
    Arc::new(Bucket { name: "house".into(), store: Arc::new(store) as Arc<dyn ObjectStore> })
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

/// The lines of a committed oracle, sorted.
pub(super) fn expected(oracle: &Disk) -> Vec<String> {
    let text = std::fs::read_to_string(oracle).unwrap();
    let mut lines: Vec<String> = text.lines().map(Into::into).collect();
    lines.sort();
    assert!(!lines.is_empty());
    lines
}

/// Every row as `column=value|...`, columns by name, sorted.
pub(super) fn rows(table: Formatted, stop: Stop) -> Result<Vec<String>, Unavailable> {
    let listed = Box::new(table);
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
