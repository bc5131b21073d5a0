//! Signed heads: what a member keeps to catch a changed past later.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer as _, VerifyingKey};
use glovebox_model::{AccountId, BadId, Collaboration, Digest, Id, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text;

/// What the signature is over, before the fields.
const DOMAIN: &str = "glovebox ledger head v1\n";

/// Which tree: one per collaboration and one per account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TreeName {
    /// What happens in one collaboration; its members read it.
    Collaboration(Id<Collaboration>),
    /// What happens to one account; only the account reads it.
    Account(AccountId),
}

impl fmt::Display for TreeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Collaboration(id) => write!(f, "collaboration/{id}"),
            Self::Account(id) => write!(f, "account/{id}"),
        }
    }
}

impl FromStr for TreeName {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        match text.split_once('/') {
            Some(("collaboration", id)) => id.parse().map(Self::Collaboration),
            Some(("account", id)) => id.parse().map(Self::Account).map_err(|_| BadId),
            _ => Err(BadId),
        }
    }
}

/// The key that signs heads. Wiped when dropped; never shown.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of this seed, which the caller draws at random and keeps sealed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The public half, as it stands in heads.
    pub fn public_key(&self) -> Digest {
        Digest::from_bytes(self.0.verifying_key().to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// The size and root of a tree at a moment, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Head {
    /// Which tree.
    #[serde(with = "text")]
    pub tree: TreeName,
    /// How many entries.
    pub size: u64,
    /// The root over them.
    #[serde(with = "text")]
    pub root: Digest,
    /// When it was signed, in milliseconds since the epoch.
    pub at: i64,
    /// The Ed25519 public key, 32 bytes in hex.
    #[serde(with = "text")]
    pub public_key: Digest,
    /// The Ed25519 signature, 64 bytes in hex.
    pub signature: String,
}

impl Head {
    /// Signs the state of a tree.
    pub fn sign(tree: TreeName, size: u64, root: Digest, at: Timestamp, key: &SigningKey) -> Self {
        let mut head = Self {
            tree,
            size,
            root,
            at: at.as_millis(),
            public_key: key.public_key(),
            signature: String::new(),
        };
        head.signature = hex::encode(key.0.sign(head.message().as_bytes()).to_bytes());
        head
    }

    /// Whether the signature is that of the public key in the head.
    pub fn is_signed(&self) -> bool {
        let mut signature = [0; 64];
        if hex::decode_to_slice(&self.signature, &mut signature).is_err()
            || self.signature.bytes().any(|byte| byte.is_ascii_uppercase())
        {
            return false;
        }
        let signature = ed25519_dalek::Signature::from_bytes(&signature);
        VerifyingKey::from_bytes(self.public_key.as_bytes())
            .is_ok_and(|key| key.verify_strict(self.message().as_bytes(), &signature).is_ok())
    }

    fn message(&self) -> String {
        let Self { tree, size, root, at, public_key, signature: _ } = self;
        format!("{DOMAIN}{tree}\n{size}\n{root}\n{at}\n{public_key}\n")
    }
}
