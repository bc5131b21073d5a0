//! One directory, several handles: what one commits the others see, and nothing else.

use std::os::unix::fs::PermissionsExt as _;

use futures::future::join_all;
use glovebox_store::StoreError;

use crate::house::{account, named, open, plain_member, terms, try_open};

#[tokio::test]
async fn a_wrong_master_key_is_refused_and_the_right_one_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let wrong = try_open(folder.path(), "08").await;
    assert!(matches!(wrong, Err(StoreError::WrongMasterKey)));
    open(folder.path()).await;
}

#[tokio::test]
async fn many_handles_open_a_fresh_directory_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let stores = join_all((0..8).map(|_| open(folder.path()))).await;
    account(&stores[0], "a").await;
    assert_eq!(stores[7].accounts().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_of_two_handles_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()).await, open(folder.path()).await);
    let tasks = (0..20).map(|index| {
        let store = if index % 2 == 0 { one.clone() } else { two.clone() };
        tokio::spawn(async move { account(&store, &format!("account {index}")).await })
    });
    for made in join_all(tasks).await {
        made.unwrap();
    }
    let accounts = one.accounts().await.unwrap();
    assert_eq!(accounts.len(), 20);
    let versions: Vec<i64> = accounts.iter().map(|it| it.version).collect();
    assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "{versions:?}");
}

#[tokio::test]
async fn a_reader_waits_for_no_writer_and_sees_what_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let creator = account(&store, "a").await;
    let mut writing = store.begin().await.unwrap();
    let members = [(creator, plain_member("a"))];
    let made = writing.insert_collaboration(creator, terms("x"), &members).await.unwrap();
    let mut before = store.read().await.unwrap();
    assert_eq!(before.collaboration(made.id).await.unwrap(), None);
    writing.commit().await.unwrap();
    assert_eq!(before.collaboration(made.id).await.unwrap(), None, "one consistent state");
    let mut after = open(folder.path()).await.read().await.unwrap();
    assert_eq!(after.collaboration(made.id).await.unwrap(), Some(made));
}

#[tokio::test]
async fn a_transaction_dropped_midway_leaves_nothing_not_even_in_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let creator = account(&store, "a").await;
    let trees = store.ledger_trees().await.unwrap();
    let mut writing = store.begin().await.unwrap();
    let members = [(creator, plain_member("a"))];
    let lost = writing.insert_collaboration(creator, terms("x"), &members).await.unwrap();
    drop(writing);
    let mut reading = store.read().await.unwrap();
    assert_eq!(reading.collaboration(lost.id).await.unwrap(), None);
    assert_eq!(store.ledger_trees().await.unwrap(), trees);
    account(&store, "b").await;
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let creator = account(&store, "a").await;
    let mut reading = store.read().await.unwrap();
    let members = [(creator, plain_member("a"))];
    assert!(reading.insert_collaboration(creator, terms("x"), &members).await.is_err());
}

#[tokio::test]
async fn directory_and_files_are_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let store = open(&path).await;
    account(&store, "a").await;
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    for file in std::fs::read_dir(&path).unwrap() {
        let file = file.unwrap();
        assert_eq!(mode(&file.path()), 0o600, "{:?}", file.file_name());
    }
}

#[tokio::test]
async fn a_directory_of_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let file = folder.path().join("glovebox.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut raw =
        <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut raw).await.unwrap();
    drop(raw);
    let newer = try_open(folder.path(), "07").await;
    assert!(matches!(newer, Err(StoreError::Newer { found: 99, .. })));
}

#[tokio::test]
async fn a_row_that_this_version_cannot_read_is_an_error_without_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.create_account(named("a")).await.unwrap();
    let file = folder.path().join("glovebox.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut raw =
        <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    let sql = "UPDATE accounts SET document = '{\"v1\":{\"name\":\"secret\",\"more\":1}}'";
    sqlx::raw_sql(sql).execute(&mut raw).await.unwrap();
    let error = store.accounts().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store holds a row of accounts that this version cannot read"
    );
}
