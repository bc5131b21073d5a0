//! Queries that are allowed, refused, cancelled.

use std::time::{Duration, Instant};

use glovebox_model::{AccountId, Arn, QueryErrorCode, QueryStatus, Resource};
use glovebox_room::{CrashPoint, ExplainQuery, RoomError};

use super::{QUERY, Road};

#[tokio::test]
async fn an_allowed_query_delivers_what_the_rule_lets_out() {
    let road = Road::new().await;
    let query = road.run(QUERY).await;
    assert_eq!(query.failure, None);
    assert_eq!(query.status, QueryStatus::Success);
    assert_eq!(road.result("airline", query.id).unwrap(), "carrier,total\nUA,435\n");
    assert_eq!(query.location, Some(format!("s3://results/out/{}/", query.id)));
    assert_eq!(road.ledger_holds().await.queries.ended, 1);
    let kept = road.world.folder.path().join("kept");
    assert_eq!(std::fs::read_dir(kept).unwrap().count(), 0, "kept bytes are gone");
}

#[tokio::test]
async fn a_refused_query_says_every_clause_and_delivers_nothing() {
    let road = Road::new().await;
    let query = road.run("SELECT tailnum, delay FROM flights").await;
    assert_eq!(query.status, QueryStatus::Failed);
    let failure = query.failure.unwrap();
    assert_eq!(failure.code, QueryErrorCode::MalformedQuery);
    assert!(failure.message.contains("GB00"), "{}", failure.message);
    assert!(road.result("airline", query.id).is_none());
    let (room, airline) = (&road.world.room, road.world.caller("airline"));
    let findings = room.protected_query_diagnostics(airline, query.id).await.unwrap();
    assert!(!findings.is_empty());
    for other in ["maker", "stranger"] {
        let caller = road.world.caller(other);
        assert!(room.protected_query_diagnostics(caller, query.id).await.is_err(), "{other}");
    }
    assert_eq!(road.ledger_holds().await.queries.ended, 1);
}

#[tokio::test]
async fn a_rule_that_vanished_after_start_is_obeyed() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    let (room, maker) = (&road.world.room, road.world.caller("maker"));
    let aggregation = crate::world::AGGREGATION;
    room.delete_configured_table_analysis_rule(maker, road.table, aggregation).await.unwrap();
    let query = road.walk(id).await;
    assert_eq!(query.status, QueryStatus::Failed);
    assert_eq!(query.failure.unwrap().code, QueryErrorCode::MalformedQuery);
}

