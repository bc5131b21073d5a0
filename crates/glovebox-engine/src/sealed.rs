//! Files that only the house can read: AES-256-GCM in chunks.
//!
//! A file is `GBKEPT1\n`, 32 random bytes of salt, then chunks of 64 KiB, each with its tag. Its
//! key is HMAC-SHA-256 of the house's key over salt, query and place of the file, so that no two
//! files share one; the nonce of a chunk is its number and whether it is the last. Chunks cannot
//! be changed, swapped, dropped, added or moved to another file.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, Key, KeyInit, Nonce};
use glovebox_model::{Digest, Id, Query};
use hmac::{Hmac, Mac};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The key under which results are kept until they are delivered.
#[derive(Clone)]
pub struct KeptKey(Zeroizing<[u8; 32]>);

impl KeptKey {
    /// A key of 32 bytes, derived from the master key for this purpose alone.
    pub fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for KeptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptKey")
    }
}

/// Which file of which result.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) query: Id<Query>,
    pub(crate) index: u32,
}

const MAGIC: &[u8; 8] = b"GBKEPT1\n";
const CHUNK: usize = 64 << 10;
const TAG: usize = 16;

struct Cipher {
    cipher: Aes256Gcm,
    place: [u8; 20],
    chunk: u64,
}

impl Cipher {
    fn new(key: &KeptKey, place: Place, salt: &[u8; 32]) -> io::Result<Self> {
        let mut bound = [0; 20];
        bound[..16].copy_from_slice(place.query.as_bytes());
        bound[16..].copy_from_slice(&place.index.to_be_bytes());
        let mut mac = Hmac::<Sha256>::new_from_slice(key.0.as_slice())
            .map_err(|_| io::Error::other("no key"))?;
        for part in [b"glovebox/kept/1".as_slice(), salt, &bound] {
            mac.update(part);
        }
        let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(mac.finalize().into_bytes().into());
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*bytes));
        Ok(Self { cipher, place: bound, chunk: 0 })
    }

    fn nonce(&mut self, last: bool) -> io::Result<[u8; 12]> {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.chunk.to_be_bytes());
        nonce[11] = u8::from(last);
        self.chunk = self.chunk.checked_add(1).ok_or(ErrorKind::FileTooLarge)?;
        Ok(nonce)
    }

    fn seal(&mut self, plain: &[u8], last: bool) -> io::Result<Vec<u8>> {
        let nonce = Nonce::from(self.nonce(last)?);
        let payload = Payload { msg: plain, aad: &self.place };
        self.cipher.encrypt(&nonce, payload).map_err(|_| io::Error::other("cannot seal"))
    }

    fn open(&mut self, sealed: &[u8], last: bool) -> io::Result<Vec<u8>> {
        let nonce = Nonce::from(self.nonce(last)?);
        let payload = Payload { msg: sealed, aad: &self.place };
        self.cipher.decrypt(&nonce, payload).map_err(|_| ErrorKind::InvalidData.into())
    }
}

/// Writes a sealed file.
pub(crate) struct Sealer<W> {
    output: W,
    cipher: Cipher,
    buffer: Vec<u8>,
    digest: Sha256,
    length: u64,
}

impl<W: Write> Sealer<W> {
    pub(crate) fn begin(mut output: W, key: &KeptKey, place: Place) -> io::Result<Self> {
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(|_| io::Error::other("no entropy"))?;
        output.write_all(MAGIC)?;
        output.write_all(&salt)?;
        let cipher = Cipher::new(key, place, &salt)?;
        let buffer = Vec::with_capacity(CHUNK);
        Ok(Self { output, cipher, buffer, digest: Sha256::new(), length: 0 })
    }

