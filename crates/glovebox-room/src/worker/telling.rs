//! What the supervisor tells the process of a walk while it runs: its task once the connections
//! have something to show, and newer credentials before those expire.

use std::time::{Duration, SystemTime};

use futures::future::join_all;
use glovebox_catalog::Outside;
use glovebox_model::Connection;
use glovebox_store::Store;
use tokio::sync::mpsc::Sender;
use zeroize::Zeroizing;

use super::{WalkTask, proofs};
use crate::query::{Proof, prove};

/// How long before they expire credentials are exchanged.
const AHEAD: Duration = Duration::from_secs(10 * 60);
/// They are not asked for more often than so, whatever they say of themselves.
const SELDOM: Duration = Duration::from_secs(60);

/// All that one walk is told.
pub(super) struct Telling {
    pub(super) store: Store,
    pub(super) outside: Option<Outside>,
    pub(super) task: WalkTask,
    pub(super) connections: Vec<Connection>,
}

impl Telling {
    /// Tells it, line by line, until nobody listens any more.
    pub(super) async fn tell(self, lines: Sender<Zeroizing<String>>) {
        let Self { store, outside, task, connections } = self;
        let Some(outside) = outside.filter(|_| !connections.is_empty()) else {
            // Without a line nobody is told anything, and the process is ended.
            let Some(line) = task.to_line() else { return };
            drop(lines.send(line).await);
            lines.closed().await;
            return;
        };
        let (proofs, mut expires) = tokio::select! {
            () = lines.closed() => return,
            shown = shown(&store, &outside, &connections) => shown,
        };
        let task = task.reaching(outside.terms().clone(), proofs);
        let Some(line) = task.to_line() else { return };
        drop((task, lines.send(line).await));
        while let Some(moment) = expires {
            let now = SystemTime::UNIX_EPOCH + since_1970(&store);
            let left = moment.duration_since(now).unwrap_or_default();
            let pause = left.saturating_sub(AHEAD).max(SELDOM);
            tokio::select! {
                () = lines.closed() => return,
                () = tokio::time::sleep(pause) => {}
            }
            let (newer, later) = tokio::select! {
                () = lines.closed() => return,
                shown = shown(&store, &outside, &connections) => shown,
            };
            // Those that could not be had leave the old ones where they are: they may yet do, and
            // are asked for again soon.
            let count = newer.len();
            let good: Vec<Proof> = newer.into_iter().filter(|it| it.secrets.is_ok()).collect();
            let soon = (good.len() < count).then_some(now + AHEAD + SELDOM);
            if let Some(line) = proofs::to_line(&good) {
                drop(lines.send(line).await);
            }
            expires = soon.or(later);
        }
        lines.closed().await;
    }
}

fn since_1970(store: &Store) -> Duration {
    Duration::from_millis(u64::try_from(store.now().as_millis()).unwrap_or_default())
}

/// What every connection shows now, and when the first of them stops working. All at once: no
/// member waits for another's.
async fn shown(
    store: &Store,
    outside: &Outside,
    connections: &[Connection],
) -> (Vec<Proof>, Option<SystemTime>) {
    let proving = connections.iter().map(|it| prove(store, outside, it));
    let mut proofs = Vec::new();
    let mut first: Option<SystemTime> = None;
    // One that was removed since has nothing to show.
    for (proof, expires) in join_all(proving).await.into_iter().filter_map(Result::ok).flatten() {
        proofs.push(proof);
        first = first.into_iter().chain(expires).min();
    }
    (proofs, first)
}
