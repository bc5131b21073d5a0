//! What StartProtectedQuery accepts, and who may do what with queries.

use std::fs;

use glovebox_model::{
    DefaultResult, MemberAbility, PageRequest, QueryStatus, ResultFormat, S3Output,
};
use glovebox_room::{Quotas, Room, RoomError, StartOutput, StartQuery};

use super::{QUERY, Road, output, start};
use crate::world::{World, answer, collaboration, member, membership};

async fn started(road: &Road, start: StartQuery) -> Result<(), RoomError> {
    let caller = road.world.caller("airline");
    road.world.room.start_protected_query(caller, road.airline, start).await.map(drop)
}

#[tokio::test]
async fn what_cannot_run_is_refused_at_start_and_leaves_nothing() {
    let road = Road::new().await;
    let maker = road.world.account("maker");
    let stranger = road.world.account("stranger");
    let ok = || start(QUERY);
    let to = |output| StartQuery { output: Some(output), ..ok() };
    let s3 = |bucket: &str, prefix: &str| {
        to(StartOutput::S3(S3Output { bucket: bucket.into(), ..output(prefix) }))
    };
    let bad = [
        StartQuery { query_string: None, ..ok() },
        StartQuery { query_string: Some(String::new()), ..ok() },
        StartQuery { query_string: Some("x".repeat(500_001)), ..ok() },
        StartQuery { analysis_template_arn: Some("arn".into()), ..ok() },
        StartQuery { query_string: None, analysis_template_arn: Some("arn".into()), ..ok() },
        StartQuery { parameters: vec![("p".into(), "1".into())], ..ok() },
        StartQuery { payer: Some(maker), ..ok() },
        StartQuery { payer: Some(stranger), ..ok() },
        StartQuery { output: None, ..ok() },
        to(StartOutput::Distribute(vec![])),
        to(StartOutput::IntermediateTable),
        to(StartOutput::Member(maker)),
        to(StartOutput::Member(stranger)),
        s3("no-such-bucket", "out"),
        s3("../maker/results", "out"),
        s3("results", "../out"),
        s3("results", "a/../b"),
        s3("results", "a//b"),
        s3("results", "/a"),
    ];
    for (n, start) in bad.into_iter().enumerate() {
        let result = started(&road, start).await;
        assert!(matches!(result, Err(RoomError::Validation { .. })), "{n}: {result:?}");
    }
    assert_eq!(road.ledger_holds().await.queries.submitted, 0);
    assert_eq!(answer(&started(&road, ok()).await), "yes");
    let paid_by_runner = StartQuery { payer: Some(road.world.account("airline")), ..ok() };
    assert_eq!(answer(&started(&road, paid_by_runner).await), "yes");
}

#[tokio::test]
async fn only_the_runner_starts_and_only_its_membership_sees() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    let room = &road.world.room;
    let (maker, stranger) = (road.world.caller("maker"), road.world.caller("stranger"));
    for (caller, membership, expected) in [
        (maker, road.maker, "denied"),
        (maker, road.airline, "not found"),
        (stranger, road.airline, "not found"),
    ] {
        let started = room.start_protected_query(caller, membership, start(QUERY)).await;
        assert_eq!(answer(&started), expected);
    }
    for (caller, membership) in
        [(maker, road.maker), (maker, road.airline), (stranger, road.airline)]
    {
        let got = room.get_protected_query(caller, membership, id).await;
        assert_eq!(answer(&got), "not found");
        let cancelled = room.cancel_protected_query(caller, membership, id).await;
        assert_eq!(answer(&cancelled), "not found");
    }
    let page = PageRequest::first();
    let mine = room.list_protected_queries(maker, road.maker, None, page).await.unwrap();
    assert!(mine.items.is_empty());
}

#[tokio::test]
async fn a_query_that_ended_cannot_be_cancelled() {
    let road = Road::new().await;
    let query = road.run(QUERY).await;
    let (room, airline) = (&road.world.room, road.world.caller("airline"));
    let answered = room.cancel_protected_query(airline, road.airline, query.id).await;
    assert_eq!(answer(&answered), "INVALID_STATE");
}

#[tokio::test]
async fn a_waiting_query_that_is_cancelled_never_opens() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    let (room, airline) = (&road.world.room, road.world.caller("airline"));
    room.cancel_protected_query(airline, road.airline, id).await.unwrap();
    assert_eq!(road.walk(id).await.status, QueryStatus::Cancelled);
    assert_eq!(road.ledger_holds().await.queries.ended, 1);
}

#[tokio::test]
async fn more_queries_than_the_quota_are_not_accepted() {
    let mut road = Road::new().await;
    let quotas = Quotas {
        running_queries_per_membership: 1,
        waiting_queries_per_membership: 1,
        ..Quotas::default()
    };
    road.world.room = Room::new(road.store().clone(), quotas);
    road.submit(QUERY).await;
    road.submit(QUERY).await;
    let third = started(&road, start(QUERY)).await;
    assert_eq!(answer(&third), "Concurrent queries per membership: 2");
}

#[tokio::test]
async fn the_result_of_a_member_output_goes_to_that_members_default_place() {
    let world = World::with(&["airline", "maker"]).await;
    world.put_table("maker", "flights.csv", &super::few_flights());
    let maker_part = member("maker", &[MemberAbility::CanReceiveResults]);
    let airline_part = (world.account("airline"), member("airline", &[MemberAbility::CanQuery]));
    let new = collaboration(maker_part, vec![airline_part]);
    let made = world.room.create_collaboration(world.caller("maker"), new).await.unwrap();
    let collaboration = made.collaboration.id;
    let place = S3Output { format: ResultFormat::Csv, ..output("out") };
    let mut joins = membership(collaboration);
    joins.default_result = Some(DefaultResult { output: place, role_arn: None });
    let joined = world.room.create_membership(world.caller("maker"), joins).await.unwrap();
    let maker = joined.membership.id;
    let airline = world.join("airline", collaboration).await;
    let table = world.configure("maker").await;
    world.rule("maker", table).await;
    world.associate("maker", maker, table, "flights").await.unwrap();
    let road = Road { world, collaboration, airline, maker, table };
    let maker = road.world.account("maker");
    let to_maker = StartQuery { output: Some(StartOutput::Member(maker)), ..start(QUERY) };
    let refused = started(&road, to_maker.clone()).await;
    assert!(matches!(refused, Err(RoomError::Validation { .. })), "the bucket is not there yet");
    fs::create_dir_all(road.bucket("maker")).unwrap();
    // The runner may not receive, so it cannot name a place of its own.
    fs::create_dir_all(road.bucket("airline")).unwrap();
    assert!(matches!(started(&road, start(QUERY)).await, Err(RoomError::Validation { .. })));
    // Whether intervals stand beside numbers is the receiver's own to say.
    let asking = StartQuery { intervals: true, ..to_maker.clone() };
    match started(&road, asking).await {
        Err(RoomError::Validation { fields, .. }) => assert_eq!(fields[0].name, "intervals"),
        other => panic!("{other:?}"),
    }
    let caller = road.world.caller("airline");
    let room = &road.world.room;
    let query = room.start_protected_query(caller, road.airline, to_maker).await.unwrap();
    let query = road.walk(query.id).await;
    assert_eq!(query.status, QueryStatus::Success, "{:?}", query.failure);
    assert_eq!((query.location, query.receivers), (None, vec![maker]));
    assert!(road.result("maker", query.id).unwrap().starts_with("carrier,total\n"));
    assert!(road.result("airline", query.id).is_none());
}
