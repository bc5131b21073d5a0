//! Whether the house may open queries: the age of its database, and its clock, said aloud.

use std::time::Duration;

use glovebox_store::{Age, ClockJump, Store, StoreError};
use tokio::time::Instant;

/// How often the clock is looked at. A query looks itself, too.
const CLOCK: Duration = Duration::from_secs(1);

/// Says aloud when the database is an older copy. It is served all the same, to be read.
pub(super) async fn look_at_age(store: &Store) {
    let no_query = "no query runs until the newest database is back, or this one is accepted with \
                    `glovebox ledger accept-restore --data-dir DIR`";
    match store.age().await {
        Ok(Age::Newest) => {}
        Ok(Age::Older) => {
            tracing::error!("the database is older than its head counter: {no_query}")
        }
        Err(error) => tracing::error!(%error, "the head counter cannot be read: {no_query}"),
    }
    match store.words_missing().await {
        Ok(0) => {}
        Ok(accounts) => tracing::warn!(
            accounts,
            "since the restore that was accepted, members have not confirmed what they allow: no \
             query runs over their tables (`glovebox ledger accept-restore --endpoint-url URL`)"
        ),
        Err(error) => tracing::error!(%error, "the store could not be looked at"),
    }
}

/// Watches the clock.
#[derive(Debug)]
pub(super) struct ClockWatch {
    looked: Instant,
    halted: Option<ClockJump>,
}

impl ClockWatch {
    /// Begins, at the start of a house.
    pub(super) async fn begin(store: &Store) -> Result<Self, StoreError> {
        let mut watch = Self { looked: Instant::now(), halted: None };
        watch.look_now(store).await?;
        Ok(watch)
    }

    /// Looks, if it is time.
    pub(super) async fn look(&mut self, store: &Store) -> Result<(), StoreError> {
        if self.looked.elapsed() < CLOCK {
            return Ok(());
        }
        self.look_now(store).await
    }

    async fn look_now(&mut self, store: &Store) -> Result<(), StoreError> {
        self.looked = Instant::now();
        let found = store.watch_clock().await?;
        match (self.halted, found) {
            (None, Some(ClockJump { millis })) => {
                let seconds = millis / 1000;
                tracing::error!(
                    seconds,
                    "the clock jumped: no query runs until the operator says that it is right, \
                     with `glovebox clock accept --data-dir DIR`"
                );
            }
            (Some(_), None) => tracing::info!("the clock was accepted: queries run"),
            (None, None) | (Some(_), Some(_)) => {}
        }
        self.halted = found;
        Ok(())
    }
}
