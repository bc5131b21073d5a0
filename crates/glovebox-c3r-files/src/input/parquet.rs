//! Parquet files as inputs.

use std::fs::File;
use std::path::{Path, PathBuf};

use glovebox_c3r::parquet::{Batch, InputColumn, ParquetFault, Raw, TableReader, values};
use glovebox_c3r::{Header, ValueType};

use crate::Failed;
use crate::source::{See, Seen, Source};

/// A Parquet file whose columns are known.
pub(crate) struct ParquetInput {
    path: PathBuf,
    reader: TableReader<File>,
    columns: Vec<(Header, ValueType)>,
    /// Where each of them is in the file.
    places: Vec<usize>,
    usable: Vec<bool>,
}

impl ParquetInput {
    pub(crate) fn open(path: &Path, binary_as_string: bool) -> Result<Self, Failed> {
        let mut reader = reader(path, binary_as_string)?;
        let table = reader.columns().to_vec();
        let (mut columns, mut places, mut usable) = (Vec::new(), Vec::new(), Vec::new());
        for (place, column) in table.iter().enumerate() {
            // A nested column may be there, and may be called whatever it is, if nobody wants it.
            let is_usable = reader.select(&[place]).is_ok();
            let header = match Header::new(&column.name) {
                Ok(header) => header,
                Err(_) if !is_usable => continue,
                Err(error) => {
                    return Err(Failed::new(format!(
                        "column {} of `{}` has no valid name: {error}",
                        place + 1,
                        path.display()
                    ))
                    .help("rename the column where the file is written"));
                }
            };
            columns.push((header, column.value_type));
            places.push(place);
            usable.push(is_usable);
        }
        Ok(Self { path: path.to_owned(), reader, columns, places, usable })
    }

    pub(crate) fn columns(&self) -> &[(Header, ValueType)] {
        &self.columns
    }

    /// Whether the column at this place can be used at all.
    pub(crate) fn is_usable(&self, place: usize) -> bool {
        self.usable.get(place).copied().unwrap_or(false)
    }

    /// The same columns, for whoever writes them into another file.
    pub(crate) fn table(&self) -> Vec<InputColumn> {
        let table = self.reader.columns();
        self.places.iter().filter_map(|it| table.get(*it).cloned()).collect()
    }

    pub(crate) fn rows(mut self, used: &[usize]) -> Result<ParquetRows, Failed> {
        let places: Vec<_> = used.iter().filter_map(|it| self.places.get(*it).copied()).collect();
        self.reader.select(&places).map_err(|it| parquet_failed(&self.path, &it))?;
        let kinds = used.iter().filter_map(|it| self.columns.get(*it));
        let (names, kinds) = kinds.map(|(name, kind)| (name.to_string(), *kind)).unzip();
        let whole = self.reader.n_rows();
        Ok(ParquetRows {
            path: self.path,
            reader: self.reader,
            names,
            kinds,
            batch: None,
            at: 0,
            row: 0,
            whole,
            digits: Vec::new(),
        })
    }
}

/// Opens a Parquet file.
pub(crate) fn reader(path: &Path, binary_as_string: bool) -> Result<TableReader<File>, Failed> {
    let file = super::file(path)?;
    TableReader::open(file, binary_as_string).map_err(|it| parquet_failed(path, &it))
}

/// The rows of a Parquet file.
pub(crate) struct ParquetRows {
    path: PathBuf,
    reader: TableReader<File>,
    names: Vec<String>,
    kinds: Vec<ValueType>,
    batch: Option<Batch>,
    at: usize,
    row: u64,
    whole: u64,
    digits: Vec<String>,
}

impl Source for ParquetRows {
    fn next(&mut self, see: &mut See<'_>) -> Result<bool, Failed> {
        while self.batch.as_ref().is_none_or(|it| self.at >= it.len()) {
            let read = self.reader.read();
            self.batch = read.map_err(|it| parquet_failed(&self.path, &it))?;
            self.at = 0;
            if self.batch.is_none() {
                return Ok(false);
            }
        }
        let Some(batch) = &self.batch else { return Ok(false) };
        self.row += 1;
        let mut raw: Vec<Raw<'_>> = Vec::with_capacity(self.kinds.len());
        batch.row(self.at, &mut raw);
        let row = self.row;
        let values = values(&raw, &self.kinds, &mut self.digits).map_err(|(slot, error)| {
            let name = self.names.get(slot).map(String::as_str).unwrap_or_default();
            Failed::new(format!("row {row}: source column `{name}`: {error}"))
        })?;
        see(Seen { row, raw: &raw, values: &values })?;
        self.at += 1;
        Ok(true)
    }

    fn done(&self) -> u64 {
        self.row
    }

    fn whole(&self) -> u64 {
        self.whole
    }
}

/// What is wrong with a Parquet file, with its name.
pub(crate) fn parquet_failed(path: &Path, error: &ParquetFault) -> Failed {
    Failed::new(format!("`{}`: {error}", path.display()))
}
