//! CSV files as inputs.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use glovebox_c3r::csv::{CsvError, InputNull, Reader, Record};
use glovebox_c3r::parquet::Raw;
use glovebox_c3r::{Header, Value, ValueType};

use crate::Failed;
use crate::source::{See, Seen, Source};

/// A CSV file whose header was read, or whose columns were counted.
pub(crate) struct CsvInput {
    path: PathBuf,
    reader: Reader<Counted>,
    columns: Vec<(Header, ValueType)>,
    done: Arc<AtomicU64>,
    whole: u64,
}

impl CsvInput {
    pub(crate) fn open(path: &Path, null: InputNull, has_headers: bool) -> Result<Self, Failed> {
        let failed = |it: &CsvError| csv_failed(path, it);
        let mut file = super::file(path)?;
        let whole = file.metadata().map_or(0, |it| it.len());
        let mut columns = Vec::new();
        if !has_headers {
            // A look at the first row, which is read again afterwards.
            let again = file.try_clone().map_err(|it| failed(&it.into()))?;
            let mut first = Reader::new(again, null.clone());
            let count = first.read().map_err(|it| failed(&it))?.map_or(0, |it| it.len());
            columns.extend((0..count).map(|it| (Header::positional(it), ValueType::STRING)));
            if count == 0 {
                return Err(Failed::new(format!("`{}` holds no rows", path.display()))
                    .help("its first row is needed to know how many columns there are"));
            }
            file.seek(SeekFrom::Start(0)).map_err(|it| failed(&it.into()))?;
        }
        let done = Arc::new(AtomicU64::new(0));
        let mut reader = Reader::new(Counted { file, done: Arc::clone(&done) }, null);
        if has_headers {
            for (place, name) in reader.header().map_err(|it| failed(&it))?.iter().enumerate() {
                let header = Header::new(name).map_err(|it| {
                    Failed::new(format!(
                        "column {} of `{}` has no valid name: {it}",
                        place + 1,
                        path.display()
                    ))
                    .help("rename the column in the first line; every column must have a name")
                })?;
                columns.push((header, ValueType::STRING));
            }
        }
        Ok(Self { path: path.to_owned(), reader, columns, done, whole })
    }

    pub(crate) fn columns(&self) -> &[(Header, ValueType)] {
        &self.columns
    }

    pub(crate) fn rows(self, used: &[usize]) -> CsvRows {
        CsvRows { input: self, used: used.to_vec() }
    }
}

/// The rows of a CSV file.
pub(crate) struct CsvRows {
    input: CsvInput,
    used: Vec<usize>,
}

/// Rows of at most so many values need no memory of their own.
const FEW: usize = 16;

impl Source for CsvRows {
    fn next(&mut self, see: &mut See<'_>) -> Result<bool, Failed> {
        let read = self.input.reader.read();
        let Some(record) = read.map_err(|it| csv_failed(&self.input.path, &it))? else {
            return Ok(false);
        };
        let row = record.row();
        if self.used.len() <= FEW {
            let mut raw = [Raw::Null; FEW];
            let mut values = [Value::Null(ValueType::STRING); FEW];
            fill(&record, &self.used, raw.iter_mut().zip(&mut values));
            let raw = raw.get(..self.used.len()).unwrap_or_default();
            let values = values.get(..self.used.len()).unwrap_or_default();
            see(Seen { row, raw, values })?;
        } else {
            let mut raw = vec![Raw::Null; self.used.len()];
            let mut values = vec![Value::Null(ValueType::STRING); self.used.len()];
            fill(&record, &self.used, raw.iter_mut().zip(&mut values));
            see(Seen { row, raw: &raw, values: &values })?;
        }
        Ok(true)
    }

    fn done(&self) -> u64 {
        self.input.done.load(Ordering::Relaxed)
    }

    fn whole(&self) -> u64 {
        self.input.whole
    }
}

fn fill<'r: 'v, 'v>(
    record: &Record<'r>,
    used: &[usize],
    places: impl Iterator<Item = (&'v mut Raw<'r>, &'v mut Value<'r>)>,
) {
    for ((raw, value), place) in places.zip(used) {
        let field = record.get(*place);
        *raw = field.map_or(Raw::Null, Raw::Bytes);
        *value = Value::text(field);
    }
}

/// A file that counts what was read of it.
#[derive(Debug)]
pub(crate) struct Counted {
    file: File,
    done: Arc<AtomicU64>,
}

impl Counted {
    /// Counts into `done`.
    pub(crate) fn new(file: File, done: Arc<AtomicU64>) -> Self {
        Self { file, done }
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// What is wrong with a CSV file, with its name.
pub(crate) fn csv_failed(path: &Path, error: &CsvError) -> Failed {
    Failed::new(format!("`{}`: {error}", path.display()))
}
