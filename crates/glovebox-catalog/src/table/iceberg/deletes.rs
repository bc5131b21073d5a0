//! Position deletes: rows of data files that a snapshot does not have any more, named by file and
//! place in files of their own.
//!
//! <https://iceberg.apache.org/spec/#position-delete-files>

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use iceberg::spec::{
    DataContentType, DataFile, DataFileFormat, ManifestEntry, ManifestFile, ManifestStatus, Struct,
};

use super::super::Unavailable;
use super::super::caught::caught;
use super::super::deleted::{Deleted, MAX_DELETED};
use super::super::formatted::Wanted;
use super::super::lookup::FIELD_ID;
use super::place::{Place, parts};
use super::plan::needs;

/// The ids of the columns of such a file, which the format reserves.
const PATH_ID: &str = "2147483546";
const PLACE_ID: &str = "2147483545";
/// Bytes of all such files of a snapshot at most.
const MAX_ALL_BYTES: u64 = 512 << 20;

/// What a delete reaches, and what reaches a data file.
#[derive(Debug)]
pub(super) struct Scope {
    /// When it came, in the table's count of its snapshots.
    sequence: i64,
    spec: i32,
    partition: Struct,
}

/// A file of position deletes.
#[derive(Debug)]
pub(super) struct DeleteFile {
    location: String,
    scope: Scope,
    rows: u64,
}

impl Scope {
    /// Of an entry, which leaves to its manifest what it does not say.
    pub(super) fn of(manifest: &ManifestFile, entry: &ManifestEntry) -> Option<Self> {
        let inherits = entry.status() == ManifestStatus::Added || manifest.sequence_number == 0;
        let inherited = inherits.then_some(manifest.sequence_number);
        Some(Self {
            sequence: entry.sequence_number().or(inherited)?,
            spec: manifest.partition_spec_id,
            partition: entry.data_file().partition().clone(),
        })
    }

    /// Whether a delete of this scope reaches a data file that it names: one that is not newer.
    /// `None` of a file of another partition, of which it must name nothing.
    fn reaches(&self, file: &Self) -> Option<bool> {
        let is_same = file.spec == self.spec && file.partition == self.partition;
        is_same.then_some(file.sequence <= self.sequence)
    }
}

impl DeleteFile {
    /// A delete that can be honoured.
    pub(super) fn of(manifest: &str, file: &DataFile, scope: Scope) -> Result<Self, Unavailable> {
        let refused = match (file.content_type(), file.file_format()) {
            (DataContentType::PositionDeletes, DataFileFormat::Parquet) => {
                let (location, rows) = (file.file_path().to_owned(), file.record_count());
                return Ok(Self { location, scope, rows });
            }
            (DataContentType::EqualityDeletes, _) => {
                "deletes by equality, which are not known here: compact the table"
            }
            (_, DataFileFormat::Puffin) => {
                "deletion vectors of Iceberg, which are not known here: compact the table"
            }
            _ => "deletes in another format than Parquet, which are not known here",
        };
        Err(needs(manifest, refused))
    }
}

/// Reads what the deletes name, and leaves these rows out of the files.
pub(super) fn apply(
    place: &Place<'_>,
    deletes: &[DeleteFile],
    scopes: &[Scope],
    wanted: &mut [Wanted],
) -> Result<(), Unavailable> {
    let files: BTreeMap<&str, usize> =
        wanted.iter().enumerate().map(|(index, it)| (it.path.as_str(), index)).collect();
    let mut rows: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    let (mut bytes, mut count) = (0_u64, 0_usize);
    for delete in deletes {
        let corrupt = || Unavailable::Corrupt { path: delete.location.clone(), row_group: None };
        let limit =
            |what, limit| Err(Unavailable::Limit { path: delete.location.clone(), what, limit });
        let file = place.fetch(&delete.location)?;
        bytes = bytes.saturating_add(file.len() as u64);
        if bytes > MAX_ALL_BYTES {
            return limit("bytes of deletes", MAX_ALL_BYTES);
        }
        let mut met: u64 = 0;
        let mut last: Option<(String, Option<usize>)> = None;
        let read = read(&file, &mut |path, row| {
            met = met.saturating_add(1);
            if last.as_ref().is_none_or(|it| it.0 != path) {
                let (bucket, key) = parts(path)?;
                let index = files.get(key).copied().filter(|_| bucket == place.bucket.name);
                // Files that the snapshot does not have any more may be named, too.
                let index = match index {
                    Some(it) => delete.scope.reaches(scopes.get(it)?)?.then_some(it),
                    None => None,
                };
                last = Some((path.to_owned(), index));
            }
            if let Some((_, Some(index))) = &last {
                count = count.saturating_add(1);
                rows.entry(*index).or_default().push(row);
            }
            (count <= MAX_DELETED).then_some(())
        });
        if count > MAX_DELETED {
            return limit("deleted rows", MAX_DELETED as u64);
        }
        // A file with fewer rows than were deleted would bring the others back.
        if read.is_none() || met != delete.rows {
            return Err(corrupt());
        }
    }
    for (index, rows) in rows {
        if let Some(file) = wanted.get_mut(index) {
            file.deleted = Some(Arc::new(Deleted::new(rows)));
        }
    }
    Ok(())
}

/// Every row of a file of deletes; `None` when it is not one, or `row` says so.
fn read(file: &Bytes, row: &mut dyn FnMut(&str, u64) -> Option<()>) -> Option<()> {
    let batches = caught(|| {
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::load(file, options).ok()?;
        let fields = metadata.schema().fields();
        let find = |id: &str, kind: DataType| {
            let is_it = |field: &datafusion::arrow::datatypes::FieldRef| {
                field.metadata().get(FIELD_ID).is_some_and(|it| it == id)
                    && *field.data_type() == kind
            };
            fields.iter().position(is_it)
        };
        let columns = [find(PATH_ID, DataType::Utf8)?, find(PLACE_ID, DataType::Int64)?];
        let mask = ProjectionMask::roots(metadata.parquet_schema(), columns);
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file.clone(), metadata);
        let is_path_first = columns[0] < columns[1];
        Some((reader.with_projection(mask).build().ok()?, is_path_first))
    });
    let (mut batches, is_path_first) = batches.flatten()?;
    loop {
        let next = caught(|| batches.next().transpose().ok());
        let Some(batch) = next.flatten()? else { return Some(()) };
        rows(&batch, is_path_first, row)?;
    }
}

fn rows(
    batch: &RecordBatch,
    is_path_first: bool,
    row: &mut dyn FnMut(&str, u64) -> Option<()>,
) -> Option<()> {
    let (first, second) = (batch.columns().first()?, batch.columns().get(1)?);
    let (paths, places) = if is_path_first { (first, second) } else { (second, first) };
    let (paths, places) = (paths.as_string_opt::<i32>()?, places.as_primitive_opt::<Int64Type>()?);
    if paths.null_count() > 0 || places.null_count() > 0 {
        return None;
    }
    for (path, place) in paths.iter().zip(places.values()) {
        row(path?, u64::try_from(*place).ok()?)?;
    }
    Some(())
}
