//! Rows that memory has no room for: in files without a name, encrypted with a key that is never
//! written down.
//!
//! A file has no entry in any folder, so that nothing of it is left however the process ends. Each
//! has its own key and counts its nonces: a frame can be neither moved nor exchanged unnoticed.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use bytes::Bytes;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SpillFile, SpillWriter, TempFileFactory};
use futures::{Stream, StreamExt, stream};
use glovebox_catalog::{Gauge, Space};
use zeroize::Zeroizing;

/// Makes the spill files of one query, which together may have so many bytes.
#[derive(Debug, Clone)]
pub(crate) struct EncryptedSpill {
    folder: PathBuf,
    most: u64,
    used: Arc<AtomicU64>,
    /// The last of the disk's room is not for spilling.
    gauge: Arc<Gauge>,
}

/// Clear bytes of a frame at most.
const FRAME: usize = 128 << 10;
/// What a frame is longer than its clear bytes: its length before, its tag behind.
const LENGTH: usize = 4;
const TAG: usize = 16;

impl EncryptedSpill {
    pub(crate) fn new(folder: PathBuf, most: u64) -> Self {
        let gauge = Arc::new(Gauge::while_it(Space::takes_spill));
        Self { folder, most, used: Arc::default(), gauge }
    }
}

impl TempFileFactory for EncryptedSpill {
    fn create_temp_file(&self, _: &str) -> Result<Arc<dyn SpillFile>> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice())
            .map_err(|it| DataFusionError::IoError(io::Error::other(it)))?;
        let file = tempfile::tempfile_in(&self.folder).map_err(DataFusionError::IoError)?;
        Ok(Arc::new(Spilled(Arc::new(Inner {
            file,
            cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key)),
            length: AtomicU64::new(0),
            share: self.clone(),
        }))))
    }
}

/// A file and its key.
struct Inner {
    file: File,
    cipher: Aes256Gcm,
    /// Bytes of whole frames.
    length: AtomicU64,
    share: EncryptedSpill,
}

#[derive(Clone)]
struct Spilled(Arc<Inner>);

impl fmt::Debug for Spilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spilled")
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.share.used.fetch_sub(self.length.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// The nonce of the frame of that number.
fn nonce(frame: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce.iter_mut().zip(frame.to_le_bytes()).for_each(|(to, from)| *to = from);
    nonce
}

impl Inner {
    fn append(&self, frame: u64, clear: &[u8]) -> io::Result<()> {
        let broken = || io::Error::from(io::ErrorKind::InvalidData);
        let sealed =
            self.cipher.encrypt(&Nonce::from(nonce(frame)), clear).map_err(|_| broken())?;
        let length = u32::try_from(sealed.len()).map_err(|_| broken())?;
        let bytes = [&length.to_le_bytes(), sealed.as_slice()].concat();
        let size = bytes.len() as u64;
        self.share.gauge.take(&self.file, bytes.len())?;
        let used = self.share.used.fetch_add(size, Ordering::Relaxed) + size;
        if used > self.share.most {
            self.share.used.fetch_sub(size, Ordering::Relaxed);
            return Err(io::Error::other("the query has spilled as much as it may"));
        }
        let written = self.file.write_all_at(&bytes, self.length.load(Ordering::Acquire));
        // What was begun stands beyond the length and is written over.
        if written.is_err() {
            self.share.used.fetch_sub(size, Ordering::Relaxed);
            return written;
        }
        self.length.fetch_add(size, Ordering::Release);
        Ok(())
    }

    /// The clear bytes of the frame at `place`, and where the next one begins; `None` at the end
    /// of what is written so far.
    fn frame(&self, frame: u64, place: u64) -> io::Result<Option<(Bytes, u64)>> {
        if place >= self.length.load(Ordering::Acquire) {
            return Ok(None);
        }
        let broken = || io::Error::from(io::ErrorKind::InvalidData);
        let mut length = [0; LENGTH];
        self.file.read_exact_at(&mut length, place)?;
        let length = usize::try_from(u32::from_le_bytes(length)).map_err(|_| broken())?;
        if length > FRAME + TAG {
            return Err(broken());
        }
        let mut sealed = vec![0; length];
        let start = place + LENGTH as u64;
        self.file.read_exact_at(&mut sealed, start)?;
        let clear = self
            .cipher
            .decrypt(&Nonce::from(nonce(frame)), sealed.as_slice())
            .map_err(|_| broken())?;
        Ok(Some((clear.into(), start + length as u64)))
    }
}

impl SpillFile for Spilled {
    fn size(&self) -> Option<u64> {
        Some(self.0.length.load(Ordering::Relaxed))
    }

    fn read_stream(&self) -> Result<Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>> {
        let file = Arc::clone(&self.0);
        let frames = stream::unfold((file, 0, 0), async |(file, frame, place)| {
            match file.frame(frame, place) {
                Ok(Some((clear, next))) => Some((Ok(clear), (file, frame + 1, next))),
                Ok(None) => None,
                Err(error) => Some((Err(error), (file, frame, u64::MAX))),
            }
        });
        Ok(Box::pin(frames.map(|it| it.map_err(DataFusionError::IoError))))
    }

    fn open_writer(&self) -> Result<Box<dyn SpillWriter>> {
        Ok(Box::new(Writer { file: Arc::clone(&self.0), frame: 0, clear: Vec::new() }))
    }
}

/// Writes a file from its beginning. Every file has one writer.
struct Writer {
    file: Arc<Inner>,
    frame: u64,
    clear: Vec<u8>,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = FRAME.saturating_sub(self.clear.len());
        let count = bytes.len().min(room);
        self.clear.extend_from_slice(bytes.get(..count).unwrap_or_default());
        if self.clear.len() >= FRAME {
            self.flush()?;
        }
        Ok(count)
    }

    /// Readers see what was flushed.
    fn flush(&mut self) -> io::Result<()> {
        if !self.clear.is_empty() {
            self.file.append(self.frame, &self.clear)?;
            self.frame += 1;
            self.clear.clear();
        }
        Ok(())
    }
}

