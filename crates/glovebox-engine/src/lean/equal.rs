//! Columns that an inner join made equal.

use datafusion::common::Column;
use datafusion::logical_expr::{Expr, Join, JoinType, LogicalPlan};

use super::mark::Mark;

/// Where the values of a column come from: a node and its output. Columns with the same origin
/// are equal in every row.
pub(super) type Origin = (usize, usize);

/// The origin of a node's output.
pub(super) fn origin(plan: &LogicalPlan, index: usize) -> Origin {
    below(plan, index).unwrap_or((std::ptr::from_ref(plan).addr(), index))
}

fn below(plan: &LogicalPlan, index: usize) -> Option<Origin> {
    match plan {
        LogicalPlan::Projection(it) => {
            let column = bare(it.expr.get(index)?)?;
            Some(origin(&it.input, it.input.schema().index_of_column(column).ok()?))
        }
        LogicalPlan::Filter(it) => Some(origin(&it.input, index)),
        LogicalPlan::SubqueryAlias(it) => Some(origin(&it.input, index)),
        LogicalPlan::Join(it) if it.join_type == JoinType::Inner => joined(it, index),
        LogicalPlan::Extension(it) => {
            let input = it.node.as_any().downcast_ref::<Mark>()?.input();
            (index < input.schema().fields().len()).then(|| origin(input, index))
        }
        _ => None,
    }
}

fn joined(join: &Join, index: usize) -> Option<Origin> {
    let Some(index) = index.checked_sub(join.left.schema().fields().len()) else {
        return Some(origin(&join.left, index));
    };
    let of = |plan: &LogicalPlan, expr: &Expr| {
        Some(origin(plan, plan.schema().index_of_column(bare(expr)?).ok()?))
    };
    let right = origin(&join.right, index);
    let pair = join.on.iter().find(|(_, it)| of(&join.right, it) == Some(right));
    let left = pair.and_then(|(it, _)| of(&join.left, it));
    Some(left.unwrap_or(right))
}

fn bare(expr: &Expr) -> Option<&Column> {
    match expr {
        Expr::Alias(it) => bare(&it.expr),
        Expr::Column(it) => Some(it),
        _ => None,
    }
}
