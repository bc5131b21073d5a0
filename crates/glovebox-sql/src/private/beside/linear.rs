//! What becomes of an interval when something is done to its number.
//!
//! Only what is linear by a constant, and casts that change no number: there the image of the
//! interval is the interval of the image, with the same probability. Ends are doubles, whose own
//! arithmetic cannot fail.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Column;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator, lit};

use super::super::interval::literal;
use super::{Ends, Told};
use crate::rewrite::bare;

/// What is known of an expression over the columns of `input`, of which `told` is known.
pub(super) fn ends(expr: &Expr, input: &LogicalPlan, told: &[Told]) -> Told<Expr> {
    let around = Around { input, told };
    if let Some(found) = around.of(expr) {
        return Told::Noisy(Some(found));
    }
    // What a nested query looks at from outside is not among the columns; there is none here.
    let is_exact = |it: &Column| matches!(around.column(it), Some(Told::Exact));
    if expr.column_refs().into_iter().all(is_exact) { Told::Exact } else { Told::Noisy(None) }
}

struct Around<'a> {
    input: &'a LogicalPlan,
    told: &'a [Told],
}

impl Around<'_> {
    fn column(&self, column: &Column) -> Option<&Told> {
        self.told.get(self.input.schema().index_of_column(column).ok()?)
    }

    fn kind(&self, expr: &Expr) -> Option<DataType> {
        expr.get_type(self.input.schema()).ok()
    }

    /// The ends of a noisy expression, when they are known.
    fn of(&self, expr: &Expr) -> Option<Ends<Expr>> {
        match bare(expr) {
            Expr::Column(column) => match self.column(column)? {
                Told::Noisy(Some(Ends { low, high })) => {
                    Some(Ends { low: Expr::Column(low.clone()), high: Expr::Column(high.clone()) })
                }
                Told::Exact | Told::Noisy(None) => None,
            },
            Expr::ScalarFunction(call) => self.call(call, expr),
            _ => None,
        }
    }

    fn call(&self, call: &ScalarFunction, whole: &Expr) -> Option<Ends<Expr>> {
        let found = match (call.func.name(), call.args.as_slice()) {
            ("__gb_add", [one, other]) => match self.constant(other) {
                Some(by) => self.of(one)?.moved(by),
                None => {
                    let by = self.constant(one)?;
                    self.of(other)?.moved(by)
                }
            },
            ("__gb_subtract", [one, other]) => match self.constant(other) {
                Some(by) => self.of(one)?.moved(-by),
                None => {
                    let from = self.constant(one)?;
                    self.of(other)?.scaled(-1.0)?.moved(from)
                }
            },
            ("__gb_multiply", [one, other]) => match self.constant(other) {
                Some(by) => self.of(one)?.scaled(by)?,
                None => {
                    let by = self.constant(one)?;
                    self.of(other)?.scaled(by)?
                }
            },
            ("__gb_divide", [one, by]) => self.of(one)?.scaled(1.0 / self.constant(by)?)?,
            ("__gb_negate", [one]) => self.of(one)?.scaled(-1.0)?,
            ("__gb_normal", [one]) => self.of(one)?,
            ("__gb_coerce" | "cast" | "try_cast", [one, ..]) => {
                keeps(&self.kind(one)?, &self.kind(whole)?).then(|| self.of(one))??
            }
            _ => return None,
        };
        Some(found.widened(self.rounding(call, whole)?))
    }

    /// By how much a decimal result may be rounded: half a unit of its last digit, when the exact
    /// result has more digits.
    fn rounding(&self, call: &ScalarFunction, whole: &Expr) -> Option<f64> {
        let DataType::Decimal128(_, own) = self.kind(whole)? else { return Some(0.0) };
        let mut scales = Vec::new();
        for it in &call.args {
            scales.push(match self.kind(it)? {
                DataType::Decimal128(_, scale) => scale,
                _ => 0,
            });
        }
        let is_exact = match call.func.name() {
            "__gb_add" | "__gb_subtract" => scales.iter().all(|it| *it <= own),
            "__gb_multiply" => scales.iter().sum::<i8>() <= own,
            "__gb_divide" => false,
            _ => true,
        };
        Some(if is_exact { 0.0 } else { 0.5 * 10f64.powi(-i32::from(own)) })
    }

    /// The value of a literal, also one that is cast without a change.
    fn constant(&self, expr: &Expr) -> Option<f64> {
        let found = match bare(expr) {
            Expr::Literal(value, _) => literal(value)?.low,
            Expr::ScalarFunction(call) => match (call.func.name(), call.args.as_slice()) {
                ("__gb_negate", [one]) => -self.constant(one)?,
                ("__gb_coerce" | "cast", [one, ..]) => {
                    keeps(&self.kind(one)?, &self.kind(expr)?).then(|| self.constant(one))??
                }
                _ => return None,
            },
            _ => return None,
        };
        found.is_finite().then_some(found)
    }
}

/// Whether a cast gives the same number, or NULL; to a double the nearest.
fn keeps(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (_, DataType::Float64) => from.is_numeric(),
        (DataType::Decimal128(_, from), DataType::Decimal128(_, to)) => from <= to,
        (_, DataType::Decimal128(..)) => from.is_integer(),
        _ => from.is_integer() && to.is_integer(),
    }
}

impl Ends<Expr> {
    fn moved(self, by: f64) -> Self {
        let Self { low, high } = self;
        Self { low: both(low, Operator::Plus, by), high: both(high, Operator::Plus, by) }
    }

    /// Times a number; a negative one turns the interval around, and zero is no scale.
    fn scaled(self, by: f64) -> Option<Self> {
        if by == 0.0 || !by.is_finite() {
            return None;
        }
        let Self { low, high } = self;
        let (low, high) = if by < 0.0 { (high, low) } else { (low, high) };
        Some(Self {
            low: both(low, Operator::Multiply, by),
            high: both(high, Operator::Multiply, by),
        })
    }

    fn widened(self, by: f64) -> Self {
        if by <= 0.0 {
            return self;
        }
        let Self { low, high } = self;
        Self { low: both(low, Operator::Minus, by), high: both(high, Operator::Plus, by) }
    }
}

fn both(end: Expr, operator: Operator, by: f64) -> Expr {
    Expr::BinaryExpr(BinaryExpr::new(Box::new(end), operator, Box::new(lit(by))))
}
