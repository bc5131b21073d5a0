//! Nodes of a plan.

use datafusion::common::{DFSchema, JoinType, NullEquality, TableReference};
use datafusion::logical_expr::{
    Aggregate, Distinct, DistinctOn, EmptyRelation, Expr, Filter, Join, Limit, LogicalPlan,
    Projection, Sort, SubqueryAlias, TableScan, Union, Values, Window,
};
use glovebox_model::{ColumnName, TableName};

use super::expression::{conjuncts, equality_leaves, guard_threshold, own_name};
use super::{Denied, Extraction, Rows};
use crate::facts::{PlanGuard, PlanJoin, PlanScan, Source};
use crate::limits::MAX_DEPTH;
use crate::lineage::Flow;

impl Extraction<'_> {
    /// Reads one node and all below it. `alias` is what the node above calls it.
    pub(super) fn node(&mut self, plan: &LogicalPlan, alias: Option<&str>) -> Result<Rows, Denied> {
        // A plan has at most a handful of nodes per level of the text.
        if self.depth > 10 * MAX_DEPTH {
            return Err(Denied("a plan nested too deeply"));
        }
        self.depth += 1;
        let rows = self.kind(plan, alias);
        self.depth -= 1;
        rows
    }

    fn kind(&mut self, plan: &LogicalPlan, alias: Option<&str>) -> Result<Rows, Denied> {
        let name = node_name(plan)?;
        *self.lineage.nodes.entry(name).or_default() += 1;
        match plan {
            LogicalPlan::Aggregate(node) => self.aggregate(node),
            LogicalPlan::Distinct(Distinct::All(input)) => {
                let rows = self.node(input, None)?;
                self.lineage.distincts.extend(rows.flows.iter().map(Flow::as_use));
                Ok(rows)
            }
            LogicalPlan::Distinct(Distinct::On(node)) => self.distinct_on(node),
            LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: _, schema }) => {
                Ok(Rows::empty(schema))
            }
            LogicalPlan::Filter(node) => self.filter(node),
            LogicalPlan::Join(node) => self.join(node),
            LogicalPlan::Limit(Limit { skip, fetch, input }) => {
                let rows = self.node(input, None)?;
                for expr in [skip, fetch].into_iter().flatten() {
                    self.flow(expr, &rows)?;
                }
                Ok(rows)
            }
            LogicalPlan::Projection(Projection { expr, input, schema, .. }) => {
                let rows = self.node(input, None)?;
                let flows = self.flows(expr, &rows)?;
                Ok(Rows { schema: schema.as_ref().clone(), flows, ..rows })
            }
            LogicalPlan::Sort(Sort { expr, input, fetch }) => {
                if fetch.is_some() {
                    return Err(Denied("a sort with a limit"));
                }
                let rows = self.node(input, None)?;
                for sort in expr {
                    let flow = self.flow(&sort.expr, &rows)?;
                    self.lineage.orders.push(flow.as_use());
                }
                Ok(rows)
            }
            LogicalPlan::SubqueryAlias(SubqueryAlias { input, alias, schema, .. }) => {
                let rows = self.node(input, Some(alias.table()))?;
                Ok(Rows { schema: schema.as_ref().clone(), ..rows })
            }
            LogicalPlan::TableScan(node) => self.scan(node, alias),
            LogicalPlan::Union(Union { inputs, schema }) => self.union(inputs, schema),
            LogicalPlan::Values(Values { schema, values }) => {
                let rows = Rows::empty(schema);
                for expr in values.iter().flatten() {
                    self.flow(expr, &rows)?;
                }
                Ok(rows)
            }
            LogicalPlan::Window(Window { input, window_expr, schema, .. }) => {
                let rows = self.node(input, None)?;
                let mut flows = rows.flows.clone();
                flows.extend(self.flows(window_expr, &rows)?);
                Ok(Rows { schema: schema.as_ref().clone(), flows, ..rows })
            }
            // Denied above.
            LogicalPlan::Analyze(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::Ddl(_)
            | LogicalPlan::DescribeTable(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Extension(_)
            | LogicalPlan::RecursiveQuery(_)
            | LogicalPlan::Repartition(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Subquery(_)
            | LogicalPlan::Unnest(_) => Err(Denied("a node that is not allowed")),
        }
    }

    fn scan(&mut self, node: &TableScan, alias: Option<&str>) -> Result<Rows, Denied> {
        let TableScan {
            table_name,
            source: _,
            projection: _,
            projected_schema,
            filters,
            fetch,
            statistics_requests: _,
            ..
        } = node;
        if !filters.is_empty() || fetch.is_some() {
            return Err(Denied("a scan that filters"));
        }
        let TableReference::Bare { table } = table_name else {
            return Err(Denied("a scan of a qualified table"));
        };
        let table = TableName::new(table).map_err(|_| Denied("a scan of a misnamed table"))?;
        let scan = self.lineage.scans.len();
        let alias = alias.unwrap_or(table.as_str()).to_owned();
        self.lineage.scans.push(PlanScan { table, alias });
        let flow = |name: &str| {
            let column = ColumnName::new(name).map_err(|_| Denied("a misnamed column"))?;
            Ok(Flow::of(Source { scan, column }))
        };
        let flows = projected_schema.fields().iter().map(|it| flow(it.name()));
        Ok(Rows {
            flows: flows.collect::<Result<_, Denied>>()?,
            schema: projected_schema.as_ref().clone(),
            aggregated: false,
            scans: [scan].into(),
        })
    }

    fn aggregate(&mut self, node: &Aggregate) -> Result<Rows, Denied> {
        let Aggregate { input, group_expr, aggr_expr, schema, .. } = node;
        let rows = self.node(input, None)?;
        let mut flows = Vec::new();
        for expr in group_expr {
            if let Expr::GroupingSet(set) = expr {
                *self.lineage.nodes.entry("GroupingSet").or_default() += 1;
                for part in set.distinct_expr() {
                    flows.push(self.group(part, &rows)?);
                }
                // The hidden number of the set.
                flows.push(Flow::default());
            } else {
                flows.push(self.group(expr, &rows)?);
            }
        }
        for expr in aggr_expr {
            flows.push(self.aggregate_call(expr, &rows)?);
        }
        Rows { schema: schema.as_ref().clone(), flows, aggregated: true, scans: rows.scans }
            .checked()
    }

    fn group(&mut self, expr: &Expr, rows: &Rows) -> Result<Flow, Denied> {
        let flow = self.flow(expr, rows)?;
        self.lineage.groups.push(flow.as_use());
        Ok(flow)
    }

    fn distinct_on(&mut self, node: &DistinctOn) -> Result<Rows, Denied> {
        let DistinctOn { on_expr, select_expr, sort_expr, input, schema } = node;
        let rows = self.node(input, None)?;
        for expr in on_expr {
            self.group(expr, &rows)?;
        }
        for sort in sort_expr.iter().flatten() {
            let flow = self.flow(&sort.expr, &rows)?;
            self.lineage.orders.push(flow.as_use());
        }
        let flows = self.flows(select_expr, &rows)?;
        Ok(Rows { schema: schema.as_ref().clone(), flows, ..rows })
    }

    fn filter(&mut self, node: &Filter) -> Result<Rows, Denied> {
        let Filter { predicate, input, .. } = node;
        let rows = self.node(input, None)?;
        if matches!(input.as_ref(), LogicalPlan::Aggregate(_))
            && let Some(guards) = guards(predicate, &rows)
        {
            self.lineage.guards.extend(guards);
            return Ok(rows);
        }
        let found = self.flow(predicate, &rows)?.as_use();
        self.truths(predicate, &rows)?;
        if rows.aggregated {
            self.lineage.havings.push(found);
        } else {
            self.lineage.filters.push(found);
        }
        Ok(rows)
    }

    fn join(&mut self, node: &Join) -> Result<Rows, Denied> {
        let Join { left, right, on, filter, join_type, schema, null_equality, .. } = node;
        let left = self.node(left, None)?;
        let right = self.node(right, None)?;
        let mut both = left.schema.clone();
        both.merge(&right.schema);
        let combined = left.schema.join(&right.schema).unwrap_or(both);
        let inside = Rows {
            schema: combined,
            flows: left.flows.iter().chain(&right.flows).cloned().collect(),
            aggregated: left.aggregated || right.aggregated,
            scans: left.scans.union(&right.scans).copied().collect(),
        };
        let inside = inside.checked()?;
        let mut equalities = Vec::new();
        let (mut pure, mut has_or) = (true, false);
        for (one, other) in on {
            let one = self.flow(one, &left)?;
            let other = self.flow(other, &right)?;
            self.compared("=", &[one.clone(), other.clone()]);
            match (one.bare, other.bare) {
                (Some(one), Some(other)) => equalities.push((one, other)),
                (None, _) | (_, None) => pure = false,
            }
        }
        if let Some(filter) = filter {
            self.flow(filter, &inside)?;
            self.truths(filter, &inside)?;
            for leaf in equality_leaves(filter, &mut has_or) {
                let pair = match leaf {
                    Some((one, other)) => {
                        let one = self.flow(one, &inside)?.bare;
                        let other = self.flow(other, &inside)?.bare;
                        one.zip(other).and_then(|pair| across(pair, &left, &right))
                    }
                    None => None,
                };
                match pair {
                    Some(pair) => equalities.push(pair),
                    None => pure = false,
                }
            }
        }
        self.lineage.joins.push(PlanJoin {
            inner: *join_type == JoinType::Inner,
            pure: pure && !equalities.is_empty(),
            equalities,
            has_or,
            left: left.scans.clone(),
            right: right.scans.clone(),
        });
        if !matches!(join_type, JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full)
        {
            *self.lineage.nodes.entry("SemiJoin").or_default() += 1;
        }
        let flows = match join_type {
            JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => inside.flows,
            // INTERSECT and EXCEPT: what comes out tells about the values of both sides.
            JoinType::LeftSemi | JoinType::LeftAnti
                if *null_equality == NullEquality::NullEqualsNull =>
            {
                told_by_both(&left.flows, &right.flows)
            }
            JoinType::LeftSemi | JoinType::LeftAnti => left.flows,
            JoinType::RightSemi | JoinType::RightAnti => right.flows,
            JoinType::LeftMark | JoinType::RightMark => {
                return Err(Denied("a mark join"));
            }
        };
        Rows { schema: schema.as_ref().clone(), flows, ..inside }.checked()
    }

    fn union(
        &mut self,
        inputs: &[std::sync::Arc<LogicalPlan>],
        schema: &DFSchema,
    ) -> Result<Rows, Denied> {
        let mut all = Rows::empty(schema);
        let mut branches = Vec::new();
        for input in inputs {
            let rows = self.node(input, None)?;
            all.aggregated |= rows.aggregated;
            all.scans.extend(rows.scans);
            if rows.flows.len() != all.flows.len() {
                return Err(Denied("a union of unequal rows"));
            }
            branches.push(rows.flows);
        }
        for (place, flow) in all.flows.iter_mut().enumerate() {
            *flow = Flow::union(branches.iter().filter_map(|it| it.get(place)));
        }
        Ok(all)
    }

    fn flows(&mut self, exprs: &[Expr], rows: &Rows) -> Result<Vec<Flow>, Denied> {
        exprs.iter().map(|it| self.flow(it, rows)).collect()
    }

    /// Whether our own rewrite named this column.
    pub(super) fn is_hidden(&self, expr: &Expr) -> bool {
        own_name(expr).is_some_and(|it| self.hidden.contains(it))
    }
}

