//! The keys of one walk: all that the process of a query is given of the house's secrets.

use std::fmt;

use glovebox_model::{Id, Query};
use zeroize::Zeroizing;

use crate::BadMasterKey;

/// What signs the ledger's heads, what seals the kept result of one query, and what seals the
/// releases of private queries of its collaboration to its receivers.
///
/// The master key cannot be computed from them, and they unseal nothing in the store.
#[derive(Clone)]
pub struct WalkKeys {
    query: Id<Query>,
    ledger_seed: Zeroizing<[u8; 32]>,
    kept_result: Zeroizing<[u8; 32]>,
    releases: Zeroizing<[u8; 32]>,
}

impl WalkKeys {
    pub(crate) fn new(
        query: Id<Query>,
        ledger_seed: Zeroizing<[u8; 32]>,
        kept_result: Zeroizing<[u8; 32]>,
        releases: Zeroizing<[u8; 32]>,
    ) -> Self {
        Self { query, ledger_seed, kept_result, releases }
    }

    /// The query that they are for.
    pub fn query(&self) -> Id<Query> {
        self.query
    }

    /// The key that seals the query's result until it is delivered.
    pub fn kept_result(&self) -> Zeroizing<[u8; 32]> {
        self.kept_result.clone()
    }

    /// The key that seals the results of private queries of the same collaboration to the same
    /// receivers: they answer the same question again.
    pub fn releases(&self) -> Zeroizing<[u8; 32]> {
        self.releases.clone()
    }

    pub(crate) fn ledger_seed(&self) -> Zeroizing<[u8; 32]> {
        self.ledger_seed.clone()
    }

    /// The three keys as 192 hexadecimal digits, for a child process's standard input.
    pub fn to_text(&self) -> Zeroizing<String> {
        let all = Zeroizing::new([*self.ledger_seed, *self.kept_result, *self.releases].concat());
        Zeroizing::new(hex::encode(all.as_slice()))
    }

    /// Reads the keys of a query back.
    pub fn parse(query: Id<Query>, text: &str) -> Result<Self, BadMasterKey> {
        let mut all = Zeroizing::new([0; 96]);
        hex::decode_to_slice(text, all.as_mut_slice()).map_err(|_| BadMasterKey::Form)?;
        let [mut ledger_seed, mut kept_result, mut releases] =
            [(); 3].map(|()| Zeroizing::new([0; 32]));
        ledger_seed.copy_from_slice(&all[..32]);
        kept_result.copy_from_slice(&all[32..64]);
        releases.copy_from_slice(&all[64..]);
        Ok(Self { query, ledger_seed, kept_result, releases })
    }
}

impl fmt::Debug for WalkKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WalkKeys({})", self.query)
    }
}
