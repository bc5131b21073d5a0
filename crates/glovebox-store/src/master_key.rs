//! The master key: seals secrets at rest and derives the keys of single purposes.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, Key, KeyInit as _, Nonce};
use glovebox_model::{Id, ProtectedQuery, Query};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

use crate::StoreError;

const SEALED_VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;

/// 32 secret bytes. Never printed; wiped when dropped.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// A master key cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadMasterKey {
    /// Not 64 hexadecimal digits.
    #[error("a master key is 64 hexadecimal digits")]
    Form,
    /// Others than the owner can read the file.
    #[error("the master key file must be readable by its owner only (chmod 600)")]
    Permissions,
    /// The sealed bytes were made with another key, for another purpose, or changed.
    #[error("a sealed secret does not open with this master key")]
    Sealed,
}

/// What a sealed secret belongs to; a secret opens only for what it was sealed for.
#[derive(Debug, Clone, Copy)]
pub struct SealedFor<'a> {
    /// What kind of secret, such as `access-key`.
    pub kind: &'static str,
    /// The account it belongs to, or empty.
    pub account: &'a str,
    /// The id of the key it belongs to.
    pub id: &'a str,
}

impl SealedFor<'_> {
    fn associated_data(&self) -> Vec<u8> {
        let Self { kind, account, id } = self;
        let mut bytes = Vec::new();
        for part in [kind.as_bytes(), account.as_bytes(), id.as_bytes()] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

impl MasterKey {
    /// A key given as text, such as the value of `GLOVEBOX_MASTER_KEY`: 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, BadMasterKey> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| BadMasterKey::Form)?;
        Ok(Self(bytes))
    }

    /// A fresh key.
    pub fn generate() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| StoreError::Entropy)?;
        Ok(Self(bytes))
    }

    /// The key as 64 hexadecimal digits, for the file that holds it.
    fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// Writes the key to a file that is not there yet (mode 0600), and onto the disk.
    pub fn write_new(&self, path: &Path) -> Result<(), StoreError> {
        let failed = |source| StoreError::File { path: path.to_path_buf(), source };
        write_new(path, &self.to_text()).map_err(failed)?;
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        let folder = fs::File::open(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        folder.sync_all().map_err(failed)
    }

    /// The key in the file at `path`; makes the file (mode 0600) with a fresh key if there is
    /// none. Two processes that start at once end with the same key.
    pub fn load_or_create(path: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::File { path: path.to_path_buf(), source };
        match Self::load(path) {
            Err(StoreError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let key = Self::generate()?;
        let mut number = [0; 8];
        getrandom::fill(&mut number).map_err(|_| StoreError::Entropy)?;
        let whole = folder.join(format!(".master.key.{}", hex::encode(number)));
        write_new(&whole, &key.to_text()).map_err(failed)?;
        // A link fails if the name exists: the first process wins, whole file or nothing.
        let linked = fs::hard_link(&whole, path);
        fs::remove_file(&whole).map_err(failed)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(error)),
            _ => Self::load(path),
        }
    }

    /// The key in the file at `path`.
    pub fn load(path: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::File { path: path.to_path_buf(), source };
        let file = fs::File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.mode() & 0o077 != 0 {
            return Err(BadMasterKey::Permissions.into());
        }
        let text = Zeroizing::new(io::read_to_string(file).map_err(failed)?);
        Ok(Self::parse(&text)?)
    }

    /// A key for one purpose, from which this one cannot be computed.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut bytes: [u8; 32] = self.mac(purpose).finalize().into_bytes().into();
        let derived = Zeroizing::new(bytes);
        bytes.zeroize();
        derived
    }

    /// The key of what one query keeps until it is delivered.
    pub(crate) fn kept_key(&self, query: Id<Query>) -> Zeroizing<[u8; 32]> {
        self.derive(&format!("kept-results/{query}"))
    }

    /// The key of what private queries like this one keep: of its collaboration, to its receivers.
    pub(crate) fn releases_key(&self, query: &ProtectedQuery) -> Zeroizing<[u8; 32]> {
        let receivers: Vec<&str> = query.receivers.iter().map(|it| it.as_str()).collect();
        self.derive(&format!("releases/{}/{}", query.collaboration, receivers.join(",")))
    }

    fn mac(&self, purpose: &str) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("any length is a key");
        mac.update(b"glovebox/v1/");
        mac.update(purpose.as_bytes());
        mac
    }

    /// A value by which a wrong key is recognised; says nothing about the key.
    pub(crate) fn check_value(&self) -> String {
        hex::encode(self.derive("check").as_slice())
    }

    /// Whether `value` is the check value of this key.
    pub(crate) fn checks(&self, value: &str) -> bool {
        let Ok(value) = hex::decode(value) else { return false };
        // Compared as MACs, in constant time.
        self.mac("check").verify_slice(&value).is_ok()
    }

    /// Encrypts a secret for its place (AES-256-GCM, random nonce).
    pub fn seal(&self, place: SealedFor<'_>, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| StoreError::Entropy)?;
        let aad = place.associated_data();
        let sealed = self
            .cipher()
            .encrypt(&Nonce::from(nonce), Payload { msg: secret, aad: &aad })
            .map_err(|_| BadMasterKey::Sealed)?;
        Ok([&[SEALED_VERSION], nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`MasterKey::seal`] made for the same place.
    pub fn open(
        &self,
        place: SealedFor<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, BadMasterKey> {
        let (version, rest) = sealed.split_first().ok_or(BadMasterKey::Sealed)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(BadMasterKey::Sealed)?;
        if *version != SEALED_VERSION {
            return Err(BadMasterKey::Sealed);
        }
        let aad = place.associated_data();
        self.cipher()
            .decrypt(&Nonce::from(*nonce), Payload { msg: body, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| BadMasterKey::Sealed)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(*self.derive("seal")))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const PLACE: SealedFor<'_> = SealedFor { kind: "access-key", account: "1", id: "GBIA" };

    #[test]
    fn a_secret_opens_only_for_what_it_was_sealed_for() {
        let key = MasterKey::generate().unwrap();
        let sealed = key.seal(PLACE, b"secret").unwrap();
        assert_eq!(key.open(PLACE, &sealed).unwrap().as_slice(), b"secret");
        assert!(key.open(SealedFor { account: "2", ..PLACE }, &sealed).is_err());
        assert!(key.open(SealedFor { id: "GBIB", ..PLACE }, &sealed).is_err());
        assert!(key.open(SealedFor { kind: "other", ..PLACE }, &sealed).is_err());
        assert!(key.open(SealedFor { account: "1G", id: "BIA", ..PLACE }, &sealed).is_err());
        assert!(MasterKey::generate().unwrap().open(PLACE, &sealed).is_err());
    }

    #[test]
    fn any_changed_or_missing_byte_of_a_sealed_secret_is_noticed() {
        let key = MasterKey::generate().unwrap();
        let sealed = key.seal(PLACE, b"secret").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(PLACE, &changed).is_err(), "byte {at}");
            assert!(key.open(PLACE, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn debug_shows_nothing_and_text_reads_back() {
        let key = MasterKey::parse(&"ab".repeat(32)).unwrap();
        assert_eq!(format!("{key:?}"), "MasterKey(..)");
        assert_eq!(MasterKey::parse(&key.to_text()).unwrap().0, key.0);
        for bad in ["", "ab", "zz", &"ab".repeat(33)] {
            assert!(MasterKey::parse(bad).is_err());
        }
    }

    #[test]
    fn the_file_is_made_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("glovebox/master.key");
        let first = MasterKey::load_or_create(&path).unwrap();
        assert_eq!(MasterKey::load_or_create(&path).unwrap().0, first.0);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = MasterKey::load_or_create(&path);
        assert!(matches!(refused, Err(StoreError::MasterKey(BadMasterKey::Permissions))));
    }
}
