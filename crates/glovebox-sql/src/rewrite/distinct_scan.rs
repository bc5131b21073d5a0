//! The rows of one scan reduced to distinct ones: ten thousand copies of a key count once.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, Result};
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::{
    Distinct, Expr, LogicalPlan, Projection, Subquery, SubqueryAlias, lit,
};

use super::RewriteError;
use crate::bound::Bound;
use crate::limits::with_stack;

/// Reduces a scan to the distinct rows of those of its columns that the query uses; to one row,
/// when it uses none. `scan` is an index into [`crate::Lineage::scans`].
///
/// # Errors
///
/// When there is no such scan, or the plan cannot be rebuilt.
pub fn distinct_scan(bound: Bound, scan: usize) -> Result<Bound, RewriteError> {
    if scan >= bound.facts().lineage.scans.len() {
        return Err(RewriteError::UnknownColumn);
    }
    with_stack(|| {
        let mut used = BTreeSet::new();
        note_columns(bound.plan(), &mut used).map_err(|_| RewriteError::Planner)?;
        let mut walk = Walk { used, target: scan, n_scans: 0 };
        let plan = walk.node(bound.plan().clone()).map_err(|_| RewriteError::Planner)?;
        let (before, n_scans) = (bound.facts().lineage.scans.clone(), walk.n_scans);
        let (guards, found) = (bound.guards().to_vec(), &bound.facts().lineage.guards);
        let wanted = found.iter().cloned().collect();
        let bound = bound.with_plan(plan, guards, &wanted)?;
        if bound.facts().lineage.scans == before && n_scans == before.len() {
            Ok(bound)
        } else {
            Err(RewriteError::Lost("its tables"))
        }
    })
}

/// Every column that any expression names.
pub(super) fn note_columns(plan: &LogicalPlan, used: &mut BTreeSet<Column>) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|it| {
                if let Expr::Column(column) | Expr::OuterReferenceColumn(_, column) = it {
                    used.insert(column.clone());
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })
    .map(|_| ())
}

/// A walk over the scans in the order in which facts are extracted.
struct Walk {
    used: BTreeSet<Column>,
    target: usize,
    n_scans: usize,
}

impl Walk {
    fn node(&mut self, plan: LogicalPlan) -> Result<LogicalPlan> {
        let is_scan = match &plan {
            LogicalPlan::TableScan(_) => true,
            LogicalPlan::SubqueryAlias(SubqueryAlias { input, .. }) => {
                matches!(input.as_ref(), LogicalPlan::TableScan(_))
            }
            _ => false,
        };
        if is_scan {
            let index = self.n_scans;
            self.n_scans += 1;
            return if index == self.target { self.reduced(plan) } else { Ok(plan) };
        }
        let plan = plan.map_children(|it| Ok(Transformed::yes(self.node(it)?)))?.data;
        let plan = plan.map_expressions(|expr| self.expression(expr))?.data;
        plan.recompute_schema()
    }

    fn expression(&mut self, expr: Expr) -> Result<Transformed<Expr>> {
        expr.transform_up(|it| {
            Ok(Transformed::yes(match it {
                Expr::Exists(Exists { subquery, negated }) => {
                    Expr::Exists(Exists { subquery: self.subquery(subquery)?, negated })
                }
                Expr::InSubquery(InSubquery { expr, subquery, negated }) => {
                    let subquery = self.subquery(subquery)?;
                    Expr::InSubquery(InSubquery { expr, subquery, negated })
                }
                Expr::ScalarSubquery(subquery) => Expr::ScalarSubquery(self.subquery(subquery)?),
                other => return Ok(Transformed::no(other)),
            }))
        })
    }

    fn subquery(&mut self, subquery: Subquery) -> Result<Subquery> {
        let plan = self.node(Arc::unwrap_or_clone(subquery.subquery))?;
        Ok(Subquery { subquery: Arc::new(plan), ..subquery })
    }

    fn reduced(&self, scan: LogicalPlan) -> Result<LogicalPlan> {
        let mut exprs: Vec<Expr> = self.columns(scan.schema()).map(Expr::Column).collect();
        if exprs.is_empty() {
            exprs.push(lit(1).alias("__gb_any"));
        }
        let rows = Projection::try_new(exprs, Arc::new(scan)).map(LogicalPlan::Projection)?;
        Ok(LogicalPlan::Distinct(Distinct::All(Arc::new(rows))))
    }

    /// The columns of a scan that something names, with or without the table's name.
    fn columns(&self, schema: &DFSchema) -> impl Iterator<Item = Column> {
        schema.iter().map(Column::from).filter(|it| {
            self.used.contains(it) || self.used.contains(&Column::new_unqualified(&it.name))
        })
    }
}
