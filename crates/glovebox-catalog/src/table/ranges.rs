//! A file that is read by ranges, each of which may be recorded.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::parquet::errors::{ParquetError, Result};
use datafusion::parquet::file::reader::{ChunkReader, Length};

use super::reading::ReadRecorder;

/// An open file of known length.
#[derive(Debug, Clone)]
pub(super) struct Ranges {
    pub(super) file: Arc<File>,
    pub(super) length: u64,
    pub(super) path: String,
    pub(super) recorder: Option<Arc<dyn ReadRecorder>>,
}

/// Reads on from a place.
#[derive(Debug)]
pub(super) struct Onward {
    ranges: Ranges,
    offset: u64,
}

impl Ranges {
    /// A reader from `offset` on.
    pub(super) fn reader(&self, offset: u64) -> BufReader<Onward> {
        BufReader::with_capacity(64 << 10, Onward { ranges: self.clone(), offset })
    }

    /// The bytes of a range that must lie within the file.
    pub(super) fn range(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let wanted = length as u64;
        let end = offset.checked_add(wanted).filter(|it| *it <= self.length);
        if end.is_none() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.record(offset, wanted);
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }

    fn record(&self, offset: u64, length: u64) {
        if let Some(recorder) = &self.recorder {
            recorder.read(&self.path, offset, length);
        }
    }
}

impl Read for Onward {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.ranges.length.saturating_sub(self.offset);
        let wanted = buffer.len().min(usize::try_from(rest).unwrap_or(usize::MAX));
        let Some(buffer) = buffer.get_mut(..wanted).filter(|it| !it.is_empty()) else {
            return Ok(0);
        };
        let count = self.ranges.file.read_at(buffer, self.offset)?;
        self.ranges.record(self.offset, count as u64);
        self.offset += count as u64;
        Ok(count)
    }
}

impl Length for Ranges {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Ranges {
    type T = BufReader<Onward>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(self.reader(start))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.range(start, length).map_err(|it| ParquetError::External(Box::new(it)))?;
        Ok(bytes.into())
    }
}
