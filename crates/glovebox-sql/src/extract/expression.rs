//! Expressions of a plan.

use std::collections::BTreeSet;

use datafusion::common::{Column, ScalarValue};
use datafusion::logical_expr::expr::{
    AggregateFunction, AggregateFunctionParams, Alias, Between, BinaryExpr, Case, Cast, Exists,
    InList, InSubquery, Like, ScalarFunction, TryCast, WindowFunction, WindowFunctionParams,
};
use datafusion::logical_expr::{Expr, Operator, Subquery};

use super::comparison::{compares, counts, negates};
use super::{Denied, Extraction, Rows};
use crate::facts::PlanAggregate;
use crate::functions;
use crate::lineage::Flow;

impl Extraction<'_> {
    /// What flows in an expression over these rows.
    pub(super) fn flow(&mut self, expr: &Expr, rows: &Rows) -> Result<Flow, Denied> {
        match expr {
            Expr::Alias(Alias { expr, .. }) => self.flow(expr, rows),
            Expr::Column(column) => column_flow(column, rows),
            Expr::OuterReferenceColumn(_, column) => {
                let found = self.outer.iter().rev().find_map(|it| column_flow(column, it).ok());
                found.ok_or(Denied("a column from nowhere")).map(|it| it.through("outer"))
            }
            Expr::Literal(value, _) => Ok(Flow { null: value.is_null(), ..Flow::default() }),
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
                let name = operator_name(*op)?;
                let flows = self.each([left.as_ref(), right.as_ref()], rows)?;
                if compares(*op) && !negates(left, right) {
                    self.compared(name, &flows);
                }
                Ok(Flow::join(&flows).through(name))
            }
            Expr::Like(Like { negated: _, expr, pattern, escape_char: _, case_insensitive: _ }) => {
                self.comparison("like", [expr.as_ref(), pattern.as_ref()], rows)
            }
            Expr::Not(inner) => Ok(self.flow(inner, rows)?.through("not")),
            Expr::IsNull(inner) | Expr::IsNotNull(inner) => {
                Ok(self.flow(inner, rows)?.through("is null"))
            }
            Expr::IsTrue(inner)
            | Expr::IsFalse(inner)
            | Expr::IsUnknown(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsNotFalse(inner)
            | Expr::IsNotUnknown(inner) => Ok(self.flow(inner, rows)?.through("is")),
            Expr::Negative(inner) => Ok(self.flow(inner, rows)?.through("-")),
            Expr::Between(Between { expr, negated: _, low, high }) => {
                self.comparison("between", [expr.as_ref(), low.as_ref(), high.as_ref()], rows)
            }
            Expr::Case(case) => self.case(case, rows),
            // A cast that nobody wrote: those that are written are calls of our own functions.
            Expr::Cast(Cast { expr, .. }) | Expr::TryCast(TryCast { expr, .. }) => {
                self.flow(expr, rows)
            }
            Expr::ScalarFunction(ScalarFunction { func, args }) => {
                let name = function_name(func.name())?;
                match name {
                    Name::Nothing => {
                        let value = args.first().ok_or(Denied("a call without arguments"))?;
                        self.flow(value, rows)
                    }
                    Name::Is(name) => {
                        let flows = self.each(args, rows)?;
                        if flows.len() > 1 {
                            self.compared(name, &flows);
                        }
                        Ok(Flow::join(&flows).through(name))
                    }
                }
            }
            Expr::AggregateFunction(_) => Err(Denied("an aggregate outside an aggregation")),
            Expr::WindowFunction(window) => self.window(window, rows),
            Expr::InList(InList { expr, list, negated: _ }) => {
                self.comparison("in", std::iter::once(expr.as_ref()).chain(list), rows)
            }
            Expr::Exists(Exists { subquery, negated: _ }) => {
                // Whether there is a row tells no value.
                let flow = self.subquery(subquery, rows)?.through("exists");
                Ok(Flow { values: BTreeSet::new(), ordered: false, ..flow })
            }
            Expr::InSubquery(InSubquery { expr, subquery, negated: _ }) => {
                let operand = self.flow(expr, rows)?;
                let flows = [operand, self.subquery(subquery, rows)?];
                self.compared("in subquery", &flows);
                Ok(Flow::join(&flows).through("in subquery"))
            }
            Expr::ScalarSubquery(subquery) => {
                Ok(self.subquery(subquery, rows)?.through("scalar subquery"))
            }
            Expr::GroupingSet(_) => Err(Denied("a grouping set outside an aggregation")),
            other => Err(denied(other)),
        }
    }

    fn each<'e>(
        &mut self,
        exprs: impl IntoIterator<Item = &'e Expr>,
        rows: &Rows,
    ) -> Result<Vec<Flow>, Denied> {
        exprs.into_iter().map(|it| self.flow(it, rows)).collect()
    }

    /// What compares the first of these with each of the others.
    fn comparison<'e>(
        &mut self,
        name: &'static str,
        exprs: impl IntoIterator<Item = &'e Expr>,
        rows: &Rows,
    ) -> Result<Flow, Denied> {
        let flows = self.each(exprs, rows)?;
        self.compared_with_each(name, &flows);
        Ok(Flow::join(&flows).through(name))
    }

    fn case(&mut self, case: &Case, rows: &Rows) -> Result<Flow, Denied> {
        let Case { expr, when_then_expr, else_expr } = case;
        let mut parts = self.each(expr.iter().map(AsRef::as_ref), rows)?;
        let whens = self.each(when_then_expr.iter().map(|it| it.0.as_ref()), rows)?;
        let is_compared = !parts.is_empty();
        parts.extend(whens);
        if is_compared {
            self.compared_with_each("case", &parts);
        }
        let results = when_then_expr.iter().map(|it| &it.1).chain(else_expr);
        parts.extend(self.each(results.map(AsRef::as_ref), rows)?);
        Ok(Flow::join(&parts).through("case"))
    }

    fn subquery(&mut self, subquery: &Subquery, rows: &Rows) -> Result<Flow, Denied> {
        let Subquery { subquery, outer_ref_columns: _, spans: _ } = subquery;
        self.outer.push(rows.clone());
        let inner = self.node(subquery, None);
        self.outer.pop();
        Ok(Flow::join(&inner?.flows))
    }

    fn window(&mut self, window: &WindowFunction, rows: &Rows) -> Result<Flow, Denied> {
        let WindowFunction { fun, params } = window;
        let WindowFunctionParams {
            args,
            partition_by,
            order_by,
            window_frame: _,
            filter,
            null_treatment: _,
            distinct: _,
        } = params;
        if functions::aggregate(fun.name()).is_none() && functions::window(fun.name()).is_none() {
            return Err(Denied("a window function"));
        }
        let arguments = self.each(args, rows)?;
        let mut keys = self.each(partition_by, rows)?;
        let order = self.each(order_by.iter().map(|it| &it.expr), rows)?;
        let filter = self.each(filter.as_deref(), rows)?;
        let ordered = order.iter().any(Flow::has_columns);
        keys.extend(order);
        self.keys(&keys);
        let told = if counts(fun.name()) { &[] } else { arguments.as_slice() };
        let values = Flow::join(told.iter().chain(&filter)).values;
        let all = Flow::join(arguments.iter().chain(&keys).chain(&filter));
        let flow = all.through("over").through(fun.name());
        Ok(Flow { values, ordered: ordered || flow.ordered, ..flow })
    }

    /// An aggregate call of an `Aggregate` node.
    pub(super) fn aggregate_call(&mut self, expr: &Expr, rows: &Rows) -> Result<Flow, Denied> {
        let hidden = self.is_hidden(expr);
        let mut call = expr;
        while let Expr::Alias(Alias { expr, .. }) = call {
            call = expr;
        }
        let Expr::AggregateFunction(AggregateFunction { func, params }) = call else {
            return Err(Denied("an aggregation of something that is no aggregate"));
        };
        let AggregateFunctionParams { args, distinct, filter, order_by, null_treatment } = params;
        if functions::aggregate(func.name()).is_none() {
            return Err(Denied("an aggregate function"));
        }
        let mut flows = Vec::new();
        for arg in args {
            flows.push(self.flow(arg, rows)?);
        }
        let bare = match flows.as_slice() {
            [one] => one.bare.clone(),
            _ => None,
        };
        let adorned = filter.is_some() || !order_by.is_empty() || null_treatment.is_some();
        if let Some(filter) = filter {
            let found = self.flow(filter, rows)?;
            self.lineage.filters.push(found.as_use());
            flows.push(found);
        }
        for sort in order_by {
            let found = self.flow(&sort.expr, rows)?;
            self.lineage.orders.push(found.as_use());
            flows.push(found);
        }
        let beside = if counts(func.name()) { args.len() } else { 0 };
        let values = Flow::join(flows.get(beside..).unwrap_or_default()).values;
        let flow = Flow { values, ..Flow::join(&flows).aggregate() };
        let name = aggregate_name(func.name()).to_owned();
        if hidden {
            let guard = match flows.as_slice() {
                [one] if name == "count" && *distinct && !adorned => one.one_of.clone(),
                // The least count of the groups that met in this one.
                [one] if name == "min" && !*distinct && !adorned => one.guard.clone(),
                _ => BTreeSet::new(),
            };
            if guard.is_empty() {
                return Err(Denied("a hidden column that is no guard"));
            }
            return Ok(Flow { guard, ..flow });
        }
        self.lineage.aggregates.push(PlanAggregate {
            name,
            distinct: *distinct,
            bare,
            sources: flow.aggregated.clone(),
            adorned,
        });
        Ok(flow)
    }
}

