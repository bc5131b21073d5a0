//! Results as Parquet, compressed with Zstandard.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;

use super::parts::{Part, Parts, cause};
use crate::Cause;

const GROUP_ROWS: usize = 128 << 10;

pub(super) fn write(
    parts: &mut Parts<'_>,
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<(), Cause> {
    let mut writer = begin(parts, schema)?;
    for batch in batches {
        if parts.is_full(writer.bytes_written() as u64 + writer.in_progress_size() as u64) {
            parts.end(writer.into_inner().map_err(failed)?)?;
            writer = begin(parts, schema)?;
        }
        writer.write(batch).map_err(failed)?;
    }
    parts.end(writer.into_inner().map_err(failed)?)
}

fn begin(parts: &Parts<'_>, schema: &SchemaRef) -> Result<ArrowWriter<Part>, Cause> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_created_by("glovebox".into())
        .build();
    ArrowWriter::try_new(parts.begin()?, schema.clone(), Some(properties)).map_err(failed)
}

fn failed(error: ParquetError) -> Cause {
    match error {
        ParquetError::External(source) => match source.downcast_ref::<std::io::Error>() {
            Some(error) => cause(error),
            None => Cause::Internal("a Parquet file could not be written"),
        },
        _ => Cause::Internal("a Parquet file could not be written"),
    }
}
