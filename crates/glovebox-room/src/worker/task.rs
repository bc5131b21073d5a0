//! What a child process is told, through a pipe: never by arguments or variables.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use glovebox_catalog::{EgressTerms, Stop};
use glovebox_engine::EngineConfig;
use glovebox_model::{Connection, Id, Query};
use glovebox_store::{Store, StoreError, WalkKeys};
use landlock::RulesetError;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::SupervisorConfig;
use super::caps::{KernelLimits, give_way};
use super::fence::Fence;
use super::proofs::ProofV1;
use crate::query::Proof;
use crate::{CrashPoint, Reaches, WalkLimits};

/// One query to walk, with all that its process needs and no more.
#[derive(Debug, Clone)]
pub struct WalkTask {
    /// The data directory, an absolute path.
    pub(super) data_dir: PathBuf,
    /// The query, and the keys of its walk. The master key stays where it is.
    pub(super) keys: WalkKeys,
    /// The file of the head counter, if the house has one.
    pub(super) head_counter: Option<PathBuf>,
    /// What its process may reach.
    fence: Fence,
    /// Memory of the query's operators, in bytes.
    pub(super) memory_bytes: usize,
    /// Disk for spilled rows, in bytes.
    pub(super) spill_bytes: u64,
    /// What the kernel keeps its process to.
    pub(super) kernel: KernelLimits,
    /// Parallel streams.
    pub(super) partitions: usize,
    /// Time and size.
    pub(super) limits: WalkLimits,
    /// Where the process dies, for tests.
    pub(super) crash: CrashPoint,
    /// What it reaches outside, and with what.
    pub(super) outside: Option<(EgressTerms, Vec<Proof>)>,
    /// The same, on the child's side.
    pub(super) reaches: Arc<Reaches>,
    /// The house ends: also on the child's side.
    pub(super) halt: Stop,
}

/// The form on the pipe: one line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TaskV1 {
    data_dir: PathBuf,
    query: String,
    keys: String,
    head_counter: Option<PathBuf>,
    fence: Fence,
    memory_bytes: usize,
    spill_bytes: u64,
    kernel: KernelLimits,
    partitions: usize,
    time_millis: u64,
    result_bytes: u64,
    running_per_membership: u32,
    crash_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outside: Option<OutsideV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutsideV1 {
    listed: Vec<String>,
    authorities: String,
    proofs: Vec<ProofV1>,
}

impl OutsideV1 {
    fn of((terms, proofs): &(EgressTerms, Vec<Proof>)) -> Option<Self> {
        let EgressTerms { listed, authorities } = terms.clone();
        let proofs = proofs.iter().map(ProofV1::of).collect::<Option<_>>()?;
        Some(Self { listed, authorities, proofs })
    }

    fn read(self) -> Option<(EgressTerms, Vec<Proof>)> {
        let Self { listed, authorities, proofs } = self;
        let proofs = proofs.iter().map(ProofV1::read).collect::<Option<_>>()?;
        Some((EgressTerms { listed, authorities }, proofs))
    }
}

impl WalkTask {
    /// The task of walking `query`, as the supervisor of a store gives it to a process.
    pub async fn of(
        store: &Store,
        data_dir: &Path,
        query: Id<Query>,
        config: &SupervisorConfig,
        connections: &[Connection],
    ) -> Result<Self, StoreError> {
        if !store.prepare_head_counter().await? {
            tracing::warn!("the head counter cannot be written: no private query will run");
        }
        Ok(Self {
            data_dir: data_dir.to_path_buf(),
            keys: store.walk_keys(query).await?,
            head_counter: store.head_counter().map(|it| it.path().to_path_buf()),
            fence: Fence::around(store, data_dir, query).await?.to(connections),
            memory_bytes: config.memory_bytes,
            spill_bytes: config.caps.spill_bytes,
            kernel: config.caps.kernel(config.limits.time),
            partitions: config.partitions,
            limits: config.limits.clone(),
            crash: config.crash.clone(),
            outside: None,
            reaches: Arc::default(),
            halt: Stop::default(),
        })
    }

    /// The same task with what it reaches outside.
    pub(super) fn reaching(self, terms: EgressTerms, proofs: Vec<Proof>) -> Self {
        Self { outside: Some((terms, proofs)), ..self }
    }

    /// Keeps this thread, and those that it starts, to what the walk needs.
    pub(super) fn raise_fence(&self) -> Result<bool, RulesetError> {
        self.fence.raise()
    }

