//! Work that waits for what is distant, on a thread that may block, and is told when it shall end.

use glovebox_catalog::Stop;
use tokio::runtime::Handle;
use tokio::task::{AbortHandle, JoinError};
use tokio::time::{Instant, sleep_until};

use crate::Cancel;

/// What came of work, and whether it was told to end.
pub(crate) struct Waited<T> {
    pub(crate) done: Result<T, JoinError>,
    pub(crate) is_ended: bool,
}

/// Does the work until it is done; it is told to stop at the deadline, when the query is
/// cancelled, and when nobody waits here any more. Whatever hangs then gives up.
pub(crate) async fn until<T: Send + 'static>(
    handle: &Handle,
    (deadline, cancel): (Instant, &Cancel),
    work: impl FnOnce(Stop) -> T + Send + 'static,
) -> Waited<T> {
    let stop = Stop::default();
    let mut unwaited = Unwaited(Some(stop.clone()));
    let told = stop.clone();
    let mut working = handle.spawn_blocking(move || work(told));
    let is_ended = tokio::select! {
        done = &mut working => {
            unwaited.0 = None;
            return Waited { done, is_ended: false };
        }
        () = ended(deadline, cancel) => true,
    };
    stop.stop();
    Waited { done: working.await, is_ended }
}

/// At the deadline, or when the query is cancelled.
pub(crate) async fn ended(deadline: Instant, cancel: &Cancel) {
    tokio::select! {
        () = sleep_until(deadline) => {}
        () = cancel.cancelled() => {}
    }
}

/// Stops the work when the caller's future is dropped.
struct Unwaited(Option<Stop>);

impl Drop for Unwaited {
    fn drop(&mut self) {
        if let Some(stop) = &self.0 {
            stop.stop();
        }
    }
}

/// Stops what it was made for at a moment, or with other work, unless it is dropped before.
pub(crate) struct Alarm(AbortHandle);

impl Alarm {
    pub(crate) fn at(moment: Instant, halt: &Stop, stop: &Stop, handle: &Handle) -> Self {
        let (halt, stop) = (halt.clone(), stop.clone());
        let ringing = handle.spawn(async move {
            tokio::select! {
                () = sleep_until(moment) => {}
                () = halt.stopped() => {}
            }
            stop.stop();
        });
        Self(ringing.abort_handle())
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.0.abort();
    }
}
