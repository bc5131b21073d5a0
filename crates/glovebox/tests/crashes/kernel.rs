//! What the kernel holds against a process that walks a query, when it is met.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use glovebox_model::{Id, Query, QueryStatus};
use serde_json::Value;

use crate::house::{House, many_flights};

/// The signals of a process whose time on all cores is over: KILL, or XCPU from some kernels.
const OVER: [i32; 2] = [9, 24];

impl House {
    /// The address space and the time that a process of this query may take.
    pub(crate) async fn kernel_limits(&self, query: Id<Query>) -> (u64, u64) {
        let task: Value = serde_json::from_str(&self.task(query, "").await).unwrap();
        let limit = |name: &str| task["kernel"][name].as_u64().unwrap();
        (limit("address_bytes"), limit("cpu_seconds"))
    }

    /// One walking process of the real binary, kept to less than its own limit.
    async fn walk_within(&self, query: Id<Query>, limit: &str, most: u64) -> ExitStatus {
        let mut task: Value = serde_json::from_str(&self.task(query, "").await).unwrap();
        assert!(task["kernel"][limit].as_u64().unwrap() > most, "{limit}");
        task["kernel"][limit] = most.into();
        self.walk_task(&format!("{task}\n")).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_computes_longer_than_the_kernel_lets_it_is_ended() {
    let house = House::new().await;
    house.put_flights(&many_flights());
    let query = house.submit().await;
    let ended = house.walk_within(query, "cpu_seconds", 1).await;
    assert!(ended.signal().is_some_and(|it| OVER.contains(&it)), "{ended}");
    assert!(!house.query(query).await.status.is_final());
    let _ = house.room.store().walk_is_over(query).await.unwrap();
    assert_ne!(house.query(query).await.status, QueryStatus::Success);
    assert_eq!(house.result(query), None);
    house.ledger_holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_takes_more_address_space_than_it_may_is_ended() {
    let house = House::new().await;
    let query = house.submit().await;
    // What it has already it keeps: the next piece, whatever it is for, is one too many.
    let ended = house.walk_within(query, "address_bytes", 1 << 20).await;
    assert!(!ended.success(), "{ended}");
    assert_eq!(house.query(query).await.status, QueryStatus::Submitted);
    assert_eq!(house.result(query), None);
    // With its own limit it walks to its end.
    assert!(house.walk(query, "").await.success());
    assert_eq!(house.query(query).await.status, QueryStatus::Success);
    house.ledger_holds().await;
}
