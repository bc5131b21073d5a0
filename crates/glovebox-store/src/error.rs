//! What can go wrong in the store, without values of the data in the text.

use std::path::PathBuf;

use crate::BadMasterKey;

/// The store could not do what was asked. Nothing of the transaction remains.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite said no: disk full, busy for too long, corrupt file.
    #[error("the store could not be read or written: {0}")]
    Database(#[from] sqlx::Error),
    /// A row does not hold what this version writes.
    #[error("the store holds a row of {what} that this version cannot read")]
    Corrupt {
        /// Which rows.
        what: &'static str,
    },
    /// The data directory was made with another master key.
    #[error(
        "the master key is not the one of this data directory (was a rotation of it broken off? \
         then say `glovebox keys rotate-master` again)"
    )]
    WrongMasterKey,
    /// A later version of Glovebox wrote this data directory.
    #[error(
        "the data directory was written by a later version of Glovebox (its schema is {found}, \
         this version knows {known}): run that version, or bring back a backup of before"
    )]
    Newer {
        /// The schema number on disk.
        found: i64,
        /// The newest schema number known here.
        known: i64,
    },
    /// The master key cannot be used.
    #[error(transparent)]
    MasterKey(#[from] BadMasterKey),
    /// The same request was taken over by another process while this one was slow.
    #[error("the request is being carried out by another process")]
    Overtaken,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Entropy,
    /// A file or folder could not be made or opened.
    #[error("{} could not be used: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
