//! The doors behind a query, as far as its runner may watch it pass them.
//!
//! Each door is noted in the transaction that it makes anyway. What the engine and the release do
//! is told in one piece, with the result that was kept: who watches a query fail between
//! reservation and keeping cannot tell where, or after how long.

use glovebox_model::{Id, Query, QueryStatus, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use crate::queries::CORRUPT;
use crate::{StoreError, Tx};

/// A door on the road of a query that has been claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Door {
    /// Text and schema are one.
    Bind,
    /// No rule speaks against it.
    Clear,
    /// Its price is known.
    Price,
    /// It is open in the ledger.
    Reserve,
    /// The engine has run it.
    Execute,
    /// Its rows were checked once more.
    Release,
    /// The result is sealed and recorded.
    Keep,
    /// Every receiver has the result.
    Deliver,
    /// Its outcome is recorded.
    Close,
}

impl Door {
    /// Every door, in order.
    pub const ALL: [Self; 9] = [
        Self::Bind,
        Self::Clear,
        Self::Price,
        Self::Reserve,
        Self::Execute,
        Self::Release,
        Self::Keep,
        Self::Deliver,
        Self::Close,
    ];

    /// Its name in the native API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Clear => "clear",
            Self::Price => "price",
            Self::Reserve => "reserve",
            Self::Execute => "execute",
            Self::Release => "release",
            Self::Keep => "keep",
            Self::Deliver => "deliver",
            Self::Close => "close",
        }
    }
}

/// A door behind a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// Which.
    pub door: Door,
    /// Since when.
    pub at: Timestamp,
}

/// How far a query came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Its status.
    pub status: QueryStatus,
    /// The doors behind it, in order.
    pub passed: Vec<Passed>,
    /// Whether the last row of the result stands for groups below a threshold, put together. Said
    /// of a result that was delivered, and of no other.
    pub other_row: bool,
}

impl Progress {
    /// What may be told. A query that failed, or was stopped, after it was opened stands before
    /// `execute`, whichever door it was that said no.
    fn told(status: QueryStatus, mut passed: Vec<Passed>, other_row: bool) -> Self {
        let ended_early = status.is_final() && status != QueryStatus::Success;
        if ended_early {
            passed.retain(|it| it.door <= Door::Reserve);
        }
        Self { status, passed, other_row: other_row && status == QueryStatus::Success }
    }

    /// The door before the query, or the one that it did not pass; `None` behind the last.
    pub fn door(&self) -> Option<Door> {
        Door::ALL.into_iter().find(|door| self.passed.iter().all(|it| it.door != *door))
    }
}

/// A row's text: door and milliseconds, in order.
type Noted = Vec<(Door, i64)>;

/// Forgets what was noted of an earlier judgement and notes these.
pub(crate) async fn write(tx: &mut Tx, id: Id<Query>, passed: &[Passed]) -> Result<(), StoreError> {
    put(tx, id, &passed.iter().map(|it| (it.door, it.at.as_millis())).collect()).await
}

/// Notes doors that are passed by what this transaction does.
pub(crate) async fn pass(tx: &mut Tx, id: Id<Query>, doors: &[Door]) -> Result<(), StoreError> {
    let now = tx.now().as_millis();
    let (_, mut noted, _) = read(tx, id).await?.ok_or(CORRUPT)?;
    noted.extend(doors.iter().map(|door| (*door, now)));
    put(tx, id, &noted).await
}

async fn put(tx: &mut Tx, id: Id<Query>, noted: &Noted) -> Result<(), StoreError> {
    sqlx::query("UPDATE queries SET doors = ?2 WHERE id = ?1")
        .bind(id.to_string())
        .bind(serde_json::to_string(noted).map_err(|_| CORRUPT)?)
        .execute(tx.connection())
        .await?;
    Ok(())
}

async fn read(
    tx: &mut Tx,
    id: Id<Query>,
) -> Result<Option<(QueryStatus, Noted, bool)>, StoreError> {
    let row = sqlx::query("SELECT status, doors, other_row FROM queries WHERE id = ?1")
        .bind(id.to_string())
        .fetch_optional(tx.connection())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (status, doors): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let other_row: Option<i64> = row.try_get(2)?;
    let noted = serde_json::from_str(&doors).map_err(|_| CORRUPT)?;
    Ok(Some((status.parse().map_err(|_| CORRUPT)?, noted, other_row.is_some())))
}

impl Tx {
    /// How far a query came, as far as its runner may know; `None` for an unknown id.
    pub async fn progress(&mut self, query: Id<Query>) -> Result<Option<Progress>, StoreError> {
        let found = read(self, query).await?;
        Ok(found.map(|(status, noted, other_row)| {
            let passed = |(door, at)| Passed { door, at: Timestamp::from_millis(at) };
            Progress::told(status, noted.into_iter().map(passed).collect(), other_row)
        }))
    }
}
