//! How a house is watched: its standing, its figures, and the operator's own address.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use glovebox_room::Pulse;
use glovebox_server::{Metrics, OperatorServer, Standing, Watched as Shown};
use glovebox_store::Store;
use tokio::task::JoinHandle;

/// What is to be watched, before the house is open.
#[derive(Debug)]
pub(crate) struct Watching {
    pub(crate) standing: Standing,
    pub(crate) metrics: Metrics,
    pub(crate) pulse: Pulse,
    server: Option<OperatorServer>,
}

/// A house that is watched, until this is dropped.
#[derive(Debug)]
pub(crate) struct Watched {
    standing: Standing,
    address: Option<SocketAddr>,
    tasks: Vec<JoinHandle<()>>,
}

impl Watching {
    /// Begins to listen at the operator's own address, if there is one.
    pub(crate) fn begin(address: Option<SocketAddr>) -> Result<Self> {
        let bind = |it| OperatorServer::bind(it).with_context(|| format!("cannot listen on {it}"));
        let server = address.map(bind).transpose()?;
        let (standing, metrics) = (Standing::default(), Metrics::new());
        Ok(Self { standing, metrics, pulse: Pulse::default(), server })
    }

    /// Watches the house over this store.
    pub(crate) fn watch(self, store: &Store) -> Watched {
        let Self { standing, metrics, pulse, server } = self;
        let looking = standing.clone().watch(store.clone(), pulse.clone());
        let mut tasks = vec![tokio::spawn(looking)];
        let address = server.as_ref().map(OperatorServer::address);
        if let Some(server) = server {
            let shown = Shown { store: store.clone(), standing: standing.clone(), pulse, metrics };
            tasks.push(tokio::spawn(async move {
                if let Err(error) = server.serve(shown).await {
                    tracing::error!(%error, "the operator's own address is closed");
                }
            }));
        }
        Watched { standing, address, tasks }
    }
}

impl Watched {
    /// Where the operator's monitoring looks.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// The house is being stopped: it is not ready from here on.
    pub(crate) fn stopping(&self) {
        self.standing.stop();
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
