//! Values, as they are sealed and as they are hashed.

mod calendar;
mod decode;
mod numbers;
mod text;

pub use calendar::CalendarError;

use crate::{CellError, DataType, Metadata, TimeUnit, ValueType};

/// One value.
///
/// Text is bytes: sealed, what is not UTF-8 becomes U+FFFD; fingerprinted, the bytes count as they
/// are. Both as the Java client does it.
#[derive(Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// No value, of a type.
    Null(ValueType),
    /// STRING.
    String(&'a [u8]),
    /// CHAR.
    Char(&'a [u8]),
    /// VARCHAR.
    Varchar {
        /// The greatest length of the column.
        length: i32,
        /// The text.
        text: &'a [u8],
    },
    /// BIGINT.
    BigInt(i64),
    /// INT.
    Int(i32),
    /// SMALLINT.
    SmallInt(i16),
    /// BOOLEAN.
    Boolean(bool),
    /// DATE: days since 1970-01-01.
    Date(i32),
    /// DOUBLE.
    Double(f64),
    /// FLOAT.
    Float(f32),
    /// DECIMAL.
    Decimal {
        /// How many digits.
        precision: i32,
        /// How many of them behind the point.
        scale: i32,
        /// Plain digits, like `-123.450`.
        text: &'a str,
    },
    /// TIMESTAMP.
    Timestamp {
        /// Counted in UTC.
        is_utc: bool,
        /// In which unit.
        unit: TimeUnit,
        /// How many of them since 1970.
        value: i64,
    },
}

impl<'a> Value<'a> {
    /// A field of a CSV file.
    pub const fn text(field: Option<&'a [u8]>) -> Self {
        match field {
            Some(text) => Self::String(text),
            None => Self::Null(ValueType::STRING),
        }
    }

    /// Whether it is NULL.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null(_))
    }

    /// The value's type, with what the value knows of it.
    pub const fn value_type(&self) -> ValueType {
        let data_type = match *self {
            Self::Null(value_type) => return value_type,
            Self::Decimal { precision, scale, .. } => {
                let metadata = Metadata::Decimal { precision, scale };
                return ValueType { data_type: DataType::Decimal, metadata };
            }
            Self::Timestamp { is_utc, unit, .. } => {
                let metadata = Metadata::Timestamp { is_utc, unit };
                return ValueType { data_type: DataType::Timestamp, metadata };
            }
            Self::Varchar { length, .. } => {
                let metadata = Metadata::Length(length);
                return ValueType { data_type: DataType::Varchar, metadata };
            }
            Self::String(_) => DataType::String,
            Self::Char(_) => DataType::Char,
            Self::BigInt(_) => DataType::BigInt,
            Self::Int(_) => DataType::Int,
            Self::SmallInt(_) => DataType::SmallInt,
            Self::Boolean(_) => DataType::Boolean,
            Self::Date(_) => DataType::Date,
            Self::Double(_) => DataType::Double,
            Self::Float(_) => DataType::Float,
        };
        ValueType::plain(data_type)
    }

    /// Appends what is sealed: the info byte, the type's metadata, the value.
    pub fn encode(&self, payload: &mut Vec<u8>) -> Result<(), CellError> {
        let ValueType { data_type, metadata } = self.value_type();
        if data_type == DataType::Unknown {
            return Err(CellError::UnknownType);
        }
        payload.push(data_type.info(self.is_null()));
        match metadata {
            Metadata::None => {}
            Metadata::Decimal { precision, scale } => {
                payload.extend_from_slice(&precision.to_be_bytes());
                payload.extend_from_slice(&scale.to_be_bytes());
            }
            Metadata::Timestamp { is_utc, unit } => {
                payload.push(u8::from(is_utc));
                payload.extend_from_slice(&unit_number(unit).to_be_bytes());
            }
            Metadata::Length(length) => payload.extend_from_slice(&length.to_be_bytes()),
        }
        match *self {
            Self::Null(_) => {}
            Self::String(text) | Self::Char(text) | Self::Varchar { text, .. } => {
                match std::str::from_utf8(text) {
                    Ok(_text) => payload.extend_from_slice(text),
                    Err(_not) => {
                        payload.extend_from_slice(String::from_utf8_lossy(text).as_bytes());
                    }
                }
            }
            Self::BigInt(value) => payload.extend_from_slice(&value.to_be_bytes()),
            Self::Int(value) | Self::Date(value) => payload.extend_from_slice(&value.to_be_bytes()),
            Self::SmallInt(value) => payload.extend_from_slice(&value.to_be_bytes()),
            Self::Boolean(value) => payload.push(u8::from(value)),
            Self::Double(value) => payload.extend_from_slice(&value.to_be_bytes()),
            Self::Float(value) => payload.extend_from_slice(&value.to_be_bytes()),
            Self::Decimal { text, .. } => payload.extend_from_slice(text.as_bytes()),
            Self::Timestamp { value, .. } => payload.extend_from_slice(&value.to_be_bytes()),
        }
        Ok(())
    }

    /// The bytes of a text, as it stands.
    pub(crate) fn text_length(&self) -> usize {
        match *self {
            Self::String(text) | Self::Char(text) | Self::Varchar { text, .. } => text.len(),
            Self::Decimal { text, .. } => text.len(),
            _ => 0,
        }
    }

    /// How many bytes [`Self::encode`] appends.
    pub fn payload_length(&self) -> usize {
        let metadata = match self.value_type().metadata {
            Metadata::None => 0,
            Metadata::Decimal { .. } => 8,
            Metadata::Timestamp { .. } => 5,
            Metadata::Length(_) => 4,
        };
        let value = match *self {
            Self::Null(_) => 0,
            Self::String(text) | Self::Char(text) | Self::Varchar { text, .. } => {
                if std::str::from_utf8(text).is_ok() {
                    text.len()
                } else {
                    String::from_utf8_lossy(text).len()
                }
            }
            Self::BigInt(_) | Self::Double(_) | Self::Timestamp { .. } => 8,
            Self::Int(_) | Self::Date(_) | Self::Float(_) => 4,
            Self::SmallInt(_) => 2,
            Self::Boolean(_) => 1,
            Self::Decimal { text, .. } => text.len(),
        };
        1 + metadata + value
    }
}

/// The number of a unit in the format.
const fn unit_number(unit: TimeUnit) -> i32 {
    match unit {
        TimeUnit::Millis => 0,
        TimeUnit::Micros => 1,
        TimeUnit::Nanos => 2,
    }
}

/// Says the type and nothing of the value.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let null = if self.is_null() { " NULL" } else { "" };
        write!(f, "{}{null}", self.value_type().data_type.name())
    }
}
