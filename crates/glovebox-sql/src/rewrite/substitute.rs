//! Puts readable sources under a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::{LogicalPlan, TableScan, TableScanBuilder, TableSource};
use glovebox_model::TableName;

use super::scanned::table_name;
use crate::error::RewriteError;

/// Replaces the sources of all scans, also inside subqueries. `sources` holds one source for
/// each table of the plan; it must have exactly the columns that the plan's table has, by
/// name, type and order.
///
/// # Errors
///
/// When a table has no source, or a source has other columns.
pub fn substitute(
    plan: LogicalPlan,
    sources: &BTreeMap<TableName, Arc<dyn TableSource>>,
) -> Result<LogicalPlan, RewriteError> {
    let mut fault = None;
    let replaced = plan.transform_up_with_subqueries(|node| {
        let LogicalPlan::TableScan(scan) = &node else {
            return node.recompute_schema().map(Transformed::yes);
        };
        let source = match source(scan, sources) {
            Ok(source) => source,
            Err(error) => {
                fault = Some(error);
                return Ok(Transformed::no(node));
            }
        };
        TableScanBuilder::new(scan.table_name.clone(), source)
            .build()
            .map(|it| Transformed::yes(LogicalPlan::TableScan(it)))
    });
    match (fault, replaced) {
        (Some(fault), _) => Err(fault),
        (None, Ok(replaced)) => Ok(replaced.data),
        (None, Err(_)) => Err(RewriteError::Planner),
    }
}

/// The source for a scan, when its columns are those of the plan's.
fn source(
    scan: &TableScan,
    sources: &BTreeMap<TableName, Arc<dyn TableSource>>,
) -> Result<Arc<dyn TableSource>, RewriteError> {
    let name = table_name(&scan.table_name).ok_or(RewriteError::UnknownColumn)?;
    let Some(source) = sources.get(&name) else { return Err(RewriteError::Source(name)) };
    let (old, new) = (scan.source.schema(), source.schema());
    let same = old.fields().len() == new.fields().len()
        && old
            .fields()
            .iter()
            .zip(new.fields())
            .all(|(old, new)| old.name() == new.name() && old.data_type() == new.data_type());
    if same { Ok(Arc::clone(source)) } else { Err(RewriteError::Source(name)) }
}
