//! Members' logs, written beside all else: however much there is to write, no query waits for it.

use std::time::Duration;

use glovebox_store::{Store, StoreError};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How often they are brought up to date.
const EVERY: Duration = Duration::from_millis(500);

/// Who writes them.
#[derive(Debug, Default)]
pub(super) struct Logs {
    writing: Option<JoinHandle<()>>,
    begun: Option<Instant>,
}

impl Logs {
    /// Begins to write, if it is time and nobody writes.
    pub(super) fn look(&mut self, store: &Store) {
        let writes = self.writing.as_ref().is_some_and(|it| !it.is_finished());
        if writes || self.begun.is_some_and(|it| it.elapsed() < EVERY) {
            return;
        }
        self.begun = Some(Instant::now());
        let store = store.clone();
        self.writing = Some(tokio::spawn(async move {
            match store.write_member_logs().await {
                Ok(()) => {}
                // The path of the file holds an account.
                Err(StoreError::File { path: _, source: error }) => {
                    tracing::error!(%error, "a member's log could not be written");
                }
                Err(error) => tracing::error!(%error, "members' logs could not be written"),
            }
        }));
    }

    /// Writes what is left, once nobody else does.
    pub(super) async fn finish(&mut self, store: &Store) -> Result<(), StoreError> {
        if let Some(writing) = self.writing.take() {
            drop(writing.await);
        }
        store.write_member_logs().await
    }
}
