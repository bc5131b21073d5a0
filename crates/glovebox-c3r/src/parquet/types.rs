//! Types of columns, of the input and of the output.

use std::sync::Arc;

use ::parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use ::parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

use super::ParquetFault;
use crate::{ColumnKind, DataType, Metadata, TargetColumn, TimeUnit, ValueType};

/// Why a column cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is a list, a map or a struct.
    #[error("it is nested (a list, a map or a struct), and only flat columns can be")]
    Nested,
    /// It has several values a row.
    #[error("it is repeated, and only columns with one value a row can be")]
    Repeated,
    /// It is INT96.
    #[error(
        "it is INT96, an old form of timestamps: write it as INT64 (in Spark, set \
         spark.sql.parquet.outputTimestampType to TIMESTAMP_MICROS)"
    )]
    Int96,
}

/// A column of an input file.
#[derive(Clone, Debug)]
pub struct InputColumn {
    /// What it is called, as it stands in the file.
    pub name: String,
    /// What its values are.
    pub value_type: ValueType,
    /// Which leaf of the file's schema it is, or why it cannot be used.
    pub(super) leaf: Result<usize, Unusable>,
    pub(super) field: TypePtr,
}

/// A column of an output file.
#[derive(Clone, Debug)]
pub struct OutputColumn {
    pub(super) field: TypePtr,
    /// Holds cells, of which no two are alike: neither a dictionary nor statistics are of use.
    pub(super) has_cells: bool,
}

/// The columns of a file.
pub(super) fn input_columns(schema: &SchemaDescriptor, binary_as_string: bool) -> Vec<InputColumn> {
    let fields = schema.root_schema().get_fields();
    let columns = fields.iter().enumerate().map(|(root, field)| {
        let leaf = (0..schema.num_columns()).find(|it| schema.get_column_root_idx(*it) == root);
        let leaf = match leaf {
            Some(leaf) if field.is_primitive() => usable(field).map(|()| leaf),
            _ => Err(Unusable::Nested),
        };
        let value_type = match leaf {
            Ok(_) => value_type(field, binary_as_string),
            Err(_) => ValueType::plain(DataType::Unknown),
        };
        InputColumn { name: field.name().to_owned(), value_type, leaf, field: Arc::clone(field) }
    });
    columns.collect()
}

fn usable(field: &Type) -> Result<(), Unusable> {
    if field.get_basic_info().repetition() == Repetition::REPEATED {
        return Err(Unusable::Repeated);
    }
    if field.get_physical_type() == Physical::INT96 {
        return Err(Unusable::Int96);
    }
    Ok(())
}

/// The annotation, also of a file that only has one of the old kind.
fn annotation(field: &Type) -> Option<LogicalType> {
    let info = field.get_basic_info();
    if let Some(logical) = info.logical_type_ref() {
        return Some(logical.clone());
    }
    use ::parquet::basic::TimeUnit as Unit;
    Some(match info.converted_type() {
        ConvertedType::NONE => return None,
        ConvertedType::UTF8 => LogicalType::String,
        ConvertedType::DECIMAL => LogicalType::decimal(field.get_scale(), field.get_precision()),
        ConvertedType::DATE => LogicalType::Date,
        ConvertedType::TIMESTAMP_MILLIS => LogicalType::timestamp(true, Unit::MILLIS),
        ConvertedType::TIMESTAMP_MICROS => LogicalType::timestamp(true, Unit::MICROS),
        ConvertedType::INT_16 => LogicalType::integer(16, true),
        ConvertedType::INT_32 => LogicalType::integer(32, true),
        ConvertedType::INT_64 => LogicalType::integer(64, true),
        _ => LogicalType::Unknown,
    })
}

fn value_type(field: &Type, binary_as_string: bool) -> ValueType {
    let integer = |bits: i8| Some(LogicalType::integer(bits, true));
    let physical = field.get_physical_type();
    let annotation = annotation(field);
    match &annotation {
        Some(LogicalType::Decimal(it)) => {
            let metadata = Metadata::Decimal { precision: it.precision, scale: it.scale };
            return match physical {
                Physical::INT32
                | Physical::INT64
                | Physical::BYTE_ARRAY
                | Physical::FIXED_LEN_BYTE_ARRAY => {
                    ValueType { data_type: DataType::Decimal, metadata }
                }
                _ => ValueType::plain(DataType::Unknown),
            };
        }
        Some(LogicalType::Timestamp(it)) if physical == Physical::INT64 => {
            use ::parquet::basic::TimeUnit as Unit;
            let unit = match it.unit {
                Unit::MILLIS => TimeUnit::Millis,
                Unit::MICROS => TimeUnit::Micros,
                Unit::NANOS => TimeUnit::Nanos,
            };
            let metadata = Metadata::Timestamp { is_utc: it.is_adjusted_to_u_t_c, unit };
            return ValueType { data_type: DataType::Timestamp, metadata };
        }
        _ => {}
    }
    ValueType::plain(match (physical, annotation) {
        (Physical::BYTE_ARRAY, Some(LogicalType::String)) => DataType::String,
        (Physical::BYTE_ARRAY, None) if binary_as_string => DataType::String,
        (Physical::BOOLEAN, None) => DataType::Boolean,
        (Physical::FLOAT, None) => DataType::Float,
        (Physical::DOUBLE, None) => DataType::Double,
        (Physical::INT32, None) => DataType::Int,
        (Physical::INT32, it) if it == integer(32) => DataType::Int,
        (Physical::INT32, it) if it == integer(16) => DataType::SmallInt,
        (Physical::INT32, Some(LogicalType::Date)) => DataType::Date,
        (Physical::INT64, None) => DataType::BigInt,
        (Physical::INT64, it) if it == integer(64) => DataType::BigInt,
        _ => DataType::Unknown,
    })
}

