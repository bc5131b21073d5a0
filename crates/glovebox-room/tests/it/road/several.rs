//! Results for several receivers: who may be among them, and what becomes of each copy.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use glovebox_engine::{EngineConfig, Faults, UndeliveredCause};
use glovebox_ledger::{Entry, Event};
use glovebox_model::MemberAbility::{CanQuery, CanReceiveResults};
use glovebox_model::{
    AccountId, DefaultResult, DeliveryState, Id, OutputLocation, Query, QueryFailure, QueryStatus,
    ResultFormat, S3Output,
};
use glovebox_room::{
    CopyState, CrashPoint, RoomError, StartOutput, StartQuery, WalkLimits, Walked, Walker,
};
use glovebox_store::{Reader, Stand};

use super::{QUERY, Road, few_flights, output, start};
use crate::world::{World, answer, collaboration, member, membership};

const RECEIVERS: [&str; 3] = ["airline", "bureau", "club"];
const ANSWER: &str = "carrier,total\nUA,435\n";

impl Road {
    /// The airline runs; it, the bureau and the club receive, the bureau as Parquet. The guest
    /// receives and has no place for it, the maker only brings its flights.
    pub(super) async fn several() -> Self {
        let names = ["airline", "bureau", "club", "guest", "maker", "stranger"];
        let world = World::with(&names).await;
        world.put_table("maker", "flights.csv", &few_flights());
        let receives = |name: &str| (world.account(name), member(name, &[CanReceiveResults]));
        let mut members = vec![receives("bureau"), receives("club"), receives("guest")];
        let abilities = [CanQuery, CanReceiveResults];
        members.push((world.account("airline"), member("airline", &abilities)));
        let new = collaboration(member("maker", &[]), members);
        let made = world.room.create_collaboration(world.caller("maker"), new).await.unwrap();
        let collaboration = made.collaboration.id;
        let maker = world.join("maker", collaboration).await;
        let airline = world.join("airline", collaboration).await;
        world.join("guest", collaboration).await;
        for (name, format) in [("bureau", ResultFormat::Parquet), ("club", ResultFormat::Csv)] {
            let mut joins = membership(collaboration);
            let output = S3Output { format, ..output("out") };
            joins.default_result = Some(DefaultResult { output, role_arn: None });
            world.room.create_membership(world.caller(name), joins).await.unwrap();
        }
        let table = world.configure("maker").await;
        world.rule("maker", table).await;
        world.associate("maker", maker, table, "flights").await.unwrap();
        let road = Self { world, collaboration, airline, maker, table };
        for name in RECEIVERS {
            fs::create_dir_all(road.bucket(name)).unwrap();
        }
        road
    }

    fn member_place(&self, name: &str) -> OutputLocation {
        OutputLocation::Member(self.world.account(name))
    }

    pub(super) fn to_all(&self) -> StartQuery {
        let own = OutputLocation::S3(output("out"));
        // In no order.
        distribute(vec![self.member_place("club"), own, self.member_place("bureau")])
    }

    async fn begin(&self, start: StartQuery) -> Result<Id<Query>, RoomError> {
        let caller = self.world.caller("airline");
        let made = self.world.room.start_protected_query(caller, self.airline, start).await;
        made.map(|it| it.id)
    }

    /// The bytes that a receiver has of a query, if it has any.
    pub(super) fn copy_of(&self, name: &str, query: Id<Query>) -> Option<Vec<u8>> {
        let mut files = objects(&self.bucket(name).join("out").join(query.to_string()));
        assert!(files.len() < 2);
        files.pop()
    }

    /// What the runner is told of each copy, by name.
    async fn copies(&self, query: Id<Query>) -> Vec<(&'static str, CopyState)> {
        let caller = self.world.caller("airline");
        let told = self.world.room.protected_query_copies(caller, query).await.unwrap();
        let named = |it: &&'static str, account: AccountId| self.world.account(it) == account;
        let name = |account| *RECEIVERS.iter().find(|it| named(it, account)).unwrap();
        told.into_iter().map(|it| (name(it.receiver), it.state)).collect()
    }

    async fn states(&self, query: Id<Query>) -> Vec<(&'static str, Option<DeliveryState>)> {
        let state = |it| match it {
            CopyState::Known(state, _) => Some(state),
            CopyState::None | CopyState::Pending => None,
        };
        self.copies(query).await.into_iter().map(|(name, it)| (name, state(it))).collect()
    }

