//! Decryption into Parquet: columns get back the type that their values were sealed with.

use super::{Raw, decimal, types};
use crate::{DataType, Metadata, Value, ValueType};

/// What is known of the columns of an encrypted file, and values of them as the output holds them.
///
/// First all cells that are needed to know every column's type are shown to [`Self::see`]; then the
/// output is begun, and values are put into it by [`Self::raw`].
#[derive(Clone, Debug)]
pub struct Restored {
    types: Vec<Option<ValueType>>,
}

/// A column holds values of several types.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the column holds values that were sealed as {} and others as {}: decrypt it into CSV",
    .0.name(), .1.name()
)]
pub struct TypeConflict(pub DataType, pub DataType);

impl Restored {
    /// Nothing is known of that many columns.
    pub fn new(n_columns: usize) -> Self {
        Self { types: vec![None; n_columns] }
    }

    /// Looks at what a sealed cell held.
    pub fn see(&mut self, column: usize, value: &Value<'_>) {
        let Some(known) = self.types.get_mut(column) else { return };
        let seen = value.value_type();
        match known {
            None => *known = Some(seen),
            // Programs seal NULLs without what belongs to the type.
            Some(it) if it.metadata == Metadata::None && it.data_type == seen.data_type => {
                *it = seen;
            }
            Some(_) => {}
        }
    }

    /// Whether a column's type is known, and with it all that it needs.
    pub fn is_known(&self, column: usize) -> bool {
        self.types.get(column).copied().flatten().is_some_and(|it| {
            it.metadata != Metadata::None
                || !matches!(it.data_type, DataType::Decimal | DataType::Timestamp)
        })
    }

    /// The type of a column's values, if any of them was sealed.
    pub fn value_type(&self, column: usize) -> Option<ValueType> {
        // Of NULLs alone that do not say what they are, nothing can be made but text.
        self.types.get(column).copied().flatten().filter(|_| self.is_known(column))
    }

    /// A value that was sealed, as the output holds it.
    pub fn raw<'a>(
        &self,
        column: usize,
        value: &Value<'a>,
        buffer: &'a mut Vec<u8>,
    ) -> Result<Raw<'a>, TypeConflict> {
        let known = self.value_type(column).unwrap_or(ValueType::STRING);
        let conflict = || TypeConflict(known.data_type, value.value_type().data_type);
        if value.is_null() {
            return Ok(Raw::Null);
        }
        let is_text = |it| matches!(it, DataType::String | DataType::Char | DataType::Varchar);
        let same = if is_text(known.data_type) {
            is_text(value.value_type().data_type)
        } else {
            known == value.value_type()
        };
        if !same {
            return Err(conflict());
        }
        Ok(match *value {
            Value::Null(_) => Raw::Null,
            Value::String(text) | Value::Char(text) | Value::Varchar { text, .. } => {
                Raw::Bytes(text)
            }
            Value::BigInt(it) | Value::Timestamp { value: it, .. } => Raw::Int64(it),
            Value::Int(it) | Value::Date(it) => Raw::Int32(it),
            Value::SmallInt(it) => Raw::Int32(i32::from(it)),
            Value::Boolean(it) => Raw::Boolean(it),
            Value::Double(it) => Raw::Double(it),
            Value::Float(it) => Raw::Float(it),
            Value::Decimal { precision, scale, text } => {
                let unscaled = decimal::parse(text, scale).ok_or_else(conflict)?;
                number(unscaled, precision, buffer).ok_or_else(conflict)?
            }
        })
    }

    /// Whether what was not sealed may stand in a column: only text stands beside text.
    pub fn takes_text(&self, column: usize) -> Result<(), TypeConflict> {
        match self.value_type(column).map(|it| it.data_type) {
            None | Some(DataType::String | DataType::Char | DataType::Varchar) => Ok(()),
            Some(it) => Err(TypeConflict(it, DataType::String)),
        }
    }
}

/// A decimal number in the form that its precision asks for.
fn number(unscaled: i128, precision: i32, buffer: &mut Vec<u8>) -> Option<Raw<'_>> {
    let most = 10_i128.checked_pow(u32::try_from(precision).ok()?)?;
    if unscaled.unsigned_abs() >= most.unsigned_abs() {
        return None;
    }
    Some(match precision {
        ..=9 => Raw::Int32(i32::try_from(unscaled).ok()?),
        10..=18 => Raw::Int64(i64::try_from(unscaled).ok()?),
        19.. => {
            let n = usize::try_from(types::decimal_bytes(precision)).ok()?;
            let bytes = unscaled.to_be_bytes();
            buffer.clear();
            buffer.extend_from_slice(bytes.get(bytes.len() - n..)?);
            Raw::Bytes(buffer)
        }
    })
}
