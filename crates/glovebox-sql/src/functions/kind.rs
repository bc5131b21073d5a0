//! The types that values have here, and Spark's rules about pairs of them.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use glovebox_model::ColumnType;

/// Digits that a decimal can have.
pub(crate) const MAX_DIGITS: u8 = 38;

/// The type of a value. Everything else is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Array(Item),
    Bigint,
    Binary,
    Boolean,
    Date,
    Decimal { precision: u8, scale: u8 },
    Double,
    Float,
    Int,
    Null,
    Smallint,
    String,
    Timestamp,
    Tinyint,
}

/// The kind of an array's items, which is not an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    /// The place in [`Item::PLAIN`].
    code: u8,
    precision: u8,
    scale: u8,
}

impl Item {
    const PLAIN: [Kind; 12] = [
        Kind::Bigint,
        Kind::Binary,
        Kind::Boolean,
        Kind::Date,
        Kind::Double,
        Kind::Float,
        Kind::Int,
        Kind::Null,
        Kind::Smallint,
        Kind::String,
        Kind::Timestamp,
        Kind::Tinyint,
    ];

    /// The kind of an item.
    pub(crate) fn kind(self) -> Kind {
        let decimal = Kind::Decimal { precision: self.precision, scale: self.scale };
        Self::PLAIN.get(usize::from(self.code)).copied().unwrap_or(decimal)
    }
}

impl Kind {
    /// The kind of an array of items of this kind, when there is one.
    pub(crate) fn array(self) -> Option<Self> {
        Some(Self::Array(match self {
            Self::Array(_) => return None,
            Self::Decimal { precision, scale } => Item { code: u8::MAX, precision, scale },
            plain => {
                let place = Item::PLAIN.iter().position(|it| *it == plain)?;
                Item { code: u8::try_from(place).ok()?, precision: 0, scale: 0 }
            }
        }))
    }

    /// The kind of the items of an array.
    pub(crate) fn item(self) -> Option<Self> {
        match self {
            Self::Array(item) => Some(item.kind()),
            _ => None,
        }
    }

    /// The kind that Arrow's type stands for, when values of it can be read.
    pub(crate) fn of(kind: &DataType) -> Option<Self> {
        Some(match kind {
            DataType::Null => Self::Null,
            DataType::Boolean => Self::Boolean,
            DataType::Int8 => Self::Tinyint,
            DataType::Int16 => Self::Smallint,
            DataType::Int32 => Self::Int,
            DataType::Int64 => Self::Bigint,
            // The number of a grouping set: no other value is of these types.
            DataType::UInt8 => Self::Smallint,
            DataType::UInt16 | DataType::UInt32 => Self::Bigint,
            DataType::Float32 => Self::Float,
            DataType::Float64 => Self::Double,
            DataType::Decimal128(precision, scale) => {
                let scale = u8::try_from(*scale).ok()?;
                Self::Decimal { precision: *precision, scale }
            }
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::String,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Self::Binary,
            DataType::Date32 => Self::Date,
            DataType::List(item) => Self::of(item.data_type())?.array()?,
            DataType::Timestamp(TimeUnit::Microsecond, None) => Self::Timestamp,
            _ => return None,
        })
    }

    /// The Arrow type that results of this kind have.
    pub(crate) fn arrow(self) -> DataType {
        match self {
            Self::Array(item) => {
                DataType::List(Arc::new(Field::new_list_field(item.kind().arrow(), true)))
            }
            Self::Bigint => DataType::Int64,
            Self::Binary => DataType::Binary,
            Self::Boolean => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Decimal { precision, scale } => {
                DataType::Decimal128(precision, i8::try_from(scale).unwrap_or(0))
            }
            Self::Double => DataType::Float64,
            Self::Float => DataType::Float32,
            Self::Int => DataType::Int32,
            Self::Null => DataType::Null,
            Self::Smallint => DataType::Int16,
            Self::String => DataType::Utf8,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Tinyint => DataType::Int8,
        }
    }

