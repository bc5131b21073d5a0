//! The rewrite after which no expression can fail on a row.
//!
//! It runs on the plan as it was bound, before DataFusion adds casts of its own: every
//! coercion is Spark's, every cast and operator one of our functions, and the query's time a
//! literal. A second run changes nothing.

mod expression;
mod set;
mod subquery;
mod window;

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, Result, ScalarValue, plan_err};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::expr::{GroupingSet, Sort as SortKey};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, Filter, Join, Limit, LogicalPlan, Projection, Sort, Window,
};
use glovebox_model::Timestamp;

use super::coerce::{bare, compared, condition, normal};
use super::total_check;
use crate::functions::Kind;
use expression::expression;
pub(super) use subquery::has_one_row;

/// Makes a plan total. The number, order and names of the output columns stay.
///
/// # Errors
///
/// When types do not meet, or when the plan holds something whose meaning is not settled here;
/// never because of data.
pub fn total(plan: LogicalPlan, now: Timestamp) -> Result<LogicalPlan, DataFusionError> {
    let plan = node(plan, None, now)?;
    total_check::check(&plan)?;
    subquery::check(&plan)?;
    Ok(plan)
}

/// What an expression can name.
struct Around<'a> {
    /// The rows that it is over.
    schema: &'a DFSchema,
    /// What stands around the query that it is in.
    outer: Option<&'a Self>,
    now: Timestamp,
}

