//! Parquet files: footers, and row groups as batches of the configured types.

mod claims;
mod int96;

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::{ParquetMetaDataReader, RowGroupMetaData};
use glovebox_model::{Column, ColumnName};

use self::claims::{MOST_PARTS, Unbelievable, believable};
use super::Unavailable;
use super::caught::caught;
use super::csv::MAX_COLUMNS;
use super::deleted::Deleted;
use super::hint::Hint;
use super::lookup::{FIELD_ID, Lookup, Mapped, is_widened};
use super::prune::{Known, may_hold};
use super::ranges::Ranges;
use super::types::{arrow_type, column_type};

/// A file's footer, checked.
#[derive(Debug)]
pub(super) struct Footer {
    /// The columns in the order of the file.
    pub(super) columns: Vec<Column>,
    /// Their places among the fields of the file.
    places: Vec<usize>,
    pub(super) row_groups: usize,
    pub(super) rows: usize,
    metadata: ArrowReaderMetadata,
}

const MAX_FOOTER_BYTES: u64 = 64 << 20;

impl Footer {
    /// The footer of a file that may be distant: fetched in one request, most often. Also the
    /// file; a small one came along with its footer.
    pub(super) async fn fetch(
        ranges: Ranges,
        lookup: &Lookup,
    ) -> Result<(Self, Ranges), Unavailable> {
        if !ranges.is_distant() {
            return Ok((Self::read(&ranges, lookup)?, ranges));
        }
        let tail = ranges.with_tail(8).await?;
        let tail = tail.with_tail(length(&tail)? + 8).await?;
        let footer = Self::read(&tail, lookup)?;
        Ok((footer, if tail.is_at_hand() { tail } else { ranges }))
    }

    /// Reads and checks the footer. The Arrow schema that some writers embed is not believed:
    /// Parquet's own types count.
    pub(super) fn read(ranges: &Ranges, lookup: &Lookup) -> Result<Self, Unavailable> {
        let corrupt = || Unavailable::Corrupt { path: ranges.path.clone(), row_group: None };
        let bytes = bytes(ranges)?;
        believable(&bytes).map_err(|why| match why {
            Unbelievable::Broken => corrupt(),
            Unbelievable::TooMany => {
                let (path, limit) = (ranges.path.clone(), MOST_PARTS as u64);
                Unavailable::Limit { path, what: "parts of a footer", limit }
            }
        })?;
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = decoded(|| {
            let metadata = ParquetMetaDataReader::decode_metadata(&bytes)?;
            int96::in_microseconds(ArrowReaderMetadata::try_new(Arc::new(metadata), options)?)
        });
        let metadata = metadata.map_err(|()| corrupt())?;
        let (columns, places) = match lookup {
            Lookup::Name => {
                let columns = columns(ranges, &metadata)?;
                let places = (0..columns.len()).collect();
                (columns, places)
            }
            Lookup::Format(mapped) => looked_up(ranges, &metadata, mapped)?,
        };
        let groups = metadata.metadata().row_groups();
        let rows = groups.iter().map(|it| usize::try_from(it.num_rows()).unwrap_or(0)).sum();
        Ok(Self { columns, places, row_groups: groups.len(), rows, metadata })
    }

    /// The place of a column in the file.
    pub(super) fn index(&self, name: &ColumnName) -> Option<usize> {
        let column = self.columns.iter().position(|it| it.name == *name)?;
        self.places.get(column).copied()
    }

    /// Where the columns at `indices` of a row group lie in the file.
    pub(super) fn chunks(&self, row_group: usize, indices: &[usize]) -> Vec<Range<u64>> {
        let group = self.metadata.metadata().row_groups().get(row_group);
        let chunk = |index: &usize| {
            let (start, length) = group?.columns().get(self.leaf(*index)?)?.byte_range();
            Some(start..start.checked_add(length)?)
        };
        indices.iter().filter_map(chunk).collect()
    }

    /// The column chunk of a field, which is not nested.
    fn leaf(&self, index: usize) -> Option<usize> {
        let schema = self.metadata.parquet_schema();
        (0..schema.num_columns()).find(|it| schema.get_column_root_idx(*it) == index)
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
        let leaf = self.leaf(index)?;
        let column = configured.iter().find(|it| it.name == hint.column)?;
        let field = self.metadata.schema().fields().get(index)?;
        let groups = self.metadata.metadata().row_groups();
        // The order of values in old statistics is not the one of today.
        let is_old = |it: &RowGroupMetaData| {
            it.columns()
                .get(leaf)
                .and_then(|it| it.statistics())
                .is_some_and(|it| it.is_min_max_deprecated())
        };
        if *field.data_type() != arrow_type(column.kind) || groups.iter().any(is_old) {
            return None;
        }
        let schema = self.metadata.parquet_schema();
        if int96::is_at(schema, index) {
            return None;
        }
        // A writer that counts no NULLs does not say that there are none.
        let converter = StatisticsConverter::try_new(field.name(), self.metadata.schema(), schema)
            .ok()?
            .with_missing_null_counts_as_zero(false);
        let known = decoded(|| {
            Ok(Known {
                least: converter.row_group_mins(groups)?,
                greatest: converter.row_group_maxes(groups)?,
                nulls: converter.row_group_null_counts(groups)?,
                rows: groups.iter().map(|it| u64::try_from(it.num_rows()).unwrap_or(0)).collect(),
            })
        });
        known.ok()
    }

