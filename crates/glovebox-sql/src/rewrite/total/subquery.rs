//! Queries inside expressions.

use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, Result, ScalarValue, plan_err};
use datafusion::logical_expr::expr::InSubquery;
use datafusion::logical_expr::{
    Aggregate, Distinct, EmptyRelation, Expr, Limit, LogicalPlan, Projection, Subquery, Values, lit,
};
use datafusion::optimizer::decorrelate_predicate_subquery::DecorrelatePredicateSubquery;
use datafusion::optimizer::scalar_subquery_to_join::ScalarSubqueryToJoin;
use datafusion::optimizer::{Optimizer, OptimizerContext, OptimizerRule};

use super::set::as_kinds;
use super::{Around, named, node};
use crate::functions;
use crate::rewrite::coerce::{call, coerce, kind_of, normal};

/// A query inside an expression.
pub(super) fn nested(subquery: Subquery, around: &Around<'_>) -> Result<Subquery> {
    let Subquery { subquery, outer_ref_columns: _, spans } = subquery;
    let plan = node(Arc::unwrap_or_clone(subquery), Some(around), around.now)?;
    let outer_ref_columns = plan.all_out_ref_exprs();
    Ok(Subquery { subquery: Arc::new(plan), outer_ref_columns, spans })
}

/// A query that stands for a value: no data can make it more than one row.
pub(super) fn value(subquery: Subquery, around: &Around<'_>) -> Result<Subquery> {
    let Subquery { subquery: plan, outer_ref_columns, spans } = nested(subquery, around)?;
    let schema = Arc::clone(plan.schema());
    if schema.fields().len() != 1 || !has_one_row(&plan) {
        return plan_err!("a subquery that stands for a value must have one row: aggregate it");
    }
    // No row is NULL, also where a row never is.
    let column = Expr::Column(Column::from(schema.qualified_field(0)));
    let subquery = if schema.field(0).is_nullable() || is_always_a_row(&plan) {
        plan
    } else {
        let kind = lit(kind_of(&column, &schema)?.name());
        let nullable = named(column, |it| call("__gb_coerce", vec![it, kind]))?;
        Arc::new(LogicalPlan::Projection(Projection::try_new(vec![nullable], plan)?))
    };
    Ok(Subquery { subquery, outer_ref_columns, spans })
}

/// Whether a query with at most one row has one.
fn is_always_a_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Aggregate(_) | LogicalPlan::EmptyRelation(_) => has_one_row(plan),
        LogicalPlan::Projection(it) => is_always_a_row(&it.input),
        LogicalPlan::Sort(it) => is_always_a_row(&it.input),
        LogicalPlan::SubqueryAlias(it) => is_always_a_row(&it.input),
        _ => false,
    }
}

/// Whether a query has one row or none, whatever the data.
pub(in crate::rewrite) fn has_one_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Aggregate(Aggregate { group_expr, .. }) => group_expr.is_empty(),
        LogicalPlan::Distinct(Distinct::All(input)) => has_one_row(input),
        LogicalPlan::EmptyRelation(EmptyRelation { .. }) => true,
        LogicalPlan::Filter(it) => has_one_row(&it.input),
        LogicalPlan::Limit(Limit { fetch, input, .. }) => {
            let fetch = fetch.as_deref();
            let is_one =
                |it: &Expr| matches!(it, Expr::Literal(ScalarValue::Int64(Some(0 | 1)), _));
            fetch.is_some_and(is_one) || has_one_row(input)
        }
        LogicalPlan::Projection(it) => has_one_row(&it.input),
        LogicalPlan::Sort(it) => has_one_row(&it.input),
        LogicalPlan::SubqueryAlias(it) => has_one_row(&it.input),
        LogicalPlan::Values(Values { values, .. }) => values.len() <= 1,
        LogicalPlan::Window(it) => has_one_row(&it.input),
        _ => false,
    }
}

/// `x IN (SELECT ...)`: both sides meet as the items of a list.
pub(super) fn membership(it: InSubquery, around: &Around<'_>) -> Result<Expr> {
    let InSubquery { expr, subquery, negated } = it;
    let Subquery { subquery: plan, outer_ref_columns: _, spans } = nested(subquery, around)?;
    let schema = Arc::clone(plan.schema());
    let [column] = schema
        .columns()
        .try_into()
        .or_else(|_: Vec<Column>| plan_err!("a subquery of IN has one column"))?;
    let kinds = (kind_of(&expr, around.schema)?, kind_of(&Expr::Column(column), &schema)?);
    let Some(kind) = functions::wider(&[kinds.0, kinds.1]) else {
        return plan_err!("values of these types cannot be compared");
    };
    let expr = Box::new(normal(coerce(*expr, kind, around.schema)?, around.schema)?);
    let plan = normal_rows(as_kinds(plan, &[Some(kind)])?)?;
    let outer_ref_columns = plan.all_out_ref_exprs();
    let subquery = Subquery { subquery: plan, outer_ref_columns, spans };
    Ok(Expr::InSubquery(InSubquery { expr, subquery, negated }))
}

/// One column of floats with one zero and one NaN.
fn normal_rows(plan: Arc<LogicalPlan>) -> Result<Arc<LogicalPlan>> {
    let (expr, input) = match plan.as_ref() {
        LogicalPlan::Projection(Projection { expr, input, .. }) => match expr.as_slice() {
            [expr] => (expr.clone(), Arc::clone(input)),
            _ => return plan_err!("a subquery of IN has one column"),
        },
        _ => (Expr::Column(Column::from(plan.schema().qualified_field(0))), Arc::clone(&plan)),
    };
    let schema = Arc::clone(input.schema());
    let settled = named(expr.clone(), |it| normal(it.unalias_nested().data, &schema))?;
    if settled == expr {
        return Ok(plan);
    }
    Ok(Arc::new(LogicalPlan::Projection(Projection::try_new(vec![settled], input)?)))
}

/// A column of a query around this one, with the type that it has there by now.
pub(super) fn outer(column: Column, around: &Around<'_>) -> Result<Expr> {
    let mut next = around.outer;
    while let Some(outer) = next {
        if let Ok((_, field)) = outer.schema.qualified_field_from_column(&column) {
            return Ok(Expr::OuterReferenceColumn(Arc::clone(field), column));
        }
        next = outer.outer;
    }
    plan_err!("a column from nowhere")
}

/// Refuses a subquery that the optimizer cannot turn into a join: it could not run. Only a
/// value that does not depend on the query around it stays.
pub(super) fn check(plan: &LogicalPlan) -> Result<()> {
    if !is_left(plan)? {
        return Ok(());
    }
    let rules: Vec<Arc<dyn OptimizerRule + Send + Sync>> =
        vec![Arc::new(DecorrelatePredicateSubquery::new()), Arc::new(ScalarSubqueryToJoin::new())];
    let context = OptimizerContext::new().with_max_passes(3);
    let joined = Optimizer::with_rules(rules).optimize(plan.clone(), &context, |_, _| {})?;
    if is_left(&joined)? {
        return plan_err!("a subquery cannot stand here");
    }
    Ok(())
}

fn is_left(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|it| {
                found |= matches!(
                    it,
                    Expr::Exists(_) | Expr::InSubquery(_) | Expr::OuterReferenceColumn(..)
                );
                Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
            })
        })
    })?;
    Ok(found)
}
