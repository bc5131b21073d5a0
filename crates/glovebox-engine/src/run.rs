//! Runs a plan over pinned inputs, within limits, and leaves no work behind.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use datafusion::catalog::default_table_source::provider_as_source;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};
use datafusion::logical_expr::{LogicalPlan, TableSource};
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use futures::StreamExt;
use glovebox_catalog::{ReadRecorder, Stop};
use glovebox_model::TableName;
use glovebox_privacy::Rows;
use glovebox_sql::rewrite::{scanned, substitute};
use glovebox_sql::{CrowdingCheck, contributing};
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::ahead::{Ahead, Spools};
use crate::inputs::{Inputs, Pinned, open};
use crate::lean::{FingerprintKey, Known, Technique, lean};
use crate::manifests::Manifests;
use crate::pushed::{Hints, hints};
use crate::sample::{Sample, sampled};
use crate::session::{Profile, Share, session};
use crate::spill::EncryptedSpill;
use crate::waiting::{Waited, ended, until};
use crate::{Cancel, Cause, Input};

/// Limits of one query.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Time from the first pinned file to the last row.
    pub wall: Duration,
    /// Rows of the result.
    pub result_rows: u64,
    /// Bytes of the result in memory.
    pub result_bytes: u64,
}

/// The most keys that a public relation may list: noise is drawn for each of them, behind the
/// limits of time and memory. Public rows alone decide whether there are more.
const LISTED_KEYS: u64 = 1_000_000;

/// How long a stopped plan may go on before it is left to itself.
const STUBBORN: Duration = Duration::from_secs(3);

/// One query on its way through `execute`.
pub(crate) struct Run<'a> {
    pub(crate) handle: &'a Handle,
    pub(crate) plan: &'a LogicalPlan,
    /// Outputs of it and of the remainder that are only looked at to see whether they reach these
    /// numbers.
    pub(crate) guards: &'a [(usize, i64)],
    pub(crate) checks: &'a [CrowdingCheck],
    /// Executed last, whatever the plan gave.
    pub(crate) remainder: Option<&'a LogicalPlan>,
    pub(crate) inputs: Arc<[Input]>,
    /// The listings that must still be true when a table is opened.
    pub(crate) pinned: Pinned,
    pub(crate) share: Share,
    pub(crate) limits: &'a Limits,
    pub(crate) cancel: &'a Cancel,
    pub(crate) recorder: Option<Arc<dyn ReadRecorder>>,
    /// How contributions are bounded, for a private query.
    pub(crate) sample: Option<Sample>,
}

/// One plan of a query.
#[derive(Clone, Copy)]
struct Step<'a> {
    plan: &'a LogicalPlan,
    guards: &'a [(usize, i64)],
    /// Whether it reads more than one member's table.
    meets: bool,
    /// Whether an earlier step did: how long that took may depend on rows that met.
    has_met: bool,
    /// Whether its rows are contributions of users, to be bounded.
    bounded: bool,
    /// Bytes that earlier steps hold.
    held: usize,
    /// The most rows that it may give.
    most: u64,
}

