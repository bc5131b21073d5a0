//! An account's folder, and the buckets in it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glovebox_model::{AccountId, Timestamp};

use super::key::LOGS;
use super::{BucketError, check_bucket_name};
use crate::beneath::{EntryKind, Folder, is_in_the_way, is_missing};

/// The folders of all accounts: `DIR/accounts/`.
#[derive(Debug, Clone)]
pub struct AccountFolders {
    data_dir: PathBuf,
}

/// The buckets of one account.
///
/// Every method blocks on the disk: call it from a thread that may block.
#[derive(Debug, Clone)]
pub struct Buckets {
    account: Arc<Folder>,
}

/// A bucket of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketEntry {
    /// Its name.
    pub name: String,
    /// The last change of its own folder, the nearest thing kept to its creation.
    pub created: Timestamp,
}

pub(crate) const MAX_ENTRIES: usize = 1_000_000;

impl AccountFolders {
    /// The folders under a data directory, which must exist.
    pub fn new(data_dir: &Path) -> Self {
        Self { data_dir: data_dir.to_owned() }
    }

    /// The buckets of `account`; its folders are made if they are missing.
    pub fn buckets(&self, account: &AccountId) -> Result<Buckets, BucketError> {
        let folder = self.account(account)?;
        Ok(Buckets { account: Arc::new(folder) })
    }

    /// The folder of `account`, made if it is missing.
    pub fn account(&self, account: &AccountId) -> Result<Folder, BucketError> {
        let root = Folder::open_root(&self.data_dir)?;
        Ok(root.folder_or_create("accounts")?.folder_or_create(account.as_str())?)
    }
}

impl Buckets {
    /// The account's buckets by name, the logs among them when there are any.
    pub fn list_buckets(&self) -> Result<Vec<BucketEntry>, BucketError> {
        let mut buckets = Vec::new();
        match self.account.folder("buckets") {
            Ok(folder) => {
                for entry in folder.entries(MAX_ENTRIES)? {
                    let legal = check_bucket_name(&entry.name).is_ok() && entry.name != LOGS;
                    if legal && entry.kind == EntryKind::Folder {
                        buckets.push(described(entry.name.clone(), &folder.folder(&entry.name)?)?);
                    }
                }
            }
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error.into()),
        }
        if let Ok(logs) = self.account.folder("logs") {
            buckets.push(described(LOGS.to_owned(), &logs)?);
        }
        buckets.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(buckets)
    }

    /// Whether the account has the bucket.
    pub fn bucket_exists(&self, bucket: &str) -> Result<bool, BucketError> {
        match self.folder(bucket) {
            Ok(_) => Ok(true),
            Err(BucketError::NoSuchBucket | BucketError::BadBucketName) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes a bucket.
    pub fn create_bucket(&self, bucket: &str) -> Result<(), BucketError> {
        check_bucket_name(bucket)?;
        if bucket == LOGS {
            return Err(BucketError::ReadOnly);
        }
        let buckets = self.account.folder_or_create("buckets")?;
        match buckets.create_folder(bucket) {
            Ok(()) => Ok(buckets.sync()?),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(BucketError::BucketExists)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes an empty bucket.
    pub fn delete_bucket(&self, bucket: &str) -> Result<(), BucketError> {
        drop(self.writable(bucket)?);
        let buckets = self.account.folder("buckets")?;
        match buckets.remove_folder(bucket) {
            Ok(()) => Ok(buckets.sync()?),
            Err(error) if is_missing(&error) => Err(BucketError::NoSuchBucket),
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {
                Err(BucketError::BucketNotEmpty)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Removes staged bytes that were last written before `before`: what a killed process left.
    /// Uploads in parts stay until they are completed or aborted. Says how many were removed.
    pub fn sweep_staging(&self, before: Timestamp) -> Result<usize, BucketError> {
        let staging = self.staging()?;
        let mut removed = 0;
        for entry in staging.entries(MAX_ENTRIES)? {
            let old = |it: crate::Identity| it.modified() < before;
            if entry.kind == EntryKind::File && staging.identity(&entry.name).is_ok_and(old) {
                staging.remove_file(&entry.name)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// The folder of a bucket, to read.
    pub(crate) fn folder(&self, bucket: &str) -> Result<Folder, BucketError> {
        check_bucket_name(bucket)?;
        let opened = if bucket == LOGS {
            self.account.folder("logs")
        } else {
            self.account.folder("buckets").and_then(|it| it.folder(bucket))
        };
        opened.map_err(|error| {
            let absent = is_missing(&error) || is_in_the_way(&error);
            if absent { BucketError::NoSuchBucket } else { error.into() }
        })
    }

    /// The folder of a bucket, to write.
    pub(crate) fn writable(&self, bucket: &str) -> Result<Folder, BucketError> {
        if bucket == LOGS {
            return Err(BucketError::ReadOnly);
        }
        self.folder(bucket)
    }

    /// The account's staging folder: same file system, never listed.
    pub(crate) fn staging(&self) -> Result<Folder, BucketError> {
        Ok(self.account.folder_or_create("staging")?)
    }
}

fn described(name: String, folder: &Folder) -> Result<BucketEntry, BucketError> {
    Ok(BucketEntry { name, created: folder.modified()? })
}
