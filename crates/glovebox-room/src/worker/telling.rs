//! What the supervisor tells the process of a walk while it runs: its task once the connections
//! have something to show, and newer credentials before those expire.

use std::time::{Duration, SystemTime};

use glovebox_catalog::Outside;
use glovebox_model::Connection;
use glovebox_store::{Store, StoreError};
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
        let query = self.task.keys.query();
        if let Err(error) = self.told(&lines).await {
            tracing::error!(%query, %error, "a walk could not be told what it needs");
        }
    }

    async fn told(self, lines: &Sender<Zeroizing<String>>) -> Result<(), StoreError> {
        let Self { store, outside, task, connections } = self;
        let Some(outside) = outside.filter(|_| !connections.is_empty()) else {
            if let Some(line) = task.to_line() {
                drop(lines.send(line).await);
            }
            lines.closed().await;
            return Ok(());
        };
        let (proofs, mut expires) = shown(&store, &outside, &connections).await?;
        let task = task.reaching(outside.terms().clone(), proofs);
        if let Some(line) = task.to_line() {
            drop(lines.send(line).await);
        }
        drop(task);
        while let Some(moment) = expires {
            let now = SystemTime::UNIX_EPOCH + since_1970(&store);
            let left = moment.duration_since(now).unwrap_or_default();
            let pause = left.saturating_sub(AHEAD).max(SELDOM);
            tokio::select! {
                () = lines.closed() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
            let (newer, later) = shown(&store, &outside, &connections).await?;
            // Those that could not be had leave the old ones where they are: they may yet do.
            let good: Vec<Proof> = newer.into_iter().filter(|it| it.secrets.is_ok()).collect();
            if let Some(line) = proofs::to_line(&good) {
                drop(lines.send(line).await);
            }
            expires = later.or(Some(now + AHEAD + SELDOM));
        }
        lines.closed().await;
        Ok(())
    }
}

fn since_1970(store: &Store) -> Duration {
    Duration::from_millis(u64::try_from(store.now().as_millis()).unwrap_or_default())
}

/// What every connection shows now, and when the first of them stops working.
async fn shown(
    store: &Store,
    outside: &Outside,
    connections: &[Connection],
) -> Result<(Vec<Proof>, Option<SystemTime>), StoreError> {
    let mut proofs = Vec::new();
    let mut first: Option<SystemTime> = None;
    for connection in connections {
        // One that was removed since has nothing to show.
        let Ok((proof, expires)) = prove(store, outside, connection).await else { continue };
        proofs.push(proof);
        first = first.into_iter().chain(expires).min();
    }
    Ok((proofs, first))
}
