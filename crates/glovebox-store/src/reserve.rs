//! The transaction that opens a query: nothing changed, budgets charged, ledger `Opened`, status
//! `STARTED`.

// Proof: reserve.proof.md

mod charge;
mod door;

use glovebox_ledger::{Event, TreeName};
use glovebox_model::{AccountId, Digest, QueryStatus, TableName};
use glovebox_privacy::Charge;

pub(crate) use charge::Allowance;
use charge::Debit;

use crate::claim::{Order, row};
use crate::doors::{self, Door, Passed};
use crate::head_counter::{self, Age};
use crate::ledger::{append_showing, commit_to};
use crate::queries::CORRUPT;
use crate::snapshot::{Pins, Snapshot};
use crate::{Shown, Store, StoreError, Tx, member_logs};

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
    /// The clock shows less than what was recorded: no budget period can be told.
    ClockWentBack,
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
}

/// What the ledger says of an opened query, and what opening it takes.
pub(crate) struct Opening<'a> {
    pub(crate) plan: Digest,
    pub(crate) rules: Vec<Digest>,
    pub(crate) tables: &'a [TableName],
    /// The doors of judgement, which the query has passed.
    pub(crate) judged: &'a [Passed],
    /// What it takes from a privacy budget.
    pub(crate) charge: Option<&'a Charge>,
    /// How much a privacy budget allows.
    pub(crate) allowance: Allowance,
}

impl<K> Store<K> {
    /// Opens the query, unless something has changed or a budget does not afford it.
    pub(crate) async fn open_query(
        &self,
        order: &Order,
        snapshot: &Snapshot,
        opening: Opening<'_>,
    ) -> Result<Result<(), NotReserved>, StoreError> {
        let mut tx = self.begin().await?;
        let row = row(&mut tx, order.id()).await?.ok_or(CORRUPT)?;
        if row.fence != order.fence() || row.stage != "WAITING" {
            return Ok(Err(NotReserved::Superseded));
        }
        if row.status == QueryStatus::Cancelling {
            return Ok(Err(NotReserved::Cancelled));
        }
        if let Some(counter) = self.head_counter()
            && tx.age(counter).await? == Age::Older
        {
            return Ok(Err(NotReserved::Restored));
        }
        let pins = Pins::of(snapshot, order.query(), opening.tables)?;
        if !pins.hold(&mut tx).await? {
            return Ok(Err(NotReserved::Changed));
        }
        if opening.charge.is_some() {
            // Before anything is charged: a number that cannot be raised would halt the house.
            let can = match self.head_counter() {
                Some(counter) => tx.can_charge(counter).await?,
                None => false,
            };
            if !can {
                return Ok(Err(NotReserved::NoHeadCounter));
            }
        }
        if let Err(no) = charge::access(&mut tx, order, snapshot, opening.tables).await? {
            return Ok(Err(no));
        }
        let debit = match charge::privacy(&mut tx, order, snapshot, &opening).await? {
            Ok(debit) => debit,
            Err(no) => return Ok(Err(no)),
        };
        let number = debit.as_ref().map(|it| it.number);
        doors::write(&mut tx, order.id(), opening.judged).await?;
        doors::pass(&mut tx, order.id(), &[Door::Reserve]).await?;
        record(&mut tx, order, opening, debit).await?;
        sqlx::query(
            "UPDATE queries SET status = 'STARTED', stage = 'OPENED', pins = ?2 WHERE id = ?1",
        )
        .bind(order.id().to_string())
        .bind(pins.to_text()?)
        .execute(tx.connection())
        .await?;
        tx.commit().await?;
        // After the commit and before anything is read: see head_counter.rs.
        if let (Some(counter), Some(number)) = (self.head_counter(), number) {
            head_counter::raise(counter, number).await?;
        }
        Ok(Ok(()))
    }
}

async fn record(
    tx: &mut Tx,
    order: &Order,
    opening: Opening<'_>,
    debit: Option<Debit>,
) -> Result<(), StoreError> {
    let query = order.query();
    let readers = member_logs::submission(tx, query, opening.tables, None).await?;
    let plan = commit_to("plan", opening.plan.to_string())?;
    let charge = debit.map(|it| commit_to("charge", it.text)).transpose()?;
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
    if let (Some(charge), Some(told)) = (charge, opening.charge) {
        shown.push(Shown::to(charge, [told.owner, query.runner]));
    }
    let tree = TreeName::Collaboration(query.collaboration);
    append_showing(tx, tree, event, shown).await?;
    Ok(())
}
