//! What a private query came to is told at the edge of its time bucket, and nothing of it before.

use glovebox_ledger::Export;
use glovebox_model::{AccountId, Id, Query, QueryFailure, QueryStatus};

use super::{EDGE, LIMITS, World};
use crate::{Claim, ClaimLimits, Door, LEASE_MILLIS, NotKept, Order, Outcome, Reader, Stand};

impl World {
    async fn private() -> Self {
        Self::new().await.with_budget(20).await
    }

    async fn open_one(&self) -> Order {
        let order = self.claimed(self.submit().await).await;
        self.opened(&order).await.unwrap();
        order
    }

    /// All that a member can see of a query: status, doors, log lines, and how long the ledger is.
    async fn shown(&self, id: Id<Query>) -> (QueryStatus, Vec<Door>, Vec<String>, u64, bool) {
        let mut tx = self.store.read().await.unwrap();
        let query = tx.query(id).await.unwrap().unwrap();
        let progress = tx.progress(id).await.unwrap().unwrap();
        let doors = progress.passed.iter().map(|it| it.door).collect();
        let lines =
            sqlx::query_scalar("SELECT stage FROM member_logs WHERE query = ?1 ORDER BY seq")
                .bind(id.to_string())
                .fetch_all(tx.connection())
                .await
                .unwrap();
        drop(tx);
        let Export { head, .. } = self.export(Reader::Operator).await;
        let ended = query.failure.is_some() || query.finished.is_some();
        (query.status, doors, lines, head.size, ended)
    }

    fn failed(&self) -> Outcome {
        let detail = Some((self.maker, "a file is gone".to_owned()));
        Outcome::Failed { failure: QueryFailure::generic(), detail }
    }

    async fn strikes(&self) -> i64 {
        let mut tx = self.store.read().await.unwrap();
        let sql = "SELECT coalesce(sum(failures), 0) FROM locks";
        sqlx::query_scalar(sql).fetch_one(tx.connection()).await.unwrap()
    }

    async fn locked(&self) -> Vec<AccountId> {
        let mut tx = self.store.read().await.unwrap();
        let name = super::name("planes");
        let found = tx.association_named(self.collaboration, &name).await.unwrap().unwrap();
        tx.locked_out(found.id).await.unwrap()
    }

    /// Nobody can claim the query, and nobody looks for it.
    async fn waits(&self, id: Id<Query>) {
        assert_eq!(self.store.claim(id, LIMITS).await.unwrap(), Claim::NotNow);
        assert!(self.store.idle_queries().await.unwrap().iter().all(|it| it.query != id));
        assert_eq!(self.store.walk_is_over(id).await.unwrap(), Stand::Held);
    }
}

#[tokio::test]
async fn results_failures_and_crashes_look_alike_until_the_edge() {
    let world = World::private().await;
    let (good, bad, dead) =
        (world.open_one().await, world.open_one().await, world.open_one().await);
    let mut before = Vec::new();
    for order in [&good, &bad, &dead] {
        before.push(world.shown(order.id()).await);
    }
    assert_eq!(before[0], before[1]);
    assert_eq!(before[0], before[2]);
    world.later(1_000);
    world.held(&good, "inputs").await.unwrap();
    let closed = world.store.close_query(&bad, world.failed()).await.unwrap();
    assert_eq!(closed.status, QueryStatus::Started);
    assert_eq!(world.store.walk_is_over(dead.id()).await.unwrap(), Stand::Held);
    world.later(EDGE - 1_001);
    for order in [&good, &bad, &dead] {
        world.waits(order.id()).await;
        assert_eq!(world.shown(order.id()).await, before[0]);
    }
    assert_eq!(world.strikes().await, 0);
    world.later(1);
    let idle = world.store.idle_queries().await.unwrap();
    assert_eq!(idle.len(), 3, "all are due at once");
    for order in [&bad, &dead] {
        assert_eq!(world.store.claim(order.id(), LIMITS).await.unwrap(), Claim::Ended);
        let query = world.query(order.id()).await;
        assert_eq!(
            (query.status, query.failure),
            (QueryStatus::Failed, Some(QueryFailure::generic()))
        );
    }
    assert_eq!(world.strikes().await, 2);
    let lines = world.shown(bad.id()).await.2;
    assert_eq!(lines, ["SUBMISSION", "SUBMISSION", "FAILURE_DETAIL", "TERMINATION", "TERMINATION"]);
    let Claim::Deliver(order) = world.store.claim(good.id(), LIMITS).await.unwrap() else {
        panic!("a result is due")
    };
    assert!(order.is_private());
    let _ = world.store.claim_kept(&order).await.unwrap().unwrap();
    world.store.may_deliver(&order, world.airline).await.unwrap().unwrap();
    let outcome = Outcome::Delivered;
    assert_eq!(
        world.store.close_query(&order, outcome).await.unwrap().status,
        QueryStatus::Success
    );
    assert_eq!(world.strikes().await, 2);
    world.ledger_holds(3, 0).await;
}

