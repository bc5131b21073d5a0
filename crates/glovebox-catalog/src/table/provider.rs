//! A member's table, as DataFusion sees it.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::hint::Hint;
use super::reading::Reading;
use super::scan::SourceScan;
use super::source::{Readable, Scan};
use super::types::fields;

/// A member's table. Of filters it takes hints, which the engine applies again, and it takes no
/// limit: see the module above.
#[derive(Debug)]
pub(super) struct SourceTable {
    source: Arc<dyn Readable>,
    schema: SchemaRef,
    reading: Arc<Reading>,
}

impl SourceTable {
    pub(super) fn new(source: Arc<dyn Readable>, reading: Arc<Reading>) -> Self {
        let schema = Arc::new(Schema::new(fields(source.columns())));
        Self { source, schema, reading }
    }
}

#[async_trait]
impl TableProvider for SourceTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let answer = |filter: &&Expr| match Hint::of(filter) {
            Some(_) => TableProviderFilterPushDown::Inexact,
            None => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(answer).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.source.columns().len()).collect();
        let projection = projection.cloned().unwrap_or(all);
        let schema = Arc::new(self.schema.project(&projection)?);
        let scan = Scan {
            projection,
            hints: filters.iter().filter_map(Hint::of).collect(),
            partitions: state.config().target_partitions(),
            batch_rows: state.config().batch_size(),
        };
        let rows = self.source.rows();
        let work = Arc::clone(&self.source).scan(scan);
        Ok(Arc::new(SourceScan::new(work, rows, schema, Arc::clone(&self.reading))))
    }
}
