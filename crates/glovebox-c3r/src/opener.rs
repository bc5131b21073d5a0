//! Decryption, cell by cell.

use zeroize::Zeroize as _;

use crate::primitives::Cipher;
use crate::{CellError, CellKind, Keys, LONGEST_CELL, Nonce, Value, sealed};

/// Opens cells; one for each thread.
///
/// The key of a row is kept until a cell with another nonce comes: all sealed cells of a row share
/// it.
pub struct Opener<'k> {
    keys: &'k Keys,
    fail_on_fingerprint: bool,
    row: Option<(Nonce, Cipher)>,
    buffer: Vec<u8>,
}

/// What a cell holds.
#[derive(Debug)]
pub enum Opened<'a> {
    /// It was sealed; this was in it.
    Value(Value<'a>),
    /// A fingerprint, which nobody can open.
    Fingerprint(&'a [u8]),
    /// It was not encrypted.
    Cleartext(&'a [u8]),
}

impl<'k> Opener<'k> {
    /// Opens what was sealed with these keys. Fingerprints are passed on, or are an error.
    pub fn new(keys: &'k Keys, fail_on_fingerprint: bool) -> Self {
        // Never grows, so that no copy of a plaintext is left where a smaller buffer was.
        let buffer = Vec::with_capacity(LONGEST_CELL);
        Self { keys, fail_on_fingerprint, row: None, buffer }
    }

    /// Opens one cell that is not NULL.
    pub fn open<'a>(&'a mut self, cell: &'a [u8]) -> Result<Opened<'a>, CellError> {
        match CellKind::of(cell) {
            CellKind::Cleartext => Ok(Opened::Cleartext(cell)),
            CellKind::Old => Err(CellError::Old),
            CellKind::Fingerprint if self.fail_on_fingerprint => {
                Err(CellError::FingerprintForbidden)
            }
            CellKind::Fingerprint => Ok(Opened::Fingerprint(cell)),
            CellKind::Sealed => {
                let nonce = sealed::take_apart(cell, &mut self.buffer)?;
                // In place, so that the key of this row takes the place of the last one's.
                if self.row.as_ref().is_none_or(|(known, _)| *known != nonce) {
                    self.row = Some((nonce, self.keys.row(&nonce)));
                }
                let (_, cipher) = self.row.as_ref().ok_or(CellError::CutOff)?;
                Ok(Opened::Value(Value::decode(sealed::open(cipher, &mut self.buffer)?)?))
            }
        }
    }
}

impl Drop for Opener<'_> {
    fn drop(&mut self) {
        if let Some((_, cipher)) = &mut self.row {
            cipher.wipe();
        }
        self.buffer.zeroize();
    }
}

impl std::fmt::Debug for Opener<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opener(..)")
    }
}
