//! Between opening and reading: the files of a private query are listed, and a question that was
//! asked before, of the same files, is answered with the stored release.

use glovebox_engine::{Cancel, Input, Pinned};
use glovebox_model::{QueryErrorCode, QueryFailure, TableName};
use glovebox_privacy::Reserved;
use glovebox_store::{Answered, Known, NotReserved, Order, Reservation, Snapshot};

use super::reaches::Reaches;
use super::run::JudgedBy;
use super::stopped::Stopped;
use super::unpaid::{CLOCK, NO_COUNTER, RESTORED, exhausted, halted};
use super::walker::Walker;

/// A query that may read data now.
pub(super) struct Ready {
    pub(super) reserved: Reserved,
    pub(super) inputs: Vec<Input>,
    /// The listings of all inputs, of a private query.
    pub(super) pinned: Option<Pinned>,
}

/// Lists the files of a private query; `None` when a stored release answers it.
pub(super) async fn ready(
    walker: &Walker,
    order: &Order,
    reservation: Reservation,
    (by, cancel): (&JudgedBy, &Cancel),
) -> Result<Option<Ready>, Stopped> {
    let reserved = match reservation {
        Reservation::Known(known) => return answered(walker, order, known, (by, cancel)).await,
        Reservation::Paid(reserved) => reserved,
    };
    let inputs = inputs(reserved.tables(), &by.snapshot, &walker.reaches);
    if reserved.sampling().is_none() {
        return Ok(Some(Ready { reserved, inputs, pinned: None }));
    }
    let pinned = walker.engine.pin(&inputs, &walker.limits, cancel).await;
    walker.at("pin:after").await?;
    let pinned = pinned.map_err(|failed| Stopped::failed(failed, &by.snapshot))?;
    Ok(Some(Ready { reserved, inputs, pinned: Some(pinned) }))
}

async fn answered(
    walker: &Walker,
    order: &Order,
    known: Known,
    (by, cancel): (&JudgedBy, &Cancel),
) -> Result<Option<Ready>, Stopped> {
    let JudgedBy { snapshot, destinations } = by;
    let inputs = inputs(known.tables(), snapshot, &walker.reaches);
    let pinned = walker.engine.pin(&inputs, &walker.limits, cancel).await;
    walker.at("pin:after").await?;
    // Tables that cannot be listed are charged for, as everything that fails later.
    let asked_of = match &pinned {
        Ok(pinned) if has_release(walker, order, pinned).await? => Some(pinned.digest()),
        Ok(_) | Err(_) => None,
    };
    walker.at("answer:before").await?;
    let answered = walker.store.answer(known, order, snapshot, (asked_of, destinations)).await?;
    walker.at("answer:after").await?;
    match answered.map_err(unanswered)? {
        Answered::Stored => Ok(None),
        Answered::Charged(reserved) => {
            let pinned = pinned.map_err(|failed| Stopped::failed(failed, snapshot))?;
            Ok(Some(Ready { reserved: *reserved, inputs, pinned: Some(pinned) }))
        }
    }
}

/// Whether a release is stored whose files are all there; one whose files are not is dropped.
async fn has_release(walker: &Walker, order: &Order, pinned: &Pinned) -> Result<bool, Stopped> {
    let Some(files) = walker.store.stored_release(order, pinned.digest()).await? else {
        return Ok(false);
    };
    if walker.engine.has_kept(&files) {
        return Ok(true);
    }
    tracing::warn!(query = %files.query, "the files of a stored release are gone");
    walker.store.drop_release(files.query).await?;
    Ok(false)
}

/// Why a query that was open could neither be answered nor charged. Nothing was read.
fn unanswered(reason: NotReserved) -> Stopped {
    match reason {
        NotReserved::Cancelled => Stopped::Cancelled,
        NotReserved::Superseded => Stopped::Superseded,
        // Spent by others while the files were listed.
        NotReserved::Exhausted { owner } => {
            let code = QueryErrorCode::MalformedQuery;
            Stopped::Halted(QueryFailure { code, message: exhausted(owner) })
        }
        NotReserved::ClockHalted => halted(CLOCK),
        NotReserved::NoHeadCounter => halted(NO_COUNTER),
        NotReserved::Restored => halted(RESTORED),
        NotReserved::AccessUsedUp { .. }
        | NotReserved::Changed
        | NotReserved::NoBudget { .. }
        | NotReserved::OtherAccountant { .. }
        | NotReserved::OtherPopulation { .. }
        | NotReserved::Unconfirmed { .. } => Stopped::RightLost,
    }
}

fn inputs<'a>(
    tables: impl Iterator<Item = &'a TableName>,
    snapshot: &Snapshot,
    reaches: &Reaches,
) -> Vec<Input> {
    let input = |table: &TableName| {
        let found = snapshot.tables.get(table)?;
        let schema = &found.table.schema;
        Some(Input {
            table: table.clone(),
            location: reaches.location(found),
            columns: schema.columns.iter().chain(&schema.partition_keys).cloned().collect(),
        })
    };
    tables.filter_map(input).collect()
}
