//! Values as Parquet holds them, and what they mean.

use super::decimal;
use crate::{CellError, DataType, Metadata, Value, ValueType};

/// A value as a file holds it.
#[derive(Clone, Copy, PartialEq)]
pub enum Raw<'a> {
    /// None.
    Null,
    /// BOOLEAN.
    Boolean(bool),
    /// INT32.
    Int32(i32),
    /// INT64.
    Int64(i64),
    /// FLOAT.
    Float(f32),
    /// DOUBLE.
    Double(f64),
    /// BYTE_ARRAY or FIXED_LEN_BYTE_ARRAY; a field of a CSV file.
    Bytes(&'a [u8]),
}

/// Shows the form and nothing of the value.
impl std::fmt::Debug for Raw<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "NULL",
            Self::Boolean(_) => "BOOLEAN",
            Self::Int32(_) => "INT32",
            Self::Int64(_) => "INT64",
            Self::Float(_) => "FLOAT",
            Self::Double(_) => "DOUBLE",
            Self::Bytes(_) => "BYTES",
        })
    }
}

impl<'a> Raw<'a> {
    /// Appends the value in a form that [`Self::take`] reads: for a row that has to wait on disk.
    pub fn put(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Null => out.push(0),
            Self::Boolean(it) => out.extend_from_slice(&[1, u8::from(it)]),
            Self::Int32(it) => {
                out.push(2);
                out.extend_from_slice(&it.to_le_bytes());
            }
            Self::Int64(it) => {
                out.push(3);
                out.extend_from_slice(&it.to_le_bytes());
            }
            Self::Float(it) => {
                out.push(4);
                out.extend_from_slice(&it.to_le_bytes());
            }
            Self::Double(it) => {
                out.push(5);
                out.extend_from_slice(&it.to_le_bytes());
            }
            Self::Bytes(it) => {
                out.push(6);
                out.extend_from_slice(&(it.len() as u64).to_le_bytes());
                out.extend_from_slice(it);
            }
        }
    }

    /// Takes a value off the beginning of what [`Self::put`] wrote.
    pub fn take(from: &mut &'a [u8]) -> Option<Self> {
        let (tag, rest) = from.split_first()?;
        let (value, rest) = match tag {
            0 => (Self::Null, rest),
            1 => (Self::Boolean(*rest.first()? != 0), rest.get(1..)?),
            2 => rest
                .split_first_chunk()
                .map(|(it, rest)| (Self::Int32(i32::from_le_bytes(*it)), rest))?,
            3 => rest
                .split_first_chunk()
                .map(|(it, rest)| (Self::Int64(i64::from_le_bytes(*it)), rest))?,
            4 => rest
                .split_first_chunk()
                .map(|(it, rest)| (Self::Float(f32::from_le_bytes(*it)), rest))?,
            5 => rest
                .split_first_chunk()
                .map(|(it, rest)| (Self::Double(f64::from_le_bytes(*it)), rest))?,
            6 => {
                let (n, rest) = rest.split_first_chunk()?;
                let n = usize::try_from(u64::from_le_bytes(*n)).ok()?;
                let (bytes, rest) = rest.split_at_checked(n)?;
                (Self::Bytes(bytes), rest)
            }
            _ => return None,
        };
        *from = rest;
        Some(value)
    }

    /// What the value means in a column of a type. Decimals become text in `digits`.
    fn value(self, value_type: ValueType, digits: &'a str) -> Option<Value<'a>> {
        Some(match (value_type.data_type, self) {
            (_, Self::Null) => Value::Null(value_type),
            (DataType::String, Self::Bytes(it)) => Value::String(it),
            (DataType::BigInt, Self::Int64(it)) => Value::BigInt(it),
            (DataType::Int, Self::Int32(it)) => Value::Int(it),
            (DataType::SmallInt, Self::Int32(it)) => Value::SmallInt(i16::try_from(it).ok()?),
            (DataType::Boolean, Self::Boolean(it)) => Value::Boolean(it),
            (DataType::Date, Self::Int32(it)) => Value::Date(it),
            (DataType::Double, Self::Double(it)) => Value::Double(it),
            (DataType::Float, Self::Float(it)) => Value::Float(it),
            (DataType::Timestamp, Self::Int64(value)) => match value_type.metadata {
                Metadata::Timestamp { is_utc, unit } => Value::Timestamp { is_utc, unit, value },
                _ => return None,
            },
            (DataType::Decimal, _) if !digits.is_empty() => match value_type.metadata {
                Metadata::Decimal { precision, scale } => {
                    Value::Decimal { precision, scale, text: digits }
                }
                _ => return None,
            },
            // Left in cleartext, or refused by the plan: only the length matters.
            (DataType::Unknown, Self::Bytes(it)) => Value::String(it),
            (DataType::Unknown, _) => Value::Null(value_type),
            _ => return None,
        })
    }

    /// The digits of a decimal number.
    fn digits(self, value_type: ValueType, digits: &mut String) -> Option<()> {
        digits.clear();
        let Metadata::Decimal { scale, .. } = value_type.metadata else { return Some(()) };
        let unscaled = match self {
            Self::Int32(it) => i128::from(it),
            Self::Int64(it) => i128::from(it),
            Self::Bytes(it) => decimal::unscaled(it)?,
            Self::Null => return Some(()),
            Self::Boolean(_) | Self::Float(_) | Self::Double(_) => return None,
        };
        decimal::write(unscaled, scale, digits);
        Some(())
    }
}

/// The values of a row whose columns have these types; `digits` keeps what decimals are as text.
///
/// An error is a value that its type does not have, like 70000 in a 16-bit column; it says the
/// place of the value in the row.
pub fn values<'a>(
    row: &[Raw<'a>],
    types: &[ValueType],
    digits: &'a mut Vec<String>,
) -> Result<Vec<Value<'a>>, (usize, CellError)> {
    digits.resize(row.len().max(digits.len()), String::new());
    for (n, ((raw, value_type), digits)) in row.iter().zip(types).zip(digits.iter_mut()).enumerate()
    {
        raw.digits(*value_type, digits).ok_or((n, CellError::OutOfRange))?;
    }
    let values = row.iter().zip(types).zip(digits.iter()).enumerate();
    let value =
        |(n, ((raw, value_type), digits)): (usize, ((&Raw<'a>, &ValueType), &'a String))| {
            raw.value(*value_type, digits).ok_or((n, CellError::OutOfRange))
        };
    values.map(value).collect()
}
