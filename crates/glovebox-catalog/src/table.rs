//! A member's tables: found beneath a root, described for their owner, pinned and read for a
//! query.
//!
//! Nothing from another member's rows reaches a source: no filter, limit or key is pushed into
//! a scan, and what was begun is read to its end even when the query needs no more of it.

mod cell;
mod csv;
mod describe;
mod encrypted;
mod hive;
mod infer;
mod location;
mod manifest;
mod ndjson;
mod parquet;
mod pinned;
mod provider;
mod ranges;
mod reading;

mod scan;
mod types;
mod unavailable;
mod work;

pub use describe::{Described, describe};
pub use encrypted::{CHECKED_ROWS, CHECKED_ROWS_OF_TABLE, CellsFault, check_cells};
pub use location::{Format, TableLocation};
pub use manifest::Manifest;
pub use pinned::{Opened, Pinned, pin};
pub use reading::{ReadRecorder, Reading};
pub use types::arrow_type;
pub use unavailable::Unavailable;
