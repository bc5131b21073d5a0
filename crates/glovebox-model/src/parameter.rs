//! Parameters of analysis templates: their types, and which texts are values of them.

use std::fmt;

use crate::ColumnType;
use crate::ability::words;

/// The longest value, in characters (AWS's model).
pub const PARAMETER_CHARACTERS: usize = 1000;

words! {
    /// The types that a parameter can be declared with: AWS's whole enum.
    ParameterType {
        /// 64-bit integer.
        Bigint "BIGINT",
        /// Bytes: not supported here.
        Binary "BINARY",
        /// True or false.
        Boolean "BOOLEAN",
        /// 8-bit integer.
        Byte "BYTE",
        /// Text.
        Char "CHAR",
        /// Text.
        Character "CHARACTER",
        /// A day.
        Date "DATE",
        /// Exact decimal.
        Decimal "DECIMAL",
        /// 64-bit float.
        Double "DOUBLE",
        /// 64-bit float.
        DoublePrecision "DOUBLE_PRECISION",
        /// 32-bit float.
        Float "FLOAT",
        /// 32-bit integer.
        Int "INT",
        /// 32-bit integer.
        Integer "INTEGER",
        /// 64-bit integer.
        Long "LONG",
        /// Exact decimal.
        Numeric "NUMERIC",
        /// 32-bit float.
        Real "REAL",
        /// 16-bit integer.
        Short "SHORT",
        /// 16-bit integer.
        Smallint "SMALLINT",
        /// Text.
        String "STRING",
        /// A time of day: not supported here.
        Time "TIME",
        /// A moment.
        Timestamp "TIMESTAMP",
        /// A moment; the house's time zone is UTC.
        TimestampLtz "TIMESTAMP_LTZ",
        /// A moment.
        TimestampNtz "TIMESTAMP_NTZ",
        /// A moment; the house's time zone is UTC.
        Timestamptz "TIMESTAMPTZ",
        /// A time of day: not supported here.
        Timetz "TIMETZ",
        /// 8-bit integer.
        Tinyint "TINYINT",
        /// Bytes: not supported here.
        Varbyte "VARBYTE",
        /// Text.
        Varchar "VARCHAR",
    }
}

/// A parameter with its value for one query. The value is data of the runner: never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, as the text says it behind the colon.
    pub name: String,
    /// Its type.
    pub kind: ParameterType,
    /// A value that the type accepts.
    pub value: String,
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, value: _ } = self;
        f.debug_struct("Parameter").field("name", name).field("kind", kind).finish_non_exhaustive()
    }
}

impl ParameterType {
    /// The type of the literal that stands for `value`; `None` if the type does not accept the
    /// value, or is not supported here.
    pub fn literal(self, value: &str) -> Option<ColumnType> {
        if value.chars().count() > PARAMETER_CHARACTERS {
            return None;
        }
        match self {
            Self::Byte | Self::Tinyint => integer::<i8>(value, ColumnType::Tinyint),
            Self::Short | Self::Smallint => integer::<i16>(value, ColumnType::Smallint),
            Self::Int | Self::Integer => integer::<i32>(value, ColumnType::Int),
            Self::Bigint | Self::Long => integer::<i64>(value, ColumnType::Bigint),
            Self::Decimal | Self::Numeric => decimal(value),
            Self::Float | Self::Real => {
                let fits = is_float(value) && value.parse().is_ok_and(f32::is_finite);
                fits.then_some(ColumnType::Float)
            }
            Self::Double | Self::DoublePrecision => {
                let fits = is_float(value) && value.parse().is_ok_and(f64::is_finite);
                fits.then_some(ColumnType::Double)
            }
            Self::Boolean => {
                let word = value.to_ascii_lowercase();
                matches!(word.as_str(), "true" | "false").then_some(ColumnType::Boolean)
            }
            Self::Char | Self::Character | Self::String | Self::Varchar => Some(ColumnType::String),
            Self::Date => is_date(value).then_some(ColumnType::Date),
            Self::Timestamp | Self::TimestampNtz | Self::TimestampLtz | Self::Timestamptz => {
                is_moment(value).then_some(ColumnType::Timestamp)
            }
            Self::Binary | Self::Time | Self::Timetz | Self::Varbyte => None,
        }
    }

