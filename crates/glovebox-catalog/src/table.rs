//! A member's tables: found where they lie, described for their owner, pinned and read for a
//! query.
//!
//! Nothing from another member's rows reaches a source: filters come from the text of the query
//! only, no limit or key is pushed into a scan, and what was begun is read to its end even when
//! the query needs no more of it.

pub(crate) mod athena;
mod avro;
mod batches;
mod caught;
mod cell;
mod csv;
mod declared;
mod deleted;
mod delta;
mod describe;
mod described;
mod encrypted;
mod files;
#[cfg(test)]
mod fixtures;
mod folder;
mod formatted;
mod glue;
mod hint;
mod hive;
mod iceberg;
mod infer;
mod layout;
mod lookup;
mod manifest;
mod names;
mod ndjson;
mod objects;
mod parquet;
mod pinned;
mod postgres;
mod provider;
mod prune;
mod ranges;
mod reading;
mod scan;
mod sniffed;
mod source;
mod spooled;
mod stop;
mod storage;
mod stores;
mod types;
mod unavailable;
mod units;
mod work;

pub use describe::describe;
pub use described::Described;
pub use encrypted::{CHECKED_ROWS, CHECKED_ROWS_OF_TABLE, CellsFault, check_cells};
pub use folder::FolderLocation;
pub use hint::Hint;
pub use manifest::Manifest;
pub use pinned::{Opened, Pinned, pin, pin_some};
pub use postgres::Moment;
pub use reading::{ReadRecorder, Reading};
pub use source::{Connected, Reach, TableLocation};
pub use spooled::{NotSpooled, Spooled};
pub use stop::Stop;
pub use types::arrow_type;
pub use unavailable::Unavailable;

pub(crate) use names::{list_root, names};
use storage::Version;
pub(crate) use stores::{ResultsStore, results_store};
pub(crate) use unavailable::{from_store, from_taker};

/// The formats that tables can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Apache Avro.
    Avro,
    /// RFC 4180 with a header.
    Csv,
    /// One JSON object per line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}
