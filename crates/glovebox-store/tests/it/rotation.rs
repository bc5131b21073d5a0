//! Another master key: everything opens under it, nothing under the old one, and no trace stays.

use std::path::Path;

use glovebox_model::{KeyRole, PageRequest};
use glovebox_store::{Store, StoreError};

use crate::house::{key, open, try_open};
use crate::upgrade::{AIRLINE, MAKER, account, old_house};

/// Whether these bytes stand anywhere in the files of the store.
fn stands_in_files(folder: &Path, bytes: &[u8]) -> bool {
    Store::files(folder)
        .iter()
        .filter_map(|it| std::fs::read(it).ok())
        .any(|file| file.windows(bytes.len()).any(|it| it == bytes))
}

/// The sealed secrets of keys and connections, as they stand in the database.
async fn sealed(folder: &Path) -> Vec<Vec<u8>> {
    use sqlx::ConnectOptions as _;
    let file = folder.join("glovebox.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut database = options.connect().await.unwrap();
    let sql = "SELECT sealed FROM access_keys UNION ALL SELECT credentials FROM connections";
    sqlx::query_scalar(sql).fetch_all(&mut database).await.unwrap()
}

#[tokio::test]
async fn everything_opens_under_the_new_key_and_nothing_under_the_old() {
    let folder = tempfile::tempdir().unwrap();
    old_house(folder.path(), 9).await;
    let store = open(folder.path()).await;
    let [head] = [store.ledger_head(store.ledger_trees().await.unwrap()[0]).await.unwrap()];
    let before = sealed(folder.path()).await;
    let stale = open(folder.path()).await;
    let found = store.rotate_master_key(&key("ab")).await.unwrap();
    assert_eq!((found.access_keys, found.connections), (3, 1));
    // Whoever opened the store before seals nothing more with the old key.
    let refused = stale.add_key(account(MAKER.0), KeyRole::Owner).await.unwrap_err();
    assert!(refused.to_string().contains("master key"), "{refused}");
    store.close().await;
    stale.close().await;
    assert_eq!(before.len(), 4);
    for old in before {
        assert!(!stands_in_files(folder.path(), &old), "what the old key opens is gone");
    }
    let wrong = try_open(folder.path(), "07").await.unwrap_err();
    assert!(matches!(wrong, StoreError::WrongMasterKey));
    let store = try_open(folder.path(), "ab").await.unwrap();
    for (_, key, secret) in [AIRLINE, MAKER] {
        assert_eq!(store.signer(key).await.unwrap().unwrap().secret.reveal(), secret);
    }
    let mut tx = store.read().await.unwrap();
    let connections = tx.list_connections(account(MAKER.0), PageRequest::first()).await.unwrap();
    drop(tx);
    for connection in connections.items {
        assert!(store.secrets(&connection).await.unwrap().is_some());
    }
    // The ledger goes on under the same signing key.
    let now = store.ledger_head(store.ledger_trees().await.unwrap()[0]).await.unwrap();
    assert_eq!(now.unwrap().public_key, head.unwrap().public_key);
    store.add_key(account(MAKER.0), KeyRole::Owner).await.unwrap();
}

#[tokio::test]
async fn a_secret_that_does_not_open_stops_the_rotation_and_nothing_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    old_house(folder.path(), 9).await;
    let store = open(folder.path()).await;
    {
        use sqlx::ConnectOptions as _;
        let file = folder.path().join("glovebox.sqlite");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let mut database = options.connect().await.unwrap();
        let sql = "UPDATE connections SET credentials = x'01'";
        sqlx::query(sql).execute(&mut database).await.unwrap();
    }
    assert!(store.rotate_master_key(&key("ab")).await.is_err());
    store.close().await;
    let store = open(folder.path()).await;
    assert_eq!(store.signer(MAKER.1).await.unwrap().unwrap().secret.reveal(), MAKER.2);
    assert!(try_open(folder.path(), "ab").await.is_err());
}
