//! What the connections of a walk show: asked for at its start, again before that expires, and
//! again once their owners gave something newer.

use std::time::{Duration, SystemTime};

use futures::future::join_all;
use glovebox_catalog::Outside;
use glovebox_model::Connection;
use glovebox_store::Store;

use crate::query::{Proof, prove};

/// How long before they expire credentials are exchanged.
const AHEAD: Duration = Duration::from_secs(10 * 60);

/// The connections of one walk.
pub(super) struct Showing(Vec<Asked>);

/// One of them.
struct Asked {
    connection: Connection,
    /// From when on it is asked again, although nothing was changed.
    due: Option<SystemTime>,
}

impl Showing {
    pub(super) fn of(connections: Vec<Connection>) -> Self {
        Self(connections.into_iter().map(|connection| Asked { connection, due: None }).collect())
    }

    /// What every connection shows now. All at once: no member waits for another's.
    pub(super) async fn first(&mut self, store: &Store, outside: &Outside) -> Vec<Proof> {
        let now = now(store);
        let asking = self.0.iter_mut().map(|it| it.ask(store, outside, now));
        join_all(asking).await.into_iter().flatten().collect()
    }

    /// What some show instead by now. Those that could not be had leave the old ones where they
    /// are: they may yet do.
    pub(super) async fn newer(&mut self, store: &Store, outside: &Outside) -> Vec<Proof> {
        let now = now(store);
        let asking = self.0.iter_mut().map(|it| it.again(store, outside, now));
        let proofs = join_all(asking).await.into_iter().flatten();
        proofs.filter(|it| it.secrets.is_ok()).collect()
    }
}

fn now(store: &Store) -> SystemTime {
    let since_1970 = u64::try_from(store.now().as_millis()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_millis(since_1970)
}

impl Asked {
    /// What it shows; nothing once it was removed or is not what it was.
    async fn ask(&mut self, store: &Store, outside: &Outside, now: SystemTime) -> Option<Proof> {
        let (proof, expires) = match prove(store, outside, &self.connection).await {
            Ok(Some(proven)) => proven,
            Ok(None) => {
                self.due = None;
                return None;
            }
            Err(error) => {
                let connection = self.connection.id;
                tracing::warn!(%connection, %error, "what it shows could not be read: again soon");
                self.due = Some(now);
                return None;
            }
        };
        self.due = match &proof.secrets {
            Ok(_) => expires.map(|it| it.checked_sub(AHEAD).unwrap_or(now)),
            Err(_) => Some(now),
        };
        Some(proof)
    }

    /// The same, if it is due or its owner gave something newer since it was asked.
    async fn again(&mut self, store: &Store, outside: &Outside, now: SystemTime) -> Option<Proof> {
        let is_due = self.due.is_some_and(|it| it <= now);
        let mut tx = store.read().await.ok()?;
        let found = tx.connection_of_id(self.connection.id).await.ok()?;
        drop(tx);
        let found = found.filter(|it| it.version == self.connection.version)?;
        if !is_due && found.updated == self.connection.updated {
            return None;
        }
        // Taken before it is asked: what is given meanwhile is seen the next time.
        self.connection = found;
        self.ask(store, outside, now).await
    }
}

#[cfg(test)]
mod tests {
    use glovebox_catalog::EgressTerms;
    use glovebox_model::{Credentials, Secret, Secrets};
    use glovebox_store::{ConnectionParts, MasterKey};

    use super::super::fixture::{House, files, house};
    use super::*;

    fn outside() -> Outside {
        Outside::new(EgressTerms::default(), None).unwrap()
    }

    fn keys(secret: &str) -> Secrets {
        let credentials = Credentials::Keys {
            access_key_id: "AKIA".into(),
            secret_access_key: Secret::new(secret.into()),
            session_token: None,
        };
        Secrets { credentials, catalog_token: None }
    }

    fn parts(databases: Vec<String>) -> ConnectionParts {
        ConnectionParts { name: "reader".into(), databases, place: files() }
    }

    async fn made(house: &House) -> Connection {
        let key = house.store.master_key();
        let mut tx = house.store.begin().await.unwrap();
        let made = tx.insert_connection(house.owner, &parts(vec![]), &keys("old"), key).await;
        tx.commit().await.unwrap();
        made.unwrap().unwrap()
    }

    async fn put(house: &House, old: &Connection, new: &ConnectionParts, secret: &str) {
        house.clock.on(Duration::from_secs(1));
        let key = house.store.master_key();
        let mut tx = house.store.begin().await.unwrap();
        tx.update_connection(old, new, &keys(secret), key).await.unwrap().unwrap();
        tx.commit().await.unwrap();
    }

    fn shown(proofs: Vec<Proof>) -> Vec<Secrets> {
        proofs.into_iter().map(|it| it.secrets.unwrap()).collect()
    }

    #[tokio::test]
    async fn keys_that_their_owner_exchanges_are_shown_once() {
        let (house, outside) = (house().await, outside());
        let connection = made(&house).await;
        let mut showing = Showing::of(vec![connection.clone()]);
        assert_eq!(shown(showing.first(&house.store, &outside).await), [keys("old")]);
        house.clock.on(Duration::from_secs(24 * 60 * 60));
        assert_eq!(shown(showing.newer(&house.store, &outside).await), []);
        put(&house, &connection, &parts(vec![]), "new").await;
        assert_eq!(shown(showing.newer(&house.store, &outside).await), [keys("new")]);
        assert_eq!(shown(showing.newer(&house.store, &outside).await), []);
    }

    #[tokio::test]
    async fn a_connection_that_is_another_one_by_now_shows_nothing() {
        let (house, outside) = (house().await, outside());
        let connection = made(&house).await;
        let mut showing = Showing::of(vec![connection.clone()]);
        showing.first(&house.store, &outside).await;
        let elsewhere = ConnectionParts { place: super::super::fixture::athena(), ..parts(vec![]) };
        put(&house, &connection, &elsewhere, "new").await;
        assert_eq!(shown(showing.newer(&house.store, &outside).await), []);
    }

    #[tokio::test]
    async fn a_store_that_cannot_be_read_is_asked_again_soon() {
        let (house, outside) = (house().await, outside());
        let connection = made(&house).await;
        let key = MasterKey::parse(&"07".repeat(32)).unwrap();
        let open = Store::open(house.store.directory(), key, house.clock.clone()).await.unwrap();
        let mut showing = Showing::of(vec![connection.clone(), connection]);
        showing.first(&open, &outside).await;
        // What one of them shows is about to expire when the store fails.
        showing.0[0].due = Some(now(&open));
        house.store.close().await;
        assert_eq!(shown(showing.newer(&house.store, &outside).await), []);
        assert_eq!(shown(showing.newer(&open, &outside).await), [keys("old")]);
        // And while it is asked what it shows.
        let now = now(&open);
        assert!(showing.0[1].ask(&house.store, &outside, now).await.is_none());
        assert_eq!(shown(showing.newer(&open, &outside).await), [keys("old")]);
        open.close().await;
    }
}
