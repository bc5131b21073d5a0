//! A query whose question was asked before: answered with the stored release, or charged after
//! all, before any data is read.

// Proof: reserve.proof.md

use glovebox_ledger::{Event, TreeName};
use glovebox_model::{Destination, Digest, TableName};
use glovebox_privacy::{Charge, Priced, Reserved};

use super::door::{allowance, asserted};
use super::{NotReserved, charge};
use crate::claim::{Order, row};
use crate::keep::hold_for;
use crate::ledger::{append_showing, commit_to};
use crate::queries::CORRUPT;
use crate::snapshot::{Pins, Snapshot};
use crate::{Shown, Store, StoreError, Tx, held, releases};

/// An opened query that a stored release may answer. It has paid nothing: its files may be listed
/// and nothing of them read.
#[derive(Debug)]
#[must_use = "what is open is to be answered or charged"]
pub struct Known {
    priced: Priced,
}

/// What became of a query whose question was asked before.
#[derive(Debug)]
#[must_use = "what is charged is to be executed"]
pub enum Answered {
    /// It is charged and may read data.
    Charged(Box<Reserved>),
    /// The stored release is its result, held for the edge of its bucket.
    Stored,
}

/// What a known question is asked of, and for whom.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) charge: &'a Charge,
    pub(crate) allowance: charge::Allowance,
    /// The listings of the inputs, if a release over them may answer.
    pub(crate) inputs: Option<Digest>,
    pub(crate) destinations: &'a [Destination],
}

/// Whether a stored release was the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Charged,
    Stored,
}

impl Known {
    pub(super) fn new(priced: Priced) -> Self {
        Self { priced }
    }

    /// The tables it reads, in order of name.
    pub fn tables(&self) -> impl Iterator<Item = &TableName> {
        self.priced.tables()
    }
}

impl<K> Store<K> {
    /// Answers a query with the release that is stored for its question and `inputs`, the digest
    /// of the listings of all its tables; charges it when there is none, or no `inputs`. Either in
    /// one transaction, fenced as the one that opened it.
    pub async fn answer(
        &self,
        known: Known,
        order: &Order,
        snapshot: &Snapshot,
        (inputs, destinations): (Option<Digest>, &[Destination]),
    ) -> Result<Result<Answered, NotReserved>, StoreError> {
        let Known { priced } = known;
        let charge = priced.charge().cloned().ok_or(CORRUPT)?;
        let asked = Asked { charge: &charge, allowance, inputs, destinations };
        Ok(match self.answer_query(order, snapshot, asked).await? {
            Ok(Answer::Charged) => Ok(Answered::Charged(Box::new(asserted(priced)))),
            Ok(Answer::Stored) => Ok(Answered::Stored),
            Err(not_reserved) => Err(not_reserved),
        })
    }

    pub(crate) async fn answer_query(
        &self,
        order: &Order,
        snapshot: &Snapshot,
        asked: Asked<'_>,
    ) -> Result<Result<Answer, NotReserved>, StoreError> {
        let mut tx = self.begin().await?;
        let row = row(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if row.fence != order.fence() || row.stage != "OPENED" {
            return Ok(Err(NotReserved::Superseded));
        }
        let bucket = held::bucket(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if bucket.held.is_some() || is_charged(&mut tx, order).await? {
            return Ok(Err(NotReserved::Superseded));
        }
        if let Some(no) = self.stopped(&mut tx, &row).await? {
            return Ok(Err(no));
        }
        let pins: Option<String> = sqlx::query_scalar("SELECT pins FROM queries WHERE id = ?1")
            .bind(order.id().to_string())
            .fetch_one(tx.connection())
            .await?;
        if !Pins::parse(&pins.ok_or(CORRUPT)?)?.hold(&mut tx).await? {
            return Ok(Err(NotReserved::Changed));
        }
        if stored(&mut tx, order, bucket, asked).await? {
            record(&mut tx, order, asked.charge, charge::nothing(asked.charge)?).await?;
            tx.commit().await?;
            return Ok(Ok(Answer::Stored));
        }
        if !self.can_charge(&mut tx).await? {
            return Ok(Err(NotReserved::NoHeadCounter));
        }
        let price = (asked.charge, asked.allowance);
        let affords = match charge::affords(&mut tx, order, snapshot, price).await? {
            Ok(affords) => affords,
            Err(no) => return Ok(Err(no)),
        };
        let debit = charge::take(&mut tx, order, asked.charge, &affords).await?;
        record(&mut tx, order, asked.charge, debit.told).await?;
        let moment = tx.moment_of_charge().await?;
        tx.commit().await?;
        self.raise(Some((debit.number, moment))).await?;
        Ok(Ok(Answer::Charged))
    }
}

/// Holds the stored release as the result of the query, if there is one.
async fn stored(
    tx: &mut Tx,
    order: &Order,
    bucket: held::Bucket,
    asked: Asked<'_>,
) -> Result<bool, StoreError> {
    let Some(inputs) = asked.inputs else { return Ok(false) };
    let Some((source, result)) = releases::find(tx, order.id(), inputs).await? else {
        return Ok(false);
    };
    let to = (inputs, asked.destinations);
    let Some(result) = releases::addressed_anew(result, order.id(), to) else { return Ok(false) };
    sqlx::query("UPDATE queries SET source = ?2 WHERE id = ?1")
        .bind(order.id().to_string())
        .bind(source.to_string())
        .execute(tx.connection())
        .await?;
    hold_for(tx, order, bucket, (result, inputs)).await?;
    Ok(true)
}

async fn is_charged(tx: &mut Tx, order: &Order) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM privacy_charges WHERE query = ?1)";
    Ok(sqlx::query_scalar(sql).bind(order.id().to_string()).fetch_one(tx.connection()).await?)
}

/// The same entry whether something was charged or nothing: only the owner and the runner are
/// shown which.
async fn record(
    tx: &mut Tx,
    order: &Order,
    charge: &Charge,
    told: String,
) -> Result<(), StoreError> {
    let query = order.query();
    let opening = commit_to("charge", told)?;
    let event = Event::Charged { query: query.id, charge: opening.commitment() };
    let shown = vec![Shown::to(opening, [charge.owner, query.runner])];
    append_showing(tx, TreeName::Collaboration(query.collaboration), event, shown).await?;
    Ok(())
}
