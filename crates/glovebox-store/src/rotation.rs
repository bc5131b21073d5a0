//! Another master key: everything that is sealed in the database is sealed anew, in one
//! transaction, or nothing is.

use glovebox_model::{Id, Query};
use sqlx::Row as _;
use zeroize::Zeroizing;

use crate::connections::credentials_place;
use crate::keys::key_place;
use crate::ledger::LEDGER_KEY_PLACE;
use crate::store::CHECK;
use crate::{MasterKey, SealedFor, Store, StoreError, Tx, settings};

/// What was sealed anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Secrets of access keys, enabled or not.
    pub access_keys: usize,
    /// Credentials of connections.
    pub connections: usize,
}

impl Store {
    /// Seals every secret of the database with `new`, which is its master key from then on: this
    /// store, and every other that was opened before, is of no use any more. Nothing may run on
    /// the data directory meanwhile.
    pub async fn rotate_master_key(&self, new: &MasterKey) -> Result<Resealed, StoreError> {
        let old = self.master_key();
        let mut tx = self.begin().await?;
        tx.check_master_key(old).await?;
        let access_keys = reseal_access_keys(&mut tx, old, new).await?;
        let connections = reseal_connections(&mut tx, old, new).await?;
        let name = LEDGER_KEY_PLACE.kind;
        let what = "the ledger key";
        let sealed = settings::read(tx.connection(), name).await?;
        let sealed = hex::decode(sealed.ok_or(StoreError::Corrupt { what })?)
            .map_err(|_| StoreError::Corrupt { what })?;
        let sealed = anew(LEDGER_KEY_PLACE, &sealed, old, new)?;
        settings::set(tx.connection(), name, &hex::encode(sealed)).await?;
        settings::set(tx.connection(), CHECK, &new.check_value()).await?;
        tx.commit().await?;
        // What was sealed with the old key is in no free page and in no log any more.
        let mut connection = self.connection_outside_transactions().await?;
        sqlx::query("VACUUM").execute(&mut *connection).await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *connection).await?;
        Ok(Resealed { access_keys, connections })
    }

    /// The queries whose kept files may be needed still.
    pub async fn queries_with_files(&self) -> Result<Vec<Id<Query>>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT id FROM queries WHERE stage <> 'ENDED'
                   UNION SELECT query FROM releases
                   UNION SELECT source FROM queries WHERE source IS NOT NULL AND stage <> 'ENDED'";
        let ids: Vec<String> = sqlx::query_scalar(sql).fetch_all(tx.connection()).await?;
        let parsed = ids.iter().map(|id| id.parse());
        parsed.collect::<Result<_, _>>().map_err(|_| StoreError::Corrupt { what: "queries" })
    }

    /// The key under which a query's kept files are sealed, by this master key or another.
    pub async fn file_key(
        &self,
        master: &MasterKey,
        query: Id<Query>,
    ) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let mut tx = self.read().await?;
        let found = tx.query(query).await?.ok_or(StoreError::Corrupt { what: "queries" })?;
        let is_private: bool =
            sqlx::query_scalar("SELECT told_at IS NOT NULL FROM queries WHERE id = ?1")
                .bind(query.to_string())
                .fetch_one(tx.connection())
                .await?;
        Ok(if is_private { master.releases_key(&found) } else { master.kept_key(query) })
    }
}

impl Tx {
    /// Refuses a master key that is not this database's any more.
    pub(crate) async fn check_master_key(&mut self, key: &MasterKey) -> Result<(), StoreError> {
        let kept = settings::read(self.connection(), CHECK).await?;
        match kept {
            Some(kept) if key.checks(&kept) => Ok(()),
            Some(_) | None => Err(StoreError::WrongMasterKey),
        }
    }
}

async fn reseal_access_keys(
    tx: &mut Tx,
    old: &MasterKey,
    new: &MasterKey,
) -> Result<usize, StoreError> {
    let rows = sqlx::query("SELECT id, account, sealed FROM access_keys")
        .fetch_all(tx.connection())
        .await?;
    for row in &rows {
        let (id, account): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        let sealed = anew(key_place(account, id), row.try_get(2)?, old, new)?;
        sqlx::query("UPDATE access_keys SET sealed = ?2 WHERE id = ?1")
            .bind(id)
            .bind(sealed)
            .execute(tx.connection())
            .await?;
    }
    Ok(rows.len())
}

async fn reseal_connections(
    tx: &mut Tx,
    old: &MasterKey,
    new: &MasterKey,
) -> Result<usize, StoreError> {
    let rows = sqlx::query("SELECT id, account, credentials FROM connections")
        .fetch_all(tx.connection())
        .await?;
    for row in &rows {
        let (id, account): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        let sealed = anew(credentials_place(account, id), row.try_get(2)?, old, new)?;
        sqlx::query("UPDATE connections SET credentials = ?2 WHERE id = ?1")
            .bind(id)
            .bind(sealed)
            .execute(tx.connection())
            .await?;
    }
    Ok(rows.len())
}

/// The same secret under the new key, which is tried before anything relies on it.
fn anew(
    place: SealedFor<'_>,
    sealed: &[u8],
    old: &MasterKey,
    new: &MasterKey,
) -> Result<Vec<u8>, StoreError> {
    let secret = old.open(place, sealed)?;
    let sealed = new.seal(place, &secret)?;
    match new.open(place, &sealed)? == secret {
        true => Ok(sealed),
        false => Err(StoreError::Corrupt { what: "sealed secrets" }),
    }
}
