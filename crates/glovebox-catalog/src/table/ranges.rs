//! A file that is read by ranges, each of which may be recorded.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::parquet::errors::{ParquetError, Result as ParquetResult};
use datafusion::parquet::file::reader::{ChunkReader, Length};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::Unavailable;
use super::layout::FoundFile;
use super::reading::ReadRecorder;
use super::stop::Stop;
use super::storage::{Bucket, ObjectVersion, Storage, Version, merged, open_beneath};
use crate::beneath::Identity;

/// A file of known length and state.
#[derive(Debug, Clone)]
pub(crate) struct Ranges {
    source: Source,
    pub(crate) length: u64,
    pub(crate) path: String,
    recorder: Option<Arc<dyn ReadRecorder>>,
    stop: Stop,
    /// What was fetched already: where it begins, and its bytes; rising.
    held: Arc<Vec<(u64, Bytes)>>,
}

#[derive(Debug, Clone)]
enum Source {
    File(Arc<File>),
    Object { bucket: Arc<Bucket>, version: Arc<ObjectVersion> },
}

/// Fetched of an object to read its footer; most are no longer.
const TAIL: u64 = 64 << 10;
/// Bytes of an object that is read from its start to its end, at once; the next ones are fetched
/// meanwhile.
const AHEAD: u64 = 4 << 20;

impl Ranges {
    /// Opens a file as it was found. Nothing of an object is fetched yet.
    pub(crate) fn open(
        file: &FoundFile,
        recorder: Option<Arc<dyn ReadRecorder>>,
        stop: &Stop,
    ) -> Result<Self, Unavailable> {
        let source = match (&file.storage, &file.version) {
            (Storage::Folder(root), Version::Disk(_)) => {
                Source::File(Arc::new(open_beneath(root, file)?))
            }
            (Storage::Objects(bucket), Version::Object(version)) => {
                Source::Object { bucket: Arc::clone(bucket), version: Arc::new(version.clone()) }
            }
            _ => return Err(Unavailable::BadLocation),
        };
        Ok(Self {
            source,
            length: file.version.size(),
            path: file.path.clone(),
            recorder,
            stop: stop.clone(),
            held: Arc::default(),
        })
    }

    /// Whether the file that was read is still what was found. Reads of objects are conditional:
    /// there is nothing left to compare.
    pub(crate) fn is_unchanged(&self, version: &Version) -> Result<bool, Unavailable> {
        match &self.source {
            Source::File(file) => {
                let now = Identity::of(file).map_err(|it| Unavailable::io(&self.path, &it))?;
                Ok(Version::Disk(now) == *version)
            }
            Source::Object { .. } => Ok(true),
        }
    }

    /// Whether reading asks something distant.
    pub(crate) fn is_distant(&self) -> bool {
        matches!(self.source, Source::Object { .. })
    }

    /// The same file with the end of it at hand, if it is distant: at least `least` bytes.
    pub(crate) async fn with_tail(&self, least: u64) -> Result<Self, Unavailable> {
        let start = self.length.saturating_sub(least.max(TAIL));
        self.with(std::slice::from_ref(&(start..self.length))).await
    }

    /// The same file with these ranges at hand, if it is distant.
    pub(crate) async fn with(&self, ranges: &[Range<u64>]) -> Result<Self, Unavailable> {
        let Source::Object { bucket, version } = &self.source else { return Ok(self.clone()) };
        let is_missing = |it: &Range<u64>| !it.is_empty() && self.at_hand(it).is_none();
        let missing: Vec<Range<u64>> =
            merged(ranges).into_iter().filter(|it| is_missing(it)).collect();
        if missing.iter().any(|it| it.end > self.length) {
            return Err(Unavailable::Corrupt { path: self.path.clone(), row_group: None });
        }
        missing.iter().for_each(|it| self.record(it.start, it.end - it.start));
        let mut held = bucket.fetch_all(&self.path, version, &missing).await?;
        held.extend(self.held.iter().cloned());
        Ok(Self { held: Arc::new(held), ..self.clone() })
    }

    /// Whether the file is small, and nothing of it is left to be fetched.
    pub(crate) fn is_at_hand(&self) -> bool {
        self.length <= TAIL && self.at_hand(&(0..self.length)).is_some()
    }

    /// A reader from `offset` on. What begins within a file is the header of a page; the page
    /// itself is read as a range.
    pub(crate) fn reader(&self, offset: u64) -> BufReader<Onward> {
        let onward = Onward {
            ranges: self.clone(),
            offset,
            chunk: Bytes::new(),
            next: None,
            is_small: offset > 0,
        };
        BufReader::with_capacity(if offset > 0 { 4 << 10 } else { 64 << 10 }, onward)
    }