/// How rules know a function.
enum Name<'n> {
    /// Put in by a rewrite and without meaning of its own.
    Nothing,
    Is(&'n str),
}

/// The name of a scalar function, seeing through those that a rewrite puts in.
fn function_name(name: &str) -> Result<Name<'_>, Denied> {
    if functions::scalar(name).is_none() {
        return Err(Denied("a function that is not allowed"));
    }
    Ok(match (name, functions::spoken(name)) {
        // Their further arguments, if any, are types.
        ("__gb_coerce" | "__gb_micros" | "__gb_normal" | "__gb_range", _) => Name::Nothing,
        ("__gb_add_interval", _) => Name::Is("interval"),
        ("__gb_quotient", _) => Name::Is("div"),
        (_, spoken) => Name::Is(spoken.unwrap_or(name)),
    })
}

/// The name of an aggregate function, seeing through our own.
fn aggregate_name(name: &str) -> &str {
    name.strip_prefix("__gb_").unwrap_or(name)
}

fn operator_name(operator: Operator) -> Result<&'static str, Denied> {
    Ok(match operator {
        Operator::And => "AND",
        Operator::Divide => "/",
        Operator::Eq => "=",
        Operator::Gt => ">",
        Operator::GtEq => ">=",
        Operator::IsDistinctFrom | Operator::IsNotDistinctFrom => "is",
        Operator::Lt => "<",
        Operator::LtEq => "<=",
        Operator::Minus => "-",
        Operator::Modulo => "%",
        Operator::Multiply => "*",
        Operator::NotEq => "<>",
        Operator::Or => "OR",
        Operator::Plus => "+",
        Operator::StringConcat => "||",
        Operator::Arrow
        | Operator::ArrowAt
        | Operator::AtArrow
        | Operator::AtAt
        | Operator::AtQuestion
        | Operator::BitwiseAnd
        | Operator::BitwiseOr
        | Operator::BitwiseShiftLeft
        | Operator::BitwiseShiftRight
        | Operator::BitwiseXor
        | Operator::Colon
        | Operator::HashArrow
        | Operator::HashLongArrow
        | Operator::HashMinus
        | Operator::ILikeMatch
        | Operator::IntegerDivide
        | Operator::LikeMatch
        | Operator::LongArrow
        | Operator::NotILikeMatch
        | Operator::NotLikeMatch
        | Operator::Question
        | Operator::QuestionAnd
        | Operator::QuestionPipe
        | Operator::RegexIMatch
        | Operator::RegexMatch
        | Operator::RegexNotIMatch
        | Operator::RegexNotMatch => return Err(Denied("an operator that is not allowed")),
    })
}

