//! Tables of a real PostgreSQL server.

pub(crate) mod cluster;

mod access;
mod answers;
mod ends;
mod moments;
mod types;

use std::sync::{Arc, Mutex};

use datafusion::prelude::{SessionConfig, SessionContext};
use glovebox_catalog::{Manifest, Opened, ReadRecorder, Stop, TableLocation, Unavailable, pin};
use glovebox_model::Column;

use crate::tables::described;

/// Every statement that read rows.
#[derive(Debug, Default)]
pub(crate) struct Asked(Mutex<Vec<String>>);

impl ReadRecorder for Asked {
    fn read(&self, path: &str, _: u64, _: u64) {
        panic!("a file was read: {path}");
    }

    fn asked(&self, statement: &str) {
        self.0.lock().unwrap().push(statement.to_owned());
    }
}

impl Asked {
    /// What was asked until now, and no more: in the order of the texts.
    pub(crate) fn taken(&self) -> Vec<String> {
        let mut taken = std::mem::take(&mut *self.0.lock().unwrap());
        taken.sort();
        taken
    }
}

/// The table with all of its columns.
pub(crate) async fn opened(
    location: &TableLocation,
    recorder: Option<Arc<Asked>>,
) -> Result<Opened, Unavailable> {
    let columns = described(location).await?;
    opened_as(location, &columns, recorder).await
}

/// The table with these columns.
pub(crate) async fn opened_as(
    location: &TableLocation,
    columns: &[Column],
    recorder: Option<Arc<Asked>>,
) -> Result<Opened, Unavailable> {
    let (location, columns) = (location.clone(), columns.to_vec());
    let work = move || {
        let shown: Vec<_> = columns.iter().map(|it| it.name.clone()).collect();
        let recorder = recorder.map(|it| it as Arc<dyn ReadRecorder>);
        pin(&location, &Stop::default())?.open(&columns, &shown, recorder)
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// A context that knows the table as `t`.
pub(crate) fn context(opened: &Opened) -> SessionContext {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    context.register_table("t", Arc::clone(&opened.provider)).unwrap();
    context
}

/// What is pinned.
pub(crate) async fn manifest(location: &TableLocation) -> Manifest {
    let location = location.clone();
    let work = move || pin(&location, &Stop::default()).unwrap().manifest().clone();
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// The digest of what is pinned.
pub(crate) async fn digest(location: &TableLocation) -> glovebox_model::Digest {
    manifest(location).await.digest()
}

/// The answer to a query over the table `t`, or what became of its reading.
pub(crate) async fn ask(opened: &Opened, query: &str) -> Result<String, Unavailable> {
    let answer = context(opened).sql(query).await.unwrap().collect().await;
    opened.reading.complete().await?;
    let batches = answer.unwrap();
    Ok(datafusion::arrow::util::pretty::pretty_format_batches(&batches).unwrap().to_string())
}
