//! Parquet files: footers, and row groups as batches of the configured types.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use datafusion::parquet::file::metadata::RowGroupMetaData;
use glovebox_model::{Column, ColumnName};

use super::Unavailable;
use super::csv::MAX_COLUMNS;
use super::hint::Hint;
use super::prune::{Known, may_hold};
use super::ranges::Ranges;
use super::types::{arrow_type, column_type};

/// A file's footer, checked.
#[derive(Debug)]
pub(super) struct Footer {
    /// The columns in the order of the file.
    pub(super) columns: Vec<Column>,
    pub(super) row_groups: usize,
    pub(super) rows: usize,
    metadata: ArrowReaderMetadata,
}

const MAX_FOOTER_BYTES: u64 = 64 << 20;

impl Footer {
    /// The footer of a file that may be distant: fetched in one request, most often.
    pub(super) async fn fetch(ranges: &Ranges) -> Result<Self, Unavailable> {
        if !ranges.is_distant() {
            return Self::read(ranges);
        }
        let ranges = ranges.with_tail(8).await?;
        let length = length(&ranges)?;
        Self::read(&ranges.with_tail(length + 8).await?)
    }

    /// Reads and checks the footer. The Arrow schema that some writers embed is not believed:
    /// Parquet's own types count.
    pub(super) fn read(ranges: &Ranges) -> Result<Self, Unavailable> {
        let corrupt = || Unavailable::Corrupt { path: ranges.path.clone(), row_group: None };
        length(ranges)?;
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = caught(|| ArrowReaderMetadata::load(ranges, options).map_err(drop))
            .map_err(|()| corrupt())?;
        let columns = columns(ranges, &metadata)?;
        let groups = metadata.metadata().row_groups();
        let rows = groups.iter().map(|it| usize::try_from(it.num_rows()).unwrap_or(0)).sum();
        Ok(Self { columns, row_groups: groups.len(), rows, metadata })
    }

    /// The place of a column in the file.
    pub(super) fn index(&self, name: &ColumnName) -> Option<usize> {
        self.columns.iter().position(|it| it.name == *name)
    }

    /// Where the columns at `indices` of a row group lie in the file.
    pub(super) fn chunks(&self, row_group: usize, indices: &[usize]) -> Vec<Range<u64>> {
        let group = self.metadata.metadata().row_groups().get(row_group);
        let chunk = |index: &usize| {
            let (start, length) = group?.columns().get(*index)?.byte_range();
            Some(start..start.checked_add(length)?)
        };
        indices.iter().filter_map(chunk).collect()
    }

    /// The row groups in which there may be rows for which all hints hold.
    pub(super) fn groups(&self, hints: &[Hint], configured: &[Column]) -> Vec<usize> {
        let mut may = vec![true; self.row_groups];
        for hint in hints {
            let Some(known) = self.known(hint, configured) else { continue };
            let one = may_hold(hint, &known);
            may.iter_mut().zip(one).for_each(|(may, one)| *may &= one);
        }
        (0..self.row_groups).filter(|it| may.get(*it) == Some(&true)).collect()
    }

    /// What the file says of a column, if it is read as it is stored.
    fn known(&self, hint: &Hint, configured: &[Column]) -> Option<Known> {
        let index = self.index(&hint.column)?;
        let column = configured.iter().find(|it| it.name == hint.column)?;
        let field = self.metadata.schema().fields().get(index)?;
        let groups = self.metadata.metadata().row_groups();
        // The order of values in old statistics is not the one of today.
        let is_old = |it: &RowGroupMetaData| {
            it.columns()
                .get(index)
                .and_then(|it| it.statistics())
                .is_some_and(|it| it.is_min_max_deprecated())
        };
        if *field.data_type() != arrow_type(column.kind) || groups.iter().any(is_old) {
            return None;
        }
        let schema = self.metadata.parquet_schema();
        let converter =
            StatisticsConverter::try_new(field.name(), self.metadata.schema(), schema).ok()?;
        let known = caught(|| {
            Ok(Known {
                least: converter.row_group_mins(groups).map_err(drop)?,
                greatest: converter.row_group_maxes(groups).map_err(drop)?,
                nulls: converter.row_group_null_counts(groups).map_err(drop)?,
                rows: groups.iter().map(|it| u64::try_from(it.num_rows()).unwrap_or(0)).collect(),
            })
        });
        known.ok()
    }

    /// Reads the columns at `indices` (rising) of one row group, so many rows at once; `sink` says whether to go on.
    pub(super) fn read_group(
        &self,
        ranges: &Ranges,
        row_group: usize,
        (indices, batch_rows): (&[usize], usize),
        sink: &mut dyn FnMut(RecordBatch) -> Result<bool, Unavailable>,
    ) -> Result<(), Unavailable> {
        let path = || ranges.path.clone();
        let corrupt = |()| Unavailable::Corrupt { path: path(), row_group: Some(row_group) };
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), indices.iter().copied());
        let mut batches = caught(|| {
            ParquetRecordBatchReaderBuilder::new_with_metadata(
                ranges.clone(),
                self.metadata.clone(),
            )
            .with_row_groups(vec![row_group])
            .with_projection(mask)
            .with_batch_size(batch_rows)
            .build()
            .map_err(drop)
        })
        .map_err(corrupt)?;
        loop {
            let next = caught(|| batches.next().transpose().map_err(drop)).map_err(corrupt)?;
            let Some(batch) = next else { return Ok(()) };
            if !sink(batch)? {
                return Ok(());
            }
        }
    }
}

/// The length of the footer before its last eight bytes.
fn length(ranges: &Ranges) -> Result<u64, Unavailable> {
    let path = || ranges.path.clone();
    let corrupt = || Unavailable::Corrupt { path: path(), row_group: None };
    let tail = ranges.length.checked_sub(8).ok_or_else(corrupt)?;
    let tail = ranges.range(tail, 8).map_err(|it| Unavailable::io(&ranges.path, &it))?;
    let (length, magic) = tail.split_at_checked(4).ok_or_else(corrupt)?;
    let length = length.try_into().map(u32::from_le_bytes).map_err(|_| corrupt())?;
    if magic != b"PAR1" {
        return Err(corrupt());
    }
    if u64::from(length) > MAX_FOOTER_BYTES {
        let limit = MAX_FOOTER_BYTES;
        return Err(Unavailable::Limit { path: path(), what: "bytes of footer", limit });
    }
    Ok(length.into())
}

/// A decoder that panics on a hostile file has met a corrupt file.
fn caught<T>(decode: impl FnOnce() -> Result<T, ()>) -> Result<T, ()> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or(Err(()))
}

fn columns(ranges: &Ranges, metadata: &ArrowReaderMetadata) -> Result<Vec<Column>, Unavailable> {
    let path = || ranges.path.clone();
    let fields = metadata.schema().fields();
    if fields.len() > MAX_COLUMNS {
        let limit = MAX_COLUMNS as u64;
        return Err(Unavailable::Limit { path: path(), what: "columns", limit });
    }
    let mut columns: Vec<Column> = Vec::with_capacity(fields.len());
    for field in fields {
        let text = field.name().clone();
        let name = ColumnName::new(&text)
            .map_err(|cause| Unavailable::BadName { name: text.clone(), cause })?;
        let kind = column_type(field.data_type())
            .ok_or_else(|| Unavailable::UnknownType { path: path(), column: text })?;
        if columns.iter().any(|it| it.name == name) {
            return Err(Unavailable::Clash { path: path(), column: name });
        }
        columns.push(Column { name, kind });
    }
    Ok(columns)
}
