//! Types of values, and the byte that says which.

/// The types of the format, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataType {
    /// None of the others: may be left in cleartext, but not encrypted.
    Unknown,
    /// Text.
    String,
    /// 64-bit integers.
    BigInt,
    /// True and false.
    Boolean,
    /// Text of a fixed length (only from programs, never from files).
    Char,
    /// Days.
    Date,
    /// Exact decimal numbers.
    Decimal,
    /// 64-bit floating point numbers.
    Double,
    /// 32-bit floating point numbers.
    Float,
    /// 32-bit integers.
    Int,
    /// 16-bit integers.
    SmallInt,
    /// Points in time.
    Timestamp,
    /// Text with a greatest length (only from programs, never from files).
    Varchar,
}

impl DataType {
    /// All types; a type's place is its number in the format.
    pub const ALL: [Self; 13] = [
        Self::Unknown,
        Self::String,
        Self::BigInt,
        Self::Boolean,
        Self::Char,
        Self::Date,
        Self::Decimal,
        Self::Double,
        Self::Float,
        Self::Int,
        Self::SmallInt,
        Self::Timestamp,
        Self::Varchar,
    ];

    /// The name as AWS writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::String => "STRING",
            Self::BigInt => "BIGINT",
            Self::Boolean => "BOOLEAN",
            Self::Char => "CHAR",
            Self::Date => "DATE",
            Self::Decimal => "DECIMAL",
            Self::Double => "DOUBLE",
            Self::Float => "FLOAT",
            Self::Int => "INT",
            Self::SmallInt => "SMALLINT",
            Self::Timestamp => "TIMESTAMP",
            Self::Varchar => "VARCHAR",
        }
    }

    /// The byte that stands before a sealed value: the type's number and whether it is NULL.
    pub(crate) const fn info(self, is_null: bool) -> u8 {
        let number = match self {
            Self::Unknown => 0,
            Self::String => 1,
            Self::BigInt => 2,
            Self::Boolean => 3,
            Self::Char => 4,
            Self::Date => 5,
            Self::Decimal => 6,
            Self::Double => 7,
            Self::Float => 8,
            Self::Int => 9,
            Self::SmallInt => 10,
            Self::Timestamp => 11,
            Self::Varchar => 12,
        };
        number << 1 | if is_null { 1 } else { 0 }
    }

    /// The type of an info byte, and whether it says NULL.
    pub(crate) fn of_info(info: u8) -> Option<(Self, bool)> {
        let data_type = Self::ALL.get(usize::from(info >> 1)).copied()?;
        (data_type != Self::Unknown).then_some((data_type, info & 1 == 1))
    }

    /// The type under which equal values have equal fingerprints, if there are fingerprints of it.
    pub const fn representative(self) -> Option<Self> {
        match self {
            Self::String | Self::Char | Self::Varchar => Some(Self::String),
            Self::SmallInt | Self::Int | Self::BigInt => Some(Self::BigInt),
            Self::Boolean | Self::Date => Some(self),
            Self::Unknown | Self::Decimal | Self::Double | Self::Float | Self::Timestamp => None,
        }
    }
}

/// The unit in which a point in time is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Thousandths of a second.
    Millis,
    /// Millionths of a second.
    Micros,
    /// Billionths of a second.
    Nanos,
}

/// What all values of a column share beside the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metadata {
    /// Nothing, or nothing known.
    None,
    /// Of a DECIMAL.
    Decimal {
        /// How many digits.
        precision: i32,
        /// How many of them behind the point.
        scale: i32,
    },
    /// Of a TIMESTAMP.
    Timestamp {
        /// Counted in UTC, and not in whatever is local.
        is_utc: bool,
        /// In which unit.
        unit: TimeUnit,
    },
    /// Of a VARCHAR: its greatest length.
    Length(i32),
}

/// A type with what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueType {
    /// The type.
    pub data_type: DataType,
    /// What belongs to it.
    pub metadata: Metadata,
}

impl ValueType {
    /// What every value of a CSV file is.
    pub const STRING: Self = Self::plain(DataType::String);

    /// A type with nothing beside it.
    pub const fn plain(data_type: DataType) -> Self {
        Self { data_type, metadata: Metadata::None }
    }
}
