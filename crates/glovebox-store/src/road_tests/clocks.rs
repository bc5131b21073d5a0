//! Clocks that jump: nothing is opened until the operator says that the clock is right.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use glovebox_ledger::TreeName;
use glovebox_model::{Clock, Steady, Timestamp};

use super::{TestClock, World};
use crate::reserve::NotReserved;
use crate::{ClockJump, Reader, Store};

const MINUTE: i64 = 60_000;

/// The clock of the tests, beside one that nobody sets.
struct Watched {
    wall: Arc<TestClock>,
    steady: AtomicI64,
    starts: AtomicI64,
}

impl Clock for Watched {
    fn now(&self) -> Timestamp {
        self.wall.now()
    }

    fn steady(&self) -> Option<Steady> {
        let since = format!("start {}", self.starts.load(Ordering::SeqCst));
        Some(Steady { since, millis: self.steady.load(Ordering::SeqCst) })
    }
}

impl World {
    /// The same house with a steady clock too, as it is opened by `serve`.
    async fn watched(&mut self) -> Arc<Watched> {
        let clock = Watched {
            wall: self.clock.clone(),
            steady: AtomicI64::new(7),
            starts: AtomicI64::new(1),
        };
        let clock = Arc::new(clock);
        self.opened_with(&clock).await;
        clock
    }

    async fn opened_with(&mut self, clock: &Arc<Watched>) {
        self.store.close().await;
        let (folder, key) = (self.folder.path(), self.key.clone());
        let store = Store::open(folder, key, Arc::clone(clock) as Arc<dyn Clock>).await.unwrap();
        self.store = store.guarded_by(self.outside.path());
    }

    async fn is_halted(&self) -> bool {
        match self.run().await {
            Ok(_) => false,
            Err(NotReserved::ClockHalted) => true,
            Err(other) => panic!("{other:?}"),
        }
    }
}

impl Watched {
    /// Both clocks go on.
    fn pass(&self, millis: i64) {
        self.wall.0.fetch_add(millis, Ordering::SeqCst);
        self.steady.fetch_add(millis, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn time_that_passes_is_no_jump_and_a_jump_either_way_halts_every_query() {
    for jump in [16 * MINUTE, -16 * MINUTE] {
        let mut world = World::new().await;
        let clock = world.watched().await;
        assert_eq!(world.store.watch_clock().await.unwrap(), None);
        clock.pass(400 * 24 * 60 * MINUTE);
        assert_eq!(world.store.watch_clock().await.unwrap(), None);
        assert!(!world.is_halted().await);
        world.later(jump);
        // In the very transaction, before anybody has looked.
        assert!(world.is_halted().await, "{jump}");
        assert_eq!(world.store.watch_clock().await.unwrap(), Some(ClockJump { millis: jump }));
        let accepted = world.store.accept_clock().await.unwrap();
        assert_eq!(accepted, Some(ClockJump { millis: jump }));
        assert!(!world.is_halted().await, "{jump}");
        assert_eq!(world.store.watch_clock().await.unwrap(), None);
        assert_eq!(world.store.accept_clock().await.unwrap(), None);
        let tree = TreeName::Collaboration(world.collaboration);
        let ledger = world.store.ledger_export(tree, 0, 1000, Reader::Operator).await.unwrap();
        let said = |it: &&glovebox_ledger::ExportedEntry| it.entry.contains("clockAccepted");
        assert_eq!(ledger.unwrap().entries.iter().filter(said).count(), 1);
    }
}

#[tokio::test]
async fn many_small_steps_are_one_large_one() {
    let mut world = World::new().await;
    let clock = world.watched().await;
    world.store.watch_clock().await.unwrap();
    for _ in 0..3 {
        clock.pass(60 * MINUTE);
        world.later(5 * MINUTE);
        assert!(!world.is_halted().await);
        world.store.watch_clock().await.unwrap();
    }
    // Nor does closing the house make it forget.
    world.opened_with(&clock).await;
    assert_eq!(world.store.watch_clock().await.unwrap(), None);
    world.later(1);
    assert!(world.is_halted().await);
}

#[tokio::test]
async fn a_jump_that_was_seen_halts_until_the_operator_speaks_though_it_is_undone() {
    let mut world = World::new().await;
    let clock = world.watched().await;
    world.store.watch_clock().await.unwrap();
    world.later(20 * MINUTE);
    assert!(world.store.watch_clock().await.unwrap().is_some());
    world.later(-20 * MINUTE);
    assert!(world.is_halted().await);
    world.opened_with(&clock).await;
    assert!(world.is_halted().await);
    world.store.accept_clock().await.unwrap().unwrap();
    assert!(!world.is_halted().await);
}

#[tokio::test]
async fn after_a_start_of_the_machine_the_clock_may_not_lie_behind_the_ledger() {
    let mut world = World::new().await;
    let clock = world.watched().await;
    world.store.watch_clock().await.unwrap();
    world.run().await.unwrap();
    // Another start: the steady clock counts anew.
    clock.starts.fetch_add(1, Ordering::SeqCst);
    clock.steady.store(3, Ordering::SeqCst);
    world.later(60 * MINUTE);
    world.opened_with(&clock).await;
    assert_eq!(world.store.watch_clock().await.unwrap(), None);
    assert!(!world.is_halted().await);
    clock.starts.fetch_add(1, Ordering::SeqCst);
    world.later(-16 * MINUTE);
    assert!(world.is_halted().await);
    let found = world.store.watch_clock().await.unwrap().unwrap();
    assert_eq!(found.millis, -16 * MINUTE);
    world.store.accept_clock().await.unwrap().unwrap();
    assert!(!world.is_halted().await, "the operator says that the ledger was ahead");
}

#[tokio::test]
async fn without_a_steady_clock_a_start_far_behind_is_seen() {
    let world = World::new().await;
    world.run().await.unwrap();
    world.later(-16 * MINUTE);
    assert!(world.is_halted().await);
    assert!(world.store.clock_jump().await.unwrap().is_some());
    world.store.accept_clock().await.unwrap().unwrap();
    assert!(!world.is_halted().await);
}
