//! The plan node of one scan.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Statistics, internal_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::coop::cooperative;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, SchedulingType};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties,
};
use tokio::sync::mpsc;

use super::reading::{Progress, Reading};
use super::work::Work;

/// The plan node.
pub(super) struct SourceScan {
    progress: Arc<Progress>,
    reading: Arc<Reading>,
    /// About how many, see [`rough`].
    rows: Precision<usize>,
    properties: Arc<PlanProperties>,
}

impl SourceScan {
    pub(super) fn new(
        work: Box<dyn Work>,
        rows: Precision<usize>,
        schema: SchemaRef,
        reading: Arc<Reading>,
    ) -> Self {
        let count = work.partitions();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(count),
            EmissionType::Incremental,
            Boundedness::Bounded,
        )
        .with_scheduling_type(SchedulingType::Cooperative);
        let progress = reading.add(work);
        Self { progress, reading, rows: rough(rows), properties: Arc::new(properties) }
    }
}

/// All that planning may know of a number of rows: the next power of four. Which side of a join is
/// read first depends on it, and whoever owns one side can try sizes and watch.
fn rough(rows: Precision<usize>) -> Precision<usize> {
    let (Precision::Exact(rows) | Precision::Inexact(rows)) = rows else {
        return Precision::Absent;
    };
    let power = rows.checked_next_power_of_two().map(|it| it.ilog2().next_multiple_of(2));
    let power = power.and_then(|it| 1_usize.checked_shl(it));
    Precision::Inexact(power.unwrap_or(usize::MAX))
}

impl fmt::Debug for SourceScan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SourceScan")
    }
}

impl DisplayAs for SourceScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SourceScan")
    }
}

impl ExecutionPlan for SourceScan {
    fn name(&self) -> &str {
        "SourceScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if children.is_empty() { Ok(self) } else { internal_err!("a scan has no children") }
    }

    fn statistics_from_inputs(
        &self,
        _: &[Arc<Statistics>],
        args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        if args.partition().is_none() {
            statistics.num_rows = self.rows;
        }
        Ok(Arc::new(statistics))
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let (sender, receiver) = mpsc::channel(2);
        let (progress, reading) = (Arc::clone(&self.progress), Arc::clone(&self.reading));
        progress.begin(partition);
        // Not tied to the stream: it goes on when the stream is dropped.
        drop(tokio::task::spawn_blocking(move || {
            progress.run(&reading, partition, &mut |batch| {
                let batch = batch.map_err(|it| DataFusionError::External(Box::new(it)));
                drop(sender.blocking_send(batch));
            });
        }));
        let batches = futures::stream::unfold(receiver, async |mut receiver| {
            Some((receiver.recv().await?, receiver))
        });
        let batches = Box::pin(batches);
        Ok(Box::pin(cooperative(RecordBatchStreamAdapter::new(self.schema(), batches))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planning_knows_of_a_number_of_rows_its_power_of_four_only() {
        let told = |rows| rough(Precision::Inexact(rows));
        for (rows, power) in [
            (0, 1),
            (1, 1),
            (2, 4),
            (4, 4),
            (5, 16),
            (16, 16),
            (17, 64),
            (1_048_576, 1_048_576),
            (1_048_577, 4_194_304),
            (usize::MAX / 4, usize::MAX / 4 + 1),
            (usize::MAX, usize::MAX),
        ] {
            assert_eq!(told(rows), Precision::Inexact(power), "{rows}");
        }
        assert_eq!(rough(Precision::Exact(5)), told(16), "no number is exact");
        assert_eq!(rough(Precision::Absent), Precision::Absent);
    }
}
