//! What a child process is told, through a pipe: never by arguments or variables.

use std::path::PathBuf;
use std::time::Duration;

use glovebox_engine::EngineConfig;
use glovebox_model::{Id, Query};
use glovebox_store::MasterKey;
use serde::{Deserialize, Serialize};

use crate::{CrashPoint, WalkLimits};

/// One query to walk, with all that its process needs and no more.
#[derive(Debug, Clone)]
pub struct WalkTask {
    /// The data directory, an absolute path.
    pub data_dir: PathBuf,
    /// Its master key.
    pub master_key: MasterKey,
    /// The query.
    pub query: Id<Query>,
    /// Memory of the query's operators, in bytes.
    pub memory_bytes: usize,
    /// Parallel streams.
    pub partitions: usize,
    /// Time and size.
    pub limits: WalkLimits,
    /// Where the process dies, for tests.
    pub crash: CrashPoint,
}

/// The form on the pipe: one line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TaskV1 {
    data_dir: PathBuf,
    master_key: String,
    query: String,
    memory_bytes: usize,
    partitions: usize,
    time_millis: u64,
    result_bytes: u64,
    running_per_membership: u32,
    crash_at: String,
}

impl WalkTask {
    /// One line of JSON for the pipe; it holds the master key. `None` if it cannot be written.
    pub fn to_line(&self) -> Option<String> {
        let Self { data_dir, master_key, query, memory_bytes, partitions, limits, crash } = self;
        let WalkLimits { time, result_bytes, running_per_membership } = limits;
        let form = TaskV1 {
            data_dir: data_dir.clone(),
            master_key: master_key.to_text().to_string(),
            query: query.to_string(),
            memory_bytes: *memory_bytes,
            partitions: *partitions,
            time_millis: u64::try_from(time.as_millis()).ok()?,
            result_bytes: *result_bytes,
            running_per_membership: *running_per_membership,
            crash_at: crash.point().to_owned(),
        };
        let mut line = serde_json::to_string(&form).ok()?;
        line.push('\n');
        Some(line)
    }

    /// Reads the line back.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let form: TaskV1 = serde_json::from_str(line).ok()?;
        Some(Self {
            data_dir: form.data_dir,
            master_key: MasterKey::parse(&form.master_key).ok()?,
            query: form.query.parse().ok()?,
            memory_bytes: form.memory_bytes,
            partitions: form.partitions,
            limits: WalkLimits {
                time: Duration::from_millis(form.time_millis),
                result_bytes: form.result_bytes,
                running_per_membership: form.running_per_membership,
            },
            crash: CrashPoint::abort_at(&form.crash_at),
        })
    }

    pub(super) fn engine(&self) -> EngineConfig {
        EngineConfig {
            memory_bytes: self.memory_bytes,
            partitions: self.partitions,
            result_bytes: self.limits.result_bytes,
            ..EngineConfig::new(self.data_dir.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_passes_the_pipe_whole() {
        let task = WalkTask {
            data_dir: "/data".into(),
            master_key: MasterKey::parse(&"07".repeat(32)).unwrap(),
            query: Id::from_random([5; 16]),
            memory_bytes: 7,
            partitions: 2,
            limits: WalkLimits::default(),
            crash: CrashPoint::abort_at("keep:before"),
        };
        let line = task.to_line().unwrap();
        let read = WalkTask::parse(&line).unwrap();
        assert_eq!(read.to_line().unwrap(), line);
        assert_eq!(read.crash, task.crash);
        assert!(!format!("{task:?}").contains("0707"));
    }
}
