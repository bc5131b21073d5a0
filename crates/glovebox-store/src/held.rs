//! What a private query came to, held back until the edge of its time bucket.
//!
//! From the moment it is opened until its edge a private query shows one thing: that it was
//! opened. How its walk ended, and when, is kept in its row; status, doors, ledger, log lines,
//! locks and objects follow at the edge. Whoever comes later than the edge waits for the next.

use glovebox_model::{Id, Query, QueryErrorCode, QueryFailure, QueryStatus};
use glovebox_privacy::edge_millis;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use crate::claim::{Row, tried_too_often};
use crate::close::{End, count_failure, finish};
use crate::queries::CORRUPT;
use crate::results::ResultV1;
use crate::{StoreError, Tx, member_logs};

/// The bucket of a private query that was opened.
#[derive(Debug)]
pub(crate) struct Bucket {
    opened: i64,
    /// The edge at which it is told what the query came to.
    told_at: i64,
    /// What it came to, once that is known.
    pub(crate) held: Option<HeldV1>,
}

/// What a private query came to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum HeldV1 {
    Ended(EndedV1),
    Result(ResultV1),
}

/// An end without a result.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct EndedV1 {
    how: HowV1,
    /// The failure that the analyst sees, by code and text.
    failure: Option<(String, String)>,
    /// Whether it is one of the failures that shut a runner out.
    counts: bool,
    /// What the owner of a source may know: account and text.
    detail: Option<(String, String)>,
}

#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
enum HowV1 {
    Cancelled,
    Failed,
    #[default]
    Lost,
    TimedOut,
}

/// How a query stands that no walk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// It has a final status.
    Ended,
    /// It is private and has come to its end, which is told later.
    Held,
    /// It is to be walked.
    Open,
}

impl HeldV1 {
    /// The process is gone; `counts` if it may have fallen by what it read.
    fn lost(counts: bool) -> Self {
        Self::Ended(EndedV1 { counts, ..EndedV1::default() })
    }

    pub(crate) fn cancelled() -> Self {
        Self::Ended(EndedV1 { how: HowV1::Cancelled, ..EndedV1::default() })
    }

    /// An end as `finish` would write it; `None` for one that no opened query has.
    pub(crate) fn of(
        end: End,
        counts: bool,
        detail: Option<(glovebox_model::AccountId, String)>,
    ) -> Option<Self> {
        let (how, failure) = match end {
            End::Cancelled => (HowV1::Cancelled, None),
            End::Failed(failure) => (HowV1::Failed, Some(failure)),
            End::Lost => (HowV1::Lost, None),
            End::TimedOut => (HowV1::TimedOut, None),
            End::Delivered { .. } | End::Refused(_) => return None,
        };
        let failure = failure.map(|it| (it.code.aws_name().to_owned(), it.message));
        let detail = detail.map(|(owner, text)| (owner.to_string(), text));
        Some(Self::Ended(EndedV1 { how, failure, counts, detail }))
    }
}

impl EndedV1 {
    fn end(&self) -> Result<End, StoreError> {
        Ok(match self.how {
            HowV1::Cancelled => End::Cancelled,
            HowV1::Failed => {
                let (code, message) = self.failure.clone().ok_or(CORRUPT)?;
                let code = QueryErrorCode::from_aws_name(&code).ok_or(CORRUPT)?;
                End::Failed(QueryFailure { code, message })
            }
            HowV1::Lost => End::Lost,
            HowV1::TimedOut => End::TimedOut,
        })
    }
}

impl Bucket {
    /// Whether it may be told now what the query came to.
    pub(crate) fn is_over(&self, tx: &Tx) -> bool {
        tx.now().as_millis() >= self.told_at
    }
}

