//! The reading of files: row groups and text to batches of the table's columns.

use std::collections::VecDeque;
use std::io::BufRead;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array as _, ArrayRef, RecordBatch, RecordBatchOptions, UInt64Array, new_null_array,
};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use glovebox_model::{Column, ColumnName};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::cell::Cells;
use super::csv::Records;
use super::describe::{fault, header};
use super::files::{Files, SourceFile};
use super::hint::Hint;
use super::layout::FoundFile;
use super::lookup::Lookup;
use super::parquet::Footer;
use super::prune::{Known, may_hold};
use super::ranges::Ranges;
use super::source::Scan;
use super::storage::Storage;
use super::types::fields;
use super::work::{Sink, Work};
use super::{Format, Unavailable, avro, ndjson};

/// Rows of a batch at most, whatever the session says.
const MAX_BATCH_ROWS: usize = 8192;
const BATCH_BYTES: usize = 4 << 20;

/// What one scan of files reads.
#[derive(Debug)]
pub(super) struct FilesWork {
    source: Arc<Files>,
    /// Indices into the columns of the source.
    projection: Vec<usize>,
    schema: SchemaRef,
    batch_rows: usize,
    hints: Vec<Hint>,
    partitions: Vec<Vec<Unit>>,
}

/// The smallest thing read at once: a row group of a Parquet file, or a file.
#[derive(Debug, Clone, Copy)]
struct Unit {
    file: usize,
    row_group: Option<usize>,
}

impl Files {
    /// What there is to read, without what the hints rule out.
    fn units(&self, hints: &[Hint]) -> Vec<Unit> {
        let mut units = Vec::new();
        for (file, it) in self.files.iter().enumerate() {
            if !self.may_hold(hints, &it.file) {
                continue;
            }
            match &it.footer {
                Some(footer) => {
                    let groups = footer.groups(hints, &self.configured).into_iter();
                    units.extend(groups.map(|it| Unit { file, row_group: Some(it) }));
                }
                None => units.push(Unit { file, row_group: None }),
            }
        }
        units
    }

    /// Whether a file can have rows for which all hints about partition keys hold.
    fn may_hold(&self, hints: &[Hint], file: &FoundFile) -> bool {
        hints.iter().all(|hint| {
            let Some(key) = self.partition_keys.iter().position(|it| *it == hint.column) else {
                return true;
            };
            let Some(column) = self.configured.iter().find(|it| it.name == hint.column) else {
                return true;
            };
            let value = constant(column, file.partition.get(key), 1);
            let nulls = UInt64Array::from(vec![value.null_count() as u64]);
            let known = Known { least: Arc::clone(&value), greatest: value, nulls, rows: vec![1] };
            may_hold(hint, &known).contains(&true)
        })
    }
}

impl FilesWork {
    pub(super) fn new(source: Arc<Files>, scan: Scan) -> Self {
        let Scan { projection, hints, partitions, batch_rows } = scan;
        let shown = projection.iter().filter_map(|it| source.columns.get(*it));
        let schema = Arc::new(Schema::new(fields(shown)));
        let units = source.units(&hints);
        let count = partitions.min(units.len()).max(1);
        let mut split = vec![Vec::new(); count];
        for (index, unit) in units.iter().enumerate() {
            if let Some(part) = split.get_mut(index * count / units.len()) {
                part.push(*unit);
            }
        }
        let batch_rows = batch_rows.clamp(1, MAX_BATCH_ROWS);
        Self { source, projection, schema, batch_rows, hints, partitions: split }
    }

    /// The row groups of a unit, of those that the hints leave.
    fn groups(&self, unit: Unit, footer: &Footer) -> Vec<usize> {
        match unit.row_group {
            Some(group) => vec![group],
            None => footer.groups(&self.hints, &self.source.configured),
        }
    }

