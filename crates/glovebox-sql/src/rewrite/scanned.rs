//! Which columns of which tables a plan may read.

use std::collections::BTreeMap;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::logical_expr::LogicalPlan;
use glovebox_model::{ColumnName, TableName};

use crate::error::RewriteError;

/// The columns that the source of each table must show to [`super::substitute`], in order.
///
/// # Errors
///
/// When two scans of one table show other columns, or a name is none of ours.
pub fn scanned(plan: &LogicalPlan) -> Result<BTreeMap<TableName, Vec<ColumnName>>, RewriteError> {
    let mut tables: BTreeMap<TableName, Vec<ColumnName>> = BTreeMap::new();
    let mut fault = None;
    let walked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let name = table_name(&scan.table_name);
            let fields = scan.source.schema();
            let columns: Option<Vec<ColumnName>> =
                fields.fields().iter().map(|it| ColumnName::new(it.name()).ok()).collect();
            let (Some(name), Some(columns)) = (name, columns) else {
                fault = Some(RewriteError::UnknownColumn);
                return Ok(TreeNodeRecursion::Stop);
            };
            if *tables.entry(name.clone()).or_insert_with(|| columns.clone()) != columns {
                fault = Some(RewriteError::Source(name));
            }
        }
        Ok::<_, DataFusionError>(TreeNodeRecursion::Continue)
    });
    match (fault, walked) {
        (Some(fault), _) => Err(fault),
        (None, Ok(_)) => Ok(tables),
        (None, Err(_)) => Err(RewriteError::Planner),
    }
}

/// The name of a scanned table; `None` if it is none of ours.
pub(super) fn table_name(reference: &TableReference) -> Option<TableName> {
    match reference {
        TableReference::Bare { table } => TableName::new(table).ok(),
        TableReference::Partial { .. } | TableReference::Full { .. } => None,
    }
}
