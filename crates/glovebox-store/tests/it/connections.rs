//! Connections: kept with their secrets sealed, each for its account alone.

use glovebox_ledger::{Entry, TreeName};
use glovebox_model::{
    AwsService, Credentials, ObjectRoot, Objects, PageRequest, Place, Secret, Secrets,
    ServerSideEncryption,
};
use glovebox_store::{ConnectionParts, Reader, Store, Taken};

use crate::house::{account, open};

fn objects(root: &str) -> Objects {
    let (protocol, root) = ObjectRoot::parse(root).unwrap();
    let encryption = Some(ServerSideEncryption::Kms { key: Some("k".into()) });
    let (region, roots) = ("us-east-1".into(), vec![root]);
    Objects { protocol, region, endpoint: None, roots, encryption }
}

fn parts(name: &str, database: &str, place: Place) -> ConnectionParts {
    ConnectionParts { name: name.into(), databases: vec![database.into()], place }
}

fn keys(secret: &str) -> Secrets {
    let credentials = Credentials::Keys {
        access_key_id: "AKIA".into(),
        secret_access_key: Secret::new(secret.into()),
        session_token: None,
    };
    Secrets { credentials, catalog_token: None }
}

async fn add(
    store: &Store,
    of: glovebox_model::AccountId,
    parts: &ConnectionParts,
    secrets: &Secrets,
) -> Result<glovebox_model::Connection, Taken> {
    let mut tx = store.begin().await.unwrap();
    let made = tx.insert_connection(of, parts, secrets, store.master_key()).await.unwrap();
    tx.commit().await.unwrap();
    made
}

#[tokio::test]
async fn every_place_and_every_secret_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let owner = account(&store, "a").await;
    let service = AwsService { region: "eu-west-1".into(), endpoint: Some("https://x".into()) };
    let secret = |it: &str| Secret::new(it.into());
    let places = [
        (Place::Files(objects("s3://b/p")), Credentials::Anonymous),
        (Place::Delta(objects("az://b")), Credentials::Token(secret("t"))),
        (
            Place::Glue {
                service: service.clone(),
                catalog_id: Some("1".into()),
                data: objects("s3://b"),
            },
            Credentials::AssumeRole { external_id: "e".into() },
        ),
        (
            Place::Athena { service, workgroup: "w".into(), results: objects("s3://b/r") },
            Credentials::Operator,
        ),
        (
            Place::Iceberg {
                uri: "https://c".into(),
                warehouse: Some("w".into()),
                data: objects("gs://b"),
            },
            keys("k").credentials,
        ),
        (
            Place::Postgresql { host: "h".into(), port: 5432, database: "d".into(), tls: true },
            Credentials::Password { user: "u".into(), password: secret("p") },
        ),
    ];
    for (number, (place, credentials)) in places.into_iter().enumerate() {
        let parts = parts(&format!("role{number}"), &format!("db{number}"), place);
        let secrets = Secrets { credentials, catalog_token: Some(secret("ct")) };
        let made = add(&store, owner, &parts, &secrets).await.unwrap();
        let found = store.read().await.unwrap().connection_of_id(made.id).await.unwrap().unwrap();
        assert_eq!(found, made);
        let ConnectionParts { name, databases, place } = parts;
        assert_eq!((found.name, found.databases, found.place), (name, databases, place));
        assert_eq!(found.method, secrets.credentials.method());
        assert_eq!(store.secrets(&made).await.unwrap().unwrap(), secrets);
    }
    let mut tx = store.read().await.unwrap();
    let page = tx.list_connections(owner, PageRequest { after: None, limit: 4 }).await.unwrap();
    assert_eq!(page.items.len(), 4);
    assert!(page.next.is_some());
}

