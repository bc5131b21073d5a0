//! The aggregates that have a noisy form: their integers, and the partial sums these are made of
//! (`differential-privacy.md` 2.4).

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Column;
use datafusion::functions_aggregate::count::count_udaf;
use datafusion::functions_aggregate::sum::sum_udaf;
use datafusion::logical_expr::expr::{AggregateFunction, AggregateFunctionParams};
use datafusion::logical_expr::{
    AggregateUDF, Expr, ExprSchemable, LogicalPlan, ScalarUDF, lit, when,
};

use super::expression::is_identifier;
use super::fixed::{Fixed, WIDEST};
use super::interval::Intervals;
use super::{Cell, CellKind, Grid, PrivateFault, PrivateRequest, Unit};
use crate::rewrite::bare;

/// Bits of a float's grid between its greatest value and one step.
const GRID_BITS: i32 = 40;

/// Cells, integers and partial sums as they come together.
#[derive(Debug)]
pub(super) struct Cells<'a> {
    pub(super) request: &'a PrivateRequest,
    pub(super) input: &'a LogicalPlan,
    pub(super) identifiers: &'a [Column],
    pub(super) cells: Vec<Cell>,
    pub(super) units: Vec<Unit>,
    /// The aggregates of the lower plan.
    pub(super) partials: Vec<Expr>,
}

/// An argument as integers.
struct Argument {
    value: Expr,
    grid: Grid,
    low: i128,
    high: i128,
}

