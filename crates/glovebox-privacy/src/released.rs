//! Rows that may leave the house.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::execution::memory_pool::MemoryReservation;
use glovebox_model::{Digest, Id, Query};

use crate::{Encoded, ResultFile, ResultFiles};

/// A released result: made by [`crate::release`] only. It can be encoded, once.
#[expect(missing_debug_implementations, reason = "a result is for its receivers, not for logs")]
#[must_use = "a released result is to be encoded and kept"]
pub struct Released {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    inputs: Digest,
    memory: MemoryReservation,
}

impl Released {
    pub(crate) fn new(
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
        inputs: Digest,
        memory: MemoryReservation,
    ) -> Self {
        Self { schema, batches, inputs, memory }
    }

    /// Gives the result to `encoder`, which writes it into sealed files and tells their names,
    /// lengths and digests.
    ///
    /// # Errors
    /// The encoder's own; the result is gone then, and the query failed.
    pub fn encode<E>(
        self,
        query: Id<Query>,
        encoder: impl FnOnce(&SchemaRef, &[RecordBatch]) -> Result<Vec<ResultFile>, E>,
    ) -> Result<Encoded, E> {
        let Self { schema, batches, inputs, memory } = self;
        let files = encoder(&schema, &batches)?;
        drop(memory);
        Ok(Encoded::new(ResultFiles { query, inputs, files }))
    }
}
