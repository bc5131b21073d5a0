//! Makes tables, and reads them through DataFusion.

use std::collections::BTreeSet;
use std::fs::{create_dir_all, write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::prelude::{SessionConfig, SessionContext};
use glovebox_catalog::{
    Opened, Pinned, ReadRecorder, Stop, TableLocation, Unavailable, describe, pin, probe,
};
use glovebox_model::Column;
use tempfile::TempDir;

/// A root of tables with the files given by path.
pub(crate) fn root(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        create_dir_all(path.parent().unwrap()).unwrap();
        write(path, text).unwrap();
    }
    dir
}

pub(crate) fn location(root: &TempDir) -> TableLocation {
    TableLocation::folder(root.path(), "db", "t")
}

/// Writes a Parquet file with row groups of `group` rows.
pub(crate) fn parquet(path: &Path, batch: &RecordBatch, group: usize) {
    create_dir_all(path.parent().unwrap()).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// All columns of the table as described now.
pub(crate) fn columns(location: &TableLocation) -> Vec<Column> {
    let described = describe(location, &Stop::default()).unwrap();
    described.columns.into_iter().chain(described.partition_keys).collect()
}

pub(crate) fn open(location: &TableLocation) -> Result<Opened, Unavailable> {
    all(pin(location, &Stop::default())?, &columns(location))
}

/// Opens with all columns shown.
pub(crate) fn all(pinned: Pinned, columns: &[Column]) -> Result<Opened, Unavailable> {
    let shown: Vec<_> = columns.iter().map(|it| it.name.clone()).collect();
    pinned.open(columns, &shown, None)
}

pub(crate) fn context(opened: &Opened) -> SessionContext {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    context.register_table("t", Arc::clone(&opened.provider)).unwrap();
    context
}

/// The answer to `sql` over the table `t`, as text.
pub(crate) async fn ask(location: &TableLocation, sql: &str) -> String {
    let opened = open(location).unwrap();
    let batches = context(&opened).sql(sql).await.unwrap().collect().await.unwrap();
    opened.reading.complete().await.unwrap();
    pretty_format_batches(&batches).unwrap().to_string()
}

/// Every range of bytes that was read: path, place, length.
#[derive(Debug, Default)]
pub(crate) struct Recorded(pub(crate) Mutex<BTreeSet<(String, u64, u64)>>);

impl ReadRecorder for Recorded {
    fn read(&self, path: &str, offset: u64, length: u64) {
        self.0.lock().unwrap().insert((path.to_owned(), offset, length));
    }
}

/// What an owner is told when he tries a connection: steps and what they came to.
pub(crate) async fn probed(location: &TableLocation) -> Vec<String> {
    let TableLocation::Connected(connected) = location.clone() else { panic!("no connection") };
    let probing = move || probe(&connected.reach, None, &Stop::default());
    let steps = tokio::task::spawn_blocking(probing).await.unwrap();
    steps.iter().map(|it| format!("{}: {:?}", it.name, it.probed)).collect()
}

/// The columns of a table that is behind a connection, partition keys too.
pub(crate) async fn described(location: &TableLocation) -> Result<Vec<Column>, Unavailable> {
    let location = location.clone();
    let found = tokio::task::spawn_blocking(move || describe(&location, &Stop::default()))
        .await
        .unwrap()?;
    Ok(found.columns.into_iter().chain(found.partition_keys).collect())
}