impl Run<'_> {
    /// The rows of the plan and of its remainder, once every check holds. A check reads the runner's table only, and no
    /// other is opened before all of them are done; the rows are those of the same files.
    pub(crate) async fn rows(&self) -> Result<(Rows, Option<Rows>), Cause> {
        let deadline = Instant::now() + self.limits.wall;
        let Pinned(listed) = self.pinned.clone();
        let mut pinned = listed.fixed();
        let most = self.limits.result_rows;
        for check in self.checks {
            let plan = check.plan();
            let alone = Step {
                plan,
                guards: &[],
                meets: false,
                has_met: false,
                bounded: false,
                held: 0,
                most,
            };
            let found = self.step(alone, deadline, &mut pinned).await?;
            if found.batches.iter().any(|it| it.num_rows() > 0) {
                let (table, limit) = (check.table().clone(), check.limit());
                return Err(Cause::Crowded { table, limit });
            }
        }
        let guards = self.guards;
        let step = Step {
            plan: self.plan,
            guards,
            meets: true,
            has_met: false,
            bounded: true,
            held: 0,
            most,
        };
        let Some(plan) = self.remainder else {
            return Ok((self.step(step, deadline, &mut pinned).await?, None));
        };
        let (bounded, has_met) = (false, true);
        if self.sample.is_some() {
            // Over public tables alone, whose sources shall not see when the plan is done.
            let most = most.min(LISTED_KEYS);
            let listing = Step { plan, bounded, most, ..step };
            let other = self.step(listing, deadline, &mut pinned).await?;
            let step = Step { held: other.memory.size(), ..step };
            return Ok((self.step(step, deadline, &mut pinned).await?, Some(other)));
        }
        let rows = self.step(step, deadline, &mut pinned).await?;
        let step = Step { plan, has_met, bounded, held: rows.memory.size(), ..step };
        let other = self.step(step, deadline, &mut pinned).await?;
        Ok((rows, Some(other)))
    }

    /// The rows of one plan: with hash joins, or if their memory does not suffice, spilling.
    async fn step(
        &self,
        step: Step<'_>,
        deadline: Instant,
        pinned: &mut Manifests,
    ) -> Result<Rows, Cause> {
        let none = Spools::new();
        let inputs = self.open((step, &none), deadline, pinned, step.has_met).await?;
        let spools = inputs.spools.clone();
        if step.bounded && self.sample.is_some() {
            // All that is wanted of sources has been read.
            self.inputs.iter().for_each(|it| it.location.leave());
        }
        // Of the first attempt nothing is used in the second.
        let mut again = pinned.clone();
        again.extend(&inputs.manifests.clone().fixed());
        pinned.extend(&inputs.manifests);
        match self.attempt(step, inputs, Profile::Hash, deadline).await {
            Err(Cause::Memory) => {
                let inputs = self.open((step, &spools), deadline, &again, step.meets).await?;
                pinned.extend(&inputs.manifests);
                self.attempt(step, inputs, Profile::Spilling, deadline).await
            }
            outcome => outcome,
        }
    }

    /// The tables of a step. Of a private query those that somebody watches are read to their
    /// ends, unless `spools` has them.
    async fn open(
        &self,
        (step, spools): (Step<'_>, &Spools),
        deadline: Instant,
        pinned: &Manifests,
        rows_met: bool,
    ) -> Result<Inputs, Cause> {
        let tables = scanned(step.plan);
        let mut tables = tables.map_err(|_| Cause::Internal("the plan scans unknown tables"))?;
        tables.retain(|it, _| !spools.contains_key(it));
        let hints = self.hints(step.plan);
        let ahead = if spools.is_empty() { self.ahead(step)? } else { None };
        let (inputs, recorder) = (Arc::clone(&self.inputs), self.recorder.clone());
        let (pinned, spools) = (pinned.clone(), spools.clone());
        let work = move |stop: Stop| {
            let seen = (recorder.as_ref(), &stop);
            let mut opened = open(&inputs, &tables, &pinned, &hints, seen)?;
            opened.take(&spools, &stop);
            if let Some(ahead) = ahead {
                ahead.read(&mut opened, &inputs, &stop)?;
            }
            Ok(opened)
        };
        let ends = (deadline, self.cancel);
        let Waited { done: opened, is_ended } = until(self.handle, ends, work).await;
        let cancelled = self.cancel.is_cancelled();
        if cancelled || is_ended || Instant::now() >= deadline {
            if let Ok(Ok(inputs)) = opened {
                drop(self.handle.spawn(async move { inputs.abandon().await }).await);
            }
            return Err(if cancelled { Cause::Cancelled } else { Cause::Time { rows_met } });
        }
        opened.map_err(|_| Cause::Internal("opening panicked"))?
    }

    /// How the tables of a private query are read before it runs.
    fn ahead(&self, step: Step<'_>) -> Result<Option<Ahead>, Cause> {
        if self.sample.is_none() || !self.inputs.iter().any(|it| it.location.is_watched()) {
            return Ok(None);
        }
        let state = session(&self.share, Profile::Hash).map_err(cause)?;
        let rows = if step.bounded { contributing(step.plan).map(|it| it.0) } else { None };
        let hints = hints(rows.as_ref().unwrap_or(step.plan), &state).unwrap_or_default();
        let (folder, most) = (self.share.spill_folder.clone(), self.share.spill_bytes);
        let files = Arc::new(EncryptedSpill::new(folder, most));
        Ok(Some(Ahead { hints, partitions: self.share.partitions.max(1), files }))
    }

    /// What a catalog need not list. A query of several steps, and one whose files were listed
    /// before, reads the same files throughout: it lists all of them.
    fn hints(&self, plan: &LogicalPlan) -> Hints {
        let is_one = self.checks.is_empty()
            && self.remainder.is_none()
            && self.sample.is_none()
            && self.pinned == Pinned::default();
        if !is_one || !self.inputs.iter().any(|it| it.location.takes_hints()) {
            return Hints::new();
        }
        let state = session(&self.share, Profile::Hash).ok();
        state.and_then(|it| hints(plan, &it)).unwrap_or_default()
    }

    async fn attempt(
        &self,
        step: Step<'_>,
        inputs: Inputs,
        profile: Profile,
        deadline: Instant,
    ) -> Result<Rows, Cause> {
        let late = || Cause::Time { rows_met: step.meets };
        let inputs = Arc::new(inputs);
        let memory_bytes = self.share.memory_bytes.saturating_sub(step.held);
        let spill_bytes = self.share.spill_bytes.saturating_sub(inputs.spooled_bytes());
        let share = Share { memory_bytes, spill_bytes, ..self.share.clone() };
        let state = session(&share, profile).map_err(cause)?;
        let pool = Arc::clone(&state.runtime_env().memory_pool);
        let plan = (step.plan.clone(), step.guards.to_vec());
        // Checks and remainders are no part of what is bounded.
        let sample = self.sample.clone().filter(|_| step.bounded);
        let limits = Limits { result_rows: step.most, ..self.limits.clone() };
        let work = work((state, profile), plan, Arc::clone(&inputs), limits, sample);
        // On the engine's own runtime: whatever happens there, the timer here is heard.
        let mut task = self.handle.spawn(work);
        let _abandoned = Abandoned { task: task.abort_handle(), inputs: Arc::clone(&inputs) };
        let outcome = tokio::select! {
            done = &mut task => done.unwrap_or(Err(Cause::Internal("the plan panicked"))),
            () = tokio::time::sleep_until(deadline) => Err(late()),
            () = self.cancel.cancelled() => Err(Cause::Cancelled),
        };
        let is_stopped = outcome.as_ref().is_err_and(|failed| stops(failed, &inputs));
        if is_stopped {
            inputs.stop();
        }
        if outcome.is_err() {
            task.abort();
            if !task.is_finished() && tokio::time::timeout(STUBBORN, task).await.is_err() {
                inputs.stop();
                // Its process ends, at the latest, when the supervisor kills it.
                tracing::error!("a stopped query does not give way");
                return outcome;
            }
            // Nothing of the plan is left that could still begin to read.
            settle(&pool).await;
        }
        let reading = Arc::clone(&inputs);
        let complete = self.handle.spawn(async move { reading.complete().await });
        let completed = tokio::select! {
            done = complete => done.unwrap_or(Err(Cause::Internal("reading panicked"))),
            () = ended(deadline, self.cancel), if !is_stopped => {
                inputs.stop();
                let cancelled = self.cancel.is_cancelled();
                return Err(if cancelled { Cause::Cancelled } else { late() });
            }
        };
        match outcome {
            Ok(rows) => completed.map(|()| rows),
            Err(failed) => {
                // What a source said first is nearer to the truth than what became of it.
                let told = matches!(failed, Cause::Internal(_));
                Err(if told { inputs.fault().unwrap_or(failed) } else { failed })
            }
        }
    }
}