impl Rows {
    pub(super) fn empty(schema: &DFSchema) -> Self {
        Self {
            schema: schema.clone(),
            flows: vec![Flow::default(); schema.fields().len()],
            aggregated: false,
            scans: std::collections::BTreeSet::new(),
        }
    }

    /// One flow per column, or nothing is known.
    fn checked(self) -> Result<Self, Denied> {
        if self.flows.len() == self.schema.fields().len() {
            Ok(self)
        } else {
            Err(Denied("a node whose columns do not add up"))
        }
    }
}

/// What a node is called in the count of nodes; those that no plan may hold have no name.
fn node_name(plan: &LogicalPlan) -> Result<&'static str, Denied> {
    Ok(match plan {
        LogicalPlan::Aggregate(_) => "Aggregate",
        LogicalPlan::Distinct(_) => "Distinct",
        LogicalPlan::EmptyRelation(_) => "EmptyRelation",
        LogicalPlan::Filter(_) => "Filter",
        LogicalPlan::Join(_) => "Join",
        LogicalPlan::Limit(_) => "Limit",
        LogicalPlan::Projection(_) => "Projection",
        LogicalPlan::Sort(_) => "Sort",
        LogicalPlan::SubqueryAlias(_) => "SubqueryAlias",
        LogicalPlan::TableScan(_) => "TableScan",
        LogicalPlan::Union(_) => "Union",
        LogicalPlan::Values(_) => "Values",
        LogicalPlan::Window(_) => "Window",
        LogicalPlan::Analyze(_)
        | LogicalPlan::Copy(_)
        | LogicalPlan::Ddl(_)
        | LogicalPlan::DescribeTable(_)
        | LogicalPlan::Dml(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Extension(_)
        | LogicalPlan::RecursiveQuery(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Statement(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::Unnest(_) => return Err(Denied("a node that is not allowed")),
    })
}

/// The columns on the left, each with what flows into the one in its place on the right.
fn told_by_both(left: &[Flow], right: &[Flow]) -> Vec<Flow> {
    let both = |(place, one): (usize, &Flow)| {
        let joined = Flow::join(std::iter::once(one).chain(right.get(place)));
        let Flow { plain, aggregated, functions, values, ordered, .. } = joined;
        Flow { plain, aggregated, functions, values, ordered, ..one.clone() }
    };
    left.iter().enumerate().map(both).collect()
}

/// The pair with the left side's column first, when it takes one from each side.
fn across(pair: (Source, Source), left: &Rows, right: &Rows) -> Option<(Source, Source)> {
    let (one, other) = pair;
    if left.scans.contains(&one.scan) && right.scans.contains(&other.scan) {
        Some((one, other))
    } else if left.scans.contains(&other.scan) && right.scans.contains(&one.scan) {
        Some((other, one))
    } else {
        None
    }
}

/// The guards, when the predicate is nothing but guards.
fn guards(predicate: &Expr, rows: &Rows) -> Option<Vec<PlanGuard>> {
    conjuncts(predicate)
        .into_iter()
        .map(|leaf| {
            let (column, minimum) = guard_threshold(leaf)?;
            let index = rows.schema.maybe_index_of_column(column)?;
            let mut merged = rows.flows.get(index)?.guard.clone();
            let counted = merged.pop_first()?;
            Some(PlanGuard { counted, merged, minimum })
        })
        .collect()
}
