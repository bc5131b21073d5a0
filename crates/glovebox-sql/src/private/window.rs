//! Windows over rows of users, in an order without ties.
//!
//! Which of two rows that tie comes first is decided by how rows happen to lie in batches, and so
//! by the rows of others: without one user, `ROW_NUMBER() = 1` could choose another row of
//! everybody. So where the answer depends on the order, all columns of the rows are added to it.
//! Rows that tie then are alike, and whichever comes first, the same rows come out.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::{
    Expr, LogicalPlan, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowFunctionDefinition,
};

use super::PrivateFault;
use super::typing::built;

/// The same function under the same name; its answer is a function of the rows, not of how they
/// lie.
pub(super) fn without_ties(expr: &Expr, input: &LogicalPlan) -> Result<Expr, PrivateFault> {
    let mut fault = None;
    let made = expr.clone().transform_up(|it| match it {
        Expr::WindowFunction(call) if depends_on_order(&call) => match total(&call, input) {
            Ok(call) => Ok(Transformed::yes(call)),
            Err(found) => {
                fault = Some(found);
                Ok(Transformed::no(Expr::WindowFunction(call)))
            }
        },
        other => Ok(Transformed::no(other)),
    });
    let made = built(made)?;
    match (fault, made.transformed) {
        (Some(fault), _) => Err(fault),
        (None, false) => Ok(made.data),
        (None, true) => {
            let name = expr.schema_name().to_string();
            Ok(made.data.unalias_nested().data.alias(name))
        }
    }
}

/// Aggregates of ours are functions of the set of rows in the frame; ranks are the same for rows
/// that tie.
fn depends_on_order(call: &WindowFunction) -> bool {
    match &call.fun {
        WindowFunctionDefinition::AggregateUDF(_) => {
            let WindowFrame { units, start_bound, end_bound, .. } = &call.params.window_frame;
            *units == WindowFrameUnits::Rows
                && !(start_bound.is_unbounded() && end_bound.is_unbounded())
        }
        WindowFunctionDefinition::WindowUDF(function) => {
            !matches!(function.name(), "cume_dist" | "dense_rank" | "percent_rank" | "rank")
        }
    }
}

fn total(call: &WindowFunction, input: &LogicalPlan) -> Result<Expr, PrivateFault> {
    let refused = |what| Err(PrivateFault::Construct(what));
    let is_distance = |it: &WindowFrameBound| match it {
        WindowFrameBound::Preceding(value) | WindowFrameBound::Following(value) => !value.is_null(),
        WindowFrameBound::CurrentRow => false,
    };
    let frame = &call.params.window_frame;
    let by_value = frame.units != WindowFrameUnits::Rows;
    if by_value && (is_distance(&frame.start_bound) || is_distance(&frame.end_bound)) {
        return refused("a window over a range of values, in which rows may tie");
    }
    let schema = input.schema();
    if schema.fields().iter().any(|it| it.data_type().is_nested()) {
        return refused("a window whose rows may tie, over rows with nested values");
    }
    let mut call = call.clone();
    let columns = schema.columns().into_iter().map(|it| Expr::Column(it).sort(true, true));
    call.params.order_by.extend(columns);
    Ok(Expr::WindowFunction(Box::new(call)))
}
