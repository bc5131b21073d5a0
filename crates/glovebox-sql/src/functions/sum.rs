//! SUM and AVG: exact where numbers are exact, NULL where the result does not fit.
//!
//! Exact numbers are added in 256 bits, so neither order nor partitions can change a result.
//! Spark adds integers in a bigint that wraps; here an integer sum that does not fit is NULL.
//! Spark adds the integers of AVG as doubles; here they are added exactly and divided once.

mod grouped;
mod running;
mod sliding;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, i256};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility,
};

use super::decimal::{divide_half_up, fit, rescale};
use super::kind::{Kind, bounded};
use super::value::{Value, normal};
use grouped::Grouped;
use running::Running;
use sliding::Sliding;

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

    fn work(&self, args: &AccumulatorArgs<'_>) -> Result<Work> {
        let kind = args.expr_fields.first().and_then(|it| Kind::of(it.data_type()));
        let (Some(kind), Some(result)) = (kind, Kind::of(args.return_type())) else {
            return exec_err!("the argument of {} must be one number", self.name());
        };
        let (_, scale) = kind.digits().unwrap_or((0, 0));
        Ok(Work { total: self.total, result, scale, floating: kind.is_floating() })
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
        let work = self.work(&args)?;
        Ok(Box::new(Running::new(work, args.is_distinct)))
    }

    fn create_sliding_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Sliding::new(self.work(&args)?, args.is_distinct)))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Grouped::new(self.work(&args)?)))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let name = |part: &str| format!("{}[{part}]", args.name);
        if args.is_distinct {
            let item = Field::new_list_field(WIDE, true);
            return Ok(vec![Arc::new(Field::new_list(name("seen"), item, true))]);
        }
        Ok(vec![
            Arc::new(Field::new(name("count"), DataType::Int64, true)),
            Arc::new(Field::new(name("exact"), WIDE, true)),
            Arc::new(Field::new(name("inexact"), DataType::Float64, true)),
        ])
    }
}

/// The type of exact sums on their way.
const WIDE: DataType = DataType::Decimal256(76, 0);

/// What is to be done with the values.
#[derive(Debug, Clone, Copy)]
struct Work {
    total: Total,
    result: Kind,
    /// Of the argument, when it is a decimal.
    scale: u8,
    floating: bool,
}

/// What has been added so far. Not `Debug`: it is data.
#[derive(Clone)]
struct Sum {
    count: i64,
    /// `None` once it did not fit.
    exact: Option<i256>,
    inexact: f64,
}

impl Sum {
    const NOTHING: Self = Self { count: 0, exact: Some(i256::ZERO), inexact: 0.0 };

    /// Adds what [`digits`] gave.
    fn add(&mut self, digits: i256, work: &Work) {
        self.count += 1;
        if work.floating {
            let bits = digits.to_i128().and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
            self.inexact += f64::from_bits(bits);
        } else {
            self.exact = self.exact.and_then(|it| it.checked_add(digits));
        }
    }

    /// Adds the same so many times.
    fn add_times(&mut self, digits: i256, times: u64, work: &Work) {
        self.count = self.count.saturating_add(i64::try_from(times).unwrap_or(i64::MAX));
        if work.floating {
            let bits = digits.to_i128().and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
            self.inexact += f64::from_bits(bits) * times as f64;
        } else {
            let all = digits.checked_mul(i256::from_i128(times.into()));
            self.exact = self.exact.zip(all).and_then(|(sum, all)| sum.checked_add(all));
        }
    }

    fn merge(&mut self, count: i64, exact: Option<i256>, inexact: f64) {
        self.count += count;
        self.exact = self.exact.zip(exact).and_then(|(a, b)| a.checked_add(b));
        self.inexact += inexact;
    }

    fn answer(&self, work: &Work) -> Value<'static> {
        if self.count == 0 {
            return Value::Null;
        }
        let Some(exact) = self.exact else { return Value::Null };
        let count = self.count;
        let answer = match (work.total, work.result) {
            (Total::Sum, Kind::Double) => Some(Value::Floating(self.inexact)),
            (Total::Average, Kind::Double) if work.floating => {
                Some(Value::Floating(self.inexact / count as f64))
            }
            (Total::Average, Kind::Double) => {
                exact.to_i128().map(|it| Value::Floating(it as f64 / count as f64))
            }
            (Total::Sum, Kind::Decimal { precision, scale }) => rescale(exact, work.scale, scale)
                .and_then(|it| fit(it, precision))
                .map(|it| Value::Decimal(it, scale)),
            (Total::Average, Kind::Decimal { precision, scale }) => {
                rescale(exact, work.scale, scale)
                    .and_then(|it| divide_half_up(it, i256::from_i128(count.into())))
                    .and_then(|it| fit(it, precision))
                    .map(|it| Value::Decimal(it, scale))
            }
            _ => exact.to_i128().and_then(|it| i64::try_from(it).ok()).map(Value::Integer),
        };
        answer.unwrap_or(Value::Null)
    }
}

/// The digits of a number; those of a double are its bits.
fn digits(value: &Value<'_>) -> Option<i256> {
    match value {
        Value::Integer(number) => Some(i256::from_i128((*number).into())),
        Value::Decimal(digits, _) => Some(i256::from_i128(*digits)),
        Value::Floating(number) => Some(i256::from_i128(normal(*number).to_bits().into())),
        _ => None,
    }
}
