//! SUM and AVG of one group, also of distinct values.

use std::collections::BTreeSet;
use std::fmt;
use std::mem::size_of_val;
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::i256;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::Accumulator;

use super::super::value::{Reader, Writer};
use super::{Sum, WIDE, Work, digits};

/// One group on its way.
pub(super) struct Running {
    work: Work,
    /// For `DISTINCT`: the values seen; doubles by their bits.
    seen: Option<BTreeSet<i256>>,
    sum: Sum,
}

impl Running {
    pub(super) fn new(work: Work, distinct: bool) -> Self {
        Self { work, seen: distinct.then(BTreeSet::new), sum: Sum::NOTHING }
    }
}

impl fmt::Debug for Running {
    /// The values are data and stay inside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("work", &self.work).finish_non_exhaustive()
    }
}

fn wide(digits: Option<i256>) -> ScalarValue {
    ScalarValue::Decimal256(digits, 76, 0)
}

impl Accumulator for Running {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [values] = values else { return exec_err!("one argument is needed") };
        let reader = Reader::rows(Arc::clone(values));
        for digits in (0..values.len()).filter_map(|row| digits(&reader.get(row))) {
            match &mut self.seen {
                Some(seen) => {
                    seen.insert(digits);
                }
                None => self.sum.add(digits, &self.work),
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut sum = self.sum.clone();
        for digits in self.seen.iter().flatten() {
            sum.add(*digits, &self.work);
        }
        let mut writer = Writer::new(self.work.result);
        writer.push(sum.answer(&self.work));
        ScalarValue::try_from_array(&writer.finish(), 0)
    }

    fn size(&self) -> usize {
        let seen = self.seen.as_ref().map_or(0, BTreeSet::len);
        size_of_val(self) + seen * 2 * size_of::<i256>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        if let Some(seen) = &self.seen {
            let items: Vec<_> = seen.iter().map(|it| wide(Some(*it))).collect();
            let list = ScalarValue::new_list_nullable(&items, &WIDE);
            return Ok(vec![ScalarValue::List(list)]);
        }
        Ok(vec![
            ScalarValue::Int64(Some(self.sum.count)),
            wide(self.sum.exact),
            ScalarValue::Float64(Some(self.sum.inexact)),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        match (&mut self.seen, states) {
            (Some(seen), [lists]) => {
                for row in 0..lists.len() {
                    let ScalarValue::List(list) = ScalarValue::try_from_array(lists, row)? else {
                        return exec_err!("the state of an aggregate is not what it must be");
                    };
                    let items = list.values();
                    for item in 0..items.len() {
                        let item = ScalarValue::try_from_array(items, item)?;
                        if let ScalarValue::Decimal256(Some(digits), ..) = item {
                            seen.insert(digits);
                        }
                    }
                }
                Ok(())
            }
            (None, states) => {
                let states = super::grouped::States::of(states)?;
                for row in 0..states.len() {
                    let (count, exact, inexact) = states.get(row);
                    self.sum.merge(count, exact, inexact);
                }
                Ok(())
            }
            _ => exec_err!("the state of an aggregate is not what it must be"),
        }
    }
}