/// Found by the simulation: the walk failed with a row that could not be read.
#[tokio::test]
async fn a_clock_that_goes_back_between_claim_and_telling_puts_the_telling_off() {
    let world = World::private().await;
    let order = world.open_one().await;
    world.held(&order, "inputs").await.unwrap();
    world.later(EDGE);
    let Claim::Deliver(early) = world.store.claim(order.id(), LIMITS).await.unwrap() else {
        panic!("a result is due")
    };
    world.later(-EDGE);
    assert_eq!(world.store.claim_kept(&early).await.unwrap().unwrap_err(), NotKept::Superseded);
    world.later(EDGE + LEASE_MILLIS);
    let Claim::Deliver(again) = world.store.claim(order.id(), LIMITS).await.unwrap() else {
        panic!("a result is due")
    };
    let _ = world.store.claim_kept(&again).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_crash_at_any_stage_leaves_the_edge_where_it_was() {
    let mut world = World::private().await;
    let (held, lost) = (world.open_one().await, world.open_one().await);
    world.held(&held, "inputs").await.unwrap();
    world.restart().await;
    for order in [&held, &lost] {
        world.waits(order.id()).await;
    }
    assert_eq!(world.held(&lost, "inputs").await, Err(NotKept::Superseded), "its fence is old");
    let order = world.told(held.id()).await;
    // It dies between the record and the delivery, and another delivers the same.
    world.restart().await;
    let Claim::Deliver(again) = world.store.claim(held.id(), LIMITS).await.unwrap() else {
        panic!("what was recorded is delivered")
    };
    let late = world.store.claim_kept(&order).await.unwrap();
    assert_eq!(late.map(drop), Err(NotKept::Superseded));
    let _ = world.store.claim_kept(&again).await.unwrap().unwrap();
    let outcome = Outcome::Delivered;
    let _ = world.store.close_query(&again, outcome).await.unwrap();
    assert_eq!(world.status(held.id()).await, QueryStatus::Success);
    // The house fell, not the query: that is no strike.
    assert_eq!(world.status(lost.id()).await, QueryStatus::Failed);
    assert_eq!(world.strikes().await, 0);
    world.ledger_holds(2, 0).await;
}

#[tokio::test]
async fn who_comes_after_the_edge_waits_for_the_next_and_the_third_is_shut_out() {
    let world = World::private().await;
    for strikes in 1..=3 {
        let order = world.open_one().await;
        world.later(EDGE + 1);
        world.held(&order, "inputs").await.unwrap();
        world.later(15_000 - EDGE - 2);
        world.waits(order.id()).await;
        assert_eq!(world.strikes().await, strikes - 1, "a strike shows at the edge");
        world.later(1 - EDGE);
        let order = world.told(order.id()).await;
        world.store.may_deliver(&order, world.airline).await.unwrap().unwrap();
        let outcome = Outcome::Delivered;
        let closed = world.store.close_query(&order, outcome).await.unwrap();
        assert_eq!(closed.status, QueryStatus::Success, "what was paid for is delivered");
        assert_eq!(world.strikes().await, strikes);
    }
    assert_eq!(world.locked().await, [world.airline]);
}

#[tokio::test]
async fn a_late_failure_is_one_strike_and_no_edge_is_ever_left_out() {
    let world = World::private().await;
    let order = world.open_one().await;
    world.later(901_000);
    assert!(world.store.renew(&order).await.unwrap());
    let _ = world.store.close_query(&order, world.failed()).await.unwrap();
    world.later(3_600_000 - 901_000 - 1);
    world.waits(order.id()).await;
    world.later(1);
    assert_eq!(world.store.claim(order.id(), LIMITS).await.unwrap(), Claim::Ended);
    assert_eq!(world.strikes().await, 1);
}

#[tokio::test]
async fn a_wish_to_stop_is_granted_at_the_edge_wherever_the_walk_stands() {
    let world = World::private().await;
    let (runs, held) = (world.open_one().await, world.open_one().await);
    world.held(&held, "inputs").await.unwrap();
    for order in [&runs, &held] {
        let mut tx = world.store.begin().await.unwrap();
        tx.request_cancel(order.id(), world.airline_key.clone()).await.unwrap();
        tx.commit().await.unwrap();
    }
    // The process of the one that runs is to be killed; there is none of the other.
    assert_eq!(world.store.cancelling_queries().await.unwrap(), [runs.id()]);
    assert_eq!(world.store.walk_is_over(runs.id()).await.unwrap(), Stand::Held);
    assert!(world.store.cancelling_queries().await.unwrap().is_empty());
    for order in [&runs, &held] {
        world.waits(order.id()).await;
        assert_eq!(world.status(order.id()).await, QueryStatus::Cancelling);
    }
    world.later(EDGE);
    for order in [&runs, &held] {
        assert_eq!(world.store.claim(order.id(), LIMITS).await.unwrap(), Claim::Ended);
        assert_eq!(world.status(order.id()).await, QueryStatus::Cancelled);
        assert!(!world.store.needs_files(order.id()).await.unwrap());
    }
    assert_eq!(world.strikes().await, 0);
    world.ledger_holds(2, 0).await;
}

#[tokio::test]
async fn a_query_takes_its_place_until_its_edge_whenever_its_walk_ends() {
    let world = World::private().await;
    let one = ClaimLimits { running_per_membership: 1 };
    let order = world.open_one().await;
    let next = world.submit().await;
    assert_eq!(world.store.claim(next, one).await.unwrap(), Claim::NotNow);
    world.held(&order, "inputs").await.unwrap();
    assert_eq!(world.store.claim(next, one).await.unwrap(), Claim::NotNow);
    let idle = world.store.idle_queries().await.unwrap();
    assert_eq!((idle[0].query, idle[0].held, idle[0].is_due), (next, 1, false));
    world.later(EDGE);
    assert!(matches!(world.store.claim(next, one).await.unwrap(), Claim::Judge(_)));
    // What is due takes no place, and waits for none.
    let idle = world.store.idle_queries().await.unwrap();
    assert_eq!((idle[0].query, idle[0].is_due), (order.id(), true));
    assert!(matches!(world.store.claim(order.id(), one).await.unwrap(), Claim::Deliver(_)));
}

#[tokio::test]
async fn what_no_process_can_walk_fails_at_its_edge_too() {
    let world = World::private().await;
    let order = world.open_one().await;
    world.store.give_up(order.id()).await.unwrap();
    world.store.give_up(order.id()).await.unwrap();
    world.waits(order.id()).await;
    world.later(EDGE);
    assert_eq!(world.store.claim(order.id(), LIMITS).await.unwrap(), Claim::Ended);
    let result = world.open_one().await;
    world.held(&result, "inputs").await.unwrap();
    world.later(EDGE);
    world.store.give_up(result.id()).await.unwrap();
    assert_eq!(world.status(result.id()).await, QueryStatus::Failed);
    world.ledger_holds(2, 0).await;
}

#[tokio::test]
async fn a_private_result_cannot_be_recorded_around_its_edge() {
    let world = World::private().await;
    let order = world.open_one().await;
    let result = world.result(order.id(), 10);
    assert!(world.store.keep_result(&order, &result, false).await.is_err());
    world.held(&order, "inputs").await.unwrap();
    assert_eq!(world.held(&order, "inputs").await, Err(NotKept::Superseded));
    let early = world.store.claim_kept(&order).await.unwrap();
    assert_eq!(early.unwrap_err(), NotKept::Superseded, "it is not due");
    world.waits(order.id()).await;
}
