//! Lets nobody rely on the order in which a sort-merge join gives rows.
//!
//! DataFusion moves a sort by columns of one side below the join, to that side. Where the other
//! side has several rows with one key, the rows of this side come once for each of them: in order
//! each time, and not in order together. An ORDER BY would answer in a wrong order, and what takes
//! rows as sorted would answer with wrong numbers (seen in 55.2; a test holds it).

use std::fmt;
use std::sync::Arc;

use datafusion::common::internal_err;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::SortMergeJoinExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties,
};

/// The rule that it comes before: the one that places sorts.
pub(crate) const BEFORE: &str = "EnsureRequirements";

/// Puts [`UnorderedExec`] above every sort-merge join.
#[derive(Debug)]
pub(crate) struct UnorderedMerges;

impl PhysicalOptimizerRule for UnorderedMerges {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let wrapped = plan.transform_up(|node| {
            if node.is::<SortMergeJoinExec>() {
                Ok(Transformed::yes(Arc::new(UnorderedExec::new(node)?) as _))
            } else {
                Ok(Transformed::no(node))
            }
        })?;
        Ok(wrapped.data)
    }

    fn name(&self) -> &str {
        "unordered_merges"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Hands rows on and says nothing of their order.
#[derive(Debug)]
struct UnorderedExec {
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl UnorderedExec {
    fn new(input: Arc<dyn ExecutionPlan>) -> Result<Self> {
        let mut properties = EquivalenceProperties::new(input.schema());
        let equal = input.equivalence_properties();
        properties.add_equivalence_group(equal.eq_group().clone())?;
        let properties = PlanProperties::new(
            properties,
            input.output_partitioning().clone(),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Ok(Self { input, properties: Arc::new(properties) })
    }
}

impl DisplayAs for UnorderedExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnorderedExec")
    }
}

impl ExecutionPlan for UnorderedExec {
    fn name(&self) -> &str {
        "UnorderedExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![false]
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
            Ok([input]) => Ok(Arc::new(Self::new(input)?)),
            Err(_) => internal_err!("rows come from one input"),
        }
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        self.input.execute(partition, context)
    }

    fn try_swapping_with_projection(
        &self,
        projection: &ProjectionExec,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let Some(input) = self.input.try_swapping_with_projection(projection)? else {
            return Ok(None);
        };
        Ok(Some(Arc::new(Self::new(input)?)))
    }
}
