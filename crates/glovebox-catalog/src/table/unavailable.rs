//! Why a table cannot be read.

use glovebox_model::{BadName, ColumnName};

use super::Stop;
use crate::egress::{Barred, TooLong, cause};

/// Why a table cannot be described, opened or read.
///
/// Every text is for the table's owner. Paths are relative to the root of the owner's tables;
/// no text holds a value of a cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields say no more than the texts")]
pub enum Unavailable {
    /// The metadata of a table names a file that does not exist.
    #[error("`{path}`, which the metadata of the table names, is not there")]
    Absent { path: String },
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
    /// The credentials are valid and do not suffice.
    #[error("access to `{path}` was denied: the credentials of the connection do not allow it")]
    Denied { path: String },
    /// The bucket answers from another place.
    #[error(
        "`{path}` lies in another region, or behind another endpoint, than the connection says"
    )]
    Elsewhere { path: String },
    /// A folder without any data file.
    #[error("`{path}` holds no data file")]
    Empty { path: String },
    /// The credentials are not valid any more.
    #[error("the credentials of the connection have expired")]
    Expired,
    /// Another reads for us, and did not.
    #[error("`{path}` could not be read: {what}")]
    Failed { path: String, what: &'static str },
    /// The disk said no.
    #[error("`{path}` could not be read: {kind}")]
    Io { path: String, kind: std::io::ErrorKind },
    /// Something exceeds a fixed limit.
    #[error("`{path}` exceeds the limit of {limit} {what}")]
    Limit { path: String, what: &'static str, limit: u64 },
    /// The catalog does not have it.
    #[error("the catalog has no {what} `{name}`")]
    NotInCatalog { what: &'static str, name: String },
    /// There is nothing under the table's name.
    #[error("there is no `{path}` with .parquet, .csv or .ndjson behind, and no such folder")]
    Missing { path: String },
    /// Files or folders of one table do not fit together.
    #[error("`{path}` does not fit the other files of the table: {reason}")]
    Mixed { path: String, reason: &'static str },
    /// A connection that proves nothing now.
    #[error("the connection has no credentials to show: {0}")]
    Unproven(String),
    /// The connection of the table is gone.
    #[error("the connection through which the table is read was removed")]
    NoConnection,
    /// Nothing reads such a source yet.
    #[error("there is no connector for {0} yet")]
    NoConnector(&'static str),
    /// A value that its column cannot show.
    #[error(
        "the column `{column}` of `{path}` holds a value without a place in its type: infinity, or what is not a number"
    )]
    NoPlace { path: String, column: ColumnName },
    /// Bytes where text should be.
    #[error("the column `{column}` of `{path}` holds text that is not UTF-8")]
    NotText { path: String, column: ColumnName },
    /// A type that has no exact place among those of columns.
    #[error(
        "the column `{column}` of `{path}` has the type {kind}, which has no exact place in a configured table"
    )]
    NoType { path: String, column: String, kind: String },
    /// The operator's credentials, with which a role is to be assumed, are no good: no fault of the
    /// member's.
    #[error(
        "the credentials of the house's operator, which roles are assumed with, are of no use: {0}"
    )]
    Operator(&'static str),
    /// Neither a regular file nor a folder: a link, FIFO, socket or device.
    #[error("`{path}` is neither a regular file nor a folder")]
    NotRegular { path: String },
    /// The metadata of a table points to where the connection does not reach.
    #[error("`{path}` lies outside of what the connection may read")]
    Outside { path: String },
    /// The gate says no.
    #[error("{0}")]
    Barred(#[from] Barred),
    /// The stored schema does not hold any more.
    #[error("`{path}` does not have the column `{column}` as it was configured")]
    SchemaChanged { path: String, column: ColumnName },
    /// Nobody waits for it any more.
    #[error("it was told to stop")]
    Stopped,
    /// Fewer bytes came than there are.
    #[error("`{path}` was cut off while it was read")]
    Truncated { path: String },
    /// A file or folder that cannot be part of a table.
    #[error("`{path}` is neither a .parquet, .csv or .ndjson file nor a key=value folder")]
    Unexpected { path: String },
    /// A server, or its answer, that is not there.
    #[error("`{path}` could not be reached: {what}")]
    Unreachable { path: String, what: &'static str },
    /// A table that only others can read.
    #[error("`{table}` is {what}, which is not supported")]
    Unsupported { table: String, what: String },
    /// A setting of the connection that does not fit.
    #[error("the connection cannot be used: {0}")]
    Unusable(&'static str),
    /// What a table needs that is not known here.
    #[error("`{path}` needs {what}")]
    Needs { path: String, what: &'static str },
    /// A role that the house may not assume.
    #[error("the role `{role}` does not let this house assume it, or is not there")]
    Untrusted { role: String },
    /// A type that columns cannot have.
    #[error("the column `{column}` of `{path}` has a nested or unknown type")]
    UnknownType { path: String, column: String },
}

/// What took longer than anybody waits.
const LATE: &str = "it did not answer in time";

impl Unavailable {
    /// What became of work about `path` that was told to stop when its time was up: whatever it
    /// came to then, nothing answered in time.
    #[must_use]
    pub fn or_late(self, path: &str, stop: &Stop) -> Self {
        if stop.is_stopped() {
            Self::Unreachable { path: path.to_owned(), what: LATE }
        } else {
            self
        }
    }

    /// The text for an error of the disk at `path`.
    pub(crate) fn io(path: &str, error: &std::io::Error) -> Self {
        use crate::beneath::{is_in_the_way, is_missing};
        // A distant file says by itself what went wrong.
        let said = error.get_ref().and_then(|it| it.downcast_ref::<Self>());
        if let Some(said) = said {
            said.clone()
        } else if is_missing(error) {
            Self::Changed { path: path.to_owned() }
        } else if is_in_the_way(error) {
            Self::NotRegular { path: path.to_owned() }
        } else {
            Self::Io { path: path.to_owned(), kind: error.kind() }
        }
    }

    /// Whether it stays so until somebody mends it: trying again soon is of no use.
    pub fn stays(&self) -> bool {
        match self {
            Self::Unreachable { what, .. } => *what == NO_BUCKET,
            Self::BadLocation
            | Self::Denied { .. }
            | Self::Elsewhere { .. }
            | Self::NoConnector(_)
            | Self::Outside { .. }
            | Self::Unusable(_) => true,
            _ => false,
        }
    }
}

/// The same, of a store that was to take `path`: what is not there can only be its bucket.
pub(crate) fn from_taker(path: &str, error: &object_store::Error) -> Unavailable {
    match from_store(path, error) {
        Unavailable::Changed { path } => Unavailable::Unreachable { path, what: NO_BUCKET },
        other => other,
    }
}

/// What an object store said of `path`, without its words: they may hold addresses and keys.
pub(crate) fn from_store(path: &str, error: &object_store::Error) -> Unavailable {
    use object_store::Error as Store;
    let path = path.to_owned();
    match error {
        Store::NotFound { .. } | Store::Precondition { .. } | Store::NotModified { .. } => {
            Unavailable::Changed { path }
        }
        Store::PermissionDenied { .. } | Store::Unauthenticated { .. } => {
            if says(error, &["ExpiredToken", "TokenRefreshRequired"]) {
                Unavailable::Expired
            } else {
                Unavailable::Denied { path }
            }
        }
        Store::InvalidPath { .. } => Unavailable::BadLocation,
        _ => {
            if let Some(barred) = Barred::behind(error) {
                Unavailable::Barred(barred)
            } else if cause::<TooLong>(error).is_some() {
                Unavailable::Unreachable { path, what: TOO_LONG }
            } else if says(error, &["ExpiredToken", "TokenRefreshRequired"]) {
                Unavailable::Expired
            } else if says(error, &DENIED) {
                Unavailable::Denied { path }
            } else if says(error, &["NoSuchBucket", "ContainerNotFound"]) {
                Unavailable::Unreachable { path, what: NO_BUCKET }
            } else if says(error, &["edirect", "AuthorizationHeaderMalformed"]) {
                Unavailable::Elsewhere { path }
            } else if says(error, &["timed out", "Timeout"]) {
                Unavailable::Unreachable { path, what: LATE }
            } else {
                Unavailable::Unreachable { path, what: "its store gave no usable answer" }
            }
        }
    }
}

/// Nothing is read from it, and nothing written into it.
const NO_BUCKET: &str = "there is no such bucket";

/// A store that gives more than it was asked for.
const TOO_LONG: &str = "its store gave more than was asked for, or than an answer may hold";

/// How stores say no in answers to listings, by their status or in words.
const DENIED: [&str; 5] =
    ["status: 401", "status: 403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"];

/// Whether one of these words stands in an error or in what caused it.
fn says(error: &object_store::Error, words: &[&str]) -> bool {
    let text = format!("{error:?}");
    words.iter().any(|it| text.contains(it))
}

#[cfg(test)]
mod tests {
    use super::{Unavailable, from_store, from_taker};

    #[test]
    fn what_a_taker_does_not_have_is_its_bucket() {
        let missing = || object_store::Error::NotFound { path: "k".into(), source: "404".into() };
        let read = from_store("b/k", &missing());
        assert!(matches!(read, Unavailable::Changed { .. }) && !read.stays());
        let taken = from_taker("b/k", &missing());
        assert_eq!(taken.to_string(), "`b/k` could not be reached: there is no such bucket");
        assert!(taken.stays());
        let slow =
            Unavailable::Unreachable { path: "b/k".into(), what: "it did not answer in time" };
        assert!(!slow.stays() && !Unavailable::Expired.stays());
    }
}
