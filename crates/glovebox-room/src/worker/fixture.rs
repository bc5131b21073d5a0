//! A store with a connection in it, for tests of what walks leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use glovebox_model::{
    AccountId, AwsService, Clock, Connection, Credentials, Leftover, ObjectRoot, Objects, Place,
    Secrets, Timestamp,
};
use glovebox_store::{ConnectionParts, Left, MasterKey, NewAccount, Store};
use tempfile::TempDir;

pub(super) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A clock that is moved by hand.
pub(super) struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

impl Hand {
    pub(super) fn on(&self, time: std::time::Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

/// A house with one account.
pub(super) struct House {
    pub(super) store: Store,
    pub(super) clock: Arc<Hand>,
    pub(super) owner: AccountId,
    _folder: TempDir,
}

pub(super) async fn house() -> House {
    let folder = TempDir::new().unwrap();
    let clock = Arc::new(Hand(AtomicI64::new(1_800_000_000_000)));
    let key = MasterKey::parse(&"07".repeat(32)).unwrap();
    let store = Store::open(folder.path(), key, clock.clone()).await.unwrap();
    let account = NewAccount { name: "owner".into(), ..NewAccount::default() };
    let owner = store.create_account(account).await.unwrap().0.id;
    House { store, clock, owner, _folder: folder }
}

fn objects() -> Objects {
    let (protocol, root) = ObjectRoot::parse("s3://bucket/out").unwrap();
    let (region, roots) = ("us-east-1".into(), vec![root]);
    Objects { protocol, region, endpoint: None, roots, encryption: None }
}

pub(super) fn files() -> Place {
    Place::Files(objects())
}

pub(super) fn athena() -> Place {
    let service = AwsService { region: "us-east-1".into(), endpoint: None };
    Place::Athena { service, workgroup: "primary".into(), results: objects() }
}

impl House {
    /// A connection by a role that nobody here can assume.
    pub(super) async fn connection(&self, name: &str, place: Place) -> Connection {
        let parts = ConnectionParts { name: name.into(), databases: vec![], place };
        let credentials = Credentials::AssumeRole { external_id: "e".into() };
        let secrets = Secrets { credentials, catalog_token: None };
        let mut tx = self.store.begin().await.unwrap();
        let made = tx.insert_connection(self.owner, &parts, &secrets, self.store.master_key());
        let made = made.await.unwrap().unwrap();
        tx.commit().await.unwrap();
        made
    }

    /// What is to be taken away, once all processes are gone.
    pub(super) async fn left(&self) -> Vec<Left> {
        self.store.leave(None).await.unwrap();
        self.store.due_leftovers().await.unwrap()
    }

    pub(super) async fn shown(&self, connection: &Connection) -> Vec<Left> {
        self.store.read().await.unwrap().leftovers_of(connection).await.unwrap()
    }
}

pub(super) fn upload(bucket: &str, key: &str) -> Leftover {
    Leftover::Upload { bucket: bucket.into(), key: key.into(), upload: "name".into() }
}

pub(super) fn execution(folder: &str, id: Option<&str>) -> Leftover {
    let (bucket, folder) = ("bucket".into(), format!("out/{folder}"));
    Leftover::Execution { bucket, folder, id: id.map(str::to_owned) }
}
