//! Nodes where threads end, meet or merge: aggregates, DISTINCT, set operations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, ExprSchema, ScalarValue};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, Filter, LogicalPlan, Projection, Union, lit,
};

use super::node::{built, is_one_of};
use super::state::{Count, Identity, Threaded, column_at, columns, columns_at};
use super::{Weave, guard_name, identity_name};
use crate::error::RewriteError;
use crate::functions;

/// A hidden call of an aggregate function over one column.
fn call(name: &str, column: &Column, distinct: bool) -> Result<AggregateFunction, RewriteError> {
    let function = functions::aggregate(name).ok_or(RewriteError::Shape("counting"))?;
    let args = vec![Expr::Column(column.clone())];
    Ok(AggregateFunction::new_udf(function, args, distinct, None, Vec::new(), None))
}

impl Weave {
    pub(super) fn aggregate(
        &mut self,
        node: &Aggregate,
        outermost: bool,
    ) -> Result<Threaded, RewriteError> {
        let Aggregate { input, group_expr, aggr_expr, .. } = node;
        let below = self.node(input, false)?;
        let groups = self.expressions(group_expr)?;
        let calls = self.expressions(aggr_expr)?;
        self.gathered(below, groups, calls, outermost)
    }

    pub(super) fn distinct(
        &mut self,
        input: &LogicalPlan,
        outermost: bool,
    ) -> Result<Threaded, RewriteError> {
        let below = self.node(input, false)?;
        let shown = |it: &Column| below.shown.contains(it).then(|| it.clone());
        let live = below.live.iter().map(|(thread, it)| Ok((*thread, it.renamed(shown)?)));
        let live: Result<BTreeMap<_, _>, RewriteError> = live.collect();
        if let (true, Ok(live)) = (below.counts.is_empty(), live) {
            let below = Threaded { live, ..below }.in_order()?;
            let plan = LogicalPlan::Distinct(Distinct::All(Arc::new(below.plan.clone())));
            return Ok(below.over(plan));
        }
        let groups = below.shown.iter().cloned().map(Expr::Column).collect();
        self.gathered(below, groups, Vec::new(), outermost)
    }

    /// An aggregate over threaded rows, with a threshold for each thread that ends in it.
    fn gathered(
        &mut self,
        below: Threaded,
        mut groups: Vec<Expr>,
        mut calls: Vec<Expr>,
        outermost: bool,
    ) -> Result<Threaded, RewriteError> {
        // In a set of groupings a key is NULL in the rows of other sets: it keeps no identity.
        let is_simple = !groups.iter().any(|it| matches!(it, Expr::GroupingSet(_)));
        let n_groups = groups.len();
        let mut kept: Vec<(usize, Vec<usize>, Vec<usize>)> = Vec::new();
        let mut ending = Vec::new();
        for (thread, identity) in &below.live {
            let places = |of: &[Column]| -> Vec<usize> {
                let shown = groups.iter().take(n_groups).enumerate();
                let found = shown.filter(|(_, it)| is_simple && is_one_of(it, of));
                found.map(|(place, _)| place).collect()
            };
            let (mut own, like) = (places(&identity.own), places(&identity.like));
            if own.is_empty() && like.is_empty() {
                let count = call("count", identity.first()?, true)?;
                calls.push(Expr::AggregateFunction(count).alias(guard_name(*thread)));
                ending.push(*thread);
                continue;
            }
            if own.is_empty() {
                // Equal to a key in every row: as one more key it changes no group.
                own.push(groups.len());
                groups.push(Expr::Column(identity.first()?.clone()));
            }
            kept.push((*thread, own, like));
        }
        for (thread, Count { column, .. }) in &below.counts {
            let least = call("min", column, false)?;
            calls.push(Expr::AggregateFunction(least).alias(guard_name(*thread)));
        }
        let n_hidden = ending.len() + below.counts.len();
        let n_keys = if is_simple { groups.len() } else { n_groups };
        // A total over no group at all has a row, and no count.
        let is_total = groups.is_empty() || !is_simple;
        let plan = Aggregate::try_new(Arc::new(below.plan), groups, calls);
        let plan = built(plan.map(LogicalPlan::Aggregate))?;
        let n_shown = plan.schema().fields().len().saturating_sub(n_hidden);
        let places = (0..n_shown).filter(|it| !(n_groups..n_keys).contains(it));
        let shown = columns_at(&plan, places)?;
        let mut counts = BTreeMap::new();
        let hidden = |thread: usize| Column::new_unqualified(guard_name(thread));
        for (thread, count) in &below.counts {
            let may_be_absent = count.may_be_absent || is_total;
            counts.insert(*thread, Count { column: hidden(*thread), may_be_absent });
        }
        let mut thresholds = Vec::new();
        for thread in ending {
            let of = self.threads.get(&thread).ok_or(RewriteError::Lost("its guards"))?;
            let minimum = if outermost { of.outermost } else { of.default };
            let column = hidden(thread);
            thresholds.push(Expr::Column(column.clone()).gt_eq(lit(i64::from(minimum))));
            counts.insert(thread, Count { column, may_be_absent: false });
            self.placed.insert(thread, of.guard(minimum));
        }
        let mut live = BTreeMap::new();
        for (thread, own, like) in kept {
            let (own, like) = (columns_at(&plan, own)?, columns_at(&plan, like)?);
            live.insert(thread, Identity { own, like });
        }
        let plan = match conjunction(thresholds) {
            Some(all) => built(Filter::try_new(all, Arc::new(plan)).map(LogicalPlan::Filter))?,
            None => plan,
        };
        Ok(Threaded { plan, shown, live, counts })
    }

