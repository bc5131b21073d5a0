//! PostgreSQL's types and ours.

use glovebox_model::{Column, ColumnType};

/// A column as the server stores it, and as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    /// The name exactly as stored.
    pub(super) name: String,
    pub(super) column: Column,
    pub(super) form: Form,
    /// The number of its type.
    pub(super) oid: String,
    /// Whether texts of it are equal only if their bytes are.
    pub(super) by_bytes: bool,
}

/// How the server's form of a value differs from what its column type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The label of an enumeration, whose order is not that of its text.
    Label,
    /// Not at all.
    Plain,
    /// `char(n)`: filled with blanks, which the server does not compare.
    Padded,
    /// A UUID, which is shown as text.
    Uuid,
    /// A moment, told in UTC.
    Zoned,
}

/// The type of a column by the name of its type in `pg_catalog`, `pg_type.typtype` and
/// `pg_attribute.atttypmod`; `None` for what has no exact place here.
pub(super) fn kind(name: &str, class: char, modifier: i32) -> Option<(ColumnType, Form)> {
    match class {
        'e' => return Some((ColumnType::String, Form::Label)),
        'b' => {}
        // Composites, domains, ranges, pseudo-types.
        _ => return None,
    }
    Some(match name {
        "bool" => (ColumnType::Boolean, Form::Plain),
        "bpchar" => (ColumnType::String, Form::Padded),
        "bytea" => (ColumnType::Binary, Form::Plain),
        "date" => (ColumnType::Date, Form::Plain),
        "float4" => (ColumnType::Float, Form::Plain),
        "float8" => (ColumnType::Double, Form::Plain),
        "int2" => (ColumnType::Smallint, Form::Plain),
        "int4" => (ColumnType::Int, Form::Plain),
        "int8" => (ColumnType::Bigint, Form::Plain),
        "numeric" => (decimal(modifier)?, Form::Plain),
        "text" | "varchar" => (ColumnType::String, Form::Plain),
        "timestamp" => (ColumnType::Timestamp, Form::Plain),
        "timestamptz" => (ColumnType::Timestamp, Form::Zoned),
        "uuid" => (ColumnType::String, Form::Uuid),
        _ => return None,
    })
}

/// The modifier is precision and scale, the scale with a sign in eleven bits, and four more.
fn decimal(modifier: i32) -> Option<ColumnType> {
    let packed = modifier.checked_sub(4).filter(|it| *it >= 0)?;
    let precision = u8::try_from(packed >> 16).ok()?;
    let scale = u8::try_from(packed & 0x7ff).ok()?;
    let legal = (1..=38).contains(&precision) && scale <= precision;
    legal.then_some(ColumnType::Decimal { precision, scale })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numeric_has_precision_and_scale_or_is_refused() {
        let numeric = |precision: i32, scale: i32| {
            kind("numeric", 'b', ((precision << 16) | (scale & 0x7ff)) + 4)
        };
        let decimal =
            |precision, scale| Some((ColumnType::Decimal { precision, scale }, Form::Plain));
        assert_eq!(numeric(12, 2), decimal(12, 2));
        assert_eq!(numeric(38, 38), decimal(38, 38));
        assert_eq!(numeric(39, 2), None);
        assert_eq!(numeric(5, -2), None);
        assert_eq!(numeric(5, 6), None);
        assert_eq!(kind("numeric", 'b', -1), None);
    }

    #[test]
    fn what_has_no_exact_place_is_refused() {
        for (name, class) in [
            ("jsonb", 'b'),
            ("json", 'b'),
            ("inet", 'b'),
            ("_int4", 'b'),
            ("int4", 'd'),
            ("pair", 'c'),
        ] {
            assert_eq!(kind(name, class, -1), None, "{name}");
        }
        assert_eq!(kind("mood", 'e', -1), Some((ColumnType::String, Form::Label)));
    }
}
