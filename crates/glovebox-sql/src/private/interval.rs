//! Between which numbers a value lies, by what owners declare about columns.
//!
//! A wrong interval could cost accuracy, never privacy: values are clamped to it.

use std::collections::BTreeSet;

use datafusion::common::{Column, ScalarValue};
use datafusion::logical_expr::expr::{AggregateFunction, Case, ScalarFunction};
use datafusion::logical_expr::{Aggregate, Expr, Join, LogicalPlan, Projection, Union, Window};
use glovebox_model::{ColumnName, Number, TableName};

use super::{PrivateRequest, PrivateTable};
use crate::rewrite::bare;

/// A closed interval; its ends may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) high: f64,
}

const ANY: Interval = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };

impl Interval {
    fn of(low: f64, high: f64) -> Self {
        if low.is_nan() || high.is_nan() { ANY } else { Self { low, high } }
    }

    fn point(value: f64) -> Self {
        Self::of(value, value)
    }

    pub(super) fn is_bounded(self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }

    fn hull(self, other: Self) -> Self {
        Self::of(self.low.min(other.low), self.high.max(other.high))
    }

    fn add(self, other: Self) -> Self {
        Self::of(self.low + other.low, self.high + other.high)
    }

    fn negate(self) -> Self {
        Self::of(-self.high, -self.low)
    }

    fn multiply(self, other: Self) -> Self {
        let ends = [
            product(self.low, other.low),
            product(self.low, other.high),
            product(self.high, other.low),
            product(self.high, other.high),
        ];
        let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
        Self::of(low, ends.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    }

    fn absolute(self) -> Self {
        let high = self.low.abs().max(self.high.abs());
        let low = if self.low <= 0.0 && self.high >= 0.0 {
            0.0
        } else {
            self.low.abs().min(self.high.abs())
        };
        Self::of(low, high)
    }
}

/// Zero times whatever is zero.
fn product(one: f64, other: f64) -> f64 {
    if one == 0.0 || other == 0.0 { 0.0 } else { one * other }
}

/// What is known about the values of expressions, and about whose bounds are missing.
#[derive(Debug)]
pub(super) struct Intervals<'a> {
    pub(super) request: &'a PrivateRequest,
    /// Columns of tables of users that were looked at and have no declared bounds.
    pub(super) missing: BTreeSet<(TableName, ColumnName)>,
}

