//! An input file, opened: its columns, and its rows one after the other.

mod csv;
mod parquet;

use std::fs::File;
use std::path::Path;

use glovebox_c3r::csv::InputNull;
use glovebox_c3r::{DataType, Header, ValueType};

use crate::source::Source;
use crate::{Failed, Format};

pub(crate) use self::csv::{Counted, csv_failed};
pub(crate) use self::parquet::{ParquetInput, parquet_failed, reader as parquet_reader};

/// How a file is to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) format: Format,
    /// The option `--csvInputNULLValue`.
    pub(crate) null: Option<&'a str>,
    /// The option `--parquetBinaryAsString`.
    pub(crate) binary_as_string: bool,
    /// Whether the first line of a CSV file names its columns.
    pub(crate) has_headers: bool,
}

/// A column of an input.
#[derive(Debug, Clone)]
pub(crate) struct SourceColumn {
    /// Its name, if it has one.
    pub(crate) header: Option<Header>,
    /// Whether its values can be encrypted.
    pub(crate) can_be_encrypted: bool,
}

/// An input.
pub(crate) enum Input {
    /// CSV.
    Csv(csv::CsvInput),
    /// Parquet.
    Parquet(ParquetInput),
}

/// Opens a file and reads what its columns are.
pub(crate) fn open(path: &Path, reading: &Reading<'_>) -> Result<Input, Failed> {
    match reading.format {
        Format::Csv => {
            if reading.binary_as_string {
                return Err(Failed::new("--parquetBinaryAsString is for Parquet files"));
            }
            let null = InputNull::of_option(reading.null);
            csv::CsvInput::open(path, null, reading.has_headers).map(Input::Csv)
        }
        Format::Parquet => {
            if reading.null.is_some() {
                return Err(Failed::new("--csvInputNULLValue is for CSV files"));
            }
            if !reading.has_headers {
                return Err(Failed::new(
                    "the schema goes by position, and a Parquet file names its columns",
                )
                .help("write a schema with \"headerRow\": true"));
            }
            ParquetInput::open(path, reading.binary_as_string).map(Input::Parquet)
        }
    }
}

impl Input {
    /// Names and types of the columns.
    pub(crate) fn columns(&self) -> &[(Header, ValueType)] {
        match self {
            Self::Csv(it) => it.columns(),
            Self::Parquet(it) => it.columns(),
        }
    }

    /// The rows: of each the values of the columns at these places.
    pub(crate) fn rows(self, used: &[usize]) -> Result<Box<dyn Source>, Failed> {
        match self {
            Self::Csv(it) => Ok(Box::new(it.rows(used))),
            Self::Parquet(it) => Ok(Box::new(it.rows(used)?)),
        }
    }
}

/// The columns of a file, for whoever makes a schema.
pub(crate) fn columns(
    path: &Path,
    format: Format,
    has_headers: bool,
) -> Result<Vec<SourceColumn>, Failed> {
    let reading = Reading { format, null: None, binary_as_string: false, has_headers };
    let input = open(path, &reading)?;
    let column = |(header, kind): &(Header, ValueType)| SourceColumn {
        header: has_headers.then(|| header.clone()),
        can_be_encrypted: kind.data_type != DataType::Unknown,
    };
    let is_usable = |place: usize| match &input {
        Input::Csv(_) => true,
        Input::Parquet(it) => it.is_usable(place),
    };
    let columns = input.columns().iter().enumerate().filter(|(place, _)| is_usable(*place));
    Ok(columns.map(|(_, it)| column(it)).collect())
}

/// Opens a file for reading.
pub(crate) fn file(path: &Path) -> Result<File, Failed> {
    File::open(path).map_err(|it| Failed::io("cannot read", path, &it))
}
