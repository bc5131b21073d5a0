//! Which filters reach the scans of a plan once it is optimised.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    Expr, LogicalPlan, TableProviderFilterPushDown, TableSource, TableType,
};
use glovebox_model::TableName;

use super::scanned::table_name;
use super::substitute;
use crate::error::RewriteError;

/// A table that takes every filter as a hint.
#[derive(Debug)]
struct Willing(SchemaRef);

impl TableSource for Willing {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.0)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }
}

/// The filters of every scan of each table, when `optimize` plans over tables that take all of
/// them. A function of the plan alone.
///
/// # Errors
///
/// When a name is none of ours, or the planner fails.
pub fn scan_filters(
    plan: &LogicalPlan,
    optimize: impl FnOnce(&LogicalPlan) -> Result<LogicalPlan>,
) -> std::result::Result<BTreeMap<TableName, Vec<Vec<Expr>>>, RewriteError> {
    let planner = |_| RewriteError::Planner;
    let mut sources: BTreeMap<TableName, Arc<dyn TableSource>> = BTreeMap::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Some(name) = table_name(&scan.table_name)
        {
            sources.insert(name, Arc::new(Willing(scan.source.schema())));
        }
        Ok::<_, DataFusionError>(TreeNodeRecursion::Continue)
    })
    .map_err(planner)?;
    let plan = optimize(&substitute(plan.clone(), &sources)?).map_err(planner)?;
    let mut filters: BTreeMap<TableName, Vec<Vec<Expr>>> = BTreeMap::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Some(name) = table_name(&scan.table_name)
        {
            filters.entry(name).or_default().push(scan.filters.clone());
        }
        Ok::<_, DataFusionError>(TreeNodeRecursion::Continue)
    })
    .map_err(planner)?;
    Ok(filters)
}
