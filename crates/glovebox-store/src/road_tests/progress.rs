//! What a runner can watch of a walk.

use glovebox_model::{Id, Query, QueryFailure, QueryStatus};

use super::{World, doors::refused, judged};
use crate::{Door, Outcome, Progress, Refusal};

async fn progress(world: &World, id: Id<Query>) -> Progress {
    world.store.read().await.unwrap().progress(id).await.unwrap().unwrap()
}

fn doors(progress: &Progress) -> Vec<Door> {
    progress.passed.iter().map(|it| it.door).collect()
}

#[tokio::test]
async fn each_transaction_notes_its_doors_with_its_moment() {
    let world = World::new().await;
    let id = world.submit().await;
    let before = progress(&world, id).await;
    assert_eq!((before.status, before.door()), (QueryStatus::Submitted, Some(Door::Bind)));
    assert_eq!(before.passed, []);

    let order = world.claimed(id).await;
    world.later(1000);
    world.opened(&order).await.unwrap();
    let opened = progress(&world, id).await;
    assert_eq!((opened.status, opened.door()), (QueryStatus::Started, Some(Door::Execute)));
    assert_eq!(doors(&opened), Door::ALL[..4]);

    world.later(1000);
    world.kept(&order).await.unwrap();
    let kept = progress(&world, id).await;
    assert_eq!((kept.status, kept.door()), (QueryStatus::Started, Some(Door::Deliver)));
    assert_eq!(doors(&kept), Door::ALL[..7]);

    world.later(1000);
    let outcome = Outcome::Delivered;
    let _ = world.store.close_query(&order, outcome).await.unwrap();
    let ended = progress(&world, id).await;
    assert_eq!((ended.status, ended.door()), (QueryStatus::Success, None));
    assert_eq!(doors(&ended), Door::ALL);
    let seconds: Vec<i64> = ended.passed.iter().map(|it| it.at.as_millis() / 1000 - 1000).collect();
    assert_eq!(seconds, [1, 1, 1, 1, 2, 2, 2, 3, 3]);
}

#[tokio::test]
async fn a_refused_query_stands_before_the_door_that_refused() {
    let world = World::new().await;
    let id = world.submit().await;
    let order = world.claimed(id).await;
    let Outcome::Refused(refusal) = refused() else { panic!() };
    let passed = judged(world.store.now())[..1].to_vec();
    let outcome = Outcome::Refused(Refusal { passed, ..refusal });
    let _ = world.store.close_query(&order, outcome).await.unwrap();
    let ended = progress(&world, id).await;
    assert_eq!((ended.status, ended.door()), (QueryStatus::Failed, Some(Door::Clear)));
    assert_eq!(doors(&ended), [Door::Bind]);
}

/// The engine's failure, a withheld release and a failed delivery are one to whoever watches.
#[tokio::test]
async fn a_query_that_failed_after_it_was_opened_does_not_tell_at_which_door() {
    let mut seen = Vec::new();
    for (keep, outcome) in [
        (false, Outcome::Failed { failure: QueryFailure::generic(), detail: None }),
        (true, Outcome::Failed { failure: QueryFailure::generic(), detail: None }),
        (false, Outcome::TimedOut),
        (false, Outcome::Cancelled),
    ] {
        let world = World::new().await;
        let id = world.submit().await;
        let order = world.claimed(id).await;
        world.opened(&order).await.unwrap();
        if keep {
            world.later(3000);
            world.kept(&order).await.unwrap();
        }
        let _ = world.store.close_query(&order, outcome).await.unwrap();
        let ended = progress(&world, id).await;
        assert!(ended.status.is_final());
        assert_eq!(ended.door(), Some(Door::Execute));
        seen.push(ended.passed);
    }
    assert!(seen.iter().all(|it| *it == seen[0] && it.len() == 4), "{seen:?}");
}

#[tokio::test]
async fn a_lost_query_does_not_tell_at_which_door_either() {
    let mut world = World::new().await;
    let id = world.submit().await;
    let order = world.claimed(id).await;
    world.opened(&order).await.unwrap();
    world.restart().await;
    let ended = progress(&world, id).await;
    assert_eq!((ended.status, ended.door()), (QueryStatus::Failed, Some(Door::Execute)));
}

#[tokio::test]
async fn a_row_for_withheld_groups_is_told_of_once_the_result_is_delivered() {
    let failed = || Outcome::Failed { failure: QueryFailure::generic(), detail: None };
    let delivered = || Outcome::Delivered;
    for (other_row, outcome, told) in
        [(true, delivered(), true), (false, delivered(), false), (true, failed(), false)]
    {
        let world = World::new().await;
        let order = world.claimed(world.submit().await).await;
        world.opened(&order).await.unwrap();
        world.kept_with(&order, other_row).await.unwrap();
        assert!(!progress(&world, order.id()).await.other_row, "nothing is delivered yet");
        let _ = world.store.close_query(&order, outcome).await.unwrap();
        assert_eq!(progress(&world, order.id()).await.other_row, told);
    }
}

#[tokio::test]
async fn an_unknown_query_has_no_progress() {
    let world = World::new().await;
    let mut tx = world.store.read().await.unwrap();
    assert_eq!(tx.progress(Id::from_random([9; 16])).await.unwrap(), None);
}
