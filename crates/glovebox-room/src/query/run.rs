//! One protected query, door by door.

use std::sync::Arc;

use glovebox_catalog::{Reach, holds};
use glovebox_engine::{Cancel, Delivered, Undelivered, UndeliveredCause};
use glovebox_model::{Connection, Destination, QueryOutput, QueryStatus, TableName};
use glovebox_privacy::{Kept, release};
use glovebox_store::{Closed, NotReserved, Order, Outcome, Refusal, Reservation, Snapshot};

use super::authority::authorize;
use super::destination::among_sources;
use super::intervals;
use super::judging::judged;
use super::private::sensitivity;
use super::repeat::{Ready, ready};
use super::stopped::Stopped;
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
    /// Every receiver has the result.
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

/// Every right compared once more, then the kept bytes to every receiver.
async fn deliver(walker: &Walker, order: &Order, kept: Kept) -> Result<Delivered, Stopped> {
    walker.store.may_deliver(order).await??;
    walker.at("deliver:before").await?;
    let kept = Arc::new(kept);
    let stores = walker.stores(&kept).await?;
    walker.at("deliver:open").await?;
    let key = if order.is_private() { &walker.releases } else { &walker.key };
    // Once more with the same bytes: what failed may have been passing.
    let (engine, halt) = (&walker.engine, &walker.halt);
    let delivered = match engine.deliver_until(Arc::clone(&kept), key, &stores, halt).await {
        Ok(delivered) => delivered,
        Err(undelivered) if halt.is_stopped() => return Err(undelivered.into()),
        Err(_) => {
            walker.at("deliver:failed").await?;
            walker.store.may_deliver(order).await??;
            walker.at("deliver:again").await?;
            engine.deliver_until(kept, key, &stores, halt).await?
        }
    };
    walker.at("deliver:after").await?;
    Ok(delivered)
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

    /// The receivers' own stores in which files of a result belong. What belongs into one that
    /// cannot be used now goes nowhere else.
    async fn stores(&self, kept: &Arc<Kept>) -> Result<Vec<Arc<Reach>>, Stopped> {
        let mut tx = self.store.read().await?;
        let mut stores = Vec::new();
        for file in &kept.files().files {
            let connections = tx.connections_of(file.receiver).await?;
            let takes = |it: &&Connection| holds(it, &file.bucket, &file.key);
            let Some(connection) = connections.iter().find(takes) else { continue };
            stores.push(self.reaches.reach(connection).map_err(|why| Undelivered {
                kept: Arc::clone(kept),
                receiver: Some(file.receiver),
                cause: UndeliveredCause::Store(why),
            })?);
        }
        Ok(stores)
    }
}

async fn close(
    walker: &Walker,
    order: &Order,
    walked: Result<Came, Stopped>,
) -> Result<Closed, Stopped> {
    let outcome = match walked {
        Ok(Came::Held) => return Ok(Closed { status: QueryStatus::Started }),
        Ok(Came::Delivered(delivered)) => {
            Outcome::Delivered { location: location(order, &delivered) }
        }
        // Nobody wished it to stop: it is left to the next house.
        Err(stopped) if stopped.is_cancelled() && walker.is_halted(order).await? => {
            return Err(Stopped::Dead);
        }
        // Nobody wished it to stop: what it was read through is gone.
        Err(stopped) if stopped.is_cancelled() && walker.reaches.is_revoked() => {
            Stopped::RightLost.outcome()?
        }
        Err(stopped) => {
            tracing::info!(query = %order.id(), reason = %stopped, "a walk stopped");
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

/// `s3://bucket/prefix/id/`, for a result that went into a bucket of the runner.
fn location(order: &Order, delivered: &Delivered) -> Option<String> {
    let query = order.query();
    if matches!(query.asked.output, Some(QueryOutput::Member(_))) {
        return None;
    }
    let object = delivered.objects.iter().find(|it| it.receiver == query.runner)?;
    let (folder, _) = object.key.rsplit_once('/')?;
    Some(format!("s3://{}/{folder}/", object.bucket))
}
