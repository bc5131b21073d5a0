//! From the bytes that were sealed back to the value.

use super::Value;
use crate::{CellError, DataType, Metadata, TimeUnit, ValueType};

impl<'a> Value<'a> {
    /// Reads what [`Self::encode`] wrote. Nothing may be missing, nothing may be left over.
    pub fn decode(payload: &'a [u8]) -> Result<Self, CellError> {
        read(payload).ok_or(CellError::NotAValue)
    }
}

fn read(payload: &[u8]) -> Option<Value<'_>> {
    let (info, rest) = payload.split_first()?;
    let (data_type, is_null) = DataType::of_info(*info)?;
    if is_null && rest.is_empty() {
        return Some(Value::Null(ValueType::plain(data_type)));
    }
    let (metadata, rest) = metadata(data_type, rest)?;
    if is_null {
        return rest.is_empty().then_some(Value::Null(ValueType { data_type, metadata }));
    }
    Some(match (data_type, metadata) {
        (DataType::String, _) => Value::String(text(rest)?),
        (DataType::Char, _) => Value::Char(text(rest)?),
        (DataType::Varchar, Metadata::Length(length)) => {
            Value::Varchar { length, text: text(rest)? }
        }
        (DataType::BigInt, _) => Value::BigInt(i64::from_be_bytes(all(rest)?)),
        (DataType::Int, _) => Value::Int(i32::from_be_bytes(all(rest)?)),
        (DataType::SmallInt, _) => Value::SmallInt(i16::from_be_bytes(all(rest)?)),
        (DataType::Date, _) => Value::Date(i32::from_be_bytes(all(rest)?)),
        (DataType::Double, _) => Value::Double(f64::from_be_bytes(all(rest)?)),
        (DataType::Float, _) => Value::Float(f32::from_be_bytes(all(rest)?)),
        (DataType::Boolean, _) => Value::Boolean(boolean(u8::from_be_bytes(all(rest)?))?),
        (DataType::Decimal, Metadata::Decimal { precision, scale }) => {
            let text = std::str::from_utf8(rest).ok().filter(|it| is_decimal(it))?;
            Value::Decimal { precision, scale, text }
        }
        (DataType::Timestamp, Metadata::Timestamp { is_utc, unit }) => {
            Value::Timestamp { is_utc, unit, value: i64::from_be_bytes(all(rest)?) }
        }
        (DataType::Unknown | DataType::Varchar | DataType::Decimal | DataType::Timestamp, _) => {
            return None;
        }
    })
}

fn metadata(data_type: DataType, bytes: &[u8]) -> Option<(Metadata, &[u8])> {
    Some(match data_type {
        DataType::Decimal => {
            let (precision, rest) = bytes.split_first_chunk()?;
            let (scale, rest) = rest.split_first_chunk()?;
            let precision = i32::from_be_bytes(*precision);
            (Metadata::Decimal { precision, scale: i32::from_be_bytes(*scale) }, rest)
        }
        DataType::Timestamp => {
            let (is_utc, rest) = bytes.split_first()?;
            let (unit, rest) = rest.split_first_chunk()?;
            let unit = match i32::from_be_bytes(*unit) {
                0 => TimeUnit::Millis,
                1 => TimeUnit::Micros,
                2 => TimeUnit::Nanos,
                _ => return None,
            };
            (Metadata::Timestamp { is_utc: boolean(*is_utc)?, unit }, rest)
        }
        DataType::Varchar => {
            let (length, rest) = bytes.split_first_chunk()?;
            (Metadata::Length(i32::from_be_bytes(*length)), rest)
        }
        _ => (Metadata::None, bytes),
    })
}

fn text(bytes: &[u8]) -> Option<&[u8]> {
    std::str::from_utf8(bytes).ok().map(str::as_bytes)
}

fn all<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn boolean(byte: u8) -> Option<bool> {
    match byte {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

/// Digits with at most one sign before and one point within.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    are_digits(whole) && are_digits(fraction)
}