    /// Whom the last entry of the query's ledger names.
    async fn told_by_the_ledger(&self, query: Id<Query>) -> Vec<AccountId> {
        self.ledger_holds().await;
        let tree = glovebox_ledger::TreeName::Collaboration(self.collaboration);
        let copy = self.store().ledger_export(tree, 0, u64::MAX, Reader::Operator).await;
        let last = copy.unwrap().unwrap().entries.pop().unwrap();
        match Entry::parse(&last.entry).unwrap().event {
            Event::Closed { query: id, delivered, .. } if id == query => delivered,
            other => panic!("{other:?}"),
        }
    }

    async fn failing_walker(&self, query: Id<Query>, faults: Arc<dyn Faults>) -> Walker {
        let folder = self.world.folder.path().to_path_buf();
        let engine = EngineConfig { faults: Some(faults), ..EngineConfig::new(folder) };
        let store = self.store().for_walk(query).await.unwrap();
        Walker::new(store, engine, &WalkLimits::default(), CrashPoint::default()).unwrap()
    }
}

fn distribute(locations: Vec<OutputLocation>) -> StartQuery {
    StartQuery { output: Some(StartOutput::Distribute(locations)), ..start(QUERY) }
}

fn objects(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(found) = fs::read_dir(folder) else { return Vec::new() };
    found.map(|it| fs::read(it.unwrap().path()).unwrap()).collect()
}

const DELIVERED: Option<DeliveryState> = Some(DeliveryState::Delivered);
const UNREACHABLE: Option<DeliveryState> = Some(DeliveryState::Unreachable);
const WITHHELD: Option<DeliveryState> = Some(DeliveryState::Withheld);

