//! Judging within its time: a text that the limits of its length and depth let through, and that
//! takes for ever all the same, ends one walk.

use std::time::Duration;

use glovebox_privacy::Priced;
use glovebox_store::{Order, Passed, Refusal, Snapshot};

use super::consent::Asked;
use super::judge::judge;
use super::stopped::Stopped;
use super::walker::Walker;
use crate::worker::aside;

/// How long a walk judges its text. The slowest honest ones take two seconds.
const LONGEST: Duration = Duration::from_secs(60);

/// The snapshot, the doors that were passed, and the price or all that speaks against it.
type Judged = (Snapshot, Vec<Passed>, Result<Priced, Refusal>);

/// What judgement says to the query's text over this snapshot.
pub(super) async fn judged(
    walker: &Walker,
    order: &Order,
    snapshot: Snapshot,
) -> Result<Judged, Stopped> {
    let (store, query) = (walker.store.clone(), order.query().clone());
    let work = move || {
        let now = store.now();
        let mut passed = Vec::new();
        let note = |door| passed.push(Passed { door, at: store.now() });
        let verdict = judge(&query.asked.text, &snapshot, &Asked::by(&query), now, note);
        (snapshot, passed, verdict)
    };
    match &walker.lead {
        // Whoever leads a walk also says how time passes.
        Some(_) => Ok(work()),
        None => within(LONGEST, work).await,
    }
}

/// Does the work on a thread of its own. One that is given up is left to itself: its process ends.
async fn within<T: Send + 'static>(
    longest: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Stopped> {
    match tokio::time::timeout(longest, aside(work)).await {
        Ok(Some(done)) => Ok(done),
        // It panicked: that is no verdict, and nothing is read without one.
        Ok(None) | Err(_) => Err(Stopped::Slow),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use glovebox_model::QueryFailure;
    use glovebox_store::Outcome;

    use super::*;

    #[tokio::test]
    async fn a_text_that_takes_for_ever_to_judge_fails_like_any_other_failure() {
        let (end, ended) = channel::<()>();
        let late = within(Duration::from_millis(1), move || ended.recv().is_ok()).await;
        let outcome = late.unwrap_err().outcome().unwrap();
        let failure = QueryFailure::generic();
        assert_eq!(outcome, Outcome::Failed { failure, detail: None });
        drop(end);
        assert_eq!(within(LONGEST, || 7).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_judgement_that_panics_is_no_verdict() {
        let broken = within(LONGEST, || -> u8 { std::panic::panic_any(()) }).await;
        assert!(matches!(broken, Err(Stopped::Slow)));
    }
}
