//! Reads to the end what was begun, whatever the query still wants.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::Unavailable;
use super::source::Readable;
use super::stop::Stop;
use super::work::Work;

/// Sees every range of bytes that is read from a member's files, and every statement that reads
/// rows of a member's database: for tests of what a source can learn.
pub trait ReadRecorder: Send + Sync + fmt::Debug {
    /// `length` bytes of the file at `path` (relative to the root) are read from `offset`.
    fn read(&self, path: &str, offset: u64, length: u64);

    /// A database is asked this.
    fn asked(&self, _statement: &str) {}
}

/// The reading of one table for one query.
///
/// A join that needs no more rows of one side stops polling it; were the reading to stop there,
/// what one member's source sees would tell of another member's rows. So scans go on to their
/// end by themselves, and [`Reading::complete`] reads what was never begun.
#[derive(Debug)]
pub struct Reading {
    stop: Stop,
    source: Arc<dyn Readable>,
    fault: Mutex<Option<Unavailable>>,
    scans: Mutex<Vec<Arc<Progress>>>,
}

/// How far one scan of the table has come.
#[derive(Debug)]
pub(super) struct Progress {
    work: Box<dyn Work>,
    partitions: watch::Sender<Vec<State>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Running,
    Done,
}

impl Reading {
    pub(super) fn new(stop: Stop, source: Arc<dyn Readable>) -> Self {
        Self { stop, source, fault: Mutex::default(), scans: Mutex::default() }
    }

    /// Stops reading as soon as may be: the query failed or was cancelled.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// The first thing that went wrong while reading.
    pub fn fault(&self) -> Option<Unavailable> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads what no one asked for, waits until nothing reads any more, and takes away what
    /// reading left at the source.
    ///
    /// After [`Reading::stop`] nothing more is read. Must be called within a tokio runtime, when the
    /// plan's streams are dropped.
    pub async fn complete(self: &Arc<Self>) -> Result<(), Unavailable> {
        let scans = self.scans.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for scan in &scans {
            let partitions = scan.partitions.borrow().len();
            for partition in (0..partitions).filter(|_| !self.is_stopped()) {
                if scan.begin_if_waiting(partition) {
                    let (scan, reading) = (Arc::clone(scan), Arc::clone(self));
                    tokio::task::spawn_blocking(move || scan.run(&reading, partition, &mut |_| {}));
                }
            }
            let mut done = scan.partitions.subscribe();
            // The sender lives in `scan`.
            drop(done.wait_for(|it| !it.contains(&State::Running)).await);
        }
        let source = Arc::clone(&self.source);
        let closed = tokio::task::spawn_blocking(move || source.close()).await;
        if let Err(fault) = closed.unwrap_or(Err(Unavailable::Stopped)) {
            self.blame(fault);
        }
        self.fault().map_or(Ok(()), Err)
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }

    /// What is read.
    pub(super) fn source(&self) -> Arc<dyn Readable> {
        Arc::clone(&self.source)
    }

    pub(super) fn add(&self, work: Box<dyn Work>) -> Arc<Progress> {
        let states = vec![State::Waiting; work.partitions()];
        let progress = Arc::new(Progress { work, partitions: watch::Sender::new(states) });
        let mut scans = self.scans.lock().unwrap_or_else(PoisonError::into_inner);
        scans.push(Arc::clone(&progress));
        progress
    }

    fn blame(&self, fault: Unavailable) {
        let mut first = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(fault);
    }
}

impl Progress {
    pub(super) fn partitions(&self) -> usize {
        self.work.partitions()
    }

    /// Marks the partition as being read.
    pub(super) fn begin(&self, partition: usize) {
        self.set(partition, State::Running);
    }

    /// Reads a partition to its end and hands every batch, or the fault, to `sink`.
    pub(super) fn run(
        &self,
        reading: &Reading,
        partition: usize,
        sink: &mut dyn FnMut(Result<datafusion::arrow::array::RecordBatch, Unavailable>),
    ) {
        let outcome = self.work.read(partition, &mut |batch| {
            sink(Ok(batch));
            !reading.is_stopped()
        });
        if let Err(fault) = outcome {
            reading.blame(fault.clone());
            sink(Err(fault));
        }
        self.set(partition, State::Done);
    }

    fn begin_if_waiting(&self, partition: usize) -> bool {
        self.partitions.send_if_modified(|states| match states.get_mut(partition) {
            Some(state) if *state == State::Waiting => {
                *state = State::Running;
                true
            }
            _ => false,
        })
    }

    fn set(&self, partition: usize, state: State) {
        self.partitions.send_modify(|states| {
            if let Some(it) = states.get_mut(partition) {
                *it = state;
            }
        });
    }
}
