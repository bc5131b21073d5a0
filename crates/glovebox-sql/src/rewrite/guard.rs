//! Thresholds in the plan: groups below one never come out of the aggregate.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, TableReference};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{
    Aggregate, AggregateUDF, Expr, Filter, LogicalPlan, Projection, Sort, SubqueryAlias,
    TableScanBuilder, lit,
};
use glovebox_model::{ColumnName, TableName};

use super::RewriteError;
use crate::bind::PlanTable;
use crate::bound::{Bound, HiddenGuard};
use crate::facts::{PlanGuard, ScanId, Source};
use crate::functions;
use crate::limits::with_stack;
use crate::schema::TableSchema;

/// One threshold: every row of the result must stand for at least `minimum` distinct non-null
/// values of `column` of `scan`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GuardRequest {
    /// The table reference.
    pub scan: ScanId,
    /// Any column of the configured table, also one that no query can name.
    pub column: ColumnName,
    /// The threshold.
    pub minimum: u32,
}

/// Puts the thresholds into a filter directly above the one aggregate of the plan, and threads
/// each count up as a hidden trailing output column, so that release can check it again.
///
/// # Errors
///
/// When the plan has no aggregate or several, when something stands between the aggregate and
/// the output that the counts cannot pass, or when a guard names nothing.
pub fn guard(bound: Bound, requests: &[GuardRequest]) -> Result<Bound, RewriteError> {
    if requests.is_empty() {
        return Ok(bound);
    }
    if !bound.guards().is_empty() {
        return Err(RewriteError::Shape("a first set of guards"));
    }
    with_stack(|| guard_here(bound, requests))
}

fn guard_here(bound: Bound, requests: &[GuardRequest]) -> Result<Bound, RewriteError> {
    let work = Work::prepare(&bound, requests)?;
    let plan = work.thread(bound.plan())?;
    let first = bound.output_names().len();
    let guards: Vec<HiddenGuard> = work
        .counts
        .iter()
        .enumerate()
        .map(|(index, count)| HiddenGuard {
            output_index: first + index,
            minimum: count.minimum,
            keyless: count.minimum,
            name: count.name.clone(),
            may_be_absent: false,
            counted: BTreeSet::from([count.counted.clone()]),
        })
        .collect();
    let wanted: BTreeSet<PlanGuard> = work
        .counts
        .iter()
        .map(|it| PlanGuard {
            counted: it.counted.clone(),
            merged: BTreeSet::new(),
            minimum: it.minimum,
        })
        .collect();
    bound.with_plan(plan, guards, &wanted)
}

/// What is to be put in.
struct Work {
    count: Arc<AggregateUDF>,
    counts: Vec<Count>,
    /// For each scan, in plan order, what it must show of the hidden columns.
    sources: BTreeMap<usize, Arc<PlanTable>>,
}

struct Count {
    name: String,
    column: Column,
    minimum: u32,
    counted: Source,
}

impl Work {
    fn prepare(bound: &Bound, requests: &[GuardRequest]) -> Result<Self, RewriteError> {
        let facts = bound.facts();
        let (scans, planned) = (&facts.statement.scans, &facts.lineage.scans);
        let same = scans.len() == planned.len()
            && scans.iter().zip(planned).all(|(a, b)| a.table == b.table && a.alias == b.alias);
        if !same {
            return Err(RewriteError::Shape("guards of its tables"));
        }
        let mut counts = Vec::new();
        // By table, so that every scan of one table shows the same columns.
        let mut shown: BTreeMap<&TableName, BTreeSet<ColumnName>> = BTreeMap::new();
        for (index, GuardRequest { scan, column, minimum }) in requests.iter().enumerate() {
            let named = scans.get(scan.0).ok_or(RewriteError::UnknownColumn)?;
            let table = bound.schema().tables.get(&named.table);
            let table = table.ok_or(RewriteError::UnknownColumn)?;
            if table.hidden.iter().any(|it| it.name == *column) {
                shown.entry(&named.table).or_default().insert(column.clone());
            } else if !table.columns.iter().any(|it| it.name == *column) {
                return Err(RewriteError::UnknownColumn);
            }
            counts.push(Count {
                name: format!("__gb_guard_{index}"),
                column: Column::new(
                    Some(TableReference::bare(named.alias.as_str())),
                    column.as_str(),
                ),
                minimum: *minimum,
                counted: Source { scan: scan.0, column: column.clone() },
            });
        }
        let mut sources = BTreeMap::new();
        for (scan, named) in scans.iter().enumerate() {
            let table = bound.schema().tables.get(&named.table);
            if let (Some(hidden), Some(table)) = (shown.get(&named.table), table) {
                sources.insert(scan, Arc::new(widened(table, hidden)));
            }
        }
        let count = functions::aggregate("count").ok_or(RewriteError::Shape("counting"))?;
        Ok(Self { count, counts, sources })
    }

