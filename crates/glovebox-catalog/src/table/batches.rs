//! The reading of files: row groups and text to batches of the columns that a scan shows.

use std::io::{BufRead, BufReader};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{Field, SchemaRef};
use glovebox_model::{Column, ColumnName};

use super::cell::Cells;
use super::csv::Records;
use super::describe::{fault, header};
use super::files::{Files, SourceFile};
use super::hint::Hint;
use super::lookup::Lookup;
use super::parquet::Footer;
use super::ranges::{Onward, Ranges};
use super::work::Sink;
use super::{Format, Unavailable, avro, ndjson, sniffed};

/// Rows of a batch at most, whatever the session says.
pub(super) const MAX_BATCH_ROWS: usize = 8192;
const BATCH_BYTES: usize = 4 << 20;

/// How files become batches in one scan.
#[derive(Debug)]
pub(super) struct Batches {
    pub(super) source: Arc<Files>,
    /// Indices into the columns of the source.
    pub(super) projection: Vec<usize>,
    pub(super) schema: SchemaRef,
    pub(super) batch_rows: usize,
    pub(super) hints: Vec<Hint>,
}

/// A file with its bytes, and its footer if it is of Parquet.
pub(super) struct Ready {
    pub(super) ranges: Ranges,
    pub(super) footer: Option<Arc<Footer>>,
}

