//! A table of files, as DataFusion sees it.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::arrow_type;
use super::reading::Reading;
use super::scan::FolderScan;
use super::work::Source;

/// A table of files. It takes no filter and no limit: see the module above.
#[derive(Debug)]
pub(super) struct FolderTable {
    source: Arc<Source>,
    schema: SchemaRef,
    reading: Arc<Reading>,
}

impl FolderTable {
    pub(super) fn new(source: Source, reading: Arc<Reading>) -> Self {
        let fields: Vec<Field> = source
            .columns
            .iter()
            .map(|it| Field::new(it.name.as_str(), arrow_type(it.kind), true))
            .collect();
        Self { source: Arc::new(source), schema: Arc::new(Schema::new(fields)), reading }
    }
}

#[async_trait]
impl TableProvider for FolderTable {
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
        Ok(vec![TableProviderFilterPushDown::Unsupported; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.source.columns.len()).collect();
        let projection = projection.cloned().unwrap_or(all);
        let schema = Arc::new(self.schema.project(&projection)?);
        let (partitions, batch_rows) =
            (state.config().target_partitions(), state.config().batch_size());
        Ok(Arc::new(FolderScan::new(
            Arc::clone(&self.source),
            projection,
            schema,
            (partitions, batch_rows),
            Arc::clone(&self.reading),
        )))
    }
}
