//! One walk: claim, the doors, and an ear for the wish to stop.

use glovebox_engine::{Canceller, cancel};
use glovebox_model::{Id, Query, QueryStatus};
use glovebox_store::{Claim, LEASE_MILLIS, Order, StoreError};

use super::lead::looks_per_renewal;
use super::run::{run, run_kept};
use super::stopped::Stopped;
use super::walker::Walker;

/// What became of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walked {
    /// The query has a final status.
    Ended(QueryStatus),
    /// Another walk has it, or its membership runs as many as it may: later.
    NotNow,
    /// The walk ended and the query did not: whoever comes next goes on, with a private query
    /// once the edge of its time bucket has come.
    Unfinished,
}

/// Why a walk could not even stop properly.
#[derive(Debug, thiserror::Error)]
#[error("the walk ended early: {0}")]
pub struct WalkError(String);

impl From<StoreError> for WalkError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl Walker {
    /// Claims the query and walks it as far as it goes.
    pub async fn walk(&self) -> Result<Walked, WalkError> {
        let query = self.store.walk_keys().query();
        let claim = match self.claimed(query).await {
            Err(Stopped::Dead) => return Ok(Walked::Unfinished),
            claim => claim.map_err(|error| WalkError(error.to_string()))?,
        };
        let order = match &claim {
            Claim::Judge(order) | Claim::Deliver(order) => order,
            Claim::NotNow => return Ok(Walked::NotNow),
            Claim::Ended => return Ok(Walked::Ended(self.status(query).await?)),
        };
        let (canceller, cancel) = cancel();
        let walk = async {
            match &claim {
                Claim::Deliver(order) => run_kept(self, order).await,
                Claim::Judge(order) => run(self, order, &cancel).await,
                Claim::NotNow | Claim::Ended => Err(Stopped::Superseded),
            }
        };
        let closed = tokio::select! {
            closed = walk => closed,
            never = self.watch(order, &canceller) => match never {},
        };
        match closed {
            Ok(closed) if closed.status.is_final() => Ok(Walked::Ended(closed.status)),
            Ok(_) | Err(Stopped::Dead | Stopped::Superseded | Stopped::Undelivered(_)) => {
                Ok(Walked::Unfinished)
            }
            Err(stopped) => Err(WalkError(stopped.to_string())),
        }
    }

    async fn claimed(&self, query: Id<Query>) -> Result<Claim, Stopped> {
        self.at("claim:before").await?;
        let claim = self.store.claim(query, self.claim).await?;
        self.at("claim:after").await?;
        Ok(claim)
    }

    /// Removing a connection stops the next read.
    async fn connections_hold(&self) -> Result<bool, StoreError> {
        self.reaches.hold(&self.store).await
    }

    async fn status(&self, query: Id<Query>) -> Result<QueryStatus, WalkError> {
        let found = self.store.read().await?.query(query).await?;
        Ok(found.map_or(QueryStatus::Failed, |it| it.status))
    }

    /// Tells the engine once that the house ends.
    async fn halted(&self, canceller: &Canceller) -> std::convert::Infallible {
        self.halt.stopped().await;
        canceller.cancel();
        std::future::pending().await
    }

    /// Keeps the claim, and tells the engine when the runner wishes the query to stop, or an owner
    /// took a connection back.
    async fn watch(&self, order: &Order, canceller: &Canceller) -> std::convert::Infallible {
        let looks_per_renewal = looks_per_renewal(LEASE_MILLIS);
        let mut looks: i64 = 0;
        loop {
            looks += 1;
            let renews = tokio::select! {
                renews = self.look(looks, looks_per_renewal) => renews,
                renews = self.halted(canceller) => match renews {},
            };
            match self.status(order.id()).await {
                Ok(QueryStatus::Cancelling) => canceller.cancel(),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "a walk cannot see its query"),
            }
            match self.connections_hold().await {
                Ok(true) => {}
                Ok(false) => canceller.cancel(),
                Err(error) => tracing::warn!(%error, "a walk cannot see its connections"),
            }
            if renews {
                match self.store.renew(order).await {
                    Ok(true) => {}
                    // Another walk has the query: stop work whose doors are shut.
                    Ok(false) => canceller.cancel(),
                    Err(error) => tracing::warn!(%error, "a claim could not be renewed"),
                }
            }
        }
    }
}
