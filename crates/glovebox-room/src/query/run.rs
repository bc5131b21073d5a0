//! One protected query, door by door.

use std::sync::Arc;

use glovebox_catalog::TableLocation;
use glovebox_engine::{Cancel, Delivered, Input};
use glovebox_model::{Destination, QueryOutput};
use glovebox_privacy::{Kept, Reserved, SampleKey, SecureDraw, SecureNoise, release};
use glovebox_store::{Closed, NotReserved, Order, Outcome, Passed, Refusal, Snapshot};

use super::authority::authorize;
use super::consent::Asked;
use super::intervals;
use super::judge::judge;
use super::private::sensitivity;
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
    let walked = match walker.store.claim_kept(order).await {
        Ok(kept) => deliver(walker, order, kept).await,
        Err(error) => Err(error.into()),
    };
    close(walker, order, walked).await
}

async fn walk(walker: &Walker, order: &Order, cancel: &Cancel) -> Result<Delivered, Stopped> {
    let Opened { reserved, snapshot, destinations } = open(walker, order).await?;
    let (store, engine, crash) = (&walker.store, &walker.engine, &walker.crash);

    crash.at("execute:before")?;
    let inputs = inputs(&reserved, &snapshot);
    let key = SampleKey::fresh(&mut SecureNoise)?;
    let executed = engine
        .execute(reserved, order.id(), inputs, &walker.limits, (cancel, key))
        .await
        .map_err(|failed| Stopped::failed(failed, &snapshot))?;
    crash.at("execute:after")?;
    let released = release(executed, &mut SecureDraw::new()?)?;
    let released = engine
        .finish(released, order.id())
        .await
        .map_err(|failed| Stopped::failed(failed, &snapshot))?;
    crash.at("release:after")?;
    let encoded = engine
        .encode(released, order.id(), destinations, &walker.key)
        .await
        .map_err(|failed| Stopped::failed(failed, &snapshot))?;
    crash.at("encode:after")?;
    crash.at("keep:before")?;
    let kept = store.keep(encoded, order).await??;
    crash.at("keep:after")?;
    deliver(walker, order, kept).await
}

/// A query that is open in the ledger, with what it was judged by.
struct Opened {
    reserved: Reserved,
    snapshot: Snapshot,
    destinations: Vec<Destination>,
}

/// Snapshot, authority, judgement and reservation; again when something changed in between.
async fn open(walker: &Walker, order: &Order) -> Result<Opened, Stopped> {
    for _ in 0..JUDGEMENTS {
        let snapshot = walker.store.snapshot(order).await?;
        let destinations = authorize(&snapshot, order.query())?;
        let now = walker.store.now();
        let mut passed = Vec::new();
        let note = |door| passed.push(Passed { door, at: walker.store.now() });
        let asked = Asked::by(order.query());
        let priced = match judge(order.text(), &snapshot, &asked, now, note) {
            Ok(priced) => priced,
            Err(refusal) => return Err(Stopped::Refused(Refusal { passed, ..refusal })),
        };
        let priced = match intervals::wanted(&snapshot, order.query()) {
            true => priced.with_intervals(),
            false => priced,
        };
        let touched = priced.tables().cloned().collect();
        if let Some(sensitivity) = sensitivity(&priced) {
            let mut tx = walker.store.begin().await?;
            tx.put_sensitivity(order.id(), &sensitivity).await?;
            tx.commit().await?;
        }
        walker.crash.at("reserve:before")?;
        match walker.store.reserve(priced, order, &snapshot, &passed).await? {
            Ok(reserved) => {
                walker.crash.at("reserve:after")?;
                return Ok(Opened { reserved, snapshot, destinations });
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
    walker.crash.at("deliver:before")?;
    let kept = Arc::new(kept);
    // Once more with the same bytes: what failed may have been passing.
    let delivered = match walker.engine.deliver(Arc::clone(&kept), &walker.key).await {
        Ok(delivered) => delivered,
        Err(_) => {
            walker.store.may_deliver(order).await??;
            walker.engine.deliver(kept, &walker.key).await?
        }
    };
    walker.crash.at("deliver:after")?;
    Ok(delivered)
}

async fn close(
    walker: &Walker,
    order: &Order,
    walked: Result<Delivered, Stopped>,
) -> Result<Closed, Stopped> {
    let outcome = match walked {
        Ok(delivered) => Outcome::Delivered { location: location(order, &delivered) },
        Err(stopped) => {
            tracing::info!(query = %order.id(), reason = %stopped, "a walk stopped");
            stopped.outcome()?
        }
    };
    walker.crash.at("close:before")?;
    let closed = walker.store.close_query(order, outcome).await?;
    walker.crash.at("close:after")?;
    if closed.status.is_final()
        && let Err(error) = walker.engine.forget(order.id())
    {
        tracing::warn!(query = %order.id(), %error, "what was kept could not be removed");
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

fn inputs(reserved: &Reserved, snapshot: &Snapshot) -> Vec<Input> {
    let input = |table: &glovebox_model::TableName| {
        let found = snapshot.tables.get(table)?;
        let reference = &found.table.reference;
        let schema = &found.table.schema;
        Some(Input {
            table: table.clone(),
            location: TableLocation {
                root: found.root.clone(),
                database: reference.database.clone(),
                table: reference.table.clone(),
            },
            columns: schema.columns.iter().chain(&schema.partition_keys).cloned().collect(),
        })
    };
    reserved.tables().filter_map(input).collect()
}
