//! Values as text: what a decrypted cell is in a CSV file.

use std::io::Write as _;

use super::{CalendarError, Value, calendar, numbers};

impl Value<'_> {
    /// Appends the value as text, and says whether there is one (NULL has none).
    ///
    /// A TIMESTAMP that is not counted in UTC is written as it stands: the clock on the wall where
    /// it was written, whatever the time zone of the machine that decrypts it.
    pub fn write_text(&self, out: &mut Vec<u8>) -> Result<bool, CalendarError> {
        // Writing to a vector cannot fail.
        match *self {
            Self::Null(_) => return Ok(false),
            Self::String(text) | Self::Char(text) | Self::Varchar { text, .. } => {
                out.extend_from_slice(text);
            }
            Self::BigInt(value) => drop(write!(out, "{value}")),
            Self::Int(value) => drop(write!(out, "{value}")),
            Self::SmallInt(value) => drop(write!(out, "{value}")),
            Self::Boolean(value) => drop(write!(out, "{value}")),
            Self::Date(days) => calendar::date(i64::from(days), out)?,
            Self::Double(value) => numbers::java(&format!("{value:e}"), out),
            Self::Float(value) => numbers::java(&format!("{value:e}"), out),
            Self::Decimal { text, .. } => out.extend_from_slice(text.as_bytes()),
            Self::Timestamp { unit, value, .. } => calendar::timestamp(value, unit, out)?,
        }
        Ok(true)
    }
}
