//! Pins a table, then opens it as it was pinned.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use glovebox_model::{Column, ColumnName};

use super::hint::Hint;
use super::provider::SourceTable;
use super::reading::{ReadRecorder, Reading};
use super::source::{Listed, Opening, Readable, find};
use super::stop::Stop;
use super::{Manifest, TableLocation, Unavailable};

/// A table that was found: its files are known by path, size and state; none has been opened.
#[derive(Debug)]
pub struct Pinned {
    listed: Box<dyn Listed>,
    manifest: Manifest,
    stop: Stop,
}

/// A table that a plan can scan.
#[derive(Debug)]
pub struct Opened {
    /// What the plan scans.
    pub provider: Arc<dyn TableProvider>,
    /// How its reading goes on and ends.
    pub reading: Arc<Reading>,
    /// What was pinned.
    pub manifest: Manifest,
}

/// Lists the table's files; reads none of them. `stop` ends this and all that follows from it.
///
/// Blocks; a table behind a connection needs a thread of a tokio runtime that may.
pub fn pin(location: &TableLocation, stop: &Stop) -> Result<Pinned, Unavailable> {
    pin_some(location, &[], stop)
}

/// The same, for a reading that wants no rows for which the hints do not hold: what lies in
/// partitions that they rule out need not be listed.
pub fn pin_some(
    location: &TableLocation,
    hints: &[Hint],
    stop: &Stop,
) -> Result<Pinned, Unavailable> {
    let listed = find(location, hints, stop)?;
    let manifest = listed.manifest();
    Ok(Pinned { listed, manifest, stop: stop.clone() })
}

impl Pinned {
    /// What was pinned.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Checks that the table still has the `configured` columns as they were configured, and
    /// makes one of exactly the `shown` ones, in that order. Columns named as a partition key
    /// come from the folders.
    ///
    /// # Errors
    /// [`Unavailable::SchemaChanged`] when a column is missing or has another type;
    /// [`Unavailable::Changed`] when a file is not what was pinned. Of many distant files some
    /// are looked at only when they are read.
    pub fn open(
        self,
        configured: &[Column],
        shown: &[ColumnName],
        recorder: Option<Arc<dyn ReadRecorder>>,
    ) -> Result<Opened, Unavailable> {
        let stop = self.stop.clone();
        let (readable, manifest) = self.readable(configured, shown, recorder)?;
        let reading = Arc::new(Reading::new(stop, Arc::clone(&readable)));
        let provider = SourceTable::new(readable, Arc::clone(&reading));
        Ok(Opened { provider: Arc::new(provider), reading, manifest })
    }

    /// The same, to be read without a plan.
    pub(super) fn readable(
        self,
        configured: &[Column],
        shown: &[ColumnName],
        recorder: Option<Arc<dyn ReadRecorder>>,
    ) -> Result<(Arc<dyn Readable>, Manifest), Unavailable> {
        let opening = Opening { configured, shown, recorder, stop: self.stop };
        Ok((self.listed.open(opening)?, self.manifest))
    }
}

impl Opening<'_> {
    /// The shown columns with their types.
    pub(super) fn columns(&self) -> Result<Vec<Column>, Unavailable> {
        let column =
            |name: &ColumnName| self.configured.iter().find(|it| it.name == *name).cloned();
        let missing = |column: &ColumnName| Unavailable::SchemaChanged {
            path: String::new(),
            column: column.clone(),
        };
        self.shown.iter().map(|it| column(it).ok_or_else(|| missing(it))).collect()
    }
}
