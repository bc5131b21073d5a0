//! Exact rows before they are sealed: only the engine ever has them.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::execution::memory_pool::MemoryReservation;
use glovebox_model::Digest;

/// What a plan gave, on its way to be sealed.
#[expect(missing_debug_implementations, reason = "exact rows are never printed")]
pub struct Rows {
    /// The schema of every batch.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
    /// The digest over the manifests of all inputs.
    pub inputs: Digest,
    /// The memory of the rows, held in the query's pool for as long as they are.
    pub memory: MemoryReservation,
}