    pub(super) fn union(
        &mut self,
        node: &Union,
        outermost: bool,
    ) -> Result<Threaded, RewriteError> {
        let mut branches = Vec::new();
        for input in &node.inputs {
            branches.push(self.node(input, outermost)?);
        }
        let merged = self.merged(&branches)?;
        let counts: BTreeSet<usize> =
            branches.iter().flat_map(|it| it.counts.keys().copied()).collect();
        let n_shown = node.schema.fields().len();
        let identity = match (merged, branches.iter().find_map(|it| it.live.values().next())) {
            (Some(thread), Some(_)) => {
                let kinds = branches.iter().find_map(|it| {
                    let column = it.live.values().next()?.own.first()?;
                    it.plan.schema().data_type(column).ok().cloned()
                });
                Some((thread, kinds.ok_or(RewriteError::Planner)?))
            }
            _ => None,
        };
        // Where every branch shows its identity in the same place, so does the union.
        let holds = |place: &usize| {
            branches.iter().all(|it| match (it.live.values().next(), it.shown.get(*place)) {
                (Some(identity), Some(column)) => identity.own.contains(column),
                _ => false,
            })
        };
        let places: Vec<usize> = (0..n_shown).filter(holds).collect();
        let absent: BTreeSet<usize> = counts
            .iter()
            .copied()
            .filter(|thread| {
                branches.iter().any(|it| it.counts.get(thread).is_none_or(|it| it.may_be_absent))
            })
            .collect();
        let mut inputs = Vec::new();
        for branch in branches {
            inputs.push(Arc::new(aligned(branch, identity.as_ref(), &counts)?));
        }
        let plan = built(Union::try_new_with_loose_types(inputs).map(LogicalPlan::Union))?;
        let shown: Vec<Column> = columns(&plan).into_iter().take(n_shown).collect();
        let mut next = n_shown;
        let mut live = BTreeMap::new();
        if let Some((thread, _)) = identity {
            let own = columns_at(&plan, places.into_iter().chain([next]))?;
            live.insert(thread, Identity { own, like: Vec::new() });
            next += 1;
        }
        let mut found = BTreeMap::new();
        for thread in counts {
            let may_be_absent = absent.contains(&thread);
            found.insert(thread, Count { column: column_at(&plan, next)?, may_be_absent });
            next += 1;
        }
        Ok(Threaded { plan, shown, live, counts: found })
    }

    /// The one thread that the live ones of the branches become: all of one table.
    fn merged(&mut self, branches: &[Threaded]) -> Result<Option<usize>, RewriteError> {
        if branches.iter().any(|it| it.live.len() > 1) {
            return Err(RewriteError::Shape("one protected table in each branch"));
        }
        let mut met: Vec<usize> = branches.iter().flat_map(|it| it.live.keys().copied()).collect();
        met.sort_unstable();
        let Some(first) = met.first().copied() else { return Ok(None) };
        let mut all = self.threads.remove(&first).ok_or(RewriteError::Lost("its guards"))?;
        for other in met.into_iter().skip(1) {
            let other = self.threads.remove(&other).ok_or(RewriteError::Lost("its guards"))?;
            if other.table != all.table || other.identity.column != all.identity.column {
                return Err(RewriteError::Shape("one protected table in all branches"));
            }
            all.merged.insert(other.identity);
            all.merged.extend(other.merged);
            all.outermost = all.outermost.max(other.outermost);
            all.default = all.default.max(other.default);
        }
        self.threads.insert(first, all);
        Ok(Some(first))
    }
}

/// A branch with its shown columns, then the identity, then every count; NULL for what it has
/// not.
fn aligned(
    branch: Threaded,
    identity: Option<&(usize, DataType)>,
    counts: &BTreeSet<usize>,
) -> Result<LogicalPlan, RewriteError> {
    if identity.is_none() && counts.is_empty() {
        return Ok(branch.in_order()?.plan);
    }
    let mut exprs: Vec<Expr> = branch.shown.iter().cloned().map(Expr::Column).collect();
    if let Some((thread, kind)) = identity {
        let own = branch.live.values().next().and_then(|it| it.own.first());
        let value = match own {
            Some(column) => Expr::Column(column.clone()),
            None => lit(ScalarValue::try_from(kind).map_err(|_| RewriteError::Planner)?),
        };
        exprs.push(value.alias(identity_name(*thread)));
    }
    for thread in counts {
        let value = match branch.counts.get(thread) {
            Some(count) => Expr::Column(count.column.clone()),
            None => lit(ScalarValue::Int64(None)),
        };
        exprs.push(value.alias(guard_name(*thread)));
    }
    built(Projection::try_new(exprs, Arc::new(branch.plan)).map(LogicalPlan::Projection))
}
