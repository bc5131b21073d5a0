//! An aggregate function that folds rows and cannot fail on one.
//!
//! Its state is bytes, so that every one of them goes through DataFusion in the same way; over
//! distinct rows and over the moving frame of a window, rows are kept with their counts.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};

use super::accept::Accepts;
use super::kind::Kind;
use super::multiset::{Multiset, Row};
use super::value::{Reader, Value, Writer};

/// What an aggregate function keeps of the rows so far.
pub(crate) trait Fold: Send + Sync {
    /// Adds a row so many times.
    fn add(&mut self, row: &[Value<'_>], times: u64);
    /// What another of the same function needs to know.
    fn state(&self) -> Vec<u8>;
    /// Adds what another knows.
    fn merge(&mut self, state: &[u8]);
    /// The answer so far, which may be asked for again.
    fn answer(&self) -> Value<'static>;
    /// Bytes beyond its own.
    fn size(&self) -> usize;
}

/// One aggregate function.
pub(crate) struct Definition {
    pub(crate) name: &'static str,
    /// The kinds that arguments of these kinds are coerced to; `None` refuses the call.
    pub(crate) accepts: Accepts,
    /// The kind of the result, given coerced kinds.
    pub(crate) returns: fn(&[Kind]) -> Option<Kind>,
    /// Nothing yet, for arguments of these kinds.
    pub(crate) start: fn(&[Kind]) -> Box<dyn Fold>,
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A definition as DataFusion wants it.
pub(crate) struct Folded {
    definition: &'static Definition,
    signature: Signature,
}

impl Folded {
    pub(crate) fn new(definition: &'static Definition) -> Self {
        Self { definition, signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn refused<T>(&self) -> Result<T> {
        plan_err!("the arguments of {} do not fit", self.definition.name)
    }

    fn kinds(&self, types: &[DataType]) -> Result<Vec<Kind>> {
        match types.iter().map(Kind::of).collect() {
            Some(kinds) => Ok(kinds),
            None => self.refused(),
        }
    }

    fn work(&self, args: &AccumulatorArgs<'_>) -> Result<Work> {
        let types: Vec<DataType> =
            args.expr_fields.iter().map(|it| it.data_type().clone()).collect();
        let kinds = self.kinds(&types)?;
        let Some(result) = Kind::of(args.return_type()) else { return self.refused() };
        Ok(Work { definition: self.definition, kinds, result })
    }
}

impl fmt::Debug for Folded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.definition.name)
    }
}

impl PartialEq for Folded {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name
    }
}

impl Eq for Folded {}

impl Hash for Folded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.definition.name.hash(state);
    }
}

impl AggregateUDFImpl for Folded {
    fn name(&self) -> &str {
        self.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let kinds = self.kinds(types)?;
        let Some(wanted) = (self.definition.accepts)(&kinds) else { return self.refused() };
        let pairs = types.iter().zip(kinds).zip(wanted);
        Ok(pairs
            .map(|((own, kind), wanted)| if kind == wanted { own.clone() } else { wanted.arrow() })
            .collect())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let kinds = (self.definition.accepts)(&self.kinds(types)?);
        match kinds.and_then(|it| (self.definition.returns)(&it)) {
            Some(kind) => Ok(kind.arrow()),
            None => self.refused(),
        }
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let work = self.work(&args)?;
        if args.is_distinct {
            return Ok(Box::new(Kept { work, rows: Multiset::default(), distinct: true }));
        }
        let fold = (work.definition.start)(&work.kinds);
        Ok(Box::new(Running { work, fold }))
    }

    fn create_sliding_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        let distinct = args.is_distinct;
        Ok(Box::new(Kept { work: self.work(&args)?, rows: Multiset::default(), distinct }))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = format!("{}[state]", args.name);
        Ok(vec![Arc::new(Field::new(name, DataType::LargeBinary, true))])
    }
}

/// What is to be done with the rows.
#[derive(Clone)]
struct Work {
    definition: &'static Definition,
    kinds: Vec<Kind>,
    result: Kind,
}

impl Work {
    fn shown(&self, answer: Value<'_>) -> Result<ScalarValue> {
        let mut writer = Writer::new(self.result);
        writer.push(answer);
        ScalarValue::try_from_array(&writer.finish(), 0)
    }
}

/// Every row of a batch.
fn each(columns: &[ArrayRef], mut row: impl FnMut(&[Value<'_>])) {
    let rows = columns.first().map_or(0, |it| it.len());
    let readers: Vec<Reader> = columns.iter().map(|it| Reader::rows(Arc::clone(it))).collect();
    let mut values = Vec::with_capacity(readers.len());
    for index in 0..rows {
        values.clear();
        values.extend(readers.iter().map(|it| it.get(index)));
        row(&values);
    }
}

/// Every state of a batch.
fn each_state(states: &[ArrayRef], mut merge: impl FnMut(&[u8])) -> Result<()> {
    let states = match states {
        [states] => states.as_binary_opt::<i64>(),
        _ => None,
    };
    let Some(states) = states else {
        return exec_err!("the state of an aggregate is not what it must be");
    };
    states.iter().flatten().for_each(&mut merge);
    Ok(())
}

/// One group on its way.
struct Running {
    work: Work,
    fold: Box<dyn Fold>,
}

impl fmt::Debug for Running {
    /// The values are data and stay inside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.work.definition.name)
    }
}

impl Accumulator for Running {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        each(values, |row| self.fold.add(row, 1));
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.work.shown(self.fold.answer())
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.fold.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::LargeBinary(Some(self.fold.state()))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        each_state(states, |state| self.fold.merge(state))
    }
}

