//! Sources and buckets that fail: one text for the analyst, the detail for the owner alone.

use std::fs;
use std::time::Duration;

use glovebox_model::{QueryFailure, QueryStatus};
use glovebox_room::{CrashPoint, WalkLimits};

use super::{QUERY, Road};

#[tokio::test]
async fn a_missing_file_fails_the_query_and_only_its_owner_learns_why() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    let maker = road.world.account("maker");
    fs::remove_file(road.world.room.account_folder(maker).join("tables/shop/flights.csv")).unwrap();
    let query = road.walk(id).await;
    assert_eq!(query.status, QueryStatus::Failed);
    assert_eq!(query.failure, Some(QueryFailure::generic()));
    assert!(road.log(maker).await.contains("FAILURE_DETAIL"));
    let airline = road.log(road.world.account("airline")).await;
    assert!(airline.contains("TERMINATION") && !airline.contains("FAILURE_DETAIL"));
}

#[tokio::test]
async fn a_schema_that_changed_since_it_was_configured_fails_the_query() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    road.world.put_table("maker", "flights.csv", "tailnum,carrier\nN1,UA\n");
    let query = road.walk(id).await;
    assert_eq!(query.failure, Some(QueryFailure::generic()));
}

#[tokio::test]
async fn an_empty_table_delivers_a_header() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    road.world.put_table("maker", "flights.csv", "tailnum,carrier,delay\n");
    let query = road.walk(id).await;
    assert_eq!(query.status, QueryStatus::Success, "{:?}", query.failure);
    assert_eq!(road.result("airline", id).unwrap(), "carrier,total\n");
}

#[tokio::test]
async fn a_bucket_that_vanished_after_start_fails_the_query() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    fs::remove_dir(road.bucket("airline")).unwrap();
    let query = road.walk(id).await;
    assert_eq!(query.status, QueryStatus::Failed);
    assert!(query.failure.unwrap().message.starts_with("GB0902"));
    road.ledger_holds().await;
}

#[tokio::test]
async fn a_result_over_the_limit_fails_the_query_and_leaves_nothing() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    let limits = WalkLimits { result_bytes: 4, ..WalkLimits::default() };
    road.limited(id, &limits, CrashPoint::default()).await.walk().await.unwrap();
    let query = road.query(id).await;
    assert_eq!(query.failure, Some(QueryFailure::generic()));
    assert_eq!(road.result("airline", id), None);
    assert_eq!(fs::read_dir(road.world.folder.path().join("kept")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_query_over_its_time_ends_without_an_answer() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    let limits = WalkLimits { time: Duration::ZERO, ..WalkLimits::default() };
    road.limited(id, &limits, CrashPoint::default()).await.walk().await.unwrap();
    let query = road.query(id).await;
    assert!(matches!(query.status, QueryStatus::TimedOut | QueryStatus::Failed));
    assert_eq!(road.result("airline", id), None);
    road.ledger_holds().await;
}
