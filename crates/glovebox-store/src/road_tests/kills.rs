//! The task that opens a query is killed at every place where it waits.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use glovebox_model::{Id, Query};

use super::World;
use crate::{Age, Outcome};

/// Polls a future so often and then drops it; `None` unless it came to its end.
pub(super) async fn killed_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// Whether the query was opened; it was charged and stands as opened in the ledger if it was, and
/// neither if not.
async fn opened(world: &World, query: Id<Query>) -> bool {
    // Whoever writes next waits for what the killed task left under way.
    drop(world.store.begin().await.unwrap());
    let mut tx = world.store.read().await.unwrap();
    let counts: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM queries WHERE id = ?1 AND stage = 'OPENED'),
            (SELECT count(*) FROM privacy_charges WHERE query = ?1),
            (SELECT count(*) FROM ledger_entries WHERE entry LIKE '%opened%' || ?1 || '%')",
    )
    .bind(query.to_string())
    .fetch_one(tx.connection())
    .await
    .unwrap();
    assert!(counts == (0, 0, 0) || counts == (1, 1, 1), "{counts:?}");
    counts.0 == 1
}

#[tokio::test]
async fn a_kill_at_any_moment_leaves_a_whole_charge_or_none() {
    // How often a future is polled, and so where a kill falls, differs from run to run: whatever
    // is claimed of a kill holds in every run, and one run must have met all moments.
    let mut met = Vec::new();
    for _ in 0..30 {
        let (before, after) = killed_at_each_poll().await;
        met.push((before, after));
        if before > 20 && after > 0 {
            return;
        }
    }
    panic!(
        "no run was killed more than 20 times before the commit and then before the counter: {met:?}"
    );
}

/// Kills the debit after one more poll each time, until the budget is spent; gives how many kills
/// fell before the commit, and how many between it and the head counter.
async fn killed_at_each_poll() -> (u32, u32) {
    const BUDGET: i64 = 5;
    let world = World::new().await.with_budget(BUDGET as u32).await;
    let (mut before, mut after, mut ends) = (0, 0, 0);
    for polls in 1.. {
        let order = world.claimed(world.submit().await).await;
        let snapshot = world.store.snapshot(&order).await.unwrap();
        let ended = killed_after(polls, world.open(&order, &snapshot)).await;
        let opened = opened(&world, order.id()).await;
        assert!(ended.as_ref().is_none_or(|it| it.is_ok() == opened));
        let (charges, loss) = world.charges().await;
        assert!(charges <= BUDGET && loss == charges * 1_000_000_000, "{charges} {loss}");
        assert_eq!(world.store.age().await.unwrap(), Age::Newest, "after {polls} polls");
        let _ = world.store.close_query(&order, Outcome::Cancelled).await.unwrap();
        match ended {
            None if opened => after += 1,
            None => before += 1,
            Some(_) => ends += 1,
        }
        if ends == BUDGET {
            break;
        }
    }
    // What is left can be spent to the last unit, and not further.
    while world.run().await.is_ok() {}
    assert_eq!(world.charges().await, (BUDGET, BUDGET * 1_000_000_000));
    world.ledger_holds_without_counting().await;
    println!("{before} kills before the commit, {after} behind it");
    (before, after)
}
