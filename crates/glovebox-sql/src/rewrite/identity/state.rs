//! A rewritten node with what goes up from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::{Column, ExprSchema};
use datafusion::logical_expr::{Expr, LogicalPlan, Projection};

use crate::error::RewriteError;

/// A rewritten node.
#[derive(Debug, Clone)]
pub(super) struct Threaded {
    pub(super) plan: LogicalPlan,
    /// The columns that the node had before the rewrite, in order.
    pub(super) shown: Vec<Column>,
    /// By thread, the columns that hold the identity.
    pub(super) live: BTreeMap<usize, Identity>,
    /// By thread, the count of its guard.
    pub(super) counts: BTreeMap<usize, Count>,
}

/// The columns that hold an identity: in every row equal.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    /// The identity itself; never empty.
    pub(super) own: Vec<Column>,
    /// Columns of other tables that a condition has made equal to it.
    pub(super) like: Vec<Column>,
}

impl Identity {
    /// The same columns by the names that they have in another node; those without one are
    /// forgotten.
    pub(super) fn renamed(
        &self,
        after: impl Fn(&Column) -> Option<Column>,
    ) -> Result<Self, RewriteError> {
        let own: Vec<Column> = self.own.iter().filter_map(&after).collect();
        if own.is_empty() {
            return Err(RewriteError::Lost("its columns"));
        }
        Ok(Self { own, like: self.like.iter().filter_map(&after).collect() })
    }

    /// The column that is counted.
    pub(super) fn first(&self) -> Result<&Column, RewriteError> {
        self.own.first().ok_or(RewriteError::Lost("its columns"))
    }
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

/// The columns at places of a node.
pub(super) fn columns_at(
    plan: &LogicalPlan,
    places: impl IntoIterator<Item = usize>,
) -> Result<Vec<Column>, RewriteError> {
    places.into_iter().map(|it| column_at(plan, it)).collect()
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

    /// Notes the columns that a condition makes equal to identities in every row it lets pass.
    pub(super) fn learn<'e>(&mut self, pairs: impl IntoIterator<Item = (&'e Expr, &'e Expr)>) {
        let schema = self.plan.schema();
        let kind = |it: &Column| schema.data_type(it).ok();
        let pairs: Vec<(&Column, &Column)> = pairs
            .into_iter()
            .filter_map(|pair| match pair {
                (Expr::Column(one), Expr::Column(other)) => Some((one, other)),
                _ => None,
            })
            .filter(|(one, other)| kind(one).is_some() && kind(one) == kind(other))
            .collect();
        // Each pass may make more equal.
        for _ in 0..pairs.len() {
            for identity in self.live.values_mut() {
                for (one, other) in &pairs {
                    for (known, new) in [(*one, *other), (*other, *one)] {
                        let knows = |it| identity.own.contains(it) || identity.like.contains(it);
                        if knows(known) && !knows(new) {
                            identity.like.push(new.clone());
                        }
                    }
                }
            }
        }
    }

    /// The columns that stand for the threads: identities, then counts.
    pub(super) fn hidden(&self) -> Vec<Column> {
        let live = self.live.values().filter_map(|it| it.own.first());
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
        let kept = |it: &Column| plan.schema().has_column(it).then(|| it.clone());
        let live = self
            .live
            .into_iter()
            .map(|(thread, identity)| Ok((thread, identity.renamed(kept)?)))
            .collect::<Result<_, RewriteError>>()?;
        Ok(Self { plan, shown: self.shown, live, counts: self.counts })
    }
}
