//! What a scan reads, and the reading: files to batches of the table's columns.

use std::io::BufRead;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::stats::Precision;
use glovebox_model::{Column, ColumnName};

use super::cell::Cells;
use super::csv::Records;
use super::describe::{fault, header};
use super::location::{Format, FoundFile, open_beneath};
use super::parquet::Footer;
use super::ranges::Ranges;
use super::reading::ReadRecorder;
use super::{Unavailable, ndjson};
use crate::beneath::{Folder, Identity};

/// Rows of a batch at most, whatever the session says.
const MAX_BATCH_ROWS: usize = 8192;
const BATCH_BYTES: usize = 4 << 20;

/// A table's files, checked and ready to be read.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) root: Folder,
    pub(super) format: Format,
    pub(super) files: Vec<SourceFile>,
    pub(super) partition_keys: Vec<ColumnName>,
    /// The columns shown, in the order of the table.
    pub(super) columns: Vec<Column>,
    /// All columns that must be there, shown or not.
    pub(super) configured: Vec<ColumnName>,
    pub(super) recorder: Option<Arc<dyn ReadRecorder>>,
}

#[derive(Debug)]
pub(super) struct SourceFile {
    pub(super) file: FoundFile,
    pub(super) footer: Option<Footer>,
}

/// What one scan reads.
#[derive(Debug)]
pub(super) struct Work {
    source: Arc<Source>,
    /// Indices into the columns of the source.
    projection: Vec<usize>,
    schema: SchemaRef,
    batch_rows: usize,
    pub(super) partitions: Vec<Vec<Unit>>,
}

/// The smallest thing read at once: a row group of a Parquet file, or a text file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    file: usize,
    row_group: usize,
}

/// Takes a batch; says whether to go on.
type Sink<'a> = dyn FnMut(RecordBatch) -> bool + 'a;

impl Source {
    fn units(&self) -> Vec<Unit> {
        let groups = |it: &SourceFile| it.footer.as_ref().map_or(1, |it| it.row_groups);
        self.files
            .iter()
            .enumerate()
            .flat_map(|(file, it)| (0..groups(it)).map(move |row_group| Unit { file, row_group }))
            .collect()
    }

    /// The path of a unit, and its row group if there are any.
    pub(super) fn place(&self, unit: Unit) -> (String, Option<usize>) {
        let path = self.files.get(unit.file).map(|it| it.file.path.clone()).unwrap_or_default();
        (path, (self.format == Format::Parquet).then_some(unit.row_group))
    }

    pub(super) fn rows(&self) -> Precision<usize> {
        let rows: Option<usize> =
            self.files.iter().map(|it| it.footer.as_ref().map(|it| it.rows)).sum();
        rows.map_or(Precision::Absent, Precision::Inexact)
    }
}

impl Work {
    /// The reading of `projection` (indices into the columns of the source) in at most so many
    /// partitions and batches of at most so many rows.
    pub(super) fn new(
        source: Arc<Source>,
        projection: Vec<usize>,
        schema: SchemaRef,
        (partitions, batch_rows): (usize, usize),
    ) -> Self {
        let units = source.units();
        let count = partitions.min(units.len()).max(1);
        let mut split = vec![Vec::new(); count];
        for (index, unit) in units.iter().enumerate() {
            if let Some(part) = split.get_mut(index * count / units.len()) {
                part.push(*unit);
            }
        }
        let batch_rows = batch_rows.clamp(1, MAX_BATCH_ROWS);
        Self { source, projection, schema, batch_rows, partitions: split }
    }

    /// Reads a partition to its end, or until `sink` says stop.
    pub(super) fn read(&self, partition: usize, sink: &mut Sink<'_>) -> Result<(), Unavailable> {
        for unit in self.partitions.get(partition).into_iter().flatten() {
            let Some(file) = self.source.files.get(unit.file) else { continue };
            if !self.unit(file, unit.row_group, sink)? {
                break;
            }
        }
        Ok(())
    }

