//! What queries began in members' accounts.

use glovebox_model::{
    Connection, Credentials, Id, Leftover, ObjectRoot, Objects, Place, Query, Secrets, Timestamp,
};
use glovebox_store::{ConnectionParts, Left, Store};

use crate::house::{account, open};

const NOON: i64 = 1_800_000_000_000;

fn query(number: u8) -> Id<Query> {
    Id::from_random([number; 16])
}

fn upload(name: &str) -> Leftover {
    Leftover::Upload { bucket: "b".into(), key: "out/a.csv".into(), upload: name.into() }
}

fn secrets() -> Secrets {
    Secrets { credentials: Credentials::Anonymous, catalog_token: None }
}

fn parts() -> ConnectionParts {
    let (protocol, root) = ObjectRoot::parse("s3://b").unwrap();
    let (region, roots) = ("us-east-1".into(), vec![root]);
    let objects = Objects { protocol, region, endpoint: None, roots, encryption: None };
    ConnectionParts { name: "results".into(), databases: vec![], place: Place::Files(objects) }
}

async fn connection(store: &Store, name: &str) -> Connection {
    let owner = account(store, name).await;
    let mut tx = store.begin().await.unwrap();
    let made = tx.insert_connection(owner, &parts(), &secrets(), store.master_key()).await;
    tx.commit().await.unwrap();
    made.unwrap().unwrap()
}

async fn shown(store: &Store, connection: &Connection) -> Vec<Left> {
    store.read().await.unwrap().leftovers_of(connection).await.unwrap()
}

#[tokio::test]
async fn what_a_query_began_is_nobodys_to_take_away_until_its_process_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let results = connection(&store, "a").await;
    let whats = [upload("one"), upload("two"), upload("three")];
    let mut ids = Vec::new();
    for (number, what) in whats.iter().enumerate() {
        let query = query(u8::from(number == 2));
        ids.push(store.note_leftover(query, &results, what).await.unwrap());
    }
    assert_eq!(store.due_leftovers().await.unwrap(), []);
    assert_eq!(shown(&store, &results).await, []);
    // One is ended by the query itself.
    store.leftover_is_gone(ids[0]).await.unwrap();
    assert_eq!(store.leave(Some(query(0))).await.unwrap(), 1);
    let due = store.due_leftovers().await.unwrap();
    assert_eq!(due.len(), 1);
    let Left { id, query: of, connection, account, what, tries, is_given_up, .. } = due[0].clone();
    assert_eq!((id, of, connection, account), (ids[1], query(0), results.id, results.account));
    assert_eq!((what, tries, is_given_up), (upload("two"), 0, false));
    // A process that died is not told of at once.
    assert_eq!(shown(&store, &results).await, []);
    // A house that starts finds all processes gone.
    assert_eq!(store.leave(None).await.unwrap(), 1);
    assert_eq!(store.leave(None).await.unwrap(), 0);
    assert_eq!(store.due_leftovers().await.unwrap().len(), 2);
    store.leftover_is_gone(ids[1]).await.unwrap();
    store.leftover_is_gone(ids[2]).await.unwrap();
    assert_eq!(shown(&store, &results).await, []);
}

#[tokio::test]
async fn a_leftover_is_put_off_given_up_forgotten_and_due_again_once_its_connection_changes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let results = connection(&store, "a").await;
    let unknown = Leftover::Execution { bucket: "b".into(), folder: "f".into(), id: None };
    let id = store.note_leftover(query(0), &results, &unknown).await.unwrap();
    let known =
        Leftover::Execution { bucket: "b".into(), folder: "f".into(), id: Some("x".into()) };
    store.amend_leftover(id, &known).await.unwrap();
    store.leave(Some(query(0))).await.unwrap();
    let later = Timestamp::from_millis(NOON + 1);
    for tries in 1..=5 {
        assert_eq!(shown(&store, &results).await, [], "{tries}");
        store.put_leftover_off(id, later).await.unwrap();
    }
    assert_eq!(store.due_leftovers().await.unwrap(), []);
    let [left] = &shown(&store, &results).await[..] else { panic!() };
    assert_eq!((&left.what, left.tries, left.is_given_up), (&known, 5, false));

    store.give_leftover_up(id, later).await.unwrap();
    store.forget_leftovers().await.unwrap();
    assert!(shown(&store, &results).await[0].is_given_up);
    let mut tx = store.begin().await.unwrap();
    let changed = tx.update_connection(&results, &parts(), &secrets(), store.master_key()).await;
    let changed = changed.unwrap().unwrap();
    tx.commit().await.unwrap();
    let due = store.due_leftovers().await.unwrap();
    assert_eq!((due[0].tries, due[0].is_given_up), (0, false));

    let past = Timestamp::from_millis(NOON);
    store.give_leftover_up(id, past).await.unwrap();
    store.forget_leftovers().await.unwrap();
    assert_eq!(shown(&store, &changed).await, []);
}

#[tokio::test]
async fn the_many_leftovers_of_one_account_hold_up_nobody_elses() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let [many, one] = [connection(&store, "many").await, connection(&store, "one").await];
    let mut ids = Vec::new();
    for number in 0..20 {
        let what = upload(&number.to_string());
        ids.push(store.note_leftover(query(0), &many, &what).await.unwrap());
    }
    store.note_leftover(query(1), &one, &upload("one")).await.unwrap();
    store.leave(None).await.unwrap();
    let due = store.due_leftovers().await.unwrap();
    let of = |it: &Connection| due.iter().filter(|left| left.connection == it.id).count();
    assert_eq!((of(&many), of(&one)), (2, 1));
    // They are shown to nobody else.
    for id in ids {
        store.give_leftover_up(id, Timestamp::from_millis(NOON + 1)).await.unwrap();
    }
    let other = Connection { account: one.account, ..many.clone() };
    assert_eq!(shown(&store, &other).await, []);
    assert_eq!(shown(&store, &many).await.len(), 20);
}
