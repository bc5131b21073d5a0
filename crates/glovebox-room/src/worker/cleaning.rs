//! What killed processes left in members' accounts: taken away by the house, with what the
//! connection shows now, again and again for some hours.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use glovebox_catalog::{Cleaned, Outside, Unavailable, clean};
use glovebox_model::{Connection, Id, Leftover, Timestamp, escape};
use glovebox_store::{Left, Store, StoreError};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::query::PROVING;

/// How often the store is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// Things that are taken away at the same time.
const AT_ONCE: usize = 8;
/// Pauses after tries that failed: after the last one nothing more is tried.
const PAUSES: [Duration; 8] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(2 * 60 * 60),
    Duration::from_secs(4 * 60 * 60),
];
/// Tries after which something that has no name and is not seen was never begun.
const UNSEEN: u32 = 3;
/// How long its owner is shown what was given up.
const SHOWN: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long a house that ends goes on with it.
const LAST: Duration = Duration::from_secs(5);

/// Takes away what is due.
#[derive(Debug)]
pub(super) struct Cleaning {
    store: Store,
    /// Without a world outside nothing was begun there, and nothing can be taken away.
    outside: Option<Outside>,
    working: JoinSet<Id<Left>>,
    busy: BTreeSet<Id<Left>>,
    looked: Instant,
}

impl Cleaning {
    pub(super) fn new(store: Store, outside: Option<Outside>) -> Self {
        let (working, busy, looked) = (JoinSet::new(), BTreeSet::new(), Instant::now());
        Self { store, outside, working, busy, looked }
    }

    /// Begins with what is due, every now and then.
    pub(super) async fn look(&mut self) -> Result<(), StoreError> {
        if self.looked.elapsed() < LOOK {
            return Ok(());
        }
        self.looked = Instant::now();
        self.begin().await
    }

    async fn begin(&mut self) -> Result<(), StoreError> {
        let Some(outside) = self.outside.clone() else { return Ok(()) };
        while let Some(done) = self.working.try_join_next() {
            self.ended(done);
        }
        for left in self.store.due_leftovers().await? {
            if self.working.len() < AT_ONCE && self.busy.insert(left.id) {
                let (store, outside) = (self.store.clone(), outside.clone());
                self.working.spawn(async move {
                    let id = left.id;
                    if let Err(error) = take_away(&store, &outside, left).await {
                        tracing::error!(%error, "a leftover could not be looked after");
                    }
                    id
                });
            }
        }
        Ok(())
    }

    fn ended(&mut self, done: Result<Id<Left>, tokio::task::JoinError>) {
        match done {
            Ok(id) => {
                self.busy.remove(&id);
            }
            // Which one it was is not known; the others are tried a second time at worst.
            Err(_) => self.busy.clear(),
        }
    }

    /// Tries once more whatever is due, and does not wait for long: the next house goes on.
    pub(super) async fn finish(&mut self) -> Result<(), StoreError> {
        self.begin().await?;
        let all = async { while self.working.join_next().await.is_some() {} };
        drop(tokio::time::timeout(LAST, all).await);
        self.working.shutdown().await;
        Ok(())
    }
}

async fn take_away(store: &Store, outside: &Outside, left: Left) -> Result<(), StoreError> {
    let found = store.read().await?.connection_of_id(left.connection).await?;
    let Some(connection) = found.filter(|it| it.account == left.account) else {
        let name = left.connection.to_string();
        told(&left, &name, "the connection was removed");
        return store.leftover_is_gone(left.id).await;
    };
    let why = match cleaned(store, outside, &connection, &left.what).await? {
        Ok(Cleaned::Gone) => return store.leftover_is_gone(left.id).await,
        Ok(Cleaned::Unseen) if left.tries + 1 >= UNSEEN => {
            return store.leftover_is_gone(left.id).await;
        }
        Ok(Cleaned::Unseen) => None,
        Err(why) => Some(why),
    };
    let after = |pause: Duration| {
        let millis = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(store.now().as_millis().saturating_add(millis))
    };
    match PAUSES.get(left.tries as usize) {
        Some(pause) => store.put_leftover_off(left.id, after(*pause)).await,
        None => {
            let why = why.map(|it| it.to_string()).unwrap_or_default();
            told(&left, &connection.role_arn(), &why);
            store.give_leftover_up(left.id, after(SHOWN)).await
        }
    }
}

async fn cleaned(
    store: &Store,
    outside: &Outside,
    connection: &Connection,
    what: &Leftover,
) -> Result<Result<Cleaned, Unavailable>, StoreError> {
    let Some(secrets) = store.secrets(connection).await? else {
        return Ok(Err(Unavailable::NoConnection));
    };
    let reaching = tokio::time::timeout(PROVING, outside.reach(connection.clone(), &secrets));
    let late = |_| Err(Unavailable::Unproven("nobody answered in time".into()));
    match reaching.await.unwrap_or_else(late) {
        Ok(reach) => Ok(clean(&Arc::new(reach), what).await),
        Err(why) => Ok(Err(why)),
    }
}

/// The one line about what stays: all that its owner needs to take it away.
fn told(left: &Left, connection: &str, why: &str) {
    let (bucket, key) = (left.what.bucket(), escape(left.what.key()));
    let (kind, name) = match &left.what {
        Leftover::Execution { id, .. } => {
            ("an execution of Athena", id.as_deref().unwrap_or("of unknown id"))
        }
        Leftover::Upload { upload, .. } => ("an unfinished upload", upload.as_str()),
    };
    let (connection, name, why) = (escape(connection), escape(name), escape(why));
    tracing::warn!(%connection, %bucket, %key, %name, %why, "{kind} is left to its owner");
}

#[cfg(test)]
mod tests;
