//! A rewritten plan is believed only for what it shows.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::{
    Aggregate, Expr, LogicalPlan, LogicalPlanBuilder, Operator, Projection, lit,
};
use glovebox_model::{Column, ColumnName, TableName, Timestamp};

use super::*;
use crate::bind;
use crate::facts::ScanId;
use crate::rewrite::{GuardRequest, guard};
use crate::schema::TableSchema;

fn guarded() -> Bound {
    let column = |name: &str| Column {
        name: ColumnName::new(name).unwrap(),
        kind: "string".parse().unwrap(),
    };
    let table = TableSchema {
        columns: ["person", "place"].map(column).to_vec(),
        hidden: vec![column("secret")],
    };
    let schema = Schema { tables: BTreeMap::from([(TableName::new("t").unwrap(), table)]) };
    let text = "SELECT place, COUNT(person) AS n FROM t GROUP BY place HAVING COUNT(person) > 0";
    let bound = bind(text, &schema, Timestamp::from_millis(0)).unwrap();
    let request = |column: &str, minimum| GuardRequest {
        scan: ScanId(0),
        column: ColumnName::new(column).unwrap(),
        minimum,
    };
    guard(bound, &[request("person", 5), request("secret", 7)]).unwrap()
}

/// What is said when every node of the guarded plan goes through `change`.
fn after(change: impl Fn(LogicalPlan) -> LogicalPlan) -> Result<(), RewriteError> {
    let bound = guarded();
    let guards = bound.guards.clone();
    let wanted: BTreeSet<PlanGuard> = bound.facts.lineage.guards.iter().cloned().collect();
    assert_eq!(wanted.len(), 2);
    let plan = bound.plan.clone().transform_down(|it| Ok(Transformed::yes(change(it))));
    bound.with_plan(plan.unwrap().data, guards, &wanted).map(|_| ())
}

/// Whether a predicate compares with this minimum.
fn on_minimum(expr: &Expr, minimum: i64) -> bool {
    matches!(expr, Expr::BinaryExpr(it) if *it.right == lit(minimum))
}

#[test]
fn a_plan_that_nobody_touched_is_believed() {
    assert_eq!(after(|it| it), Ok(()));
}

#[test]
fn a_dropped_threshold_is_missed() {
    let outcome = after(|node| match node {
        LogicalPlan::Filter(filter) if matches!(*filter.input, LogicalPlan::Aggregate(_)) => {
            filter.input.as_ref().clone()
        }
        other => other,
    });
    assert_eq!(outcome, Err(RewriteError::Lost("its guards")));
}

#[test]
fn a_weakened_threshold_is_missed() {
    let weaken = |change: fn(&mut datafusion::logical_expr::BinaryExpr)| {
        after(move |node| {
            node.map_expressions(|expr| {
                expr.transform_up(|it| match it {
                    Expr::BinaryExpr(mut binary)
                        if on_minimum(&Expr::BinaryExpr(binary.clone()), 7) =>
                    {
                        change(&mut binary);
                        Ok(Transformed::yes(Expr::BinaryExpr(binary)))
                    }
                    other => Ok(Transformed::no(other)),
                })
            })
            .unwrap()
            .data
        })
    };
    let lost = Err(RewriteError::Lost("its guards"));
    assert_eq!(weaken(|it| *it.right = lit(6_i64)), lost);
    assert_eq!(weaken(|it| *it.right = lit(7_i32)), lost);
    assert_eq!(weaken(|it| it.op = Operator::Gt), lost);
    assert_eq!(weaken(|it| it.op = Operator::LtEq), lost);
    assert_eq!(weaken(|it| *it.left = lit(1_000_i64)), lost);
}

#[test]
fn a_count_of_something_else_is_no_guard() {
    let recount = |change: fn(&mut datafusion::logical_expr::expr::AggregateFunctionParams)| {
        after(move |node| {
            let LogicalPlan::Aggregate(Aggregate { input, group_expr, mut aggr_expr, .. }) = node
            else {
                return node;
            };
            let Some(Expr::Alias(alias)) = aggr_expr.last_mut() else { panic!("no guard") };
            let Expr::AggregateFunction(call) = alias.expr.as_mut() else { panic!("no call") };
            change(&mut call.params);
            Aggregate::try_new(input, group_expr, aggr_expr).map(LogicalPlan::Aggregate).unwrap()
        })
    };
    let denied = Err(RewriteError::Left("a hidden column that is no guard"));
    assert_eq!(recount(|it| it.distinct = false), denied);
    assert_eq!(recount(|it| it.args = vec![lit(1)]), denied);
    assert_eq!(recount(|it| it.filter = Some(Box::new(lit(true)))), denied);
    // The distinct values of another column: a guard, but not the one that was asked for.
    let other = recount(|it| it.args = vec![datafusion::logical_expr::col("t.place")]);
    assert_eq!(other, Err(RewriteError::Lost("its guards")));
}

#[test]
fn hidden_counts_that_change_places_are_missed() {
    let outcome = after(|node| match node {
        LogicalPlan::Projection(Projection { mut expr, input, .. }) => {
            let last = expr.len() - 1;
            let (one, other) = (expr[last - 1].clone(), expr[last].clone());
            expr[last - 1] = other.alias("__gb_guard_0");
            expr[last] = one.alias("__gb_guard_1");
            Projection::try_new(expr, input).map(LogicalPlan::Projection).unwrap()
        }
        other => other,
    });
    assert_eq!(outcome, Err(RewriteError::Lost("its guards")));
    let outcome = after(|node| match node {
        LogicalPlan::Projection(Projection { mut expr, input, .. }) => {
            expr.pop();
            Projection::try_new(expr, input).map(LogicalPlan::Projection).unwrap()
        }
        other => other,
    });
    assert_eq!(outcome, Err(RewriteError::Lost("its output columns")));
}

#[test]
fn nodes_that_no_query_needs_are_denied() {
    let plan = guarded().plan;
    let builder = || LogicalPlanBuilder::from(plan.clone());
    let none = BTreeSet::new();
    let explained = builder().explain(false, false).unwrap().build().unwrap();
    assert!(extract::lineage(&explained, &none).is_err());
    let spread = builder()
        .repartition(datafusion::logical_expr::Partitioning::RoundRobinBatch(2))
        .unwrap()
        .build()
        .unwrap();
    assert!(extract::lineage(&spread, &none).is_err());
    let filtered = LogicalPlanBuilder::scan_with_filters(
        "t",
        std::sync::Arc::new(crate::PlanTable::new(&[])),
        None,
        vec![lit(true)],
    );
    assert!(extract::lineage(&filtered.unwrap().build().unwrap(), &none).is_err());
    let qualified =
        LogicalPlanBuilder::scan("other.t", std::sync::Arc::new(crate::PlanTable::new(&[])), None);
    assert!(extract::lineage(&qualified.unwrap().build().unwrap(), &none).is_err());
}
