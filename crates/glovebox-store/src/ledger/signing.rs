//! The key that signs heads: made once per data directory, sealed by the master key.

use glovebox_ledger::SigningKey;
use zeroize::{Zeroize as _, Zeroizing};

use crate::{SealedFor, StoreError, Tx};

const PLACE: SealedFor<'static> = SealedFor { kind: "ledger-key", account: "", id: "" };
const NAME: &str = "ledger-key";

/// The signing key of this store; the first caller makes it.
pub(super) async fn key(tx: &mut Tx) -> Result<SigningKey, StoreError> {
    let sealed: Option<String> = sqlx::query_scalar("SELECT value FROM settings WHERE name = ?1")
        .bind(NAME)
        .fetch_optional(tx.connection())
        .await?;
    let corrupt = StoreError::Corrupt { what: "the ledger key" };
    if let Some(sealed) = sealed {
        let Ok(sealed) = hex::decode(sealed) else { return Err(corrupt) };
        let seed = tx.master_key().open(PLACE, &sealed)?;
        let Ok(mut seed) = <[u8; 32]>::try_from(seed.as_slice()) else { return Err(corrupt) };
        let key = SigningKey::from_seed(&seed);
        seed.zeroize();
        return Ok(key);
    }
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| StoreError::Entropy)?;
    let sealed = tx.master_key().seal(PLACE, seed.as_slice())?;
    sqlx::query("INSERT INTO settings (name, value) VALUES (?1, ?2)")
        .bind(NAME)
        .bind(hex::encode(sealed))
        .execute(tx.connection())
        .await?;
    Ok(SigningKey::from_seed(&seed))
}
