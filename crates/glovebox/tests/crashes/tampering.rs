//! `glovebox ledger verify` over a data directory, honest and tampered with.

use std::process::Output;

use glovebox_model::QueryStatus;
use glovebox_room::CrashPoint;

use crate::house::{BINARY, House, KEY};

async fn verify(house: &House) -> Output {
    tokio::process::Command::new(BINARY)
        .args(["ledger", "verify", "--data-dir"])
        .arg(house.folder.path())
        .env("GLOVEBOX_MASTER_KEY", KEY)
        .output()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_of_a_used_house_verifies() {
    let house = House::new().await;
    let query = house.submit().await;
    let (end, supervisor) = house.supervise(CrashPoint::default()).await;
    assert_eq!(house.until(query, QueryStatus::is_final).await, QueryStatus::Success);
    drop(end);
    supervisor.await.unwrap();
    let output = verify(&house).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
