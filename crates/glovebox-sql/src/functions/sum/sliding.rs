//! SUM and AVG over a frame that moves: the values in it, with how often each came.

use std::collections::BTreeMap;
use std::fmt;
use std::mem::size_of_val;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::i256;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::Accumulator;

use super::super::value::{Reader, Writer};
use super::{Sum, Work, digits};

/// The frame at one row. What leaves it is taken away exactly, also from sums of doubles.
pub(super) struct Sliding {
    work: Work,
    distinct: bool,
    /// Values, doubles by their bits, and how often each is in the frame.
    inside: BTreeMap<i256, u64>,
}

impl Sliding {
    pub(super) fn new(work: Work, distinct: bool) -> Self {
        Self { work, distinct, inside: BTreeMap::new() }
    }
}

impl fmt::Debug for Sliding {
    /// The values are data and stay inside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sliding").field("work", &self.work).finish_non_exhaustive()
    }
}

/// The values of a batch that are not NULL.
fn each(values: &[ArrayRef], mut one: impl FnMut(i256)) -> Result<()> {
    let [values] = values else { return exec_err!("one argument is needed") };
    let reader = Reader::rows(Arc::clone(values));
    (0..values.len()).filter_map(|row| digits(&reader.get(row))).for_each(&mut one);
    Ok(())
}

impl Accumulator for Sliding {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        each(values, |digits| {
            let times = self.inside.entry(digits).or_default();
            *times = times.saturating_add(1);
        })
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        each(values, |digits| {
            if let Some(times) = self.inside.get_mut(&digits) {
                *times = times.saturating_sub(1);
                if *times == 0 {
                    self.inside.remove(&digits);
                }
            }
        })
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut sum = Sum::NOTHING;
        for (digits, times) in &self.inside {
            sum.add_times(*digits, if self.distinct { 1 } else { *times }, &self.work);
        }
        let mut writer = Writer::new(self.work.result);
        writer.push(sum.answer(&self.work));
        ScalarValue::try_from_array(&writer.finish(), 0)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.inside.len() * 2 * size_of::<(i256, u64)>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        exec_err!("a moving frame has no parts")
    }

    fn merge_batch(&mut self, _states: &[ArrayRef]) -> Result<()> {
        exec_err!("a moving frame has no parts")
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Float64Array, Int64Array};

    use super::super::super::kind::Kind;
    use super::super::Total;
    use super::*;

    #[test]
    fn what_leaves_the_frame_leaves_no_trace() {
        let work = Work { total: Total::Sum, result: Kind::Double, scale: 0, floating: true };
        let mut sum = Sliding::new(work, false);
        let large: ArrayRef = Arc::new(Float64Array::from(vec![1e300, f64::NAN, f64::INFINITY]));
        let small: ArrayRef = Arc::new(Float64Array::from(vec![Some(0.1), None, Some(0.1)]));
        sum.update_batch(&[Arc::clone(&large)]).unwrap();
        sum.update_batch(&[small]).unwrap();
        sum.retract_batch(&[large]).unwrap();
        assert_eq!(sum.evaluate().unwrap(), ScalarValue::Float64(Some(0.2)));
    }

    #[test]
    fn a_sum_that_did_not_fit_fits_again() {
        let work = Work { total: Total::Sum, result: Kind::Bigint, scale: 0, floating: false };
        let mut sum = Sliding::new(work, false);
        let large: ArrayRef = Arc::new(Int64Array::from(vec![i64::MAX]));
        let one: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        sum.update_batch(&[Arc::clone(&large)]).unwrap();
        sum.update_batch(&[one]).unwrap();
        assert_eq!(sum.evaluate().unwrap(), ScalarValue::Int64(None));
        sum.retract_batch(&[large]).unwrap();
        assert_eq!(sum.evaluate().unwrap(), ScalarValue::Int64(Some(1)));
        sum.retract_batch(&[Arc::new(Int64Array::from(vec![1]))]).unwrap();
        assert_eq!(sum.evaluate().unwrap(), ScalarValue::Int64(None));
    }
}
