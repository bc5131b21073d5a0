//! Whose credentials the walk of a query is told.

use glovebox_catalog::{EgressTerms, Outside};
use glovebox_room::Reaches;

use super::{QUERY, Road};
use crate::connections::{bound, connection, made};

#[tokio::test]
async fn a_walk_is_told_the_credentials_of_no_connection_that_its_query_does_not_need() {
    let road = Road::new().await;
    let world = &road.world;
    let second = world.configure("maker").await;
    world.associate("maker", road.maker, second, "planes").await.unwrap();
    let named = made(world, "maker", connection("reader")).await;
    let unnamed = made(world, "maker", connection("second")).await;
    // The runner's own store, in which this result does not go.
    let inbox = made(world, "airline", connection("inbox")).await;
    let mut tx = world.room.store().begin().await.unwrap();
    for (table, to) in [(road.table, &named), (second, &unnamed)] {
        let table = tx.table(table).await.unwrap().unwrap();
        bound(&mut tx, &table, to).await;
    }
    tx.commit().await.unwrap();
    let outside = Outside::new(EgressTerms::default(), None).unwrap();
    let both = "SELECT f.carrier FROM flights f JOIN planes p ON f.carrier = p.carrier";
    for (text, needs_both) in [(QUERY, false), (both, true)] {
        let query = road.submit(text).await;
        let told = Reaches::of(road.store(), &outside, query).await.unwrap();
        let told = format!("{told:?}");
        let is_told = |id| told.contains(&format!("{id:?}"));
        assert!(is_told(named.id) && !is_told(inbox.id), "{told}");
        assert_eq!(is_told(unnamed.id), needs_both, "{told}");
    }
}
