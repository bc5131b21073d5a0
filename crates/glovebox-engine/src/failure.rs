//! What can go wrong while running: few causes, and one text for whoever asked.

use glovebox_catalog::Unavailable;
use glovebox_model::{QueryFailure, TableName};
use glovebox_privacy::Reserved;

/// A query did not run, or its result could not be kept.
///
/// What its runner may see is [`Failed::analyst`], equal for all causes that can depend on rows of
/// other members.
#[derive(Debug, thiserror::Error)]
#[error("the query did not finish")]
pub struct Failed {
    /// The reservation, given back by `execute`; the cost stays taken.
    pub reserved: Option<Reserved>,
    /// What went wrong.
    #[source]
    pub cause: Cause,
}

/// What went wrong, without any value of a cell: for the log, and in part for an owner.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// The runner wished it to stop.
    #[error("it was cancelled")]
    Cancelled,
    /// An input changed between two attempts.
    #[error("an input changed while the query ran")]
    Changed,
    /// A key of the runner's own table stands in more groups than an owner allows.
    #[error("a key of table `{table}` stands in more than {limit} groups")]
    Crowded {
        /// The runner's table.
        table: TableName,
        /// In how many groups a key may stand.
        limit: u32,
    },
    /// The disk of the house said no.
    #[error("the data directory could not be written: {0}")]
    Disk(std::io::ErrorKind),
    /// A bug, or an error of the query engine whose text may hold data and is not kept.
    #[error("internal: {0}")]
    Internal(&'static str),
    /// The memory limit, with spilling.
    #[error("the query needs more memory or spill than it may have")]
    Memory,
    /// A table cannot be read.
    #[error("table `{table}`")]
    Source {
        /// Which.
        table: TableName,
        /// Why: for its owner.
        #[source]
        source: Unavailable,
    },
    /// The time limit.
    #[error("the time limit passed")]
    Time {
        /// Whether rows of several tables may have met by then.
        rows_met: bool,
    },
    /// More rows or bytes than a result may have.
    #[error("the result is larger than a result may be")]
    TooLarge,
}

impl Failed {
    /// What the runner sees: always the same, except of what only its own table decides.
    pub fn analyst(&self) -> QueryFailure {
        match &self.cause {
            Cause::Crowded { table, limit } => QueryFailure::crowded(table, *limit),
            Cause::Cancelled
            | Cause::Changed
            | Cause::Disk(_)
            | Cause::Internal(_)
            | Cause::Memory
            | Cause::Source { .. }
            | Cause::Time { .. }
            | Cause::TooLarge => QueryFailure::generic(),
        }
    }

    /// Whether the runner wished it to stop.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.cause, Cause::Cancelled)
    }

    /// Whether the time limit passed before rows met, which may be shown as `TIMED_OUT`.
    pub fn is_timed_out(&self) -> bool {
        matches!(self.cause, Cause::Time { rows_met: false })
    }

    /// The table that failed, and what its owner may know: file and row group.
    pub fn owner_detail(&self) -> Option<(&TableName, String)> {
        match &self.cause {
            Cause::Source { table, source } => Some((table, source.to_string())),
            _ => None,
        }
    }
}

impl Cause {
    pub(crate) fn source(table: &TableName, source: Unavailable) -> Self {
        Self::Source { table: table.clone(), source }
    }
}

impl From<glovebox_privacy::OtherColumns> for Cause {
    fn from(_: glovebox_privacy::OtherColumns) -> Self {
        Self::Internal("the rest of the plan has other columns")
    }
}

impl From<std::io::Error> for Cause {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error.kind())
    }
}
