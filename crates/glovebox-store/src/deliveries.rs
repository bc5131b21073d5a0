//! What became of each receiver's copy of a result: recorded one by one, and once for good.
//!
//! A query has succeeded when one receiver has its result: what that receiver has, it has, however
//! the others fare.

use std::collections::BTreeSet;

use glovebox_model::{
    AccountId, Delivery, DeliveryState, Id, ProtectedQuery, Query, QueryErrorCode, QueryFailure,
    QueryOutput, Timestamp,
};

use crate::claim::{Order, row};
use crate::close::End;
use crate::keep::NotDeliverable;
use crate::queries::CORRUPT;
use crate::{Store, StoreError, Tx, member_logs, results};

/// What the receiver reads in its own log when nobody knows more; of its own store, and of nothing
/// else.
const UNREACHED: &str = "the result could not be written into the bucket that it was for: look \
                         whether it is there";

/// The column of a query's row that holds its deliveries, in order of the receivers.
pub(crate) const COLUMN: &str = "(SELECT json_group_array(json_array(it.receiver, it.state, it.at))
    FROM (SELECT receiver, state, at FROM deliveries WHERE query = queries.id ORDER BY receiver)
    AS it) AS deliveries";

/// Reads that column.
pub(crate) fn parse(text: &str) -> Result<Vec<Delivery>, StoreError> {
    let rows: Vec<(String, String, i64)> = serde_json::from_str(text).map_err(|_| CORRUPT)?;
    rows.into_iter()
        .map(|(receiver, state, at)| {
            Ok(Delivery {
                receiver: receiver.parse().map_err(|_| CORRUPT)?,
                state: DeliveryState::from_aws_name(&state).ok_or(CORRUPT)?,
                at: Timestamp::from_millis(at),
            })
        })
        .collect()
}

impl<K> Store<K> {
    /// Records what became of one receiver's copy, so that no later walk tries it again. Of the
    /// last one that is told when the query is closed.
    pub async fn record_delivery(
        &self,
        order: &Order,
        receiver: AccountId,
        state: DeliveryState,
    ) -> Result<Result<(), NotDeliverable>, StoreError> {
        let mut tx = self.begin().await?;
        if let Err(superseded) = is_held(&mut tx, order, receiver).await? {
            return Ok(Err(superseded));
        }
        insert(&mut tx, order.id(), receiver, state).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Writes into a receiver's own log why its store did not take its copy: once, of the walk that
    /// gives it up.
    pub async fn tell_receiver(
        &self,
        order: &Order,
        receiver: AccountId,
        text: &str,
    ) -> Result<Result<(), NotDeliverable>, StoreError> {
        let mut tx = self.begin().await?;
        if let Err(superseded) = is_held(&mut tx, order, receiver).await? {
            return Ok(Err(superseded));
        }
        if !member_logs::has_detail(&mut tx, order.id(), receiver).await? {
            member_logs::detail(&mut tx, order.query(), receiver, text).await?;
        }
        tx.commit().await?;
        Ok(Ok(()))
    }
}

/// Whether the order's walk still holds the kept query of this receiver.
async fn is_held(
    tx: &mut Tx,
    order: &Order,
    receiver: AccountId,
) -> Result<Result<(), NotDeliverable>, StoreError> {
    let row = row(tx, order.id()).await?.ok_or(CORRUPT)?;
    if row.fence != order.fence() || row.stage != "KEPT" {
        return Ok(Err(NotDeliverable::Superseded));
    }
    if !order.query().receivers.contains(&receiver) {
        return Err(CORRUPT);
    }
    Ok(Ok(()))
}

/// Of two walks that tell of one copy the first is believed.
async fn insert(
    tx: &mut Tx,
    query: Id<Query>,
    receiver: AccountId,
    state: DeliveryState,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO deliveries (query, receiver, state, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
    )
    .bind(query.to_string())
    .bind(receiver.to_string())
    .bind(state.aws_name())
    .bind(tx.now().as_millis())
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Says what became of every copy of a result that is kept, and with that how its query ended.
pub(crate) async fn decide(
    tx: &mut Tx,
    query: &ProtectedQuery,
    end: End,
) -> Result<(End, Vec<AccountId>), StoreError> {
    let stage = row(tx, query.id).await?.ok_or(CORRUPT)?.stage;
    if stage != "KEPT" {
        return Ok((end, Vec::new()));
    }
    if let Some(rest) = rest(&end) {
        for receiver in &query.receivers {
            insert(tx, query.id, *receiver, rest).await?;
        }
    }
    let known = tx.query(query.id).await?.ok_or(CORRUPT)?.deliveries;
    let unreached = known.iter().filter(|it| it.state == DeliveryState::Unreachable);
    for Delivery { receiver, .. } in unreached {
        if !member_logs::has_detail(tx, query.id, *receiver).await? {
            member_logs::detail(tx, query, *receiver, UNREACHED).await?;
        }
    }
    let delivered: BTreeSet<AccountId> = known
        .iter()
        .filter(|it| it.state == DeliveryState::Delivered)
        .map(|it| it.receiver)
        .collect();
    let end = match end {
        // Nobody has it: the walk was wrong.
        End::Delivered { .. } if delivered.is_empty() => return Err(CORRUPT),
        end if delivered.is_empty() => end,
        _ => End::Delivered { location: location(tx, query, &delivered).await? },
    };
    // With one receiver the status says it.
    let told = match query.receivers.len() {
        0 | 1 => Vec::new(),
        _ => delivered.into_iter().collect(),
    };
    Ok((end, told))
}

/// What became of the copies of which nothing was recorded; `None` when nobody can say: the
/// database is an older copy, after which they may have been delivered.
fn rest(end: &End) -> Option<DeliveryState> {
    match end {
        End::Delivered { .. } => Some(DeliveryState::Delivered),
        End::Failed(failure) if failure.code == QueryErrorCode::ResourceAccessDenied => {
            Some(DeliveryState::Withheld)
        }
        End::Failed(failure)
            if *failure == QueryFailure::unreached() || *failure == QueryFailure::generic() =>
        {
            Some(DeliveryState::Unreachable)
        }
        End::Cancelled | End::Failed(_) | End::Lost | End::Refused(_) | End::TimedOut => None,
    }
}

/// `s3://bucket/prefix/id/`, of a result that went into a bucket of the runner.
async fn location(
    tx: &mut Tx,
    query: &ProtectedQuery,
    delivered: &BTreeSet<AccountId>,
) -> Result<Option<String>, StoreError> {
    let alone = matches!(query.asked.output, Some(QueryOutput::Member(_)));
    if alone || !delivered.contains(&query.runner) {
        return Ok(None);
    }
    let result = results::read(tx, query.id).await?.ok_or(CORRUPT)?;
    let file = result.files.iter().find(|it| it.receiver == query.runner.as_str());
    let folder = file.and_then(|it| Some((&it.bucket, it.key.rsplit_once('/')?.0)));
    Ok(folder.map(|(bucket, folder)| format!("s3://{bucket}/{folder}/")))
}
