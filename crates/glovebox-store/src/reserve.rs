//! The transaction that opens a query: nothing changed, ledger `Opened`, status `STARTED`.

mod door;

use glovebox_ledger::{Event, TreeName};
use glovebox_model::{Digest, QueryStatus, TableName};

use crate::claim::{Order, row};
use crate::doors::{self, Door, Passed};
use crate::ledger::{append_showing, commit_to};
use crate::queries::CORRUPT;
use crate::snapshot::{Pins, Snapshot};
use crate::{Shown, Store, StoreError, Tx, member_logs};

/// Why a query was not opened. Nothing was read, nothing was charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReserved {
    /// Something it depends on has changed since the snapshot: judge again.
    Changed,
    /// Its runner wishes it to stop.
    Cancelled,
    /// Another walk has it now.
    Superseded,
}

/// What the ledger says of an opened query.
pub(crate) struct Opening<'a> {
    pub(crate) plan: Digest,
    pub(crate) rules: Vec<Digest>,
    pub(crate) tables: &'a [TableName],
    /// The doors of judgement, which the query has passed.
    pub(crate) judged: &'a [Passed],
}

impl<K> Store<K> {
    /// Opens the query, unless something has changed.
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
        let pins = Pins::of(snapshot, order.query(), opening.tables)?;
        if !pins.hold(&mut tx).await? {
            return Ok(Err(NotReserved::Changed));
        }
        doors::write(&mut tx, order.id(), opening.judged).await?;
        doors::pass(&mut tx, order.id(), &[Door::Reserve]).await?;
        record(&mut tx, order, opening).await?;
        sqlx::query(
            "UPDATE queries SET status = 'STARTED', stage = 'OPENED', pins = ?2 WHERE id = ?1",
        )
        .bind(order.id().to_string())
        .bind(pins.to_text()?)
        .execute(tx.connection())
        .await?;
        tx.commit().await?;
        Ok(Ok(()))
    }
}

async fn record(tx: &mut Tx, order: &Order, opening: Opening<'_>) -> Result<(), StoreError> {
    let query = order.query();
    let readers = member_logs::submission(tx, query, opening.tables, None).await?;
    let plan = commit_to("plan", opening.plan.to_string())?;
    let event = Event::Opened {
        query: query.id,
        runner: query.runner,
        key: query.key.clone(),
        plan: plan.commitment(),
        rules: opening.rules,
        tables: opening.tables.iter().map(ToString::to_string).collect(),
        receivers: query.receivers.clone(),
    };
    let tree = TreeName::Collaboration(query.collaboration);
    append_showing(tx, tree, event, vec![Shown::to(plan, readers)]).await?;
    Ok(())
}
