//! What holds files: a folder, or a bucket of an object store.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore};

use super::Unavailable;
use super::layout::FoundFile;
use super::unavailable::from_store;
use crate::beneath::{Folder, Identity, is_in_the_way};

/// What holds files of a table.
#[derive(Debug, Clone)]
pub(crate) enum Storage {
    Folder(Arc<Folder>),
    Objects(Arc<Bucket>),
}

/// One bucket, with the credentials of one connection.
pub(crate) struct Bucket {
    pub(crate) name: String,
    pub(crate) store: Arc<dyn ObjectStore>,
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Version {
    Disk(Identity),
    Object(ObjectVersion),
}

/// The state of an object. Every read asks for it, and what came is compared with it: not every
/// store heeds a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectVersion {
    pub(crate) size: u64,
    /// Some stores do not list it.
    pub(crate) e_tag: Option<String>,
    /// Seconds since 1970.
    pub(crate) modified: i64,
}

impl ObjectVersion {
    pub(crate) fn of(object: &ObjectMeta) -> Self {
        let ObjectMeta { size, e_tag, last_modified, .. } = object;
        let e_tag = e_tag.as_deref().map(quoted);
        Self { size: *size, e_tag, modified: last_modified.timestamp() }
    }

    /// Whether what came is what was found. An ETag says more than a time.
    fn is_that_of(&self, object: &ObjectMeta) -> bool {
        let same = match (&self.e_tag, &object.e_tag) {
            (Some(found), Some(came)) => *found == quoted(came),
            _ => self.modified == object.last_modified.timestamp(),
        };
        same && self.size == object.size
    }
}

/// An ETag as headers have it. Azure's, which begin so, stand in listings without their quotes.
fn quoted(e_tag: &str) -> String {
    if e_tag.starts_with("0x") { format!("\"{e_tag}\"") } else { e_tag.to_owned() }
}

impl Version {
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Disk(identity) => identity.size,
            Self::Object(object) => object.size,
        }
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({})", self.name)
    }
}

/// Ranges that lie this close are fetched as one.
const GAP: u64 = 512 << 10;
/// Fetches of one file at once.
const PARALLEL: usize = 8;

impl Bucket {
    /// Bytes of an object as it was found.
    pub(crate) async fn fetch(
        &self,
        path: &str,
        version: &ObjectVersion,
        range: Range<u64>,
    ) -> Result<Bytes, Unavailable> {
        let wanted = range.end.saturating_sub(range.start);
        let options = GetOptions {
            if_match: version.e_tag.clone(),
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        let key = Path::parse(path).map_err(|_| Unavailable::BadLocation)?;
        let got = self.store.get_opts(&key, options).await.map_err(|it| from_store(path, &it))?;
        if !version.is_that_of(&got.meta) {
            return Err(Unavailable::Changed { path: path.to_owned() });
        }
        let bytes = got.bytes().await.map_err(|it| from_store(path, &it))?;
        if bytes.len() as u64 == wanted {
            Ok(bytes)
        } else {
            Err(Unavailable::Truncated { path: path.to_owned() })
        }
    }

    /// The same of several ranges, rising and apart; neighbours are fetched together.
    pub(crate) async fn fetch_all(
        &self,
        path: &str,
        version: &ObjectVersion,
        ranges: &[Range<u64>],
    ) -> Result<Vec<(u64, Bytes)>, Unavailable> {
        let fetch = |range: Range<u64>| async move {
            Ok((range.start, self.fetch(path, version, range).await?))
        };
        stream::iter(merged(ranges)).map(fetch).buffered(PARALLEL).try_collect().await
    }
}

/// Rising ranges, those with small gaps between them made one.
pub(super) fn merged(ranges: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut sorted = ranges.to_vec();
    sorted.sort_by_key(|it| it.start);
    let mut merged: Vec<Range<u64>> = Vec::new();
    for range in sorted {
        match merged.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(GAP) => {
                last.end = last.end.max(range.end);
            }
            _ => merged.push(range),
        }
    }
    merged
}

/// Opens a file of a folder if it is still what was found.
pub(super) fn open_beneath(root: &Folder, file: &FoundFile) -> Result<std::fs::File, Unavailable> {
    let changed = || Unavailable::Changed { path: file.path.clone() };
    let disk = |error: std::io::Error| {
        if is_in_the_way(&error) { changed() } else { Unavailable::io(&file.path, &error) }
    };
    let mut segments: Vec<&str> = file.path.split('/').collect();
    let leaf = segments.pop().unwrap_or_default();
    let mut folder = root.try_clone().map_err(disk)?;
    for segment in segments {
        folder = folder.folder(segment).map_err(disk)?;
    }
    let opened = folder.file(leaf).map_err(disk)?;
    let now = Version::Disk(Identity::of(&opened).map_err(disk)?);
    if now == file.version { Ok(opened) } else { Err(changed()) }
}