#[tokio::test]
async fn a_name_and_a_database_have_one_connection_of_an_account_whatever_their_case() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (one, two) = (account(&store, "a").await, account(&store, "b").await);
    let place = || Place::Files(objects("s3://b"));
    let first = parts("role", "sales", place());
    let made = add(&store, one, &first, &keys("k")).await.unwrap();
    let named = add(&store, one, &parts("role", "other", place()), &keys("k")).await;
    assert_eq!(named, Err(Taken::Name));
    let served = add(&store, one, &parts("role2", "SALES", place()), &keys("k")).await;
    assert_eq!(served, Err(Taken::Database("SALES".into())));
    add(&store, two, &first, &keys("k")).await.unwrap();

    let mut tx = store.begin().await.unwrap();
    let again = tx.update_connection(&made, &first, &keys("newer"), store.master_key()).await;
    let again = again.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert_eq!(again.version, made.version, "only its keys changed");
    assert_eq!(store.secrets(&made).await.unwrap().unwrap(), keys("newer"));
    let mut tx = store.begin().await.unwrap();
    let elsewhere = parts("role", "sales", Place::Files(objects("s3://c")));
    let moved = tx.update_connection(&again, &elsewhere, &keys("k"), store.master_key()).await;
    tx.commit().await.unwrap();
    assert!(moved.unwrap().unwrap().version > made.version);
    assert!(store.secrets(&made).await.unwrap().is_none(), "what it was is gone");
}

#[tokio::test]
async fn a_query_is_not_disturbed_by_a_database_that_is_added_but_by_one_that_goes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let owner = account(&store, "a").await;
    let serving = |databases: &[&str]| ConnectionParts {
        databases: databases.iter().map(|it| (*it).to_owned()).collect(),
        ..parts("role", "", Place::Files(objects("s3://b")))
    };
    let made = add(&store, owner, &serving(&["sales"]), &keys("k")).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let key = store.master_key();
    let more = serving(&["hr", "sales"]);
    let more = tx.update_connection(&made, &more, &keys("k"), key).await.unwrap().unwrap();
    assert_eq!((more.version, more.databases.len()), (made.version, 2));
    let fewer = serving(&["hr"]);
    let fewer = tx.update_connection(&more, &fewer, &keys("k"), key).await.unwrap().unwrap();
    assert!(fewer.version > more.version);
}

#[tokio::test]
async fn secrets_are_sealed_for_their_connection_and_account() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (one, two) = (account(&store, "a").await, account(&store, "b").await);
    let place = || Place::Files(objects("s3://b"));
    let mine = add(&store, one, &parts("role", "sales", place()), &keys("my-hush")).await.unwrap();
    let theirs = add(&store, two, &parts("role", "sales", place()), &keys("hush")).await.unwrap();
    let file = folder.path().join("glovebox.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let sealed: Vec<u8> = sqlx::query_scalar("SELECT credentials FROM connections WHERE id = ?1")
        .bind(mine.id.to_string())
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(!sealed.windows(4).any(|it| it == b"hush"));
    sqlx::query("UPDATE connections SET credentials = ?1 WHERE id = ?2")
        .bind(sealed)
        .bind(theirs.id.to_string())
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    assert!(store.secrets(&theirs).await.is_err());
    assert_eq!(store.secrets(&mine).await.unwrap().unwrap(), keys("my-hush"));
}

#[tokio::test]
async fn what_happens_to_connections_stands_in_their_owners_tree() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let owner = account(&store, "a").await;
    let parts = parts("role", "sales", Place::Files(objects("s3://b")));
    let made = add(&store, owner, &parts, &keys("k")).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let (id, again) = (tx.external_id(owner).await.unwrap(), tx.external_id(owner).await.unwrap());
    assert_eq!(id, again);
    tx.update_connection(&made, &parts, &keys("k2"), store.master_key()).await.unwrap().unwrap();
    tx.delete_connection(&made).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.secrets(&made).await.unwrap().is_none());
    let tree = TreeName::Account(owner);
    let copy = store.ledger_export(tree, 0, 1000, Reader::Operator).await.unwrap().unwrap();
    let name = |text: &str| format!("{:?}", Entry::parse(text).unwrap().event);
    let facts: Vec<String> = copy.entries.iter().map(|it| name(&it.entry)).collect();
    let words = ["ConnectionAdded", "ConnectionChanged", "ConnectionRemoved"];
    for (fact, word) in facts.iter().rev().take(3).rev().zip(words) {
        assert!(fact.starts_with(word), "{facts:?}");
    }
    let other = account(&store, "b").await;
    let mut tx = store.begin().await.unwrap();
    assert_ne!(tx.external_id(other).await.unwrap(), id);
}
