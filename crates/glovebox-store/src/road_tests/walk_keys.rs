//! The process of a walk opens nothing but doors.

use sqlx::Row as _;

use super::World;
use crate::{MasterKey, Reader, SealedFor, Store, Submission, WalkKeys};

/// What a walk's store would have if it could open or make access keys.
///
/// A method of its own would come before the trait's, and the tests below would not compile.
trait NoSecrets {
    fn signer(&self, _: &str) -> bool {
        false
    }

    fn master_key(&self) -> bool {
        false
    }

    fn add_key(&self) -> bool {
        false
    }

    fn create_account(&self) -> bool {
        false
    }

    fn for_walk(&self) -> bool {
        false
    }
}

impl NoSecrets for Store<WalkKeys> {}

async fn of_a_walk(world: &World) -> Store<WalkKeys> {
    let id = world.submit().await;
    let text = world.store.walk_keys(id).await.unwrap().to_text();
    let keys = WalkKeys::parse(id, &text).unwrap();
    Store::open_for_walk(world.folder.path(), keys, world.clock.clone()).await.unwrap()
}

#[tokio::test]
async fn a_walks_store_has_no_way_to_a_secret() {
    let world = World::new().await;
    let store = of_a_walk(&world).await;
    assert!(!(store.signer("x") || store.master_key() || store.add_key()));
    assert!(!(store.create_account() || store.for_walk()));
}

/// Whoever takes the process over has these bytes and the database: they do not fit together.
#[tokio::test]
async fn the_keys_of_a_walk_unseal_no_access_key() {
    let world = World::new().await;
    let store = of_a_walk(&world).await;
    let mut tx = store.read().await.unwrap();
    let row = sqlx::query("SELECT id, account, sealed FROM access_keys LIMIT 1")
        .fetch_one(tx.connection())
        .await
        .unwrap();
    let (id, account): (String, String) = (row.get(0), row.get(1));
    let sealed: Vec<u8> = row.get(2);
    let place = SealedFor { kind: "access-key", account: &account, id: &id };
    assert!(world.key.open(place, &sealed).is_ok(), "the control");
    let text = store.walk_keys().to_text();
    for key in [&text[..64], &text[64..128], &text[128..]] {
        assert!(MasterKey::parse(key).unwrap().open(place, &sealed).is_err());
    }
}

#[tokio::test]
async fn a_walks_keys_are_its_own_and_tell_nothing_of_the_master_key() {
    let world = World::new().await;
    let (one, two) = (world.submit().await, world.submit().await);
    let one = world.store.walk_keys(one).await.unwrap();
    let two = world.store.walk_keys(two).await.unwrap();
    assert_ne!(one.kept_result(), two.kept_result());
    // What is stored for the same receivers of the same collaboration answers both.
    assert_eq!(one.releases(), two.releases());
    let other = Submission { receivers: vec![world.airline, world.maker], ..world.submission() };
    let mut tx = world.store.begin().await.unwrap();
    let other = tx.submit(other).await.unwrap().unwrap().id;
    tx.commit().await.unwrap();
    let other = world.store.walk_keys(other).await.unwrap();
    assert_ne!(one.releases(), other.releases());
    for purpose in ["seal", "check", "page tokens", "kept-results"] {
        assert!(!one.to_text().contains(&hex::encode(*world.key.derive(purpose))), "{purpose}");
    }
    assert_eq!(format!("{one:?}"), format!("WalkKeys({})", one.query()));
    for bad in ["", "00", &"0".repeat(64), &"x".repeat(128)] {
        assert!(WalkKeys::parse(one.query(), bad).is_err());
    }
}

#[tokio::test]
async fn a_walks_store_passes_every_door_and_signs_as_the_house_does() {
    let world = World::new().await;
    let before = world.export(Reader::Operator).await.head;
    let store = of_a_walk(&world).await;
    let id = store.walk_keys().query();
    let crate::Claim::Judge(order) = store.claim(id, super::LIMITS).await.unwrap() else {
        panic!()
    };
    let _ = store.close_query(&order, super::doors::refused()).await.unwrap();
    let after = world.export(Reader::Operator).await.head;
    assert_eq!(before.public_key, after.public_key);
    assert!(after.size > before.size);
    world.ledger_holds(1, 0).await;
}