    /// Bytes written so far, before sealing.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Seals the last chunk; gives the output back with the digest of the plain bytes.
    pub(crate) fn finish(mut self) -> io::Result<(W, Digest)> {
        let last = self.cipher.seal(&self.buffer, true)?;
        self.output.write_all(&last)?;
        Ok((self.output, Digest::from_bytes(self.digest.finalize().into())))
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() == CHUNK {
            let chunk = self.cipher.seal(&self.buffer, false)?;
            self.output.write_all(&chunk)?;
            self.buffer.clear();
        }
        let count = bytes.len().min(CHUNK - self.buffer.len());
        let (taken, _) = bytes.split_at(count);
        self.buffer.extend_from_slice(taken);
        self.digest.update(taken);
        self.length += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// Copies the plain bytes of a sealed file to `output`; gives their length and digest.
///
/// # Errors
/// `InvalidData` when the file is not, whole and unchanged, what was sealed for this place.
pub(crate) fn unseal(
    mut input: impl Read,
    key: &KeptKey,
    place: Place,
    output: &mut impl Write,
) -> io::Result<(u64, Digest)> {
    let (mut magic, mut salt) = ([0; 8], [0; 32]);
    input.read_exact(&mut magic)?;
    input.read_exact(&mut salt)?;
    if magic != *MAGIC {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut cipher = Cipher::new(key, place, &salt)?;
    let (mut digest, mut length) = (Sha256::new(), 0);
    let mut chunk = next_chunk(&mut input)?;
    loop {
        let next = if chunk.len() == CHUNK + TAG { next_chunk(&mut input)? } else { Vec::new() };
        let plain = cipher.open(&chunk, next.is_empty())?;
        digest.update(&plain);
        length += plain.len() as u64;
        output.write_all(&plain)?;
        if next.is_empty() {
            return Ok((length, Digest::from_bytes(digest.finalize().into())));
        }
        chunk = next;
    }
}

fn next_chunk(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(CHUNK + TAG);
    input.take((CHUNK + TAG) as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> KeptKey {
        KeptKey::new(Zeroizing::new([byte; 32]))
    }

    fn place(index: u32) -> Place {
        Place { query: Id::from_random([7; 16]), index }
    }

    fn sealed(plain: &[u8]) -> (Vec<u8>, Digest) {
        let mut sealer = Sealer::begin(Vec::new(), &key(1), place(0)).unwrap();
        sealer.write_all(plain).unwrap();
        assert_eq!(sealer.length(), plain.len() as u64);
        sealer.finish().unwrap()
    }

    fn opened(sealed: &[u8], key: &KeptKey, place: Place) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        let (length, digest) = unseal(sealed, key, place, &mut plain)?;
        assert_eq!((length, digest), (plain.len() as u64, Digest::of(&plain)));
        Ok(plain)
    }

    #[test]
    fn what_was_sealed_is_opened_at_every_length() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let plain: Vec<u8> = (0..length).map(|it| (it % 251) as u8).collect();
            let (sealed, digest) = sealed(&plain);
            assert_eq!(digest, Digest::of(&plain));
            assert_eq!(opened(&sealed, &key(1), place(0)).unwrap(), plain);
            if length > 8 {
                assert!(!sealed.windows(8).any(|it| it == &plain[..8]), "{length}");
            }
        }
    }

    #[test]
    fn a_changed_cut_or_moved_file_is_not_opened() {
        let (good, _) = sealed(&vec![9; 2 * CHUNK + 10]);
        assert!(opened(&good, &key(2), place(0)).is_err());
        assert!(opened(&good, &key(1), place(1)).is_err());
        for cut in [good.len() - 1, good.len() - 10 - TAG, 40 + CHUNK + TAG, 40, 8, 0] {
            assert!(opened(&good[..cut], &key(1), place(0)).is_err(), "{cut}");
        }
        for at in [0, 8, 40, 41 + CHUNK, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(opened(&bad, &key(1), place(0)).is_err(), "{at}");
        }
        let mut swapped = good[..40].to_vec();
        swapped.extend_from_slice(&good[40 + CHUNK + TAG..40 + 2 * (CHUNK + TAG)]);
        swapped.extend_from_slice(&good[40..40 + CHUNK + TAG]);
        swapped.extend_from_slice(&good[40 + 2 * (CHUNK + TAG)..]);
        assert!(opened(&swapped, &key(1), place(0)).is_err());
        let mut longer = good;
        longer.push(0);
        assert!(opened(&longer, &key(1), place(0)).is_err());
    }
}
