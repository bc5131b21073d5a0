//! The rest of a private query, over released numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::MemTable;
use datafusion::catalog::default_table_source::provider_as_source;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::collect;
use glovebox_model::TableName;
use glovebox_sql::RELEASED;
use glovebox_sql::rewrite::substitute;

use crate::Cause;
use crate::run::cause;
use crate::session::{Profile, Share, session};

/// HAVING, ORDER BY, LIMIT and arithmetic over released numbers.
pub(crate) async fn finish(
    share: &Share,
    plan: LogicalPlan,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
) -> Result<(SchemaRef, Vec<RecordBatch>), Cause> {
    let state = session(share, Profile::Hash).map_err(cause)?;
    let table = MemTable::try_new(schema, vec![batches]).map_err(cause)?;
    let name = TableName::new(RELEASED).map_err(|_| Cause::Internal("a name"))?;
    let sources = BTreeMap::from([(name, provider_as_source(Arc::new(table)))]);
    let plan = substitute(plan, &sources)
        .map_err(|_| Cause::Internal("released numbers do not fit the plan"))?;
    let physical = state.create_physical_plan(&plan).await.map_err(cause)?;
    let schema = physical.schema();
    let rows = collect(physical, state.task_ctx()).await.map_err(cause)?;
    Ok((schema, rows))
}
