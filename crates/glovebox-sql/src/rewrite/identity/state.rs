//! A rewritten node with what goes up from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::Column;
use datafusion::logical_expr::{Expr, LogicalPlan, Projection};

use crate::error::RewriteError;

/// A rewritten node.
#[derive(Debug, Clone)]
pub(super) struct Threaded {
    pub(super) plan: LogicalPlan,
    /// The columns that the node had before the rewrite, in order.
    pub(super) shown: Vec<Column>,
    /// By thread, the columns that hold the identity: one or several, in every row equal.
    pub(super) live: BTreeMap<usize, Vec<Column>>,
    /// By thread, the count of its guard.
    pub(super) counts: BTreeMap<usize, Count>,
}

/// The column of a count.
#[derive(Debug, Clone)]
pub(super) struct Count {
    pub(super) column: Column,
    pub(super) may_be_absent: bool,
}

/// The column at a place of a node.
pub(super) fn column_at(plan: &LogicalPlan, index: usize) -> Result<Column, RewriteError> {
    let schema = plan.schema();
    if index >= schema.fields().len() {
        return Err(RewriteError::Lost("its columns"));
    }
    Ok(Column::from(schema.qualified_field(index)))
}

/// All columns of a node.
pub(super) fn columns(plan: &LogicalPlan) -> Vec<Column> {
    plan.schema().iter().map(Column::from).collect()
}

impl Threaded {
    /// A node without persons behind it.
    pub(super) fn plain(plan: LogicalPlan) -> Self {
        let shown = columns(&plan);
        Self { plan, shown, live: BTreeMap::new(), counts: BTreeMap::new() }
    }

    /// The same state over another node of the same columns.
    pub(super) fn over(self, plan: LogicalPlan) -> Self {
        Self { plan, ..self }
    }

    /// The columns that stand for the threads: identities, then counts.
    pub(super) fn hidden(&self) -> Vec<Column> {
        let live = self.live.values().filter_map(|it| it.first());
        live.chain(self.counts.values().map(|it| &it.column)).cloned().collect()
    }

    /// The shown columns first and in order, behind them those of the threads that are not
    /// among them, and nothing else.
    pub(super) fn in_order(self) -> Result<Self, RewriteError> {
        let mut wanted = self.shown.clone();
        let hidden = self.hidden().into_iter().filter(|it| !self.shown.contains(it));
        wanted.extend(hidden);
        if columns(&self.plan) == wanted {
            return Ok(self);
        }
        let exprs = wanted.into_iter().map(Expr::Column).collect();
        let plan = Projection::try_new(exprs, Arc::new(self.plan.clone()))
            .map(LogicalPlan::Projection)
            .map_err(|_| RewriteError::Planner)?;
        let live = self
            .live
            .into_iter()
            .map(|(thread, equal)| {
                let kept = equal.into_iter().filter(|it| plan.schema().has_column(it));
                (thread, kept.collect())
            })
            .collect();
        Ok(Self { plan, shown: self.shown, live, counts: self.counts })
    }
}