    /// The rows of a row group, counted from the start of the file.
    fn rows_of(&self, row_group: usize) -> Range<u64> {
        let groups = self.metadata.metadata().row_groups();
        let rows = |it: &RowGroupMetaData| u64::try_from(it.num_rows()).unwrap_or(0);
        let start: u64 = groups.iter().take(row_group).map(rows).sum();
        start..start.saturating_add(groups.get(row_group).map_or(0, rows))
    }

    /// Reads the columns at `indices` (rising) of one row group, so many rows at once; `sink` says whether to go on.
    pub(super) fn read_group(
        &self,
        ranges: &Ranges,
        row_group: usize,
        (indices, batch_rows, deleted): (&[usize], usize, Option<&Deleted>),
        sink: &mut dyn FnMut(RecordBatch) -> Result<bool, Unavailable>,
    ) -> Result<(), Unavailable> {
        let path = || ranges.path.clone();
        let corrupt = |()| Unavailable::Corrupt { path: path(), row_group: Some(row_group) };
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), indices.iter().copied());
        let selection = deleted.map(|it| it.selection(self.rows_of(row_group)));
        let mut batches = decoded(|| {
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
                ranges.clone(),
                self.metadata.clone(),
            );
            match selection {
                Some(selection) => builder.with_row_selection(selection),
                None => builder,
            }
            .with_row_groups(vec![row_group])
            .with_projection(mask)
            .with_batch_size(batch_rows)
            .build()
        })
        .map_err(corrupt)?;
        loop {
            let next = decoded(|| Ok(batches.next().transpose()?)).map_err(corrupt)?;
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

/// The footer, before its last eight bytes.
fn bytes(ranges: &Ranges) -> Result<bytes::Bytes, Unavailable> {
    let length = length(ranges)?;
    let corrupt = || Unavailable::Corrupt { path: ranges.path.clone(), row_group: None };
    let start = ranges.length.checked_sub(length + 8).ok_or_else(corrupt)?;
    let length = usize::try_from(length).map_err(|_| corrupt())?;
    ranges.range(start, length).map_err(|it| Unavailable::io(&ranges.path, &it))
}

/// What decodes; a decoder that panics has met a corrupt file.
fn decoded<T>(decode: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ()> {
    caught(decode).and_then(Result::ok).ok_or(())
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

/// The columns of a table format that a file has, and their places; what else it has is not
/// looked at.
fn looked_up(
    ranges: &Ranges,
    metadata: &ArrowReaderMetadata,
    mapped: &[Mapped],
) -> Result<(Vec<Column>, Vec<usize>), Unavailable> {
    let path = || ranges.path.clone();
    let (mut columns, mut places): (Vec<Column>, Vec<usize>) = (Vec::new(), Vec::new());
    let has_id = |it: &datafusion::arrow::datatypes::FieldRef| it.metadata().contains_key(FIELD_ID);
    if mapped.iter().any(|it| it.id.is_some()) && !metadata.schema().fields().iter().any(has_id) {
        let what = "field ids, which its files do not have";
        return Err(Unavailable::Needs { path: path(), what });
    }
    for (place, field) in metadata.schema().fields().iter().enumerate() {
        let Some(Mapped { column, .. }) = mapped.iter().find(|it| it.is_stored_as(field)) else {
            continue;
        };
        let kind = column_type(field.data_type()).filter(|it| is_widened(*it, column.kind));
        let kind = kind.ok_or_else(|| Unavailable::SchemaChanged {
            path: path(),
            column: column.name.clone(),
        })?;
        if columns.iter().any(|it| it.name == column.name) {
            return Err(Unavailable::Clash { path: path(), column: column.name.clone() });
        }
        columns.push(Column { name: column.name.clone(), kind });
        places.push(place);
    }
    let is_there = |it: &&Mapped| columns.iter().any(|column| column.name == it.column.name);
    if let Some(missing) = mapped.iter().filter(|it| it.must).find(|it| !is_there(it)) {
        let column = missing.column.name.clone();
        return Err(Unavailable::SchemaChanged { path: path(), column });
    }
    Ok((columns, places))
}
