//! INT96, the timestamps of Impala, Hive and old Spark: read as microseconds.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef, Schema, TimeUnit};
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::parquet::basic::Type as Physical;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::schema::types::SchemaDescriptor;

/// Whether a field is a plain INT96. No order is defined for its statistics.
pub(super) fn is_at(schema: &SchemaDescriptor, index: usize) -> bool {
    let field = schema.root_schema().get_fields().get(index);
    field.is_some_and(|it| it.is_primitive() && it.get_physical_type() == Physical::INT96)
}

/// The same file, its INT96 as microseconds. Arrow takes nanoseconds unless it is told
/// otherwise, and years outside of 1677 to 2262 would wrap around to others without a word.
pub(super) fn in_microseconds(
    metadata: ArrowReaderMetadata,
) -> Result<ArrowReaderMetadata, ParquetError> {
    let stored = DataType::Timestamp(TimeUnit::Nanosecond, None);
    let mut is_there = false;
    let fields: Vec<FieldRef> = metadata
        .schema()
        .fields()
        .iter()
        .enumerate()
        .map(|(index, field)| {
            if *field.data_type() != stored || !is_at(metadata.parquet_schema(), index) {
                return Arc::clone(field);
            }
            is_there = true;
            let read = DataType::Timestamp(TimeUnit::Microsecond, None);
            Arc::new(field.as_ref().clone().with_data_type(read))
        })
        .collect();
    if !is_there {
        return Ok(metadata);
    }
    let schema = Schema::new_with_metadata(fields, metadata.schema().metadata().clone());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options)
}
