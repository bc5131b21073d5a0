//! Figures show of private queries what their rows show.

use super::{LIMITS, World};
use crate::Claim;

impl World {
    /// Open, running, ended.
    async fn counted(&self) -> (u64, u64, u64) {
        let found = self.store.figures().await.unwrap();
        (found.open, found.running, found.ended.values().sum())
    }
}

#[tokio::test]
async fn a_private_query_counts_as_running_until_its_edge_whatever_became_of_its_walk() {
    let world = World::new().await.with_budget(9).await;
    assert_eq!(world.counted().await, (0, 0, 0));
    let released = world.submit().await;
    let failed = world.submit().await;
    assert_eq!(world.counted().await, (2, 0, 0));
    let order = world.claimed(released).await;
    assert_eq!(world.counted().await, (2, 1, 0));
    world.opened(&order).await.unwrap();
    world.held(&order, "inputs").await.unwrap();
    assert_eq!(world.counted().await, (2, 1, 0), "its walk has ended");
    let order = world.claimed(failed).await;
    world.opened(&order).await.unwrap();
    let _ = world.store.close_query(&order, crate::Outcome::Cancelled).await.unwrap();
    assert_eq!(world.counted().await, (2, 2, 0), "so has that of the other");
    let lost = world.claimed(world.submit().await).await;
    world.opened(&lost).await.unwrap();
    world.store.walk_is_over(lost.id()).await.unwrap();
    assert_eq!(world.counted().await, (3, 3, 0), "and one that died");
    world.told(released).await;
    for query in [failed, lost.id()] {
        assert_eq!(world.store.claim(query, LIMITS).await.unwrap(), Claim::Ended);
    }
    assert_eq!(world.counted().await, (1, 1, 2), "one is delivered");
    let entries: i64 = {
        let mut tx = world.store.read().await.unwrap();
        let sql = "SELECT count(*) FROM ledger_entries";
        sqlx::query_scalar(sql).fetch_one(tx.connection()).await.unwrap()
    };
    assert_eq!(world.store.figures().await.unwrap().ledger_entries, entries as u64);
}