    /// Whether values of the type can be used here at all.
    pub fn is_supported(self) -> bool {
        !matches!(self, Self::Binary | Self::Time | Self::Timetz | Self::Varbyte)
    }
}

fn integer<T: std::str::FromStr>(value: &str, kind: ColumnType) -> Option<ColumnType> {
    value.parse::<T>().ok().map(|_| kind)
}

fn unsigned(value: &str) -> &str {
    value.strip_prefix(['-', '+']).unwrap_or(value)
}

/// Digits and at most one point, 38 digits at most.
fn decimal(value: &str) -> Option<ColumnType> {
    let (whole, part) = unsigned(value).split_once('.').unwrap_or((unsigned(value), ""));
    let digits = whole.len() + part.len();
    let plain = whole.bytes().chain(part.bytes()).all(|it| it.is_ascii_digit());
    if !plain || !(1..=38).contains(&digits) {
        return None;
    }
    let (precision, scale) = (u8::try_from(digits).ok()?, u8::try_from(part.len()).ok()?);
    Some(ColumnType::Decimal { precision, scale })
}

/// No `inf`, no `nan`.
fn is_float(value: &str) -> bool {
    unsigned(value).starts_with(|it: char| it.is_ascii_digit() || it == '.')
        && value.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it))
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let plain = text.len() == digits && text.bytes().all(|it| it.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// `YYYY-MM-DD`, a day of the Gregorian calendar.
fn is_date(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2))
    else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    year >= 1 && (1..=12).contains(&month) && (1..=days).contains(&day)
}

/// `YYYY-MM-DD HH:MM:SS` with up to six digits of a second; `T` for the blank, `Z` at the end.
fn is_moment(value: &str) -> bool {
    let Some((date, time)) = value.split_once([' ', 'T']) else { return is_date(value) };
    let time = time.strip_suffix('Z').unwrap_or(time);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = parts.as_slice() else { return false };
    let below = |text: &str, limit| number(text, 2).is_some_and(|it| it < limit);
    is_date(date)
        && below(hour, 24)
        && below(minute, 60)
        && below(second, 60)
        && (1..=6).contains(&fraction.len())
        && fraction.bytes().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(kind: ParameterType, value: &str) -> bool {
        kind.literal(value).is_some()
    }

    #[test]
    fn a_value_is_of_its_type_or_refused() {
        use ParameterType::{Boolean, Byte, Date, Decimal, Double, Int, Time, Timestamp, Varchar};
        let good = [
            (Byte, "-128"),
            (Int, "2147483647"),
            (Decimal, "-12.50"),
            (Double, "1e300"),
            (Boolean, "TRUE"),
            (Date, "2024-02-29"),
            (Timestamp, "2024-02-29 23:59:59.123456"),
            (Timestamp, "2024-02-29T00:00:00Z"),
            (Varchar, ""),
            (Varchar, "x' OR '1'='1"),
        ];
        for (kind, value) in good {
            assert!(accepts(kind, value), "{kind:?} {value}");
        }
        let bad = [
            (Byte, "128"),
            (Int, "2147483648"),
            (Int, "1; DROP TABLE t"),
            (Int, " 1"),
            (Decimal, "."),
            (Decimal, "1e5"),
            (Decimal, "123456789012345678901234567890123456789"),
            (Double, "nan"),
            (Double, "inf"),
            (Double, "1e999"),
            (Boolean, "yes"),
            (Date, "2023-02-29"),
            (Date, "2023-2-9"),
            (Timestamp, "2024-02-29 24:00:00"),
            (Timestamp, "2024-02-29 23:59:59.1234567"),
            (Time, "12:00:00"),
        ];
        for (kind, value) in bad {
            assert!(!accepts(kind, value), "{kind:?} {value}");
        }
        assert!(!accepts(Varchar, &"x".repeat(1001)));
        assert!(accepts(Varchar, &"ä".repeat(1000)));
    }

    #[test]
    fn a_decimal_has_the_digits_that_were_written() {
        let kind = ParameterType::Decimal.literal("-12.50");
        assert_eq!(kind, Some(ColumnType::Decimal { precision: 4, scale: 2 }));
    }

    #[test]
    fn a_value_is_never_printed() {
        let value = "secret".to_owned();
        let it = Parameter { name: "p".into(), kind: ParameterType::Varchar, value };
        assert!(!format!("{it:?}").contains("secret"));
    }
}