/// Rewrites a node and all below it.
fn node(plan: LogicalPlan, outer: Option<&Around<'_>>, now: Timestamp) -> Result<LogicalPlan> {
    let plan = plan.map_children(|it| Ok(Transformed::yes(node(it, outer, now)?)))?.data;
    let schema = input_schema(&plan)?;
    let around = Around { schema: &schema, outer, now };
    match plan {
        LogicalPlan::Join(join) => {
            let (join, shown) = set::meeting(join)?;
            let joined = join_of(join, outer, now)?;
            let Some(shown) = shown else { return Ok(joined) };
            let shown = shown.into_iter().map(Expr::Column).collect();
            Projection::try_new(shown, Arc::new(joined)).map(LogicalPlan::Projection)
        }
        LogicalPlan::Distinct(Distinct::All(input)) => {
            Ok(LogicalPlan::Distinct(Distinct::All(distinct_input(input)?)))
        }
        LogicalPlan::Aggregate(aggregate) => aggregate_of(aggregate, &around),
        LogicalPlan::Projection(Projection { expr, input, .. }) => {
            let exprs = all_named(expr, |it| expression(it, &around))?;
            Projection::try_new(exprs, input).map(LogicalPlan::Projection)
        }
        LogicalPlan::Filter(Filter { predicate, input, .. }) => {
            let predicate = condition(expression(predicate, &around)?, &schema)?;
            Filter::try_new(predicate, input).map(LogicalPlan::Filter)
        }
        LogicalPlan::Sort(Sort { expr, input, fetch: None }) => {
            let keys = expr.into_iter().map(|SortKey { expr, asc, nulls_first }| {
                Ok(SortKey::new(expression(expr, &around)?, asc, nulls_first))
            });
            Ok(LogicalPlan::Sort(Sort { expr: keys.collect::<Result<_>>()?, input, fetch: None }))
        }
        LogicalPlan::Limit(limit) => limit_of(limit),
        LogicalPlan::Union(union) => set::union(union),
        LogicalPlan::Values(values) => set::values(values, &around),
        LogicalPlan::Window(Window { window_expr, input, .. }) => {
            let exprs = all_named(window_expr, |it| expression(it, &around))?;
            Window::try_new(exprs, input).map(LogicalPlan::Window)
        }
        LogicalPlan::EmptyRelation(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::TableScan(_) => plan.recompute_schema(),
        LogicalPlan::Analyze(_)
        | LogicalPlan::Copy(_)
        | LogicalPlan::Ddl(_)
        | LogicalPlan::DescribeTable(_)
        | LogicalPlan::Distinct(Distinct::On(_))
        | LogicalPlan::Dml(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Extension(_)
        | LogicalPlan::RecursiveQuery(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Statement(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::Unnest(_) => plan_err!("this construct has no settled meaning"),
    }
}

/// The rows that the expressions of a node are over; a join looks at each side by itself.
fn input_schema(node: &LogicalPlan) -> Result<Arc<DFSchema>> {
    match (node, node.inputs().as_slice()) {
        (_, [input]) => Ok(Arc::clone(input.schema())),
        (LogicalPlan::Join(_) | LogicalPlan::Union(_), _) | (_, []) => {
            Ok(Arc::new(DFSchema::empty()))
        }
        _ => plan_err!("this construct has no settled meaning"),
    }
}

/// Rewrites an expression whose name is seen by the nodes above.
fn named(expr: Expr, rewrite: impl FnOnce(Expr) -> Result<Expr>) -> Result<Expr> {
    let saved = NamePreserver::new_for_projection().save(&expr);
    Ok(saved.restore(rewrite(expr)?))
}

fn all_named(exprs: Vec<Expr>, rewrite: impl Fn(Expr) -> Result<Expr>) -> Result<Vec<Expr>> {
    exprs.into_iter().map(|it| named(it, &rewrite)).collect()
}

fn join_of(mut join: Join, outer: Option<&Around<'_>>, now: Timestamp) -> Result<LogicalPlan> {
    let (left, right) = (Arc::clone(join.left.schema()), Arc::clone(join.right.schema()));
    let over = |schema| Around { schema, outer, now };
    for (one, other) in &mut join.on {
        let first = expression(one.clone(), &over(&left))?;
        let second = expression(other.clone(), &over(&right))?;
        (*one, *other) = compared(first, second, [&left, &right])?;
    }
    join.filter = match join.filter.take() {
        Some(filter) => {
            let both = left.join(&right)?;
            Some(condition(expression(filter, &over(&both))?, &both)?)
        }
        None => None,
    };
    LogicalPlan::Join(join).recompute_schema()
}

fn aggregate_of(aggregate: Aggregate, around: &Around<'_>) -> Result<LogicalPlan> {
    let Aggregate { input, group_expr, aggr_expr, .. } = aggregate;
    let key = |it: Expr| named(it, |it| normal(expression(it, around)?, around.schema));
    let keys = |them: Vec<Expr>| them.into_iter().map(key).collect::<Result<Vec<_>>>();
    let groups = group_expr.into_iter().map(|it| match it {
        Expr::GroupingSet(set) => Ok(Expr::GroupingSet(match set {
            GroupingSet::Cube(them) => GroupingSet::Cube(keys(them)?),
            GroupingSet::Rollup(them) => GroupingSet::Rollup(keys(them)?),
            GroupingSet::GroupingSets(sets) => {
                GroupingSet::GroupingSets(sets.into_iter().map(keys).collect::<Result<_>>()?)
            }
        })),
        other => key(other),
    });
    let groups = groups.collect::<Result<Vec<_>>>()?;
    let calls = all_named(aggr_expr, |it| expression(it, around))?;
    Aggregate::try_new(input, groups, calls).map(LogicalPlan::Aggregate)
}

/// A limit is a number that is known.
fn limit_of(limit: Limit) -> Result<LogicalPlan> {
    let known = |it: &Option<Box<Expr>>| match it.as_deref() {
        None => true,
        Some(Expr::Literal(ScalarValue::Int64(Some(_)), _)) => true,
        Some(_) => false,
    };
    if known(&limit.skip) && known(&limit.fetch) {
        Ok(LogicalPlan::Limit(limit))
    } else {
        plan_err!("a limit must be a number")
    }
}

/// Below DISTINCT, equal floats are equal bits.
fn distinct_input(input: Arc<LogicalPlan>) -> Result<Arc<LogicalPlan>> {
    let schema = Arc::clone(input.schema());
    let is_float = |index: usize| {
        let kind = Kind::of(schema.field(index).data_type());
        matches!(kind, Some(Kind::Double | Kind::Float))
    };
    let floats: Vec<usize> = (0..schema.fields().len()).filter(|it| is_float(*it)).collect();
    let settled = |index: &usize| match input.as_ref() {
        LogicalPlan::Projection(it) => it
            .expr
            .get(*index)
            .is_some_and(|expr| matches!(bare(expr), Expr::ScalarFunction(_) | Expr::Literal(..))),
        _ => false,
    };
    if floats.iter().all(settled) {
        return Ok(input);
    }
    let columns = (0..schema.fields().len()).map(|index| {
        let column = Expr::Column(Column::from(schema.qualified_field(index)));
        named(column, |it| normal(it, &schema))
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(LogicalPlan::Projection(Projection::try_new(columns, input)?)))
}
