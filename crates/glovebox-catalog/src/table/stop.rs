//! Work that blocks on a distant source, and how it is told that nobody waits for it any more.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::Unavailable;

/// Tells all work of one table to end. Clones are one.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// Ends the work as soon as may be.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was told to end.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Blocks this thread until the work is done or stopped. The thread must be one of a tokio
    /// runtime on which blocking is allowed.
    pub(crate) fn wait<T>(
        &self,
        work: impl Future<Output = Result<T, Unavailable>>,
    ) -> Result<T, Unavailable> {
        let Ok(runtime) = Handle::try_current() else { return Err(Unavailable::Stopped) };
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.stopped() => Err(Unavailable::Stopped),
                done = work => done,
            }
        })
    }

    /// Waits until it is told to end.
    pub async fn stopped(&self) {
        // The sender lives in `self`.
        drop(self.0.subscribe().wait_for(|it| *it).await);
    }
}
