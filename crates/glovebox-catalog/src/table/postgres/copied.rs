//! What `COPY … (FORMAT binary)` gives, as record batches.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryBuilder, BooleanArray, Date32Array, Decimal128Array, Float32Array,
    Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch, RecordBatchOptions,
    StringBuilder, TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use glovebox_model::{ColumnName, ColumnType};

use super::kind::{Form, Stored};
use super::numeric::numeric;
use crate::table::Unavailable;
use crate::table::types::fields;

/// The most bytes of a cell.
pub(super) const MAX_CELL: usize = 16 << 20;
/// What a cell takes beside its own bytes, NULL too.
const CELL_BYTES: usize = 16;
/// Days, and microseconds, from 1970 to 2000.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = 10_957 * 86_400 * 1_000_000;
/// How it begins; eleven bytes of signature, flags of which none is known, and no extension.
const HEADER: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What came cannot be taken. The number is that of the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not what the server says it is.
    Corrupt,
    /// Infinity, or a decimal that is no number.
    NoPlace(usize),
    /// More bytes than a cell may have.
    TooLarge(usize),
}

impl Fault {
    /// For the table's owner.
    pub(super) fn at(self, path: &str, copied: &Copied) -> Unavailable {
        let path = path.to_owned();
        let name = |index: usize| copied.schema.fields().get(index).map(|it| it.name().as_str());
        let corrupt = Unavailable::Corrupt { path: path.clone(), row_group: None };
        match self {
            Self::Corrupt => corrupt,
            Self::NoPlace(index) => match name(index).map(ColumnName::new) {
                Some(Ok(column)) => Unavailable::NoPlace { path, column },
                Some(Err(_)) | None => corrupt,
            },
            Self::TooLarge(index) => {
                let path = format!("{path}.{}", name(index).unwrap_or_default());
                Unavailable::Limit { path, what: "bytes in a cell", limit: MAX_CELL as u64 }
            }
        }
    }
}

/// The cells of a column that came until now.
#[derive(Debug)]
enum Cells {
    Binary(BinaryBuilder),
    Boolean(Vec<Option<bool>>),
    Date(Vec<Option<i32>>),
    Decimal(u8, u8, Vec<Option<i128>>),
    Double(Vec<Option<f64>>),
    Float(Vec<Option<f32>>),
    Int8(Vec<Option<i8>>),
    Int16(Vec<Option<i16>>),
    Int32(Vec<Option<i32>>),
    Int64(Vec<Option<i64>>),
    Text(StringBuilder),
    Timestamp(Vec<Option<i64>>),
    Uuid(StringBuilder),
}

/// Takes rows, gives batches.
#[derive(Debug)]
pub(super) struct Copied {
    schema: SchemaRef,
    cells: Vec<Cells>,
    rows: usize,
    bytes: usize,
    begun: bool,
    ended: bool,
}

impl Copied {
    pub(super) fn new(columns: &[Stored]) -> Self {
        Self {
            schema: Arc::new(Schema::new(fields(columns.iter().map(|it| &it.column)))),
            cells: columns.iter().map(Cells::of).collect(),
            rows: 0,
            bytes: 0,
            begun: false,
            ended: false,
        }
    }

    /// Rows and bytes that wait for [`Copied::batch`].
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.rows, self.bytes)
    }

    /// Whether the server said that this was all: without, it was cut off.
    pub(super) fn is_complete(&self) -> bool {
        self.ended
    }

    /// Takes one message of whole rows.
    pub(super) fn take(&mut self, message: &[u8]) -> Result<(), Fault> {
        let mut rest = message;
        if !self.begun {
            rest = rest.strip_prefix(HEADER).ok_or(Fault::Corrupt)?;
            self.begun = true;
        }
        while !rest.is_empty() {
            if self.ended {
                return Err(Fault::Corrupt);
            }
            let count = i16::from_be_bytes(next(&mut rest)?);
            if count == -1 {
                self.ended = true;
                continue;
            }
            if usize::try_from(count) != Ok(self.cells.len()) {
                return Err(Fault::Corrupt);
            }
            for (index, cells) in self.cells.iter_mut().enumerate() {
                self.bytes = self.bytes.saturating_add(CELL_BYTES);
                let length = i32::from_be_bytes(next(&mut rest)?);
                if length == -1 {
                    cells.push(None, index)?;
                    continue;
                }
                let length = usize::try_from(length).map_err(|_| Fault::Corrupt)?;
                if length > MAX_CELL {
                    return Err(Fault::TooLarge(index));
                }
                let (cell, behind) = rest.split_at_checked(length).ok_or(Fault::Corrupt)?;
                cells.push(Some(cell), index)?;
                self.bytes = self.bytes.saturating_add(length);
                rest = behind;
            }
            self.rows = self.rows.saturating_add(1);
        }
        Ok(())
    }

    /// The rows that came since the last batch.
    pub(super) fn batch(&mut self) -> Result<RecordBatch, Fault> {
        let arrays = self.cells.iter_mut().map(Cells::finish).collect::<Result<_, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        (self.rows, self.bytes) = (0, 0);
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .map_err(|_| Fault::Corrupt)
    }
}

