//! Reading columns of a file, a batch of rows at a time.

use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{ByteArray, DataType as ParquetType, FixedLenByteArray};
use ::parquet::file::reader::{ChunkReader, FileReader as _, SerializedFileReader};

use super::types::input_columns;
use super::{InputColumn, ParquetFault, Raw};

/// The most rows of a batch.
pub const BATCH: usize = 1024;

/// Where a value is none, in [`Values::places`].
const NULL: usize = usize::MAX;

/// Reads some columns of a file. Of each, one page and one batch are in memory.
pub struct TableReader<R: ChunkReader + 'static> {
    file: SerializedFileReader<R>,
    columns: Vec<InputColumn>,
    leaves: Vec<usize>,
    next_group: usize,
    readers: Vec<ColumnReader>,
    left: usize,
}

impl<R: ChunkReader + 'static> TableReader<R> {
    /// Opens a file. Bytes without an annotation are text if the caller says so.
    pub fn open(input: R, binary_as_string: bool) -> Result<Self, ParquetFault> {
        let file = SerializedFileReader::new(input)?;
        let schema = file.metadata().file_metadata().schema_descr();
        let columns = input_columns(schema, binary_as_string);
        let (leaves, readers) = (Vec::new(), Vec::new());
        Ok(Self { file, columns, leaves, next_group: 0, readers, left: 0 })
    }

    /// The columns of the file, also those that cannot be used.
    pub fn columns(&self) -> &[InputColumn] {
        &self.columns
    }

    /// How many rows the file says it has.
    pub fn n_rows(&self) -> u64 {
        u64::try_from(self.file.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// Chooses the columns to read, by place, and begins at the first row.
    pub fn select(&mut self, used: &[usize]) -> Result<(), ParquetFault> {
        self.leaves.clear();
        for column in used {
            let column = self.columns.get(*column).ok_or(ParquetFault::CutOff(*column))?;
            let unusable = |why| ParquetFault::Unusable { name: column.name.clone(), why };
            self.leaves.push(column.leaf.map_err(unusable)?);
        }
        self.readers.clear();
        self.next_group = 0;
        self.left = 0;
        Ok(())
    }

    /// Reads the next rows, if there are more.
    pub fn read(&mut self) -> Result<Option<Batch>, ParquetFault> {
        while self.left == 0 {
            if self.next_group >= self.file.num_row_groups() {
                return Ok(None);
            }
            let group = self.file.get_row_group(self.next_group)?;
            self.next_group += 1;
            self.left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            self.readers.clear();
            for leaf in &self.leaves {
                self.readers.push(group.get_column_reader(*leaf)?);
            }
        }
        let n_rows = self.left.min(BATCH);
        let mut columns = Vec::with_capacity(self.readers.len());
        for (n, reader) in self.readers.iter_mut().enumerate() {
            let values = Values::read(reader, n_rows)?;
            columns.push(values.ok_or(ParquetFault::CutOff(n))?);
        }
        self.left -= n_rows;
        Ok(Some(Batch { n_rows, columns }))
    }
}

impl<R: ChunkReader + 'static> std::fmt::Debug for TableReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TableReader({} columns)", self.columns.len())
    }
}

/// Some rows of the chosen columns.
pub struct Batch {
    n_rows: usize,
    columns: Vec<Values>,
}

impl Batch {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.n_rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.n_rows == 0
    }

    /// The value of a chosen column in a row.
    pub fn get(&self, column: usize, row: usize) -> Raw<'_> {
        self.columns.get(column).map_or(Raw::Null, |it| it.get(row))
    }

    /// Writes a row into a vector that held another.
    pub fn row<'b>(&'b self, row: usize, values: &mut Vec<Raw<'b>>) {
        values.clear();
        values.extend(self.columns.iter().map(|it| it.get(row)));
    }
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} rows of {} columns", self.n_rows, self.columns.len())
    }
}

struct Values {
    /// Where each row's value is in the data; none if all rows have one.
    places: Option<Vec<usize>>,
    data: Data,
}

enum Data {
    Boolean(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

impl Values {
    fn read(reader: &mut ColumnReader, n_rows: usize) -> Result<Option<Self>, ParquetFault> {
        use ColumnReader as Column;
        Ok(match reader {
            Column::BoolColumnReader(it) => chunk(it, n_rows, Data::Boolean)?,
            Column::Int32ColumnReader(it) => chunk(it, n_rows, Data::Int32)?,
            Column::Int64ColumnReader(it) => chunk(it, n_rows, Data::Int64)?,
            Column::FloatColumnReader(it) => chunk(it, n_rows, Data::Float)?,
            Column::DoubleColumnReader(it) => chunk(it, n_rows, Data::Double)?,
            Column::ByteArrayColumnReader(it) => chunk(it, n_rows, Data::Bytes)?,
            Column::FixedLenByteArrayColumnReader(it) => chunk(it, n_rows, Data::Fixed)?,
            Column::Int96ColumnReader(_) => None,
        })
    }

    fn get(&self, row: usize) -> Raw<'_> {
        let at = match &self.places {
            None => row,
            Some(places) => places.get(row).copied().unwrap_or(NULL),
        };
        let value = match &self.data {
            Data::Boolean(it) => it.get(at).map(|it| Raw::Boolean(*it)),
            Data::Int32(it) => it.get(at).map(|it| Raw::Int32(*it)),
            Data::Int64(it) => it.get(at).map(|it| Raw::Int64(*it)),
            Data::Float(it) => it.get(at).map(|it| Raw::Float(*it)),
            Data::Double(it) => it.get(at).map(|it| Raw::Double(*it)),
            Data::Bytes(it) => it.get(at).map(|it| Raw::Bytes(it.data())),
            Data::Fixed(it) => it.get(at).map(|it| Raw::Bytes(it.data())),
        };
        value.unwrap_or(Raw::Null)
    }
}

/// Reads that many rows of a column, or `None` if there are not so many.
fn chunk<T: ParquetType>(
    reader: &mut ColumnReaderImpl<T>,
    n_rows: usize,
    data: impl Fn(Vec<T::T>) -> Data,
) -> Result<Option<Values>, ParquetFault> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let (n, ..) = reader.read_records(n_rows, Some(&mut levels), None, &mut values)?;
    if n != n_rows {
        return Ok(None);
    }
    // A required column has no levels.
    let has_nulls = values.len() < n_rows;
    if has_nulls && levels.len() != n_rows {
        return Ok(None);
    }
    let mut at = 0;
    let place = |level: &i16| {
        let is_there = *level > 0;
        let place = if is_there { at } else { NULL };
        at += usize::from(is_there);
        place
    };
    let places = has_nulls.then(|| levels.iter().map(place).collect());
    Ok(Some(Values { places, data: data(values) }))
}