/// The bucket of a query; `None` while it is not opened, and for one that is not private.
pub(crate) async fn bucket(tx: &mut Tx, id: Id<Query>) -> Result<Option<Bucket>, StoreError> {
    let row = sqlx::query("SELECT opened, told_at, held FROM queries WHERE id = ?1")
        .bind(id.to_string())
        .fetch_one(tx.connection())
        .await?;
    let (opened, told_at): (Option<i64>, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
    let (Some(opened), Some(told_at)) = (opened, told_at) else { return Ok(None) };
    let held: Option<String> = row.try_get(2)?;
    let held = held.map(|text| serde_json::from_str(&text).map_err(|_| CORRUPT)).transpose()?;
    Ok(Some(Bucket { opened, told_at, held }))
}

/// Puts an opened query into the bucket that ends `edge` milliseconds from now.
pub(crate) async fn begin(
    tx: &mut Tx,
    id: Id<Query>,
    (asked, edge): (&str, i64),
) -> Result<(), StoreError> {
    let now = tx.now().as_millis();
    sqlx::query("UPDATE queries SET asked = ?2, opened = ?3, told_at = ?4 WHERE id = ?1")
        .bind(id.to_string())
        .bind(asked)
        .bind(now)
        .bind(now.saturating_add(edge))
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Keeps what a query came to, for its edge: the next one, if its own is behind. The claim ends.
pub(crate) async fn hold(
    tx: &mut Tx,
    id: Id<Query>,
    bucket: Bucket,
    held: HeldV1,
) -> Result<Bucket, StoreError> {
    let now = tx.now().as_millis();
    let is_late = now > bucket.told_at;
    let told_at = if is_late {
        bucket.opened.saturating_add(edge_millis(now.saturating_sub(bucket.opened)))
    } else {
        bucket.told_at
    };
    sqlx::query(
        "UPDATE queries SET held = ?2, told_at = ?3, late = ?4, leased_until = 0, attempts = 0
         WHERE id = ?1",
    )
    .bind(id.to_string())
    .bind(serde_json::to_string(&held).map_err(|_| CORRUPT)?)
    .bind(told_at)
    .bind(is_late.then_some(1_i64))
    .execute(tx.connection())
    .await?;
    Ok(Bucket { opened: bucket.opened, told_at, held: Some(held) })
}

/// Whether a private query came to its end after its first edge.
pub(crate) async fn is_late(tx: &mut Tx, id: Id<Query>) -> Result<bool, StoreError> {
    let late: Option<i64> = sqlx::query_scalar("SELECT late FROM queries WHERE id = ?1")
        .bind(id.to_string())
        .fetch_one(tx.connection())
        .await?;
    Ok(late.is_some())
}

/// What can be done without a walk for a private query that was opened, and that no walk holds:
/// one whose walk is gone is lost, and what is due is told. `died`: whether its process fell by
/// itself.
pub(crate) async fn settle(
    tx: &mut Tx,
    id: Id<Query>,
    (row, died): (&Row, bool),
    bucket: Bucket,
) -> Result<Stand, StoreError> {
    let cancelling = row.status == QueryStatus::Cancelling;
    let bucket = match bucket.held {
        Some(_) => bucket,
        None if cancelling => hold(tx, id, bucket, HeldV1::cancelled()).await?,
        None => hold(tx, id, bucket, HeldV1::lost(died)).await?,
    };
    if !bucket.is_over(tx) {
        return Ok(Stand::Held);
    }
    match bucket.held {
        _ if cancelling => finish(tx, id, End::Cancelled).await?,
        Some(HeldV1::Ended(ended)) => tell(tx, id, ended).await?,
        Some(HeldV1::Result(_)) if tried_too_often(row) => {
            finish(tx, id, End::Failed(QueryFailure::generic())).await?
        }
        Some(HeldV1::Result(_)) | None => return Ok(Stand::Open),
    };
    Ok(Stand::Ended)
}

/// Tells how a private query ended that has no result.
async fn tell(tx: &mut Tx, id: Id<Query>, ended: EndedV1) -> Result<QueryStatus, StoreError> {
    // A late one counts when it is finished, and no query counts twice.
    if ended.counts && !is_late(tx, id).await? {
        count_failure(tx, id).await?;
    }
    if let Some((owner, text)) = &ended.detail {
        let query = tx.query(id).await?.ok_or(CORRUPT)?;
        let owner = owner.parse().map_err(|_| CORRUPT)?;
        member_logs::detail(tx, &query, owner, text).await?;
    }
    finish(tx, id, ended.end()?).await
}
