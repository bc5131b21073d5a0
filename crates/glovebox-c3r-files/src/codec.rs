//! A row's values as bytes of a record, and back.

use glovebox_c3r::{DataType, Metadata, Value, ValueType};

/// Stands where a NULL is.
const NULL: u32 = u32::MAX;

/// Appends a value; its type is known from the plan and not written.
pub(crate) fn write(value: &Value<'_>, out: &mut Vec<u8>) {
    match *value {
        Value::Null(_) => out.extend_from_slice(&NULL.to_le_bytes()),
        Value::String(text) | Value::Char(text) | Value::Varchar { text, .. } => part(text, out),
        Value::BigInt(value) | Value::Timestamp { value, .. } => part(&value.to_le_bytes(), out),
        Value::Int(value) | Value::Date(value) => part(&value.to_le_bytes(), out),
        Value::SmallInt(value) => part(&value.to_le_bytes(), out),
        Value::Boolean(value) => part(&[u8::from(value)], out),
        Value::Double(value) => part(&value.to_le_bytes(), out),
        Value::Float(value) => part(&value.to_le_bytes(), out),
        Value::Decimal { text, .. } => part(text.as_bytes(), out),
    }
}

fn part(bytes: &[u8], out: &mut Vec<u8>) {
    // A field has at most some megabytes: readers see to it.
    let length = u32::try_from(bytes.len()).unwrap_or(NULL - 1);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes);
}

/// Takes the next value off a record.
pub(crate) fn read<'a>(kind: ValueType, record: &mut &'a [u8]) -> Option<Value<'a>> {
    let (length, rest) = record.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length);
    if length == NULL {
        *record = rest;
        return Some(Value::Null(kind));
    }
    let (bytes, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *record = rest;
    Some(match (kind.data_type, kind.metadata) {
        (DataType::String, _) => Value::String(bytes),
        (DataType::Char, _) => Value::Char(bytes),
        (DataType::Varchar, Metadata::Length(length)) => Value::Varchar { length, text: bytes },
        (DataType::BigInt, _) => Value::BigInt(i64::from_le_bytes(bytes.try_into().ok()?)),
        (DataType::Int, _) => Value::Int(i32::from_le_bytes(bytes.try_into().ok()?)),
        (DataType::Date, _) => Value::Date(i32::from_le_bytes(bytes.try_into().ok()?)),
        (DataType::SmallInt, _) => Value::SmallInt(i16::from_le_bytes(bytes.try_into().ok()?)),
        (DataType::Boolean, _) => Value::Boolean(bytes == [1]),
        (DataType::Double, _) => Value::Double(f64::from_le_bytes(bytes.try_into().ok()?)),
        (DataType::Float, _) => Value::Float(f32::from_le_bytes(bytes.try_into().ok()?)),
        (DataType::Decimal, Metadata::Decimal { precision, scale }) => {
            Value::Decimal { precision, scale, text: std::str::from_utf8(bytes).ok()? }
        }
        (DataType::Timestamp, Metadata::Timestamp { is_utc, unit }) => {
            let value = i64::from_le_bytes(bytes.try_into().ok()?);
            Value::Timestamp { is_utc, unit, value }
        }
        (DataType::Unknown | DataType::Varchar | DataType::Decimal | DataType::Timestamp, _) => {
            return None;
        }
    })
}
