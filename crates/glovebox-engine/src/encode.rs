//! Released rows to sealed files: one set of parts for each form that a receiver wants.

mod csv;
mod parquet;
mod parts;
mod text;

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use glovebox_catalog::Folder;
use glovebox_model::{Destination, Id, Query, ResultFormat};
use glovebox_privacy::ResultFile;

use crate::sealed::KeptKey;
use crate::{Cause, Faults};
use parts::Parts;

/// What to encode for whom.
pub(crate) struct Encoding<'a> {
    pub(crate) query: Id<Query>,
    pub(crate) destinations: &'a [Destination],
    pub(crate) key: &'a KeptKey,
    /// Bytes for one destination at most.
    pub(crate) result_bytes: u64,
    /// Bytes after which another part begins.
    pub(crate) part_bytes: u64,
    pub(crate) faults: Option<&'a Arc<dyn Faults>>,
}

/// The folder of all kept files.
pub(crate) fn kept_folder(data_dir: &Path) -> std::io::Result<Folder> {
    Folder::open_root(data_dir)?.folder_or_create("kept")
}

/// Writes the result for every destination under `kept/<queryId>/` and makes it durable.
pub(crate) fn encode(
    data_dir: &Path,
    encoding: &Encoding<'_>,
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<Vec<ResultFile>, Cause> {
    forget(data_dir, encoding.query)?;
    let kept = kept_folder(data_dir)?;
    let folder = kept.folder_or_create(&encoding.query.to_string())?;
    let mut files = Vec::new();
    for (place, destination) in encoding.destinations.iter().enumerate() {
        let earlier = encoding.destinations.iter().take(place).find(|it| is_alike(it, destination));
        if let Some(earlier) = earlier {
            let copies = parts::copies(&files, (earlier, destination), encoding.query)?;
            files.extend(copies);
            continue;
        }
        let mut parts = Parts::new(&folder, encoding, destination, files)?;
        match destination.format {
            ResultFormat::Csv => csv::write(&mut parts, schema, batches)?,
            ResultFormat::Parquet => parquet::write(&mut parts, schema, batches)?,
        }
        files = parts.into_files();
    }
    folder.sync()?;
    kept.sync()?;
    Ok(files)
}

/// Whether two receivers want the same bytes: they are written once.
fn is_alike(one: &Destination, other: &Destination) -> bool {
    (one.format, one.single_file) == (other.format, other.single_file)
}

/// Removes what was kept for a query, if anything was.
pub(crate) fn forget(data_dir: &Path, query: Id<Query>) -> std::io::Result<()> {
    let (kept, name) = (kept_folder(data_dir)?, query.to_string());
    let folder = match kept.folder(&name) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        folder => folder?,
    };
    for entry in folder.entries(1_000_000)? {
        folder.remove_file(&entry.name)?;
    }
    kept.remove_folder(&name)?;
    kept.sync()
}
