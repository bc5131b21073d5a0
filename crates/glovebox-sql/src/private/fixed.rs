//! A number as an exact integer: `__gb_fixed`.
//!
//! Floats are clamped and rounded to a grid, so that no low bit and no order of addition of a
//! float reaches a result (Mironov, "On significance of the least significant bits", 2012).

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Decimal128Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Float32Type, Float64Type, Int64Type};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};

use super::Grid;

/// Sums of these add to no more than 128 bits: 2^40 rows of 2^84 steps.
pub(super) const WIDEST: i128 = 1 << 84;

/// The type of what it gives.
pub(super) const INTEGER: DataType = DataType::Decimal128(38, 0);

/// One way to make integers of numbers. NULL and NaN are NULL; infinity is clamped.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Fixed {
    pub(super) grid: Grid,
    /// Values beyond are clamped to the ends, in steps.
    pub(super) low: i128,
    /// See `low`.
    pub(super) high: i128,
    /// What is subtracted after clamping.
    pub(super) middle: i128,
    /// Whether the difference is squared.
    pub(super) square: bool,
    signature: Signature,
}

impl Fixed {
    pub(super) fn new(grid: Grid, low: i128, high: i128, middle: i128, square: bool) -> Self {
        let signature = Signature::new(TypeSignature::Any(1), Volatility::Immutable);
        Self { grid, low, high, middle, square, signature }
    }

    fn of_integer(&self, value: i128) -> i128 {
        let distance = value.clamp(self.low, self.high) - self.middle;
        let wide = if self.square { distance.saturating_mul(distance) } else { distance };
        wide.clamp(-WIDEST, WIDEST)
    }

    fn of_float(&self, value: f64) -> Option<i128> {
        if value.is_nan() {
            return None;
        }
        // Exact: the step is a power of two. What is too great for the type saturates.
        let steps = (value / self.grid.step()).round_ties_even();
        Some(self.of_integer(steps as i128))
    }
}

impl ScalarUDFImpl for Fixed {
    fn name(&self) -> &str {
        "__gb_fixed"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(INTEGER)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some(argument) = args.args.first() else {
            return exec_err!("a number is missing");
        };
        let array = argument.to_array(args.number_rows)?;
        let array = array.as_ref();
        let made: Decimal128Array = match array.data_type() {
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => {
                let wide = cast(array, &DataType::Int64)?;
                let wide = wide.as_primitive::<Int64Type>();
                wide.iter().map(|it| it.map(|it| self.of_integer(it.into()))).collect()
            }
            DataType::Decimal128(..) => {
                let exact = array.as_primitive::<Decimal128Type>();
                exact.iter().map(|it| it.map(|it| self.of_integer(it))).collect()
            }
            DataType::Float32 => {
                let floats = array.as_primitive::<Float32Type>();
                floats.iter().map(|it| it.and_then(|it| self.of_float(it.into()))).collect()
            }
            DataType::Float64 => {
                let floats = array.as_primitive::<Float64Type>();
                floats.iter().map(|it| it.and_then(|it| self.of_float(it))).collect()
            }
            DataType::Null => (0..array.len()).map(|_| None::<i128>).collect(),
            _ => return exec_err!("a number is of another type"),
        };
        let made = made.with_precision_and_scale(38, 0)?;
        Ok(ColumnarValue::Array(Arc::new(made)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_lie_on_the_grid_and_within_bounds() {
        let fixed = Fixed::new(Grid::Binary(-10), -1024, 2048, 512, false);
        assert_eq!(fixed.of_float(0.0), Some(-512));
        assert_eq!(fixed.of_float(1.0), Some(512));
        assert_eq!(fixed.of_float(f64::INFINITY), Some(1536));
        assert_eq!(fixed.of_float(f64::NEG_INFINITY), Some(-1536));
        assert_eq!(fixed.of_float(f64::NAN), None);
        assert_eq!(fixed.of_float(-0.0), fixed.of_float(0.0));
        assert_eq!(fixed.of_float(1e-300), fixed.of_float(0.0));
    }

    #[test]
    fn squares_do_not_outgrow_sums() {
        let fixed = Fixed::new(Grid::Decimal(0), i128::MIN / 4, i128::MAX / 4, 0, true);
        assert_eq!(fixed.of_integer(i128::MAX / 8), WIDEST);
        assert_eq!(fixed.of_integer(-3), 9);
    }
}
