//! Walks, crashes, wishes and changes in any order: what always holds.

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{Id, Query, QueryFailure, QueryStatus};

use super::doors::refused;
use super::{LIMITS, World};
use crate::reserve::Paid;
use crate::{Claim, LEASE_MILLIS, Order, Outcome, Snapshot};

/// A small generator (Knuth's MMIX), so that a seed names one order of events.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// A walk as it stands between two doors, dead or alive.
struct Walk {
    order: Order,
    snapshot: Option<Snapshot>,
    /// The door that would come next.
    next: usize,
}

struct Play {
    world: World,
    dice: Dice,
    queries: Vec<Id<Query>>,
    walks: Vec<Walk>,
    seen: BTreeMap<Id<Query>, QueryStatus>,
    kept: BTreeMap<Id<Query>, usize>,
}

impl Play {
    async fn step(&mut self) {
        match self.dice.roll(16) {
            0 | 1 if self.queries.len() < 8 => self.queries.push(self.world.submit().await),
            0..=3 => self.claim().await,
            4..=11 => self.walk().await,
            12 => {
                let halves = 1 + self.dice.roll(3) as i64;
                self.world.later(LEASE_MILLIS / 2 * halves);
            }
            13 => self.cancel().await,
            // A changed rule drops what is stored.
            14 if !self.world.asks_again || self.dice.roll(8) == 0 => {
                self.world.change_rule().await;
            }
            // Walks that were under way go on unknowing: their doors must be shut.
            14 => self.world.later(1_000),
            _ => self.world.restart().await,
        }
        self.look().await;
    }

    async fn claim(&mut self) {
        if self.queries.is_empty() {
            return;
        }
        let query = self.queries[self.dice.roll(self.queries.len())];
        match self.world.store.claim(query, LIMITS).await.unwrap() {
            Claim::Judge(order) | Claim::Deliver(order) => {
                self.walks.push(Walk { order, snapshot: None, next: 0 });
            }
            Claim::Ended | Claim::NotNow => {}
        }
    }

    /// Any walk tries its next door, or any door at all.
    async fn walk(&mut self) {
        if self.walks.is_empty() {
            return;
        }
        let place = self.dice.roll(self.walks.len());
        let any = self.dice.roll(15);
        let inputs = ["some files", "other files"][self.dice.roll(2)];
        let (world, walk) = (&self.world, &mut self.walks[place]);
        let door = if any < 5 { any } else { walk.next };
        walk.next = (door + 1).min(3);
        match door {
            0 => walk.snapshot = Some(world.store.snapshot(&walk.order).await.unwrap()),
            1 => {
                if let Some(snapshot) = &walk.snapshot
                    && world.open_paid(&walk.order, snapshot).await == Ok(Paid::Later)
                {
                    let _ = world.answered(&walk.order, snapshot, inputs).await;
                }
            }
            2 if world.charge.is_some() => {
                // A walk that was opened to pay later holds a result only once it has paid.
                if world.has_paid(walk.order.id()).await {
                    let _ = world.held(&walk.order, inputs).await;
                }
            }
            2 => {
                if world.kept(&walk.order).await.is_ok() {
                    *self.kept.entry(walk.order.id()).or_default() += 1;
                }
            }
            3 => {
                let query = walk.order.id();
                let before = world.has_result(query).await;
                // What is not due is refused, and changes nothing.
                if matches!(world.store.claim_kept(&walk.order).await, Ok(Ok(_))) && !before {
                    *self.kept.entry(query).or_default() += 1;
                }
                // A walk delivers only when the store says so, and then closes.
                if world.store.may_deliver(&walk.order, world.airline).await.unwrap().is_ok() {
                    let outcome = Outcome::Delivered;
                    let _ = world.store.close_query(&walk.order, outcome).await.unwrap();
                }
            }
            _ => {
                let failure = QueryFailure::generic();
                let outcomes =
                    [refused(), Outcome::Cancelled, Outcome::Failed { failure, detail: None }];
                let outcome = outcomes[self.dice.roll(3)].clone();
                // Refusing what was opened already is an error and changes nothing.
                let _ = world.store.close_query(&walk.order, outcome).await;
            }
        }
    }

