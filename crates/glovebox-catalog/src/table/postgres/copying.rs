//! A table of the server that can be read, several times, each time the same rows.

use std::sync::Arc;

use datafusion::common::stats::Precision;
use glovebox_model::Column;

use super::asked::statement;
use super::copied::Copied;
use super::kind::Stored;
use super::relation::Relation;
use super::session::Session;
use super::snapshot::Snapshot;
use crate::table::Unavailable;
use crate::table::batches::MAX_BATCH_ROWS;
use crate::table::reading::ReadRecorder;
use crate::table::source::{Readable, Scan};
use crate::table::stop::Stop;
use crate::table::work::{Sink, Work};

/// A table as it was opened.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) relation: Relation,
    /// The columns shown, and as they are stored.
    pub(super) columns: Vec<Column>,
    pub(super) stored: Vec<Stored>,
    pub(super) recorder: Option<Arc<dyn ReadRecorder>>,
    pub(super) stop: Stop,
}

/// One scan: one statement, read in order.
#[derive(Debug)]
struct Copying {
    table: Arc<Table>,
    columns: Vec<Stored>,
    statement: String,
    batch_rows: usize,
}

impl Readable for Table {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn rows(&self) -> Precision<usize> {
        self.relation.rows
    }

    fn scan(self: Arc<Self>, scan: Scan) -> Box<dyn Work> {
        let Scan { projection, hints, partitions: _, batch_rows } = scan;
        let shown = projection.iter().filter_map(|it| self.stored.get(*it));
        let columns: Vec<Stored> = shown.cloned().collect();
        let (names, is_utf8) = (self.relation.names(), self.snapshot.is_utf8);
        let statement = statement(names, &columns, &self.stored, &hints, is_utf8);
        let batch_rows = batch_rows.clamp(1, MAX_BATCH_ROWS);
        Box::new(Copying { table: self, columns, statement, batch_rows })
    }
}

impl Copying {
    /// Whether the connection can be used again.
    fn copy(&self, session: &Session, sink: &mut Sink<'_>) -> Result<bool, Unavailable> {
        let Table { stop, relation, .. } = &*self.table;
        let path = relation.path();
        let mut rows = stop.wait(session.copy(&self.statement, &path))?;
        let mut copied = Copied::new(&self.columns);
        let mut may_come = true;
        while may_come {
            let into = (&mut copied, self.batch_rows);
            may_come = stop.wait(session.fill(&mut rows, into, &path))?;
            if copied.waiting().0 > 0 {
                let batch = copied.batch().map_err(|it| it.at(&path, &copied))?;
                if !sink(batch) {
                    return Ok(false);
                }
            }
        }
        if copied.is_complete() { Ok(true) } else { Err(Unavailable::Truncated { path }) }
    }
}

impl Work for Copying {
    fn partitions(&self) -> usize {
        1
    }

    fn read(&self, _: usize, sink: &mut Sink<'_>) -> Result<(), Unavailable> {
        let Table { snapshot, recorder, relation, stop, .. } = &*self.table;
        if let Some(recorder) = recorder {
            recorder.asked(&self.statement);
        }
        let work = |session: &Session| self.copy(session, sink).map(|again| ((), again));
        snapshot.with((&relation.path(), stop), work)
    }

    fn place(&self, _: usize) -> (String, Option<usize>) {
        (self.table.relation.path(), None)
    }
}
