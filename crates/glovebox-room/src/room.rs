//! The room: where every use-case happens, one method per operation of AWS.

use std::path::PathBuf;
use std::sync::Arc;

use glovebox_catalog::Outside;
use glovebox_model::AccountId;
use glovebox_store::{Store, Tx};

use crate::connections::Surroundings;
use crate::query::Turns;
use crate::{Caller, Quotas, RoomError, SupervisorConfig};

/// The house without its doors: the use-cases over one store.
#[derive(Debug, Clone)]
pub struct Room {
    pub(crate) store: Store,
    pub(crate) quotas: Quotas,
    /// Whose text is judged next for `explain`.
    pub(crate) turns: Arc<Turns>,
    /// How connections are used.
    pub(crate) surroundings: Surroundings,
}

impl Room {
    /// A room over a store, whose tables lie in folders.
    pub fn new(store: Store, quotas: Quotas) -> Self {
        let turns = Arc::new(Turns::new(quotas.explains_per_minute));
        Self { store, quotas, turns, surroundings: Surroundings::new(None) }
    }

    /// The same with a world outside, which connections of members reach.
    #[must_use]
    pub fn with_outside(self, outside: Outside) -> Self {
        Self { surroundings: Surroundings::new(Some(outside)), ..self }
    }

    /// The same where processes of their own look at tables for their owners, started so: a
    /// hostile file ends one of them.
    #[must_use]
    pub fn looking_by(self, config: SupervisorConfig) -> Self {
        Self { surroundings: self.surroundings.looking_by(config), ..self }
    }

    /// The store, for the doors: keys, answers to repeated requests, the ledger.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The quotas in force.
    pub fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// The folder of an account: its buckets, logs and, unless told otherwise, tables.
    pub fn account_folder(&self, account: AccountId) -> PathBuf {
        self.store.directory().join("accounts").join(account.as_str())
    }

    /// Where the tables of an account lie.
    pub(crate) async fn tables_folder(
        &self,
        tx: &mut Tx,
        account: AccountId,
    ) -> Result<PathBuf, RoomError> {
        let own = tx.account(account).await?.and_then(|it| it.tables);
        Ok(own.unwrap_or_else(|| self.account_folder(account).join("tables")))
    }

    /// Ends a use-case that changed something: with the note that this request was carried out,
    /// so that it is never carried out twice.
    pub(crate) async fn commit(&self, mut tx: Tx, caller: &Caller) -> Result<(), RoomError> {
        for claim in &caller.claims {
            tx.mark_done(claim).await?;
        }
        Ok(tx.commit().await?)
    }
}
