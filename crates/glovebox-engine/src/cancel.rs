//! The wish that a query stop.

use tokio::sync::watch;

/// Tells a running query to stop.
#[derive(Debug)]
pub struct Canceller(watch::Sender<bool>);

/// Knows whether a query is to stop. It never is once its [`Canceller`] is dropped unused.
#[derive(Debug, Clone)]
pub struct Cancel(watch::Receiver<bool>);

/// A wish, and who may have it.
pub fn cancel() -> (Canceller, Cancel) {
    let (sender, receiver) = watch::channel(false);
    (Canceller(sender), Cancel(receiver))
}

impl Canceller {
    /// Stops the query.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

impl Cancel {
    /// Whether the query is to stop.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the query is to stop.
    pub async fn cancelled(&self) {
        if self.0.clone().wait_for(|it| *it).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
