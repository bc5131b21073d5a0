//! What expressions may do beside rows of users.

use datafusion::common::Column;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, Subquery};
use glovebox_model::TableName;

use super::{PrivateFault, PrivateRequest, PrivateTable};
use crate::rewrite::bare;

/// Whether an expression is nothing but one of these columns.
pub(super) fn is_identifier(expr: &Expr, identifiers: &[Column]) -> bool {
    matches!(bare(expr), Expr::Column(column) if identifiers.contains(column))
}

/// The query that an expression is made of, if it is one: what it reads, and what it looks at from
/// outside, are not among the columns of the expression.
pub(super) fn nested(expr: &Expr) -> Option<&Subquery> {
    match expr {
        Expr::Exists(it) => Some(&it.subquery),
        Expr::InSubquery(it) => Some(&it.subquery),
        Expr::ScalarSubquery(it) => Some(it),
        Expr::SetComparison(it) => Some(&it.subquery),
        _ => None,
    }
}

/// Whether an expression is made of more than its columns: a query is in it, or it looks out of
/// one. What cannot be walked is.
pub(super) fn looks_elsewhere(expr: &Expr) -> bool {
    let found = |it: &Expr| nested(it).is_some() || matches!(it, Expr::OuterReferenceColumn(..));
    TreeNode::exists(expr, |it| Ok(found(it))).unwrap_or(true)
}

/// The same for every row of the same values: nothing volatile, and nested queries over public
/// rows only.
pub(super) fn check(expr: &Expr, request: &PrivateRequest) -> Result<(), PrivateFault> {
    let mut fault = None;
    let walked = expr.apply(|it| {
        fault = match nested(it) {
            Some(it) => public(&it.subquery, request).err(),
            None if it.is_volatile_node() => Some(PrivateFault::Volatile),
            None => None,
        };
        let go_on = fault.is_none();
        Ok(if go_on { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    });
    settled(fault, walked)
}

/// Every table of a nested query is public.
fn public(plan: &LogicalPlan, request: &PrivateRequest) -> Result<(), PrivateFault> {
    let mut fault = None;
    let walked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let name = TableName::new(scan.table_name.table()).ok();
            fault = match name.as_ref().map(|it| (it, request.tables.get(it))) {
                Some((_, Some(PrivateTable::Public))) => None,
                Some((_, Some(PrivateTable::Users { .. }))) => Some(PrivateFault::Subquery),
                Some((name, None)) => Some(PrivateFault::Table(name.clone())),
                None => Some(PrivateFault::Rewrite),
            };
        }
        if node.expressions().iter().any(Expr::is_volatile) {
            fault = Some(PrivateFault::Volatile);
        }
        let go_on = fault.is_none();
        Ok::<_, DataFusionError>(match go_on {
            true => TreeNodeRecursion::Continue,
            false => TreeNodeRecursion::Stop,
        })
    });
    settled(fault, walked)
}

/// What a walk found; one that ended by itself found nothing.
fn settled<T>(
    fault: Option<PrivateFault>,
    walked: Result<T, DataFusionError>,
) -> Result<(), PrivateFault> {
    match (fault, walked) {
        (Some(fault), _) => Err(fault),
        (None, Ok(_)) => Ok(()),
        (None, Err(_)) => Err(PrivateFault::Rewrite),
    }
}
