//! How long the house tries, and what becomes of what it cannot take away.

use std::time::Duration;

use glovebox_catalog::{EgressTerms, Outside};
use glovebox_model::{Id, Leftover};
use glovebox_store::Left;

use super::super::fixture::{House, TOKEN, athena, execution, files, house, upload};
use super::{Cleaning, PAUSES, SHOWN};

/// A world outside in which no role can be assumed.
fn outside() -> Outside {
    Outside::new(EgressTerms::default(), None).unwrap()
}

/// Tries whatever is due, once.
async fn round(house: &House) {
    let mut cleaning = Cleaning::new(house.store.clone(), Some(outside()));
    cleaning.finish().await.unwrap();
    assert!(cleaning.working.is_empty());
}

async fn begun(house: &House, what: &Leftover, place: glovebox_model::Place) -> Left {
    let connection = house.connection("results", place).await;
    house.store.note_leftover(Id::from_random([1; 16]), &connection, what).await.unwrap();
    house.left().await.remove(0)
}

#[tokio::test]
async fn what_cannot_be_taken_away_is_tried_for_hours_then_shown_and_at_last_forgotten() {
    let house = house().await;
    let left = begun(&house, &upload("bucket", "out/q/a.csv"), files()).await;
    let connection = {
        let mut tx = house.store.read().await.unwrap();
        tx.connection_of_id(left.connection).await.unwrap().unwrap()
    };
    let mut hours = Duration::ZERO;
    for pause in PAUSES {
        round(&house).await;
        assert_eq!(house.left().await, [], "it is not tried at once again");
        house.clock.on(pause - Duration::from_millis(1));
        assert_eq!(house.left().await, []);
        house.clock.on(Duration::from_millis(1));
        assert_eq!(house.left().await.len(), 1);
        hours += pause;
    }
    assert!(hours > Duration::from_secs(7 * 60 * 60));
    assert!(!house.shown(&connection).await[0].is_given_up);
    round(&house).await;
    house.clock.on(SHOWN - Duration::from_millis(1));
    assert_eq!(house.left().await, []);
    house.store.forget_leftovers().await.unwrap();
    assert!(house.shown(&connection).await[0].is_given_up);
    house.clock.on(Duration::from_millis(1));
    house.store.forget_leftovers().await.unwrap();
    assert_eq!(house.shown(&connection).await, []);
}

#[tokio::test]
async fn behind_a_connection_that_was_removed_nothing_is_done() {
    let house = house().await;
    let left = begun(&house, &execution(TOKEN, None), athena()).await;
    let mut tx = house.store.begin().await.unwrap();
    let connection = tx.connection_of_id(left.connection).await.unwrap().unwrap();
    tx.delete_connection(&connection).await.unwrap();
    tx.commit().await.unwrap();
    round(&house).await;
    house.clock.on(Duration::from_secs(24 * 60 * 60));
    assert_eq!(house.left().await, []);
}

#[tokio::test]
async fn a_house_without_a_world_outside_leaves_it_to_one_that_has() {
    let house = house().await;
    let left = begun(&house, &upload("bucket", "out/q/a.csv"), files()).await;
    Cleaning::new(house.store.clone(), None).finish().await.unwrap();
    assert_eq!(house.left().await, [left]);
}
