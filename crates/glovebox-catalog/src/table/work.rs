//! What one scan reads, in parts that may be read at the same time.

use std::fmt;

use datafusion::arrow::array::RecordBatch;

use super::Unavailable;

/// Takes a batch; says whether to go on.
pub(crate) type Sink<'a> = dyn FnMut(RecordBatch) -> bool + 'a;

/// The reading of one scan. It blocks.
pub(crate) trait Work: fmt::Debug + Send + Sync {
    /// How many parts there are: at least one.
    fn partitions(&self) -> usize;

    /// Reads a part to its end, or until `sink` says stop.
    fn read(&self, partition: usize, sink: &mut Sink<'_>) -> Result<(), Unavailable>;

    /// Where the first row of a part lies: a path, and a row group if it has any.
    fn place(&self, partition: usize) -> (String, Option<usize>);
}