/// The variants that are never allowed, each by name: no wildcard.
#[expect(deprecated, reason = "the match names every variant, also the deprecated one")]
fn denied(expr: &Expr) -> Denied {
    match expr {
        Expr::SimilarTo(_) => Denied("SIMILAR TO"),
        Expr::ScalarVariable(..) => Denied("a variable"),
        Expr::Placeholder(_) => Denied("a parameter"),
        Expr::Wildcard { .. } => Denied("a wildcard"),
        Expr::SetComparison(_) => Denied("ANY or ALL"),
        Expr::Unnest(_) => Denied("UNNEST"),
        Expr::HigherOrderFunction(_) | Expr::Lambda(_) | Expr::LambdaVariable(_) => {
            Denied("a lambda")
        }
        Expr::Alias(_)
        | Expr::AggregateFunction(_)
        | Expr::Between(_)
        | Expr::BinaryExpr(_)
        | Expr::Case(_)
        | Expr::Cast(_)
        | Expr::Column(_)
        | Expr::Exists(_)
        | Expr::GroupingSet(_)
        | Expr::InList(_)
        | Expr::InSubquery(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsNotNull(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNotUnknown(_)
        | Expr::IsNull(_)
        | Expr::IsTrue(_)
        | Expr::IsUnknown(_)
        | Expr::Like(_)
        | Expr::Literal(..)
        | Expr::Negative(_)
        | Expr::Not(_)
        | Expr::OuterReferenceColumn(..)
        | Expr::ScalarFunction(_)
        | Expr::ScalarSubquery(_)
        | Expr::TryCast(_)
        | Expr::WindowFunction(_) => Denied("an expression that is not allowed here"),
    }
}

fn column_flow(column: &Column, rows: &Rows) -> Result<Flow, Denied> {
    let index = rows.schema.maybe_index_of_column(column);
    let flow = index.and_then(|it| rows.flows.get(it));
    flow.cloned().ok_or(Denied("a column from nowhere"))
}

/// The name that a rewrite gave an expression.
pub(super) fn own_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Alias(Alias { name, relation: None, .. }) => Some(name),
        _ => None,
    }
}

