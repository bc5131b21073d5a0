//! Columns and their types, in Glue's words.

use std::fmt;
use std::str::FromStr;

use crate::ColumnName;

/// A column of a table: its name and its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The folded name.
    pub name: ColumnName,
    /// The type, as Glue names it.
    pub kind: ColumnType,
}

/// The types a column can have. Nested types do not exist here and are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnType {
    /// 64-bit integer.
    Bigint,
    /// Bytes.
    Binary,
    /// True or false.
    Boolean,
    /// A day, without a time of day.
    Date,
    /// Exact decimal with `precision` digits (1..=38), `scale` of them after the point.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits after the point, at most `precision`.
        scale: u8,
    },
    /// 64-bit float.
    Double,
    /// 32-bit float.
    Float,
    /// 32-bit integer.
    Int,
    /// 16-bit integer.
    Smallint,
    /// Text.
    String,
    /// A moment to the microsecond, without a time zone.
    Timestamp,
    /// 8-bit integer.
    Tinyint,
}

impl ColumnType {
    /// Whether arithmetic makes sense on it.
    pub fn is_numeric(self) -> bool {
        match self {
            Self::Bigint
            | Self::Decimal { .. }
            | Self::Double
            | Self::Float
            | Self::Int
            | Self::Smallint
            | Self::Tinyint => true,
            Self::Binary | Self::Boolean | Self::Date | Self::String | Self::Timestamp => false,
        }
    }
}

/// The text names no type that a column can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the type is not one of string, bigint, int, smallint, tinyint, double, float, boolean, \
     date, timestamp, binary, decimal(p,s)"
)]
pub struct UnknownType;

impl FromStr for ColumnType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        let text = text.trim().to_ascii_lowercase();
        match text.as_str() {
            "bigint" | "long" => Ok(Self::Bigint),
            "binary" => Ok(Self::Binary),
            "boolean" => Ok(Self::Boolean),
            "date" => Ok(Self::Date),
            "double" => Ok(Self::Double),
            "float" | "real" => Ok(Self::Float),
            "int" | "integer" => Ok(Self::Int),
            "smallint" => Ok(Self::Smallint),
            "string" | "text" | "varchar" => Ok(Self::String),
            "timestamp" => Ok(Self::Timestamp),
            "tinyint" => Ok(Self::Tinyint),
            _ => decimal(&text),
        }
    }
}

fn decimal(text: &str) -> Result<ColumnType, UnknownType> {
    let inside =
        text.strip_prefix("decimal(").and_then(|rest| rest.strip_suffix(')')).ok_or(UnknownType)?;
    let (precision, scale) = inside.split_once(',').unwrap_or((inside, "0"));
    let precision: u8 = precision.trim().parse().map_err(|_| UnknownType)?;
    let scale: u8 = scale.trim().parse().map_err(|_| UnknownType)?;
    if (1..=38).contains(&precision) && scale <= precision {
        Ok(ColumnType::Decimal { precision, scale })
    } else {
        Err(UnknownType)
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bigint => "bigint",
            Self::Binary => "binary",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Decimal { precision, scale } => return write!(f, "decimal({precision},{scale})"),
            Self::Double => "double",
            Self::Float => "float",
            Self::Int => "int",
            Self::Smallint => "smallint",
            Self::String => "string",
            Self::Timestamp => "timestamp",
            Self::Tinyint => "tinyint",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_round_trip_and_nested_ones_are_unknown() {
        for text in ["bigint", "string", "decimal(38,9)", "timestamp", "double", "boolean"] {
            assert_eq!(text.parse::<ColumnType>().unwrap().to_string(), text);
        }
        for bad in ["array<int>", "struct<a:int>", "decimal(39,0)", "decimal(3,4)", "blob"] {
            assert_eq!(bad.parse::<ColumnType>(), Err(UnknownType), "{bad}");
        }
    }
}
