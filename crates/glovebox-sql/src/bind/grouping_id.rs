//! `GROUPING(column)` and `GROUPING_ID(...)`: which columns a set of `ROLLUP` and its like leaves
//! out, read from the number of the set that the engine keeps.

use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, Result, plan_err};
use datafusion::logical_expr::expr::{AggregateFunction, ScalarFunction};
use datafusion::logical_expr::{Aggregate, Expr as PlanExpr, LogicalPlan, Projection, lit};
use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Value,
};
use glovebox_model::Span;

use super::binder::{Binder, Place};
use super::call::call;
use crate::error::Fault;
use crate::facts::{AggregateCall, Expression, ExpressionKind};
use crate::functions;

/// How the planner knows such calls until [`resolved`] replaces them.
pub(super) const PLANNED: &str = "grouping";

/// Whether the folded name is that of such a call.
pub(super) fn is_grouping(name: &str) -> bool {
    matches!(name, "grouping" | "grouping_id")
}

impl Binder<'_> {
    /// Binds such a call, which stands where an aggregate can.
    pub(super) fn grouping_call(
        &mut self,
        node: &mut Expr,
        (name, span): (&str, Span),
        place: Place<'_>,
    ) -> Expression {
        let Expr::Function(Function { args, filter, over, within_group, .. }) = node else {
            return self.no("GROUPING like this", span);
        };
        let adorned = filter.is_some() || over.is_some() || !within_group.is_empty();
        self.refuse(adorned, "FILTER, OVER or WITHIN GROUP behind GROUPING", span);
        if !place.aggregates {
            self.fault(Fault::AggregateMisplaced, span);
        }
        let inside = Place { aggregates: false, windows: false, aliases: &[], ..place };
        let FunctionArguments::List(list) = args else {
            return self.no("GROUPING like this", span);
        };
        let plain = list.duplicate_treatment.is_none() && list.clauses.is_empty();
        self.refuse(!plain, "DISTINCT or a clause inside GROUPING", span);
        let (mut columns, mut arguments) = (Vec::new(), Vec::new());
        for arg in &mut list.args {
            let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = arg else {
                return self.no("GROUPING like this", span);
            };
            arguments.push(self.level(expr, inside));
            columns.push(expr.clone());
        }
        if name == "grouping" && columns.len() != 1 {
            self.fault(Fault::WrongArguments, span);
        }
        *node = planned(name, columns);
        let call = AggregateCall { name: name.to_owned(), distinct: false, arguments, star: false };
        Expression { kind: ExpressionKind::Aggregate(call), span }
    }
}

/// What the planner is given: `GROUPING_ID` is a bigint, also of one column, and of all columns
/// when it has none.
fn planned(name: &str, mut columns: Vec<Expr>) -> Expr {
    let text = |it: &str| Expr::Value(Value::SingleQuotedString(it.to_owned()).with_empty_span());
    if columns.is_empty() {
        columns.push(text("all"));
    }
    let found = call(PLANNED, columns);
    match name {
        "grouping" => found,
        _ => call("cast", vec![found, text("bigint")]),
    }
}

/// Replaces every such call of a plan.
pub(super) fn resolved(plan: LogicalPlan) -> Result<LogicalPlan> {
    plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::Aggregate(it) if it.aggr_expr.iter().any(|it| arguments(it).is_some()) => {
            Ok(Transformed::yes(without_calls(it)?))
        }
        other => Ok(Transformed::no(other)),
    })
    .map(|it| it.data)
}

/// The arguments of such a call.
fn arguments(expr: &PlanExpr) -> Option<&[PlanExpr]> {
    match expr {
        PlanExpr::Alias(alias) => arguments(&alias.expr),
        PlanExpr::AggregateFunction(AggregateFunction { func, params }) => {
            (func.name() == PLANNED).then_some(params.args.as_slice())
        }
        _ => None,
    }
}

/// The same columns under the same names, those calls computed above the aggregation.
fn without_calls(aggregate: Aggregate) -> Result<LogicalPlan> {
    let Aggregate { input, group_expr, aggr_expr, schema, .. } = aggregate;
    let keys: Vec<PlanExpr> = match group_expr.as_slice() {
        [PlanExpr::GroupingSet(set)] => set.distinct_expr().into_iter().cloned().collect(),
        _ => return plan_err!("GROUPING without sets"),
    };
    // The keys, the number of the set, and the calls.
    let first = schema.fields().len().saturating_sub(aggr_expr.len());
    let mut shown = Vec::new();
    for (index, (qualifier, field)) in schema.iter().enumerate() {
        let call = index.checked_sub(first).and_then(|it| aggr_expr.get(it)).and_then(arguments);
        match call {
            Some(call) => shown.push(id(call, &keys)?.alias(field.name())),
            None if field.name() == Aggregate::INTERNAL_GROUPING_ID => {}
            None => shown.push(PlanExpr::Column(Column::from((qualifier, field)))),
        }
    }
    let calls = aggr_expr.into_iter().filter(|it| arguments(it).is_none()).collect();
    let aggregate = Aggregate::try_new(input, group_expr, calls)?;
    let input = std::sync::Arc::new(LogicalPlan::Aggregate(aggregate));
    Projection::try_new(shown, input).map(LogicalPlan::Projection)
}

/// What a call says of the set of a row. The first key is the highest bit of the set's number; a
/// key that is left out is 1.
fn id(call: &[PlanExpr], keys: &[PlanExpr]) -> Result<PlanExpr> {
    let number = PlanExpr::Column(Column::from_name(Aggregate::INTERNAL_GROUPING_ID));
    let (name, place) = match call {
        [PlanExpr::Literal(..)] => ("__gb_grouping_id", keys.len()),
        [key] => match keys.iter().rev().position(|it| it == key) {
            Some(place) => ("__gb_grouping", place),
            None => return plan_err!("GROUPING of something that is no key"),
        },
        several if several == keys => ("__gb_grouping_id", keys.len()),
        _ => return plan_err!("GROUPING_ID of other columns than those of the sets"),
    };
    let (Some(func), Ok(place)) = (functions::scalar(name), i64::try_from(place)) else {
        return plan_err!("GROUPING is not there");
    };
    Ok(PlanExpr::ScalarFunction(ScalarFunction { func, args: vec![number, lit(place)] }))
}
