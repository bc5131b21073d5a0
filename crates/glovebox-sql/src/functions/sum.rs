//! SUM and AVG: exact where numbers are exact, NULL where the result does not fit.
//!
//! Exact numbers are added in 256 bits, so neither order nor partitions can change a result.
//! Spark adds integers in a bigint that wraps; here an integer sum that does not fit is NULL.
//! Spark adds the integers of AVG as doubles; here they are added exactly and divided once.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::size_of_val;
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, i256};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};

use super::decimal::{divide_half_up, fit, rescale};
use super::kind::{Kind, bounded};
use super::value::{Reader, Value, normal};

/// SUM or AVG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Total {
    Average,
    Sum,
}

/// One of them as DataFusion wants it.
#[derive(Debug)]
pub(crate) struct Totals {
    total: Total,
    signature: Signature,
}

impl Totals {
    pub(crate) fn new(total: Total) -> Self {
        Self { total, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl PartialEq for Totals {
    fn eq(&self, other: &Self) -> bool {
        self.total == other.total
    }
}

impl Eq for Totals {}

impl Hash for Totals {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.total.hash(state);
    }
}

/// The kind that the argument is coerced to: text becomes a double, floats too.
fn accepted(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::String | Kind::Null | Kind::Float => Some(Kind::Double),
        kind => kind.is_number().then_some(kind),
    }
}

fn result(total: Total, kind: Kind) -> Option<Kind> {
    match (total, kind) {
        (_, Kind::Double) => Some(Kind::Double),
        (Total::Sum, Kind::Decimal { precision, scale }) => {
            Some(bounded(u16::from(precision) + 10, scale.into()))
        }
        (Total::Average, Kind::Decimal { precision, scale }) => {
            Some(bounded(u16::from(precision) + 4, u16::from(scale) + 4))
        }
        (Total::Sum, kind) if kind.is_integer() => Some(Kind::Bigint),
        (Total::Average, kind) if kind.is_integer() => Some(Kind::Double),
        _ => None,
    }
}

impl AggregateUDFImpl for Totals {
    fn name(&self) -> &str {
        match self.total {
            Total::Average => "avg",
            Total::Sum => "sum",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        if let [own] = types
            && let Some(kind) = Kind::of(own)
            && let Some(wanted) = accepted(kind)
        {
            return Ok(vec![if wanted == kind { own.clone() } else { wanted.arrow() }]);
        }
        plan_err!("the argument of {} must be one number", self.name())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let kind = types.first().and_then(Kind::of).and_then(accepted);
        match kind.and_then(|it| result(self.total, it)) {
            Some(kind) => Ok(kind.arrow()),
            None => plan_err!("the argument of {} must be one number", self.name()),
        }
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let kind = args.expr_fields.first().and_then(|it| Kind::of(it.data_type()));
        let (Some(kind), Some(result)) = (kind, Kind::of(args.return_type())) else {
            return exec_err!("the argument of {} must be one number", self.name());
        };
        let (_, scale) = kind.digits().unwrap_or((0, 0));
        Ok(Box::new(Running {
            total: self.total,
            result,
            scale,
            floating: kind.is_floating(),
            seen: args.is_distinct.then(BTreeSet::new),
            count: 0,
            exact: Some(i256::ZERO),
            inexact: 0.0,
        }))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = |part: &str| format!("{}[{part}]", args.name);
        if args.is_distinct {
            let item = Field::new_list_field(DataType::Decimal256(76, 0), true);
            return Ok(vec![Arc::new(Field::new_list(name("seen"), item, true))]);
        }
        Ok(vec![
            Arc::new(Field::new(name("count"), DataType::Int64, true)),
            Arc::new(Field::new(name("exact"), DataType::Decimal256(76, 0), true)),
            Arc::new(Field::new(name("inexact"), DataType::Float64, true)),
        ])
    }
}

/// What has been added so far.
struct Running {
    total: Total,
    result: Kind,
    scale: u8,
    floating: bool,
    /// For `DISTINCT`: the values seen; doubles by their bits.
    seen: Option<BTreeSet<i256>>,
    count: i64,
    /// `None` once it did not fit.
    exact: Option<i256>,
    inexact: f64,
}

impl fmt::Debug for Running {
    /// The values are data and stay inside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("total", &self.total).finish_non_exhaustive()
    }
}

impl Running {
    fn add(&mut self, value: &Value<'_>) {
        let digits = match value {
            Value::Integer(number) => i256::from_i128((*number).into()),
            Value::Decimal(digits, _) => i256::from_i128(*digits),
            Value::Floating(number) => i256::from_i128(i128::from(normal(*number).to_bits())),
            _ => return,
        };
        match &mut self.seen {
            Some(seen) => {
                seen.insert(digits);
            }
            None => self.add_digits(digits),
        }
    }