impl SpillWriter for Writer {
    fn finish(&mut self) -> Result<()> {
        self.flush().map_err(DataFusionError::IoError)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn spill(folder: &TempDir, most: u64) -> Arc<dyn SpillFile> {
        let factory = EncryptedSpill::new(folder.path().to_owned(), most);
        factory.create_temp_file("a test").unwrap()
    }

    async fn read(file: &Arc<dyn SpillFile>) -> Vec<u8> {
        let chunks: Vec<Result<Bytes>> = file.read_stream().unwrap().collect().await;
        chunks.into_iter().flat_map(Result::unwrap).collect()
    }

    #[tokio::test]
    async fn what_is_written_is_read_and_stands_nowhere_in_clear() {
        let folder = TempDir::new().unwrap();
        let factory = EncryptedSpill::new(folder.path().to_owned(), 1 << 30);
        let file = factory.create_temp_file("a test").unwrap();
        let clear: Vec<u8> = b"a row of somebody's ".repeat(50_000);
        let mut writer = file.open_writer().unwrap();
        writer.write_all(&clear).unwrap();
        writer.finish().unwrap();
        assert_eq!(read(&file).await, clear);
        assert!(factory.used.load(Ordering::Relaxed) > clear.len() as u64);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it has no name");
        drop((file, writer));
        assert_eq!(factory.used.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn bytes_on_the_disk_are_sealed_in_their_place() {
        let folder = TempDir::new().unwrap();
        let factory = EncryptedSpill::new(folder.path().to_owned(), 1 << 30);
        let spilled = |text: &[u8]| {
            let inner = Inner {
                file: tempfile::tempfile_in(folder.path()).unwrap(),
                cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from([7; 32])),
                length: AtomicU64::new(0),
                share: factory.clone(),
            };
            for (frame, clear) in text.chunks(8).enumerate() {
                inner.append(frame as u64, clear).unwrap();
            }
            inner
        };
        let inner = spilled(b"secret 1secret 2");
        let size = usize::try_from(inner.length.load(Ordering::Relaxed)).unwrap();
        let mut bytes = vec![0; size];
        inner.file.read_exact_at(&mut bytes, 0).unwrap();
        assert!(!bytes.windows(6).any(|it| it == b"secret"));
        let (first, second) = bytes.split_at(size / 2);
        inner.file.write_all_at(&[second, first].concat(), 0).unwrap();
        assert!(inner.frame(0, 0).is_err(), "frames that changed places");
    }

    #[tokio::test]
    async fn a_reader_sees_what_was_flushed_and_the_limit_holds() {
        let folder = TempDir::new().unwrap();
        let file = spill(&folder, 1_000);
        let mut writer = file.open_writer().unwrap();
        writer.write_all(&[1; 500]).unwrap();
        assert_eq!(read(&file).await, Vec::<u8>::new());
        writer.flush().unwrap();
        assert_eq!(read(&file).await, vec![1; 500]);
        writer.write_all(&[2; 500]).unwrap();
        assert!(writer.flush().is_err());
        assert_eq!(read(&file).await, vec![1; 500]);
    }
}
