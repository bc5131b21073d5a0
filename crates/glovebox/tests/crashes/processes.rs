//! Processes while they live: who holds what, who dies with whom.

use std::fs;
use std::time::{Duration, Instant};

use glovebox_model::QueryStatus;
use glovebox_room::{CrashPoint, Supervisor, SupervisorError};

use crate::house::{BINARY, House, KEY, lives, many_flights, walkers};

const SOON: Duration = Duration::from_secs(3);

async fn until_gone(pids: &[u32], begun: Instant) {
    while pids.iter().any(|pid| lives(*pid)) {
        assert!(begun.elapsed() < SOON, "a process lives on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_query_leaves_no_process_within_three_seconds() {
    let house = House::new().await;
    house.put_flights(&many_flights());
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let query = house.submit().await;
    house.until(query, |it| it == QueryStatus::Started).await;
    let walking = walkers(std::process::id(), &house);
    assert!(!walking.is_empty());
    house.cancel(query).await;
    let wished = Instant::now();
    assert_eq!(house.until(query, QueryStatus::is_final).await, QueryStatus::Cancelled);
    until_gone(&walking, wished).await;
    assert_eq!(house.result(query), None);
    drop(end);
    supervisor.await.unwrap();
    for left in ["kept", "spill"] {
        assert_eq!(fs::read_dir(house.folder.path().join(left)).unwrap().count(), 0, "{left}");
    }
    house.ledger_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walking_process_has_nothing_in_arguments_or_environment_and_dumps_no_core() {
    let house = House::new().await;
    house.put_flights(&many_flights());
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let query = house.submit().await;
    house.until(query, |it| it == QueryStatus::Started).await;
    let walking = walkers(std::process::id(), &house);
    assert!(!walking.is_empty());
    for pid in walking {
        let arguments = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
        assert!(!arguments.contains(KEY) && !arguments.contains(&query.to_string()));
        if let Ok(environment) = fs::read_to_string(format!("/proc/{pid}/environ")) {
            assert_eq!(environment, "");
        }
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let core = limits.lines().find(|it| it.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    }
    house.cancel(query).await;
    house.until(query, QueryStatus::is_final).await;
    drop(end);
    supervisor.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_takes_its_processes_along_and_the_next_one_settles() {
    let house = House::new().await;
    house.put_flights(&many_flights());
    let mut first = house.serve();
    let query = house.submit().await;
    house.until(query, |it| it == QueryStatus::Started).await;
    let walking = walkers(first.id().unwrap(), &house);
    assert!(!walking.is_empty());
    first.kill().await.unwrap();
    until_gone(&walking, Instant::now()).await;
    assert_eq!(house.query(query).await.status, QueryStatus::Started);

    let second = house.serve();
    assert_eq!(house.until(query, QueryStatus::is_final).await, QueryStatus::Failed);
    assert_eq!(house.result(query), None);
    drop(second);
    let queries = house.ledger_holds().await.queries;
    assert_eq!((queries.ended, queries.open), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_that_is_told_to_end_lets_a_short_query_finish() {
    let house = House::new().await;
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let query = house.submit().await;
    house.until(query, |it| it != QueryStatus::Submitted).await;
    drop(end);
    supervisor.await.unwrap();
    assert_eq!(house.query(query).await.status, QueryStatus::Success);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_queries_all_end_and_deliver_the_same() {
    let house = House::new().await;
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let mut queries = Vec::new();
    for _ in 0..6 {
        queries.push(house.submit().await);
    }
    for query in queries {
        assert_eq!(house.until(query, QueryStatus::is_final).await, QueryStatus::Success);
        assert_eq!(house.result(query).as_deref(), Some("carrier,total\nUA,435\n"));
    }
    drop(end);
    supervisor.await.unwrap();
    assert_eq!(house.ledger_holds().await.queries.ended, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_has_one_supervisor() {
    let house = House::new().await;
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    let config = house.config(CrashPoint::default());
    let second = Supervisor::new(house.room.store().clone(), config).await;
    assert!(matches!(second, Err(SupervisorError::Another)));
    drop(end);
    supervisor.await.unwrap();
}

#[tokio::test]
async fn walk_without_a_task_says_whose_command_it_is() {
    let output = tokio::process::Command::new(BINARY)
        .arg("walk")
        .stdin(std::process::Stdio::null())
        .output()
        .await
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("started by `serve` only"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_at_any_moment_leaves_whole_answers_or_none() {
    let house = House::new().await;
    let mut queries = Vec::new();
    // Start-up, judgement, execution, delivery: somewhere between them each kill falls.
    for millis in [40, 120, 200, 280, 360, 440, 520, 600, 90, 310] {
        let mut server = house.serve();
        queries.push(house.submit().await);
        tokio::time::sleep(Duration::from_millis(millis)).await;
        server.kill().await.unwrap();
    }
    let server = house.serve();
    for query in &queries {
        let status = house.until(*query, QueryStatus::is_final).await;
        let expected = (status == QueryStatus::Success).then_some("carrier,total\nUA,435\n");
        assert_eq!(house.result(*query).as_deref(), expected, "{status}");
    }
    drop(server);
    let counted = house.ledger_holds().await.queries;
    assert_eq!((counted.ended, counted.open), (queries.len() as u64, 0));
}
