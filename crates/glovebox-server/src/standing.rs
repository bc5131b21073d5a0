//! Whether the house is ready for requests and queries, and if not, why: looked at in the
//! background, so that whoever asks costs nothing and waits for nobody.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use glovebox_catalog::Space;
use glovebox_room::{Age, Pulse, Store};
use serde_json::{Value, json};
use tokio::time::Instant;

/// How often the house is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// A look that takes so long says that the store does not answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// What was found so long ago is not known any more.
const STALE: Duration = Duration::from_secs(30);
/// Less room than this on the disk of the data directory is too little for results and spill.
const ROOM: u64 = 1 << 30;

/// Why a house is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The clock jumped: no query runs.
    ClockHalted,
    /// The database is an older copy: no query runs.
    DatabaseOlder,
    /// There is little room on the disk of the data directory.
    DiskLow,
    /// The head counter cannot be read: no query runs.
    HeadCounterUnreadable,
    /// It has not looked yet, or not for long.
    NotLooked,
    /// It is being stopped.
    Stopping,
    /// The store cannot be written.
    StoreUnwritable,
    /// Nobody walks queries.
    SupervisorGone,
}

impl Reason {
    /// Its name for machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClockHalted => "clock-halted",
            Self::DatabaseOlder => "database-older",
            Self::DiskLow => "disk-low",
            Self::HeadCounterUnreadable => "head-counter-unreadable",
            Self::NotLooked => "not-looked",
            Self::Stopping => "stopping",
            Self::StoreUnwritable => "store-unwritable",
            Self::SupervisorGone => "supervisor-gone",
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Anybody who reaches the doors. How full the disk is depends on the rows that queries spill,
    /// so it is not said there.
    Anybody,
    /// Who reaches the operator's own address.
    Operator,
}

/// How the house stands; every clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Standing(Arc<Mutex<Looked>>);

#[derive(Debug, Default)]
struct Looked {
    at: Option<Instant>,
    found: BTreeSet<Reason>,
    stopping: bool,
}

impl Standing {
    fn lock(&self) -> MutexGuard<'_, Looked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on the house is not ready, whatever else is found.
    pub fn stop(&self) {
        self.lock().stopping = true;
    }

    /// Why the house is not ready; empty when it is.
    pub fn reasons(&self, asker: Asker) -> BTreeSet<Reason> {
        let looked = self.lock();
        let mut reasons = looked.found.clone();
        if looked.at.is_none_or(|it| it.elapsed() > STALE) {
            reasons.insert(Reason::NotLooked);
        }
        if looked.stopping {
            reasons.insert(Reason::Stopping);
        }
        if asker == Asker::Anybody {
            reasons.remove(&Reason::DiskLow);
        }
        reasons
    }

    /// The status and the body of `/readyz`.
    pub(crate) fn answer(&self, asker: Asker) -> (u16, Value) {
        let reasons = self.reasons(asker);
        if reasons.is_empty() {
            return (200, json!({ "status": "ready", "reasons": [] }));
        }
        let names: Vec<&str> = reasons.iter().map(|it| it.name()).collect();
        (503, json!({ "status": "unready", "reasons": names }))
    }

    /// Looks at the house again and again, for ever.
    pub async fn watch(self, store: Store, pulse: Pulse) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            self.look(&store, &pulse).await;
        }
    }

    async fn look(&self, store: &Store, pulse: &Pulse) {
        let found = tokio::time::timeout(PATIENCE, look(store, pulse)).await;
        let found = found.unwrap_or_else(|_| BTreeSet::from([Reason::StoreUnwritable]));
        let mut looked = self.lock();
        for reason in found.difference(&looked.found) {
            tracing::warn!(reason = reason.name(), "the house is not ready");
        }
        for reason in looked.found.difference(&found) {
            tracing::info!(reason = reason.name(), "the house is ready again, as to this");
        }
        looked.at = Some(Instant::now());
        looked.found = found;
    }
}

async fn look(store: &Store, pulse: &Pulse) -> BTreeSet<Reason> {
    let mut found = BTreeSet::new();
    if store.probe().await.is_err() {
        found.insert(Reason::StoreUnwritable);
    }
    match store.age().await {
        Ok(Age::Newest) => {}
        Ok(Age::Older) => {
            found.insert(Reason::DatabaseOlder);
        }
        Err(_) => {
            found.insert(Reason::HeadCounterUnreadable);
        }
    }
    match store.clock_jump().await {
        Ok(None) => {}
        Ok(Some(_)) => {
            found.insert(Reason::ClockHalted);
        }
        Err(_) => {
            found.insert(Reason::StoreUnwritable);
        }
    }
    if !pulse.is_alive() {
        found.insert(Reason::SupervisorGone);
    }
    if Space::below(store.directory()).is_none_or(|it| it.free < ROOM) {
        found.insert(Reason::DiskLow);
    }
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use glovebox_model::{Clock, Timestamp};
    use glovebox_store::MasterKey;

    use super::*;

    struct Hand(AtomicI64);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.0.load(Ordering::SeqCst))
        }
    }

    #[tokio::test]
    async fn a_house_says_why_it_is_not_ready_and_to_strangers_nothing_of_its_disk() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(10_000_000)));
        let store = Store::open(folder.path(), MasterKey::generate().unwrap(), clock.clone())
            .await
            .unwrap();
        let new = glovebox_store::NewAccount { id: None, name: "a".into(), tables: None };
        store.create_account(new).await.unwrap();
        let standing = Standing::default();
        let names = |asker| -> Vec<&'static str> {
            standing.reasons(asker).into_iter().map(Reason::name).collect()
        };
        assert_eq!(names(Asker::Anybody), ["not-looked"]);
        standing.look(&store, &Pulse::default()).await;
        assert_eq!(names(Asker::Anybody), ["supervisor-gone"]);
        clock.0.store(1, Ordering::SeqCst);
        standing.look(&store, &Pulse::default()).await;
        standing.stop();
        assert_eq!(names(Asker::Anybody), ["clock-halted", "stopping", "supervisor-gone"]);
        standing.lock().found.insert(Reason::DiskLow);
        assert!(!names(Asker::Anybody).contains(&"disk-low"));
        assert!(names(Asker::Operator).contains(&"disk-low"));
        let (status, body) = standing.answer(Asker::Anybody);
        assert_eq!((status, body["status"].as_str()), (503, Some("unready")));
        store.close().await;
        standing.look(&store, &Pulse::default()).await;
        assert!(names(Asker::Anybody).contains(&"store-unwritable"));
    }
}