    /// The kind that a type's name stands for, in the words of Spark and of Redshift.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        if let Some(item) = name.strip_prefix("array<").and_then(|it| it.strip_suffix('>')) {
            return Self::named(item)?.array();
        }
        let (base, numbers) = match name.split_once('(') {
            Some((base, rest)) => (base.trim(), Some(rest.strip_suffix(')')?)),
            None => (name.as_str(), None),
        };
        match (base, numbers) {
            ("decimal" | "dec" | "numeric", None) => Self::decimal(10, 0),
            ("decimal" | "dec" | "numeric", Some(numbers)) => {
                let mut parts = numbers.split(',').map(|it| it.trim().parse::<u8>());
                let precision = parts.next()?.ok()?;
                let scale = parts.next().unwrap_or(Ok(0)).ok()?;
                if parts.next().is_some() { None } else { Self::decimal(precision, scale) }
            }
            ("char" | "character" | "varchar" | "character varying" | "nvarchar", Some(length)) => {
                (length == "max" || length.parse::<u32>().is_ok()).then_some(Self::String)
            }
            ("bool", None) => Some(Self::Boolean),
            ("byte", None) => Some(Self::Tinyint),
            ("short" | "int2", None) => Some(Self::Smallint),
            ("int4", None) => Some(Self::Int),
            ("int8", None) => Some(Self::Bigint),
            ("float4", None) => Some(Self::Float),
            ("float8" | "double precision", None) => Some(Self::Double),
            ("char" | "character" | "character varying" | "nvarchar", None) => Some(Self::String),
            (
                "datetime" | "timestamp_ntz" | "timestamp_ltz" | "timestamp without time zone",
                None,
            ) => Some(Self::Timestamp),
            ("bytea" | "varbyte" | "varbinary", None) => Some(Self::Binary),
            ("void" | "null", None) => Some(Self::Null),
            (base, None) => Some(Self::of_column(base.parse().ok()?)),
            (_, Some(_)) => None,
        }
    }

    fn of_column(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Bigint => Self::Bigint,
            ColumnType::Binary => Self::Binary,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Date => Self::Date,
            ColumnType::Decimal { precision, scale } => Self::Decimal { precision, scale },
            ColumnType::Double => Self::Double,
            ColumnType::Float => Self::Float,
            ColumnType::Int => Self::Int,
            ColumnType::Smallint => Self::Smallint,
            ColumnType::String => Self::String,
            ColumnType::Timestamp => Self::Timestamp,
            ColumnType::Tinyint => Self::Tinyint,
        }
    }

    /// A decimal, when there is one of that size.
    pub(crate) fn decimal(precision: u8, scale: u8) -> Option<Self> {
        let fits = (1..=MAX_DIGITS).contains(&precision) && scale <= precision;
        fits.then_some(Self::Decimal { precision, scale })
    }

    /// The name of the type, which [`Kind::named`] reads back.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Array(item) => format!("array<{}>", item.kind().name()),
            Self::Bigint => "bigint".into(),
            Self::Binary => "binary".into(),
            Self::Boolean => "boolean".into(),
            Self::Date => "date".into(),
            Self::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
            Self::Double => "double".into(),
            Self::Float => "float".into(),
            Self::Int => "int".into(),
            Self::Null => "null".into(),
            Self::Smallint => "smallint".into(),
            Self::String => "string".into(),
            Self::Timestamp => "timestamp".into(),
            Self::Tinyint => "tinyint".into(),
        }
    }

    pub(crate) fn is_integer(self) -> bool {
        matches!(self, Self::Bigint | Self::Int | Self::Smallint | Self::Tinyint)
    }

    pub(crate) fn is_floating(self) -> bool {
        matches!(self, Self::Double | Self::Float)
    }

    pub(crate) fn is_decimal(self) -> bool {
        matches!(self, Self::Decimal { .. })
    }

    pub(crate) fn is_number(self) -> bool {
        self.is_integer() || self.is_floating() || self.is_decimal()
    }

    pub(crate) fn is_moment(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp)
    }

    /// Digits and scale of the smallest decimal that holds every value of an exact number type.
    pub(crate) fn digits(self) -> Option<(u8, u8)> {
        Some(match self {
            Self::Decimal { precision, scale } => (precision, scale),
            Self::Bigint => (20, 0),
            Self::Int => (10, 0),
            Self::Smallint => (5, 0),
            Self::Tinyint => (3, 0),
            _ => return None,
        })
    }
}

/// A decimal of that many digits, cut to 38: the digits before the point are kept, and at
/// least six after it (Spark's `adjustPrecisionScale`).
pub(crate) fn adjusted(precision: u16, scale: u16) -> Kind {
    let limit = u16::from(MAX_DIGITS);
    if precision <= limit {
        return Kind::Decimal { precision: narrow(precision), scale: narrow(scale) };
    }
    let whole = precision - scale;
    let scale = limit.saturating_sub(whole).max(scale.min(6));
    Kind::Decimal { precision: MAX_DIGITS, scale: narrow(scale) }
}

/// A decimal of that many digits, both numbers cut to 38 (Spark's `bounded`).
pub(crate) fn bounded(precision: u16, scale: u16) -> Kind {
    let limit = u16::from(MAX_DIGITS);
    Kind::Decimal { precision: narrow(precision.min(limit)), scale: narrow(scale.min(limit)) }
}

fn narrow(number: u16) -> u8 {
    u8::try_from(number).unwrap_or(MAX_DIGITS)
}

