//! Turns of those who look.

use super::*;
use crate::{Caps, CrashPoint, WalkLimits};

fn account(digit: char) -> AccountId {
    digit.to_string().repeat(12).parse().unwrap()
}

fn is_told_to_try_again<T>(told: &Result<T, RoomError>) -> bool {
    matches!(told, Err(RoomError::Throttled { .. }))
}

#[tokio::test]
async fn who_looks_too_often_waits_and_is_told_to_try_again() {
    let around = Surroundings::new(None);
    let one = around.turn(account('1')).await.unwrap();
    let two = around.turn(account('1')).await.unwrap();
    let (third, other) = tokio::join!(around.turn(account('1')), around.turn(account('2')));
    assert!(is_told_to_try_again(&third));
    other.unwrap();
    // Who waits gets the next turn that is given back.
    let (_third, ()) =
        tokio::join!(async { around.turn(account('1')).await.unwrap() }, async { drop(one) });
    drop(two);
}

#[tokio::test]
async fn a_ninth_process_that_looks_is_not_started() {
    // Its standard input stays open as long as somebody waits for what it saw.
    let config = SupervisorConfig {
        program: "cat".into(),
        arguments: Vec::new(),
        slots: 1,
        memory_bytes: 1 << 20,
        caps: Caps { process_bytes: 64 << 20, ..Caps::of(1 << 20) },
        partitions: 1,
        limits: WalkLimits::default(),
        crash: CrashPoint::default(),
        outside: None,
    };
    let around = Surroundings::new(None).looking_by(config);
    let looks = || {
        let location = TableLocation::folder("/tables", "db", "t");
        around.see(Located { location, turn: None }, Wish::Describe)
    };
    let mut eight = std::pin::pin!(futures::future::join_all((0..LOOKS).map(|_| looks())));
    let ninth = tokio::select! {
        biased;
        _ = &mut eight => panic!("a look ended that nobody answered"),
        ninth = async { looks().await } => ninth,
    };
    assert!(is_told_to_try_again(&ninth));
}
