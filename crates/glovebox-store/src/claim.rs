//! Claims: one walk at a time per query, fenced by a number that only grows.

use glovebox_model::{Id, ProtectedQuery, Query, QueryFailure, QueryStatus};
use sqlx::Row as _;

use crate::close::{End, count_failure, finish};
use crate::held::{self, HeldV1, Stand};
use crate::queries::CORRUPT;
use crate::{Store, StoreError, Tx};

/// How long a claim holds without being renewed, in milliseconds.
pub const LEASE_MILLIS: i64 = 60_000;

/// How often a query is walked before it fails that was not opened yet.
const ATTEMPTS: i64 = 3;
/// How often its result is tried to be delivered after that: what failed may be passing.
const DELIVERIES: i64 = 5;

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
    is_private: bool,
    is_last: bool,
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

    /// Whether the query was opened under differential privacy. Not known before it is opened.
    pub fn is_private(&self) -> bool {
        self.is_private
    }

    /// Whether nobody will try to deliver its result after this walk.
    pub fn is_last(&self) -> bool {
        self.is_last
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
    /// Another walk has it, or the membership runs as many as it may, or it is told later what it
    /// came to.
    NotNow,
}

/// An open query that no walk holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    /// The query.
    pub query: Id<Query>,
    /// Its membership, as text, for fairness between memberships.
    pub membership: String,
    /// How many queries of the membership have ended already and are told so later: each takes
    /// the place of one that runs.
    pub held: usize,
    /// Whether it has its result, and only delivers: that takes no place.
    pub is_due: bool,
}

pub(crate) struct Row {
    pub(crate) stage: String,
    pub(crate) status: QueryStatus,
    pub(crate) fence: i64,
    leased_until: i64,
    attempts: i64,
    membership: String,
}

