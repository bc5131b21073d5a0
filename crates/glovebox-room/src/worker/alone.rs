//! One process at a time that works on a data directory: the server, or what must be alone.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use glovebox_engine::{KeptKey, reseal_kept, settle_kept};
use glovebox_store::{MasterKey, Resealed, Store};

use super::SupervisorError;

/// Being alone on a data directory, until it is dropped or the process ends.
#[derive(Debug)]
pub struct Alone {
    /// Locked as long as it is open.
    _lock: File,
}

impl Alone {
    /// Alone on this data directory; an error while `glovebox serve` or another such works there.
    pub fn on(data_dir: &Path) -> Result<Self, SupervisorError> {
        let mut options = OpenOptions::new();
        let lock = options.write(true).create(true).truncate(false);
        let lock = lock.open(data_dir.join("supervisor.lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(SupervisorError::Another),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Seals everything in the data directory with another master key: copies of kept files
    /// first, then the database in one transaction, which is when the key changes; then the copies
    /// take the place of the old files. Broken off anywhere, the data directory is of the one key
    /// or of the other, and [`Alone::settle`] removes the rest.
    pub async fn rotate(&self, store: &Store, new: &MasterKey) -> Result<Rotated, SupervisorError> {
        let mut files = 0;
        for query in store.queries_with_files().await? {
            let from = KeptKey::new(store.file_key(store.master_key(), query).await?);
            let to = KeptKey::new(store.file_key(new, query).await?);
            files += reseal_kept(store.directory(), query, &from, &to)?;
        }
        let sealed = store.rotate_master_key(new).await?;
        Ok(Rotated { sealed, files })
    }

    /// Puts kept files that were sealed anew in their place, or removes them, by the key of this
    /// store.
    pub async fn settle(&self, store: &Store) -> Result<(), SupervisorError> {
        for query in store.queries_with_files().await? {
            let key = KeptKey::new(store.file_key(store.master_key(), query).await?);
            settle_kept(store.directory(), query, &key)?;
        }
        Ok(())
    }
}

/// What a rotation of the master key has sealed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotated {
    /// Secrets in the database.
    pub sealed: Resealed,
    /// Kept files.
    pub files: u64,
}
