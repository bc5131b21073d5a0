//! Sealed cells: only who has the secret can open them.

use crate::cell::SEALED;
use crate::primitives::{Cipher, IV, TAG};
use crate::{CellError, Header, LONGEST_CELL, NONCE_LENGTH, Nonce, Pad, Value, keys};

/// What the buffer of [`seal`] must have room for, so that it never grows and leaves no copy of a
/// plaintext behind: text that is not UTF-8 becomes up to three times as long.
pub(crate) const ROOM: usize = 4 * LONGEST_CELL;

/// What stands before the ciphertext in a sealed cell.
const BEFORE: usize = NONCE_LENGTH + IV;

/// Two bytes at the end of the plaintext say how much of it is padding.
const TRAILER: usize = 2;

/// Appends the sealed cell of a value. The buffer is used for the plaintext and left as ciphertext.
pub(crate) fn seal(
    (cipher, nonce, target): (&Cipher, &Nonce, &Header),
    value: &Value<'_>,
    (pad, longest): (Pad, usize),
    buffer: &mut Vec<u8>,
    cell: &mut Vec<u8>,
) -> Result<(), CellError> {
    // Before it is copied, so that the buffer need not grow.
    if value.text_length() > LONGEST_CELL {
        let n_payload = value.payload_length();
        let n_pad = pad.amount(n_payload, longest)?;
        return Err(CellError::TooLong(length(n_payload + n_pad)));
    }
    let iv = keys::iv(target, nonce);
    buffer.clear();
    buffer.extend_from_slice(&nonce.0);
    buffer.extend_from_slice(&iv);
    value.encode(buffer)?;
    let n_payload = buffer.len() - BEFORE;
    let n_pad = pad.amount(n_payload, longest)?;
    let n_cell = length(n_payload + n_pad);
    if n_cell > LONGEST_CELL {
        return Err(CellError::TooLong(n_cell));
    }
    buffer.resize(buffer.len() + n_pad, 0);
    // At most LONGEST_PADDED.
    let n_pad = u16::try_from(n_pad).map_err(|_much| CellError::TooLong(n_cell))?;
    buffer.extend_from_slice(&n_pad.to_be_bytes());
    let tag = cipher.seal(&iv, SEALED, &mut buffer[BEFORE..]);
    buffer.extend_from_slice(&tag.ok_or(CellError::TooLong(n_cell))?);
    cell.extend_from_slice(SEALED);
    base64_simd::STANDARD.encode_append(&*buffer, cell);
    Ok(())
}

/// The bytes of a sealed cell whose payload has that many with padding.
pub(crate) const fn length(padded: usize) -> usize {
    SEALED.len() + (BEFORE + padded + TRAILER + TAG).div_ceil(3) * 4
}

/// Takes a sealed cell's base64 apart into the buffer: the nonce, and all of it.
pub(crate) fn take_apart(cell: &[u8], buffer: &mut Vec<u8>) -> Result<Nonce, CellError> {
    let text = cell.strip_prefix(SEALED).ok_or(CellError::NotBase64)?;
    if text.len() > LONGEST_CELL - SEALED.len() {
        return Err(CellError::TooLong(cell.len()));
    }
    buffer.clear();
    base64_simd::STANDARD.decode_append(text, buffer).map_err(|_not| CellError::NotBase64)?;
    match buffer.split_first_chunk::<NONCE_LENGTH>() {
        Some((nonce, rest)) if rest.len() >= IV + TRAILER + TAG => Ok(Nonce(*nonce)),
        _ => Err(CellError::CutOff),
    }
}

/// Decrypts what [`take_apart`] left in the buffer, in place, and gives the payload.
///
/// The initialisation vector is the stored one: who decrypts need not know what the column was
/// called when it was encrypted.
pub(crate) fn open<'a>(cipher: &Cipher, buffer: &'a mut [u8]) -> Result<&'a [u8], CellError> {
    let rest = buffer.get_mut(NONCE_LENGTH..).ok_or(CellError::CutOff)?;
    let (iv, rest) = rest.split_first_chunk_mut::<IV>().ok_or(CellError::CutOff)?;
    let (text, tag) = rest.split_last_chunk_mut::<TAG>().ok_or(CellError::CutOff)?;
    if !cipher.open(iv, SEALED, text, (&*tag).into()) {
        return Err(CellError::NotAuthentic);
    }
    let (padded, n_pad) = text.split_last_chunk::<TRAILER>().ok_or(CellError::NotAValue)?;
    let n_pad = usize::from(u16::from_be_bytes(*n_pad));
    let n_payload = padded.len().checked_sub(n_pad).ok_or(CellError::NotAValue)?;
    Ok(&padded[..n_payload])
}