/// Whether a query was claimed so often that it is not claimed again.
pub(crate) fn tried_too_often(row: &Row) -> bool {
    row.attempts >= if row.stage == "KEPT" { DELIVERIES } else { ATTEMPTS }
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
        let without_walk = match settle(&mut tx, id, &row, false).await? {
            Stand::Ended => Some(Claim::Ended),
            Stand::Held => Some(Claim::NotNow),
            Stand::Open => None,
        };
        if let Some(claim) = without_walk {
            tx.commit().await?;
            return Ok(claim);
        }
        // A private query takes its place until its edge, whenever its walk ended: who waits for
        // the place learns nothing.
        let running: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM queries
             WHERE membership = ?1 AND stage <> 'ENDED' AND (leased_until > ?2 OR told_at > ?2)",
        )
        .bind(&row.membership)
        .bind(now)
        .fetch_one(tx.connection())
        .await?;
        // What only delivers waits for nobody: it had its place while it ran.
        if row.stage == "WAITING" && running >= i64::from(limits.running_per_membership) {
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
        let bucket = held::bucket(&mut tx, id).await?;
        tx.commit().await?;
        let is_last = row.stage == "KEPT" && row.attempts + 1 >= DELIVERIES;
        let order = Order { query, fence, is_private: bucket.is_some(), is_last };
        // What is open here and was opened before is a private query whose result is due.
        Ok(if row.stage == "WAITING" { Claim::Judge(order) } else { Claim::Deliver(order) })
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
    pub async fn walk_is_over(&self, id: Id<Query>) -> Result<Stand, StoreError> {
        self.over(id, true).await
    }

    /// The house ended the process that walked this query, for a reason of its own.
    pub async fn walk_was_ended(&self, id: Id<Query>) -> Result<Stand, StoreError> {
        self.over(id, false).await
    }

    /// `died`: whether the process fell by itself, perhaps by what it read.
    async fn over(&self, id: Id<Query>, died: bool) -> Result<Stand, StoreError> {
        let mut tx = self.begin().await?;
        let Some(row) = row(&mut tx, id).await? else { return Ok(Stand::Ended) };
        let stand = settle(&mut tx, id, &row, died).await?;
        if stand != Stand::Ended {
            // The fence rises too: should the process live after all, its doors are shut.
            sqlx::query("UPDATE queries SET leased_until = 0, fence = fence + 1 WHERE id = ?1")
                .bind(id.to_string())
                .execute(tx.connection())
                .await?;
        }
        tx.commit().await?;
        Ok(stand)
    }

    /// No process could be brought to walk this query: it fails.
    pub async fn give_up(&self, id: Id<Query>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let Some(row) = row(&mut tx, id).await? else { return Ok(()) };
        let failed = End::Failed(QueryFailure::generic());
        match held::bucket(&mut tx, id).await? {
            _ if row.stage == "ENDED" => return Ok(()),
            Some(bucket) if row.stage == "OPENED" && bucket.held.is_none() => {
                let failed = HeldV1::of(failed, false, None).ok_or(CORRUPT)?;
                held::hold(&mut tx, id, bucket, failed).await?;
            }
            Some(bucket) if row.stage == "OPENED" && !bucket.is_over(&tx) => return Ok(()),
            Some(_) | None => {
                finish(&mut tx, id, failed).await?;
            }
        }
        tx.commit().await
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

    /// Open queries that no walk holds and that need not wait for their edge: the oldest of every
    /// membership, then their second, and so on, so that nobody's many hide another's one.
    pub async fn idle_queries(&self) -> Result<Vec<Idle>, StoreError> {
        let mut tx = self.read().await?;
        let now = tx.now().as_millis();
        let rows = sqlx::query(
            "SELECT id, membership, (
                 SELECT count(*) FROM queries AS other WHERE other.membership = idle.membership
                     AND other.stage = 'OPENED' AND other.held IS NOT NULL AND other.told_at > ?1
             ), stage <> 'WAITING' FROM (
                 SELECT id, membership, seq, stage,
                     row_number() OVER (PARTITION BY membership ORDER BY seq) AS place
                 FROM queries WHERE stage <> 'ENDED' AND leased_until <= ?1
                     AND (held IS NULL OR told_at <= ?1)
             ) AS idle ORDER BY place, seq LIMIT 1000",
        )
        .bind(now)
        .fetch_all(tx.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get(0)?;
                let query = id.parse().map_err(|_| CORRUPT)?;
                let held: i64 = row.try_get(2)?;
                let held = usize::try_from(held).map_err(|_| CORRUPT)?;
                let is_due = row.try_get(3)?;
                Ok(Idle { query, membership: row.try_get(1)?, held, is_due })
            })
            .collect()
    }

    /// Queries whose runner wishes them to stop and that have not come to their end yet.
    pub async fn cancelling_queries(&self) -> Result<Vec<Id<Query>>, StoreError> {
        let mut tx = self.read().await?;
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM queries
             WHERE status = 'CANCELLING' AND stage IN ('WAITING', 'OPENED') AND held IS NULL",
        )
        .fetch_all(tx.connection())
        .await?;
        ids.iter().map(|id| id.parse().map_err(|_| CORRUPT)).collect()
    }
}

/// Ends a query without a walk when that is all that can be done. `died`: whether its process
/// fell by itself, perhaps by what it read.
async fn settle(tx: &mut Tx, id: Id<Query>, row: &Row, died: bool) -> Result<Stand, StoreError> {
    if row.stage == "OPENED"
        && let Some(bucket) = held::bucket(tx, id).await?
    {
        return held::settle(tx, id, (row, died), bucket).await;
    }
    let cancelling = row.status == QueryStatus::Cancelling;
    let end = match row.stage.as_str() {
        "ENDED" => return Ok(Stand::Ended),
        "WAITING" | "OPENED" if cancelling => End::Cancelled,
        "OPENED" => {
            if died {
                count_failure(tx, id).await?;
            }
            End::Lost
        }
        "WAITING" if tried_too_often(row) => End::Failed(QueryFailure::generic()),
        // Whose walks all fell or were kept by the house's disk may be the receiver's fault as well:
        // what it can do is the same.
        "KEPT" if tried_too_often(row) => End::Failed(QueryFailure::unreached()),
        _ => return Ok(Stand::Open),
    };
    finish(tx, id, end).await?;
    Ok(Stand::Ended)
}
