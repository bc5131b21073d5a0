//! Nodes that hand threads on.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::{Column, JoinType};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::expr::{BinaryExpr, Sort as SortKey};
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{
    Distinct, Expr, Filter, Join, Limit, LogicalPlan, Operator, Projection, Sort, SubqueryAlias,
    TableScan, TableScanBuilder, Values, Window,
};

use super::state::{Count, Identity, Threaded, column_at, columns, columns_at};
use super::{Weave, identity_name};
use crate::error::RewriteError;
use crate::rewrite::coerce::bare;

pub(super) fn built(
    plan: Result<LogicalPlan, DataFusionError>,
) -> Result<LogicalPlan, RewriteError> {
    plan.map_err(|_| RewriteError::Planner)
}

impl Weave {
    /// Rewrites one node and all below it. `outermost`: no aggregate stands above it.
    pub(super) fn node(
        &mut self,
        plan: &LogicalPlan,
        outermost: bool,
    ) -> Result<Threaded, RewriteError> {
        match plan {
            LogicalPlan::TableScan(scan) => self.scan(scan),
            LogicalPlan::EmptyRelation(_) => Ok(Threaded::plain(plan.clone())),
            LogicalPlan::Values(Values { schema, values }) => {
                let rows: Result<Vec<_>, _> =
                    values.iter().map(|it| self.expressions(it)).collect();
                let values = Values { schema: Arc::clone(schema), values: rows? };
                Ok(Threaded::plain(LogicalPlan::Values(values)))
            }
            LogicalPlan::Filter(Filter { predicate, input, .. }) => {
                let below = self.node(input, outermost)?;
                let predicate = self.expression(predicate)?;
                let input = Arc::new(below.plan.clone());
                let plan =
                    built(Filter::try_new(predicate.clone(), input).map(LogicalPlan::Filter));
                let mut filtered = below.over(plan?);
                filtered.learn(equalities(&predicate));
                Ok(filtered)
            }
            LogicalPlan::Sort(Sort { expr, input, fetch: None }) => {
                let below = self.node(input, outermost)?;
                let mut keys = Vec::new();
                for SortKey { expr, asc, nulls_first } in expr {
                    keys.push(SortKey::new(self.expression(expr)?, *asc, *nulls_first));
                }
                let input = Arc::new(below.plan.clone());
                Ok(below.over(LogicalPlan::Sort(Sort { expr: keys, input, fetch: None })))
            }
            LogicalPlan::Limit(Limit { skip, fetch, input }) => {
                let below = self.node(input, outermost)?;
                let input = Arc::new(below.plan.clone());
                let (skip, fetch) = (skip.clone(), fetch.clone());
                Ok(below.over(LogicalPlan::Limit(Limit { skip, fetch, input })))
            }
            LogicalPlan::SubqueryAlias(node) => self.alias(node, outermost),
            LogicalPlan::Projection(node) => self.projection(node, outermost),
            LogicalPlan::Window(Window { window_expr, input, .. }) => {
                let below = self.node(input, outermost)?;
                let exprs = self.expressions(window_expr)?;
                let first = below.plan.schema().fields().len();
                let input = Arc::new(below.plan.clone());
                let plan = built(Window::try_new(exprs, input).map(LogicalPlan::Window))?;
                let mut shown = below.shown.clone();
                shown.extend(columns(&plan).into_iter().skip(first));
                Ok(Threaded { shown, ..below.over(plan) })
            }
            LogicalPlan::Join(node) => self.join(node, outermost),
            LogicalPlan::Aggregate(node) => self.aggregate(node, outermost),
            LogicalPlan::Distinct(Distinct::All(input)) => self.distinct(input, outermost),
            LogicalPlan::Union(node) => self.union(node, outermost),
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
            | LogicalPlan::Unnest(_) => Err(RewriteError::Shape("thresholds")),
        }
    }

    fn scan(&mut self, scan: &TableScan) -> Result<Threaded, RewriteError> {
        let TableScan { table_name, source: _, projection, filters, fetch, .. } = scan;
        let index = self.n_scans;
        self.n_scans += 1;
        let expected = self.scans.get(index).map(|it| it.as_str());
        if expected != Some(table_name.table()) {
            return Err(RewriteError::Lost("its tables"));
        }
        if projection.is_some() || !filters.is_empty() || fetch.is_some() {
            return Err(RewriteError::Shape("thresholds"));
        }
        let mut threaded = Threaded::plain(LogicalPlan::TableScan(scan.clone()));
        if let Some(source) = self.sources.get(&index) {
            let source = Arc::clone(source);
            let wider = TableScanBuilder::new(table_name.clone(), source).build();
            threaded.plan = built(wider.map(LogicalPlan::TableScan))?;
        }
        if let Some(thread) = self.threads.get(&index) {
            let name = thread.identity.column.as_str();
            let column = Column::new(Some(table_name.clone()), name);
            if !threaded.plan.schema().has_column(&column) {
                return Err(RewriteError::UnknownColumn);
            }
            let identity = Identity { own: vec![column], like: Vec::new() };
            threaded.live.insert(index, identity);
        }
        Ok(threaded)
    }

