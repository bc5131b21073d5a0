//! Fingerprints: equal values have equal ones, and nobody can go back.

use crate::cell::FINGERPRINT;
use crate::primitives::HASH;
use crate::{CellError, DataType, FingerprintKey, Value};

impl FingerprintKey {
    /// Appends the fingerprint of a value that is not NULL.
    pub(crate) fn value(&self, value: &Value<'_>, cell: &mut Vec<u8>) -> Result<(), CellError> {
        let data_type = value.value_type().data_type;
        let info = [info(data_type, false)?];
        let integer = |it: i64| it.to_be_bytes();
        let hash = match *value {
            Value::String(text) | Value::Char(text) | Value::Varchar { text, .. } => {
                self.0.of(text, &info)
            }
            Value::BigInt(value) => self.0.of(&integer(value), &info),
            Value::Int(value) => self.0.of(&integer(i64::from(value)), &info),
            Value::SmallInt(value) => self.0.of(&integer(i64::from(value)), &info),
            Value::Boolean(value) => self.0.of(&[u8::from(value)], &info),
            Value::Date(value) => self.0.of(&value.to_be_bytes(), &info),
            Value::Null(_)
            | Value::Double(_)
            | Value::Float(_)
            | Value::Decimal { .. }
            | Value::Timestamp { .. } => return Err(CellError::NoFingerprint(data_type)),
        };
        append(&hash, cell);
        Ok(())
    }

    /// Appends the fingerprint of a NULL: of 32 random bytes, equal to nothing.
    pub(crate) fn null(
        &self,
        data_type: DataType,
        random: &[u8; 32],
        cell: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        append(&self.0.of(random, &[info(data_type, true)?]), cell);
        Ok(())
    }
}

fn info(data_type: DataType, is_null: bool) -> Result<u8, CellError> {
    match data_type.representative() {
        Some(it) => Ok(it.info(is_null)),
        None if data_type == DataType::Unknown => Err(CellError::UnknownType),
        None => Err(CellError::NoFingerprint(data_type)),
    }
}

fn append(hash: &[u8; HASH], cell: &mut Vec<u8>) {
    cell.extend_from_slice(FINGERPRINT);
    base64_simd::STANDARD.encode_append(hash, cell);
}
