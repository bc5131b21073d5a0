//! Writing columns of a file, row by row.

use std::io::Write;
use std::sync::Arc;

use ::parquet::basic::{Compression, Type as Physical};
use ::parquet::column::writer::ColumnWriter;
use ::parquet::data_type::{ByteArray, FixedLenByteArray};
use ::parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::{ColumnPath, Type};
use bytes::Bytes;

use super::{OutputColumn, ParquetFault, Raw};

/// The bytes of values after which a row group is written.
const ROW_GROUP: usize = 16 << 20;

/// The most rows of a row group.
const MOST_ROWS: usize = 1 << 20;

/// What the Java client calls its tables.
const MESSAGE: &str = "EncryptedTable";

/// Writes a table. Up to a row group of 16 MiB is in memory, and once more while it is written.
pub struct TableWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    columns: Vec<Values>,
    row_group: usize,
    n_bytes: usize,
    n_rows: usize,
}

struct Values {
    is_optional: bool,
    width: Option<usize>,
    levels: Vec<i16>,
    data: Data,
}

enum Data {
    Boolean(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    /// Bytes, and where each value ends.
    Bytes(Vec<u8>, Vec<usize>),
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a file with these columns. Pages are not compressed, as the Java client has it:
    /// ciphertext has nothing to compress.
    pub fn new(out: W, columns: &[OutputColumn]) -> Result<Self, ParquetFault> {
        let mut properties = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_compression(Compression::UNCOMPRESSED);
        for column in columns.iter().filter(|it| it.has_cells) {
            let path = ColumnPath::new(vec![column.field.name().to_owned()]);
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_statistics_enabled(path, EnabledStatistics::None);
        }
        let fields = columns.iter().map(|it| Arc::clone(&it.field)).collect();
        let schema = Type::group_type_builder(MESSAGE).with_fields(fields).build()?;
        let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties.build()))?;
        let columns = columns.iter().map(Values::of).collect();
        Ok(Self { file, columns, row_group: ROW_GROUP, n_bytes: 0, n_rows: 0 })
    }

    /// With row groups of another size than 16 MiB of values.
    #[must_use]
    pub fn with_row_group(mut self, bytes: usize) -> Self {
        self.row_group = bytes;
        self
    }

    /// Appends a value to a column. Every column gets one value for each row.
    pub fn push(&mut self, column: usize, value: Raw<'_>) -> Result<(), ParquetFault> {
        let values = self.columns.get_mut(column).ok_or(ParquetFault::Mismatch(column))?;
        let n = values.push(value).ok_or(ParquetFault::Mismatch(column))?;
        self.n_bytes += n;
        Ok(())
    }

    /// Ends a row.
    pub fn end_row(&mut self) -> Result<(), ParquetFault> {
        self.n_rows += 1;
        if self.n_bytes >= self.row_group || self.n_rows >= MOST_ROWS {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), ParquetFault> {
        if self.n_rows == 0 {
            return Ok(());
        }
        if let Some(n) = self.columns.iter().position(|it| it.levels.len() != self.n_rows) {
            return Err(ParquetFault::Mismatch(n));
        }
        let mut group = self.file.next_row_group()?;
        for (n, values) in self.columns.iter_mut().enumerate() {
            let column = group.next_column()?;
            let mut column = column.ok_or(ParquetFault::Mismatch(n))?;
            values.write(column.untyped())?.ok_or(ParquetFault::Mismatch(n))?;
            column.close()?;
            values.clear();
        }
        group.close()?;
        self.n_bytes = 0;
        self.n_rows = 0;
        Ok(())
    }

    /// Writes what is left, and the file's end.
    pub fn finish(mut self) -> Result<W, ParquetFault> {
        self.flush()?;
        Ok(self.file.into_inner()?)
    }
}

impl<W: Write + Send> std::fmt::Debug for TableWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TableWriter({} columns)", self.columns.len())
    }
}

