//! One object: staged, published whole, read, deleted, copied.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};

use glovebox_model::{Digest, Timestamp};

use super::key::split;
use super::{BucketError, Buckets};
use crate::beneath::{EntryKind, Folder, Identity, is_in_the_way, is_missing};
use crate::space::Gauge;

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectHead {
    /// Bytes.
    pub size: u64,
    /// The last change of its bytes.
    pub modified: Timestamp,
    /// The ETag, without quotes: see the module.
    pub etag: String,
}

/// An object open to be read; it stays readable, unchanged, when the key is replaced.
#[derive(Debug)]
pub struct ObjectReader {
    /// What it is.
    pub head: ObjectHead,
    file: File,
}

/// Bytes on their way to become an object; removed when dropped unpublished.
#[derive(Debug)]
pub struct Staged {
    folder: Folder,
    name: String,
    file: File,
    gauge: Gauge,
    published: bool,
}

/// What to do with an object that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    /// Fail with [`BucketError::ObjectExists`].
    New,
    /// Put the new one in its place.
    Replace,
}

impl Buckets {
    /// Begins an object: write the bytes, then [`Buckets::publish`].
    pub fn stage(&self) -> Result<Staged, BucketError> {
        Staged::begin(self.staging()?)
    }

    /// Makes the staged bytes durable and puts them under `key`, in one step.
    pub fn publish(
        &self,
        mut staged: Staged,
        bucket: &str,
        key: &str,
        mode: Publish,
    ) -> Result<ObjectHead, BucketError> {
        let (parents, leaf) = split(key)?;
        let bucket = self.writable(bucket)?;
        staged.file.sync_all()?;
        // A folder may vanish between making and using it, when another thread deletes the
        // last object in it.
        for _ in 0..16 {
            let folder = match create_parents(&bucket, &parents) {
                Err(error) if is_missing(&error) => continue,
                other => other.map_err(conflict)?,
            };
            match staged.folder.rename(&staged.name, &folder, leaf, mode == Publish::Replace) {
                Err(error) if is_missing(&error) => continue,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    return Err(match folder.kind(leaf) {
                        Ok(EntryKind::File) => BucketError::ObjectExists,
                        _ => BucketError::KeyConflict,
                    });
                }
                other => other.map_err(conflict)?,
            }
            staged.published = true;
            folder.sync()?;
            return Ok(ObjectHead::of(&staged.file)?);
        }
        Err(BucketError::KeyConflict)
    }

    /// What the object is.
    pub fn head(&self, bucket: &str, key: &str) -> Result<ObjectHead, BucketError> {
        Ok(self.get(bucket, key)?.head)
    }

    /// Opens the object.
    pub fn get(&self, bucket: &str, key: &str) -> Result<ObjectReader, BucketError> {
        let (parents, leaf) = split(key)?;
        let folder = open_parents(self.folder(bucket)?, &parents).map_err(absent)?;
        let file = folder.file(leaf).map_err(absent)?;
        Ok(ObjectReader { head: ObjectHead::of(&file)?, file })
    }

    /// Deletes the object, and the folders that it leaves empty; says whether it was there.
    pub fn delete(&self, bucket: &str, key: &str) -> Result<bool, BucketError> {
        let (parents, leaf) = split(key)?;
        let mut folders = vec![self.writable(bucket)?];
        for name in &parents {
            let Some(last) = folders.last() else { break };
            match last.folder(name) {
                Ok(folder) => folders.push(folder),
                Err(error) if is_missing(&error) || is_in_the_way(&error) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        let Some(folder) = folders.pop() else { return Ok(false) };
        match folder.kind(leaf) {
            Ok(EntryKind::File) => {}
            Ok(EntryKind::Folder | EntryKind::Other) => return Ok(false),
            Err(error) if is_missing(&error) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        match folder.remove_file(leaf) {
            Ok(()) => folder.sync()?,
            Err(error) if is_missing(&error) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        for (folder, name) in folders.iter().zip(&parents).rev() {
            if folder.remove_folder(name).is_err() {
                break; // not empty: the usual case
            }
            folder.sync()?;
        }
        Ok(true)
    }

    /// Copies an object of this account to a key of this account.
    pub fn copy(&self, from: (&str, &str), to: (&str, &str)) -> Result<ObjectHead, BucketError> {
        let mut reader = self.get(from.0, from.1)?;
        let mut staged = self.stage()?;
        io::copy(&mut reader, &mut staged)?;
        self.publish(staged, to.0, to.1, Publish::Replace)
    }
}

impl ObjectHead {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let identity = Identity::of(file)?;
        Ok(Self::from_identity(&identity))
    }

    pub(super) fn from_identity(identity: &Identity) -> Self {
        let text = format!("{} {} {}", identity.inode, identity.size, identity.modified_ns);
        let etag: String = Digest::of(text.as_bytes()).to_string().chars().take(32).collect();
        Self { size: identity.size, modified: identity.modified(), etag: format!("{etag}-1") }
    }
}

impl ObjectReader {
    /// Goes to `offset`; the next read begins there.
    pub fn seek_to(&mut self, offset: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset)).map(drop)
    }

    /// The open file, for callers with an I/O of their own.
    pub fn into_file(self) -> File {
        self.file
    }
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Staged {
    pub(super) fn begin(folder: Folder) -> Result<Self, BucketError> {
        let name = random_name()?;
        let file = folder.create_file(&name)?;
        let gauge = Gauge::while_it(|it| !it.is_low());
        Ok(Self { folder, name, file, gauge, published: false })
    }

    /// Moves the staged file to `name` in `folder`: how the parts of an upload are kept.
    pub(super) fn keep_as(
        mut self,
        folder: &Folder,
        name: &str,
    ) -> Result<ObjectHead, BucketError> {
        self.file.sync_all()?;
        self.folder.rename(&self.name, folder, name, true)?;
        self.published = true;
        Ok(ObjectHead::of(&self.file)?)
    }
}

impl Write for Staged {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.gauge.take(&self.file, buffer.len())?;
        self.file.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.published {
            // What cannot be removed stays in staging, which is never listed.
            drop(self.folder.remove_file(&self.name));
        }
    }
}

/// 32 random hex digits.
pub(super) fn random_name() -> Result<String, BucketError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| io::Error::other("no entropy"))?;
    Ok(bytes.iter().map(|it| format!("{it:02x}")).collect())
}

fn create_parents(bucket: &Folder, parents: &[&str]) -> io::Result<Folder> {
    let mut folder = bucket.try_clone()?;
    for name in parents {
        folder = folder.folder_or_create(name)?;
    }
    Ok(folder)
}

fn open_parents(mut folder: Folder, parents: &[&str]) -> io::Result<Folder> {
    for name in parents {
        folder = folder.folder(name)?;
    }
    Ok(folder)
}

fn absent(error: io::Error) -> BucketError {
    if is_missing(&error) || is_in_the_way(&error) { BucketError::NoSuchKey } else { error.into() }
}

fn conflict(error: io::Error) -> BucketError {
    if is_in_the_way(&error) { BucketError::KeyConflict } else { error.into() }
}
