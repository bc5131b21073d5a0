//! One value of one row, read from Arrow arrays and written into them.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder,
    Float32Builder, Float64Builder, Int8Builder, Int16Builder, Int32Builder, Int64Builder,
    ListArray, NullArray, StringBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Field, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type,
};

use super::kind::Kind;

/// A value; its [`Kind`] says which type it is of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Boolean(bool),
    Bytes(Cow<'a, [u8]>),
    /// Days since 1970-01-01.
    Date(i32),
    /// The digits, and how many of them stand after the point.
    Decimal(i128, u8),
    /// Doubles and floats.
    Floating(f64),
    /// Integers of every width.
    Integer(i64),
    /// The items of an array.
    List(Vec<Value<'a>>),
    /// Microseconds since 1970-01-01T00:00:00.
    Moment(i64),
    Null,
    Text(Cow<'a, str>),
}

impl<'a> Value<'a> {
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// The same value, borrowed from nobody.
    pub(crate) fn owned(&self) -> Value<'static> {
        match self {
            Self::Boolean(it) => Value::Boolean(*it),
            Self::Bytes(it) => Value::Bytes(it.to_vec().into()),
            Self::Date(it) => Value::Date(*it),
            Self::Decimal(digits, scale) => Value::Decimal(*digits, *scale),
            Self::Floating(it) => Value::Floating(*it),
            Self::Integer(it) => Value::Integer(*it),
            Self::List(items) => Value::List(items.iter().map(Value::owned).collect()),
            Self::Moment(it) => Value::Moment(*it),
            Self::Null => Value::Null,
            Self::Text(it) => Value::Text(it.to_string().into()),
        }
    }

    /// Bytes that it takes in memory.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Bytes(it) => it.len(),
                Self::List(items) => items.iter().map(Value::size).sum(),
                Self::Text(it) => it.len(),
                _ => 0,
            }
    }
}

/// An array of one kind, or one value for every row.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    array: ArrayRef,
    constant: bool,
}

impl Reader {
    /// Reads an array row by row.
    pub(crate) fn rows(array: ArrayRef) -> Self {
        Self { array, constant: false }
    }

    /// Reads the only item of an array, for every row.
    pub(crate) fn constant(array: ArrayRef) -> Self {
        Self { array, constant: true }
    }

    /// The value of one row; `Null` where there is none or where the type is none of ours.
    pub(crate) fn get(&self, row: usize) -> Value<'_> {
        read(self.array.as_ref(), if self.constant { 0 } else { row })
    }
}

