//! Rows in buckets, in memory while they fit and then in an encrypted file without a name.
//!
//! A record belongs to the bucket of one byte of its key: of the first byte at the first level.
//! Taking the buckets in ascending order, and sorting within each, sorts everything. A bucket that
//! is too large is spilled again by the next byte, so that memory is bounded whatever comes.
//!
//! On disk there is one file, created without a name (or unlinked at once) with mode 0600, and in
//! it blocks of AES-256-GCM under a key that exists in this process alone: the nonce is a counter,
//! the bucket is authenticated. When the process ends, however it ends, the file is gone.

use std::fmt;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroize;

use crate::Failed;

/// As many as a byte has values.
const BUCKETS: usize = 256;

/// Bytes of a record before its payload: their number, little-endian.
const FRAME: usize = 4;

/// How much a spill may hold in memory, and how much a bucket may weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Budget {
    /// Bytes of records that are held before they go to disk.
    pub(crate) held: usize,
    /// Bytes of a bucket that is sorted at once.
    pub(crate) bucket: u64,
}

impl Budget {
    /// 32 MiB held, 1 MiB sorted at once: what a core's cache holds.
    pub(crate) const USUAL: Self = Self { held: 32 << 20, bucket: 1 << 20 };
}

/// What went to disk, for tests and for the summary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Bytes of records that were written to disk.
    pub(crate) spilled: u64,
    /// The largest number of bytes held at once, buckets being sorted among them.
    pub(crate) held: u64,
    /// Buckets that had to be spilled again.
    pub(crate) split: u64,
}

impl Usage {
    fn add(&mut self, other: Self) {
        self.spilled += other.spilled;
        self.held = self.held.max(other.held);
        self.split += other.split;
    }
}

/// Where a block lies in the file; its number is the nonce.
#[derive(Debug, Clone, Copy)]
struct Block {
    at: u64,
    length: usize,
    number: u64,
}

#[derive(Default)]
struct Bucket {
    held: Vec<u8>,
    blocks: Vec<Block>,
    written: u64,
}

/// Records in buckets.
pub(crate) struct Spill {
    folder: PathBuf,
    budget: Budget,
    level: usize,
    buckets: Vec<Bucket>,
    held: usize,
    disk: Option<Disk>,
    usage: Usage,
}

impl fmt::Debug for Spill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spill").field("usage", &self.usage).finish_non_exhaustive()
    }
}

/// The file, and the key that reads it.
struct Disk {
    file: File,
    key: LessSafeKey,
    end: u64,
    blocks: u64,
}

impl Spill {
    /// Empty; what does not fit will go to a file in `folder`.
    pub(crate) fn new(folder: &Path, budget: Budget) -> Self {
        Self::at_level(folder, budget, 0)
    }

    fn at_level(folder: &Path, budget: Budget, level: usize) -> Self {
        let buckets = (0..BUCKETS).map(|_| Bucket::default()).collect();
        let folder = folder.to_owned();
        Self { folder, budget, level, buckets, held: 0, disk: None, usage: Usage::default() }
    }

    /// Adds a record: `key`, then `rest`. The key must be longer than any level that is reached.
    pub(crate) fn add(&mut self, key: &[u8], rest: &[&[u8]]) -> Result<(), Failed> {
        let length = key.len() + rest.iter().map(|it| it.len()).sum::<usize>();
        let frame = u32::try_from(length).map_err(|_| Failed::new("a row is too long"))?;
        let bucket = usize::from(key.get(self.level).copied().unwrap_or_default());
        let Some(bucket) = self.buckets.get_mut(bucket) else { return Ok(()) };
        bucket.held.extend_from_slice(&frame.to_le_bytes());
        bucket.held.extend_from_slice(key);
        for part in rest {
            bucket.held.extend_from_slice(part);
        }
        self.held += FRAME + length;
        self.usage.held = self.usage.held.max(self.held as u64);
        if self.held >= self.budget.held { self.flush() } else { Ok(()) }
    }

    /// What went to disk so far.
    pub(crate) fn usage(&self) -> Usage {
        self.usage
    }

    /// Writes everything that is held to disk.
    fn flush(&mut self) -> Result<(), Failed> {
        if self.disk.is_none() {
            self.disk = Some(Disk::create(&self.folder)?);
        }
        let Some(disk) = self.disk.as_mut() else { return Ok(()) };
        for (index, bucket) in self.buckets.iter_mut().enumerate() {
            if bucket.held.is_empty() {
                continue;
            }
            let length = bucket.held.len() as u64;
            let block = disk.write(index, self.level, &mut bucket.held);
            bucket.blocks.push(block.map_err(|it| folder_failed(&self.folder, &it))?);
            bucket.written += length;
            bucket.held.clear();
            self.usage.spilled += length;
        }
        self.held = 0;
        Ok(())
    }

