//! Why a table cannot be read.

use glovebox_model::{BadName, ColumnName};

/// Why a table cannot be described, opened or read.
///
/// Every text is for the table's owner. Paths are relative to the root of the owner's tables;
/// no text holds a value of a cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields say no more than the texts")]
pub enum Unavailable {
    /// More than one file or folder could be the table.
    #[error("two candidates for the table: `{first}` and `{second}`")]
    Ambiguous { first: String, second: String },
    /// Not a name of one segment, or not a legal column name.
    #[error("the name `{name}` cannot be used: {cause}")]
    BadName { name: String, cause: BadName },
    /// The database or table name is not one path segment.
    #[error("a database or table name must be one path segment")]
    BadLocation,
    /// A file was changed or replaced since it was pinned.
    #[error("`{path}` changed while the query ran")]
    Changed { path: String },
    /// Two columns (or a column and a partition key) fold to one name.
    #[error("two columns of `{path}` are called `{column}` in lower case")]
    Clash { path: String, column: ColumnName },
    /// The file does not decode.
    #[error("`{path}` is corrupt{}", row_group.map(|it| format!(" in row group {it}")).unwrap_or_default())]
    Corrupt { path: String, row_group: Option<usize> },
    /// A folder without any data file.
    #[error("`{path}` holds no data file")]
    Empty { path: String },
    /// The disk said no.
    #[error("`{path}` could not be read: {kind}")]
    Io { path: String, kind: std::io::ErrorKind },
    /// Something exceeds a fixed limit.
    #[error("`{path}` exceeds the limit of {limit} {what}")]
    Limit { path: String, what: &'static str, limit: u64 },
    /// There is nothing under the table's name.
    #[error("there is no `{path}` with .parquet, .csv or .ndjson behind, and no such folder")]
    Missing { path: String },
    /// Files or folders of one table do not fit together.
    #[error("`{path}` does not fit the other files of the table: {reason}")]
    Mixed { path: String, reason: &'static str },
    /// Neither a regular file nor a folder: a link, FIFO, socket or device.
    #[error("`{path}` is neither a regular file nor a folder")]
    NotRegular { path: String },
    /// The stored schema does not hold any more.
    #[error("`{path}` does not have the column `{column}` as it was configured")]
    SchemaChanged { path: String, column: ColumnName },
    /// A file or folder that cannot be part of a table.
    #[error("`{path}` is neither a .parquet, .csv or .ndjson file nor a key=value folder")]
    Unexpected { path: String },
    /// A type that columns cannot have.
    #[error("the column `{column}` of `{path}` has a nested or unknown type")]
    UnknownType { path: String, column: String },
}

impl Unavailable {
    /// The text for an error of the disk at `path`.
    pub(crate) fn io(path: &str, error: &std::io::Error) -> Self {
        use crate::beneath::{is_in_the_way, is_missing};
        if is_missing(error) {
            Self::Changed { path: path.to_owned() }
        } else if is_in_the_way(error) {
            Self::NotRegular { path: path.to_owned() }
        } else {
            Self::Io { path: path.to_owned(), kind: error.kind() }
        }
    }
}
