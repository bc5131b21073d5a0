//! Lets no nested-loop join read its left side again.
//!
//! Where memory does not suffice for the left side, DataFusion's join reads it a second time and
//! compares it in pieces, each output partition with marks of its own: a LEFT, SEMI, ANTI or MARK
//! join then answers for a left row once for every partition (`initiate_fallback` in 55.2; a test
//! holds it), and a member's source sees that memory was short. So a second reading is told that
//! there is no memory, and the query fails with what is true.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::common::internal_err;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::config::ConfigOptions;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::joins::NestedLoopJoinExec;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};

/// Puts [`OnceExec`] above the left side of every nested-loop join.
#[derive(Debug)]
pub(crate) struct LeftOnce;

impl PhysicalOptimizerRule for LeftOnce {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let wrapped = plan.transform_up(|node| {
            if !node.is::<NestedLoopJoinExec>() {
                return Ok(Transformed::no(node));
            }
            let mut children: Vec<_> = node.children().into_iter().cloned().collect();
            if let Some(left) = children.first_mut() {
                *left = Arc::new(OnceExec::new(Arc::clone(left)));
            }
            Ok(Transformed::yes(replace_children_if_necessary(node, children)?))
        })?;
        Ok(wrapped.data)
    }

    fn name(&self) -> &str {
        "left_once"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Hands rows on, of each partition once.
#[derive(Debug)]
struct OnceExec {
    input: Arc<dyn ExecutionPlan>,
    /// The partitions that were asked for.
    begun: Mutex<BTreeSet<usize>>,
}

impl OnceExec {
    fn new(input: Arc<dyn ExecutionPlan>) -> Self {
        Self { input, begun: Mutex::default() }
    }
}

impl DisplayAs for OnceExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnceExec")
    }
}

impl ExecutionPlan for OnceExec {
    fn name(&self) -> &str {
        "OnceExec"
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
            Ok([input]) => Ok(Arc::new(Self::new(input))),
            Err(_) => internal_err!("rows come from one input"),
        }
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let is_first = self.begun.lock().unwrap_or_else(PoisonError::into_inner).insert(partition);
        if !is_first {
            let why = "the left side of a nested-loop join is not read again";
            return Err(DataFusionError::ResourcesExhausted(why.to_owned()));
        }
        self.input.execute(partition, context)
    }
}
