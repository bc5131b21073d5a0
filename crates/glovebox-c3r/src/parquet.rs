//! Columns of Parquet files: which type is which, and reading and writing them in batches.
//!
//! | Physical | Annotation | Type |
//! |---|---|---|
//! | BYTE_ARRAY | String | STRING |
//! | BYTE_ARRAY | none | STRING if the caller says so, else UNKNOWN |
//! | BOOLEAN, FLOAT, DOUBLE | none | BOOLEAN, FLOAT, DOUBLE |
//! | INT32 | none, Int(32) | INT |
//! | INT32 | Int(16) | SMALLINT |
//! | INT32 | Date | DATE |
//! | INT64 | none, Int(64) | BIGINT |
//! | INT64 | Timestamp, any unit, UTC or local | TIMESTAMP |
//! | INT32, INT64, BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY | Decimal | DECIMAL |
//! | anything else | | UNKNOWN: may be left in cleartext, and not be encrypted |
//!
//! Columns that are nested, repeated or INT96 cannot be used. Unlike the Java client, which then
//! refuses the whole file, we leave them out if the schema does not name them.

mod decimal;
mod raw;
mod read;
mod restore;
mod types;
mod write;

pub use raw::{Raw, values};
pub use read::{BATCH, Batch, TableReader};
pub use restore::{Restored, TypeConflict};
pub use types::{InputColumn, OutputColumn, Unusable};
pub use write::TableWriter;

/// What can go wrong with a Parquet file. Contains no value of it.
#[derive(Debug, thiserror::Error)]
pub enum ParquetFault {
    /// It cannot be read or written.
    #[error("the Parquet file cannot be read or written: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    /// A column that cannot be used.
    #[error("column `{name}` cannot be used: {why}")]
    Unusable {
        /// Which column.
        name: String,
        /// Why.
        why: Unusable,
    },
    /// Its metadata says something else than its pages.
    #[error("column {0} of the Parquet file ends before its row group does")]
    CutOff(usize),
    /// The caller writes a value of another type than the column's.
    #[error("column {0} was given a value that is not of its type, or NULL where there is none")]
    Mismatch(usize),
}
