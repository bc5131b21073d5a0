//! Accounts and their keys.

use std::path::PathBuf;

use glovebox_model::KeyRole;
use glovebox_store::{AccountError, NewAccount};

use crate::house::{named, open};

#[tokio::test]
async fn an_account_signs_with_any_of_its_enabled_keys() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (account, first, secret) = store.create_account(named("airline")).await.unwrap();
    let signer = store.signer(first.as_str()).await.unwrap().unwrap();
    assert_eq!(signer.account, account.id);
    assert_eq!(signer.secret.reveal(), secret.reveal());
    assert_eq!(secret.reveal().len(), 40);

    let (second, other) = store.add_key(account.id, KeyRole::Owner).await.unwrap();
    assert_ne!(other.reveal(), secret.reveal());
    assert!(store.signer(first.as_str()).await.unwrap().is_some());
    store.disable_key(&first).await.unwrap();
    store.disable_key(&first).await.unwrap();
    assert!(store.signer(first.as_str()).await.unwrap().is_none());
    assert!(store.signer(second.as_str()).await.unwrap().is_some());
    let keys = store.keys(account.id).await.unwrap();
    assert_eq!(keys.iter().map(|it| it.enabled).collect::<Vec<_>>(), [false, true]);

    store.disable_account(account.id).await.unwrap();
    store.disable_account(account.id).await.unwrap();
    assert!(store.signer(second.as_str()).await.unwrap().is_none());
    let refused = store.add_key(account.id, KeyRole::Owner).await;
    assert!(matches!(refused, Err(AccountError::Disabled(_))));
}

#[tokio::test]
async fn nobody_signs_with_a_key_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for id in ["", "GBIA", "GBIAAAAAAAAAAAAAAAAA", "AKIAIOSFODNN7EXAMPLE", "' OR 1=1 --"] {
        assert!(store.signer(id).await.unwrap().is_none(), "{id}");
    }
}

#[tokio::test]
async fn no_secret_stands_in_any_file_or_debug_text() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (_, key, secret) = store.create_account(named("airline")).await.unwrap();
    let signer = store.signer(key.as_str()).await.unwrap().unwrap();
    assert!(!format!("{signer:?} {secret:?} {store:?}").contains(secret.reveal()));
    store.close().await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let secret = secret.reveal().as_bytes();
        assert!(!bytes.windows(secret.len()).any(|it| it == secret));
    }
}

#[tokio::test]
async fn numbers_are_taken_once_and_names_are_plain() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let id = "123456789012".parse().unwrap();
    let new = NewAccount { id: Some(id), ..named("a") };
    store.create_account(new.clone()).await.unwrap();
    let again = store.create_account(new).await;
    assert!(matches!(again, Err(AccountError::Exists(_))));
    for name in ["", "  ", "a\nb", "\u{1b}[31m", &"x".repeat(101)] {
        let refused = store.create_account(named(name)).await;
        assert!(matches!(refused, Err(AccountError::Name)), "{name:?}");
    }
    let relative = NewAccount { tables: Some(PathBuf::from("tables")), ..named("b") };
    let refused = store.create_account(relative).await;
    assert!(matches!(refused, Err(AccountError::Folder)));
    let own = NewAccount { tables: Some(PathBuf::from("/srv/tables")), ..named("c") };
    let (made, ..) = store.create_account(own).await.unwrap();
    let mut reading = store.read().await.unwrap();
    assert_eq!(reading.account(made.id).await.unwrap(), Some(made));
}

#[tokio::test]
async fn the_eleventh_enabled_key_is_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let (account, first, _) = store.create_account(named("a")).await.unwrap();
    for _ in 0..9 {
        store.add_key(account.id, KeyRole::Owner).await.unwrap();
    }
    let refused = store.add_key(account.id, KeyRole::Owner).await;
    assert!(matches!(refused, Err(AccountError::TooManyKeys(10))));
    store.disable_key(&first).await.unwrap();
    store.add_key(account.id, KeyRole::Owner).await.unwrap();
}
