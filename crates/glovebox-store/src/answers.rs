//! First answers: a request that comes again gets the answer it got, and is not carried out again.

use glovebox_model::Digest;
use sqlx::Row as _;

use crate::{Store, StoreError, Tx};

/// How long an answer is kept. A signature can be good for 30 minutes: it may be dated up to 15
/// minutes ahead and is accepted until 15 minutes after its date.
const KEPT_MILLIS: i64 = 31 * 60 * 1000;
/// How long a request may run before another may take it over; it then cannot commit any more.
const RUNNING_MILLIS: i64 = 15 * 60 * 1000;

/// The right to carry out a request for the first time.
#[derive(Debug, Clone)]
pub struct AnswerClaim {
    request: Digest,
    holder: i64,
}

/// What is known of a request.
#[derive(Debug)]
pub enum Recalled {
    /// It never came before: carry it out with this claim.
    First(AnswerClaim),
    /// It is being carried out right now.
    Running,
    /// It was carried out, but the house fell before it answered.
    Unanswered,
    /// It was carried out and got this answer.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Vec<u8>,
    },
}

impl Store {
    /// Asks whether a request came before. `request` digests whatever makes it the same request;
    /// the same digest under another operation is another request.
    pub async fn recall(
        &self,
        request: Digest,
        operation: &'static str,
    ) -> Result<Recalled, StoreError> {
        let request = under(request, operation);
        let mut tx = self.begin().await?;
        let now = tx.now().as_millis();
        sqlx::query("DELETE FROM answers WHERE begun < ?1")
            .bind(now - KEPT_MILLIS)
            .execute(tx.connection())
            .await?;
        if let Some(found) = found(&mut tx, request).await? {
            return Ok(found);
        }
        let holder = tx.next_version().await?;
        sqlx::query(
            "INSERT INTO answers (request, operation, state, holder, begun)
             VALUES (?1, ?2, 'RUNNING', ?3, ?4)
             ON CONFLICT (request) DO UPDATE SET holder = excluded.holder, begun = excluded.begun",
        )
        .bind(request.to_string())
        .bind(operation)
        .bind(holder)
        .bind(now)
        .execute(tx.connection())
        .await?;
        tx.commit().await?;
        Ok(Recalled::First(AnswerClaim { request, holder }))
    }

    /// What is known of a request, without claiming it; nothing when it never came.
    pub async fn recall_only(
        &self,
        request: Digest,
        operation: &'static str,
    ) -> Result<Option<Recalled>, StoreError> {
        found(&mut self.read().await?, under(request, operation)).await
    }

    /// Keeps the answer to a request for when it comes again.
    pub async fn remember_answer(
        &self,
        claim: &AnswerClaim,
        status: u16,
        body: &[u8],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE answers SET state = 'ANSWERED', status = ?3, body = ?4
             WHERE request = ?1 AND holder = ?2",
        )
        .bind(claim.request.to_string())
        .bind(claim.holder)
        .bind(i64::from(status))
        .bind(body)
        .execute(tx.connection())
        .await?;
        tx.commit().await
    }

    /// Forgets all requests that were being carried out when an earlier house fell, so that they
    /// may come again. Should one still be carried out elsewhere, it cannot commit any more.
    pub async fn forget_unfinished(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM answers WHERE state = 'RUNNING'";
        sqlx::query(sql).execute(tx.connection()).await?;
        tx.commit().await
    }

    /// Forgets a request that failed before it changed anything, so that it may come again.
    pub async fn forget_request(&self, claim: &AnswerClaim) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM answers WHERE request = ?1 AND holder = ?2 AND state = 'RUNNING'";
        sqlx::query(sql)
            .bind(claim.request.to_string())
            .bind(claim.holder)
            .execute(tx.connection())
            .await?;
        tx.commit().await
    }
}

/// The same digest under another operation is another request.
fn under(request: Digest, operation: &str) -> Digest {
    Digest::of(format!("{operation}\n{request}").as_bytes())
}

/// What is known of a request, unless whoever runs it has run too long.
async fn found(tx: &mut Tx, request: Digest) -> Result<Option<Recalled>, StoreError> {
    let now = tx.now().as_millis();
    let row = sqlx::query(
        "SELECT state, begun, status, body FROM answers WHERE request = ?1 AND begun >= ?2",
    )
    .bind(request.to_string())
    .bind(now - KEPT_MILLIS)
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let begun: i64 = row.try_get("begun")?;
    match row.try_get("state")? {
        "ANSWERED" => {
            let status: i64 = row.try_get("status")?;
            let status = u16::try_from(status);
            let status = status.map_err(|_| StoreError::Corrupt { what: "answers" })?;
            Ok(Some(Recalled::Answered { status, body: row.try_get("body")? }))
        }
        "DONE" => Ok(Some(Recalled::Unanswered)),
        _ if begun > now - RUNNING_MILLIS => Ok(Some(Recalled::Running)),
        _ => Ok(None),
    }
}

impl Tx {
    /// Notes, in the transaction of its effect, that a request was carried out. Fails when
    /// another has taken the request over.
    pub async fn mark_done(&mut self, claim: &AnswerClaim) -> Result<(), StoreError> {
        let sql = "UPDATE answers SET state = 'DONE'
            WHERE request = ?1 AND holder = ?2 AND state IN ('RUNNING', 'DONE')";
        let marked = sqlx::query(sql)
            .bind(claim.request.to_string())
            .bind(claim.holder)
            .execute(self.connection())
            .await?;
        if marked.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Overtaken) }
    }
}
