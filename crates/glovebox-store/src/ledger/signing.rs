//! The key that signs heads: made once per data directory, sealed by the master key.

use std::fmt;

use glovebox_ledger::SigningKey;
use sqlx::sqlite::SqliteConnection;
use zeroize::Zeroizing;

use crate::{MasterKey, SealedFor, StoreError, settings};

/// What the key is sealed for; its kind is the name of its setting, too.
pub(crate) const PLACE: SealedFor<'static> = SealedFor { kind: NAME, account: "", id: "" };
const NAME: &str = "ledger-key";

/// The signing key of a data directory, with the seed from which it comes. Never printed.
pub(crate) struct LedgerKey {
    seed: Zeroizing<[u8; 32]>,
    key: SigningKey,
}

impl LedgerKey {
    /// The key of a seed.
    pub(crate) fn of(seed: Zeroizing<[u8; 32]>) -> Self {
        Self { key: SigningKey::from_seed(&seed), seed }
    }

    /// The seed, for the process of a walk.
    pub(crate) fn seed(&self) -> Zeroizing<[u8; 32]> {
        self.seed.clone()
    }

    /// The key itself.
    pub(crate) fn signer(&self) -> &SigningKey {
        &self.key
    }

    /// The key of a data directory; the first who opens the directory makes it.
    pub(crate) async fn load(
        connection: &mut SqliteConnection,
        master_key: &MasterKey,
    ) -> Result<Self, StoreError> {
        let sealed = match settings::read(connection, NAME).await? {
            Some(sealed) => sealed,
            None => settings::keep_first(connection, NAME, fresh(master_key)?).await?,
        };
        let corrupt = || StoreError::Corrupt { what: "the ledger key" };
        let sealed = hex::decode(sealed).map_err(|_| corrupt())?;
        let opened = master_key.open(PLACE, &sealed)?;
        let mut seed = Zeroizing::new([0; 32]);
        if opened.len() != seed.len() {
            return Err(corrupt());
        }
        seed.copy_from_slice(&opened);
        Ok(Self::of(seed))
    }
}

/// A fresh seed, sealed.
fn fresh(master_key: &MasterKey) -> Result<String, StoreError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| StoreError::Entropy)?;
    Ok(hex::encode(master_key.seal(PLACE, seed.as_slice())?))
}

impl fmt::Debug for LedgerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LedgerKey(..)")
    }
}
