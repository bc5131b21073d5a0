//! Cryptographic computing: columns encrypted by their owner, before anyone else sees them.
//!
//! The format is that of AWS's C3R client 3.0: what one writes, the other reads, and fingerprints
//! of both join. This crate is pure: bytes in, bytes out. Files, random numbers (the nonce of a
//! row, the bytes of a random NULL), threads and the network belong to the caller.
//!
//! | Room | What |
//! |---|---|
//! | [`Settings`], [`Secret`], [`CollaborationId`], [`Keys`] | what members agree on, and the keys that follow from it |
//! | [`Header`], [`Schema`] | which column becomes what |
//! | [`DataType`], [`Value`], [`Pad`] | what is inside of a cell |
//! | [`CellKind`], [`CellError`] | what a cell looks like from outside, and what can be wrong with it |
//! | [`Plan`], [`Measure`], [`Encryptor`], [`Opener`] | rows, many and fast |
//! | [`csv`] | the dialect of CSV that decides what is hashed |
//! | [`parquet`] | columns of Parquet files |
//!
//! # Sizes
//!
//! A fingerprint has 52 bytes. A sealed string of L bytes without padding has
//! `7 + 4 * ceil((63 + L) / 3)` bytes. No cell may have more than [`LONGEST_CELL`].

pub mod csv;
pub mod parquet;

mod cell;
mod collaboration;
mod data_type;
mod fingerprint;
mod header;
mod keys;
mod measure;
mod opener;
mod pad;
mod plan;
mod primitives;
mod row;
mod schema;
mod sealed;
mod secret;
mod settings;
mod value;

#[cfg(test)]
mod tests;

pub use cell::{CellError, CellKind, LONGEST_CELL};
pub use collaboration::{CollaborationId, CollaborationIdError};
pub use data_type::{DataType, Metadata, TimeUnit, ValueType};
pub use header::{Header, HeaderError, LONGEST_HEADER};
pub use keys::{FingerprintKey, Keys, NONCE_LENGTH, Nonce};
pub use measure::{Longest, Measure};
pub use opener::{Opened, Opener};
pub use pad::{LONGEST_PAD, LONGEST_PADDED, Pad};
pub use plan::{Plan, PlanError, TargetColumn};
pub use row::{Encryptor, Output, Row, RowError};
pub use schema::{Column, ColumnKind, MOST_COLUMNS, Schema, SchemaError};
pub use secret::{SHORTEST_SECRET, Secret, SecretError};
pub use settings::Settings;
pub use value::{CalendarError, Value};