/// One group of which the rows are kept: distinct ones, or those of a moving frame.
struct Kept {
    work: Work,
    rows: Multiset,
    distinct: bool,
}

impl fmt::Debug for Kept {
    /// The values are data and stay inside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.work.definition.name)
    }
}

impl Accumulator for Kept {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        each(values, |row| self.rows.add(Row::of(row), 1));
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut fold = (self.work.definition.start)(&self.work.kinds);
        for (row, times) in self.rows.iter() {
            fold.add(row, if self.distinct { 1 } else { times });
        }
        self.work.shown(fold.answer())
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.rows.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::LargeBinary(Some(self.rows.state()))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        each_state(states, |state| self.rows.merge(state))
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        each(values, |row| self.rows.remove(&Row::of(row)));
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Float64Array, Int64Array};
    use datafusion::logical_expr::AggregateUDF;

    use super::super::FOLDS;
    use super::*;

    /// The same rows at once, in parts that are merged, and in a frame that moves over them.
    fn ways(
        definition: &'static Definition,
        kinds: &[Kind],
        columns: &[ArrayRef],
    ) -> Vec<ScalarValue> {
        let work = Work {
            definition,
            kinds: kinds.to_vec(),
            result: (definition.returns)(kinds).unwrap(),
        };
        let running = || Running { work: work.clone(), fold: (definition.start)(kinds) };
        let rows = columns[0].len();
        let part = |from: usize, to: usize| -> Vec<ArrayRef> {
            columns.iter().map(|it| it.slice(from, to - from)).collect()
        };
        let mut whole = running();
        whole.update_batch(columns).unwrap();
        let mut merged = running();
        for (from, to) in [(rows / 2, rows), (0, rows / 2), (0, 0)] {
            let mut one = running();
            one.update_batch(&part(from, to)).unwrap();
            let state = one.state().unwrap()[0].to_array().unwrap();
            merged.merge_batch(&[state]).unwrap();
        }
        let mut moving = Kept { work: work.clone(), rows: Multiset::default(), distinct: false };
        moving.update_batch(&part(rows / 2, rows)).unwrap();
        moving.update_batch(columns).unwrap();
        moving.evaluate().unwrap();
        moving.retract_batch(&part(rows / 2, rows)).unwrap();
        vec![whole.evaluate().unwrap(), merged.evaluate().unwrap(), moving.evaluate().unwrap()]
    }

    #[test]
    fn parts_and_moving_frames_answer_as_the_whole() {
        let numbers: ArrayRef =
            Arc::new(Int64Array::from(vec![Some(3), None, Some(1), Some(3), Some(-2), Some(8)]));
        let doubles: ArrayRef = Arc::new(Float64Array::from(vec![
            Some(0.5),
            Some(2.0),
            None,
            Some(-1.5),
            Some(4.0),
            Some(0.0),
        ]));
        for definition in FOLDS.iter().copied().flatten() {
            for (kinds, columns) in [
                (vec![Kind::Bigint], vec![Arc::clone(&numbers)]),
                (vec![Kind::Double], vec![Arc::clone(&doubles)]),
                (vec![Kind::Double; 2], vec![Arc::clone(&doubles), Arc::clone(&doubles)]),
            ] {
                if (definition.accepts)(&kinds).as_ref() != Some(&kinds) {
                    continue;
                }
                let ways = ways(definition, &kinds, &columns);
                for other in &ways[1..] {
                    let close = match (&ways[0], other) {
                        (ScalarValue::Float64(Some(a)), ScalarValue::Float64(Some(b))) => {
                            (a - b).abs() < 1e-9
                        }
                        (a, b) => a == b,
                    };
                    assert!(close, "{}: {ways:?}", definition.name);
                }
            }
        }
    }

    #[test]
    fn nothing_is_an_answer_too() {
        for definition in FOLDS.iter().copied().flatten() {
            for kinds in
                [vec![Kind::Null], vec![Kind::Null; 2], vec![Kind::Boolean], vec![Kind::String]]
            {
                let Some(kinds) = (definition.accepts)(&kinds) else { continue };
                let fold = (definition.start)(&kinds);
                let mut writer = Writer::new((definition.returns)(&kinds).unwrap());
                writer.push(fold.answer());
                assert_eq!(writer.finish().len(), 1, "{}", definition.name);
            }
            let function = AggregateUDF::from(Folded::new(definition));
            assert_eq!(function.name(), definition.name);
        }
    }
}
