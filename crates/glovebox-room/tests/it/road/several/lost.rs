//! What becomes of the other copies when one cannot be delivered.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use glovebox_catalog::Unavailable;
use glovebox_engine::{EngineConfig, Faults, UndeliveredCause};
use glovebox_model::{AccountId, DeliveryState, Id, Query, QueryFailure, QueryStatus};
use glovebox_room::{CopyState, CrashPoint, WalkLimits, Walked, Walker};
use glovebox_store::Stand;

use super::{ANSWER, QUERY, RECEIVERS, Road, distribute};

const DELIVERED: Option<DeliveryState> = Some(DeliveryState::Delivered);
const UNREACHABLE: Option<DeliveryState> = Some(DeliveryState::Unreachable);
const WITHHELD: Option<DeliveryState> = Some(DeliveryState::Withheld);

impl Road {
    /// Walks until the end, where the store that is asked first is late every time.
    async fn walk_while_late(&self, id: Id<Query>) {
        let mut walks = 0;
        while !self.query(id).await.status.is_final() {
            self.failing_walker(id, Busy::late(2)).await.walk().await.unwrap();
            let _ = self.store().walk_is_over(id).await.unwrap();
            walks += 1;
            assert!(walks < 10, "it is not tried for ever");
        }
    }

    async fn failing_walker(&self, query: Id<Query>, faults: Arc<dyn Faults>) -> Walker {
        let folder = self.world.folder.path().to_path_buf();
        let engine = EngineConfig { faults: Some(faults), ..EngineConfig::new(folder) };
        let store = self.store().for_walk(query).await.unwrap();
        Walker::new(store, engine, &WalkLimits::default(), CrashPoint::default()).unwrap()
    }
}

#[tokio::test]
async fn a_bucket_that_is_gone_keeps_nobody_else_from_its_copy() {
    let road = Road::several().await;
    for lost in RECEIVERS {
        let id = road.begin(road.to_all()).await.unwrap();
        let bucket = road.bucket(lost);
        let aside = bucket.with_file_name("aside");
        fs::rename(&bucket, &aside).unwrap();
        let query = road.walk(id).await;
        fs::rename(&aside, &bucket).unwrap();
        assert_eq!((query.status, query.failure), (QueryStatus::Success, None), "{lost}");
        assert_eq!(query.location.is_some(), lost != "airline");
        let states = RECEIVERS.map(|it| (it, if it == lost { UNREACHABLE } else { DELIVERED }));
        assert_eq!(road.states(id).await, states);
        for name in RECEIVERS {
            assert_eq!(road.copy_of(name, id).is_some(), name != lost, "{name}");
        }
        let others: Vec<AccountId> =
            RECEIVERS.iter().filter(|it| **it != lost).map(|it| road.world.account(it)).collect();
        assert_eq!(road.told_by_the_ledger(id).await, others);
    }
    // Whose store it was learns of it, and nobody else.
    for (name, details) in [("airline", 1), ("bureau", 1), ("club", 1), ("maker", 0)] {
        let log = road.log(road.world.account(name)).await;
        assert_eq!(log.matches("FAILURE_DETAIL").count(), details, "{name}");
    }
}

#[tokio::test]
async fn nobody_reached_fails_the_query() {
    let road = Road::several().await;
    let id = road.begin(road.to_all()).await.unwrap();
    for name in RECEIVERS {
        fs::remove_dir(road.bucket(name)).unwrap();
    }
    let query = road.walk(id).await;
    assert_eq!(query.status, QueryStatus::Failed);
    assert_eq!(query.failure, Some(QueryFailure::unreached()));
    assert_eq!(road.states(id).await, RECEIVERS.map(|it| (it, UNREACHABLE)));
    assert!(road.told_by_the_ledger(id).await.is_empty());
}

