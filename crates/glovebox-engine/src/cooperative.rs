//! Makes joins give way, so that a query can be stopped inside one.
//!
//! A nested-loop join that filters everything never gives way while it compares one batch of its
//! right side with the whole left side: neither time limit nor cancel would be seen (measured;
//! the whole runtime starves). So its right side comes in small slices, each after a pause.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::internal_err;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::execution::{RecordBatchStream, SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::joins::{
    CrossJoinExec, HashJoinExec, NestedLoopJoinExec, PiecewiseMergeJoinExec, SortMergeJoinExec,
};
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::{Stream, StreamExt};

/// Wraps every join, and slices the right side of nested loops.
#[derive(Debug)]
pub(crate) struct CooperativeJoins;

impl PhysicalOptimizerRule for CooperativeJoins {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let wrapped = plan.transform_up(|node| {
            let is_join = node.is::<HashJoinExec>()
                || node.is::<PiecewiseMergeJoinExec>()
                || node.is::<SortMergeJoinExec>();
            if node.is::<NestedLoopJoinExec>() || node.is::<CrossJoinExec>() {
                let mut children: Vec<_> = node.children().into_iter().cloned().collect();
                if let Some(right) = children.pop() {
                    children.push(Arc::new(SlicedExec { input: right }));
                }
                let node = replace_children_if_necessary(node, children)?;
                Ok(Transformed::yes(Arc::new(CooperativeExec::new(node)) as _))
            } else if is_join {
                Ok(Transformed::yes(Arc::new(CooperativeExec::new(node)) as _))
            } else {
                Ok(Transformed::no(node))
            }
        })?;
        Ok(wrapped.data)
    }

    fn name(&self) -> &str {
        "cooperative_joins"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// A slice is so small that the other side of the join takes about so long for it.
const PACE: Duration = Duration::from_millis(20);

/// Rows of a slice at most.
const MOST_ROWS: usize = 8192;

/// Hands batches on in small slices, and pauses before each.
#[derive(Debug)]
struct SlicedExec {
    input: Arc<dyn ExecutionPlan>,
}

impl DisplayAs for SlicedExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlicedExec")
    }
}

impl ExecutionPlan for SlicedExec {
    fn name(&self) -> &str {
        "SlicedExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
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
        match <[Arc<dyn ExecutionPlan>; 1]>::try_from(children) {
            Ok([input]) => Ok(Arc::new(Self { input })),
            Err(_) => internal_err!("a slice has one child"),
        }
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, context)?;
        let slices = Slices { input, rest: None, rows: 1, handed: Instant::now(), paused: false };
        Ok(Box::pin(slices))
    }
}

struct Slices {
    input: SendableRecordBatchStream,
    rest: Option<RecordBatch>,
    /// Rows of the next slice.
    rows: usize,
    /// When the last slice was handed on.
    handed: Instant,
    paused: bool,
}

impl Stream for Slices {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !std::mem::replace(&mut self.paused, true) {
            let took = self.handed.elapsed();
            if took > PACE {
                self.rows = (self.rows / 2).max(1);
            } else if took < PACE / 4 {
                self.rows = (self.rows * 2).min(MOST_ROWS);
            }
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let batch = match self.rest.take() {
            Some(rest) => rest,
            None => match ready!(self.input.poll_next_unpin(context)) {
                Some(Ok(batch)) => batch,
                other => return Poll::Ready(other),
            },
        };
        (self.paused, self.handed) = (false, Instant::now());
        let (rows, wanted) = (batch.num_rows(), self.rows);
        if rows <= wanted {
            return Poll::Ready(Some(Ok(batch)));
        }
        self.rest = Some(batch.slice(wanted, rows - wanted));
        Poll::Ready(Some(Ok(batch.slice(0, wanted))))
    }
}

impl RecordBatchStream for Slices {
    fn schema(&self) -> SchemaRef {
        self.input.schema()
    }
}
