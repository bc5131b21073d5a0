//! Glue's types and Arrow's.

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use glovebox_model::{Column, ColumnType};

/// The Arrow type in which a column is read, whatever the file stores.
pub fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Bigint => DataType::Int64,
        ColumnType::Binary => DataType::Binary,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date => DataType::Date32,
        ColumnType::Decimal { precision, scale } => {
            DataType::Decimal128(precision, i8::try_from(scale).unwrap_or(i8::MAX))
        }
        ColumnType::Double => DataType::Float64,
        ColumnType::Float => DataType::Float32,
        ColumnType::Int => DataType::Int32,
        ColumnType::Smallint => DataType::Int16,
        ColumnType::String => DataType::Utf8,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::Tinyint => DataType::Int8,
    }
}

/// The Arrow fields of columns.
pub(super) fn fields<'a>(columns: impl IntoIterator<Item = &'a Column>) -> Vec<Field> {
    let columns = columns.into_iter();
    columns.map(|it| Field::new(it.name.as_str(), arrow_type(it.kind), true)).collect()
}

/// The column type for what a Parquet file stores; `None` when columns cannot have it.
pub(super) fn column_type(stored: &DataType) -> Option<ColumnType> {
    Some(match stored {
        DataType::Boolean => ColumnType::Boolean,
        DataType::Int8 => ColumnType::Tinyint,
        DataType::Int16 | DataType::UInt8 => ColumnType::Smallint,
        DataType::Int32 | DataType::UInt16 => ColumnType::Int,
        DataType::Int64 | DataType::UInt32 => ColumnType::Bigint,
        DataType::UInt64 => ColumnType::Decimal { precision: 20, scale: 0 },
        DataType::Float16 | DataType::Float32 => ColumnType::Float,
        DataType::Float64 => ColumnType::Double,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => {
            ColumnType::String
        }
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => ColumnType::Binary,
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(_, _) => ColumnType::Timestamp,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => {
            let scale = u8::try_from(*scale).ok()?;
            let legal = (1..=38).contains(precision) && scale <= *precision;
            legal.then_some(ColumnType::Decimal { precision: *precision, scale })?
        }
        DataType::Dictionary(_, values) => column_type(values)?,
        _ => return None,
    })
}
