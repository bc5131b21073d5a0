//! Uploads in parts: kept in staging until they become one object.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use super::account::MAX_ENTRIES;
use super::object::random_name;
use super::{BucketError, Buckets, ObjectHead, Publish, Staged, check_key};
use crate::beneath::{EntryKind, Folder, is_in_the_way, is_missing};

/// Names an upload under way: 32 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UploadId(String);

/// A part that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// 1 to 10,000.
    pub number: u16,
    /// Its size, time and ETag.
    pub head: ObjectHead,
}

impl FromStr for UploadId {
    type Err = BucketError;

    fn from_str(text: &str) -> Result<Self, BucketError> {
        let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if text.len() == 32 && text.chars().all(hex) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BucketError::NoSuchUpload)
        }
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Buckets {
    /// Begins an upload to `key` of `bucket`.
    pub fn begin_upload(&self, bucket: &str, key: &str) -> Result<UploadId, BucketError> {
        check_key(key)?;
        drop(self.writable(bucket)?);
        let id = random_name()?;
        let folder = self.staging()?.folder_or_create(&format!("upload-{id}"))?;
        let mut target = folder.create_file("target")?;
        target.write_all(format!("{bucket}\n{key}").as_bytes())?;
        Ok(UploadId(id))
    }

    /// Keeps the staged bytes as part `number` (1 to 10,000); a later one replaces it.
    pub fn put_part(
        &self,
        target: (&str, &str),
        upload: &UploadId,
        number: u16,
        staged: Staged,
    ) -> Result<Part, BucketError> {
        if !(1..=10_000).contains(&number) {
            return Err(BucketError::BadParts);
        }
        let folder = self.upload(target, upload)?;
        let head = staged.keep_as(&folder, &part_name(number))?;
        Ok(Part { number, head })
    }

    /// The parts so far, by number.
    pub fn list_parts(
        &self,
        target: (&str, &str),
        upload: &UploadId,
    ) -> Result<Vec<Part>, BucketError> {
        let folder = self.upload(target, upload)?;
        let mut parts = Vec::new();
        for entry in folder.entries(MAX_ENTRIES)? {
            let number = entry.name.strip_prefix("part-").and_then(|it| it.parse().ok());
            if let (Some(number), EntryKind::File) = (number, entry.kind) {
                let head = ObjectHead::from_identity(&folder.identity(&entry.name)?);
                parts.push(Part { number, head });
            }
        }
        Ok(parts)
    }

    /// Makes one object of the named parts (number and, where known, ETag), in rising order.
    pub fn complete_upload(
        &self,
        target: (&str, &str),
        upload: &UploadId,
        parts: &[(u16, Option<String>)],
    ) -> Result<ObjectHead, BucketError> {
        let folder = self.upload(target, upload)?;
        if parts.is_empty() || !parts.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(BucketError::BadParts);
        }
        let mut whole = self.stage()?;
        for (number, etag) in parts {
            let mut file = folder.file(&part_name(*number)).map_err(|_| BucketError::BadParts)?;
            let head = ObjectHead::of(&file)?;
            if etag.as_ref().is_some_and(|it| *it != head.etag) {
                return Err(BucketError::BadParts);
            }
            io::copy(&mut file, &mut whole)?;
        }
        let head = self.publish(whole, target.0, target.1, Publish::Replace)?;
        self.abort_upload(target, upload)?;
        Ok(head)
    }

    /// Forgets the upload and its parts.
    pub fn abort_upload(&self, target: (&str, &str), upload: &UploadId) -> Result<(), BucketError> {
        let folder = self.upload(target, upload)?;
        for entry in folder.entries(MAX_ENTRIES)? {
            folder.remove_file(&entry.name)?;
        }
        Ok(self.staging()?.remove_folder(&format!("upload-{}", upload.0))?)
    }

    /// The folder of an upload, if it goes to `target`.
    fn upload(&self, target: (&str, &str), upload: &UploadId) -> Result<Folder, BucketError> {
        let unknown = |error: io::Error| {
            let absent = is_missing(&error) || is_in_the_way(&error);
            if absent { BucketError::NoSuchUpload } else { error.into() }
        };
        let folder = self.staging()?.folder(&format!("upload-{}", upload.0)).map_err(unknown)?;
        let mut stored = String::new();
        folder.file("target").map_err(unknown)?.take(2048).read_to_string(&mut stored)?;
        if stored == format!("{}\n{}", target.0, target.1) {
            Ok(folder)
        } else {
            Err(BucketError::NoSuchUpload)
        }
    }
}

fn part_name(number: u16) -> String {
    format!("part-{number:05}")
}
