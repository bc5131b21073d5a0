//! Kept files to the buckets of their receivers: the same bytes, however often it is tried.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use glovebox_catalog::{
    AccountFolders, BucketError, Publish, Reach, Stop, Unavailable, Upload, holds,
};
use glovebox_model::{AccountId, Digest};
use glovebox_privacy::{Kept, ResultFile, ResultFiles};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::EngineConfig;
use crate::encode::kept_folder;
use crate::sealed::{KeptKey, Place, unseal};
use crate::waiting::Alarm;

/// Every receiver that was asked for has every object of its copy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a delivered result closes its query"]
pub struct Delivered {
    /// The objects, in the order of the kept files.
    pub objects: Vec<DeliveredObject>,
}

/// An object that was published whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveredObject {
    /// Whose bucket it lies in.
    pub receiver: AccountId,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Bytes.
    pub length: u64,
    /// SHA-256 of the bytes.
    pub digest: Digest,
}

/// At least one receiver does not have its whole copy; the others do. It may be tried again.
#[derive(Debug, thiserror::Error)]
#[error("the result could not be delivered to every receiver")]
pub struct Undelivered {
    /// What is to be delivered, still the same bytes.
    pub kept: Arc<Kept>,
    /// The first receiver that did not get all.
    pub receiver: Option<AccountId>,
    /// Why.
    #[source]
    pub cause: UndeliveredCause,
}

impl Undelivered {
    /// Whether the receiver's own store said no, and will until somebody mends it.
    pub fn stays(&self) -> bool {
        matches!(&self.cause, UndeliveredCause::Store(why) if why.stays())
    }

    /// What its receiver may know of its own store. Of the house nobody learns anything.
    pub fn receiver_detail(&self) -> Option<String> {
        match &self.cause {
            UndeliveredCause::Store(why) => Some(why.to_string()),
            UndeliveredCause::Late => {
                Some("the store of the connection did not take the result in time".into())
            }
            UndeliveredCause::Bucket(_)
            | UndeliveredCause::Interrupted
            | UndeliveredCause::Kept(_) => None,
        }
    }
}

