//! What owners say, as the doors see it: failures counted, locks, extensions, template values.

use glovebox_model::{
    Extension, Id, Mode, NewQuery, Parameter, ParameterType, QueryFailure, QueryStatus, TemplateUse,
};

use super::{LIMITS, World, name};
use crate::{Claim, NotReserved, Outcome, Submission};

async fn locked(world: &World) -> bool {
    let mut tx = world.store.read().await.unwrap();
    let found = tx.association_named(world.collaboration, &name("planes")).await.unwrap();
    !tx.locked_out(found.unwrap().id).await.unwrap().is_empty()
}

#[tokio::test]
async fn only_failures_after_opening_count_towards_a_lock() {
    let world = World::new().await;
    for _ in 0..4 {
        // Refused rights and cancelled queries tell nothing of rows.
        let order = world.claimed(world.submit().await).await;
        let failure = QueryFailure::access_lost();
        let outcome = Outcome::Failed { failure, detail: None };
        let _ = world.store.close_query(&order, outcome).await.unwrap();
    }
    for _ in 0..3 {
        assert!(!locked(&world).await);
        let order = world.claimed(world.submit().await).await;
        world.opened(&order).await.unwrap();
        let outcome = Outcome::Failed { failure: QueryFailure::generic(), detail: None };
        let closed = world.store.close_query(&order, outcome).await.unwrap();
        assert_eq!(closed.status, QueryStatus::Failed);
    }
    assert!(locked(&world).await);
}

#[tokio::test]
async fn a_restart_of_the_house_is_no_failure_of_the_runner() {
    let mut world = World::new().await;
    for _ in 0..4 {
        let order = world.claimed(world.submit().await).await;
        world.opened(&order).await.unwrap();
        world.restart().await;
    }
    assert!(!locked(&world).await);
}

#[tokio::test]
async fn nothing_opens_under_an_extension_or_a_default_that_changed() {
    let world = World::new().await;
    let order = world.claimed(world.submit().await).await;
    let snapshot = world.store.snapshot(&order).await.unwrap();
    world.store.set_default_mode(Mode::Aws).await.unwrap();
    assert_eq!(world.open(&order, &snapshot).await, Err(NotReserved::Changed));
    let snapshot = world.store.snapshot(&order).await.unwrap();
    assert_eq!(snapshot.tables[&name("planes")].extension.mode, Mode::Aws);
    let mut tx = world.store.begin().await.unwrap();
    tx.put_extension(&world.planes, &Extension::default()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.open(&order, &snapshot).await, Err(NotReserved::Changed));
    let snapshot = world.store.snapshot(&order).await.unwrap();
    assert_eq!(snapshot.tables[&name("planes")].extension.mode, Mode::Strict);
    world.open(&order, &snapshot).await.unwrap();
}

#[tokio::test]
async fn the_values_of_a_template_are_kept_with_the_query_and_logged_as_aws_does() {
    let world = World::new().await;
    let used = TemplateUse {
        template: Id::from_random([9; 16]),
        arn: "arn:t".into(),
        author: world.maker,
        given: vec![("n".into(), "5".into())],
        parameters: vec![Parameter {
            name: "n".into(),
            kind: ParameterType::Int,
            value: "5".into(),
        }],
    };
    let plain = world.submission();
    let asked = NewQuery { template: Some(used.clone()), ..plain.asked.clone() };
    let mut tx = world.store.begin().await.unwrap();
    let submission = Submission { asked, ..plain };
    let query = tx.submit(submission).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.query(query.id).await.asked.template, Some(used));
    let Claim::Judge(order) = world.store.claim(query.id, LIMITS).await.unwrap() else {
        panic!("a query to judge")
    };
    world.opened(&order).await.unwrap();
    let mut tx = world.store.read().await.unwrap();
    let lines: Vec<String> = sqlx::query_scalar("SELECT line FROM member_logs WHERE query = ?1")
        .bind(query.id.to_string())
        .fetch_all(tx.connection())
        .await
        .unwrap();
    assert!(!lines.is_empty());
    for line in lines {
        assert!(line.contains(r#""analysisTemplateArn":"arn:t""#), "{line}");
        assert!(line.contains(r#""parameters":"{\"n\":\"5\"}""#), "{line}");
    }
}