/// Whether reading ends with a failed plan: if nobody waits any more, or a source failed. Every
/// other failure can depend on rows of all members, and so may no source see where it happened:
/// what was begun is read to its end.
fn stops(failed: &Cause, inputs: &Inputs) -> bool {
    matches!(failed, Cause::Cancelled | Cause::Time { .. }) || inputs.fault().is_some()
}

/// Stops the work when the caller's future is dropped; at the end there is nothing left to stop.
struct Abandoned {
    task: AbortHandle,
    inputs: Arc<Inputs>,
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.inputs.stop();
        self.task.abort();
    }
}

/// Waits until dropped operators have given their memory back; says so when they do not.
async fn settle(pool: &Arc<dyn MemoryPool>) {
    for _ in 0..1_000 {
        if pool.reserved() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tracing::error!(bytes = pool.reserved(), "a stopped query still holds memory");
}

/// The plan as it is executed.
async fn planned(
    state: &SessionState,
    (plan, guards): (LogicalPlan, Vec<(usize, i64)>),
    profile: Profile,
) -> Result<Arc<dyn ExecutionPlan>, Cause> {
    let mut key = [0; 16];
    getrandom::fill(&mut key).map_err(|_| Cause::Internal("no entropy"))?;
    let plan = state.optimize(&plan).map_err(cause)?;
    let key = FingerprintKey::new(key);
    let plan = lean(plan, Known { profile, key, guards: &guards, techniques: &Technique::ALL });
    state.query_planner().create_physical_plan(&plan, state).await.map_err(cause)
}

async fn work(
    (state, profile): (SessionState, Profile),
    (plan, guards): (LogicalPlan, Vec<(usize, i64)>),
    inputs: Arc<Inputs>,
    limits: Limits,
    sample: Option<Sample>,
) -> Result<Rows, Cause> {
    let sources: BTreeMap<TableName, Arc<dyn TableSource>> = inputs
        .tables
        .iter()
        .map(|(table, it)| (table.clone(), provider_as_source(Arc::clone(&it.provider))))
        .collect();
    let plan = substitute(plan, &sources)
        .map_err(|_| Cause::Internal("the inputs do not fit the plan"))?;
    if let Some(sample) = sample {
        let rows = contributing(&plan);
        let (rows, by_row) = rows.ok_or(Cause::Internal("a private plan adds up nothing"))?;
        let physical = state.create_physical_plan(&rows).await.map_err(cause)?;
        let sample = (sample, by_row.into());
        let (schema, batch, memory) = sampled(physical, state.task_ctx(), sample).await?;
        if batch.num_rows() as u64 > limits.result_rows {
            return Err(Cause::TooLarge);
        }
        return Ok(Rows { schema, batches: vec![batch], inputs: inputs.digest(), memory });
    }
    let physical = planned(&state, (plan, guards), profile).await?;
    let schema = physical.schema();
    let memory = MemoryConsumer::new("result").register(&state.runtime_env().memory_pool);
    let mut stream = execute_stream(physical, state.task_ctx()).map_err(cause)?;
    let (mut batches, mut rows) = (Vec::new(), 0);
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(cause)?;
        rows += batch.num_rows() as u64;
        hold(&memory, batch.get_array_memory_size())?;
        if rows > limits.result_rows || memory.size() as u64 > limits.result_bytes {
            return Err(Cause::TooLarge);
        }
        batches.push(batch);
    }
    Ok(Rows { schema, batches, inputs: inputs.digest(), memory })
}

fn hold(memory: &MemoryReservation, bytes: usize) -> Result<(), Cause> {
    memory.try_grow(bytes).map_err(|_| Cause::Memory)
}

/// The cause behind an engine's error; its text may hold values and goes nowhere.
pub(crate) fn cause(error: DataFusionError) -> Cause {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => Cause::Memory,
        DataFusionError::External(_) => Cause::Internal("a source failed"),
        DataFusionError::IoError(it) => Cause::Disk(it.kind()),
        DataFusionError::ArrowError(_, _) => Cause::Internal("an array could not be computed"),
        DataFusionError::Plan(_) | DataFusionError::SchemaError(_, _) => {
            Cause::Internal("the plan could not be planned")
        }
        _ => Cause::Internal("the plan could not be executed"),
    }
}

#[cfg(test)]
mod tests;
