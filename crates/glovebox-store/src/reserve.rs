//! The transaction that opens a query: nothing changed, budgets charged, ledger `Opened`, status
//! `STARTED`.

// Proof: reserve.proof.md

mod answer;
mod charge;
mod door;

use std::collections::BTreeSet;

use glovebox_ledger::{Event, TreeName};
use glovebox_model::{AccountId, Destination, Digest, QueryStatus, TableName, Timestamp};
use glovebox_privacy::Charge;

#[cfg(test)]
pub(crate) use answer::{Answer, Asked};
pub use answer::{Answered, Known};
pub(crate) use charge::Allowance;
pub use door::Reservation;

use crate::claim::{Order, Row, row};
use crate::doors::{self, Door, Passed};
use crate::head_counter::{self, Age};
use crate::ledger::{append_showing, commit_to};
use crate::queries::CORRUPT;
use crate::releases::{self, Question};
use crate::snapshot::{Pins, Snapshot};
use crate::{Shown, Store, StoreError, Tx, held, member_logs};

/// Why a query was not opened. Nothing was read, nothing was charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotReserved {
    /// The access budget of a table is used up.
    AccessUsedUp {
        /// Which table.
        table: TableName,
    },
    /// Its runner wishes it to stop.
    Cancelled,
    /// Something it depends on has changed since the snapshot: judge again.
    Changed,
    /// The clock jumped, and the operator has not said that it is right: no period can be told.
    ClockHalted,
    /// The privacy budget does not afford it.
    Exhausted {
        /// Whose budget.
        owner: AccountId,
    },
    /// The owner offers no privacy budget in the collaboration.
    NoBudget {
        /// Which owner.
        owner: AccountId,
    },
    /// This store has no head counter, or cannot write it: no budget can be charged.
    NoHeadCounter,
    /// The budget and the tables count loss in different ways.
    OtherAccountant {
        /// Whose budget.
        owner: AccountId,
    },
    /// The identifiers of the table's source are fixed as those of another population or column.
    OtherPopulation {
        /// Which table.
        table: TableName,
    },
    /// The database is an older copy: what it says of budgets and rights is outdated.
    Restored,
    /// Another walk has it now.
    Superseded,
    /// The database was restored from an older copy, and this member has not said since that what
    /// it allows there is what it allows.
    Unconfirmed {
        /// Which member.
        member: AccountId,
    },
}

/// What the ledger says of an opened query, and what opening it takes.
pub(crate) struct Opening<'a> {
    pub(crate) plan: Digest,
    pub(crate) rules: Vec<Digest>,
    pub(crate) tables: &'a [TableName],
    /// The doors of judgement, which the query has passed.
    pub(crate) judged: &'a [Passed],
    /// What there is to say of a query under differential privacy.
    pub(crate) private: Option<Private<'a>>,
}

/// What opening a query under differential privacy takes.
#[derive(Clone, Copy)]
pub(crate) struct Private<'a> {
    /// What is asked, with all noise.
    pub(crate) question: Digest,
    /// What it takes from a privacy budget.
    pub(crate) charge: &'a Charge,
    /// How much a privacy budget allows.
    pub(crate) allowance: Allowance,
    /// The edge of its time bucket, in milliseconds after it is opened.
    pub(crate) edge_millis: i64,
    /// Where its result goes.
    pub(crate) destinations: &'a [Destination],
}

/// When an opened query pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paid {
    /// When the listings of its inputs have shown that no stored release answers it.
    Later,
    /// It has paid, or has nothing to pay.
    Now,
}