impl Values {
    fn of(column: &OutputColumn) -> Self {
        let mut width = None;
        let data = match column.field.get_physical_type() {
            Physical::BOOLEAN => Data::Boolean(Vec::new()),
            Physical::INT32 => Data::Int32(Vec::new()),
            Physical::INT64 => Data::Int64(Vec::new()),
            Physical::FLOAT => Data::Float(Vec::new()),
            Physical::DOUBLE => Data::Double(Vec::new()),
            Physical::FIXED_LEN_BYTE_ARRAY => {
                if let Type::PrimitiveType { type_length, .. } = &*column.field {
                    width = usize::try_from(*type_length).ok();
                }
                Data::Bytes(Vec::new(), Vec::new())
            }
            Physical::BYTE_ARRAY | Physical::INT96 => Data::Bytes(Vec::new(), Vec::new()),
        };
        let is_optional = column.is_optional();
        Self { is_optional, width, levels: Vec::new(), data }
    }

    /// Keeps a value, and says how many bytes that takes.
    fn push(&mut self, value: Raw<'_>) -> Option<usize> {
        let mut n = size_of::<i16>() + size_of::<u64>();
        match (&mut self.data, value) {
            (_, Raw::Null) if self.is_optional => {
                self.levels.push(0);
                return Some(n);
            }
            (Data::Boolean(to), Raw::Boolean(it)) => to.push(it),
            (Data::Int32(to), Raw::Int32(it)) => to.push(it),
            (Data::Int64(to), Raw::Int64(it)) => to.push(it),
            (Data::Float(to), Raw::Float(it)) => to.push(it),
            (Data::Double(to), Raw::Double(it)) => to.push(it),
            (Data::Bytes(to, ends), Raw::Bytes(it))
                if self.width.is_none_or(|width| width == it.len()) =>
            {
                to.extend_from_slice(it);
                ends.push(to.len());
                n += it.len();
            }
            _ => return None,
        }
        self.levels.push(1);
        Some(n)
    }

    fn write(&mut self, column: &mut ColumnWriter<'_>) -> Result<Option<usize>, ParquetFault> {
        use ColumnWriter as Column;
        let levels = self.is_optional.then_some(self.levels.as_slice());
        Ok(Some(match (column, &mut self.data) {
            (Column::BoolColumnWriter(it), Data::Boolean(data)) => {
                it.write_batch(data, levels, None)?
            }
            (Column::Int32ColumnWriter(it), Data::Int32(data)) => {
                it.write_batch(data, levels, None)?
            }
            (Column::Int64ColumnWriter(it), Data::Int64(data)) => {
                it.write_batch(data, levels, None)?
            }
            (Column::FloatColumnWriter(it), Data::Float(data)) => {
                it.write_batch(data, levels, None)?
            }
            (Column::DoubleColumnWriter(it), Data::Double(data)) => {
                it.write_batch(data, levels, None)?
            }
            (Column::ByteArrayColumnWriter(it), Data::Bytes(data, ends)) => {
                it.write_batch(&pieces(data, ends), levels, None)?
            }
            (Column::FixedLenByteArrayColumnWriter(it), Data::Bytes(data, ends)) => {
                let pieces: Vec<FixedLenByteArray> =
                    pieces(data, ends).into_iter().map(Into::into).collect();
                it.write_batch(&pieces, levels, None)?
            }
            _ => return Ok(None),
        }))
    }

    fn clear(&mut self) {
        self.levels.clear();
        match &mut self.data {
            Data::Boolean(it) => it.clear(),
            Data::Int32(it) => it.clear(),
            Data::Int64(it) => it.clear(),
            Data::Float(it) => it.clear(),
            Data::Double(it) => it.clear(),
            Data::Bytes(it, ends) => {
                it.clear();
                ends.clear();
            }
        }
    }
}

/// Values that share one piece of memory.
fn pieces(data: &mut Vec<u8>, ends: &[usize]) -> Vec<ByteArray> {
    let shared = Bytes::from(std::mem::take(data));
    let mut start = 0;
    let piece = |end: &usize| {
        let piece = shared.slice(start..*end);
        start = *end;
        ByteArray::from(piece)
    };
    ends.iter().map(piece).collect()
}
