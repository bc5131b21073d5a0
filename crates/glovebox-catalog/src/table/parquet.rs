//! Parquet files: footers, and row groups as batches of the configured types.

use std::panic::{AssertUnwindSafe, catch_unwind};

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use glovebox_model::{Column, ColumnName};

use super::Unavailable;
use super::csv::MAX_COLUMNS;
use super::ranges::Ranges;
use super::types::column_type;

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
    /// Reads and checks the footer. The Arrow schema that some writers embed is not believed:
    /// Parquet's own types count.
    pub(super) fn read(ranges: &Ranges) -> Result<Self, Unavailable> {
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