    /// Gives every bucket, in ascending order, as one run of records whose keys share a beginning.
    pub(crate) fn drain(
        mut self,
        visit: &mut dyn FnMut(Vec<u8>) -> Result<(), Failed>,
    ) -> Result<Usage, Failed> {
        if self.disk.is_some() {
            self.flush()?;
            for bucket in &mut self.buckets {
                bucket.held = Vec::new();
            }
        }
        for index in 0..BUCKETS {
            let Some(bucket) = self.buckets.get_mut(index) else { continue };
            let bucket = std::mem::take(bucket);
            if bucket.written > self.budget.bucket && self.level < 8 {
                self.split(index, &bucket)?.drain(visit).map(|it| self.usage.add(it))?;
                continue;
            }
            if bucket.blocks.is_empty() && bucket.held.is_empty() {
                continue;
            }
            let mut records = bucket.held;
            let length: usize = bucket.blocks.iter().map(|it| it.length).sum();
            records.reserve_exact(length);
            for block in &bucket.blocks {
                self.read(index, *block, &mut records)?;
            }
            self.usage.held = self.usage.held.max(records.len() as u64);
            visit(records)?;
        }
        Ok(self.usage)
    }

    /// The records of a bucket, in finer buckets.
    fn split(&mut self, index: usize, bucket: &Bucket) -> Result<Self, Failed> {
        self.usage.split += 1;
        let mut finer = Self::at_level(&self.folder, self.budget, self.level + 1);
        let mut records = Vec::new();
        for block in &bucket.blocks {
            records.clear();
            self.read(index, *block, &mut records)?;
            for record in Records::of(&records) {
                finer.add(record, &[])?;
            }
        }
        Ok(finer)
    }

    /// Appends the records of a block.
    fn read(&self, index: usize, block: Block, records: &mut Vec<u8>) -> Result<(), Failed> {
        let Some(disk) = &self.disk else { return Ok(()) };
        let read = disk.read(index, self.level, block, records);
        read.map_err(|it| folder_failed(&self.folder, &it))
    }
}

fn folder_failed(folder: &Path, error: &std::io::Error) -> Failed {
    Failed::io("cannot keep rows in the temporary folder", folder, error)
        .help("name a folder with room for the rows of the input with --tempDir")
}

impl Disk {
    fn create(folder: &Path) -> Result<Self, Failed> {
        let failed = |it: &std::io::Error| {
            Failed::io("cannot make a temporary file in", folder, it)
                .help("name a folder that can be written to with --tempDir")
        };
        let file = tempfile::tempfile_in(folder).map_err(|it| failed(&it))?;
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| Failed::new("the system gives no random bytes"))?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes);
        bytes.zeroize();
        let key = key.map_err(|_| Failed::new("the temporary key cannot be used"))?;
        Ok(Self { file, key: LessSafeKey::new(key), end: 0, blocks: 0 })
    }

    fn write(&mut self, bucket: usize, level: usize, held: &mut Vec<u8>) -> std::io::Result<Block> {
        let number = self.blocks;
        self.blocks += 1;
        let sealed = self.key.seal_in_place_append_tag(nonce(number), aad(bucket, level), held);
        sealed.map_err(|_| std::io::Error::other("the rows could not be encrypted"))?;
        self.file.write_all_at(held, self.end)?;
        let block = Block { at: self.end, length: held.len(), number };
        self.end += held.len() as u64;
        Ok(block)
    }

    fn read(
        &self,
        bucket: usize,
        level: usize,
        block: Block,
        records: &mut Vec<u8>,
    ) -> std::io::Result<()> {
        let start = records.len();
        records.resize(start + block.length, 0);
        let part = records.get_mut(start..).unwrap_or_default();
        self.file.read_exact_at(part, block.at)?;
        let opened = self.key.open_in_place(nonce(block.number), aad(bucket, level), part);
        let length = opened
            .map_err(|_| std::io::Error::other("the temporary file was changed by someone"))?
            .len();
        records.truncate(start + length);
        Ok(())
    }
}

/// Each block of a file has a number of its own, and each file a key of its own.
fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; 12];
    for (to, from) in bytes.iter_mut().zip(number.to_le_bytes()) {
        *to = from;
    }
    Nonce::assume_unique_for_key(bytes)
}