    /// Rebuilds the way from the output down to the aggregate.
    fn thread(&self, plan: &LogicalPlan) -> Result<LogicalPlan, RewriteError> {
        let built = match plan {
            LogicalPlan::Projection(Projection { expr, input, .. }) => {
                let input = self.thread(input)?;
                let mut exprs = expr.clone();
                exprs.extend(self.hidden_columns(&input));
                Projection::try_new(exprs, Arc::new(input)).map(LogicalPlan::Projection)
            }
            LogicalPlan::Filter(Filter { predicate, input, .. }) => {
                let input = self.thread(input)?;
                Filter::try_new(predicate.clone(), Arc::new(input)).map(LogicalPlan::Filter)
            }
            LogicalPlan::Sort(Sort { expr, input, fetch: None }) => {
                let input = Arc::new(self.thread(input)?);
                Ok(LogicalPlan::Sort(Sort { expr: expr.clone(), input, fetch: None }))
            }
            LogicalPlan::SubqueryAlias(SubqueryAlias { input, alias, .. }) => {
                let input = Arc::new(self.thread(input)?);
                SubqueryAlias::try_new(input, alias.clone()).map(LogicalPlan::SubqueryAlias)
            }
            LogicalPlan::Aggregate(node) => return self.aggregate(node),
            _ => return Err(RewriteError::Shape("guards")),
        };
        built.map_err(|_| RewriteError::Planner)
    }

    /// The last columns of a threaded node: the hidden counts.
    fn hidden_columns(&self, input: &LogicalPlan) -> Vec<Expr> {
        let schema = input.schema();
        let first = schema.fields().len().saturating_sub(self.counts.len());
        (first..schema.fields().len())
            .map(|index| Expr::Column(Column::from(schema.qualified_field(index))))
            .collect()
    }

    fn aggregate(&self, node: &Aggregate) -> Result<LogicalPlan, RewriteError> {
        let Aggregate { input, group_expr, aggr_expr, .. } = node;
        if group_expr.iter().any(|it| matches!(it, Expr::GroupingSet(_))) {
            return Err(RewriteError::Shape("guards of one grouping"));
        }
        if has_aggregate(input) {
            return Err(RewriteError::Shape("guards of one aggregate"));
        }
        let input = self.widen(input.as_ref().clone())?;
        let mut calls = aggr_expr.clone();
        for count in &self.counts {
            let argument = Expr::Column(count.column.clone());
            let call = AggregateFunction::new_udf(
                Arc::clone(&self.count),
                vec![argument],
                true,
                None,
                Vec::new(),
                None,
            );
            calls.push(Expr::AggregateFunction(call).alias(&count.name));
        }
        let aggregate = Aggregate::try_new(Arc::new(input), group_expr.clone(), calls)
            .map_err(|_| RewriteError::Planner)?;
        let threshold = |it: &Count| {
            Expr::Column(Column::new_unqualified(&it.name)).gt_eq(lit(i64::from(it.minimum)))
        };
        let predicate = conjunction(self.counts.iter().map(threshold))
            .ok_or(RewriteError::Shape("at least one guard"))?;
        Filter::try_new(predicate, Arc::new(LogicalPlan::Aggregate(aggregate)))
            .map(LogicalPlan::Filter)
            .map_err(|_| RewriteError::Planner)
    }

    /// Lets the scans below show the hidden columns that guards count.
    fn widen(&self, plan: LogicalPlan) -> Result<LogicalPlan, RewriteError> {
        let mut next = 0;
        let widened = plan.transform_up(|node| {
            let LogicalPlan::TableScan(scan) = node else {
                return node.recompute_schema().map(Transformed::yes);
            };
            let index = next;
            next += 1;
            let Some(source) = self.sources.get(&index) else {
                return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
            };
            let source = Arc::clone(source);
            TableScanBuilder::new(scan.table_name, source)
                .build()
                .map(|it| Transformed::yes(LogicalPlan::TableScan(it)))
        });
        widened.map(|it| it.data).map_err(|_: DataFusionError| RewriteError::Planner)
    }
}

pub(super) fn widened(table: &TableSchema, hidden: &BTreeSet<ColumnName>) -> PlanTable {
    let shown = table.hidden.iter().filter(|it| hidden.contains(&it.name));
    let columns: Vec<_> = table.columns.iter().chain(shown).cloned().collect();
    PlanTable::new(&columns)
}

fn has_aggregate(plan: &LogicalPlan) -> bool {
    let mut found = false;
    let walked = plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::Aggregate(_) | LogicalPlan::Distinct(_));
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    walked.is_err() || found
}
