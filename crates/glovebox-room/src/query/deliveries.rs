//! Kept bytes to their receivers, one after the other, whatever becomes of the others' copies.

use std::collections::BTreeMap;
use std::sync::Arc;

use glovebox_catalog::{BucketError, Reach, Unavailable, holds};
use glovebox_engine::{Undelivered, UndeliveredCause};
use glovebox_model::{AccountId, Connection, DeliveryState, Objects};
use glovebox_privacy::Kept;
use glovebox_store::{NotDeliverable, Order};

use super::destination::is_source;
use super::stopped::{Stopped, reasons};
use super::walker::Walker;

/// One receiver at least has its copy, and nothing more will be tried for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a delivered result closes its query"]
pub(super) struct Delivered;

/// Delivers to every receiver that neither has its copy nor has lost it, each after a last look at
/// the rights. What became of a copy is recorded before the next receiver's turn.
///
/// Copies that were not taken and may be later stop the walk: the next goes on with these alone.
pub(super) async fn deliver(
    walker: &Walker,
    order: &Order,
    kept: Kept,
) -> Result<Delivered, Stopped> {
    let kept = Arc::new(kept);
    let query = order.query();
    let mut known: BTreeMap<AccountId, DeliveryState> =
        query.deliveries.iter().map(|it| (it.receiver, it.state)).collect();
    let mut later = None;
    for receiver in &query.receivers {
        if known.contains_key(receiver) {
            continue;
        }
        let state = match published(walker, order, &kept, *receiver).await {
            Ok(()) => DeliveryState::Delivered,
            Err(Stopped::ReceiverLost) => DeliveryState::Withheld,
            Err(Stopped::Undelivered(undelivered)) if !walker.halt.is_stopped() => {
                let (query, reason) = (order.id(), reasons(&undelivered));
                tracing::info!(%query, %reason, "a copy was not delivered");
                if !is_given_up(order, &undelivered) {
                    later.get_or_insert(undelivered);
                    continue;
                }
                if let Some(text) = undelivered.receiver_detail() {
                    walker.store.tell_receiver(order, *receiver, &text).await??;
                }
                DeliveryState::Unreachable
            }
            Err(stopped) => return Err(stopped),
        };
        known.insert(*receiver, state);
        // Of one receiver it is told when the query is closed.
        if query.receivers.len() > 1 {
            walker.at("record:before").await?;
            walker.store.record_delivery(order, *receiver, state).await??;
            walker.at("record:after").await?;
        }
    }
    match later {
        Some(undelivered) => Err(undelivered.into()),
        None => ended(known.into_values()),
    }
}

/// How a query ends of whose copies all is known.
fn ended(states: impl Iterator<Item = DeliveryState>) -> Result<Delivered, Stopped> {
    let mut best = Err(Stopped::RightLost);
    for state in states {
        match state {
            DeliveryState::Delivered => return Ok(Delivered),
            DeliveryState::Unreachable => best = Err(Stopped::Unreached),
            DeliveryState::Withheld => {}
        }
    }
    best
}

/// Whether a receiver's copy is tried no more: its bucket or store says no and will, or has not
/// taken it for the last time. A fault of the house's own disk is no receiver's.
fn is_given_up(order: &Order, undelivered: &Undelivered) -> bool {
    match &undelivered.cause {
        UndeliveredCause::Bucket(why) => !matches!(why, BucketError::Io(_)),
        UndeliveredCause::Store(_) | UndeliveredCause::Late => {
            undelivered.stays() || order.is_last()
        }
        UndeliveredCause::Interrupted | UndeliveredCause::Kept(_) => false,
    }
}

/// Every right compared once more, then the bytes; once more with the same bytes: what failed may
/// have been passing.
async fn published(
    walker: &Walker,
    order: &Order,
    kept: &Arc<Kept>,
    receiver: AccountId,
) -> Result<(), Stopped> {
    walker.store.may_deliver(order, receiver).await??;
    walker.at("deliver:before").await?;
    let stores = walker.stores(order, kept, receiver).await?;
    walker.at("deliver:open").await?;
    let key = if order.is_private() { &walker.releases } else { &walker.key };
    let (engine, halt) = (&walker.engine, &walker.halt);
    let again = || (Arc::clone(kept), receiver);
    match engine.deliver_to(again(), key, &stores, halt).await {
        Ok(_) => {}
        Err(undelivered) if halt.is_stopped() || undelivered.stays() => {
            return Err(undelivered.into());
        }
        Err(_) => {
            walker.at("deliver:failed").await?;
            walker.store.may_deliver(order, receiver).await??;
            walker.at("deliver:again").await?;
            let _ = engine.deliver_to(again(), key, &stores, halt).await?;
        }
    }
    walker.at("deliver:after").await
}

/// What a receiver has made of its connection since the query was judged.
const AMONG_SOURCES: &str = "its bucket for the result holds source data of the query (GB0026)";

impl Walker {
    /// A receiver's own stores in which its files of a result belong. What belongs into one that
    /// cannot be used now goes nowhere else. Its connection may be another than when the query was
    /// judged: not one that leads into a bucket from which the query reads.
    async fn stores(
        &self,
        order: &Order,
        kept: &Arc<Kept>,
        receiver: AccountId,
    ) -> Result<Vec<Arc<Reach>>, Stopped> {
        let mut tx = self.store.read().await?;
        let connections = tx.connections_of(receiver).await?;
        let sources = tx.sources_of(order.id()).await?;
        let sources: Vec<&Objects> = sources.iter().filter_map(|it| it.place.objects()).collect();
        let refused = |why| Undelivered {
            kept: Arc::clone(kept),
            receiver: Some(receiver),
            cause: UndeliveredCause::Store(why),
        };
        let mut stores = Vec::new();
        for file in kept.files().files.iter().filter(|it| it.receiver == receiver) {
            let takes = |it: &&Connection| holds(it, &file.bucket, &file.key);
            let Some(connection) = connections.iter().find(takes) else { continue };
            let objects = connection.place.objects();
            if objects.is_some_and(|it| is_source((it, &file.bucket), &sources)) {
                return Err(refused(Unavailable::Unusable(AMONG_SOURCES)).into());
            }
            stores.push(self.reaches.reach(connection).map_err(refused)?);
        }
        Ok(stores)
    }
}

impl From<NotDeliverable> for Stopped {
    fn from(reason: NotDeliverable) -> Self {
        match reason {
            NotDeliverable::ReceiverRevoked => Self::ReceiverLost,
            NotDeliverable::Revoked => Self::RightLost,
            NotDeliverable::Superseded => Self::Superseded,
        }
    }
}
