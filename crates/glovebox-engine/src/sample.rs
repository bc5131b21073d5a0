//! Bounded contributions: of each user at most so many groups, of each group exact sums.
//!
//! The lower plan of a private query says what one row for each (group, user) holds. Here each
//! user's groups are chosen by a keyed hash while rows come in, so that the choice depends on that
//! user and a secret alone, and what is chosen is added up in 128-bit integers. Users are shared
//! out among threads by their identifier; no result depends on the order of rows, batches or
//! partitions.

// Proof: sample.proof.md

mod bounded;
mod chosen;
mod intern;

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::{
    Distribution, ExecutionPlan, ExecutionPlanProperties as _, Partitioning,
};
use futures::StreamExt as _;
use glovebox_privacy::Sampling;
use glovebox_sql::{Partial, Unit};
use tokio::task::JoinSet;

use crate::Cause;
use bounded::Bounded;

/// How contributions are bounded, for the threads that do it.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) n_keys: usize,
    pub(crate) units: Arc<[Unit]>,
    pub(crate) max_groups: Option<usize>,
    pub(crate) key: [u8; 16],
}

impl Sample {
    pub(crate) fn new(sampling: &Sampling<'_>, key: &[u8; 16]) -> Self {
        let most = |it: u32| usize::try_from(it).unwrap_or(usize::MAX);
        Self {
            n_keys: sampling.n_keys,
            units: sampling.units.into(),
            max_groups: sampling.max_groups.map(most),
            key: *key,
        }
    }
}

/// The exact sums of bounded contributions, one row for each group. `by_row` says what a row adds
/// to each partial sum.
pub(crate) async fn sampled(
    physical: Arc<dyn ExecutionPlan>,
    context: Arc<TaskContext>,
    (sample, by_row): (Sample, Arc<[Partial]>),
) -> Result<(SchemaRef, RecordBatch, MemoryReservation), Cause> {
    let schema = physical.schema();
    let by_user = by_user(physical, &sample)?;
    let mut tasks = JoinSet::new();
    for partition in 0..by_user.output_partitioning().partition_count() {
        let (plan, context, sample) = (Arc::clone(&by_user), Arc::clone(&context), sample.clone());
        let (schema, by_row) = (Arc::clone(&schema), Arc::clone(&by_row));
        tasks.spawn(async move {
            let memory = MemoryConsumer::new("users").register(&context.runtime_env().memory_pool);
            let mut rows =
                plan.execute(partition, Arc::clone(&context)).map_err(crate::run::cause)?;
            let mut bounded = Bounded::new(sample, by_row, &schema)?;
            while let Some(batch) = rows.next().await {
                bounded.add(&batch.map_err(crate::run::cause)?)?;
                memory.try_resize(bounded.bytes()).map_err(|_| Cause::Memory)?;
                tokio::task::consume_budget().await;
            }
            Ok::<_, Cause>((bounded.groups(), memory))
        });
    }
    let memory = MemoryConsumer::new("groups").register(&context.runtime_env().memory_pool);
    let mut all = bounded::Groups::new(&sample);
    while let Some(done) = tasks.join_next().await {
        let done = done.map_err(|_| Cause::Internal("adding up panicked"))?;
        let (groups, _users) = done?;
        all.merge(&groups)?;
        memory.try_resize(all.bytes()).map_err(|_| Cause::Memory)?;
    }
    let (schema, batch) = all.batch(&sample, &schema)?;
    Ok((schema, batch, memory))
}

/// The rows of one user in one partition.
fn by_user(plan: Arc<dyn ExecutionPlan>, sample: &Sample) -> Result<Arc<dyn ExecutionPlan>, Cause> {
    let n_partitions = plan.output_partitioning().partition_count();
    let schema = plan.schema();
    let field = schema.fields().get(sample.n_keys);
    let name = field.ok_or(Cause::Internal("a private plan has no user"))?.name();
    let user: Arc<dyn PhysicalExpr> = Arc::new(Column::new(name, sample.n_keys));
    let wanted = Distribution::KeyPartitioned(vec![Arc::clone(&user)]);
    let known = plan.equivalence_properties();
    if plan.output_partitioning().satisfaction(&wanted, known, false).is_satisfied() {
        return Ok(plan);
    }
    let by_user = RepartitionExec::try_new(plan, Partitioning::Hash(vec![user], n_partitions));
    Ok(Arc::new(by_user.map_err(crate::run::cause)?))
}
