//! The only place that calls into a library for cryptography (docs/decisions/0016).
//!
//! The library's own wiping of keys costs more than all the encryption of a row, so keys are wiped
//! here: what lives long when it is dropped, the key of a row by that of the next.

use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes256Gcm, KeyInit as _, Tag};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The bytes of a SHA-256 hash, and of every key.
pub(crate) const HASH: usize = 32;

/// The bytes of a block of SHA-256.
const BLOCK: usize = 64;

/// The bytes of a tag.
pub(crate) const TAG: usize = 16;

/// The bytes of an initialisation vector.
pub(crate) const IV: usize = 12;

/// SHA-256 of two parts.
pub(crate) fn sha256(first: &[u8], second: &[u8]) -> [u8; HASH] {
    Sha256::new().chain_update(first).chain_update(second).finalize().into()
}

/// HMAC-SHA256 under a key, prepared: the key's two blocks are hashed once.
#[derive(Clone)]
pub(crate) struct Authenticator(Hmac<Sha256>);

impl Authenticator {
    pub(crate) fn new(key: &[u8]) -> Self {
        // As HMAC has it: a long key is hashed, a short one is filled with zeros.
        let mut block = Zeroizing::new([0; BLOCK]);
        if key.len() > BLOCK {
            block[..HASH].copy_from_slice(&*Zeroizing::new(sha256(key, &[])));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        Self(hmac::KeyInit::new((&*block).into()))
    }

    /// As if there were no key: what takes the place of one.
    fn wiped() -> Hmac<Sha256> {
        hmac::KeyInit::new((&[0; BLOCK]).into())
    }

    pub(crate) fn of(&self, first: &[u8], second: &[u8]) -> [u8; HASH] {
        self.0.clone().chain_update(first).chain_update(second).finalize().into_bytes().into()
    }
}

impl Drop for Authenticator {
    fn drop(&mut self) {
        self.0 = Self::wiped();
        // So that the write is not left out, as nobody would read it.
        std::hint::black_box(&self.0);
    }
}

/// An AES-256-GCM key, its schedule computed.
pub(crate) struct Cipher(Aes256Gcm);

impl Cipher {
    pub(crate) fn new(key: &Zeroizing<[u8; HASH]>) -> Self {
        Self(Aes256Gcm::new((&**key).into()))
    }

    /// Puts a key that means nothing into the place of this one.
    pub(crate) fn wipe(&mut self) {
        self.0 = Aes256Gcm::new((&[0; HASH]).into());
        std::hint::black_box(&self.0);
    }

    /// Encrypts in place, and gives the tag. `None` only for messages of 64 GiB and more.
    pub(crate) fn seal(&self, iv: &[u8; IV], aad: &[u8], text: &mut [u8]) -> Option<[u8; TAG]> {
        let tag = self.0.encrypt_inout_detached(iv.into(), aad, text.into()).ok()?;
        Some(tag.into())
    }

    /// Decrypts in place; says whether the tag is right. If not, the text is not decrypted.
    pub(crate) fn open(&self, iv: &[u8; IV], aad: &[u8], text: &mut [u8], tag: &Tag) -> bool {
        self.0.decrypt_inout_detached(iv.into(), aad, text.into(), tag).is_ok()
    }
}