#[tokio::test]
async fn a_right_that_one_receiver_lost_withholds_its_copy_and_no_other() {
    let mut road = Road::several().await;
    let id = road.begin(road.to_all()).await.unwrap();
    road.walker(id, CrashPoint::stop_at("keep:after")).await.walk().await.unwrap();
    let (maker, club) = (road.world.caller("maker"), road.world.account("club"));
    road.world.room.delete_member(maker, road.collaboration, club).await.unwrap();
    road.restart().await;
    assert_eq!(road.walk(id).await.status, QueryStatus::Success);
    let states = [("airline", DELIVERED), ("bureau", DELIVERED), ("club", WITHHELD)];
    assert_eq!(road.states(id).await, states);
    assert_eq!(road.copy_of("club", id), None);
    // With nobody left the right is lost, as it is for one.
    let bureau = distribute(vec![road.member_place("bureau")]);
    let id = road.begin(bureau).await.unwrap();
    road.walker(id, CrashPoint::stop_at("keep:after")).await.walk().await.unwrap();
    let (maker, bureau) = (road.world.caller("maker"), road.world.account("bureau"));
    road.world.room.delete_member(maker, road.collaboration, bureau).await.unwrap();
    road.restart().await;
    let query = road.walk(id).await;
    assert_eq!(
        (query.status, query.failure),
        (QueryStatus::Failed, Some(QueryFailure::access_lost()))
    );
    assert_eq!(road.copy_of("bureau", id), None);
}

#[tokio::test]
async fn a_right_that_all_depend_on_stops_what_is_not_delivered_yet() {
    let mut road = Road::several().await;
    let id = road.begin(road.to_all()).await.unwrap();
    road.walker(id, CrashPoint::stop_at("record:after")).await.walk().await.unwrap();
    let (room, maker) = (&road.world.room, road.world.caller("maker"));
    let aggregation = crate::world::AGGREGATION;
    room.delete_configured_table_analysis_rule(maker, road.table, aggregation).await.unwrap();
    road.restart().await;
    // What the airline has, it has.
    assert_eq!(road.walk(id).await.status, QueryStatus::Success);
    let states = [("airline", DELIVERED), ("bureau", WITHHELD), ("club", WITHHELD)];
    assert_eq!(road.states(id).await, states);
    assert!(road.copy_of("bureau", id).is_none() && road.copy_of("club", id).is_none());
    assert_eq!(road.told_by_the_ledger(id).await, [road.world.account("airline")]);
}

#[tokio::test]
async fn a_house_that_dies_between_two_receivers_goes_on_with_the_same_bytes() {
    for point in ["deliver:before", "deliver:after", "record:before", "record:after"] {
        let mut road = Road::several().await;
        let id = road.begin(road.to_all()).await.unwrap();
        road.walker(id, CrashPoint::stop_at(point)).await.walk().await.unwrap();
        road.world.put_table("maker", "flights.csv", "tailnum,carrier,delay\nN1,ZZ,1\n");
        road.restart().await;
        assert_eq!(road.walk(id).await.status, QueryStatus::Success, "{point}");
        assert_eq!(road.states(id).await, RECEIVERS.map(|it| (it, DELIVERED)), "{point}");
        for name in ["airline", "club"] {
            assert_eq!(road.copy_of(name, id).unwrap(), ANSWER.as_bytes(), "{point}");
        }
        assert_eq!(road.ledger_holds().await.queries.ended, 1, "{point}");
    }
}

/// A store that takes nothing so often; counts all that is offered.
#[derive(Debug)]
struct Busy {
    refusals: usize,
    offered: AtomicUsize,
    says: fn() -> UndeliveredCause,
}

impl Busy {
    fn new(refusals: usize, says: fn() -> UndeliveredCause) -> Arc<Self> {
        Arc::new(Self { refusals, offered: AtomicUsize::new(0), says })
    }

    fn late(refusals: usize) -> Arc<Self> {
        Self::new(refusals, || UndeliveredCause::Late)
    }
}

fn denied() -> UndeliveredCause {
    UndeliveredCause::Store(Unavailable::Denied { path: "results/out".into() })
}

impl Faults for Busy {
    fn keep(&self) -> std::io::Result<()> {
        Ok(())
    }

    fn unseal(&self) -> std::io::Result<()> {
        Ok(())
    }

    fn spill(&self) -> std::io::Result<()> {
        Ok(())
    }