    fn unit(
        &self,
        unit: Unit,
        ready: Option<Prepared>,
        sink: &mut Sink<'_>,
    ) -> Result<bool, Unavailable> {
        let Some(file) = self.source.files.get(unit.file) else { return Ok(true) };
        let (ranges, footer) = match ready {
            Some(Prepared { ranges, footer }) => (ranges, Some(footer)),
            None => {
                let recorder = self.source.recorder.clone();
                let ranges = Ranges::open(&file.file, recorder, &self.source.stop)?;
                (ranges, file.footer.clone())
            }
        };
        let outcome = match (self.source.format, &footer) {
            (Format::Parquet, Some(footer)) => {
                self.groups(unit, footer).into_iter().try_fold(true, |go_on, group| {
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

    /// The places of the projected columns in a file, rising.
    fn indices(&self, footer: &Footer) -> Vec<usize> {
        let mut indices: Vec<usize> = self
            .projected()
            .filter(|it| self.key(&it.name).is_none())
            .filter_map(|it| footer.index(&it.name))
            .collect();
        indices.sort_unstable();
        indices
    }

    /// Fetching what is first read of a unit of distant Parquet files.
    fn prepare(
        &self,
        unit: Unit,
    ) -> impl Future<Output = Result<Prepared, Unavailable>> + Send + use<> {
        let source = Arc::clone(&self.source);
        let shape = Self {
            source: Arc::clone(&source),
            projection: self.projection.clone(),
            schema: Arc::clone(&self.schema),
            batch_rows: self.batch_rows,
            hints: self.hints.clone(),
            partitions: Vec::new(),
        };
        async move {
            let file = source.files.get(unit.file).ok_or(Unavailable::Stopped)?;
            let ranges = Ranges::open(&file.file, source.recorder.clone(), &source.stop)?;
            let footer = match &file.footer {
                Some(footer) => Arc::clone(footer),
                None => {
                    let footer = Footer::fetch(&ranges, &source.lookup).await?;
                    source.check_columns(&footer, &file.file.path)?;
                    Arc::new(footer)
                }
            };
            let indices = shape.indices(&footer);
            let first = shape.groups(unit, &footer).into_iter().next();
            let chunks = first.map(|it| footer.chunks(it, &indices)).unwrap_or_default();
            Ok(Prepared { ranges: ranges.with(&chunks).await?, footer })
        }
    }

    /// Whether what is read next is better fetched before it is needed.
    fn is_distant(&self) -> bool {
        let distant = |it: &SourceFile| matches!(it.file.storage, Storage::Objects(_));
        self.source.format == Format::Parquet && self.source.files.iter().any(distant)
    }

    /// About how many bytes of a unit are fetched.
    fn weight(&self, unit: Unit) -> u64 {
        let Some(file) = self.source.files.get(unit.file) else { return 0 };
        match (&file.footer, unit.row_group) {
            (Some(footer), Some(group)) => {
                let chunks = footer.chunks(group, &self.indices(footer));
                chunks.iter().map(|it| it.end - it.start).sum()
            }
            _ => file.file.version.size(),
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
        let mut records = Records::new(ranges.reader(0), &dialect);
        let names = self.names(&mut records, path)?;
        let missing = |it: &&Column| self.key(&it.name).is_none() && !names.contains(&it.name);
        if let Some(column) = self.source.configured.iter().find(missing) {
            let (path, column) = (path.clone(), column.name.clone());
            return Err(Unavailable::SchemaChanged { path, column });
        }
        let places: Vec<Option<usize>> =
            self.projected().map(|it| names.iter().position(|name| *name == it.name)).collect();
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
        let mut rows = self.rows(file);
        let go_on = avro::read(ranges.reader(0), &file.file.path, &names, &mut |cells| {
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

impl Work for FilesWork {
    fn partitions(&self) -> usize {
        self.partitions.len()
    }

    fn read(&self, partition: usize, sink: &mut Sink<'_>) -> Result<(), Unavailable> {
        let units = self.partitions.get(partition).map(Vec::as_slice).unwrap_or_default();
        let mut ahead = self.is_distant().then(|| Ahead::new(units));
        for unit in units {
            let ready = match &mut ahead {
                Some(ahead) => Some(ahead.next(self)?),
                None => None,
            };
            if !self.unit(*unit, ready, sink)? {
                break;
            }
        }
        Ok(())
    }

    fn place(&self, partition: usize) -> (String, Option<usize>) {
        let unit = self.partitions.get(partition).and_then(|it| it.first());
        let Some(unit) = unit else { return (String::new(), None) };
        let file = self.source.files.get(unit.file);
        (file.map(|it| it.file.path.clone()).unwrap_or_default(), unit.row_group)
    }
}

/// The file of a unit, with its footer and the first bytes that are read of it.
struct Prepared {
    ranges: Ranges,
    footer: Arc<Footer>,
}

/// Fetches units before they are needed: several small ones at once.
struct Ahead<'a> {
    rest: &'a [Unit],
    /// With the bytes that each is about to hold.
    on_their_way: VecDeque<(u64, JoinHandle<Result<Prepared, Unavailable>>)>,
}

/// Units and bytes on their way at most; one more unit always is.
const UNITS_AHEAD: usize = 8;
const BYTES_AHEAD: u64 = 16 << 20;

impl<'a> Ahead<'a> {
    fn new(rest: &'a [Unit]) -> Self {
        Self { rest, on_their_way: VecDeque::new() }
    }

    fn next(&mut self, work: &FilesWork) -> Result<Prepared, Unavailable> {
        let runtime = Handle::try_current().map_err(|_| Unavailable::Stopped)?;
        while let Some((unit, rest)) = self.rest.split_first() {
            let bytes: u64 = self.on_their_way.iter().map(|it| it.0).sum();
            let is_full = self.on_their_way.len() >= UNITS_AHEAD || bytes >= BYTES_AHEAD;
            if self.on_their_way.len() > 1 && is_full {
                break;
            }
            let fetching = runtime.spawn(work.prepare(*unit));
            self.on_their_way.push_back((work.weight(*unit), fetching));
            self.rest = rest;
        }
        let Some((_, next)) = self.on_their_way.pop_front() else {
            return Err(Unavailable::Stopped);
        };
        let stop = work.source.stop.clone();
        stop.wait(async { next.await.unwrap_or(Err(Unavailable::Stopped)) })
    }
}

impl Drop for Ahead<'_> {
    fn drop(&mut self) {
        self.on_their_way.iter().for_each(|it| it.1.abort());
    }
}

/// Rows of text on their way to a batch.
struct Rows<'a> {
    work: &'a FilesWork,
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
pub(super) fn constant(column: &Column, value: Option<&Option<String>>, rows: usize) -> ArrayRef {
    let value = value.and_then(|it| it.as_deref()).map(str::as_bytes);
    let mut cells = Cells::new(column.kind);
    (0..rows).for_each(|_| cells.push(value));
    cells.finish()
}
