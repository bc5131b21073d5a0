//! SUM and AVG of many groups at once.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal256Array, Float64Array, Int64Array,
};
use datafusion::arrow::datatypes::{
    Decimal128Type, Decimal256Type, Float64Type, Int32Type, Int64Type, i256,
};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};

use super::super::value::{Reader, Writer};
use super::{Sum, Work, digits};

/// All groups on their way.
pub(super) struct Grouped {
    work: Work,
    sums: Vec<Sum>,
}

impl Grouped {
    pub(super) fn new(work: Work) -> Self {
        Self { work, sums: Vec::new() }
    }

    fn widen(&mut self, groups: usize) {
        self.sums.resize(groups.max(self.sums.len()), Sum::NOTHING);
    }

    /// Adds exact numbers; false if the values are none.
    fn add_exact(
        &mut self,
        values: &ArrayRef,
        groups: &[usize],
        filter: Option<&BooleanArray>,
    ) -> bool {
        let digits = |it: i64| i256::from_i128(it.into());
        if let Some(values) = values.as_primitive_opt::<Int64Type>() {
            self.add_each(values.iter().map(|it| it.map(digits)), groups, filter);
        } else if let Some(values) = values.as_primitive_opt::<Int32Type>() {
            self.add_each(values.iter().map(|it| it.map(|it| digits(it.into()))), groups, filter);
        } else if let Some(values) = values.as_primitive_opt::<Decimal128Type>() {
            self.add_each(values.iter().map(|it| it.map(i256::from_i128)), groups, filter);
        } else {
            return false;
        }
        true
    }

    fn add_each(
        &mut self,
        values: impl Iterator<Item = Option<i256>>,
        groups: &[usize],
        filter: Option<&BooleanArray>,
    ) {
        for (row, (digits, group)) in values.zip(groups).enumerate() {
            if let Some(digits) = digits
                && passes(filter, row)
                && let Some(sum) = self.sums.get_mut(*group)
            {
                sum.add(digits, &self.work);
            }
        }
    }
}

impl fmt::Debug for Grouped {
    /// The values are data and stay inside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grouped").field("work", &self.work).finish_non_exhaustive()
    }
}

/// The states of several groups: counts, exact sums, inexact sums.
pub(super) struct States<'a> {
    counts: &'a Int64Array,
    exact: &'a Decimal256Array,
    inexact: &'a Float64Array,
}

impl<'a> States<'a> {
    pub(super) fn of(states: &'a [ArrayRef]) -> Result<Self> {
        if let [counts, exact, inexact] = states
            && let Some(counts) = counts.as_primitive_opt::<Int64Type>()
            && let Some(exact) = exact.as_primitive_opt::<Decimal256Type>()
            && let Some(inexact) = inexact.as_primitive_opt::<Float64Type>()
        {
            return Ok(Self { counts, exact, inexact });
        }
        exec_err!("the state of an aggregate is not what it must be")
    }

    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    pub(super) fn get(&self, row: usize) -> (i64, Option<i256>, f64) {
        let exact = self.exact.is_valid(row).then(|| self.exact.value(row));
        (self.counts.value(row), exact, self.inexact.value(row))
    }
}

/// Whether a row passes the filter of its aggregate.
fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|it| it.is_valid(row) && it.value(row))
}

impl GroupsAccumulator for Grouped {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        count: usize,
    ) -> Result<()> {
        let [values] = values else { return exec_err!("one argument is needed") };
        self.widen(count);
        if self.add_exact(values, groups, filter) {
            return Ok(());
        }
        let reader = Reader::rows(Arc::clone(values));
        for (row, group) in groups.iter().enumerate() {
            if passes(filter, row)
                && let Some(digits) = digits(&reader.get(row))
                && let Some(sum) = self.sums.get_mut(*group)
            {
                sum.add(digits, &self.work);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let mut writer = Writer::new(self.work.result);
        for sum in emit.take_needed(&mut self.sums) {
            writer.push(sum.answer(&self.work));
        }
        Ok(writer.finish())
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let sums = emit.take_needed(&mut self.sums);
        let exact: Decimal256Array = sums.iter().map(|it| it.exact).collect();
        Ok(vec![
            Arc::new(sums.iter().map(|it| Some(it.count)).collect::<Int64Array>()),
            Arc::new(exact.with_precision_and_scale(76, 0)?),
            Arc::new(sums.iter().map(|it| Some(it.inexact)).collect::<Float64Array>()),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], count: usize) -> Result<()> {
        let states = States::of(states)?;
        self.widen(count);
        for (row, group) in groups.iter().enumerate() {
            if let Some(sum) = self.sums.get_mut(*group) {
                let (count, exact, inexact) = states.get(row);
                sum.merge(count, exact, inexact);
            }
        }
        Ok(())
    }

    /// Each row a group of its own.
    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, |it| it.len());
        let groups: Vec<usize> = (0..rows).collect();
        let mut single = Self::new(self.work);
        single.update_batch(values, &groups, filter, rows)?;
        single.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<Sum>()
    }
}