impl Intervals<'_> {
    /// Of an expression over the rows of `input`.
    pub(super) fn of(&mut self, expr: &Expr, input: &LogicalPlan) -> Interval {
        match bare(expr) {
            Expr::Column(column) => self.column(column, input),
            Expr::Literal(value, _) => literal(value).unwrap_or(ANY),
            Expr::Negative(inner) => self.of(inner, input).negate(),
            Expr::Case(Case { when_then_expr, else_expr, .. }) => {
                let branches = when_then_expr.iter().map(|(_, then)| then).chain(else_expr);
                let branches: Vec<_> = branches.filter(|it| !is_null(it)).collect();
                self.hull(branches.into_iter().map(AsRef::as_ref), input)
            }
            Expr::Cast(it) => self.of(&it.expr, input),
            Expr::TryCast(it) => self.of(&it.expr, input),
            Expr::ScalarFunction(call) => self.call(call, input),
            _ => ANY,
        }
    }

    fn hull<'e>(
        &mut self,
        exprs: impl IntoIterator<Item = &'e Expr>,
        input: &LogicalPlan,
    ) -> Interval {
        let all = exprs.into_iter().map(|it| self.of(it, input)).collect::<Vec<_>>();
        all.into_iter().reduce(Interval::hull).unwrap_or(Interval::point(0.0))
    }

    fn call(&mut self, call: &ScalarFunction, input: &LogicalPlan) -> Interval {
        let args = call.args.as_slice();
        match (call.func.name(), args) {
            ("__gb_add", [one, other]) => self.of(one, input).add(self.of(other, input)),
            ("__gb_subtract", [one, other]) => {
                self.of(one, input).add(self.of(other, input).negate())
            }
            ("__gb_multiply", [one, other]) => self.of(one, input).multiply(self.of(other, input)),
            ("__gb_divide", [one, other]) => self.quotient(one, other, input),
            ("__gb_negate", [one]) => self.of(one, input).negate(),
            ("abs", [one]) => self.of(one, input).absolute(),
            ("__gb_coerce" | "__gb_cast" | "cast" | "try_cast" | "__gb_normal", [one, ..]) => {
                self.of(one, input)
            }
            ("round" | "floor" | "ceiling" | "trunc" | "bround", [one, ..]) => {
                let Interval { low, high } = self.of(one, input);
                Interval::of(low.floor(), high.ceil())
            }
            ("coalesce", all) => self.hull(all.iter().filter(|it| !is_null(it)), input),
            ("if", [_, one, other]) | ("nvl2", [_, one, other]) => {
                self.hull([one, other].into_iter().filter(|it| !is_null(it)), input)
            }
            ("sign", [_]) => Interval::of(-1.0, 1.0),
            ("length", [_]) => Interval::of(0.0, f64::INFINITY),
            ("least", all) => {
                let found = self.hull(all, input);
                let most = self.constants(all, input).map(|it| it.high).reduce(f64::min);
                Interval::of(found.low, most.map_or(found.high, |it| it.min(found.high)))
            }
            ("greatest", all) => {
                let found = self.hull(all, input);
                let least = self.constants(all, input).map(|it| it.low).reduce(f64::max);
                Interval::of(least.map_or(found.low, |it| it.max(found.low)), found.high)
            }
            _ => ANY,
        }
    }

    /// What is never NULL, so that LEAST and GREATEST cannot pass it by.
    fn constants<'e>(
        &mut self,
        all: &'e [Expr],
        input: &LogicalPlan,
    ) -> impl Iterator<Item = Interval> + use<'e> {
        let literals = all
            .iter()
            .filter(|it| matches!(uncast(it), Expr::Literal(value, _) if !value.is_null()));
        literals.map(|it| self.of(it, input)).collect::<Vec<_>>().into_iter()
    }

    /// By a constant other than zero; the result may be rounded to its scale.
    fn quotient(&mut self, one: &Expr, other: &Expr, input: &LogicalPlan) -> Interval {
        let by = self.of(other, input);
        if by.low != by.high || by.low == 0.0 || !by.low.is_finite() {
            return ANY;
        }
        self.of(one, input).multiply(Interval::point(1.0 / by.low))
    }

    fn column(&mut self, column: &Column, input: &LogicalPlan) -> Interval {
        let Ok(index) = input.schema().index_of_column(column) else { return ANY };
        self.at(index, input)
    }

    /// Of a column of a node, by its place.
    fn at(&mut self, index: usize, node: &LogicalPlan) -> Interval {
        match node {
            LogicalPlan::TableScan(scan) => {
                let Some(field) = scan.source.schema().fields().get(index).cloned() else {
                    return ANY;
                };
                self.declared(scan.table_name.table(), field.name())
            }
            LogicalPlan::Projection(Projection { expr, input, .. }) => {
                expr.get(index).map_or(ANY, |it| self.of(it, input))
            }
            LogicalPlan::SubqueryAlias(it) => self.at(index, &it.input),
            LogicalPlan::Filter(it) => self.at(index, &it.input),
            LogicalPlan::Sort(it) => self.at(index, &it.input),
            LogicalPlan::Limit(it) => self.at(index, &it.input),
            LogicalPlan::Distinct(it) => self.at(index, it.input()),
            LogicalPlan::Union(Union { inputs, .. }) => {
                let all: Vec<_> = inputs.iter().map(|it| self.at(index, it)).collect();
                all.into_iter().reduce(Interval::hull).unwrap_or(ANY)
            }
            LogicalPlan::Window(Window { input, .. }) => {
                let is_own = index >= input.schema().fields().len();
                if is_own { ANY } else { self.at(index, input) }
            }
            LogicalPlan::Join(it) => self.joined(index, it),
            LogicalPlan::Aggregate(it) => self.aggregated(index, it),
            _ => ANY,
        }
    }

    fn joined(&mut self, index: usize, join: &Join) -> Interval {
        use datafusion::common::JoinType::{RightAnti, RightMark, RightSemi};
        if matches!(join.join_type, RightAnti | RightMark | RightSemi) {
            return self.at(index, &join.right);
        }
        let left = join.left.schema().fields().len();
        if index < left { self.at(index, &join.left) } else { self.at(index - left, &join.right) }
    }

    fn aggregated(&mut self, index: usize, node: &Aggregate) -> Interval {
        if let Some(key) = node.group_expr.get(index) {
            return self.of(key, &node.input);
        }
        let call = node.aggr_expr.get(index.saturating_sub(node.group_expr.len()));
        let Some(Expr::AggregateFunction(AggregateFunction { func, params })) = call.map(bare)
        else {
            return ANY;
        };
        match (func.name(), params.args.as_slice()) {
            ("count", _) => Interval::of(0.0, f64::INFINITY),
            ("min" | "max" | "avg" | "any_value" | "first_value" | "last_value", [one]) => {
                self.of(one, &node.input)
            }
            _ => ANY,
        }
    }

    fn declared(&mut self, table: &str, column: &str) -> Interval {
        let (Ok(table), Ok(column)) = (TableName::new(table), ColumnName::new(column)) else {
            return ANY;
        };
        let Some(PrivateTable::Users { bounds, .. }) = self.request.tables.get(&table) else {
            return ANY;
        };
        match bounds.get(&column) {
            Some(it) => Interval::of(float(it.low), float(it.high)),
            None => {
                self.missing.insert((table, column));
                ANY
            }
        }
    }
}

fn float(number: Number) -> f64 {
    number.nano() as f64 / 1e9
}

fn is_null(expr: &Expr) -> bool {
    matches!(uncast(expr), Expr::Literal(value, _) if value.is_null())
}

/// What stands below coercions.
fn uncast(expr: &Expr) -> &Expr {
    match bare(expr) {
        Expr::ScalarFunction(call) if call.func.name() == "__gb_coerce" => {
            call.args.first().map_or(expr, uncast)
        }
        other => other,
    }
}

/// The number of a literal.
pub(super) fn literal(value: &ScalarValue) -> Option<Interval> {
    let number = match value {
        ScalarValue::Int8(it) => f64::from((*it)?),
        ScalarValue::Int16(it) => f64::from((*it)?),
        ScalarValue::Int32(it) => f64::from((*it)?),
        ScalarValue::Int64(it) => (*it)? as f64,
        ScalarValue::Float32(it) => f64::from((*it)?),
        ScalarValue::Float64(it) => (*it)?,
        ScalarValue::Decimal128(it, _, scale) => (*it)? as f64 / 10f64.powi(i32::from(*scale)),
        _ => return None,
    };
    Some(Interval::point(number))
}
