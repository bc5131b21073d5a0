//! From logical plans to physical ones.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::Result;
use datafusion::execution::context::QueryPlanner;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{LogicalPlan, UserDefinedLogicalNode};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, ExtensionPlanner, PhysicalPlanner};

use super::Mark;
use super::exec::MarkExec;

/// DataFusion's planner, and [`Mark`].
#[derive(Debug)]
pub(crate) struct Planner;

#[async_trait]
impl QueryPlanner for Planner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let planner = DefaultPhysicalPlanner::with_extension_planners(vec![Arc::new(Marks)]);
        planner.create_physical_plan(plan, session).await
    }
}

struct Marks;

#[async_trait]
impl ExtensionPlanner for Marks {
    async fn plan_extension(
        &self,
        planner: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        inputs: &[&LogicalPlan],
        physical: &[Arc<dyn ExecutionPlan>],
        session: &dyn Session,
        context: &PhysicalPlanningContext,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let mark = node.as_any().downcast_ref::<Mark>();
        let (Some(mark), [input], [physical]) = (mark, inputs, physical) else { return Ok(None) };
        let expr = |it| planner.create_physical_expr(it, input.schema(), session, context);
        let columns = mark.columns.iter().map(expr).collect::<Result<Vec<_>>>()?;
        let schema = Arc::clone(mark.schema.inner());
        let how = (mark.is_sorted, mark.key);
        Ok(Some(Arc::new(MarkExec::new(Arc::clone(physical), columns, schema, how)?)))
    }
}