impl Batches {
    /// Reads a file, or one row group of it; says whether to go on.
    pub(super) fn read(
        &self,
        file: &SourceFile,
        row_group: Option<usize>,
        Ready { ranges, footer }: Ready,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Unavailable> {
        let outcome = match (self.source.format, &footer) {
            (Format::Parquet, Some(footer)) => {
                self.groups(row_group, footer).into_iter().try_fold(true, |go_on, group| {
                    if go_on { self.parquet(file, footer, &ranges, group, sink) } else { Ok(false) }
                })
            }
            (Format::Avro, _) => self.avro(file, &ranges, sink),
            (Format::Csv, _) => self.csv(file, &ranges, sink),
            (Format::Ndjson, _) | (Format::Parquet, None) => self.ndjson(file, &ranges, sink),
        };
        // A file edited in place may look corrupt: what happened is that it changed.
        if ranges.is_unchanged(&file.file.version)? {
            outcome
        } else {
            Err(Unavailable::Changed { path: file.file.path.clone() })
        }
    }

    /// One row group, or those of a file that the hints leave.
    pub(super) fn groups(&self, row_group: Option<usize>, footer: &Footer) -> Vec<usize> {
        match row_group {
            Some(group) => vec![group],
            None => footer.groups(&self.hints, &self.source.configured),
        }
    }

    /// The places of the projected columns in a file, rising.
    pub(super) fn indices(&self, footer: &Footer) -> Vec<usize> {
        let mut indices: Vec<usize> = self
            .projected()
            .filter(|it| self.key(&it.name).is_none())
            .filter_map(|it| footer.index(&it.name))
            .collect();
        indices.sort_unstable();
        indices
    }

    fn projected(&self) -> impl Iterator<Item = &Column> {
        self.projection.iter().filter_map(|it| self.source.columns.get(*it))
    }

    /// The place of `name` among the partition keys.
    fn key(&self, name: &ColumnName) -> Option<usize> {
        self.source.partition_keys.iter().position(|it| it == name)
    }

    fn parquet(
        &self,
        file: &SourceFile,
        footer: &Footer,
        ranges: &Ranges,
        row_group: usize,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Unavailable> {
        let indices = self.indices(footer);
        let corrupt =
            || Unavailable::Corrupt { path: file.file.path.clone(), row_group: Some(row_group) };
        let mut go_on = true;
        let chunks = footer.chunks(row_group, &indices);
        let ranges = if ranges.is_distant() {
            self.source.stop.wait(ranges.with(&chunks))?
        } else {
            ranges.clone()
        };
        let how = (indices.as_slice(), self.batch_rows, file.deleted.as_deref());
        footer.read_group(&ranges, row_group, how, &mut |batch| {
            let rows = batch.num_rows();
            let mut arrays = Vec::with_capacity(self.projection.len());
            for (column, field) in self.projected().zip(self.schema.fields()) {
                let array = match self.key(&column.name) {
                    Some(key) => constant(column, file.file.partition.get(key), rows),
                    None => {
                        let Some(place) = footer.index(&column.name) else {
                            arrays.push(self.missing(field, rows).ok_or_else(corrupt)?);
                            continue;
                        };
                        let place = indices.binary_search(&place).map_err(|_| corrupt())?;
                        let stored = batch.columns().get(place).ok_or_else(corrupt)?;
                        let options = CastOptions { safe: true, ..CastOptions::default() };
                        cast_with_options(stored, field.data_type(), &options)
                            .map_err(|_| corrupt())?
                    }
                };
                arrays.push(array);
            }
            go_on = sink(self.batch(arrays, rows).ok_or_else(corrupt)?);
            Ok(go_on)
        })?;
        Ok(go_on)
    }

    /// A column that the file does not have, if its table format allows that.
    fn missing(&self, field: &Field, rows: usize) -> Option<ArrayRef> {
        let is_allowed = matches!(*self.source.lookup, Lookup::Format(_));
        is_allowed.then(|| new_null_array(field.data_type(), rows))
    }

    /// The bytes of a text file: of one that a catalog declares to be one, if it is.
    fn text(&self, ranges: &Ranges) -> Result<BufReader<Onward>, Unavailable> {
        let mut input = ranges.reader(0);
        if self.source.declared.is_some() {
            let first = input.fill_buf().map_err(|it| Unavailable::io(&ranges.path, &it))?;
            sniffed::check(first, &ranges.path)?;
        }
        Ok(input)
    }

    /// The names of the columns of a text file, in its order.
    fn names<R: BufRead>(
        &self,
        records: &mut Records<R>,
        path: &str,
    ) -> Result<Vec<ColumnName>, Unavailable> {
        match &self.source.declared {
            Some(declared) if !declared.dialect.has_header => {
                Ok(declared.columns.iter().map(|it| it.name.clone()).collect())
            }
            _ => header(records, path),
        }
    }

    fn csv(
        &self,
        file: &SourceFile,
        ranges: &Ranges,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Unavailable> {
        let path = &file.file.path;
        let dialect = self.source.declared.as_ref().map(|it| it.dialect.clone());
        let dialect = dialect.unwrap_or_default();
        let mut records = Records::new(self.text(ranges)?, &dialect);
        let names = self.names(&mut records, path)?;
        let missing = |it: &&Column| self.key(&it.name).is_none() && !names.contains(&it.name);
        if let Some(column) = self.source.configured.iter().find(missing) {
            let (path, column) = (path.clone(), column.name.clone());
            return Err(Unavailable::SchemaChanged { path, column });
        }
        let fields = file.file.fields.unwrap_or(names.len());
        let place = |it: &Column| names.iter().position(|name| *name == it.name);
        let places: Vec<Option<usize>> =
            self.projected().map(|it| place(it).filter(|at| *at < fields)).collect();
        let mut rows = self.rows(file);
        while records.advance(names.len() > 1).map_err(|it| fault(path, it))? {
            // Hive fills what is missing at the end of a line with NULLs.
            if dialect.has_header && records.len() != names.len() {
                return Err(Unavailable::Corrupt { path: path.clone(), row_group: None });
            }
            let cell = |place: usize| {
                places.get(place).copied().flatten().and_then(|it| records.field(it))
            };
            if !rows.push(cell, sink)? {
                return Ok(false);
            }
        }
        rows.flush(sink)
    }

    fn avro(
        &self,
        file: &SourceFile,
        ranges: &Ranges,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Unavailable> {
        let names: Vec<&ColumnName> = self.projected().map(|it| &it.name).collect();
        let stored = self.source.configured.iter().filter(|it| self.key(&it.name).is_none());
        let stored: Vec<&ColumnName> = stored.map(|it| &it.name).collect();
        let columns = (stored.as_slice(), names.as_slice());
        let mut rows = self.rows(file);
        let go_on = avro::read(ranges.reader(0), &file.file.path, columns, &mut |cells| {
            rows.push(|place| cells.get(place)?.as_deref(), sink)
        })?;
        if go_on { rows.flush(sink) } else { Ok(false) }
    }

    fn ndjson(
        &self,
        file: &SourceFile,
        ranges: &Ranges,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Unavailable> {
        let path = &file.file.path;
        let mut input = self.text(ranges)?;
        let (mut line, mut rows) = (Vec::new(), self.rows(file));
        let is_stored = |it: &Column| self.key(&it.name).is_none();
        let columns: Vec<Option<&Column>> =
            self.projected().map(|it| is_stored(it).then_some(it)).collect();
        let is_declared = self.source.declared.is_some();
        while let Some(object) =
            ndjson::next_object(&mut input, &mut line).map_err(|it| fault(path, it))?
        {
            let cells = ndjson::cells((&object, line.as_slice()), &columns, is_declared)
                .map_err(|place| self.retyped(path, place))?;
            let cell = |place: usize| cells.get(place)?.as_deref().map(str::as_bytes);
            if !rows.push(cell, sink)? {
                return Ok(false);
            }
        }
        rows.flush(sink)
    }

    /// A cell of a projected column is not of the column's type.
    fn retyped(&self, path: &str, place: usize) -> Unavailable {
        let path = path.to_owned();
        match self.projected().nth(place) {
            Some(column) => Unavailable::SchemaChanged { path, column: column.name.clone() },
            None => Unavailable::Corrupt { path, row_group: None },
        }
    }

    /// A cell of a projected column of text is none.
    fn not_text(&self, path: &str, place: usize) -> Unavailable {
        let path = path.to_owned();
        match self.projected().nth(place) {
            Some(column) => Unavailable::NotText { path, column: column.name.clone() },
            None => Unavailable::Corrupt { path, row_group: None },
        }
    }

    fn rows<'a>(&'a self, file: &'a SourceFile) -> Rows<'a> {
        let cells = self.projected().map(|it| Cells::new(it.kind)).collect();
        let keys = self.projected().map(|it| self.key(&it.name)).collect();
        Rows { work: self, file, cells, keys, rows: 0, bytes: 0 }
    }

    fn batch(&self, arrays: Vec<ArrayRef>, rows: usize) -> Option<RecordBatch> {
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options).ok()
    }
}

/// Rows of text on their way to a batch.
struct Rows<'a> {
    work: &'a Batches,
    file: &'a SourceFile,
    cells: Vec<Cells>,
    keys: Vec<Option<usize>>,
    rows: usize,
    bytes: usize,
}

impl Rows<'_> {
    fn push<'c>(
        &mut self,
        cell: impl Fn(usize) -> Option<&'c [u8]>,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Unavailable> {
        let is_typed = self.work.source.declared.as_ref().is_some_and(|it| it.is_typed);
        for (place, (cells, key)) in self.cells.iter_mut().zip(&self.keys).enumerate() {
            let value = match key {
                Some(key) => self.file.file.partition.get(*key).and_then(|it| it.as_deref()),
                None => {
                    let bytes = cell(place);
                    self.bytes += bytes.map_or(0, <[u8]>::len);
                    let (is_read, path) = (cells.push(bytes), &self.file.file.path);
                    // Whatever is text reads as text.
                    if !is_read && matches!(cells, Cells::String(_)) {
                        return Err(self.work.not_text(path, place));
                    }
                    if !is_read && is_typed {
                        return Err(self.work.retyped(path, place));
                    }
                    continue;
                }
            };
            cells.push(value.map(str::as_bytes));
        }
        self.rows += 1;
        if self.rows < self.work.batch_rows && self.bytes < BATCH_BYTES {
            Ok(true)
        } else {
            self.flush(sink)
        }
    }

    fn flush(&mut self, sink: &mut Sink<'_>) -> Result<bool, Unavailable> {
        if self.rows == 0 {
            return Ok(true);
        }
        let arrays = self.cells.iter_mut().map(Cells::finish).collect();
        let batch = self.work.batch(arrays, self.rows).ok_or_else(|| Unavailable::Corrupt {
            path: self.file.file.path.clone(),
            row_group: None,
        })?;
        (self.rows, self.bytes) = (0, 0);
        Ok(sink(batch))
    }
}

/// A partition value on every row.
pub(super) fn constant(column: &Column, value: Option<&Option<String>>, rows: usize) -> ArrayRef {
    let value = value.and_then(|it| it.as_deref()).map(str::as_bytes);
    let mut cells = Cells::new(column.kind);
    for _ in 0..rows {
        cells.push(value);
    }
    cells.finish()
}