    fn unit(
        &self,
        file: &SourceFile,
        row_group: usize,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Unavailable> {
        let opened = Arc::new(open_beneath(&self.source.root, &file.file)?);
        let ranges = Ranges {
            file: Arc::clone(&opened),
            length: file.file.identity.size,
            path: file.file.path.clone(),
            recorder: self.source.recorder.clone(),
        };
        let outcome = match (self.source.format, &file.footer) {
            (Format::Parquet, Some(footer)) => self.parquet(file, footer, &ranges, row_group, sink),
            (Format::Csv, _) => self.csv(file, &ranges, sink),
            (Format::Ndjson, _) | (Format::Parquet, None) => self.ndjson(file, &ranges, sink),
        };
        // A file edited in place may look corrupt: what happened is that it changed.
        let path = &file.file.path;
        let now = Identity::of(&opened).map_err(|it| Unavailable::io(path, &it))?;
        if now == file.file.identity {
            outcome
        } else {
            Err(Unavailable::Changed { path: path.clone() })
        }
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
        let mut indices: Vec<usize> = self
            .projected()
            .filter(|it| self.key(&it.name).is_none())
            .filter_map(|it| footer.index(&it.name))
            .collect();
        indices.sort_unstable();
        let corrupt =
            || Unavailable::Corrupt { path: file.file.path.clone(), row_group: Some(row_group) };
        let mut go_on = true;
        footer.read_group(ranges, row_group, (&indices, self.batch_rows), &mut |batch| {
            let rows = batch.num_rows();
            let mut arrays = Vec::with_capacity(self.projection.len());
            for (column, field) in self.projected().zip(self.schema.fields()) {
                let array = match self.key(&column.name) {
                    Some(key) => constant(column, file.file.partition.get(key), rows),
                    None => {
                        let place = footer.index(&column.name).ok_or_else(corrupt)?;
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

    fn csv(
        &self,
        file: &SourceFile,
        ranges: &Ranges,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Unavailable> {
        let path = &file.file.path;
        let mut records = Records::new(ranges.reader(0));
        let names = header(&mut records, path)?;
        let missing = |it: &&ColumnName| self.key(it).is_none() && !names.contains(it);
        if let Some(column) = self.source.configured.iter().find(missing) {
            let (path, column) = (path.clone(), column.clone());
            return Err(Unavailable::SchemaChanged { path, column });
        }
        let places: Vec<Option<usize>> =
            self.projected().map(|it| names.iter().position(|name| *name == it.name)).collect();
        let mut rows = self.rows(file);
        while records.advance(names.len() > 1).map_err(|it| fault(path, it))? {
            if records.len() != names.len() {
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

    fn ndjson(
        &self,
        file: &SourceFile,
        ranges: &Ranges,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Unavailable> {
        let path = &file.file.path;
        let mut input: Box<dyn BufRead> = Box::new(ranges.reader(0));
        let (mut line, mut rows) = (Vec::new(), self.rows(file));
        let names: Vec<&ColumnName> = self.projected().map(|it| &it.name).collect();
        while let Some(object) =
            ndjson::next_object(&mut input, &mut line).map_err(|it| fault(path, it))?
        {
            let mut cells: Vec<Option<String>> = vec![None; names.len()];
            for (key, value) in &object {
                let place = names.iter().position(|it| it.as_str().eq_ignore_ascii_case(key));
                if let Some(cell) = place.and_then(|it| cells.get_mut(it)) {
                    *cell = ndjson::text(value).map(|it| it.0);
                }
            }
            let cell = |place: usize| cells.get(place)?.as_deref().map(str::as_bytes);
            if !rows.push(cell, sink)? {
                return Ok(false);
            }
        }
        rows.flush(sink)
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
    work: &'a Work,
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
        for (place, (cells, key)) in self.cells.iter_mut().zip(&self.keys).enumerate() {
            let value = match key {
                Some(key) => self.file.file.partition.get(*key).and_then(|it| it.as_deref()),
                None => {
                    let bytes = cell(place);
                    self.bytes += bytes.map_or(0, <[u8]>::len);
                    cells.push(bytes);
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
fn constant(column: &Column, value: Option<&Option<String>>, rows: usize) -> ArrayRef {
    let value = value.and_then(|it| it.as_deref()).map(str::as_bytes);
    let mut cells = Cells::new(column.kind);
    (0..rows).for_each(|_| cells.push(value));
    cells.finish()
}
