//! The last door: final status, ledger entry and log lines, in one transaction.

use std::collections::BTreeSet;

use glovebox_ledger::{Event, TreeName};
use glovebox_model::{Id, ProtectedQuery, Query, QueryErrorCode, QueryFailure, QueryStatus};

use crate::claim::{Order, row};
use crate::doors::{self, Door, Passed};
use crate::held::{self, HeldV1};
use crate::ledger::{append, append_showing, commit_to};
use crate::queries::{CORRUPT, Diagnostic, OutcomeV1};
use crate::results::inputs_of;
use crate::snapshot::Pins;
use crate::{Shown, Store, StoreError, Tx, deliveries, member_logs};

/// How a walk ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every receiver has the result of whom nothing else was recorded.
    Delivered,
    /// Judgement said no. Nothing was read.
    Refused(Refusal),
    /// Something failed, in words for the analyst; details for owners go to their logs.
    Failed {
        /// What the analyst sees.
        failure: QueryFailure,
        /// What the owner of a source may know: account and text.
        detail: Option<(glovebox_model::AccountId, String)>,
    },
    /// The runner wished it to stop.
    Cancelled,
    /// The time limit came before rows met.
    TimedOut,
}

/// A refusal, with everything its runner may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `error.message`: the first lines of the findings.
    pub message: String,
    /// All findings.
    pub findings: Vec<Diagnostic>,
    /// The associations that the text was found to touch, by name.
    pub touched: Vec<glovebox_model::TableName>,
    /// The doors of judgement that the query passed before one said no.
    pub passed: Vec<Passed>,
}

/// Proof that the last door was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Closed {
    /// The final status.
    pub status: QueryStatus,
}

/// What `finish` writes.
pub(crate) enum End {
    Delivered { location: Option<String> },
    Refused(Refusal),
    Failed(QueryFailure),
    Cancelled,
    TimedOut,
    Lost,
}