impl Cells {
    fn of(column: &Stored) -> Self {
        match column.column.kind {
            ColumnType::String if column.form == Form::Uuid => Self::Uuid(StringBuilder::new()),
            ColumnType::Bigint => Self::Int64(Vec::new()),
            ColumnType::Binary => Self::Binary(BinaryBuilder::new()),
            ColumnType::Boolean => Self::Boolean(Vec::new()),
            ColumnType::Date => Self::Date(Vec::new()),
            ColumnType::Decimal { precision, scale } => Self::Decimal(precision, scale, Vec::new()),
            ColumnType::Double => Self::Double(Vec::new()),
            ColumnType::Float => Self::Float(Vec::new()),
            ColumnType::Int => Self::Int32(Vec::new()),
            ColumnType::Smallint => Self::Int16(Vec::new()),
            ColumnType::String => Self::Text(StringBuilder::new()),
            ColumnType::Timestamp => Self::Timestamp(Vec::new()),
            ColumnType::Tinyint => Self::Int8(Vec::new()),
        }
    }

    fn push(&mut self, cell: Option<&[u8]>, index: usize) -> Result<(), Fault> {
        match self {
            Self::Binary(to) => to.append_option(cell),
            Self::Boolean(to) => to.push(match cell {
                None => None,
                Some([0]) => Some(false),
                Some([1]) => Some(true),
                Some(_) => return Err(Fault::Corrupt),
            }),
            Self::Date(to) => to.push(match whole(cell)?.map(i32::from_be_bytes) {
                Some(i32::MAX | i32::MIN) => return Err(Fault::NoPlace(index)),
                Some(days) => Some(days.checked_add(EPOCH_DAYS).ok_or(Fault::NoPlace(index))?),
                None => None,
            }),
            Self::Decimal(precision, scale, to) => to.push(match cell {
                Some(cell) => Some(numeric(cell, *precision, *scale, index)?),
                None => None,
            }),
            Self::Double(to) => to.push(whole(cell)?.map(f64::from_be_bytes)),
            Self::Float(to) => to.push(whole(cell)?.map(f32::from_be_bytes)),
            Self::Int8(to) => to.push(whole(cell)?.map(i8::from_be_bytes)),
            Self::Int16(to) => to.push(whole(cell)?.map(i16::from_be_bytes)),
            Self::Int32(to) => to.push(whole(cell)?.map(i32::from_be_bytes)),
            Self::Int64(to) => to.push(whole(cell)?.map(i64::from_be_bytes)),
            Self::Text(to) => to.append_option(match cell {
                Some(cell) => Some(str::from_utf8(cell).map_err(|_| Fault::Corrupt)?),
                None => None,
            }),
            Self::Timestamp(to) => to.push(match whole(cell)?.map(i64::from_be_bytes) {
                Some(i64::MAX | i64::MIN) => return Err(Fault::NoPlace(index)),
                Some(it) => Some(it.checked_add(EPOCH_MICROS).ok_or(Fault::NoPlace(index))?),
                None => None,
            }),
            Self::Uuid(to) => {
                let bytes = whole(cell)?.map(u128::from_be_bytes);
                to.append_option(bytes.map(uuid));
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<ArrayRef, Fault> {
        use std::mem::take;
        Ok(match self {
            Self::Binary(it) => Arc::new(it.finish()),
            Self::Boolean(it) => Arc::new(BooleanArray::from(take(it))),
            Self::Date(it) => Arc::new(Date32Array::from(take(it))),
            Self::Decimal(precision, scale, it) => {
                let scale = i8::try_from(*scale).map_err(|_| Fault::Corrupt)?;
                let array = Decimal128Array::from(take(it));
                let array = array.with_precision_and_scale(*precision, scale);
                Arc::new(array.map_err(|_| Fault::Corrupt)?)
            }
            Self::Double(it) => Arc::new(Float64Array::from(take(it))),
            Self::Float(it) => Arc::new(Float32Array::from(take(it))),
            Self::Int8(it) => Arc::new(Int8Array::from(take(it))),
            Self::Int16(it) => Arc::new(Int16Array::from(take(it))),
            Self::Int32(it) => Arc::new(Int32Array::from(take(it))),
            Self::Int64(it) => Arc::new(Int64Array::from(take(it))),
            Self::Text(it) | Self::Uuid(it) => Arc::new(it.finish()),
            Self::Timestamp(it) => Arc::new(TimestampMicrosecondArray::from(take(it))),
        })
    }
}

/// As the server writes it.
pub(super) fn uuid(bits: u128) -> String {
    let part = |from: u32, bits_of: u32| (bits >> from) & ((1 << bits_of) - 1);
    let (a, b, c, d, e) = (part(96, 32), part(80, 16), part(64, 16), part(48, 16), part(0, 48));
    format!("{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}")
}

/// The next bytes of a fixed number.
pub(super) fn next<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Fault> {
    let (bytes, behind) = rest.split_first_chunk::<N>().ok_or(Fault::Corrupt)?;
    *rest = behind;
    Ok(*bytes)
}

fn whole<const N: usize>(cell: Option<&[u8]>) -> Result<Option<[u8; N]>, Fault> {
    cell.map(|it| it.try_into().map_err(|_| Fault::Corrupt)).transpose()
}

#[cfg(test)]
mod tests;
