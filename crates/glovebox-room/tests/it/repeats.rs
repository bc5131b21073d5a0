//! A request that comes again is not carried out again.

use glovebox_model::{Digest, PageRequest};
use glovebox_room::Caller;
use glovebox_store::Recalled;

use crate::world::{World, answer, flights};

async fn tables(world: &World) -> usize {
    let page = PageRequest::first();
    world.room.list_configured_tables(world.caller("a"), page).await.unwrap().items.len()
}

#[tokio::test]
async fn a_repeated_request_gets_its_first_answer() {
    let world = World::with(&["a"]).await;
    let store = world.room.store();
    let request = Digest::of(b"signature and body");
    let Recalled::First(claim) = store.recall(request, "CreateConfiguredTable").await.unwrap()
    else {
        panic!("first")
    };
    let again = store.recall(request, "CreateConfiguredTable").await.unwrap();
    assert!(matches!(again, Recalled::Running));
    let caller = Caller { claims: vec![claim.clone()], ..world.caller("a").clone() };
    world.room.create_configured_table(&caller, flights()).await.unwrap();

    // Carried out and not yet answered, as after a fall of the house: never carried out again.
    let again = store.recall(request, "CreateConfiguredTable").await.unwrap();
    assert!(matches!(again, Recalled::Unanswered));
    store.remember_answer(&claim, 200, b"{}").await.unwrap();
    let again = store.recall(request, "CreateConfiguredTable").await.unwrap();
    assert!(matches!(again, Recalled::Answered { status: 200, body } if body == b"{}"));
    let other = store.recall(request, "CreateCollaboration").await.unwrap();
    assert!(matches!(other, Recalled::First(_)));
    assert_eq!(tables(&world).await, 1);
}

#[tokio::test]
async fn an_answer_outlives_every_signature_that_could_repeat_it() {
    let world = World::with(&["a"]).await;
    let store = world.room.store();
    let request = Digest::of(b"x");
    let Recalled::First(claim) = store.recall(request, "Op").await.unwrap() else {
        panic!("first")
    };
    store.remember_answer(&claim, 200, b"{}").await.unwrap();
    world.clock.advance(30 * 60 * 1000);
    assert!(matches!(store.recall(request, "Op").await.unwrap(), Recalled::Answered { .. }));
    world.clock.advance(2 * 60 * 1000);
    assert!(matches!(store.recall(request, "Op").await.unwrap(), Recalled::First(_)));
}

#[tokio::test]
async fn a_request_that_was_taken_over_changes_nothing() {
    let world = World::with(&["a"]).await;
    let store = world.room.store();
    let request = Digest::of(b"x");
    let Recalled::First(slow) = store.recall(request, "Op").await.unwrap() else { panic!("first") };
    world.clock.advance(16 * 60 * 1000);
    let Recalled::First(quick) = store.recall(request, "Op").await.unwrap() else {
        panic!("taken over")
    };
    let caller = |claim| Caller { claims: vec![claim], ..world.caller("a").clone() };
    let overtaken = world.room.create_configured_table(&caller(slow), flights()).await;
    assert!(overtaken.is_err());
    assert_eq!(tables(&world).await, 0);
    world.room.create_configured_table(&caller(quick.clone()), flights()).await.unwrap();
    assert_eq!(tables(&world).await, 1);
    store.forget_request(&quick).await.unwrap();
    assert!(matches!(store.recall(request, "Op").await.unwrap(), Recalled::Unanswered));
}

#[tokio::test]
async fn a_refused_request_may_be_forgotten_and_come_again() {
    let world = World::with(&["a"]).await;
    let store = world.room.store();
    let request = Digest::of(b"x");
    let Recalled::First(claim) = store.recall(request, "Op").await.unwrap() else {
        panic!("first")
    };
    store.forget_request(&claim).await.unwrap();
    assert!(matches!(store.recall(request, "Op").await.unwrap(), Recalled::First(_)));
    assert_eq!(answer(&Ok::<(), _>(())), "yes");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_equal_requests_at_once_one_is_carried_out() {
    let world = World::with(&["a"]).await;
    let request = Digest::of(b"x");
    let tasks = (0..16).map(|_| {
        let store = world.room.store().clone();
        tokio::spawn(async move {
            matches!(store.recall(request, "Op").await.unwrap(), Recalled::First(_))
        })
    });
    let first = futures::future::join_all(tasks).await;
    assert_eq!(first.into_iter().filter(|it| *it.as_ref().unwrap()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_join_or_take_a_name_at_once_one_succeeds() {
    let world = std::sync::Arc::new(World::with(&["a", "b"]).await);
    let place = world.collaborate("a", "b", &[]).await;
    let both = (0..2).map(|_| {
        let world = std::sync::Arc::clone(&world);
        tokio::spawn(async move {
            let new = crate::world::membership(place);
            answer(&world.room.create_membership(world.caller("b"), new).await)
        })
    });
    let both = futures::future::join_all(both).await;
    let mut answers: Vec<String> = both.into_iter().map(Result::unwrap).collect();
    answers.sort();
    assert_eq!(answers, ["ALREADY_EXISTS", "yes"]);

    let joined = world.join("a", place).await;
    let table = world.configure("a").await;
    let both = (0..2).map(|_| {
        let world = std::sync::Arc::clone(&world);
        tokio::spawn(async move { answer(&world.associate("a", joined, table, "flights").await) })
    });
    let both = futures::future::join_all(both).await;
    let mut answers: Vec<String> = both.into_iter().map(Result::unwrap).collect();
    answers.sort();
    assert_eq!(answers, ["ALREADY_EXISTS", "yes"]);
}

#[tokio::test]
async fn after_a_fall_what_was_not_done_may_come_again_and_what_was_may_not() {
    let world = World::with(&["a"]).await;
    let store = world.room.store();
    let (done, named, lost) = (Digest::of(b"done"), Digest::of(b"named"), Digest::of(b"lost"));
    let mut claims = Vec::new();
    for same in [done, named, lost] {
        let Recalled::First(claim) = store.recall(same, "Op").await.unwrap() else {
            panic!("first")
        };
        claims.push(claim);
    }
    let slow = Caller { claims: claims.split_off(2), ..world.caller("a").clone() };
    let caller = Caller { claims, ..world.caller("a").clone() };
    world.room.create_configured_table(&caller, flights()).await.unwrap();

    store.forget_unfinished().await.unwrap();
    for same in [done, named] {
        assert!(matches!(store.recall(same, "Op").await.unwrap(), Recalled::Unanswered));
    }
    assert!(matches!(store.recall(lost, "Op").await.unwrap(), Recalled::First(_)));
    assert!(world.room.create_configured_table(&slow, flights()).await.is_err());
    assert_eq!(tables(&world).await, 1);
}