impl<K> Store<K> {
    /// Closes a walk. A query that another walk has closed, or holds, stays as it is. How a private
    /// query ended is told at the edge of its bucket: its status stays until then.
    pub async fn close_query(&self, order: &Order, outcome: Outcome) -> Result<Closed, StoreError> {
        let mut tx = self.begin().await?;
        let row = row(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if row.stage == "ENDED" || row.fence != order.fence() {
            return Ok(Closed { status: row.status });
        }
        let wished = row.status == QueryStatus::Cancelling && row.stage != "KEPT";
        let (mut detail, mut counts) = (None, false);
        let opened = row.stage == "OPENED";
        let end = match outcome {
            Outcome::Delivered if row.stage != "KEPT" => return Err(CORRUPT),
            Outcome::Delivered => End::Delivered { location: None },
            Outcome::Refused(_) if row.stage != "WAITING" => return Err(CORRUPT),
            Outcome::Refused(refusal) => End::Refused(refusal),
            Outcome::Failed { .. } | Outcome::TimedOut if wished => End::Cancelled,
            Outcome::Failed { failure, detail: told } => {
                detail = told;
                counts = opened && failure == QueryFailure::generic();
                End::Failed(failure)
            }
            Outcome::Cancelled => End::Cancelled,
            Outcome::TimedOut => End::TimedOut,
        };
        if opened && let Some(bucket) = held::bucket(&mut tx, order.id()).await? {
            if bucket.held.is_none() {
                let held = HeldV1::of(end, counts, detail).ok_or(CORRUPT)?;
                held::hold(&mut tx, order.id(), bucket, held).await?;
                tx.commit().await?;
                return Ok(Closed { status: row.status });
            }
            if !bucket.is_over(&tx) {
                return Ok(Closed { status: row.status });
            }
        }
        if counts {
            count_failure(&mut tx, order.id()).await?;
        }
        if let Some((owner, text)) = detail {
            member_logs::detail(&mut tx, order.query(), owner, &text).await?;
        }
        let status = finish(&mut tx, order.id(), end).await?;
        tx.commit().await?;
        Ok(Closed { status })
    }
}

/// Counts a failure after rows may have met: against every table that the query touched.
pub(crate) async fn count_failure(tx: &mut Tx, id: Id<Query>) -> Result<(), StoreError> {
    let runner = tx.query(id).await?.ok_or(CORRUPT)?.runner;
    let pins: Option<String> = sqlx::query_scalar("SELECT pins FROM queries WHERE id = ?1")
        .bind(id.to_string())
        .fetch_one(tx.connection())
        .await?;
    let Some(pins) = pins else { return Ok(()) };
    for association in Pins::parse(&pins)?.associations()? {
        tx.count_failure(association, runner).await?;
    }
    Ok(())
}

/// Writes the end of a query: row, ledger and log lines.
pub(crate) async fn finish(
    tx: &mut Tx,
    id: Id<Query>,
    end: End,
) -> Result<QueryStatus, StoreError> {
    let query = tx.query(id).await?.ok_or(CORRUPT)?;
    let tree = TreeName::Collaboration(query.collaboration);
    let (end, delivered) = deliveries::decide(tx, &query, end).await?;
    let mut outcome = OutcomeV1::default();
    if held::is_late(tx, id).await? {
        count_failure(tx, id).await?;
    }
    let status = match end {
        End::Delivered { location } => {
            doors::pass(tx, id, &[Door::Deliver, Door::Close]).await?;
            outcome.location = location;
            QueryStatus::Success
        }
        End::Refused(refusal) => {
            record_refusal(tx, &query, &refusal).await?;
            doors::write(tx, id, &refusal.passed).await?;
            outcome.code = Some(QueryErrorCode::MalformedQuery.aws_name().into());
            outcome.message = Some(refusal.message);
            outcome.diagnostics = refusal.findings;
            return write(tx, &query, QueryStatus::Failed, outcome).await;
        }
        End::Lost => {
            append(tx, tree, Event::Lost { query: id }).await?;
            outcome.fail(QueryFailure::generic());
            return write(tx, &query, QueryStatus::Failed, outcome).await;
        }
        End::Failed(failure) => {
            outcome.fail(failure);
            QueryStatus::Failed
        }
        End::Cancelled => QueryStatus::Cancelled,
        End::TimedOut => QueryStatus::TimedOut,
    };
    let opening = match inputs_of(tx, id).await? {
        Some(inputs) => Some(commit_to("inputs", inputs)?),
        None => None,
    };
    let inputs = opening.as_ref().map(glovebox_ledger::Opening::commitment);
    // Nobody is shown the manifest: it tells sizes and times of the owners' files.
    let shown = opening.map(|it| Shown::to(it, [])).into_iter().collect();
    let event = Event::Closed { query: id, status, inputs, delivered };
    append_showing(tx, tree, event, shown).await?;
    write(tx, &query, status, outcome).await
}

/// Codes in order, each once: an entry stays small however much is wrong with a text.
pub(crate) fn each_once(codes: impl IntoIterator<Item = String>) -> Vec<String> {
    codes.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

async fn record_refusal(
    tx: &mut Tx,
    query: &ProtectedQuery,
    refusal: &Refusal,
) -> Result<(), StoreError> {
    let readers = member_logs::submission(tx, query, &refusal.touched, Some(&refusal.message));
    let readers = readers.await?;
    let report = serde_json::to_string(&refusal.findings).map_err(|_| CORRUPT)?;
    let opening = commit_to("report", report)?;
    let codes = each_once(refusal.findings.iter().map(|it| it.code.clone()));
    let event = Event::Refused { query: query.id, codes, report: opening.commitment() };
    let tree = TreeName::Collaboration(query.collaboration);
    append_showing(tx, tree, event, vec![Shown::to(opening, readers)]).await?;
    Ok(())
}

async fn write(
    tx: &mut Tx,
    query: &ProtectedQuery,
    status: QueryStatus,
    outcome: OutcomeV1,
) -> Result<QueryStatus, StoreError> {
    if !query.status.may_become(status) {
        return Err(CORRUPT);
    }
    member_logs::termination(tx, query, status, outcome.failure()?).await?;
    sqlx::query(
        "UPDATE queries SET status = ?2, stage = 'ENDED', leased_until = 0, finished = ?3,
             outcome = ?4, held = NULL
         WHERE id = ?1",
    )
    .bind(query.id.to_string())
    .bind(status.as_str())
    .bind(tx.now().as_millis())
    .bind(outcome.to_text()?)
    .execute(tx.connection())
    .await?;
    Ok(status)
}

impl OutcomeV1 {
    fn fail(&mut self, failure: QueryFailure) {
        self.code = Some(failure.code.aws_name().into());
        self.message = Some(failure.message);
    }
}
