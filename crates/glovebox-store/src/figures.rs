//! Figures of a house for its operator: sums only, of nobody and nothing in particular.
//!
//! A private query counts as what its row shows: as running until the edge of its time bucket,
//! whenever its walk ended. Whoever watches the figures learns no true end.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use glovebox_model::QueryStatus;
use sqlx::Row as _;

use crate::queries::CORRUPT;
use crate::{Store, StoreError};

/// Sums over the whole house.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many queries have ended with which status, as their runners see it.
    pub ended: BTreeMap<&'static str, u64>,
    /// Queries that have not ended.
    pub open: u64,
    /// Of these, the ones that run, as far as their runners may know.
    pub running: u64,
    /// Entries of all ledgers.
    pub ledger_entries: u64,
}

/// Told of every write transaction that was committed how long it took, with waiting for its turn.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(Duration) + Send + Sync>);

impl Observer {
    /// An observer that calls `told`.
    pub fn new(told: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    pub(crate) fn tell(&self, time: Duration) {
        (self.0)(time);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

impl<K> Store<K> {
    /// The figures of this moment.
    pub async fn figures(&self) -> Result<Figures, StoreError> {
        let mut tx = self.read().await?;
        let now = tx.now().as_millis();
        let mut figures = Figures::default();
        for status in QueryStatus::ALL.into_iter().filter(|it| it.is_final()) {
            figures.ended.insert(status.as_str(), 0);
        }
        let rows = sqlx::query("SELECT status, count(*) FROM queries GROUP BY status")
            .fetch_all(tx.connection())
            .await?;
        for row in rows {
            let status: QueryStatus = row.try_get::<&str, _>(0)?.parse().map_err(|_| CORRUPT)?;
            let count = count(row.try_get(1)?)?;
            if status.is_final() {
                figures.ended.insert(status.as_str(), count);
            } else {
                figures.open += count;
            }
        }
        let running: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM queries
             WHERE stage <> 'ENDED' AND (stage <> 'WAITING' OR leased_until > ?1)",
        )
        .bind(now)
        .fetch_one(tx.connection())
        .await?;
        figures.running = count(running)?;
        // An edge begins with the number of its leaves.
        let entries: i64 = sqlx::query_scalar(
            "SELECT coalesce(sum(CAST(substr(edge, 1, instr(edge, ':') - 1) AS INTEGER)), 0)
             FROM ledger_trees",
        )
        .fetch_one(tx.connection())
        .await?;
        figures.ledger_entries = count(entries)?;
        Ok(figures)
    }

    /// Writes something that changes nothing, onto the disk: whether the store can be written.
    pub async fn probe(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE versions SET last = last").execute(tx.connection()).await?;
        tx.commit().await
    }
}

fn count(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| CORRUPT)
}
