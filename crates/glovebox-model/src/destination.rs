//! Where results go.

use crate::AccountId;

/// The format of result files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResultFormat {
    /// RFC 4180, with a header; NULL is empty and unquoted, an empty string is quoted.
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// One place in one receiver's own storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The receiver.
    pub account: AccountId,
    /// A bucket of that account.
    pub bucket: String,
    /// The prefix of the keys, without a slash at either end; may be empty.
    pub key_prefix: String,
    /// CSV or Parquet.
    pub format: ResultFormat,
    /// Whether the result must be exactly one object.
    pub single_file: bool,
}