#[tokio::test]
async fn every_receiver_has_the_same_answer_in_its_own_form_at_its_own_place() {
    let road = Road::several().await;
    let id = road.begin(road.to_all()).await.unwrap();
    let pending = [CopyState::Pending; 3];
    assert_eq!(road.copies(id).await.into_iter().map(|it| it.1).collect::<Vec<_>>(), pending);
    let stop = CrashPoint::stop_at("keep:after");
    assert_eq!(road.walker(id, stop).await.walk().await.unwrap(), Walked::Unfinished);
    let kept = road.world.folder.path().join("kept").join(id.to_string());
    assert_eq!(fs::read_dir(kept).unwrap().count(), 2, "each form is written once");
    assert_eq!(road.store().walk_is_over(id).await.unwrap(), Stand::Open);
    let query = road.walk(id).await;
    assert_eq!((query.status, &query.failure), (QueryStatus::Success, &None));
    assert_eq!(query.location, Some(format!("s3://results/out/{id}/")));
    for name in ["airline", "club"] {
        assert_eq!(road.copy_of(name, id).unwrap(), ANSWER.as_bytes(), "{name}");
    }
    assert!(road.copy_of("bureau", id).unwrap().starts_with(b"PAR1"));
    let delivered = RECEIVERS.map(|it| (it, DELIVERED));
    assert_eq!(road.states(id).await, delivered);
    let all = RECEIVERS.map(|it| road.world.account(it));
    assert_eq!(query.receivers, all);
    assert_eq!(road.told_by_the_ledger(id).await, all);
    assert_eq!(fs::read_dir(road.world.folder.path().join("kept")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_receiver_is_told_of_its_own_copy_and_nobody_else_of_any() {
    let road = Road::several().await;
    let id = road.begin(road.to_all()).await.unwrap();
    road.walk(id).await;
    let room = &road.world.room;
    for name in ["bureau", "club"] {
        let told = room.protected_query_copies(road.world.caller(name), id).await.unwrap();
        let told: Vec<AccountId> = told.iter().map(|it| it.receiver).collect();
        assert_eq!(told, [road.world.account(name)]);
    }
    for name in ["guest", "maker", "stranger"] {
        let told = room.protected_query_copies(road.world.caller(name), id).await;
        assert_eq!(answer(&told), "not found", "{name}");
    }
    let (maker, club) = (road.world.caller("maker"), road.world.account("club"));
    room.delete_member(maker, road.collaboration, club).await.unwrap();
    let told = room.protected_query_copies(road.world.caller("club"), id).await;
    assert_eq!(answer(&told), "not found", "a member no more");
}

#[tokio::test]
async fn who_cannot_be_among_the_receivers_is_refused_at_start() {
    let road = Road::several().await;
    let own = || OutputLocation::S3(output("out"));
    let member = |name| road.member_place(name);
    let bad: BTreeMap<&str, Vec<OutputLocation>> = BTreeMap::from([
        ("nobody", vec![]),
        ("two places of the runner", vec![own(), own()]),
        ("the runner as a member", vec![member("airline"), member("club")]),
        ("a member twice", vec![member("club"), own(), member("club")]),
        ("a member that does not receive", vec![own(), member("maker")]),
        ("a stranger", vec![own(), member("stranger")]),
        ("a member without a place", vec![own(), member("guest")]),
    ]);
    for (what, locations) in bad {
        let refused = road.begin(distribute(locations)).await;
        assert!(matches!(refused, Err(RoomError::Validation { .. })), "{what}: {refused:?}");
    }
    let asking = StartQuery { intervals: true, ..road.to_all() };
    assert!(matches!(road.begin(asking).await, Err(RoomError::Validation { .. })));
    fs::remove_dir(road.bucket("bureau")).unwrap();
    match road.begin(road.to_all()).await {
        Err(RoomError::Validation { fields, .. }) => {
            let name = "resultConfiguration.outputConfiguration.distribute.locations";
            assert_eq!(fields[0].name, name);
            assert!(!fields[0].message.contains("results`"), "its bucket's name is its own");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(road.ledger_holds().await.queries.submitted, 0);
    let alone = road.begin(distribute(vec![member("club")])).await.unwrap();
    let query = road.walk(alone).await;
    assert_eq!((query.status, query.location), (QueryStatus::Success, None));
}

#[tokio::test]
async fn a_receiver_that_an_owner_does_not_name_is_not_carried_along_by_those_it_names() {
    let road = Road::several().await;
    road.put_association_rule(Some(vec!["airline", "bureau"])).await;
    let id = road.begin(road.to_all()).await.unwrap();
    let query = road.walk(id).await;
    assert_eq!(query.status, QueryStatus::Failed);
    let message = query.failure.unwrap().message;
    let [airline, bureau, club] = RECEIVERS.map(|it| road.world.account(it).to_string());
    assert!(message.contains("GB0096") && message.contains(&club), "{message}");
    assert!(!message.contains(&airline) && !message.contains(&bureau), "{message}");
    for name in RECEIVERS {
        assert_eq!(road.copy_of(name, id), None, "{name}");
    }
    assert!(road.copies(id).await.iter().all(|it| it.1 == CopyState::None));
    let named = distribute(vec![OutputLocation::S3(output("out")), road.member_place("bureau")]);
    let id = road.begin(named).await.unwrap();
    assert_eq!(road.walk(id).await.status, QueryStatus::Success);
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
    for (name, details) in [("airline", 0), ("bureau", 1), ("club", 1), ("maker", 0)] {
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
    assert_eq!((query.status, query.failure), (QueryStatus::Failed, Some(access_lost())));
    assert_eq!(road.copy_of("bureau", id), None);
}

fn access_lost() -> QueryFailure {
    QueryFailure::access_lost()
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
            count if count < self.refusals => Err(UndeliveredCause::Late),
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
    let busy = Arc::new(Busy { refusals: 2, offered: AtomicUsize::new(0) });
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
    let never = || Arc::new(Busy { refusals: 2, offered: AtomicUsize::new(0) });
    let mut walks = 0;
    while !road.query(id).await.status.is_final() {
        road.failing_walker(id, never()).await.walk().await.unwrap();
        let _ = road.store().walk_is_over(id).await.unwrap();
        walks += 1;
        assert!(walks < 10, "it is not tried for ever");
    }
    let query = road.query(id).await;
    assert_eq!((query.status, query.location), (QueryStatus::Success, None));
    let states = [("airline", UNREACHABLE), ("bureau", DELIVERED), ("club", DELIVERED)];
    assert_eq!(road.states(id).await, states);
    assert_eq!(road.copy_of("airline", id), None);
    road.ledger_holds().await;
}
