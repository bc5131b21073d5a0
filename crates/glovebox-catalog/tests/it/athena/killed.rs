//! What a process that is killed leaves in Athena.

use std::sync::Arc;

use glovebox_catalog::{Cleaned, Reach, Stop, TableLocation, Unavailable, clean};
use glovebox_model::Leftover;
use serde_json::json;

use super::House;
use super::fake::Mood;
use crate::leftovers::{Memory, noted};

/// A house that writes down what is begun, with what reaches its Athena.
async fn house(mood: Mood) -> (House, Arc<Memory>, Arc<Reach>) {
    let mut house = House::people(mood).await;
    let memory = Arc::new(Memory::default());
    let TableLocation::Connected(connected) = &mut house.location else { unreachable!() };
    connected.reach = noted(&connected.reach, &memory);
    let reach = Arc::clone(&connected.reach);
    (house, memory, reach)
}

/// A table that is opened by a process which is killed then: what it wrote down.
async fn killed(house: &House, memory: &Memory) -> Leftover {
    std::mem::forget(house.open(&[], &Stop::default()).await.unwrap());
    memory.open().remove(0)
}

fn nameless(left: &Leftover) -> Leftover {
    let Leftover::Execution { bucket, folder, .. } = left.clone() else { panic!("{left:?}") };
    Leftover::Execution { bucket, folder, id: None }
}

fn stopped(house: &House) -> Vec<serde_json::Value> {
    let calls = house.athena.calls().into_iter();
    calls.filter_map(|it| (it.0 == "StopQueryExecution").then_some(it.1)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_of_a_killed_process_is_stopped_and_its_result_removed() {
    for knows_name in [true, false] {
        let (house, memory, reach) = house(Mood::Forever).await;
        // Some that are not ours run there, too.
        let others = [killed(&house, &memory).await, killed(&house, &memory).await];
        let left = {
            std::mem::forget(house.open(&[], &Stop::default()).await.unwrap());
            memory.open().remove(2)
        };
        let Leftover::Execution { id: Some(id), .. } = &left else { panic!("{left:?}") };
        assert_eq!((id.as_str(), house.left()), ("0000-3", 6));
        let left = if knows_name { left.clone() } else { nameless(&left) };
        assert_eq!(clean(&reach, &left).await, Ok(Cleaned::Gone));
        assert_eq!(stopped(&house), [json!({"QueryExecutionId": "0000-3"})]);
        assert_eq!(house.left(), 4, "what others wrote is there");
        // The oldest stands on the second page.
        assert_eq!(clean(&reach, &nameless(&others[0])).await, Ok(Cleaned::Gone));
        assert_eq!(stopped(&house).len(), 2);
        assert_eq!(house.left(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_was_never_begun_is_not_seen() {
    let (house, memory, reach) = house(Mood::Forever).await;
    killed(&house, &memory).await;
    let never = Leftover::Execution {
        bucket: "bucket".into(),
        folder: "results/house/0123456789abcdef0123456789abcdef".into(),
        id: None,
    };
    assert_eq!(clean(&reach, &never).await, Ok(Cleaned::Unseen));
    assert_eq!((stopped(&house).len(), house.left()), (0, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_look_for_an_execution_removes_its_result_and_says_so() {
    let (house, memory, reach) = house(Mood::Blind).await;
    let left = nameless(&killed(&house, &memory).await);
    let denied = clean(&reach, &left).await;
    assert!(matches!(denied, Err(Unavailable::Denied { .. })), "{denied:?}");
    assert_eq!(house.left(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_written_down_where_a_result_will_lie_before_anything_is_asked_of_athena() {
    let (house, memory, _) = house(Mood::Held).await;
    let stop = Stop::default();
    let opening = house.open(&[], &stop);
    let told = async {
        house.athena.met("StartQueryExecution", 1).await;
        let [Leftover::Execution { folder, id: None, .. }] = &memory.open()[..] else {
            panic!("{memory:?}")
        };
        let (_, asked) =
            house.athena.calls().into_iter().rfind(|it| it.0.starts_with("Start")).unwrap();
        let place = format!("s3://bucket/{folder}/");
        assert_eq!(asked["ResultConfiguration"]["OutputLocation"], json!(place));
        house.athena.let_go();
    };
    let (opened, ()) = tokio::join!(opening, told);
    let opened = opened.unwrap();
    assert_eq!(memory.open().len(), 1);
    assert!(opened.reading.complete().await.is_ok());
    assert_eq!((memory.open(), house.left()), (vec![], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_athena_refuses_is_struck() {
    let (house, memory, _) = house(Mood::Refuses("InvalidRequestException", "no")).await;
    assert!(house.open(&[], &Stop::default()).await.is_err());
    assert_eq!((memory.open(), memory.ever()), (vec![], 1));
}
