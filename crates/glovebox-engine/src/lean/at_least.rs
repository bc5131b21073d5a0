//! A distinct count that stops where nobody asks for more.
//!
//! Of each group so many different fingerprints are kept as the count is compared with, and no
//! more rows are looked at once there are so many: memory is bounded by the minimum, whatever the
//! number of rows.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, ListArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Column, Result, ScalarValue, exec_err, internal_err, resources_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, Expr, GroupsAccumulator, Signature,
    Volatility,
};

use super::fingerprint::{FINGERPRINT, FingerprintKey, array};

/// The distinct values of a column, counted up to `most`.
pub(super) fn call(key: FingerprintKey, column: Column, most: i64) -> Expr {
    let most = usize::try_from(most).unwrap_or(0);
    let signature = Signature::any(1, Volatility::Immutable);
    AggregateUDF::new_from_impl(AtLeast { key, most, signature }).call(vec![Expr::Column(column)])
}

/// The function.
#[derive(Debug)]
struct AtLeast {
    key: FingerprintKey,
    most: usize,
    signature: Signature,
}

impl PartialEq for AtLeast {
    fn eq(&self, other: &Self) -> bool {
        (self.key, self.most) == (other.key, other.most)
    }
}

impl Eq for AtLeast {}

impl Hash for AtLeast {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.key, self.most).hash(state);
    }
}

impl AtLeast {
    fn groups(&self) -> Groups {
        Groups { key: self.key, most: self.most, found: Vec::new(), bytes: 0 }
    }
}

impl AggregateUDFImpl for AtLeast {
    fn name(&self) -> &str {
        "count_at_least"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn default_value(&self, _: &DataType) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(0)))
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(One(self.groups())))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(
        &self,
        _: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(self.groups()))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = format!("{}[found]", args.name);
        Ok(vec![Arc::new(Field::new(name, found_type(), false))])
    }
}

fn found_field() -> FieldRef {
    Arc::new(Field::new_list_field(FINGERPRINT, true))
}

fn found_type() -> DataType {
    DataType::List(found_field())
}

/// What was found in each group: rising, `most` at most.
struct Groups {
    key: FingerprintKey,
    most: usize,
    found: Vec<Vec<u128>>,
    /// Bytes of all that was found.
    bytes: usize,
}

impl std::fmt::Debug for Groups {
    /// What was found is data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Groups").field("most", &self.most).finish_non_exhaustive()
    }
}

impl Groups {
    fn widen(&mut self, groups: usize) {
        self.found.resize(groups.max(self.found.len()), Vec::new());
    }

    fn is_full(&self, group: usize) -> bool {
        self.found.get(group).is_none_or(|it| it.len() >= self.most)
    }

    fn find(&mut self, group: usize, fingerprint: u128) {
        if self.is_full(group) {
            return;
        }
        let Some(found) = self.found.get_mut(group) else { return };
        if let Err(place) = found.binary_search(&fingerprint) {
            let before = found.capacity();
            found.insert(place, fingerprint);
            self.bytes += (found.capacity() - before) * size_of::<u128>();
        }
    }

    fn take(&mut self, emit: EmitTo) -> Vec<Vec<u128>> {
        let taken = emit.take_needed(&mut self.found);
        let bytes: usize = taken.iter().map(|it| it.capacity() * size_of::<u128>()).sum();
        self.bytes = self.bytes.saturating_sub(bytes);
        taken
    }
}

/// How many of a batch's rows are hashed although their groups are full, so that those of other
/// groups are hashed together: no more than one in so many.
const SPARSE: usize = 4;

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        count: usize,
    ) -> Result<()> {
        let [values] = values else { return internal_err!("one value is counted") };
        self.widen(count);
        let passes = |row: usize| filter.is_none_or(|it| it.is_valid(row) && it.value(row));
        let wanted = groups.iter().filter(|it| !self.is_full(**it)).count();
        if wanted == 0 {
            return Ok(());
        }
        if wanted * SPARSE < groups.len() {
            for (row, group) in groups.iter().enumerate() {
                if passes(row) && !self.is_full(*group) {
                    let one = self.key.of(&values.slice(row, 1))?;
                    one.into_iter().flatten().for_each(|it| self.find(*group, it));
                }
            }
            return Ok(());
        }
        for (row, fingerprint) in self.key.of(values)?.into_iter().enumerate() {
            if let (Some(fingerprint), Some(group), true) =
                (fingerprint, groups.get(row), passes(row))
            {
                self.find(*group, fingerprint);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let found = self.take(emit);
        let counts = found.iter().map(|it| i64::try_from(it.len()).ok());
        Ok(Arc::new(counts.collect::<Int64Array>()))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        lists(self.take(emit))
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], count: usize) -> Result<()> {
        self.widen(count);
        let [states] = states else { return internal_err!("one state is merged") };
        let Some(lists) = states.as_list_opt::<i32>() else {
            return exec_err!("the state of an aggregate is not what it must be");
        };
        for (row, group) in groups.iter().enumerate() {
            if !self.is_full(*group) {
                let found = self.key.of(&lists.value(row))?;
                found.into_iter().flatten().for_each(|it| self.find(*group, it));
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
        let [values] = values else { return internal_err!("one value is counted") };
        let passes = |row: usize| filter.is_none_or(|it| it.is_valid(row) && it.value(row));
        let rows = self.key.of(values)?.into_iter().enumerate();
        lists(rows.map(|(row, it)| it.filter(|_| passes(row)).into_iter().collect()).collect())
    }

    fn size(&self) -> usize {
        self.bytes + self.found.capacity() * size_of::<Vec<u128>>()
    }
}

fn lists(found: Vec<Vec<u128>>) -> Result<Vec<ArrayRef>> {
    let all: usize = found.iter().map(Vec::len).sum();
    if i32::try_from(all).is_err() {
        return resources_err!("too many groups at once");
    }
    let offsets = OffsetBuffer::from_lengths(found.iter().map(Vec::len));
    let values = Arc::new(array(found.into_iter().flatten().map(Some)));
    Ok(vec![Arc::new(ListArray::try_new(found_field(), offsets, values, None)?)])
}

/// The only group of an aggregation without groups.
#[derive(Debug)]
struct One(Groups);

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = values.first().map_or(0, |it| it.len());
        self.0.update_batch(values, &vec![0; rows], None, 1)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let rows = states.first().map_or(0, |it| it.len());
        self.0.merge_batch(states, &vec![0; rows], 1)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.widen(1);
        ScalarValue::try_from_array(&self.0.evaluate(EmitTo::All)?, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.0.widen(1);
        let states = self.0.state(EmitTo::All)?;
        states.iter().map(|it| ScalarValue::try_from_array(it, 0)).collect()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.0.size()
    }
}
