//! What the operator gives an engine.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use glovebox_catalog::ReadRecorder;

use crate::Faults;

/// Where an engine works and how much it may take.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// The data directory: `kept/`, `spill/` and `accounts/` lie in it.
    pub data_dir: PathBuf,
    /// Memory of one query's operators, in bytes. A process may take about 2.4 times as much.
    pub memory_bytes: usize,
    /// Disk for spilling of one query, in bytes.
    pub spill_bytes: u64,
    /// Parallel streams of one query.
    pub partitions: usize,
    /// Bytes of one receiver's result at most (`--result-bytes`).
    pub result_bytes: u64,
    /// Bytes after which a result goes on in another part, unless it must be one file.
    pub part_bytes: u64,
    /// Time for one object on its way into a receiver's own store.
    pub delivery: Duration,
    /// What each of its threads does first, such as to take a smaller share of busy cores.
    pub on_thread: fn(),
    /// Sees every range read from a source: for tests.
    pub recorder: Option<Arc<dyn ReadRecorder>>,
    /// What fails beneath it: for simulation.
    pub faults: Option<Arc<dyn Faults>>,
}

impl EngineConfig {
    /// The defaults: 1 GiB of memory, 64 GiB of spill, two partitions, results of 1 GiB in parts
    /// of 128 MiB, each delivered within ten minutes.
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            memory_bytes: 1 << 30,
            spill_bytes: 64 << 30,
            partitions: 2,
            result_bytes: 1 << 30,
            part_bytes: 128 << 20,
            delivery: Duration::from_secs(600),
            on_thread: || {},
            recorder: None,
            faults: None,
        }
    }
}