impl Cells<'_> {
    /// Adds one aggregate of the query, with the type that its column has.
    pub(super) fn add(&mut self, call: &Expr, released: &DataType) -> Result<(), PrivateFault> {
        let name = call.schema_name().to_string();
        let Expr::AggregateFunction(AggregateFunction { func, params }) = bare(call) else {
            return Err(PrivateFault::Construct("this aggregate"));
        };
        let AggregateFunctionParams { args, distinct, filter, order_by, .. } = params;
        let refuse = || Err(PrivateFault::Aggregate(func.name().to_uppercase()));
        if !order_by.is_empty() {
            return refuse();
        }
        let (filter, first) = (filter.as_deref(), self.units.len());
        let moment = |root, sample| CellKind::Moment { root, sample };
        let (kind, argument) = match (func.name(), args.as_slice(), distinct) {
            ("count", [one], true) if is_identifier(one, self.identifiers) => {
                self.users(filter)?;
                (CellKind::Users, None)
            }
            ("count", [one], false) => {
                self.rows(one, filter)?;
                (CellKind::Rows, None)
            }
            ("sum", [one], false) => {
                let argument = self.argument("SUM", one, filter)?;
                self.sum(&argument)?;
                (CellKind::Sum, Some((argument, 0)))
            }
            ("avg", [one], false) => {
                let argument = self.argument("AVG", one, filter)?;
                let middle = self.distances(&argument, 1)?;
                (CellKind::Average, Some((argument, middle)))
            }
            (name @ ("stddev_pop" | "stddev_samp" | "var_pop" | "var_samp"), [one], false) => {
                let kind = moment(name.starts_with("stddev"), name.ends_with("samp"));
                let argument = self.argument(&name.to_uppercase(), one, filter)?;
                let middle = self.distances(&argument, 2)?;
                (kind, Some((argument, middle)))
            }
            _ => return refuse(),
        };
        let (grid, low, high, middle) = match argument {
            Some((it, middle)) => (it.grid, it.low, it.high, middle),
            None => (Grid::Decimal(0), 0, 0, 0),
        };
        let (units, released) = (first..self.units.len(), released.clone());
        self.cells.push(Cell { kind, released, name, units, grid, low, high, middle });
        Ok(())
    }

    fn partial(&mut self, call: Expr) -> usize {
        let found = self.partials.iter().position(|it| *it == call);
        found.unwrap_or_else(|| {
            self.partials.push(call);
            self.partials.len() - 1
        })
    }

    fn users(&mut self, filter: Option<&Expr>) -> Result<(), PrivateFault> {
        let count = match filter {
            None => None,
            Some(filter) => {
                let qualifies = where_true(filter, lit(1_i64))?;
                Some(self.partial(aggregate(count_udaf(), qualifies)))
            }
        };
        self.units.push(Unit::Presence { count });
        Ok(())
    }

    fn rows(&mut self, counted: &Expr, filter: Option<&Expr>) -> Result<(), PrivateFault> {
        let value = match filter {
            None => counted.clone(),
            Some(filter) => where_true(filter, counted.clone())?,
        };
        let count = self.partial(aggregate(count_udaf(), value));
        self.units.push(Unit::Count { count, most: self.request.max_rows.into() });
        Ok(())
    }

    fn argument(
        &self,
        name: &str,
        value: &Expr,
        filter: Option<&Expr>,
    ) -> Result<Argument, PrivateFault> {
        let mut intervals = Intervals { request: self.request, missing: Default::default() };
        let found = intervals.of(value, self.input);
        if !found.is_bounded() {
            let columns = intervals.missing.into_iter().collect();
            return Err(PrivateFault::Unbounded { name: name.to_owned(), columns });
        }
        // The analyst's SUM over an int is a coercion away from the int.
        let schema = self.input.schema();
        let kind = value.get_type(schema).map_err(|_| PrivateFault::Rewrite)?;
        let grid = match kind {
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => {
                Grid::Decimal(0)
            }
            DataType::Decimal128(_, scale) => {
                Grid::Decimal(u8::try_from(scale).map_err(|_| PrivateFault::Type(name.into()))?)
            }
            DataType::Float32 | DataType::Float64 => {
                let greatest = found.low.abs().max(found.high.abs()).max(f64::MIN_POSITIVE);
                let top = greatest.log2().ceil().clamp(-960.0, 960.0) as i32;
                Grid::Binary(top - GRID_BITS)
            }
            _ => return Err(PrivateFault::Type(name.to_owned())),
        };
        let steps = |it: f64| it / grid.step();
        let (low, high) = (steps(found.low).floor(), steps(found.high).ceil());
        if low.abs().max(high.abs()) > (1_u128 << 60) as f64 {
            return Err(PrivateFault::TooWide(name.to_owned()));
        }
        let value = match filter {
            None => value.clone(),
            Some(filter) => where_true(filter, value.clone())?,
        };
        Ok(Argument { value, grid, low: low as i128, high: high as i128 })
    }

    fn sum(&mut self, argument: &Argument) -> Result<(), PrivateFault> {
        let Argument { value, grid, low, high } = argument;
        // Whole numbers are clamped once per user and group, floats before they become whole.
        let (least, most) = match grid {
            Grid::Decimal(_) => (-WIDEST, WIDEST),
            Grid::Binary(_) => (*low, *high),
        };
        let sum = self.partial(total(Fixed::new(*grid, least, most, 0, false), value));
        let rows = i128::from(self.request.max_rows);
        let (low, high) = ((rows * low).min(0), (rows * high).max(0));
        self.units.push(Unit::Sum { sum, low, high });
        Ok(())
    }

    /// The distances from the middle up to a power, then the count. Gives the middle.
    fn distances(&mut self, argument: &Argument, power: u32) -> Result<i128, PrivateFault> {
        let Argument { value, grid, low, high } = argument;
        let middle = (low + high).div_euclid(2);
        let greatest = (high - middle).max(middle - low);
        let most = i128::from(self.request.max_rows);
        let count =
            self.partial(aggregate(count_udaf(), total_argument(*grid, *low, *high, value)));
        for power in (1..=power).rev() {
            let greatest = greatest.checked_pow(power).filter(|it| *it <= WIDEST);
            let greatest = greatest.ok_or_else(|| PrivateFault::TooWide("STDDEV".into()))?;
            let fixed = Fixed::new(*grid, *low, *high, middle, power == 2);
            let sum = self.partial(total(fixed, value));
            self.units.push(Unit::Scaled { sum, count, most, greatest });
        }
        self.units.push(Unit::Count { count, most });
        Ok(middle)
    }
}

fn where_true(filter: &Expr, then: Expr) -> Result<Expr, PrivateFault> {
    when(filter.clone(), then).end().map_err(|_| PrivateFault::Rewrite)
}

fn aggregate(function: Arc<AggregateUDF>, argument: Expr) -> Expr {
    let arguments = vec![argument];
    let call = AggregateFunction::new_udf(function, arguments, false, None, Vec::new(), None);
    Expr::AggregateFunction(call)
}

fn total(fixed: Fixed, value: &Expr) -> Expr {
    aggregate(sum_udaf(), ScalarUDF::from(fixed).call(vec![value.clone()]))
}

/// What is counted beside a sum: the rows that are added, without those of NaN.
fn total_argument(grid: Grid, low: i128, high: i128, value: &Expr) -> Expr {
    match grid {
        Grid::Decimal(_) => value.clone(),
        Grid::Binary(_) => {
            ScalarUDF::from(Fixed::new(grid, low, high, 0, false)).call(vec![value.clone()])
        }
    }
}
