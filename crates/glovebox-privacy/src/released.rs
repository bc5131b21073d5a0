//! Rows that may leave the house.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::logical_expr::LogicalPlan;
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
    /// What is still to be computed of noisy numbers, and the columns that this has.
    rest: Option<(LogicalPlan, SchemaRef)>,
    /// Whether the last row stands for withheld groups.
    other_row: bool,
}

/// The rest of a query does not give the columns that were judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rest of the query gives other columns than were judged")]
pub struct OtherColumns;

impl Released {
    pub(crate) fn new(
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
        inputs: Digest,
        memory: MemoryReservation,
    ) -> Self {
        Self { schema, batches, inputs, memory, rest: None, other_row: false }
    }

    pub(crate) fn with_other_row(self) -> Self {
        Self { other_row: true, ..self }
    }

    pub(crate) fn with_rest(self, rest: (LogicalPlan, SchemaRef)) -> Self {
        Self { rest: Some(rest), ..self }
    }

    /// Lets `compute` run the rest of the query over the released numbers: the plan, whose one
    /// table has these columns and rows. Post-processing: nothing else can be looked at.
    ///
    /// # Errors
    /// The computer's own, and [`OtherColumns`]; the result is gone then, and the query failed.
    pub async fn finished<E, F>(
        self,
        compute: impl FnOnce(LogicalPlan, SchemaRef, Vec<RecordBatch>) -> F,
    ) -> Result<Self, E>
    where
        F: Future<Output = Result<(SchemaRef, Vec<RecordBatch>), E>>,
        E: From<OtherColumns>,
    {
        let Self { schema, batches, inputs, memory, rest, other_row } = self;
        let Some((plan, judged)) = rest else {
            return Ok(Self { schema, batches, inputs, memory, rest: None, other_row });
        };
        let (schema, batches) = compute(plan, schema, batches).await?;
        let same = schema.fields().len() == judged.fields().len()
            && schema.fields().iter().zip(judged.fields()).all(|(own, judged)| {
                own.name() == judged.name() && own.data_type() == judged.data_type()
            });
        if !same {
            return Err(OtherColumns.into());
        }
        Ok(Self { schema, batches, inputs, memory, rest: None, other_row })
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
        let Self { schema, batches, inputs, memory, rest: _, other_row } = self;
        let files = encoder(&schema, &batches)?;
        drop(memory);
        Ok(Encoded::new(ResultFiles { query, inputs, files }, other_row))
    }
}