/// The number type that two number types meet in.
pub(crate) fn wider_number(left: Kind, right: Kind) -> Option<Kind> {
    if left == right {
        return Some(left);
    }
    if left.is_decimal() && right.is_floating() || left.is_floating() && right.is_decimal() {
        return Some(Kind::Double);
    }
    if left.is_decimal() || right.is_decimal() {
        let ((p1, s1), (p2, s2)) = (left.digits()?, right.digits()?);
        let scale = s1.max(s2);
        let whole = (p1 - s1).max(p2 - s2);
        return Some(bounded(u16::from(whole) + u16::from(scale), u16::from(scale)));
    }
    let order = [Kind::Tinyint, Kind::Smallint, Kind::Int, Kind::Bigint, Kind::Float, Kind::Double];
    let place = |kind| order.iter().position(|it| *it == kind);
    order.get(place(left)?.max(place(right)?)).copied()
}

/// The type that two operands of a comparison meet in (Spark's
/// `findCommonTypeForBinaryComparison`): a string follows the other side.
pub(crate) fn compared(left: Kind, right: Kind) -> Option<Kind> {
    match (left, right) {
        (same, other) if same == other => Some(same),
        (Kind::Null, other) | (other, Kind::Null) => Some(other),
        (Kind::Array(_), _) | (_, Kind::Array(_)) => wider(&[left, right]),
        (Kind::String, Kind::Decimal { .. }) | (Kind::Decimal { .. }, Kind::String) => {
            Some(Kind::Double)
        }
        (Kind::String, other) | (other, Kind::String) => Some(other),
        (Kind::Date, Kind::Timestamp) | (Kind::Timestamp, Kind::Date) => Some(Kind::Timestamp),
        (Kind::Boolean, number) | (number, Kind::Boolean) if number.is_number() => Some(number),
        (left, right) => wider_number(left, right),
    }
}

/// The type that the items of `IN`, `COALESCE` and `CASE` meet in (Spark's
/// `findWiderCommonType`): a string draws the others along.
pub(crate) fn wider(kinds: &[Kind]) -> Option<Kind> {
    let texts = kinds.iter().filter(|it| **it == Kind::String);
    let others = kinds.iter().filter(|it| **it != Kind::String);
    texts.chain(others).try_fold(Kind::Null, |found, kind| match (found, *kind) {
        (same, other) if same == other => Some(same),
        (Kind::Null, other) | (other, Kind::Null) => Some(other),
        (Kind::Array(left), Kind::Array(right)) => wider(&[left.kind(), right.kind()])?.array(),
        (Kind::String, Kind::Array(_) | Kind::Binary | Kind::Boolean) => None,
        (Kind::String, _) => Some(Kind::String),
        (Kind::Date, Kind::Timestamp) | (Kind::Timestamp, Kind::Date) => Some(Kind::Timestamp),
        (left, right) => wider_number(left, right),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn decimal(precision: u8, scale: u8) -> Kind {
        Kind::Decimal { precision, scale }
    }

    #[test]
    fn every_kind_reads_back_from_its_name_and_its_arrow_type() {
        let all = [
            Kind::Bigint,
            Kind::Binary,
            Kind::Boolean,
            Kind::Date,
            decimal(10, 2),
            Kind::Double,
            Kind::Float,
            Kind::Int,
            Kind::Smallint,
            Kind::String,
            Kind::Timestamp,
            Kind::Tinyint,
            decimal(10, 2).array().unwrap(),
            Kind::Null.array().unwrap(),
            Kind::String.array().unwrap(),
        ];
        for kind in all {
            assert_eq!(Kind::named(&kind.name()), Some(kind));
            assert_eq!(Kind::of(&kind.arrow()), Some(kind));
        }
    }

    #[test]
    fn a_type_that_does_not_exist_is_refused() {
        for name in [
            "array<array<int>>",
            "array<int",
            "decimal(39,2)",
            "decimal(5,6)",
            "decimal(5,2,1)",
            "int(4)",
            "json",
            "",
            "()",
        ] {
            assert_eq!(Kind::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_string_follows_the_other_side_of_a_comparison_and_draws_the_items_of_a_list() {
        assert_eq!(compared(Kind::Int, Kind::String), Some(Kind::Int));
        assert_eq!(compared(Kind::String, decimal(10, 2)), Some(Kind::Double));
        assert_eq!(wider(&[Kind::Int, Kind::String, Kind::Date]), Some(Kind::String));
        assert_eq!(wider(&[Kind::Boolean, Kind::String]), None);
        assert_eq!(compared(Kind::Boolean, Kind::Date), None);
    }

    #[test]
    fn decimals_meet_in_one_that_holds_both() {
        assert_eq!(wider_number(decimal(10, 2), Kind::Int), Some(decimal(12, 2)));
        assert_eq!(wider_number(decimal(10, 2), decimal(5, 4)), Some(decimal(12, 4)));
        assert_eq!(adjusted(77, 38), decimal(38, 6));
        assert_eq!(adjusted(40, 10), decimal(38, 8));
    }
}
