//! Copies of the database while it is used.

use std::os::unix::fs::PermissionsExt as _;

use glovebox_store::{Store, StoreError};

use crate::house::{account, named, open, plain_member, terms};

#[tokio::test]
async fn a_copy_is_of_one_moment_and_waits_for_no_writer() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(folder.path()).await;
    let before = account(&store, "before").await;
    // Another process holds the write lock, half way through something.
    let other = open(folder.path()).await;
    let mut half = other.begin().await.unwrap();
    let owner = half.account(before).await.unwrap().unwrap();
    half.insert_collaboration(owner.id, terms("half"), &[(owner.id, plain_member("a"))])
        .await
        .unwrap();
    let copy = elsewhere.path().join("glovebox.sqlite");
    store.back_up(&copy).await.unwrap();
    drop(half);
    account(&store, "after").await;
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 1, "nothing beside it");
    let restored = open(elsewhere.path()).await;
    let names: Vec<String> =
        restored.accounts().await.unwrap().into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["before"]);
    restored.create_account(named("goes on")).await.unwrap();
}

#[tokio::test]
async fn a_copy_is_written_over_nothing() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store: Store = open(folder.path()).await;
    let copy = elsewhere.path().join("glovebox.sqlite");
    std::fs::write(&copy, "precious").unwrap();
    assert!(matches!(store.back_up(&copy).await, Err(StoreError::File { .. })));
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), "precious");
    assert!(store.back_up(&elsewhere.path().join("missing/glovebox.sqlite")).await.is_err());
}
