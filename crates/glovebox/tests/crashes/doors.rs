//! A process of the real binary aborts at each door; the house starts again and finishes.

use std::os::unix::process::ExitStatusExt as _;

use glovebox_model::QueryStatus;
use glovebox_room::CrashPoint;

use crate::house::House;

const RESULT: &str = "carrier,total\nUA,435\n";
const ABORTED: i32 = 6;

/// Dies at the point, then a supervisor brings the query to its end.
async fn dies_at(point: &str) -> (QueryStatus, Option<String>) {
    let house = House::new().await;
    let query = house.submit().await;
    let died = house.walk(query, point).await;
    assert_eq!(died.signal(), Some(ABORTED), "{point}: {died}");
    let early = house.result(query);
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let status = house.until(query, QueryStatus::is_final).await;
    drop(end);
    supervisor.await.unwrap();
    let result = house.result(query);
    if early.is_some() {
        assert_eq!(early, result, "{point}: two answers");
    }
    let queries = house.ledger_holds().await.queries;
    assert_eq!((queries.ended, queries.open), (1, 0), "{point}");
    for caller in [&house.airline, &house.maker] {
        let log = house.log(caller.account);
        assert_eq!(log.matches("TERMINATION").count(), 1, "{point}: {log}");
    }
    for left in ["kept", "spill"] {
        let folder = house.folder.path().join(left);
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "{point}: {left}");
    }
    (status, result)
}

#[tokio::test(flavor = "multi_thread")]
async fn before_opened_the_query_is_judged_again() {
    for point in ["claim:before", "claim:after", "reserve:before"] {
        let (status, result) = dies_at(point).await;
        assert_eq!((status, result.as_deref()), (QueryStatus::Success, Some(RESULT)), "{point}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn between_opened_and_kept_it_is_lost_and_nothing_is_delivered() {
    for point in [
        "reserve:after",
        "execute:before",
        "execute:after",
        "release:after",
        "encode:after",
        "keep:before",
    ] {
        assert_eq!(dies_at(point).await, (QueryStatus::Failed, None), "{point}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kept_the_same_bytes_are_delivered() {
    for point in ["keep:after", "deliver:before", "deliver:after", "close:before", "close:after"] {
        let (status, result) = dies_at(point).await;
        assert_eq!((status, result.as_deref()), (QueryStatus::Success, Some(RESULT)), "{point}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_over_which_every_process_dies_fails_in_the_end() {
    for point in ["claim:before", "reserve:before", "execute:before", "deliver:before"] {
        let house = House::new().await;
        let query = house.submit().await;
        let (end, supervisor) = house.supervise(CrashPoint::abort_at(point)).await;
        assert_eq!(house.until(query, QueryStatus::is_final).await, QueryStatus::Failed);
        drop(end);
        supervisor.await.unwrap();
        assert_eq!(house.result(query), None);
        assert_eq!(house.ledger_holds().await.queries.ended, 1);
    }
}
