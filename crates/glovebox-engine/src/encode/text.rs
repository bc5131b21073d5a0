//! Values as text, as Spark casts them to strings.
//!
//! Timestamps are `2026-11-23 10:00:00`, with a fraction only if it is not zero and without
//! trailing zeros; they have no zone (UTC is meant). Doubles are written as Java does: `1.0`,
//! `1.0E7` from ten million on, `1.0E-4` below a thousandth, `NaN`, `Infinity`. Decimals have
//! all digits of their scale and no exponent. Bytes are Base64.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Decimal128Array, Float32Array,
    Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Float32Type, Float64Type, Int64Type, TimeUnit,
    TimestampMicrosecondType,
};

use crate::Cause;

/// Writes the values of one column.
pub(super) enum Printer {
    Binary(BinaryArray),
    Boolean(BooleanArray),
    Decimal(Decimal128Array),
    Double(Float64Array),
    Float(Float32Array),
    Integer(Int64Array),
    Text(StringArray),
    Timestamp(TimestampMicrosecondArray),
}

impl Printer {
    pub(super) fn new(column: &ArrayRef) -> Result<Self, Cause> {
        let to = |kind: &DataType| {
            cast(column, kind).map_err(|_| Cause::Internal("a column could not be written"))
        };
        Ok(match column.data_type() {
            DataType::Boolean => Self::Boolean(column.as_boolean().clone()),
            DataType::Decimal128(_, _) => {
                Self::Decimal(column.as_primitive::<Decimal128Type>().clone())
            }
            DataType::Float64 => Self::Double(column.as_primitive::<Float64Type>().clone()),
            DataType::Float32 => Self::Float(column.as_primitive::<Float32Type>().clone()),
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => {
                Self::Integer(to(&DataType::Int64)?.as_primitive::<Int64Type>().clone())
            }
            DataType::Timestamp(_, _) => {
                let micros = to(&DataType::Timestamp(TimeUnit::Microsecond, None))?;
                Self::Timestamp(micros.as_primitive::<TimestampMicrosecondType>().clone())
            }
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
                Self::Binary(to(&DataType::Binary)?.as_binary::<i32>().clone())
            }
            _ => Self::Text(to(&DataType::Utf8)?.as_string::<i32>().clone()),
        })
    }

    /// Writes the value in `row`; `false` when it is NULL.
    pub(super) fn print(&self, row: usize, cell: &mut String) -> bool {
        if self.array().is_null(row) {
            return false;
        }
        let written = match self {
            Self::Binary(it) => {
                STANDARD.encode_string(it.value(row), cell);
                Ok(())
            }
            Self::Boolean(it) => write!(cell, "{}", it.value(row)),
            Self::Decimal(it) => write!(cell, "{}", it.value_as_string(row)),
            Self::Double(it) => double(it.value(row), cell),
            Self::Float(it) => float(it.value(row), cell),
            Self::Integer(it) => write!(cell, "{}", it.value(row)),
            Self::Text(it) => write!(cell, "{}", it.value(row)),
            Self::Timestamp(it) => return timestamp(it.value(row), cell),
        };
        // Writing to a string does not fail.
        written.is_ok()
    }

    fn array(&self) -> &dyn Array {
        match self {
            Self::Binary(it) => it,
            Self::Boolean(it) => it,
            Self::Decimal(it) => it,
            Self::Double(it) => it,
            Self::Float(it) => it,
            Self::Integer(it) => it,
            Self::Text(it) => it,
            Self::Timestamp(it) => it,
        }
    }
}

fn double(value: f64, cell: &mut String) -> std::fmt::Result {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        write!(cell, "{value:?}")
    } else {
        scientific(value.is_finite(), value.is_nan(), value < 0.0, &format!("{value:e}"), cell)
    }
}

fn float(value: f32, cell: &mut String) -> std::fmt::Result {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        write!(cell, "{value:?}")
    } else {
        scientific(value.is_finite(), value.is_nan(), value < 0.0, &format!("{value:e}"), cell)
    }
}

fn scientific(
    finite: bool,
    nan: bool,
    negative: bool,
    shortest: &str,
    cell: &mut String,
) -> std::fmt::Result {
    if !finite {
        let words = if nan { "NaN" } else { "Infinity" };
        return write!(cell, "{}{words}", if negative { "-" } else { "" });
    }
    let (digits, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let point = if digits.contains('.') { "" } else { ".0" };
    write!(cell, "{digits}{point}E{exponent}")
}

/// Moments beyond the calendar are NULL.
fn timestamp(micros: i64, cell: &mut String) -> bool {
    let Some(moment) = DateTime::from_timestamp_micros(micros) else { return false };
    let fraction = format!(".{:06}", moment.timestamp_subsec_micros());
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    write!(cell, "{}{fraction}", moment.format("%Y-%m-%d %H:%M:%S")).is_ok()
}

/// For tests and for callers that have no batch: one value.
#[cfg(test)]
fn printed(column: ArrayRef) -> String {
    let printer = Printer::new(&column).unwrap();
    let mut cell = String::new();
    if printer.print(0, &mut cell) { cell } else { "NULL".to_owned() }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Date32Array, Int8Array, TimestampNanosecondArray};

    use std::sync::Arc;

    use super::*;

    #[test]
    fn doubles_are_written_as_java_does() {
        let double = |it: f64| printed(Arc::new(Float64Array::from(vec![it])));
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (9_999_999.0, "9999999.0"),
            (10_000_000.0, "1.0E7"),
            (-1.5e300, "-1.5E300"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(double(value), expected);
        }
        assert_eq!(printed(Arc::new(Float32Array::from(vec![0.1]))), "0.1");
    }

    #[test]
    fn the_other_types_are_written_as_spark_casts_them() {
        let micros = |it| printed(Arc::new(TimestampMicrosecondArray::from(vec![it])));
        assert_eq!(micros(Some(0)), "1970-01-01 00:00:00");
        assert_eq!(micros(Some(-500_000)), "1969-12-31 23:59:59.5");
        assert_eq!(micros(Some(i64::MAX)), "NULL");
        assert_eq!(micros(None), "NULL");
        let nanos = TimestampNanosecondArray::from(vec![1_123_456_789]);
        assert_eq!(printed(Arc::new(nanos)), "1970-01-01 00:00:01.123456");
        let decimal = Decimal128Array::from(vec![-12_300]).with_precision_and_scale(10, 4).unwrap();
        assert_eq!(printed(Arc::new(decimal)), "-1.2300");
        assert_eq!(printed(Arc::new(Date32Array::from(vec![365]))), "1971-01-01");
        assert_eq!(printed(Arc::new(BooleanArray::from(vec![true]))), "true");
        assert_eq!(printed(Arc::new(Int8Array::from(vec![-7]))), "-7");
        assert_eq!(printed(Arc::new(BinaryArray::from(vec![b"\xff\x00".as_slice()]))), "/wA=");
        assert_eq!(printed(Arc::new(StringArray::from(vec![""]))), "");
    }
}
