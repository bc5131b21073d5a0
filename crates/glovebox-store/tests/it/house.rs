//! What the tests share: a clock, a key, a folder.

use std::path::Path;
use std::sync::Arc;

use glovebox_model::{AccountId, Clock, CollaborationTerms, MemberTerms, Payment, Timestamp};
use glovebox_store::{MasterKey, NewAccount, Store, StoreError};

pub(crate) struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }
}

pub(crate) fn key(digits: &str) -> MasterKey {
    MasterKey::parse(&digits.repeat(32)).unwrap()
}

pub(crate) async fn open(folder: &Path) -> Store {
    try_open(folder, "07").await.unwrap()
}

pub(crate) async fn try_open(folder: &Path, digits: &str) -> Result<Store, StoreError> {
    Store::open(folder, key(digits), Arc::new(Noon)).await
}

pub(crate) fn named(name: &str) -> NewAccount {
    NewAccount { name: name.into(), ..NewAccount::default() }
}

pub(crate) async fn account(store: &Store, name: &str) -> AccountId {
    store.create_account(named(name)).await.unwrap().0.id
}

pub(crate) fn terms(name: &str) -> CollaborationTerms {
    CollaborationTerms {
        name: name.into(),
        description: None,
        creator_display_name: "a".into(),
        encryption: None,
        query_log: true,
        job_log: false,
        auto_approved_changes: vec![],
        allowed_result_regions: vec![],
        metrics: false,
    }
}

pub(crate) fn plain_member(name: &str) -> MemberTerms {
    MemberTerms {
        display_name: name.into(),
        abilities: vec![],
        ml_abilities: vec![],
        payment: Payment::default(),
    }
}