/// Why an object was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum UndeliveredCause {
    /// The receiver's bucket said no.
    #[error("the bucket did not take it")]
    Bucket(#[from] BucketError),
    /// The engine ended meanwhile, or was told to.
    #[error("the engine ended meanwhile")]
    Interrupted,
    /// The receiver's own store did not take it in time.
    #[error("the receiver's store did not take it in time")]
    Late,
    /// The receiver's own store said no.
    #[error("the receiver's store did not take it")]
    Store(#[from] Unavailable),
    /// The kept file is not what was recorded: nothing of it was published.
    #[error("the kept file is missing or not what was recorded")]
    Kept(#[source] std::io::Error),
}

/// Publishes every kept file, or those of one receiver only; goes on to other objects when one fails, unless it is halted.
pub(crate) fn deliver(
    config: &EngineConfig,
    (kept, only): (&ResultFiles, Option<AccountId>),
    key: &KeptKey,
    stores: &[Arc<Reach>],
    halt: &Stop,
) -> Result<Delivered, (Option<AccountId>, UndeliveredCause)> {
    let mut first = None;
    let mut objects = Vec::new();
    let mut late = BTreeSet::new();
    for file in kept.files.iter().filter(|it| only.is_none_or(|only| it.receiver == only)) {
        // Whose store hung once is not waited for again.
        if late.contains(&file.receiver) {
            continue;
        }
        if halt.is_stopped() {
            first.get_or_insert((Some(file.receiver), UndeliveredCause::Interrupted));
            break;
        }
        match published(config, file, key, (stores, halt)) {
            Ok(()) => objects.push(DeliveredObject {
                receiver: file.receiver,
                bucket: file.bucket.clone(),
                key: file.key.clone(),
                length: file.length,
                digest: file.digest,
            }),
            Err(cause) => {
                if matches!(cause, UndeliveredCause::Late) {
                    late.insert(file.receiver);
                }
                first.get_or_insert((Some(file.receiver), cause));
            }
        }
    }
    first.map_or(Ok(Delivered { objects }), Err)
}

/// A kept file, and the place that it was sealed for: that of the query which wrote it. A query
/// that is answered with a stored release delivers the files of another.
fn sealed(data_dir: &Path, name: &str) -> std::io::Result<(File, Place)> {
    let broken = || std::io::Error::from(std::io::ErrorKind::InvalidData);
    let (folder, name) = name.split_once('/').ok_or_else(broken)?;
    let query = folder.parse().map_err(|_| broken())?;
    let index = name.strip_suffix(".sealed").and_then(|it| it.parse().ok()).ok_or_else(broken)?;
    Ok((kept_folder(data_dir)?.folder(folder)?.file(name)?, Place { query, index }))
}

/// Whether a kept file is there.
pub(crate) fn has_sealed(data_dir: &Path, name: &str) -> bool {
    sealed(data_dir, name).is_ok()
}

/// What became of one object, as far as whoever publishes it may learn.
fn published(
    config: &EngineConfig,
    file: &ResultFile,
    key: &KeptKey,
    until: (&[Arc<Reach>], &Stop),
) -> Result<(), UndeliveredCause> {
    let Some(faults) = &config.faults else { return publish(config, file, key, until) };
    faults.unseal().map_err(UndeliveredCause::Kept)?;
    faults.publish()?;
    publish(config, file, key, until)?;
    faults.published()
}

/// Into the receiver's own store where one of its connections reaches there, else into its bucket
/// here.
fn publish(
    config: &EngineConfig,
    file: &ResultFile,
    key: &KeptKey,
    (stores, halt): (&[Arc<Reach>], &Stop),
) -> Result<(), UndeliveredCause> {
    let is_there = |it: &&Arc<Reach>| {
        it.connection.account == file.receiver && holds(&it.connection, &file.bucket, &file.key)
    };
    let data_dir = config.data_dir.as_path();
    if let Some(store) = stores.iter().find(is_there) {
        return upload(config, file, key, store, halt);
    }
    let buckets = AccountFolders::new(data_dir).buckets(&file.receiver)?;
    if !buckets.bucket_exists(&file.bucket)? {
        return Err(BucketError::NoSuchBucket.into());
    }
    let mut staged = buckets.stage()?;
    unsealed(data_dir, file, key, &mut staged)?;
    buckets.publish(staged, &file.bucket, &file.key, Publish::Replace)?;
    Ok(())
}

/// Into the receiver's own store, within the time for that: a store that hangs ends this query's
/// delivery, and holds up nothing else.
fn upload(
    config: &EngineConfig,
    file: &ResultFile,
    key: &KeptKey,
    store: &Arc<Reach>,
    halt: &Stop,
) -> Result<(), UndeliveredCause> {
    let handle = Handle::try_current().map_err(|_| UndeliveredCause::Interrupted)?;
    let stop = Stop::default();
    let deadline = Instant::now() + config.delivery;
    let _alarm = Alarm::at(deadline, halt, &stop, &handle);
    let mut upload = Upload::begin(store, &file.bucket, &file.key, &stop)?;
    let done = unsealed(&config.data_dir, file, key, &mut upload).map_err(of_the_store);
    done.and_then(|()| Ok(upload.finish()?)).map_err(|cause| match cause {
        UndeliveredCause::Store(Unavailable::Stopped) if halt.is_stopped() => {
            UndeliveredCause::Interrupted
        }
        // Nothing else stops it.
        UndeliveredCause::Store(Unavailable::Stopped) => UndeliveredCause::Late,
        other => other,
    })
}

/// What a store said while the kept bytes were written into it is no fault of these.
fn of_the_store(cause: UndeliveredCause) -> UndeliveredCause {
    let UndeliveredCause::Kept(error) = &cause else { return cause };
    let said = error.get_ref().and_then(|it| it.downcast_ref::<Unavailable>());
    said.cloned().map_or(cause, UndeliveredCause::Store)
}

/// Writes the bytes of a kept file, if they are those that were recorded.
fn unsealed(
    data_dir: &Path,
    file: &ResultFile,
    key: &KeptKey,
    to: &mut impl Write,
) -> Result<(), UndeliveredCause> {
    let broken = || UndeliveredCause::Kept(std::io::ErrorKind::InvalidData.into());
    let (sealed, place) = sealed(data_dir, &file.sealed).map_err(UndeliveredCause::Kept)?;
    let (length, digest) =
        unseal(std::io::BufReader::new(sealed), key, place, to).map_err(UndeliveredCause::Kept)?;
    if (length, digest) == (file.length, file.digest) { Ok(()) } else { Err(broken()) }
}
