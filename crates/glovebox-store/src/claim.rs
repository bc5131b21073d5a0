//! Claims: one walk at a time per query, fenced by a number that only grows.

use glovebox_model::{Id, ProtectedQuery, Query, QueryFailure, QueryStatus};
use sqlx::Row as _;

use crate::close::{End, count_failure, finish};
use crate::queries::CORRUPT;
use crate::{Store, StoreError, Tx};

/// How long a claim holds without being renewed, in milliseconds.
pub const LEASE_MILLIS: i64 = 60_000;

/// How often a query is walked again before it fails: before `Opened`, and again for delivery.
const ATTEMPTS: i64 = 3;

/// How many queries of one membership may be walked at once, and how long a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimLimits {
    /// Walks at once per membership.
    pub running_per_membership: u32,
}

/// A claimed query: what a walk carries from door to door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    query: ProtectedQuery,
    fence: i64,
}

impl Order {
    /// The query, as it was when it was claimed.
    pub fn query(&self) -> &ProtectedQuery {
        &self.query
    }

    /// Its id.
    pub fn id(&self) -> Id<Query> {
        self.query.id
    }

    /// Its SQL text.
    pub fn text(&self) -> &str {
        &self.query.asked.text
    }

    pub(crate) fn fence(&self) -> i64 {
        self.fence
    }
}

/// What a claim found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nothing was opened yet: judge it.
    Judge(Order),
    /// A result was kept: deliver the same bytes (see `Store::claim_kept`).
    Deliver(Order),
    /// It has ended, perhaps just now: lost, cancelled, or tried too often.
    Ended,
    /// Another walk has it, or the membership runs as many as it may.
    NotNow,
}

/// An open query that no walk holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    /// The query.
    pub query: Id<Query>,
    /// Its membership, as text, for fairness between memberships.
    pub membership: String,
}

pub(crate) struct Row {
    pub(crate) stage: String,
    pub(crate) status: QueryStatus,
    pub(crate) fence: i64,
    leased_until: i64,
    attempts: i64,
    membership: String,
}

pub(crate) async fn row(tx: &mut Tx, id: Id<Query>) -> Result<Option<Row>, StoreError> {
    let row = sqlx::query(
        "SELECT stage, status, fence, leased_until, attempts, membership
         FROM queries WHERE id = ?1",
    )
    .bind(id.to_string())
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let status: String = row.try_get(1)?;
    Ok(Some(Row {
        stage: row.try_get(0)?,
        status: status.parse().map_err(|_| CORRUPT)?,
        fence: row.try_get(2)?,
        leased_until: row.try_get(3)?,
        attempts: row.try_get(4)?,
        membership: row.try_get(5)?,
    }))
}

