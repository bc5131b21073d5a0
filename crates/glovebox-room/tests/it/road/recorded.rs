//! The head that a runner gets with its query, to keep; and how often it may ask for verdicts.

use glovebox_ledger::{Export, Head, verify};
use glovebox_model::QueryStatus;
use glovebox_room::RoomError;

use super::{QUERY, Road, start};
use crate::world::answer;

/// Checks what came against what was kept, as a client does.
fn kept(export: Export, earlier: Option<&Head>) -> Head {
    assert_eq!(export.entries, []);
    let report = verify(&export, earlier).unwrap();
    assert_eq!(report.compared, earlier.is_some());
    export.head
}

#[tokio::test]
async fn who_starts_a_query_gets_a_head_that_covers_it_and_later_one_that_covers_its_end() {
    let road = Road::new().await;
    let (room, airline) = (&road.world.room, road.world.caller("airline"));
    let before = road.ledger_holds().await.head;
    let known = Some(before.size);
    let started = room.start_recorded_query(airline, road.airline, start(QUERY), known).await;
    let started = started.unwrap();
    assert_eq!(started.query.status, QueryStatus::Submitted);
    let submitted = kept(started.ledger, Some(&before));
    assert_eq!(submitted.size, before.size + 1);

    let id = started.query.id;
    road.walk(id).await;
    let known = Some(submitted.size);
    let ended = room.get_recorded_query(airline, road.airline, id, known).await.unwrap();
    assert_eq!(ended.query.status, QueryStatus::Success);
    let closed = kept(ended.ledger, Some(&submitted));
    assert_eq!(closed, road.ledger_holds().await.head);
    assert_eq!(road.ledger_holds().await.queries.ended, 1);

    // Without a head kept before there is nothing to prove yet, and a size that never was is none.
    for from in [None, Some(u64::MAX)] {
        let again = room.get_recorded_query(airline, road.airline, id, from).await.unwrap();
        assert_eq!(kept(again.ledger, None), closed);
    }
}

#[tokio::test]
async fn a_query_that_is_not_started_gives_no_head() {
    let road = Road::new().await;
    let room = &road.world.room;
    let before = road.ledger_holds().await.head;
    for other in ["maker", "stranger"] {
        let caller = road.world.caller(other);
        let refused = room.start_recorded_query(caller, road.airline, start(QUERY), None).await;
        assert_eq!(answer(&refused), "not found", "{other}");
    }
    let refused =
        room.start_recorded_query(road.world.caller("maker"), road.maker, start(QUERY), None);
    assert_eq!(answer(&refused.await), "denied");
    assert_eq!(road.ledger_holds().await.head, before);
}

#[tokio::test]
async fn who_asks_for_verdicts_without_end_is_told_to_wait_and_leaves_no_entries() {
    let road = Road::new().await;
    let (room, place) = (&road.world.room, road.collaboration);
    let airline = road.world.caller("airline");
    let before = road.ledger_holds().await.entries;
    let mut judged = 0;
    for _ in 0..40 {
        match room.explain(airline, place, "SELECT 1".into()).await {
            Ok(_) => judged += 1,
            Err(error) => assert!(matches!(error, RoomError::Throttled { .. }), "{error}"),
        }
    }
    assert_eq!(judged, 30);
    assert_eq!(road.ledger_holds().await.entries, before + judged);
    // Half a second earns another question.
    road.world.clock.advance(500);
    assert!(room.explain(airline, place, "SELECT 1".into()).await.is_ok());
    assert!(room.explain(airline, place, "SELECT 1".into()).await.is_err());
}

#[tokio::test]
async fn a_verdict_reads_no_file() {
    let road = Road::new().await;
    let tables = road.world.room.account_folder(road.world.account("maker")).join("tables");
    std::fs::remove_dir_all(tables).unwrap();
    let airline = road.world.caller("airline");
    let explained =
        road.world.room.explain(airline, road.collaboration, QUERY.into()).await.unwrap();
    assert!(explained.plan.is_some());
}