    fn alias(&mut self, node: &SubqueryAlias, outermost: bool) -> Result<Threaded, RewriteError> {
        let SubqueryAlias { input, alias, .. } = node;
        let below = self.node(input, outermost)?;
        let before = columns(&below.plan);
        let plan = SubqueryAlias::try_new(Arc::new(below.plan), alias.clone());
        let plan = built(plan.map(LogicalPlan::SubqueryAlias))?;
        let after = |column: &Column| {
            let index = before.iter().position(|it| it == column);
            column_at(&plan, index.ok_or(RewriteError::Lost("its columns"))?)
        };
        let shown = below.shown.iter().map(after).collect::<Result<_, _>>()?;
        let mut live = BTreeMap::new();
        for (thread, identity) in &below.live {
            live.insert(*thread, identity.renamed(|it| after(it).ok())?);
        }
        let mut counts = BTreeMap::new();
        for (thread, Count { column, may_be_absent }) in &below.counts {
            let may_be_absent = *may_be_absent;
            counts.insert(*thread, Count { column: after(column)?, may_be_absent });
        }
        Ok(Threaded { shown, live, counts, plan })
    }

    fn projection(&mut self, node: &Projection, outermost: bool) -> Result<Threaded, RewriteError> {
        let Projection { expr, input, .. } = node;
        let below = self.node(input, outermost)?;
        let mut exprs = self.expressions(expr)?;
        let n_shown = exprs.len();
        // The places of the columns that hold each identity, among the shown ones or behind them.
        let mut live: Vec<(usize, Vec<usize>, Vec<usize>)> = Vec::new();
        for (thread, identity) in &below.live {
            let places = |exprs: &[Expr], of: &[Column]| -> Vec<usize> {
                let shown = exprs.iter().take(n_shown).enumerate();
                shown.filter(|(_, it)| is_one_of(it, of)).map(|(place, _)| place).collect()
            };
            let mut own = places(&exprs, &identity.own);
            let like = places(&exprs, &identity.like);
            if own.is_empty() {
                own.push(exprs.len());
                let column = Expr::Column(identity.first()?.clone());
                exprs.push(column.alias(identity_name(*thread)));
            }
            live.push((*thread, own, like));
        }
        let mut counts = Vec::new();
        for (thread, Count { column, may_be_absent }) in &below.counts {
            counts.push((*thread, exprs.len(), *may_be_absent));
            exprs.push(Expr::Column(column.clone()));
        }
        let plan = Projection::try_new(exprs, Arc::new(below.plan)).map(LogicalPlan::Projection);
        let plan = built(plan)?;
        let shown = columns_at(&plan, 0..n_shown)?;
        let mut lives = BTreeMap::new();
        for (thread, own, like) in live {
            let (own, like) = (columns_at(&plan, own)?, columns_at(&plan, like)?);
            lives.insert(thread, Identity { own, like });
        }
        let mut found = BTreeMap::new();
        for (thread, place, may_be_absent) in counts {
            found.insert(thread, Count { column: column_at(&plan, place)?, may_be_absent });
        }
        Ok(Threaded { shown, live: lives, counts: found, plan })
    }

    fn join(&mut self, node: &Join, outermost: bool) -> Result<Threaded, RewriteError> {
        let Join { left, right, on, filter, join_type, .. } = node;
        let mut one = self.node(left, outermost)?;
        let mut other = self.node(right, outermost)?;
        let mut pairs = Vec::new();
        for (left, right) in on {
            pairs.push((self.expression(left)?, self.expression(right)?));
        }
        let filter = filter.as_ref().map(|it| self.expression(it)).transpose()?;
        let plan = Join::try_new(
            Arc::new(one.plan.clone()),
            Arc::new(other.plan.clone()),
            pairs.clone(),
            filter.clone(),
            *join_type,
            node.join_constraint,
            node.null_equality,
            node.null_aware,
        );
        let plan = built(plan.map(LogicalPlan::Join))?;
        let (keeps_one, keeps_other) = match join_type {
            JoinType::Inner => (true, true),
            JoinType::Left => {
                other.set_absent();
                (true, true)
            }
            JoinType::Right => {
                one.set_absent();
                (true, true)
            }
            JoinType::Full => {
                one.set_absent();
                other.set_absent();
                (true, true)
            }
            JoinType::LeftSemi | JoinType::LeftAnti => (true, false),
            JoinType::RightSemi | JoinType::RightAnti => (false, true),
            JoinType::LeftMark | JoinType::RightMark => {
                return Err(RewriteError::Shape("thresholds"));
            }
        };
        let mut joined =
            Threaded { plan, shown: Vec::new(), live: BTreeMap::new(), counts: BTreeMap::new() };
        for (kept, side) in [(keeps_one, one), (keeps_other, other)] {
            if kept {
                joined.shown.extend(side.shown);
                joined.live.extend(side.live);
                joined.counts.extend(side.counts);
            } else if !side.live.is_empty() {
                return Err(RewriteError::Shape("persons counted before a semi join"));
            }
        }
        if *join_type == JoinType::Inner {
            let filtered = filter.iter().flat_map(equalities);
            joined.learn(pairs.iter().map(|(one, other)| (one, other)).chain(filtered));
        }
        Ok(joined)
    }
}

/// The equalities that hold wherever a condition does.
fn equalities(condition: &Expr) -> Vec<(&Expr, &Expr)> {
    let pair = |it| match it {
        &Expr::BinaryExpr(BinaryExpr { ref left, op: Operator::Eq, ref right }) => {
            Some((left.as_ref(), right.as_ref()))
        }
        _ => None,
    };
    split_conjunction(condition).into_iter().filter_map(pair).collect()
}

impl Threaded {
    /// Rows may come without a partner from this side.
    fn set_absent(&mut self) {
        for count in self.counts.values_mut() {
            count.may_be_absent = true;
        }
    }
}

/// Whether an expression is nothing but one of these columns.
pub(super) fn is_one_of(expr: &Expr, columns: &[Column]) -> bool {
    matches!(bare(expr), Expr::Column(column) if columns.contains(column))
}
