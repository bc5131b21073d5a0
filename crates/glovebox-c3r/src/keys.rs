//! Keys, as they follow from the secret and the collaboration's id.

use zeroize::Zeroizing;

use crate::primitives::{Authenticator, Cipher, HASH, IV, sha256};
use crate::{CollaborationId, Header, Secret, Settings};

/// The bytes of a row's nonce.
pub const NONCE_LENGTH: usize = 32;

const ROOT: &[u8] = b"c3r-encryption-primary-aes-gcm-256";
const FINGERPRINT: &str = "c3r-hmac-sha256-col-";

/// What makes a row's key: 32 bytes from a secure generator, never used for a second row.
///
/// Rows in ascending order of their nonces are in random order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nonce(pub [u8; NONCE_LENGTH]);

/// The keys of a collaboration: HKDF with SHA-256, salted with the collaboration's id.
pub struct Keys {
    pseudo_random: Authenticator,
    pub(crate) root: Zeroizing<[u8; HASH]>,
}

/// The key of a fingerprint column, prepared.
#[derive(Clone)]
pub struct FingerprintKey(pub(crate) Authenticator);

impl Keys {
    /// The keys that follow from a secret and an id.
    pub fn new(secret: &Secret, id: &CollaborationId) -> Self {
        let extract = Authenticator::new(id.as_str().as_bytes());
        let key = Zeroizing::new(extract.of(secret.bytes(), &[]));
        let pseudo_random = Authenticator::new(&*key);
        let root = Zeroizing::new(pseudo_random.of(ROOT, &[1]));
        Self { pseudo_random, root }
    }

    /// The key of a target column's fingerprints.
    ///
    /// If joins across names are allowed, all columns have the same: the root itself, as the Java
    /// client does it.
    pub fn fingerprint(&self, target: &Header, settings: Settings) -> FingerprintKey {
        if settings.allow_joins_on_columns_with_different_names {
            return FingerprintKey(Authenticator::new(&*self.root));
        }
        let info = format!("{FINGERPRINT}{target}");
        let key = Zeroizing::new(self.pseudo_random.of(info.as_bytes(), &[1]));
        FingerprintKey(Authenticator::new(&*key))
    }

    /// The cipher of all sealed cells of a row.
    pub(crate) fn row(&self, nonce: &Nonce) -> Cipher {
        Cipher::new(&Zeroizing::new(sha256(&*self.root, &nonce.0)))
    }
}

/// The initialisation vector of a sealed cell, which differs between the columns of a row.
pub(crate) fn iv(target: &Header, nonce: &Nonce) -> [u8; IV] {
    let hash = sha256(target.as_str().as_bytes(), &nonce.0);
    let mut iv = [0; IV];
    iv.copy_from_slice(&hash[..IV]);
    iv
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl std::fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FingerprintKey(..)")
    }
}