    /// One line of JSON for the pipe; it holds the keys. `None` if it cannot be written.
    pub fn to_line(&self) -> Option<Zeroizing<String>> {
        let Self {
            data_dir,
            keys,
            head_counter,
            fence,
            memory_bytes,
            spill_bytes,
            kernel,
            partitions,
            limits,
            crash,
            outside,
            reaches: _,
            halt: _,
        } = self;
        let outside = match outside {
            Some(outside) => Some(OutsideV1::of(outside)?),
            None => None,
        };
        let WalkLimits { time, result_bytes, running_per_membership } = limits;
        let form = TaskV1 {
            data_dir: data_dir.clone(),
            query: keys.query().to_string(),
            keys: keys.to_text().to_string(),
            head_counter: head_counter.clone(),
            fence: fence.clone(),
            memory_bytes: *memory_bytes,
            spill_bytes: *spill_bytes,
            kernel: *kernel,
            partitions: *partitions,
            time_millis: u64::try_from(time.as_millis()).ok()?,
            result_bytes: *result_bytes,
            running_per_membership: *running_per_membership,
            crash_at: crash.point().to_owned(),
            outside,
        };
        let mut line = Zeroizing::new(serde_json::to_string(&form).ok()?);
        line.push('\n');
        Some(line)
    }

    /// Reads the line back.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let form: TaskV1 = serde_json::from_str(line).ok()?;
        Some(Self {
            data_dir: form.data_dir,
            keys: WalkKeys::parse(form.query.parse().ok()?, &form.keys).ok()?,
            head_counter: form.head_counter,
            fence: form.fence,
            memory_bytes: form.memory_bytes,
            spill_bytes: form.spill_bytes,
            kernel: form.kernel,
            partitions: form.partitions,
            limits: WalkLimits {
                time: Duration::from_millis(form.time_millis),
                result_bytes: form.result_bytes,
                running_per_membership: form.running_per_membership,
            },
            crash: CrashPoint::abort_at(&form.crash_at),
            outside: match form.outside {
                Some(outside) => Some(outside.read()?),
                None => None,
            },
            reaches: Arc::default(),
            halt: Stop::default(),
        })
    }

    pub(super) fn engine(&self) -> EngineConfig {
        EngineConfig {
            memory_bytes: self.memory_bytes,
            spill_bytes: self.spill_bytes,
            on_thread: give_way,
            partitions: self.partitions,
            result_bytes: self.limits.result_bytes,
            ..EngineConfig::new(self.data_dir.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use glovebox_model::{Credentials, Secret, Secrets};

    use super::*;

    fn task() -> WalkTask {
        WalkTask {
            data_dir: "/data".into(),
            keys: WalkKeys::parse(Id::from_random([5; 16]), &"07".repeat(96)).unwrap(),
            head_counter: Some("/outside/house".into()),
            fence: Fence::default(),
            memory_bytes: 7,
            spill_bytes: 8,
            kernel: KernelLimits { address_bytes: 9, cpu_seconds: 10 },
            partitions: 2,
            limits: WalkLimits::default(),
            crash: CrashPoint::abort_at("keep:before"),
            outside: None,
            reaches: Arc::default(),
            halt: Stop::default(),
        }
    }

    #[test]
    fn a_task_passes_the_pipe_whole() {
        let task = task();
        let line = task.to_line().unwrap();
        let read = WalkTask::parse(&line).unwrap();
        assert!(read.outside.is_none());
        assert_eq!(read.to_line().unwrap(), line);
        assert_eq!(read.crash, task.crash);
        assert_eq!((read.kernel, read.engine().spill_bytes), (task.kernel, 8));
        assert_eq!(read.keys.query(), task.keys.query());
        assert!(!format!("{task:?}").contains("0707"));
    }

    #[test]
    fn a_task_that_reaches_outside_passes_with_what_it_shows_there() {
        let credentials = Credentials::Keys {
            access_key_id: "AKIA".into(),
            secret_access_key: Secret::new("hush".into()),
            session_token: None,
        };
        let secrets = Ok(Secrets { credentials, catalog_token: None });
        let proof = Proof { connection: Id::from_random([6; 16]), version: 3, secrets };
        let terms = EgressTerms { listed: vec!["127.0.0.1:9000".into()], authorities: "".into() };
        let task = task().reaching(terms.clone(), vec![proof.clone()]);
        assert!(!format!("{task:?}").contains("hush"));
        let (read, proofs) = WalkTask::parse(&task.to_line().unwrap()).unwrap().outside.unwrap();
        assert_eq!((read, &proofs[0].secrets), (terms, &proof.secrets));
    }

    #[test]
    fn a_task_that_holds_a_master_key_is_no_task() {
        let line = task().to_line().unwrap();
        let more = line.replacen('{', "{\"master_key\":\"07\",", 1);
        assert!(WalkTask::parse(&more).is_none());
    }
}
