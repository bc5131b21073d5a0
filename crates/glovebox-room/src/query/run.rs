//! One protected query, door by door.

use glovebox_engine::Cancel;
use glovebox_model::{Destination, QueryStatus, TableName};
use glovebox_privacy::release;
use glovebox_store::{Closed, NotReserved, Order, Outcome, Refusal, Reservation, Snapshot};

use super::authority::authorize;
use super::deliveries::{Delivered, deliver};
use super::destination::among_sources;
use super::intervals;
use super::judging::judged;
use super::private::sensitivity;
use super::repeat::{Ready, ready};
use super::stopped::{Stopped, reasons};
use super::unpaid::Unpaid;
use super::walker::Walker;

/// How often a query is judged again because something changed before it was opened.
const JUDGEMENTS: usize = 5;

/// Walks a claimed query from judgement to its close.
pub(crate) async fn run(
    walker: &Walker,
    order: &Order,
    cancel: &Cancel,
) -> Result<Closed, Stopped> {
    let walked = walk(walker, order, cancel).await;
    close(walker, order, walked).await
}

/// Delivers what an earlier walk kept, and closes.
pub(crate) async fn run_kept(walker: &Walker, order: &Order) -> Result<Closed, Stopped> {
    let walked = async {
        walker.at("tell:before").await?;
        let kept = walker.store.claim_kept(order).await??;
        walker.at("tell:after").await?;
        deliver(walker, order, kept).await.map(Came::Delivered)
    };
    let walked = walked.await;
    close(walker, order, walked).await
}

/// How far a walk came that nothing stopped.
enum Came {
    /// The receivers have the result.
    Delivered(Delivered),
    /// The result of a private query waits for the edge of its time bucket.
    Held,
}

async fn walk(walker: &Walker, order: &Order, cancel: &Cancel) -> Result<Came, Stopped> {
    let Opened { reservation, by } = open(walker, order).await?;
    let Some(ready) = ready(walker, order, reservation, (&by, cancel)).await? else {
        return Ok(Came::Held);
    };
    let JudgedBy { snapshot, destinations } = by;
    let Ready { reserved, inputs, pinned } = ready;
    let (store, engine) = (&walker.store, &walker.engine);

    walker.at("execute:before").await?;
    let key = walker.sample_key()?;
    let (listed, kept_key) = match &pinned {
        Some(pinned) => (Some(pinned.digest()), &walker.releases),
        None => (None, &walker.key),
    };
    let inputs = (inputs, pinned.unwrap_or_default());
    let executed = engine
        .execute_pinned(reserved, order.id(), inputs, &walker.limits, (cancel, key))
        .await
        .map_err(|failed| Stopped::failed(failed, &snapshot))?;
    walker.at("execute:after").await?;
    let released = release(executed, walker.draw()?.as_mut())?;
    let released = engine
        .finish(released, order.id())
        .await
        .map_err(|failed| Stopped::failed(failed, &snapshot))?;
    walker.at("release:after").await?;
    let encoded = engine
        .encode(released, order.id(), destinations, kept_key)
        .await
        .map_err(|failed| Stopped::failed(failed, &snapshot))?;
    walker.at("encode:after").await?;
    walker.at("keep:before").await?;
    if let Some(listed) = listed {
        store.hold(encoded, order, listed).await??;
        walker.at("hold:after").await?;
        return Ok(Came::Held);
    }
    let kept = store.keep(encoded, order).await??;
    walker.at("keep:after").await?;
    deliver(walker, order, kept).await.map(Came::Delivered)
}

/// A query that is open in the ledger, with what it was judged by.
struct Opened {
    reservation: Reservation,
    by: JudgedBy,
}

/// What a query was judged by, and where its result goes.
pub(super) struct JudgedBy {
    pub(super) snapshot: Snapshot,
    pub(super) destinations: Vec<Destination>,
}

/// Snapshot, authority, judgement and reservation; again when something changed in between.
async fn open(walker: &Walker, order: &Order) -> Result<Opened, Stopped> {
    for _ in 0..JUDGEMENTS {
        let snapshot = walker.store.snapshot(order).await?;
        walker.at("snapshot:after").await?;
        let destinations = authorize(&snapshot, order.query())?;
        let (snapshot, passed, verdict) = judged(walker, order, snapshot).await?;
        let priced = match verdict {
            Ok(priced) => priced,
            Err(refusal) => return Err(Stopped::Refused(Refusal { passed, ..refusal })),
        };
        let priced = match intervals::wanted(&snapshot, order.query()) {
            true => priced.with_intervals(),
            false => priced,
        };
        let touched: Vec<TableName> = priced.tables().cloned().collect();
        if let Some(finding) =
            among_sources(&walker.store, &snapshot, &destinations, &touched).await?
        {
            let unpaid = Unpaid { text: order.text(), snapshot: &snapshot, touched, passed };
            return Err(unpaid.refused(finding, None));
        }
        if let Some(sensitivity) = sensitivity(&priced) {
            let mut tx = walker.store.begin().await?;
            tx.put_sensitivity(order.id(), &sensitivity).await?;
            tx.commit().await?;
            walker.at("sensitivity:after").await?;
        }
        walker.at("reserve:before").await?;
        let judged = (passed.as_slice(), destinations.as_slice());
        match walker.store.reserve(priced, order, &snapshot, judged).await? {
            Ok(reservation) => {
                walker.at("reserve:after").await?;
                return Ok(Opened { reservation, by: JudgedBy { snapshot, destinations } });
            }
            Err(NotReserved::Changed) => {}
            Err(reason) => {
                let (text, snapshot) = (order.text(), &snapshot);
                return Err(Unpaid { text, snapshot, touched, passed }.stopped(reason));
            }
        }
    }
    Err(Stopped::Restless)
}

impl Walker {
    /// Whether work was stopped because the house ends, and for no other reason.
    async fn is_halted(&self, order: &Order) -> Result<bool, Stopped> {
        if !self.halt.is_stopped() || self.reaches.is_revoked() {
            return Ok(false);
        }
        let found = self.store.read().await?.query(order.id()).await?;
        Ok(found.is_some_and(|it| it.status != QueryStatus::Cancelling))
    }
}

async fn close(
    walker: &Walker,
    order: &Order,
    walked: Result<Came, Stopped>,
) -> Result<Closed, Stopped> {
    let outcome = match walked {
        Ok(Came::Held) => return Ok(Closed { status: QueryStatus::Started }),
        Ok(Came::Delivered(Delivered)) => Outcome::Delivered,
        // Nobody wished it to stop: it is left to the next house.
        Err(stopped) if stopped.is_cancelled() && walker.is_halted(order).await? => {
            return Err(Stopped::Dead);
        }
        // Nobody wished it to stop: what it was read through is gone.
        Err(stopped) if stopped.is_cancelled() && walker.reaches.is_revoked() => {
            Stopped::RightLost.outcome()?
        }
        Err(stopped) => {
            tracing::info!(query = %order.id(), reason = %reasons(&stopped), "a walk stopped");
            stopped.outcome()?
        }
    };
    walker.at("close:before").await?;
    let closed = walker.store.close_query(order, outcome).await?;
    walker.at("close:after").await?;
    if closed.status.is_final() {
        // A release that is stored answers the same question again.
        let is_needed = walker.store.needs_files(order.id()).await?;
        walker.at("forget:before").await?;
        let forgotten = if is_needed {
            walker.engine.forget_spilled(order.id())
        } else {
            walker.engine.forget(order.id())
        };
        if let Err(error) = forgotten {
            tracing::warn!(query = %order.id(), %error, "what was kept could not be removed");
        }
    }
    Ok(closed)
}
