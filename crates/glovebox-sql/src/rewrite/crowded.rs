//! Checks over tables of the runner's: in how many of its own groups one key may stand.
//!
//! A check is a plan of its own over the whole table and nothing else, without the filters of
//! the query: what it answers depends on the rows of that table only.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::common::{Column, Result as PlanResult, TableReference};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, Filter, Limit, LogicalPlan, Projection, TableScanBuilder, lit,
};
use glovebox_model::{ColumnName, TableName};

use super::RewriteError;
use super::distinct_scan::note_columns;
use crate::bind::PlanTable;
use crate::bound::{Bound, CrowdingCheck, settled};
use crate::extract;
use crate::functions;
use crate::limits::with_stack;

/// One limit: no non-null tuple of `keys` may stand with more than `limit` different tuples of
/// `groups`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crowding {
    /// Index into [`crate::Lineage::scans`].
    pub scan: usize,
    /// The columns that together are a key.
    pub keys: BTreeSet<ColumnName>,
    /// The columns that tell groups apart; `None` for every column that the query uses.
    pub groups: Option<BTreeSet<ColumnName>>,
    /// In how many groups a key may stand.
    pub limit: u32,
}

/// Adds the checks to the query, each once. A check that cannot fail, because the key itself
/// tells the group, is left out.
///
/// # Errors
///
/// When a scan or a column does not exist, or a key has no columns.
pub fn crowded(bound: Bound, asked: &[Crowding]) -> Result<Bound, RewriteError> {
    with_stack(|| {
        let mut done = BTreeSet::new();
        let mut checks = Vec::new();
        for crowding in asked {
            let Crowding { scan, keys, groups, limit } = crowding;
            let scans = &bound.facts().lineage.scans;
            let scan = scans.get(*scan).ok_or(RewriteError::UnknownColumn)?;
            let groups = match groups {
                Some(groups) => groups.clone(),
                None => used(&bound, &scan.table)?,
            };
            let is_new = done.insert((scan.table.clone(), keys.clone(), groups.clone(), *limit));
            if !is_new || (groups.is_subset(keys) && *limit > 0) {
                continue;
            }
            let plan = plan(&bound, &scan.table, keys, &groups, *limit)?;
            checks.push(CrowdingCheck { table: scan.table.clone(), limit: *limit, plan });
        }
        Ok(bound.with_checks(checks))
    })
}

/// The columns of a table that any expression of the query names, with or without its alias: a
/// column of the same name in another table counts too.
fn used(bound: &Bound, table: &TableName) -> Result<BTreeSet<ColumnName>, RewriteError> {
    let mut columns = BTreeSet::new();
    note_columns(bound.plan(), &mut columns).map_err(|_| RewriteError::Planner)?;
    let names: BTreeSet<&str> = columns.iter().map(|it| it.name.as_str()).collect();
    let table = bound.schema().tables.get(table).ok_or(RewriteError::UnknownColumn)?;
    let own = table.columns.iter().map(|it| &it.name);
    Ok(own.filter(|it| names.contains(it.as_str())).cloned().collect())
}

fn plan(
    bound: &Bound,
    name: &TableName,
    keys: &BTreeSet<ColumnName>,
    groups: &BTreeSet<ColumnName>,
    limit: u32,
) -> Result<LogicalPlan, RewriteError> {
    let table = bound.schema().tables.get(name).ok_or(RewriteError::UnknownColumn)?;
    let wanted: BTreeSet<&ColumnName> = keys.union(groups).collect();
    let columns: Vec<_> =
        table.columns.iter().filter(|it| wanted.contains(&it.name)).cloned().collect();
    if keys.is_empty() || columns.len() != wanted.len() {
        return Err(RewriteError::UnknownColumn);
    }
    let column = |it: &ColumnName| {
        Expr::Column(Column::new(Some(TableReference::bare(name.as_str())), it.as_str()))
    };
    let all = columns.iter().map(|it| column(&it.name)).collect();
    let keys = keys.iter().map(column).collect();
    let source = Arc::new(PlanTable::new(&columns));
    let built = built(name, source, all, keys, limit).map_err(|_| RewriteError::Planner)?;
    let plan = settled(built, bound.now())?;
    let extracted =
        extract::lineage(&plan, &BTreeSet::new()).map_err(|denied| RewriteError::Left(denied.0))?;
    match extracted.lineage.scans.as_slice() {
        [only] if only.table == *name => Ok(plan),
        _ => Err(RewriteError::Lost("its one table")),
    }
}

/// The tuples of key and group once each, counted by key.
fn built(
    name: &TableName,
    source: Arc<PlanTable>,
    all: Vec<Expr>,
    keys: Vec<Expr>,
    limit: u32,
) -> PlanResult<LogicalPlan> {
    let scan = TableScanBuilder::new(TableReference::bare(name.as_str()), source).build()?;
    let mut plan = LogicalPlan::TableScan(scan);
    if let Some(known) = conjunction(keys.iter().cloned().map(Expr::is_not_null)) {
        plan = LogicalPlan::Filter(Filter::try_new(known, Arc::new(plan))?);
    }
    plan = LogicalPlan::Projection(Projection::try_new(all, Arc::new(plan))?);
    plan = LogicalPlan::Distinct(Distinct::All(Arc::new(plan)));
    let Some(count) = functions::aggregate("count") else {
        return datafusion::common::plan_err!("counting");
    };
    let call = AggregateFunction::new_udf(count, vec![lit(1_i64)], false, None, Vec::new(), None);
    let call = Expr::AggregateFunction(call).alias("__gb_groups");
    plan = LogicalPlan::Aggregate(Aggregate::try_new(Arc::new(plan), keys, vec![call])?);
    let many = Expr::Column(Column::new_unqualified("__gb_groups")).gt(lit(i64::from(limit)));
    plan = LogicalPlan::Filter(Filter::try_new(many, Arc::new(plan))?);
    let found = vec![lit(true).alias("__gb_crowded")];
    plan = LogicalPlan::Projection(Projection::try_new(found, Arc::new(plan))?);
    let fetch = Some(Box::new(lit(1_i64)));
    Ok(LogicalPlan::Limit(Limit { skip: None, fetch, input: Arc::new(plan) }))
}
