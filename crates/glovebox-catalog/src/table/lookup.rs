//! How the columns of a table are found in its files.

use datafusion::arrow::datatypes::Field;
use glovebox_model::{Column, ColumnType};

/// By what a column of a table is found in a file of it.
#[derive(Debug, Clone, Default)]
pub(crate) enum Lookup {
    /// By its name; every file has every column.
    #[default]
    Name,
    /// As a table format says; a column that a file does not have is NULL.
    Format(Vec<Mapped>),
}

/// A column of a table format.
#[derive(Debug, Clone)]
pub(crate) struct Mapped {
    pub(crate) column: Column,
    /// Its name in the files.
    pub(crate) physical: String,
    /// Its id in the files, which then counts instead of its name.
    pub(crate) id: Option<i64>,
    /// Whether a file without it cannot be read: the value would stand elsewhere.
    pub(crate) must: bool,
}

/// Where Arrow keeps the id of a Parquet field.
pub(super) const FIELD_ID: &str = "PARQUET:field_id";

impl Mapped {
    /// Whether it is this one of a file.
    pub(super) fn is_stored_as(&self, field: &Field) -> bool {
        match self.id {
            Some(id) => field.metadata().get(FIELD_ID).and_then(|it| it.parse().ok()) == Some(id),
            None => field.name() == &self.physical,
        }
    }
}

/// Whether every value of one type is one of the other, exactly.
pub(super) fn is_widened(stored: ColumnType, to: ColumnType) -> bool {
    use ColumnType as T;
    if stored == to {
        return true;
    }
    match (stored, to) {
        (T::Tinyint, T::Smallint | T::Int | T::Bigint | T::Double)
        | (T::Smallint, T::Int | T::Bigint | T::Double)
        | (T::Int, T::Bigint | T::Double)
        | (T::Float, T::Double)
        | (T::Date, T::Timestamp) => true,
        (T::Decimal { precision, scale }, T::Decimal { precision: wider, scale: finer }) => {
            finer >= scale && wider.saturating_sub(finer) >= precision.saturating_sub(scale)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_loses_nothing_is_a_widening() {
        let decimal = |precision, scale| ColumnType::Decimal { precision, scale };
        assert!(is_widened(ColumnType::Int, ColumnType::Bigint));
        assert!(is_widened(decimal(5, 2), decimal(8, 4)));
        for (stored, to) in [
            (ColumnType::Bigint, ColumnType::Int),
            (ColumnType::Bigint, ColumnType::Double),
            (ColumnType::Double, ColumnType::Float),
            (ColumnType::String, ColumnType::Binary),
            (decimal(5, 2), decimal(6, 4)),
            (decimal(5, 2), decimal(5, 1)),
        ] {
            assert!(!is_widened(stored, to), "{stored:?} {to:?}");
        }
    }
}
