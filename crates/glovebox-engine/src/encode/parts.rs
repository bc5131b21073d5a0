//! The parts of one receiver's result.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use glovebox_catalog::{Folder, check_key};
use glovebox_model::{Destination, Id, Query, ResultFormat};
use glovebox_privacy::ResultFile;

use super::Encoding;
use crate::sealed::{Place, Sealer};
use crate::{Cause, Faults};

/// Names parts and gathers what became of them.
pub(super) struct Parts<'a> {
    folder: &'a Folder,
    encoding: &'a Encoding<'a>,
    destination: &'a Destination,
    /// Of this and earlier destinations.
    files: Vec<ResultFile>,
    /// The number of its first sealed file.
    first: u32,
    part: u32,
    left: Arc<AtomicU64>,
}

/// A part that is being written; it fails when the result exceeds its limit.
pub(super) struct Part {
    sealer: Sealer<BufWriter<File>>,
    left: Arc<AtomicU64>,
    faults: Option<Arc<dyn Faults>>,
}

impl<'a> Parts<'a> {
    pub(super) fn new(
        folder: &'a Folder,
        encoding: &'a Encoding<'a>,
        destination: &'a Destination,
        files: Vec<ResultFile>,
    ) -> Result<Self, Cause> {
        let left = Arc::new(AtomicU64::new(encoding.result_bytes));
        let sealed: BTreeSet<&str> = files.iter().map(|it| it.sealed.as_str()).collect();
        let first = u32::try_from(sealed.len()).map_err(|_| Cause::TooLarge)?;
        Ok(Self { folder, encoding, destination, files, first, part: 0, left })
    }

    pub(super) fn begin(&self) -> Result<Part, Cause> {
        let index = self.index()?;
        let faults = self.encoding.faults.cloned();
        fail(faults.as_ref())?;
        let file = BufWriter::new(self.folder.create_file(&format!("{index}.sealed"))?);
        let place = Place { query: self.encoding.query, index };
        let sealer = Sealer::begin(file, self.encoding.key, place)?;
        Ok(Part { sealer, left: Arc::clone(&self.left), faults })
    }

    /// Whether a part of so many bytes is full.
    pub(super) fn is_full(&self, bytes: u64) -> bool {
        !self.destination.single_file && bytes >= self.encoding.part_bytes
    }

    pub(super) fn end(&mut self, part: Part) -> Result<(), Cause> {
        let index = self.index()?;
        let length = part.sealer.length();
        fail(part.faults.as_ref())?;
        let (file, digest) = part.sealer.finish()?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let query = self.encoding.query;
        let suffix = match self.destination.format {
            ResultFormat::Csv => "csv",
            ResultFormat::Parquet => "parquet",
        };
        let key = key(self.destination, query, &format!("part-{:05}.{suffix}", self.part))?;
        self.files.push(ResultFile {
            receiver: self.destination.account,
            bucket: self.destination.bucket.clone(),
            key,
            length,
            digest,
            sealed: format!("{query}/{index}.sealed"),
        });
        self.part += 1;
        Ok(())
    }

    pub(super) fn into_files(self) -> Vec<ResultFile> {
        self.files
    }

    /// The number of the sealed file among all of the result, of which several receivers may share
    /// one: its place when it is opened again.
    fn index(&self) -> Result<u32, Cause> {
        self.first.checked_add(self.part).ok_or(Cause::TooLarge)
    }
}

impl Part {
    pub(super) fn length(&self) -> u64 {
        self.sealer.length()
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        fail(self.faults.as_ref())?;
        let count = self.sealer.write(bytes)?;
        let left = self.left.load(Ordering::Relaxed);
        let left = left.checked_sub(count as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        self.left.store(left, Ordering::Relaxed);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sealer.flush()
    }
}

/// The files of `earlier`, for another receiver who wants the same bytes: objects of its own, and
/// the same sealed files.
pub(super) fn copies(
    files: &[ResultFile],
    (earlier, destination): (&Destination, &Destination),
    query: Id<Query>,
) -> Result<Vec<ResultFile>, Cause> {
    let of_earlier = files.iter().filter(|it| it.receiver == earlier.account);
    of_earlier
        .map(|it| {
            let name = it.key.rsplit_once('/').map_or(it.key.as_str(), |(_, name)| name);
            Ok(ResultFile {
                receiver: destination.account,
                bucket: destination.bucket.clone(),
                key: key(destination, query, name)?,
                ..it.clone()
            })
        })
        .collect()
}

/// The key of an object: `<keyPrefix>/<queryId>/<name>`.
fn key(destination: &Destination, query: Id<Query>, name: &str) -> Result<String, Cause> {
    let key = match destination.key_prefix.as_str() {
        "" => format!("{query}/{name}"),
        prefix => format!("{prefix}/{query}/{name}"),
    };
    check_key(&key).map_err(|_| Cause::Internal("a key prefix was not checked"))?;
    Ok(key)
}

fn fail(faults: Option<&Arc<dyn Faults>>) -> io::Result<()> {
    faults.map_or(Ok(()), |it| it.keep())
}

/// A full disk is the house's; too many bytes are the result's.
pub(super) fn cause(error: &io::Error) -> Cause {
    match error.kind() {
        io::ErrorKind::FileTooLarge => Cause::TooLarge,
        kind => Cause::Disk(kind),
    }
}
