//! The house dies at every door, before and after its commit, and starts again.

use glovebox_model::QueryStatus;
use glovebox_room::{CrashPoint, Walked};

use super::{QUERY, Road};

const BEFORE_OPENED: [&str; 4] =
    ["claim:before", "claim:after", "snapshot:after", "reserve:before"];
/// Where a query is open and nothing of its result is kept.
pub(super) const OPENED: [&str; 6] = [
    "reserve:after",
    "execute:before",
    "execute:after",
    "release:after",
    "encode:after",
    "keep:before",
];
const KEPT: [&str; 5] =
    ["keep:after", "deliver:before", "deliver:open", "deliver:after", "close:before"];

/// Dies at the point, starts again, and walks until the query has ended.
async fn dies_at(point: &str) -> (Road, QueryStatus, Option<String>) {
    let mut road = Road::new().await;
    let id = road.submit(QUERY).await;
    let walked = road.walker(id, CrashPoint::stop_at(point)).await.walk().await.unwrap();
    assert_eq!(walked, Walked::Unfinished, "{point}");
    let early = road.result("airline", id);
    road.restart().await;
    let mut status = road.query(id).await.status;
    if !status.is_final() {
        status = road.walk(id).await.status;
    }
    let result = road.result("airline", id);
    if early.is_some() {
        assert_eq!(early, result, "{point}: two answers");
    }
    let report = road.ledger_holds().await;
    assert_eq!((report.queries.ended, report.queries.open), (1, 0), "{point}");
    let log = road.log(road.world.account("airline")).await;
    assert!(log.contains("SUBMISSION") && log.contains("TERMINATION"), "{point}: {log}");
    (road, status, result)
}

#[tokio::test]
async fn before_opened_the_query_is_judged_again_and_succeeds() {
    for point in BEFORE_OPENED {
        let (_, status, result) = dies_at(point).await;
        assert_eq!(status, QueryStatus::Success, "{point}");
        assert_eq!(result.as_deref(), Some("carrier,total\nUA,435\n"), "{point}");
    }
}

#[tokio::test]
async fn between_opened_and_kept_the_query_is_lost_and_nothing_is_delivered() {
    for point in OPENED {
        let (_, status, result) = dies_at(point).await;
        assert_eq!(status, QueryStatus::Failed, "{point}");
        assert_eq!(result, None, "{point}");
    }
}

#[tokio::test]
async fn after_kept_the_same_bytes_are_delivered() {
    for point in KEPT {
        let (_, status, result) = dies_at(point).await;
        assert_eq!(status, QueryStatus::Success, "{point}");
        assert_eq!(result.as_deref(), Some("carrier,total\nUA,435\n"), "{point}");
    }
}

#[tokio::test]
async fn after_close_nothing_is_left_to_do() {
    for point in ["close:after", "forget:before"] {
        let mut road = Road::new().await;
        let id = road.submit(QUERY).await;
        road.walker(id, CrashPoint::stop_at(point)).await.walk().await.unwrap();
        road.restart().await;
        assert_eq!(road.query(id).await.status, QueryStatus::Success, "{point}");
    }
}

#[tokio::test]
async fn the_data_may_change_after_kept_and_the_answer_does_not() {
    let mut road = Road::new().await;
    let id = road.submit(QUERY).await;
    road.walker(id, CrashPoint::stop_at("keep:after")).await.walk().await.unwrap();
    road.world.put_table("maker", "flights.csv", "tailnum,carrier,delay\nN1,ZZ,1\n");
    road.restart().await;
    assert_eq!(road.walk(id).await.status, QueryStatus::Success);
    assert_eq!(road.result("airline", id).unwrap(), "carrier,total\nUA,435\n");
}

#[tokio::test]
async fn a_right_withdrawn_after_kept_withholds_the_result() {
    let mut road = Road::new().await;
    let id = road.submit(QUERY).await;
    road.walker(id, CrashPoint::stop_at("keep:after")).await.walk().await.unwrap();
    let (room, maker) = (&road.world.room, road.world.caller("maker"));
    let aggregation = crate::world::AGGREGATION;
    room.delete_configured_table_analysis_rule(maker, road.table, aggregation).await.unwrap();
    road.restart().await;
    let query = road.walk(id).await;
    assert_eq!(query.status, QueryStatus::Failed);
    assert!(query.failure.unwrap().message.starts_with("GB0901"));
    assert_eq!(road.result("airline", id), None);
    road.ledger_holds().await;
}
