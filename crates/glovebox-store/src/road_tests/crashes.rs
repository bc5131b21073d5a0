//! The process dies between two doors, and the house starts again.

use glovebox_model::QueryStatus;

use super::doors::refused;
use super::{LIMITS, World};
use crate::reserve::NotReserved;
use crate::{Claim, Closed, LEASE_MILLIS, NotDeliverable, NotKept, Outcome};

#[tokio::test]
async fn a_crash_before_opened_is_judged_again_but_not_for_ever() {
    let mut world = World::new().await;
    let id = world.submit().await;
    for _ in 0..3 {
        world.restart().await;
        world.claimed(id).await;
    }
    world.restart().await;
    assert_eq!(world.status(id).await, QueryStatus::Failed);
    world.ledger_holds(1, 0).await;
}

#[tokio::test]
async fn a_crash_after_opened_is_lost_and_its_late_walk_changes_nothing() {
    let mut world = World::new().await;
    let id = world.submit().await;
    let dead = world.claimed(id).await;
    world.opened(&dead).await.unwrap();
    world.restart().await;
    let query = world.query(id).await;
    assert_eq!(query.status, QueryStatus::Failed);
    assert!(query.failure.unwrap().message.starts_with("GB0900"));
    assert_eq!(world.kept(&dead).await, Err(NotKept::Superseded));
    let late = world.store.close_query(&dead, Outcome::TimedOut).await.unwrap();
    assert_eq!(late, Closed { status: QueryStatus::Failed });
    world.ledger_holds(1, 0).await;
}

#[tokio::test]
async fn a_crash_after_kept_delivers_the_same_result() {
    let mut world = World::new().await;
    let id = world.submit().await;
    let dead = world.claimed(id).await;
    world.opened(&dead).await.unwrap();
    world.kept(&dead).await.unwrap();
    world.restart().await;
    let Claim::Deliver(order) = world.store.claim(id, LIMITS).await.unwrap() else { panic!() };
    assert_eq!(
        world.store.may_deliver(&dead, world.airline).await.unwrap(),
        Err(NotDeliverable::Superseded)
    );
    world.store.may_deliver(&order, world.airline).await.unwrap().unwrap();
    let closed = world.store.close_query(&order, Outcome::Delivered).await;
    assert_eq!(closed.unwrap().status, QueryStatus::Success);
    world.restart().await;
    assert_eq!(world.status(id).await, QueryStatus::Success);
    world.ledger_holds(1, 0).await;
}

#[tokio::test]
async fn a_walk_whose_lease_ran_out_finds_every_door_shut() {
    let world = World::new().await;
    let id = world.submit().await;
    let slow = world.claimed(id).await;
    assert_eq!(world.store.claim(id, LIMITS).await.unwrap(), Claim::NotNow);
    assert!(world.store.idle_queries().await.unwrap().is_empty());
    world.later(LEASE_MILLIS / 2);
    assert!(world.store.renew(&slow).await.unwrap());
    world.later(LEASE_MILLIS + 1);
    assert_eq!(world.store.idle_queries().await.unwrap()[0].query, id);
    let fresh = world.claimed(id).await;
    assert!(!world.store.renew(&slow).await.unwrap());
    assert_eq!(world.opened(&slow).await, Err(NotReserved::Superseded));
    let closed = world.store.close_query(&slow, refused()).await.unwrap();
    assert_eq!(closed.status, QueryStatus::Submitted);
    assert_eq!(world.opened(&fresh).await, Ok(()));
}

#[tokio::test]
async fn a_transaction_that_never_committed_leaves_no_entry() {
    let mut world = World::new().await;
    let before = world.store.ledger_head(world.tree()).await.unwrap().unwrap();
    let mut tx = world.store.begin().await.unwrap();
    tx.submit(world.submission()).await.unwrap().unwrap();
    drop(tx);
    world.restart().await;
    assert_eq!(world.store.ledger_head(world.tree()).await.unwrap().unwrap(), before);
    world.ledger_holds(0, 0).await;
}
