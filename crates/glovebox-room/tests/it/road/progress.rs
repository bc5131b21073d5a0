//! Watching a query pass its doors.

use std::fs;

use glovebox_model::{Id, Query, QueryStatus};
use glovebox_room::{CrashPoint, Door, Progress, WalkLimits};

use super::{QUERY, Road};

impl Road {
    async fn progress(&self, id: Id<Query>) -> Progress {
        let airline = self.world.caller("airline");
        self.world.room.protected_query_progress(airline, id).await.unwrap()
    }
}

fn doors(progress: &Progress) -> Vec<Door> {
    progress.passed.iter().map(|it| it.door).collect()
}

#[tokio::test]
async fn the_walker_passes_the_doors_in_order_and_each_can_be_seen() {
    let mut road = Road::new().await;
    for (point, status, behind, before) in [
        ("reserve:before", QueryStatus::Submitted, 0, Door::Bind),
        ("reserve:after", QueryStatus::Started, 4, Door::Execute),
        ("keep:before", QueryStatus::Started, 4, Door::Execute),
        ("keep:after", QueryStatus::Started, 7, Door::Deliver),
        ("close:before", QueryStatus::Started, 7, Door::Deliver),
    ] {
        let id = road.submit(QUERY).await;
        road.walker(id, CrashPoint::stop_at(point)).await.walk().await.unwrap();
        let seen = road.progress(id).await;
        assert_eq!((seen.status, seen.door()), (status, Some(before)), "{point}");
        assert_eq!(doors(&seen), Door::ALL[..behind], "{point}");
        road.restart().await;
        if behind != 4 {
            road.walk(id).await;
            let seen = road.progress(id).await;
            assert_eq!((seen.status, seen.door()), (QueryStatus::Success, None), "{point}");
            assert_eq!(doors(&seen), Door::ALL, "{point}: each door once");
        }
    }
}

#[tokio::test]
async fn a_refused_query_stands_before_the_door_that_refused() {
    let road = Road::new().await;
    for (text, behind, before) in [
        ("SELECT nothing FROM flights", 0, Door::Bind),
        ("SELECT delay FROM flights", 1, Door::Clear),
    ] {
        let id = road.run(text).await.id;
        let seen = road.progress(id).await;
        assert_eq!((seen.status, seen.door()), (QueryStatus::Failed, Some(before)), "{text}");
        assert_eq!(doors(&seen), Door::ALL[..behind], "{text}");
    }
}

#[tokio::test]
async fn failures_after_rows_were_read_look_alike_wherever_they_happened() {
    let road = Road::new().await;
    let flights = road.world.room.account_folder(road.world.account("maker"));
    let flights = flights.join("tables/shop/flights.csv");

    let too_large = road.submit(QUERY).await;
    let limits = WalkLimits { result_bytes: 4, ..WalkLimits::default() };
    road.limited(too_large, &limits, CrashPoint::default()).await.walk().await.unwrap();

    let undelivered = road.submit(QUERY).await;
    let bucket = road.bucket("airline");
    fs::rename(&bucket, bucket.with_extension("away")).unwrap();
    road.walk(undelivered).await;
    fs::rename(bucket.with_extension("away"), &bucket).unwrap();

    let unreadable = road.submit(QUERY).await;
    fs::remove_file(flights).unwrap();
    road.walk(unreadable).await;

    for id in [too_large, undelivered, unreadable] {
        let seen = road.progress(id).await;
        assert_eq!((seen.status, seen.door()), (QueryStatus::Failed, Some(Door::Execute)));
        assert_eq!(doors(&seen), Door::ALL[..4]);
    }
}

#[tokio::test]
async fn only_who_may_get_the_query_sees_its_doors() {
    let road = Road::new().await;
    let id = road.run(QUERY).await.id;
    let unknown = Id::from_random([3; 16]);
    for other in ["maker", "stranger"] {
        let caller = road.world.caller(other);
        for id in [id, unknown] {
            let asked = road.world.room.protected_query_progress(caller, id).await;
            assert_eq!(crate::world::answer(&asked), "not found", "{other}");
        }
    }
}