impl OutputColumn {
    /// What becomes of a column when it is encrypted: text, or what it was if left in cleartext.
    pub fn encrypted(column: &TargetColumn, input: &InputColumn) -> Result<Self, ParquetFault> {
        let name = column.target.as_str();
        let is_text = input.value_type.data_type == DataType::String;
        let has_cells = column.kind != ColumnKind::Cleartext;
        let field = if is_text {
            text(name, input.field.get_basic_info().repetition())?
        } else if has_cells {
            text(name, Repetition::OPTIONAL)?
        } else {
            renamed(&input.field, name)?
        };
        Ok(Self { field, has_cells })
    }

    /// What becomes of a column when it is decrypted: the type its values were sealed with, or
    /// what it is if none of them was.
    pub fn decrypted(input: &InputColumn, sealed: Option<ValueType>) -> Result<Self, ParquetFault> {
        let field = match sealed {
            None => Arc::clone(&input.field),
            Some(it) => restored(&input.name, it, &input.field)?,
        };
        Ok(Self { field, has_cells: false })
    }

    pub(super) fn is_optional(&self) -> bool {
        self.field.is_optional()
    }
}

fn text(name: &str, repetition: Repetition) -> Result<TypePtr, ParquetFault> {
    let builder = Type::primitive_type_builder(name, Physical::BYTE_ARRAY);
    let builder = builder.with_logical_type(Some(LogicalType::String));
    Ok(Arc::new(builder.with_repetition(repetition).build()?))
}

/// The same type under another name, with the length of fixed-length bytes.
fn renamed(field: &Type, name: &str) -> Result<TypePtr, ParquetFault> {
    let info = field.get_basic_info();
    let physical = field.get_physical_type();
    let mut builder = Type::primitive_type_builder(name, physical)
        .with_repetition(info.repetition())
        .with_converted_type(info.converted_type());
    if let Some(logical) = info.logical_type_ref() {
        builder = builder.with_logical_type(Some(logical.clone()));
    }
    if let Type::PrimitiveType { type_length, scale, precision, .. } = field {
        builder = builder.with_length(*type_length).with_scale(*scale).with_precision(*precision);
    }
    Ok(Arc::new(builder.build()?))
}

/// How many bytes a decimal of a precision needs.
pub(super) fn decimal_bytes(precision: i32) -> i32 {
    // Each byte has log10(256) digits, and there is a sign.
    let bits = f64::from(precision.max(1)) * std::f64::consts::LOG2_10 + 1.0;
    (1..=16).find(|it| f64::from(*it) * 8.0 >= bits).unwrap_or(16)
}

fn restored(name: &str, sealed: ValueType, field: &TypePtr) -> Result<TypePtr, ParquetFault> {
    use ::parquet::basic::TimeUnit as Unit;
    let (physical, logical) = match (sealed.data_type, sealed.metadata) {
        (DataType::Boolean, _) => (Physical::BOOLEAN, None),
        (DataType::Float, _) => (Physical::FLOAT, None),
        (DataType::Double, _) => (Physical::DOUBLE, None),
        (DataType::Int, _) => (Physical::INT32, None),
        (DataType::SmallInt, _) => (Physical::INT32, Some(LogicalType::integer(16, true))),
        (DataType::Date, _) => (Physical::INT32, Some(LogicalType::Date)),
        (DataType::BigInt, _) => (Physical::INT64, None),
        (DataType::Timestamp, Metadata::Timestamp { is_utc, unit }) => {
            let unit = match unit {
                TimeUnit::Millis => Unit::MILLIS,
                TimeUnit::Micros => Unit::MICROS,
                TimeUnit::Nanos => Unit::NANOS,
            };
            (Physical::INT64, Some(LogicalType::timestamp(is_utc, unit)))
        }
        (DataType::Decimal, Metadata::Decimal { precision, scale }) => {
            let logical = LogicalType::decimal(scale, precision);
            let builder = |physical| Type::primitive_type_builder(name, physical);
            let builder = match precision {
                ..=9 => builder(Physical::INT32),
                10..=18 => builder(Physical::INT64),
                19.. => {
                    builder(Physical::FIXED_LEN_BYTE_ARRAY).with_length(decimal_bytes(precision))
                }
            };
            let builder = builder
                .with_logical_type(Some(logical))
                .with_precision(precision)
                .with_scale(scale)
                .with_repetition(Repetition::OPTIONAL);
            return Ok(Arc::new(builder.build()?));
        }
        // Text stays what it is.
        _ => return Ok(Arc::clone(field)),
    };
    let builder = Type::primitive_type_builder(name, physical).with_logical_type(logical);
    Ok(Arc::new(builder.with_repetition(Repetition::OPTIONAL).build()?))
}
