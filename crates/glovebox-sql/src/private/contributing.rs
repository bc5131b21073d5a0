//! The rows behind partial sums: what one row adds to them.
//!
//! The lower plan says what the partial sums are. Whoever adds up while choosing groups needs its
//! rows instead: sums of groups that are not chosen are then never made.

use std::sync::Arc;

use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, Projection};

use crate::rewrite::bare;

/// What one row adds to a partial sum; columns are counted from the first behind the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partial {
    /// One.
    Row,
    /// One, unless the column is NULL.
    Count(usize),
    /// The value of the column, a whole decimal; nothing for NULL.
    Sum(usize),
}

/// The rows of a lower plan before they are added up (the columns of the group, the user, then
/// values), and how each of its partial sums is made of them; `None` if it is no lower plan.
pub fn contributing(lower: &LogicalPlan) -> Option<(LogicalPlan, Vec<Partial>)> {
    let LogicalPlan::Aggregate(Aggregate { input, group_expr, aggr_expr, .. }) = lower else {
        return None;
    };
    let mut values = Vec::new();
    let partials = aggr_expr.iter().map(|it| partial(it, &mut values));
    let partials = partials.collect::<Option<Vec<_>>>()?;
    let named = |(index, it): (usize, &Expr)| it.clone().alias(format!("__gb_value_{index}"));
    let values = values.into_iter().enumerate().map(named);
    let columns = group_expr.iter().cloned().chain(values).collect();
    let rows = Projection::try_new(columns, Arc::clone(input)).ok()?;
    Some((LogicalPlan::Projection(rows), partials))
}

fn partial<'a>(call: &'a Expr, values: &mut Vec<&'a Expr>) -> Option<Partial> {
    let Expr::AggregateFunction(AggregateFunction { func, params }) = bare(call) else {
        return None;
    };
    let [argument] = params.args.as_slice() else { return None };
    if params.distinct || params.filter.is_some() || !params.order_by.is_empty() {
        return None;
    }
    let is_counted = func.name() == "count";
    if is_counted && matches!(argument, Expr::Literal(it, _) if !it.is_null()) {
        return Some(Partial::Row);
    }
    let column = values.iter().position(|it| *it == argument).unwrap_or_else(|| {
        values.push(argument);
        values.len() - 1
    });
    match func.name() {
        "count" => Some(Partial::Count(column)),
        "sum" => Some(Partial::Sum(column)),
        _ => None,
    }
}