fn read(array: &dyn Array, row: usize) -> Value<'_> {
    if row >= array.len() || array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => Value::Boolean(array.as_boolean().value(row)),
        DataType::Int8 => Value::Integer(array.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => Value::Integer(array.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => Value::Integer(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Value::Integer(array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Value::Integer(array.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => Value::Integer(array.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => Value::Integer(array.as_primitive::<UInt32Type>().value(row).into()),
        DataType::Float32 => Value::Floating(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => Value::Floating(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => Value::Decimal(
            array.as_primitive::<Decimal128Type>().value(row),
            u8::try_from(*scale).unwrap_or(0),
        ),
        DataType::Utf8 => Value::text(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Value::text(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Value::text(array.as_string_view().value(row)),
        DataType::Binary => Value::Bytes(array.as_binary::<i32>().value(row).into()),
        DataType::LargeBinary => Value::Bytes(array.as_binary::<i64>().value(row).into()),
        DataType::BinaryView => Value::Bytes(array.as_binary_view().value(row).into()),
        DataType::Date32 => Value::Date(array.as_primitive::<Date32Type>().value(row)),
        DataType::Timestamp(TimeUnit::Microsecond, None) => {
            Value::Moment(array.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let offsets = list.value_offsets();
            let place = |index: usize| offsets.get(index).and_then(|it| usize::try_from(*it).ok());
            let range = place(row).unwrap_or(0)..place(row + 1).unwrap_or(0);
            Value::List(range.map(|item| read(list.values().as_ref(), item)).collect())
        }
        _ => Value::Null,
    }
}

/// Gathers values of one kind into an array; what does not fit becomes NULL.
#[derive(Debug)]
pub(crate) enum Writer {
    Bigint(Int64Builder),
    Binary(BinaryBuilder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Decimal { builder: Decimal128Builder, precision: u8, scale: u8 },
    Double(Float64Builder),
    Float(Float32Builder),
    Int(Int32Builder),
    List { ends: Vec<i32>, present: Vec<bool>, items: Box<Writer>, kind: Kind },
    Null(usize),
    Smallint(Int16Builder),
    String(StringBuilder),
    Timestamp(TimestampMicrosecondBuilder),
    Tinyint(Int8Builder),
}

impl Writer {
    pub(crate) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Array(item) => Self::List {
                ends: vec![0],
                present: Vec::new(),
                items: Box::new(Self::new(item.kind())),
                kind: item.kind(),
            },
            Kind::Bigint => Self::Bigint(Int64Builder::new()),
            Kind::Binary => Self::Binary(BinaryBuilder::new()),
            Kind::Boolean => Self::Boolean(BooleanBuilder::new()),
            Kind::Date => Self::Date(Date32Builder::new()),
            Kind::Decimal { precision, scale } => Self::Decimal {
                builder: Decimal128Builder::new().with_data_type(kind.arrow()),
                precision,
                scale,
            },
            Kind::Double => Self::Double(Float64Builder::new()),
            Kind::Float => Self::Float(Float32Builder::new()),
            Kind::Int => Self::Int(Int32Builder::new()),
            Kind::Null => Self::Null(0),
            Kind::Smallint => Self::Smallint(Int16Builder::new()),
            Kind::String => Self::String(StringBuilder::new()),
            Kind::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::new()),
            Kind::Tinyint => Self::Tinyint(Int8Builder::new()),
        }
    }

    pub(crate) fn push(&mut self, value: Value<'_>) {
        let integer = match value {
            Value::Integer(number) => Some(number),
            _ => None,
        };
        match self {
            Self::Bigint(it) => it.append_option(integer),
            Self::Int(it) => it.append_option(integer.and_then(|it| it.try_into().ok())),
            Self::Smallint(it) => it.append_option(integer.and_then(|it| it.try_into().ok())),
            Self::Tinyint(it) => it.append_option(integer.and_then(|it| it.try_into().ok())),
            Self::Binary(it) => match value {
                Value::Bytes(bytes) => it.append_value(bytes),
                _ => it.append_null(),
            },
            Self::Boolean(it) => match value {
                Value::Boolean(yes) => it.append_value(yes),
                _ => it.append_null(),
            },
            Self::Date(it) => match value {
                Value::Date(days) => it.append_value(days),
                _ => it.append_null(),
            },
            Self::Decimal { builder, precision, scale } => match value {
                Value::Decimal(digits, own)
                    if own == *scale && digits.unsigned_abs() < ten_to(*precision) =>
                {
                    builder.append_value(digits);
                }
                _ => builder.append_null(),
            },
            Self::Double(it) => match value {
                Value::Floating(number) => it.append_value(normal(number)),
                _ => it.append_null(),
            },
            Self::Float(it) => match value {
                Value::Floating(number) => it.append_value(normal(number) as f32),
                _ => it.append_null(),
            },
            Self::List { ends, present, items, .. } => {
                let start = ends.last().copied().unwrap_or(0);
                // An array of so many items that 31 bits do not count them is NULL.
                let list = match value {
                    Value::List(list) => i32::try_from(list.len())
                        .ok()
                        .and_then(|it| start.checked_add(it))
                        .map(|end| (list, end)),
                    _ => None,
                };
                present.push(list.is_some());
                let (list, end) = list.unwrap_or((Vec::new(), start));
                ends.push(end);
                for item in list {
                    items.push(item);
                }
            }
            Self::Null(rows) => *rows += 1,
            Self::String(it) => match value {
                Value::Text(text) => it.append_value(text),
                _ => it.append_null(),
            },
            Self::Timestamp(it) => match value {
                Value::Moment(micros) => it.append_value(micros),
                _ => it.append_null(),
            },
        }
    }

    /// Bytes of text and of bytes so far.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Binary(it) => it.values_slice().len(),
            Self::List { items, .. } => items.bytes(),
            Self::String(it) => it.values_slice().len(),
            _ => 0,
        }
    }

    pub(crate) fn finish(self) -> ArrayRef {
        match self {
            Self::Bigint(mut it) => Arc::new(it.finish()),
            Self::Binary(mut it) => Arc::new(it.finish()),
            Self::Boolean(mut it) => Arc::new(it.finish()),
            Self::Date(mut it) => Arc::new(it.finish()),
            Self::Decimal { mut builder, .. } => Arc::new(builder.finish()),
            Self::Double(mut it) => Arc::new(it.finish()),
            Self::Float(mut it) => Arc::new(it.finish()),
            Self::Int(mut it) => Arc::new(it.finish()),
            Self::List { ends, present, items, kind } => {
                let field = Arc::new(Field::new_list_field(kind.arrow(), true));
                let nulls = Some(NullBuffer::from(present));
                Arc::new(ListArray::new(
                    field,
                    OffsetBuffer::new(ends.into()),
                    items.finish(),
                    nulls,
                ))
            }
            Self::Null(rows) => Arc::new(NullArray::new(rows)),
            Self::Smallint(mut it) => Arc::new(it.finish()),
            Self::String(mut it) => Arc::new(it.finish()),
            Self::Timestamp(mut it) => Arc::new(it.finish()),
            Self::Tinyint(mut it) => Arc::new(it.finish()),
        }
    }
}

/// One zero and one NaN, so that equal numbers are equal bits.
pub(crate) fn normal(number: f64) -> f64 {
    if number == 0.0 {
        0.0
    } else if number.is_nan() {
        f64::NAN
    } else {
        number
    }
}

/// `10^exponent`, for exponents up to 38.
pub(crate) fn ten_to(exponent: u8) -> u128 {
    10_u128.saturating_pow(exponent.into())
}
