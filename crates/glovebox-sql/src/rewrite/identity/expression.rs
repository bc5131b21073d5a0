//! Queries inside expressions.

use datafusion::common::DataFusionError;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::{Expr, LogicalPlan, Subquery};

use super::Weave;
use crate::error::RewriteError;

impl Weave {
    /// Rewrites the queries inside expressions, in the order in which facts are extracted.
    pub(super) fn expressions(&mut self, exprs: &[Expr]) -> Result<Vec<Expr>, RewriteError> {
        exprs.iter().map(|it| self.expression(it)).collect()
    }

    pub(super) fn expression(&mut self, expr: &Expr) -> Result<Expr, RewriteError> {
        let mut fault = None;
        let rewritten = expr.clone().transform_up(|it| {
            let outcome = match it {
                Expr::Exists(Exists { subquery, negated }) => self
                    .subquery(subquery)
                    .map(|subquery| Expr::Exists(Exists { subquery, negated })),
                Expr::InSubquery(InSubquery { expr, subquery, negated }) => self
                    .subquery(subquery)
                    .map(|subquery| Expr::InSubquery(InSubquery { expr, subquery, negated })),
                Expr::ScalarSubquery(subquery) => self.subquery(subquery).map(Expr::ScalarSubquery),
                Expr::SetComparison(_) => Err(RewriteError::Shape("thresholds")),
                other => return Ok(Transformed::no(other)),
            };
            outcome.map(Transformed::yes).map_err(|error| {
                fault = Some(error);
                DataFusionError::Internal("stopped".to_owned())
            })
        });
        match (fault, rewritten) {
            (Some(fault), _) => Err(fault),
            (None, Ok(rewritten)) => Ok(rewritten.data),
            (None, Err(_)) => Err(RewriteError::Planner),
        }
    }

    /// A query that stands for a value or a condition: its threads end here.
    fn subquery(&mut self, subquery: Subquery) -> Result<Subquery, RewriteError> {
        let Subquery { subquery: plan, outer_ref_columns, spans } = subquery;
        let threaded = self.node(&plan, false)?;
        if !threaded.live.is_empty() {
            return Err(RewriteError::Shape("persons counted inside a subquery"));
        }
        if !threaded.counts.is_empty() && is_correlated(&plan) {
            return Err(RewriteError::Shape("a subquery over persons that stands by itself"));
        }
        let plain = super::Threaded { counts: Default::default(), ..threaded }.in_order()?;
        Ok(Subquery { subquery: plain.plan.into(), outer_ref_columns, spans })
    }
}

/// Whether anything in a subquery is a column of a query around it, or around one inside it.
fn is_correlated(plan: &LogicalPlan) -> bool {
    let mut found = false;
    let walked = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|it| {
                found |= matches!(it, Expr::OuterReferenceColumn(..));
                Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
            })
        })
    });
    walked.is_err() || found
}
