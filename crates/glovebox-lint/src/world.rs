//! Small tables, and what queries over them answer under rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{LogicalPlan, TableSource};
use datafusion::prelude::{SessionConfig, SessionContext};
use glovebox_model::{Column, ColumnName, TableName, Timestamp};
use glovebox_policy::{Cleared, Rules, clear};
use glovebox_sql::{Schema, arrow_type, bind, rewrite};

/// A row: each cell as text, `None` is NULL. Cells are read as the type of their column.
pub(crate) type Row = Vec<Option<String>>;

/// One table: its columns, also those that no query can name, and its rows.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

/// Tables with what their owners say.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) schema: Schema,
    pub(crate) rules: Rules,
    pub(crate) tables: BTreeMap<TableName, Content>,
}

/// What became of one query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The visible cells, row by row, in the order in which they came.
    Rows(Vec<Vec<String>>),
    /// It broke while it ran.
    Failed,
}

/// Runs queries of a lint.
pub(crate) struct Runner {
    runtime: tokio::runtime::Runtime,
    context: SessionContext,
    now: Timestamp,
}

/// Why nothing can be run.
#[derive(Debug, thiserror::Error)]
#[error("the engine cannot be started")]
pub struct NoEngine;

impl Runner {
    pub(crate) fn new(now: Timestamp) -> Result<Self, NoEngine> {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let context =
            SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        Ok(Self { runtime: runtime.map_err(|_| NoEngine)?, context, now })
    }

    /// The query as the rules allow it, if they do.
    pub(crate) fn judge(&self, world: &World, sql: &str) -> Option<Cleared> {
        let bound = bind(sql, &world.schema, self.now).ok()?;
        clear(bound, &world.rules).ok()
    }

    /// What an allowed query answers in a world of the same rules.
    pub(crate) fn answer(&self, world: &World, cleared: &Cleared) -> Answer {
        self.run(world, cleared).map_or(Answer::Failed, Answer::Rows)
    }

    /// What a plan gives.
    fn rows(&self, world: &World, plan: &LogicalPlan) -> Result<Vec<RecordBatch>, DataFusionError> {
        let sources = world.sources(plan)?;
        let plan = rewrite::substitute(plan.clone(), &sources)
            .map_err(|it| DataFusionError::Plan(it.to_string()))?;
        let context = &self.context;
        self.runtime.block_on(async { context.execute_logical_plan(plan).await?.collect().await })
    }

    fn run(&self, world: &World, cleared: &Cleared) -> Result<Vec<Vec<String>>, DataFusionError> {
        let visible = cleared.output_names().len();
        // As the engine does: the attacker's own table comes first.
        for check in cleared.bound().checks() {
            if self.rows(world, check.plan())?.iter().any(|it| it.num_rows() > 0) {
                return Err(DataFusionError::Plan("a key in too many groups".into()));
            }
        }
        let batches = self.rows(world, cleared.plan())?;
        let options = FormatOptions::default().with_null("NULL");
        let mut rows = Vec::new();
        for batch in batches {
            let columns: Result<Vec<_>, _> = batch
                .columns()
                .iter()
                .take(visible)
                .map(|it| ArrayFormatter::try_new(it, &options))
                .collect();
            let columns = columns?;
            for row in 0..batch.num_rows() {
                rows.push(columns.iter().map(|it| it.value(row).to_string()).collect());
            }
        }
        Ok(rows)
    }
}

impl World {
    fn sources(
        &self,
        plan: &LogicalPlan,
    ) -> Result<BTreeMap<TableName, Arc<dyn TableSource>>, DataFusionError> {
        let missing = || DataFusionError::Plan("a table has no content".into());
        let scanned = rewrite::scanned(plan).map_err(|it| DataFusionError::Plan(it.to_string()))?;
        let mut sources: BTreeMap<TableName, Arc<dyn TableSource>> = BTreeMap::new();
        for (name, wanted) in scanned {
            let content = self.tables.get(&name).ok_or_else(missing)?;
            let batch = content.batch(&wanted).ok_or_else(missing)??;
            let memory = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
            sources.insert(name, provider_as_source(Arc::new(memory)));
        }
        Ok(sources)
    }
}

impl Content {
    /// The place of a column.
    pub(crate) fn place(&self, name: &ColumnName) -> Option<usize> {
        self.columns.iter().position(|it| it.name == *name)
    }

    /// The wanted columns; `None` when one is not there.
    fn batch(&self, wanted: &[ColumnName]) -> Option<Result<RecordBatch, DataFusionError>> {
        let mut arrays: Vec<(&str, ArrayRef, bool)> = Vec::new();
        for name in wanted {
            let place = self.place(name)?;
            let kind = arrow_type(self.columns.get(place)?.kind);
            let cells = self.rows.iter().map(|row| row.get(place).and_then(Option::as_deref));
            let texts: ArrayRef = Arc::new(cells.collect::<StringArray>());
            match cast(&texts, &kind) {
                Ok(array) => arrays.push((name.as_str(), array, true)),
                Err(error) => return Some(Err(error.into())),
            }
        }
        Some(RecordBatch::try_from_iter_with_nullable(arrays).map_err(Into::into))
    }
}
