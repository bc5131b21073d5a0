//! Leaves out what a hint rules out: by the least and greatest value of a row group, and by the
//! values in the names of folders. In doubt everything is read.

use datafusion::arrow::array::{ArrayRef, Datum, Scalar, UInt64Array};
use datafusion::arrow::compute::kernels::cmp;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::hint::{Comparison, Hint, Test};

/// What is known of the values of a column in several places, one each.
pub(super) struct Known {
    pub(super) least: ArrayRef,
    pub(super) greatest: ArrayRef,
    pub(super) nulls: UInt64Array,
    pub(super) rows: Vec<u64>,
}

/// The places in which there may be rows for which the hint holds.
pub(super) fn may_hold(hint: &Hint, known: &Known) -> Vec<bool> {
    let all = |it: bool| vec![it; known.rows.len()];
    match &hint.test {
        Test::Compare(comparison, value) => {
            compared(*comparison, value, known).unwrap_or_else(|| all(true))
        }
        Test::In(values) => {
            let mut any = all(false);
            for value in values {
                let one = compared(Comparison::Equal, value, known).unwrap_or_else(|| all(true));
                any.iter_mut().zip(one).for_each(|(any, one)| *any |= one);
            }
            any
        }
        Test::IsNull => nulls(known, |nulls, _| nulls > 0),
        Test::IsNotNull => nulls(known, |nulls, rows| nulls < rows),
    }
}

fn nulls(known: &Known, may: impl Fn(u64, u64) -> bool) -> Vec<bool> {
    let places = known.nulls.iter().zip(&known.rows);
    places.map(|(nulls, rows)| nulls.is_none_or(|it| may(it, *rows))).collect()
}

/// `None` if the value cannot be compared with what is known.
fn compared(comparison: Comparison, value: &ScalarValue, known: &Known) -> Option<Vec<bool>> {
    let kind = known.least.data_type();
    // NaN stands in no bound.
    if value.data_type() != *kind || matches!(kind, DataType::Float32 | DataType::Float64) {
        return None;
    }
    let value: Scalar<ArrayRef> = value.to_scalar().ok()?;
    let value: &dyn Datum = &value;
    let (least, greatest): (&dyn Datum, &dyn Datum) = (&known.least, &known.greatest);
    let met = match comparison {
        Comparison::Equal => {
            let (low, high) = (cmp::lt_eq(least, value).ok()?, cmp::gt_eq(greatest, value).ok()?);
            return Some(
                low.iter()
                    .zip(&high)
                    .map(|(low, high)| low != Some(false) && high != Some(false))
                    .collect(),
            );
        }
        Comparison::Less => cmp::lt(least, value).ok()?,
        Comparison::LessOrEqual => cmp::lt_eq(least, value).ok()?,
        Comparison::Greater => cmp::gt(greatest, value).ok()?,
        Comparison::GreaterOrEqual => cmp::gt_eq(greatest, value).ok()?,
    };
    Some(met.iter().map(|it| it != Some(false)).collect())
}