#[tokio::test]
async fn a_collaboration_that_ended_after_start_runs_nothing() {
    let road = Road::new().await;
    let id = road.submit(QUERY).await;
    let (room, maker) = (&road.world.room, road.world.caller("maker"));
    room.delete_collaboration(maker, road.collaboration).await.unwrap();
    road.walker(id, CrashPoint::default()).await.walk().await.unwrap();
    let mut tx = road.store().read().await.unwrap();
    let query = tx.query(id).await.unwrap().unwrap();
    assert_eq!(query.status, QueryStatus::Failed);
    assert_eq!(query.failure.unwrap().code, QueryErrorCode::ResourceAccessDenied);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_query_ends_within_three_seconds_and_leaves_no_work() {
    let road = Road::new().await;
    let mut text = String::from("tailnum,carrier,delay\n");
    for n in 0..1_500_000 {
        text.push_str(&format!("N{n},C{},{n}\n", n % 1000));
    }
    road.world.put_table("maker", "flights.csv", &text);
    let id = road.submit(QUERY).await;
    let walker = road.walker(id, CrashPoint::default()).await;
    let walk = async { walker.walk().await.unwrap() };
    let wish = async {
        while road.query(id).await.status != QueryStatus::Started {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let airline = road.world.caller("airline");
        let room = &road.world.room;
        let answer = room.cancel_protected_query(airline, road.airline, id).await.unwrap();
        assert_eq!(answer.status, QueryStatus::Cancelling);
        Instant::now()
    };
    let (_, wished) = tokio::join!(walk, wish);
    assert!(wished.elapsed() < Duration::from_secs(3), "{:?}", wished.elapsed());
    assert_eq!(road.query(id).await.status, QueryStatus::Cancelled);
    assert!(road.result("airline", id).is_none());
    let spill = road.world.folder.path().join("spill");
    assert_eq!(std::fs::read_dir(spill).unwrap().count(), 0);
    road.ledger_holds().await;
}

#[tokio::test]
async fn explain_says_what_judgement_would_say_and_is_recorded() {
    let road = Road::new().await;
    let (room, collaboration) = (&road.world.room, road.collaboration);
    let before = road.ledger_holds().await.entries;
    let airline = road.world.caller("airline");
    let allowed = room.explain(airline, collaboration, QUERY.into()).await.unwrap();
    assert_eq!(allowed.findings, []);
    let plan = allowed.plan.unwrap();
    assert!(plan.contains("TableScan: flights") && !plan.contains("csv"), "{plan}");
    let no = "SELECT SUM(tailnum) FROM flights";
    let refused = room.explain(airline, collaboration, no.into()).await.unwrap();
    assert_eq!((refused.findings[0].code.as_str(), refused.plan), ("GB0009", None));
    assert_eq!(road.ledger_holds().await.entries, before + 2);
    for other in ["maker", "stranger"] {
        let asked = room.explain(road.world.caller(other), collaboration, QUERY.into()).await;
        assert_eq!(crate::world::answer(&asked), "denied", "{other}");
    }
    assert_eq!(road.ledger_holds().await.entries, before + 2);
}

#[tokio::test]
async fn explain_checks_a_template_and_its_receivers_as_a_start_does() {
    let road = Road::new().await;
    let (world, room, place) = (&road.world, &road.world.room, road.collaboration);
    let airline = world.caller("airline");
    let offered = crate::world::template(road.airline, "t");
    let made = room.create_analysis_template(airline, offered).await.unwrap().template;
    let resource = Resource::Template(road.airline, made.id);
    let (region, account) = ("us-east-1".into(), world.account("airline"));
    let arn = Arn { region, account, resource }.to_string();
    let ask = |parameters: &[(&str, &str)], receivers: Vec<AccountId>| {
        let text = |it: &(&str, &str)| (it.0.to_owned(), it.1.to_owned());
        let parameters = parameters.iter().map(text).collect();
        let analysis_template_arn = Some(arn.clone());
        let asked =
            ExplainQuery { query_string: None, analysis_template_arn, parameters, receivers };
        room.explain(airline, place, asked)
    };
    let before = road.ledger_holds().await.entries;
    let explained = ask(&[], vec![]).await.unwrap();
    let codes: Vec<&str> = explained.findings.iter().map(|it| it.code.as_str()).collect();
    assert!(codes.contains(&"GB0129"), "a parameter under an aggregation rule: {codes:?}");
    assert_eq!(explained.template_text, Some(made.parts.text));
    assert_eq!(road.ledger_holds().await.entries, before + 1);
    for (asked, field) in [
        (ask(&[("carrier", "UA"), ("more", "x")], vec![]).await, "parameters.more"),
        (ask(&[], vec![world.account("stranger")]).await, "resultReceivers[0]"),
    ] {
        let error = asked.unwrap_err();
        let RoomError::Validation { fields, .. } = error else { panic!("{error}") };
        assert_eq!(fields[0].name, field);
    }
    let nothing = room.explain(airline, place, ExplainQuery::default()).await.unwrap_err();
    let RoomError::Validation { fields, .. } = nothing else { panic!("{nothing}") };
    assert_eq!(fields[0].name, "queryString");
    assert_eq!(road.ledger_holds().await.entries, before + 1, "nothing else was judged");
}

#[tokio::test]
async fn a_text_with_very_many_faults_leaves_a_ledger_that_verifies() {
    let road = Road::new().await;
    let wrong: Vec<String> = (0..20_000).map(|n| format!("SUM(tailnum) AS c{n}")).collect();
    let query = road.run(&format!("SELECT {} FROM flights", wrong.join(", "))).await;
    assert_eq!(query.status, QueryStatus::Failed);
    assert!(query.failure.unwrap().message.len() <= 4096);
    assert_eq!(road.ledger_holds().await.queries.ended, 1);
}
