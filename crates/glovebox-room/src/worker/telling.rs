//! What the supervisor tells the process of a walk while it runs: its task once the connections
//! have something to show, and newer credentials before those expire.

use std::time::Duration;

use glovebox_catalog::Outside;
use glovebox_model::Connection;
use glovebox_store::Store;
use tokio::sync::mpsc::Sender;
use zeroize::Zeroizing;

use super::showing::Showing;
use super::{WalkTask, proofs};

/// How often it is looked whether there is something newer to tell.
const LOOK: Duration = Duration::from_secs(60);

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
        let mut showing = Showing::of(connections);
        let proofs = tokio::select! {
            () = lines.closed() => return,
            proofs = showing.first(&store, &outside) => proofs,
        };
        let task = task.reaching(outside.terms().clone(), proofs);
        let Some(line) = task.to_line() else { return };
        drop((task, lines.send(line).await));
        loop {
            tokio::select! {
                () = lines.closed() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            let newer = tokio::select! {
                () = lines.closed() => return,
                newer = showing.newer(&store, &outside) => newer,
            };
            if newer.is_empty() {
                continue;
            }
            if let Some(line) = proofs::to_line(&newer) {
                drop(lines.send(line).await);
            }
        }
    }
}