    /// The bytes of a range that must lie within the file.
    pub(crate) fn range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let wanted = length as u64;
        let end = offset.checked_add(wanted).filter(|it| *it <= self.length);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        if let Some(bytes) = self.at_hand(&(offset..end)) {
            return Ok(bytes);
        }
        self.record(offset, wanted);
        match &self.source {
            Source::File(file) => {
                let mut bytes = vec![0; length];
                file.read_exact_at(&mut bytes, offset)?;
                Ok(bytes.into())
            }
            Source::Object { bucket, version } => {
                let fetch = bucket.fetch(&self.path, version, offset..end);
                self.stop.wait(fetch).map_err(io::Error::other)
            }
        }
    }

    fn at_hand(&self, wanted: &Range<u64>) -> Option<Bytes> {
        let (start, bytes) = self.held.iter().find(|(start, bytes)| {
            *start <= wanted.start && wanted.end <= start.saturating_add(bytes.len() as u64)
        })?;
        let from = usize::try_from(wanted.start - start).ok()?;
        let to = usize::try_from(wanted.end - start).ok()?;
        Some(bytes.slice(from..to))
    }

    fn record(&self, offset: u64, length: u64) {
        if let Some(recorder) = &self.recorder {
            recorder.read(&self.path, offset, length);
        }
    }
}

/// Reads on from a place.
#[derive(Debug)]
pub(crate) struct Onward {
    ranges: Ranges,
    offset: u64,
    /// What is left of the bytes fetched last.
    chunk: Bytes,
    /// The bytes after them, on their way.
    next: Option<JoinHandle<Result<Bytes, Unavailable>>>,
    /// Whether little will be read: pages of a file whose ranges are at hand.
    is_small: bool,
}

impl Onward {
    /// The next bytes of an object: from what is at hand, from what is on its way, else fetched.
    fn refill(&mut self, bucket: &Arc<Bucket>, version: &Arc<ObjectVersion>) -> io::Result<()> {
        let (from, length) = (self.offset, self.ranges.length);
        let held = self.ranges.held.iter().find(|(start, bytes)| {
            *start <= from && from < start.saturating_add(bytes.len() as u64)
        });
        if let Some((start, bytes)) = held {
            self.chunk = bytes.slice(usize::try_from(from - start).unwrap_or(usize::MAX)..);
            return Ok(());
        }
        let until = move |from: u64| from.saturating_add(AHEAD).min(length);
        let fetch = |from: u64| {
            let (bucket, version, path) =
                (Arc::clone(bucket), Arc::clone(version), self.ranges.path.clone());
            async move { bucket.fetch(&path, &version, from..until(from)).await }
        };
        let first = match self.next.take() {
            Some(on_its_way) => self
                .ranges
                .stop
                .wait(async { on_its_way.await.unwrap_or(Err(Unavailable::Stopped)) }),
            None => {
                self.ranges.record(from, until(from) - from);
                self.ranges.stop.wait(fetch(from))
            }
        };
        let after = until(from);
        if after < length && !self.is_small {
            self.ranges.record(after, until(after) - after);
            self.next = Some(Handle::current().spawn(fetch(after)));
        }
        self.chunk = first.map_err(io::Error::other)?;
        Ok(())
    }
}

impl Read for Onward {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.ranges.length.saturating_sub(self.offset);
        let wanted = buffer.len().min(usize::try_from(rest).unwrap_or(usize::MAX));
        let Some(buffer) = buffer.get_mut(..wanted).filter(|it| !it.is_empty()) else {
            return Ok(0);
        };
        let count = match self.ranges.source.clone() {
            Source::File(file) => {
                let count = file.read_at(buffer, self.offset)?;
                self.ranges.record(self.offset, count as u64);
                count
            }
            Source::Object { bucket, version } => {
                if self.chunk.is_empty() {
                    self.refill(&bucket, &version)?;
                }
                let count = buffer.len().min(self.chunk.len());
                let bytes = self.chunk.split_to(count);
                if let Some(filled) = buffer.get_mut(..count) {
                    filled.copy_from_slice(&bytes);
                }
                count
            }
        };
        self.offset += count as u64;
        Ok(count)
    }
}

impl Drop for Onward {
    fn drop(&mut self) {
        if let Some(on_its_way) = self.next.take() {
            on_its_way.abort();
        }
    }
}

impl Length for Ranges {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Ranges {
    type T = BufReader<Onward>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(self.reader(start))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        self.range(start, length).map_err(|it| ParquetError::External(Box::new(it)))
    }
}
