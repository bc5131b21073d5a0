//! A result in sealed files, before and after the store has recorded them.

use glovebox_model::{AccountId, Digest, Id, Query};

/// The sealed files of one result, by name: no bytes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultFiles {
    /// The query.
    pub query: Id<Query>,
    /// The digest over the manifests of what was read.
    pub inputs: Digest,
    /// The files, in the order of the destinations and of their parts.
    pub files: Vec<ResultFile>,
}

/// One sealed file, and the object that it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultFile {
    /// Whose bucket it goes to.
    pub receiver: AccountId,
    /// The bucket.
    pub bucket: String,
    /// The whole key: `<keyPrefix>/<queryId>/part-00000.csv`.
    pub key: String,
    /// Bytes of the object.
    pub length: u64,
    /// SHA-256 of the object.
    pub digest: Digest,
    /// The sealed file, relative to the folder of kept files.
    pub sealed: String,
}

/// A result that is on disk, sealed, and not recorded yet.
#[derive(Debug)]
#[must_use = "encoded files are to be kept: recorded in the ledger before any is delivered"]
pub struct Encoded {
    files: ResultFiles,
    other_row: bool,
}

impl Encoded {
    pub(crate) fn new(files: ResultFiles, other_row: bool) -> Self {
        Self { files, other_row }
    }

    /// Whether the last row of the result stands for withheld groups.
    pub fn other_row(&self) -> bool {
        self.other_row
    }

    /// What is to be recorded.
    pub fn files(&self) -> &ResultFiles {
        &self.files
    }

    /// What was recorded, to be stated by [`Kept::assertion`].
    pub fn into_files(self) -> ResultFiles {
        self.files
    }
}

/// A result whose files are on disk and recorded in one transaction with the ledger entry
/// `Released`: the only thing that can be delivered, as often as needed, always the same bytes.
#[derive(Debug)]
#[must_use = "a kept result is to be delivered"]
pub struct Kept {
    files: ResultFiles,
}

impl Kept {
    /// States that `files` are recorded and the ledger entry `Released` committed. Fenced: only
    /// the store may say so.
    pub fn assertion(files: ResultFiles) -> Self {
        Self { files }
    }

    /// What is to be delivered.
    pub fn files(&self) -> &ResultFiles {
        &self.files
    }
}