impl<K> Store<K> {
    /// Opens the query, unless something has changed or a budget does not afford it.
    pub(crate) async fn open_query(
        &self,
        order: &Order,
        snapshot: &Snapshot,
        opening: Opening<'_>,
    ) -> Result<Result<Paid, NotReserved>, StoreError> {
        let mut tx = self.begin().await?;
        let row = row(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if row.fence != order.fence() || row.stage != "WAITING" {
            return Ok(Err(NotReserved::Superseded));
        }
        if let Some(no) = self.stopped(&mut tx, &row).await? {
            return Ok(Err(no));
        }
        let asked = asked_again(order, snapshot, opening.tables);
        if let Some(member) = tx.unconfirmed_of(asked).await? {
            return Ok(Err(NotReserved::Unconfirmed { member }));
        }
        let pins = Pins::of(snapshot, order.query(), opening.tables)?;
        if !pins.hold(&mut tx).await? {
            return Ok(Err(NotReserved::Changed));
        }
        if opening.private.is_some() && !self.can_charge(&mut tx).await? {
            return Ok(Err(NotReserved::NoHeadCounter));
        }
        if let Err(no) = charge::access(&mut tx, order, snapshot, opening.tables).await? {
            return Ok(Err(no));
        }
        let opened = match opening.private {
            Some(private) => {
                let of = (&opening, &pins, private);
                match open_private(&mut tx, order, snapshot, of).await? {
                    Ok(opened) => Some(opened),
                    Err(no) => return Ok(Err(no)),
                }
            }
            None => None,
        };
        let (number, told) = match opened {
            Some(OpenedPrivate { number, told }) => (number, Some(told)),
            None => (None, None),
        };
        let paid = if told.is_some() && number.is_none() { Paid::Later } else { Paid::Now };
        doors::write(&mut tx, order.id(), opening.judged).await?;
        doors::pass(&mut tx, order.id(), &[Door::Reserve]).await?;
        record(&mut tx, order, opening, told).await?;
        sqlx::query(
            "UPDATE queries SET status = 'STARTED', stage = 'OPENED', pins = ?2 WHERE id = ?1",
        )
        .bind(order.id().to_string())
        .bind(pins.to_text()?)
        .execute(tx.connection())
        .await?;
        let raised = match number {
            Some(number) => Some((number, tx.moment_of_charge().await?)),
            None => None,
        };
        tx.commit().await?;
        self.raise(raised).await?;
        Ok(Ok(paid))
    }

    /// Why a query that this walk holds may not take its next step: somebody wishes it to stop, or
    /// the database is an older copy.
    async fn stopped(&self, tx: &mut Tx, row: &Row) -> Result<Option<NotReserved>, StoreError> {
        if row.status == QueryStatus::Cancelling {
            return Ok(Some(NotReserved::Cancelled));
        }
        let is_older = match self.head_counter() {
            Some(counter) => tx.age(counter).await? == Age::Older,
            None => false,
        };
        if is_older {
            return Ok(Some(NotReserved::Restored));
        }
        Ok(tx.clock_jump().await?.map(|_| NotReserved::ClockHalted))
    }

    /// Whether a charge could be written down outside: before anything is charged, because a
    /// number that cannot be raised would halt the house.
    async fn can_charge(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        match self.head_counter() {
            Some(counter) => tx.can_charge(counter).await,
            None => Ok(false),
        }
    }

    /// After the commit of a charge and before anything is read: see head_counter.rs.
    async fn raise(&self, charge: Option<(u64, Timestamp)>) -> Result<(), StoreError> {
        match (self.head_counter(), charge) {
            (Some(counter), Some(charge)) => head_counter::raise(counter, charge).await,
            _ => Ok(()),
        }
    }
}

/// Whose word a query needs after a restore: of the owners of its tables, of the creator of the
/// collaboration, who may have removed members, and of who pays.
fn asked_again(order: &Order, snapshot: &Snapshot, tables: &[TableName]) -> BTreeSet<AccountId> {
    let owners = tables.iter().filter_map(|it| snapshot.tables.get(it));
    let mut asked: BTreeSet<AccountId> = owners.map(|it| it.association.account).collect();
    asked.insert(snapshot.collaboration.creator);
    asked.extend(order.query().asked.payer);
    asked
}

/// What became of the budget when a private query was opened.
struct OpenedPrivate {
    /// The number of the charge; none when the query pays later.
    number: Option<u64>,
    /// What the ledger says of it, to the owner and the runner.
    told: String,
}

/// Charges a private query, or, when a stored release may answer it, only sees that the budget
/// affords it; and puts it into its time bucket.
///
/// That the budget must afford the whole charge in either case keeps the answer from telling: were
/// it enough that a release is there, whoever has nothing left could learn from being answered
/// that no file has changed, for nothing.
async fn open_private(
    tx: &mut Tx,
    order: &Order,
    snapshot: &Snapshot,
    (opening, pins, private): (&Opening<'_>, &Pins, Private<'_>),
) -> Result<Result<OpenedPrivate, NotReserved>, StoreError> {
    let query = order.query();
    let question = Question {
        query,
        plan: private.question,
        rules: &opening.rules,
        tables: opening.tables,
        pins,
        destinations: private.destinations,
    };
    let asked = question.digest()?.to_string();
    held::begin(tx, order.id(), (&asked, private.edge_millis)).await?;
    let is_known = releases::is_known(tx, query.collaboration, &asked).await?;
    let price = (private.charge, private.allowance);
    let affords = match charge::affords(tx, order, snapshot, price).await? {
        Ok(affords) => affords,
        Err(no) => return Ok(Err(no)),
    };
    if is_known {
        let told = charge::later(private.charge, &affords)?;
        return Ok(Ok(OpenedPrivate { number: None, told }));
    }
    let debit = charge::take(tx, order, private.charge, &affords).await?;
    Ok(Ok(OpenedPrivate { number: Some(debit.number), told: debit.told }))
}

async fn record(
    tx: &mut Tx,
    order: &Order,
    opening: Opening<'_>,
    told: Option<String>,
) -> Result<(), StoreError> {
    let query = order.query();
    let readers = member_logs::submission(tx, query, opening.tables, None).await?;
    let plan = commit_to("plan", opening.plan.to_string())?;
    let charge = told.map(|it| commit_to("charge", it)).transpose()?;
    let event = Event::Opened {
        query: query.id,
        runner: query.runner,
        key: query.key.clone(),
        plan: plan.commitment(),
        rules: opening.rules,
        tables: opening.tables.iter().map(ToString::to_string).collect(),
        receivers: query.receivers.clone(),
        charge: charge.as_ref().map(glovebox_ledger::Opening::commitment),
    };
    let mut shown = vec![Shown::to(plan, readers)];
    if let (Some(charge), Some(private)) = (charge, opening.private) {
        shown.push(Shown::to(charge, [private.charge.owner, query.runner]));
    }
    let tree = TreeName::Collaboration(query.collaboration);
    append_showing(tx, tree, event, shown).await?;
    Ok(())
}