/// A number of rows, as `LIMIT` has it.
pub(super) fn row_count(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Literal(ScalarValue::Int64(Some(rows)), _) => u64::try_from(*rows).ok(),
        Expr::Literal(ScalarValue::UInt64(rows), _) => *rows,
        Expr::Cast(Cast { expr, .. }) | Expr::TryCast(TryCast { expr, .. }) => row_count(expr),
        Expr::ScalarFunction(ScalarFunction { func, args }) if func.name() == "__gb_coerce" => {
            args.first().and_then(row_count)
        }
        _ => None,
    }
}

/// The parts of an `AND`, flat, in order.
pub(super) fn conjuncts(predicate: &Expr) -> Vec<&Expr> {
    leaves(predicate, &mut |operator| operator == Operator::And)
}

/// The leaves under `AND` and `OR`, each as the two sides of an equality, or `None`.
pub(super) fn equality_leaves<'e>(
    condition: &'e Expr,
    has_or: &mut bool,
) -> Vec<Option<(&'e Expr, &'e Expr)>> {
    let mut inner = |operator| {
        *has_or |= operator == Operator::Or;
        matches!(operator, Operator::And | Operator::Or)
    };
    let found = leaves(condition, &mut inner);
    found
        .into_iter()
        .map(|leaf| match leaf {
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
                Some((left.as_ref(), right.as_ref()))
            }
            _ => None,
        })
        .collect()
}

pub(super) fn leaves<'e>(expr: &'e Expr, inner: &mut dyn FnMut(Operator) -> bool) -> Vec<&'e Expr> {
    let mut found = Vec::new();
    let mut rest = vec![expr];
    while let Some(next) = rest.pop() {
        match next {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) if inner(*op) => {
                rest.push(right);
                rest.push(left);
            }
            leaf => found.push(leaf),
        }
    }
    found
}

/// `column >= minimum`: the shape of a guard.
pub(super) fn guard_threshold(leaf: &Expr) -> Option<(&Column, u32)> {
    let Expr::BinaryExpr(BinaryExpr { left, op: Operator::GtEq, right }) = leaf else {
        return None;
    };
    match (left.as_ref(), right.as_ref()) {
        (Expr::Column(column), Expr::Literal(ScalarValue::Int64(Some(minimum)), _)) => {
            u32::try_from(*minimum).ok().map(|minimum| (column, minimum))
        }
        _ => None,
    }
}