fn aad(bucket: usize, level: usize) -> Aad<[u8; 16]> {
    let mut bytes = [0; 16];
    let numbers = (bucket as u64).to_le_bytes().into_iter().chain((level as u64).to_le_bytes());
    for (to, from) in bytes.iter_mut().zip(numbers) {
        *to = from;
    }
    Aad::from(bytes)
}

/// The records of a run, one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    /// The records of a run that `drain` gave.
    pub(crate) fn of(run: &'a [u8]) -> Self {
        Self { rest: run }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (frame, rest) = self.rest.split_first_chunk::<FRAME>()?;
        let length = usize::try_from(u32::from_le_bytes(*frame)).ok()?;
        let (record, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> [u8; 16] {
        // Scattered, as random nonces are, and the same in every run.
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23) ^ number << 3;
        let mut key = [0; 16];
        key[..8].copy_from_slice(&mixed.wrapping_mul(0xd6e8_feb8_6659_fd93).to_be_bytes());
        key[8..].copy_from_slice(&number.to_be_bytes());
        key
    }

    /// Everything in order, each bucket sorted as it comes.
    fn sorted(count: u64, budget: Budget) -> (Vec<Vec<u8>>, Usage) {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(folder.path(), budget);
        for number in 0..count {
            spill.add(&key(number), &[b"the row ", &number.to_le_bytes()]).unwrap();
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "files have names");
        }
        let mut all = Vec::new();
        let usage = spill
            .drain(&mut |run| {
                let mut records: Vec<Vec<u8>> = Records::of(&run).map(<[u8]>::to_vec).collect();
                records.sort();
                all.extend(records);
                Ok(())
            })
            .unwrap();
        (all, usage)
    }

    fn expected(count: u64) -> Vec<Vec<u8>> {
        let record = |number: u64| [&key(number)[..], b"the row ", &number.to_le_bytes()].concat();
        let mut all: Vec<_> = (0..count).map(record).collect();
        all.sort();
        all
    }

    #[test]
    fn what_fits_stays_in_memory() {
        let (all, usage) = sorted(5_000, Budget::USUAL);
        assert_eq!(all, expected(5_000));
        assert_eq!(usage.spilled, 0);
    }

    #[test]
    fn what_does_not_fit_comes_back_in_order_and_memory_is_bounded() {
        let budget = Budget { held: 64 << 10, bucket: 16 << 10 };
        let (all, usage) = sorted(100_000, budget);
        assert_eq!(all, expected(100_000));
        // 36 bytes each, of which at most a budget's worth stayed in memory.
        assert!(usage.spilled >= 100_000 * 36 - (64 << 10), "{usage:?}");
        assert!(usage.held <= (64 << 10) + 64, "{usage:?}");
        assert_eq!(usage.split, 0);
    }

    #[test]
    fn buckets_that_are_too_large_are_split() {
        let budget = Budget { held: 64 << 10, bucket: 4 << 10 };
        let (all, usage) = sorted(100_000, budget);
        assert_eq!(all, expected(100_000));
        assert_eq!(usage.split, 256);
        assert!(usage.held <= (64 << 10) + 64, "{usage:?}");
    }

    #[test]
    fn what_lies_on_disk_is_not_readable() {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(folder.path(), Budget { held: 1024, bucket: 1024 });
        for number in 0..1000 {
            spill.add(&key(number), &[b"a secret name"]).unwrap();
        }
        let disk = spill.disk.as_ref().unwrap();
        let mut bytes = vec![0; usize::try_from(disk.end).unwrap()];
        disk.file.read_exact_at(&mut bytes, 0).unwrap();
        assert!(bytes.len() > 10_000);
        assert!(!bytes.windows(8).any(|it| it == &b"a secret"[..]));
    }

    #[test]
    fn a_changed_temporary_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(folder.path(), Budget { held: 1024, bucket: 1024 });
        for number in 0..1000 {
            spill.add(&key(number), &[b"row"]).unwrap();
        }
        spill.disk.as_ref().unwrap().file.write_all_at(b"x", 5).unwrap();
        let failed = spill.drain(&mut |_| Ok(())).unwrap_err();
        assert!(failed.text().contains("was changed by someone"), "{failed}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let mut spill = Spill::new(Path::new("/no/such"), Budget { held: 8, bucket: 8 });
        let failed = spill.add(&[0; 16], &[]).unwrap_err();
        assert!(failed.text().contains("/no/such"), "{failed}");
        assert!(failed.to_string().contains("--tempDir"), "{failed}");
    }
}
