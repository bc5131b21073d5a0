//! An older copy of the database comes back: it is known, and no query runs on it.

use std::fs;

use glovebox_model::QueryStatus;

use super::{EDGE, LIMITS, World};
use crate::{Age, Claim, NotDeliverable, NotReserved, Store};

impl World {
    /// Closes the store and takes a copy of its file.
    pub(super) async fn copy(&mut self) -> Vec<u8> {
        self.store.close().await;
        let copy = fs::read(&Store::files(self.folder.path())[0]).unwrap();
        self.restart().await;
        copy
    }

    /// Puts an older file in place of the store's.
    pub(super) async fn put_back(&mut self, copy: &[u8]) {
        self.store.close().await;
        let [file, log, shared] = Store::files(self.folder.path());
        fs::write(file, copy).unwrap();
        for other in [log, shared] {
            let _ = fs::remove_file(other);
        }
        self.restart().await;
    }
}

#[tokio::test]
async fn an_older_copy_of_the_database_opens_nothing() {
    let mut world = World::new().await.with_budget(4).await;
    world.run().await.unwrap();
    let kept = world.submit().await;
    let order = world.claimed(kept).await;
    world.opened(&order).await.unwrap();
    world.held(&order, "inputs").await.unwrap();
    world.told(kept).await;
    let older = world.copy().await;
    world.run().await.unwrap();
    let newest = world.copy().await;
    assert_eq!(world.store.age().await.unwrap(), Age::Newest);
    world.put_back(&older).await;
    assert_eq!(world.store.age().await.unwrap(), Age::Older);
    assert_eq!(world.run().await.unwrap_err(), NotReserved::Restored);
    // Nor may anything else be queried: rights that were withdrawn have come back.
    let charge = world.charge.take();
    assert_eq!(world.run().await.unwrap_err(), NotReserved::Restored);
    // Nor is what it kept delivered; but it can be read.
    let Claim::Deliver(order) = world.store.claim(kept, LIMITS).await.unwrap() else { panic!() };
    let withheld = world.store.may_deliver(&order, world.airline).await.unwrap();
    assert_eq!(withheld, Err(NotDeliverable::Revoked));
    world.ledger_holds_without_counting().await;
    world.put_back(&newest).await;
    world.charge = charge;
    assert_eq!(world.store.age().await.unwrap(), Age::Newest);
    world.run().await.unwrap();
    assert_eq!(world.charges().await.0, 4);
}

#[tokio::test]
async fn a_copy_from_before_a_charge_that_was_never_read_under_is_no_older() {
    let mut world = World::new().await.with_budget(3).await;
    world.run().await.unwrap();
    let counter = world.store.head_counter().unwrap().path().to_owned();
    let before = fs::read(&counter).unwrap();
    let order = world.claimed(world.submit().await).await;
    world.opened(&order).await.unwrap();
    // As if the process had died between the commit and the raising of the number.
    fs::write(&counter, before).unwrap();
    world.restart().await;
    assert_eq!(world.store.age().await.unwrap(), Age::Newest);
    world.later(EDGE);
    assert_eq!(world.store.claim(order.id(), LIMITS).await.unwrap(), Claim::Ended);
    assert_eq!(world.status(order.id()).await, QueryStatus::Failed);
    assert_eq!(world.charges().await.0, 2, "the charge stays");
    world.run().await.unwrap();
    assert_eq!(world.run().await.unwrap_err(), NotReserved::Exhausted { owner: world.maker });
}

#[tokio::test]
async fn without_the_file_nothing_runs_once_something_was_charged() {
    let world = World::new().await.with_budget(3).await;
    let counter = world.store.head_counter().unwrap().path().to_owned();
    assert!(!counter.exists());
    assert_eq!(world.store.age().await.unwrap(), Age::Newest, "nothing was ever charged");
    assert!(world.store.prepare_head_counter().await.unwrap());
    world.run().await.unwrap();
    fs::remove_file(&counter).unwrap();
    assert!(!world.store.prepare_head_counter().await.unwrap());
    assert!(!counter.exists(), "it is not made anew over charges");
    assert_eq!(world.run().await.unwrap_err(), NotReserved::Restored);
    fs::write(&counter, "damaged").unwrap();
    assert!(world.store.age().await.is_err());
}

#[tokio::test]
async fn a_counter_that_cannot_be_written_halts_private_queries_and_no_others() {
    let mut world = World::new().await.with_budget(3).await;
    fs::write(world.outside.path().join("no folder"), "").unwrap();
    let store = world.store.clone();
    world.store = store.guarded_by(&world.outside.path().join("no folder"));
    assert!(!world.store.prepare_head_counter().await.unwrap());
    assert_eq!(world.run().await.unwrap_err(), NotReserved::NoHeadCounter);
    world.charge = None;
    world.run().await.unwrap();
    assert_eq!(world.charges().await.0, 0);
}

#[tokio::test]
async fn without_a_head_counter_no_budget_is_charged() {
    let mut world = World::new().await.with_budget(3).await;
    let (folder, key) = (world.folder.path(), world.key.clone());
    world.store.close().await;
    world.store = Store::open(folder, key, world.clock.clone()).await.unwrap();
    assert_eq!(world.run().await.unwrap_err(), NotReserved::NoHeadCounter);
    world.charge = None;
    world.run().await.unwrap();
}
