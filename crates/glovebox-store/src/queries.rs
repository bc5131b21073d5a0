//! Query rows: submitted, read, listed, and asked to stop.

mod cancel;
mod diagnostics;
mod document;
mod sensitivity;

use glovebox_ledger::{Event, TreeName};
use glovebox_model::{
    AccessKeyId, AccountId, Collaboration, Id, Membership, NewQuery, Page, PageRequest,
    ProtectedQuery, Query, QueryStatus, Timestamp,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};

pub use cancel::CancelAnswer;
pub use diagnostics::Diagnostic;
pub(crate) use document::{OutcomeV1, QueryV1};

use crate::ledger::{append_showing, commit_to};
use crate::{Shown, StoreError, Tx, deliveries, rows};

pub(crate) const CORRUPT: StoreError = StoreError::Corrupt { what: "queries" };

const COLUMNS: &str = "id, seq, collaboration, membership, runner, status, created, finished, \
                       document, outcome, sensitivity";

/// A select of queries, whose deliveries come along.
fn select(rest: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("SELECT {COLUMNS}, {} FROM queries {rest}", deliveries::COLUMN))
}

/// A query to be accepted, every right already checked.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The collaboration.
    pub collaboration: Id<Collaboration>,
    /// The runner's membership.
    pub membership: Id<Membership>,
    /// Who runs it.
    pub runner: AccountId,
    /// The key that signed the request.
    pub key: AccessKeyId,
    /// What is asked for.
    pub asked: NewQuery,
    /// Who receives the result.
    pub receivers: Vec<AccountId>,
    /// How many queries of the membership may be open: running and waiting.
    pub most_open: u32,
}

/// The membership has as many open queries as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyOpen;

impl Tx {
    /// Accepts a query: the row `SUBMITTED` and its ledger entry.
    pub async fn submit(
        &mut self,
        submission: Submission,
    ) -> Result<Result<ProtectedQuery, TooManyOpen>, StoreError> {
        let open: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM queries WHERE membership = ?1 AND stage <> 'ENDED'",
        )
        .bind(submission.membership.to_string())
        .fetch_one(self.connection())
        .await?;
        if open >= i64::from(submission.most_open) {
            return Ok(Err(TooManyOpen));
        }
        let id = self.fresh_id()?;
        let entry = record_submission(self, id, &submission).await?;
        insert(self, id, entry, &submission).await?;
        Ok(Ok(self.query(id).await?.ok_or(CORRUPT)?))
    }

    /// The query of that id.
    pub async fn query(&mut self, id: Id<Query>) -> Result<Option<ProtectedQuery>, StoreError> {
        sqlx::query(select("WHERE id = ?1"))
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?
            .as_ref()
            .map(from_row)
            .transpose()
    }

    /// The queries of a membership, newest first.
    pub async fn list_queries(
        &mut self,
        membership: Id<Membership>,
        status: Option<QueryStatus>,
        page: PageRequest,
    ) -> Result<Page<ProtectedQuery>, StoreError> {
        let rows = sqlx::query(select(
            "WHERE membership = ?1 AND seq < ?2 AND (?3 IS NULL OR status = ?3)
             ORDER BY seq DESC LIMIT ?4",
        ))
        .bind(membership.to_string())
        .bind(page.after.unwrap_or(i64::MAX))
        .bind(status.map(QueryStatus::as_str))
        .bind(rows::limit(page))
        .fetch_all(self.connection())
        .await?;
        rows::page(&rows, page, from_row)
    }
}

async fn record_submission(
    tx: &mut Tx,
    query: Id<Query>,
    submission: &Submission,
) -> Result<i64, StoreError> {
    let Submission { collaboration, runner, key, asked, receivers, .. } = submission;
    let opening = commit_to("text", asked.text.as_str())?;
    let event = Event::QuerySubmitted {
        query,
        runner: *runner,
        key: key.clone(),
        text: opening.commitment(),
    };
    let readers = receivers.iter().copied().chain([*runner]);
    let shown = vec![Shown::to(opening, readers)];
    let tree = TreeName::Collaboration(*collaboration);
    Ok(append_showing(tx, tree, event, shown).await? as i64)
}

async fn insert(
    tx: &mut Tx,
    id: Id<Query>,
    ledger_entry: i64,
    submission: &Submission,
) -> Result<(), StoreError> {
    let seq = tx.next_version().await?;
    sqlx::query(
        "INSERT INTO queries (id, seq, collaboration, membership, runner, status, stage,
             ledger_entry, created, document)
         VALUES (?1, ?2, ?3, ?4, ?5, 'SUBMITTED', 'WAITING', ?6, ?7, ?8)",
    )
    .bind(id.to_string())
    .bind(seq)
    .bind(submission.collaboration.to_string())
    .bind(submission.membership.to_string())
    .bind(submission.runner.to_string())
    .bind(ledger_entry)
    .bind(tx.now().as_millis())
    .bind(QueryV1::of(submission).to_text()?)
    .execute(tx.connection())
    .await?;
    Ok(())
}

fn from_row(row: &SqliteRow) -> Result<ProtectedQuery, StoreError> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let document = QueryV1::parse(&text("document")?)?;
    let outcome: Option<String> = row.try_get("outcome")?;
    let outcome = outcome.as_deref().map(OutcomeV1::parse).transpose()?.unwrap_or_default();
    let finished: Option<i64> = row.try_get("finished")?;
    let shown: Option<String> = row.try_get("sensitivity")?;
    Ok(ProtectedQuery {
        id: text("id")?.parse().map_err(|_| CORRUPT)?,
        collaboration: text("collaboration")?.parse().map_err(|_| CORRUPT)?,
        membership: text("membership")?.parse().map_err(|_| CORRUPT)?,
        runner: text("runner")?.parse().map_err(|_| CORRUPT)?,
        key: document.key()?,
        receivers: document.receivers()?,
        deliveries: deliveries::parse(&text("deliveries")?)?,
        asked: document.asked()?,
        status: text("status")?.parse().map_err(|_| CORRUPT)?,
        created: Timestamp::from_millis(row.try_get("created")?),
        finished: finished.map(Timestamp::from_millis),
        failure: outcome.failure()?,
        sensitivity: shown.as_deref().map(sensitivity::parse).transpose()?,
        location: outcome.location,
        position: row.try_get("seq")?,
    })
}
