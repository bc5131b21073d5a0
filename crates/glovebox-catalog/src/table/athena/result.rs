//! The rows of a query: waited for once, read from its result for every scan.

use std::sync::{Arc, Mutex, PoisonError};

use datafusion::common::stats::Precision;
use glovebox_model::Column;
use tokio::runtime::Handle;

use super::super::csv::Dialect;
use super::super::files::Files;
use super::super::layout::Declared;
use super::super::reading::ReadRecorder;
use super::super::source::{Readable, Scan};
use super::super::stop::Stop;
use super::super::units::FilesWork;
use super::super::work::{Sink, Work};
use super::super::{Format, Unavailable};
use super::execution::{Execution, Place};

/// A table that was opened: its query runs, or has run.
#[derive(Debug)]
pub(super) struct Answer {
    execution: Execution,
    columns: Vec<Column>,
    recorder: Option<Arc<dyn ReadRecorder>>,
    stop: Stop,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// Nobody has waited for it yet.
    Running,
    /// It succeeded, and what lies there can be read.
    Over(Place, Arc<Files>),
    /// It is over, or never will be.
    Failed(Unavailable),
    /// Nothing is left of it.
    Left,
}

impl Answer {
    pub(super) fn new(
        execution: Execution,
        columns: Vec<Column>,
        recorder: Option<Arc<dyn ReadRecorder>>,
        stop: Stop,
    ) -> Self {
        Self { execution, columns, recorder, stop, state: Mutex::new(State::Running) }
    }

    /// The result, once the query has succeeded. Several may wait.
    fn files(&self) -> Result<Arc<Files>, Unavailable> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Running = *state {
            *state = match self.stop.wait(self.over()) {
                Ok((place, files)) => State::Over(place, Arc::new(files)),
                Err(fault) => State::Failed(fault),
            };
        }
        match &*state {
            State::Over(_, files) => Ok(Arc::clone(files)),
            State::Failed(fault) => Err(fault.clone()),
            State::Running | State::Left => Err(Unavailable::Stopped),
        }
    }

    async fn over(&self) -> Result<(Place, Files), Unavailable> {
        let place = self.execution.finished().await?;
        let file = self.execution.result(&place).await?;
        let columns = self.columns.clone();
        let declared = Declared {
            columns: columns.clone(),
            partition_keys: Vec::new(),
            // Every cell stands in quotes; NULL is nothing, without.
            dialect: Dialect::default(),
            is_typed: true,
        };
        let files = Files {
            format: Format::Csv,
            files: vec![file],
            partition_keys: Vec::new(),
            configured: columns.clone(),
            columns,
            lookup: Arc::default(),
            declared: Some(Arc::new(declared)),
            recorder: self.recorder.clone(),
            stop: self.stop.clone(),
        };
        Ok((place, files))
    }

    /// What is to be done so that nothing is left, unless it was done.
    fn leaving(&self) -> Option<impl Future<Output = Result<(), Unavailable>> + Send + use<>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (place, is_over) = match std::mem::replace(&mut *state, State::Left) {
            State::Left => return None,
            State::Over(place, _) => (Some(place), true),
            // Also one that failed elsewhere: that it is over is not known of every fault.
            State::Running | State::Failed(_) => (None, false),
        };
        let execution = self.execution.clone();
        Some(async move { execution.leave(place, is_over).await })
    }
}

impl Readable for Answer {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn rows(&self) -> Precision<usize> {
        Precision::Absent
    }

    fn scan(self: Arc<Self>, scan: Scan) -> Box<dyn Work> {
        let Scan { projection, batch_rows, .. } = scan;
        Box::new(Rows { answer: self, projection, batch_rows })
    }

    fn close(&self) -> Result<(), Unavailable> {
        let Some(leaving) = self.leaving() else { return Ok(()) };
        // Also when the query was told to stop.
        Stop::default().wait(leaving)
    }
}

impl Drop for Answer {
    /// For a table that was opened and nobody closed.
    fn drop(&mut self) {
        if let (Some(leaving), Ok(runtime)) = (self.leaving(), Handle::try_current()) {
            runtime.spawn(leaving);
        }
    }
}

/// One scan of the result.
#[derive(Debug)]
struct Rows {
    answer: Arc<Answer>,
    projection: Vec<usize>,
    batch_rows: usize,
}

impl Work for Rows {
    fn partitions(&self) -> usize {
        1
    }

    fn read(&self, partition: usize, sink: &mut Sink<'_>) -> Result<(), Unavailable> {
        let (projection, batch_rows) = (self.projection.clone(), self.batch_rows);
        let scan = Scan { projection, hints: Vec::new(), partitions: 1, batch_rows };
        FilesWork::new(self.answer.files()?, scan).read(partition, sink)
    }

    fn place(&self, _: usize) -> (String, Option<usize>) {
        (self.answer.execution.path.clone(), None)
    }
}