    fn publish(&self) -> Result<(), UndeliveredCause> {
        match self.offered.fetch_add(1, Ordering::SeqCst) {
            count if count < self.refusals => Err((self.says)()),
            _ => Ok(()),
        }
    }

    fn published(&self) -> Result<(), UndeliveredCause> {
        Ok(())
    }
}

#[tokio::test]
async fn a_store_that_is_late_is_tried_again_and_the_others_are_not() {
    let road = Road::several().await;
    let id = road.begin(road.to_all()).await.unwrap();
    // The airline comes first, and is tried twice by each walk.
    let busy = Busy::late(2);
    let walker = road.failing_walker(id, Arc::clone(&busy) as _).await;
    assert_eq!(walker.walk().await.unwrap(), Walked::Unfinished);
    assert_eq!(busy.offered.load(Ordering::SeqCst), 4);
    let copies = road.copies(id).await;
    assert_eq!(copies[0], ("airline", CopyState::Pending));
    assert!(road.copy_of("bureau", id).is_some() && road.copy_of("club", id).is_some());
    assert_eq!(road.query(id).await.status, QueryStatus::Started);
    assert_eq!(road.store().walk_is_over(id).await.unwrap(), Stand::Open);
    let walker = road.failing_walker(id, Arc::clone(&busy) as _).await;
    assert_eq!(walker.walk().await.unwrap(), Walked::Ended(QueryStatus::Success));
    assert_eq!(busy.offered.load(Ordering::SeqCst), 5, "only what was missing");
    assert_eq!(road.copy_of("airline", id).unwrap(), ANSWER.as_bytes());
    assert_eq!(road.states(id).await, RECEIVERS.map(|it| (it, DELIVERED)));
}

#[tokio::test]
async fn a_store_that_stays_away_loses_its_copy_and_the_query_succeeds() {
    let road = Road::several().await;
    let id = road.begin(road.to_all()).await.unwrap();
    road.walk_while_late(id).await;
    let query = road.query(id).await;
    assert_eq!((query.status, query.location), (QueryStatus::Success, None));
    let states = [("airline", UNREACHABLE), ("bureau", DELIVERED), ("club", DELIVERED)];
    assert_eq!(road.states(id).await, states);
    assert_eq!(road.copy_of("airline", id), None);
    road.ledger_holds().await;
}

#[tokio::test]
async fn a_store_that_says_no_is_asked_once_and_its_receiver_alone_learns_why() {
    let road = Road::several().await;
    let id = road.begin(road.to_all()).await.unwrap();
    // The airline, who also runs the query, comes first.
    let busy = Busy::new(1, denied);
    let walker = road.failing_walker(id, Arc::clone(&busy) as _).await;
    assert_eq!(walker.walk().await.unwrap(), Walked::Ended(QueryStatus::Success));
    assert_eq!(busy.offered.load(Ordering::SeqCst), 3, "nobody is asked twice");
    let states = [("airline", UNREACHABLE), ("bureau", DELIVERED), ("club", DELIVERED)];
    assert_eq!(road.states(id).await, states);
    for name in ["airline", "bureau", "club", "maker"] {
        let log = road.log(road.world.account(name)).await;
        let details = usize::from(name == "airline");
        assert_eq!(log.matches("FAILURE_DETAIL").count(), details, "{name}");
        assert_eq!(log.matches("access to `results/out` was denied").count(), details, "{name}");
    }
}

#[tokio::test]
async fn a_result_that_no_store_took_says_what_to_look_after() {
    for is_denied in [true, false] {
        let road = Road::several().await;
        let id = road.submit(QUERY).await;
        if is_denied {
            let walker = road.failing_walker(id, Busy::new(1, denied)).await;
            assert_eq!(walker.walk().await.unwrap(), Walked::Ended(QueryStatus::Failed));
        } else {
            road.walk_while_late(id).await;
        }
        assert_eq!(road.query(id).await.failure, Some(QueryFailure::unreached()));
        let log = road.log(road.world.account("airline")).await;
        let why = if is_denied { "was denied" } else { "did not take the result in time" };
        assert_eq!(log.matches("FAILURE_DETAIL").count(), 1, "{log}");
        assert!(log.contains(why), "{log}");
        road.ledger_holds().await;
    }
}