impl<K> Store<K> {
    /// Claims a query for a walk. What can be ended without a walk is ended here.
    pub async fn claim(&self, id: Id<Query>, limits: ClaimLimits) -> Result<Claim, StoreError> {
        let mut tx = self.begin().await?;
        let Some(row) = row(&mut tx, id).await? else { return Ok(Claim::Ended) };
        let now = tx.now().as_millis();
        if row.stage != "ENDED" && row.leased_until > now {
            return Ok(Claim::NotNow);
        }
        if settle(&mut tx, id, &row).await? {
            tx.commit().await?;
            return Ok(Claim::Ended);
        }
        let running: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM queries
             WHERE membership = ?1 AND stage <> 'ENDED' AND leased_until > ?2",
        )
        .bind(&row.membership)
        .bind(now)
        .fetch_one(tx.connection())
        .await?;
        if running >= i64::from(limits.running_per_membership) {
            return Ok(Claim::NotNow);
        }
        let fence = row.fence + 1;
        sqlx::query(
            "UPDATE queries SET fence = ?2, leased_until = ?3, attempts = attempts + 1
             WHERE id = ?1",
        )
        .bind(id.to_string())
        .bind(fence)
        .bind(now + LEASE_MILLIS)
        .execute(tx.connection())
        .await?;
        let query = tx.query(id).await?.ok_or(CORRUPT)?;
        tx.commit().await?;
        let order = Order { query, fence };
        Ok(if row.stage == "KEPT" { Claim::Deliver(order) } else { Claim::Judge(order) })
    }

    /// Holds a claim for another while; false when it is no longer ours or the query should stop.
    pub async fn renew(&self, order: &Order) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let held = sqlx::query(
            "UPDATE queries SET leased_until = ?3
             WHERE id = ?1 AND fence = ?2 AND stage <> 'ENDED'",
        )
        .bind(order.id().to_string())
        .bind(order.fence)
        .bind(tx.now().as_millis() + LEASE_MILLIS)
        .execute(tx.connection())
        .await?
        .rows_affected();
        tx.commit().await?;
        Ok(held == 1)
    }

    /// The process that walked this query is gone: ends what cannot go on, frees the rest.
    ///
    /// True when the query has reached a final status.
    pub async fn walk_is_over(&self, id: Id<Query>) -> Result<bool, StoreError> {
        self.over(id, true).await
    }

    /// `died`: whether the process fell by itself, perhaps by what it read.
    async fn over(&self, id: Id<Query>, died: bool) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let Some(row) = row(&mut tx, id).await? else { return Ok(true) };
        if died && row.stage == "OPENED" && row.status != QueryStatus::Cancelling {
            count_failure(&mut tx, id).await?;
        }
        let ended = settle(&mut tx, id, &row).await?;
        if !ended {
            // The fence rises too: should the process live after all, its doors are shut.
            sqlx::query("UPDATE queries SET leased_until = 0, fence = fence + 1 WHERE id = ?1")
                .bind(id.to_string())
                .execute(tx.connection())
                .await?;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// No process could be brought to walk this query: it fails.
    pub async fn give_up(&self, id: Id<Query>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        match row(&mut tx, id).await? {
            Some(row) if row.stage != "ENDED" => {
                finish(&mut tx, id, End::Failed(QueryFailure::generic())).await?;
                tx.commit().await
            }
            _ => Ok(()),
        }
    }

    /// The house starts, and no process of an earlier one lives: every walk is over.
    pub async fn all_walks_are_over(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        let open: Vec<String> =
            sqlx::query_scalar("SELECT id FROM queries WHERE stage <> 'ENDED' ORDER BY seq")
                .fetch_all(tx.connection())
                .await?;
        drop(tx);
        for id in open {
            self.over(id.parse().map_err(|_| CORRUPT)?, false).await?;
        }
        Ok(())
    }

    /// Open queries that no walk holds: the oldest of every membership, then their second, and so
    /// on, so that nobody's many hide another's one.
    pub async fn idle_queries(&self) -> Result<Vec<Idle>, StoreError> {
        let mut tx = self.read().await?;
        let now = tx.now().as_millis();
        let rows = sqlx::query(
            "SELECT id, membership FROM (
                 SELECT id, membership, seq,
                     row_number() OVER (PARTITION BY membership ORDER BY seq) AS place
                 FROM queries WHERE stage <> 'ENDED' AND leased_until <= ?1
             ) ORDER BY place, seq LIMIT 1000",
        )
        .bind(now)
        .fetch_all(tx.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get(0)?;
                let query = id.parse().map_err(|_| CORRUPT)?;
                Ok(Idle { query, membership: row.try_get(1)? })
            })
            .collect()
    }

    /// Queries whose runner wishes them to stop and whose result was not kept yet.
    pub async fn cancelling_queries(&self) -> Result<Vec<Id<Query>>, StoreError> {
        let mut tx = self.read().await?;
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM queries WHERE status = 'CANCELLING' AND stage IN ('WAITING', 'OPENED')",
        )
        .fetch_all(tx.connection())
        .await?;
        ids.iter().map(|id| id.parse().map_err(|_| CORRUPT)).collect()
    }
}

/// Ends a query without a walk when that is all that can be done; true when it has ended.
async fn settle(tx: &mut Tx, id: Id<Query>, row: &Row) -> Result<bool, StoreError> {
    let cancelling = row.status == QueryStatus::Cancelling;
    let too_often = row.attempts >= ATTEMPTS;
    let end = match row.stage.as_str() {
        "ENDED" => return Ok(true),
        "WAITING" | "OPENED" if cancelling => End::Cancelled,
        "OPENED" => End::Lost,
        "WAITING" | "KEPT" if too_often => End::Failed(QueryFailure::generic()),
        _ => return Ok(false),
    };
    finish(tx, id, end).await?;
    Ok(true)
}