    async fn cancel(&mut self) {
        if self.queries.is_empty() {
            return;
        }
        let query = self.queries[self.dice.roll(self.queries.len())];
        let mut tx = self.world.store.begin().await.unwrap();
        tx.request_cancel(query, self.world.airline_key.clone()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn look(&mut self) {
        for query in &self.queries {
            let now = self.world.status(*query).await;
            let before = self.seen.insert(*query, now).unwrap_or(QueryStatus::Submitted);
            assert!(before == now || before.may_become(now), "{before} became {now}");
            let kept = self.kept.get(query).copied().unwrap_or(0);
            assert!(kept <= 1, "kept twice");
            assert!(now != QueryStatus::Success || kept == 1, "success without a result");
        }
        if self.world.charge.is_some() {
            self.count().await;
        }
    }

    /// New results <= charges <= budget. A query was charged if and only if it was opened, unless
    /// it asked what was asked before; then what was stored answers it, or it was charged.
    async fn count(&self) {
        let (charges, loss) = self.world.charges().await;
        assert!(charges <= BUDGET);
        assert_eq!(loss, charges * 1_000_000_000);
        let mut tx = self.world.store.read().await.unwrap();
        let (opened, charged): (i64, i64) =
            sqlx::query_as(OPENED_AND_CHARGED).fetch_one(tx.connection()).await.unwrap();
        assert_eq!(charged, charges);
        assert!(opened == charges || (self.world.asks_again && opened > charges));
        let (new, paid): (i64, i64) =
            sqlx::query_as(NEW_AND_PAID).fetch_one(tx.connection()).await.unwrap();
        assert_eq!(new, paid, "a result that is not from a stored release was paid for");
    }

    /// The house starts again and brings everything to an end.
    /// Gives how they ended, and how many of them a stored release answered.
    async fn end(mut self) -> (Vec<QueryStatus>, i64) {
        self.world.restart().await;
        for query in self.queries.clone() {
            while !self.world.status(query).await.is_final() {
                self.world.later(LEASE_MILLIS + 1);
                match self.world.store.claim(query, LIMITS).await.unwrap() {
                    Claim::Judge(order) => {
                        let _ = self.world.store.close_query(&order, refused()).await.unwrap();
                    }
                    Claim::Deliver(order) => {
                        if self.world.store.claim_kept(&order).await.unwrap().is_ok() {
                            self.kept.insert(query, 1);
                        }
                        let outcome = Outcome::Delivered;
                        let _ = self.world.store.close_query(&order, outcome).await.unwrap();
                    }
                    Claim::Ended => {}
                    // Nobody walks: it waits for its edge, at most an hour after it was opened.
                    Claim::NotNow => assert!(self.world.charge.is_some()),
                }
            }
        }
        self.look().await;
        self.world.ledger_holds(self.queries.len() as u64, 0).await;
        let mut tx = self.world.store.read().await.unwrap();
        let sql = "SELECT count(*) FROM queries WHERE source IS NOT NULL";
        let stored = sqlx::query_scalar(sql).fetch_one(tx.connection()).await.unwrap();
        (self.seen.into_values().collect(), stored)
    }
}

/// What the budget affords.
const BUDGET: i64 = 4;

/// Queries that came to be opened, and those among them that were charged.
const OPENED_AND_CHARGED: &str = "SELECT count(*), count(privacy_charges.query) FROM queries
    LEFT JOIN privacy_charges ON privacy_charges.query = queries.id WHERE pins IS NOT NULL";

/// Results that are not from a stored release, and those among them that were charged.
const NEW_AND_PAID: &str = "SELECT count(*), count(privacy_charges.query) FROM results
    JOIN queries ON queries.id = results.query
    LEFT JOIN privacy_charges ON privacy_charges.query = results.query
    WHERE queries.source IS NULL";

impl World {
    async fn has_paid(&self, query: Id<Query>) -> bool {
        let mut tx = self.store.read().await.unwrap();
        let sql = "SELECT EXISTS (SELECT 1 FROM privacy_charges WHERE query = ?1)";
        let found = sqlx::query_scalar(sql).bind(query.to_string());
        found.fetch_one(tx.connection()).await.unwrap()
    }

    async fn has_result(&self, query: Id<Query>) -> bool {
        let mut tx = self.store.read().await.unwrap();
        crate::results::read(&mut tx, query).await.unwrap().is_some()
    }
}

async fn play(seed: u64, world: World) -> Vec<QueryStatus> {
    played(seed, world).await.end().await.0
}

async fn played(seed: u64, world: World) -> Play {
    let first = if world.asks_again { Some(world.release("some files", 10).await) } else { None };
    let mut play = Play {
        world,
        dice: Dice(seed),
        queries: first.into_iter().collect(),
        walks: Vec::new(),
        seen: first.map(|it| (it, QueryStatus::Success)).into_iter().collect(),
        kept: first.map(|it| (it, 1)).into_iter().collect(),
    };
    for _ in 0..120 {
        play.step().await;
    }
    play
}

#[tokio::test]
async fn no_order_of_events_overdraws_a_budget_or_loses_a_charge() {
    for seed in 100..112 {
        let world = World::new().await.with_budget(BUDGET as u32).await;
        play(seed, world).await;
    }
}

#[tokio::test]
async fn no_order_of_events_gives_an_answer_for_nothing_that_was_not_paid_for_once() {
    let mut stored = 0;
    for seed in 200..208 {
        let mut world = World::new().await.with_budget(BUDGET as u32).await;
        world.asks_again = true;
        stored += played(seed, world).await.end().await.1;
    }
    assert!(stored > 0, "no stored release was ever an answer");
}

#[tokio::test]
async fn no_order_of_events_breaks_status_result_or_ledger() {
    let mut reached = BTreeSet::new();
    for seed in 0..12 {
        reached.extend(play(seed, World::new().await).await);
    }
    let all = [QueryStatus::Cancelled, QueryStatus::Failed, QueryStatus::Success];
    assert_eq!(reached, BTreeSet::from(all), "some ends were never reached");
}