    /// Doubles come as their bits.
    fn add_digits(&mut self, digits: i256) {
        self.count += 1;
        if self.floating {
            let bits = digits.to_i128().and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
            self.inexact += f64::from_bits(bits);
        } else {
            self.exact = self.exact.and_then(|it| it.checked_add(digits));
        }
    }

    fn answer(&mut self) -> Value<'static> {
        for digits in self.seen.take().unwrap_or_default() {
            self.add_digits(digits);
        }
        if self.count == 0 {
            return Value::Null;
        }
        let Some(exact) = self.exact else { return Value::Null };
        let count = self.count;
        let answer = match (self.total, self.result) {
            (Total::Sum, Kind::Double) => Some(Value::Floating(self.inexact)),
            (Total::Average, Kind::Double) if self.floating => {
                Some(Value::Floating(self.inexact / count as f64))
            }
            (Total::Average, Kind::Double) => {
                exact.to_i128().map(|it| Value::Floating(it as f64 / count as f64))
            }
            (Total::Sum, Kind::Decimal { precision, scale }) => rescale(exact, self.scale, scale)
                .and_then(|it| fit(it, precision))
                .map(|it| Value::Decimal(it, scale)),
            (Total::Average, Kind::Decimal { precision, scale }) => {
                rescale(exact, self.scale, scale)
                    .and_then(|it| divide_half_up(it, i256::from_i128(count.into())))
                    .and_then(|it| fit(it, precision))
                    .map(|it| Value::Decimal(it, scale))
            }
            _ => exact.to_i128().and_then(|it| i64::try_from(it).ok()).map(Value::Integer),
        };
        answer.unwrap_or(Value::Null)
    }
}

fn wide(digits: Option<i256>) -> ScalarValue {
    ScalarValue::Decimal256(digits, 76, 0)
}

impl Accumulator for Running {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [values] = values else { return exec_err!("one argument is needed") };
        let reader = Reader::rows(Arc::clone(values));
        for row in 0..values.len() {
            self.add(&reader.get(row));
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut writer = super::value::Writer::new(self.result);
        writer.push(self.answer());
        ScalarValue::try_from_array(&writer.finish(), 0)
    }

    fn size(&self) -> usize {
        let seen = self.seen.as_ref().map_or(0, BTreeSet::len);
        size_of_val(self) + seen * 2 * size_of::<i256>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        if let Some(seen) = &self.seen {
            let items: Vec<_> = seen.iter().map(|it| wide(Some(*it))).collect();
            let list = ScalarValue::new_list_nullable(&items, &DataType::Decimal256(76, 0));
            return Ok(vec![ScalarValue::List(list)]);
        }
        Ok(vec![
            ScalarValue::Int64(Some(self.count)),
            wide(self.exact),
            ScalarValue::Float64(Some(self.inexact)),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(first) = states.first() else { return Ok(()) };
        for row in 0..first.len() {
            if let Some(seen) = &mut self.seen {
                let ScalarValue::List(list) = ScalarValue::try_from_array(first, row)? else {
                    return exec_err!("the state of an aggregate is not what it must be");
                };
                let items = list.values();
                for item in 0..items.len() {
                    if let ScalarValue::Decimal256(Some(digits), ..) =
                        ScalarValue::try_from_array(items, item)?
                    {
                        seen.insert(digits);
                    }
                }
                continue;
            }
            let [count, exact, inexact] = states else {
                return exec_err!("the state of an aggregate is not what it must be");
            };
            let state = (
                ScalarValue::try_from_array(count, row)?,
                ScalarValue::try_from_array(exact, row)?,
                ScalarValue::try_from_array(inexact, row)?,
            );
            let (
                ScalarValue::Int64(Some(count)),
                ScalarValue::Decimal256(exact, ..),
                ScalarValue::Float64(Some(inexact)),
            ) = state
            else {
                return exec_err!("the state of an aggregate is not what it must be");
            };
            self.count += count;
            self.inexact += inexact;
            self.exact = self.exact.zip(exact).and_then(|(a, b)| a.checked_add(b));
        }
        Ok(())
    }
}
