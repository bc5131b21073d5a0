//! Each door with everything in order, and with one thing that is not.

use std::collections::BTreeMap;

use glovebox_model::{MembershipTerms, PageRequest, QueryErrorCode, QueryFailure, QueryStatus};

use super::{LIMITS, World, list_rule, name};
use crate::reserve::NotReserved;
use crate::{
    CancelAnswer, Claim, ClaimLimits, Closed, Diagnostic, NotDeliverable, NotKept, Outcome,
    Refusal, Stand, StoreError, TooManyOpen,
};

fn delivered() -> Outcome {
    Outcome::Delivered
}

pub(super) fn refused() -> Outcome {
    Outcome::Refused(Refusal {
        message: "GB0101 no".into(),
        findings: vec![Diagnostic {
            code: "GB0101".into(),
            title: "no".into(),
            aws_text: None,
            text: "no".into(),
            start: Some(0),
            end: Some(1),
            line: Some(1),
            column: Some(1),
            table: Some("planes".into()),
            owner: Some("Maker".into()),
            help: None,
            ask_owner: None,
        }],
        touched: vec![name("planes")],
        passed: vec![],
    })
}

#[tokio::test]
async fn a_query_walks_through_every_door() {
    let world = World::new().await;
    let id = world.submit().await;
    let order = world.claimed(id).await;
    world.opened(&order).await.unwrap();
    assert_eq!(world.status(id).await, QueryStatus::Started);
    world.kept(&order).await.unwrap();
    world.store.may_deliver(&order, world.airline).await.unwrap().unwrap();
    world.later(5);
    let closed = world.store.close_query(&order, delivered()).await.unwrap();
    assert_eq!(closed, Closed { status: QueryStatus::Success });
    let query = world.query(id).await;
    assert_eq!(query.duration_millis(), Some(1000), "a bucket");
    assert_eq!(query.location, Some(format!("s3://results/{id}/")));
    world.ledger_holds(1, 0).await;
}

#[tokio::test]
async fn a_refused_query_fails_with_all_its_findings_and_opens_nothing() {
    let world = World::new().await;
    let id = world.submit().await;
    let order = world.claimed(id).await;
    let closed = world.store.close_query(&order, refused()).await.unwrap();
    assert_eq!(closed.status, QueryStatus::Failed);
    let failure = world.query(id).await.failure.unwrap();
    assert_eq!(failure.code, QueryErrorCode::MalformedQuery);
    let mut tx = world.store.read().await.unwrap();
    let findings = tx.diagnostics(id).await.unwrap().unwrap();
    assert_eq!(findings[0].code, "GB0101");
    world.ledger_holds(1, 0).await;
}

#[tokio::test]
async fn a_rule_that_changed_after_the_snapshot_sends_the_query_back() {
    let world = World::new().await;
    let order = world.claimed(world.submit().await).await;
    let snapshot = world.store.snapshot(&order).await.unwrap();
    let mut tx = world.store.begin().await.unwrap();
    let rule = tx.rule(world.planes.id).await.unwrap().unwrap();
    tx.delete_rule(&world.planes, rule.written.kind()).await.unwrap();
    // The same text again is still another rule.
    tx.put_rule(&world.planes, list_rule("model"), BTreeMap::new()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.open(&order, &snapshot).await, Err(NotReserved::Changed));
    assert_eq!(world.opened(&order).await, Ok(()));
}

#[tokio::test]
async fn a_member_that_turns_its_log_off_sends_no_query_back() {
    let world = World::new().await;
    let order = world.claimed(world.submit().await).await;
    let snapshot = world.store.snapshot(&order).await.unwrap();
    let mut tx = world.store.begin().await.unwrap();
    let own = tx.membership_in(world.collaboration, world.maker).await.unwrap().unwrap();
    let terms = MembershipTerms { query_log: false, ..own.terms.clone() };
    tx.update_membership(&own, terms).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.open(&order, &snapshot).await, Ok(()));
    // Where results go is another matter.
    let order = world.claimed(world.submit().await).await;
    let snapshot = world.store.snapshot(&order).await.unwrap();
    let mut tx = world.store.begin().await.unwrap();
    let own = tx.membership_in(world.collaboration, world.maker).await.unwrap().unwrap();
    let terms = MembershipTerms { intervals: !own.terms.intervals, ..own.terms.clone() };
    tx.update_membership(&own, terms).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.open(&order, &snapshot).await, Err(NotReserved::Changed));
}

#[tokio::test]
async fn a_disabled_key_opens_nothing_under_an_old_snapshot() {
    let world = World::new().await;
    let order = world.claimed(world.submit().await).await;
    let snapshot = world.store.snapshot(&order).await.unwrap();
    world.store.disable_key(&world.airline_key).await.unwrap();
    assert_eq!(world.open(&order, &snapshot).await, Err(NotReserved::Changed));
    assert!(!world.store.snapshot(&order).await.unwrap().key_is_enabled);
}

#[tokio::test]
async fn a_right_withdrawn_before_delivery_withholds_the_result() {
    let world = World::new().await;
    let id = world.submit().await;
    let order = world.claimed(id).await;
    world.opened(&order).await.unwrap();
    world.kept(&order).await.unwrap();
    let mut tx = world.store.begin().await.unwrap();
    let association = tx.association_named(world.collaboration, &name("planes")).await;
    tx.delete_association(&association.unwrap().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let answer = world.store.may_deliver(&order, world.airline).await.unwrap();
    assert_eq!(answer, Err(NotDeliverable::Revoked));
    let outcome = Outcome::Failed { failure: QueryFailure::access_lost(), detail: None };
    let closed = world.store.close_query(&order, outcome).await.unwrap();
    assert_eq!(closed.status, QueryStatus::Failed);
    world.ledger_holds(1, 0).await;
}

#[tokio::test]
async fn a_wish_to_stop_shuts_every_door_until_something_is_kept() {
    let world = World::new().await;
    let cancel = async |id| {
        let mut tx = world.store.begin().await.unwrap();
        let answer = tx.request_cancel(id, world.airline_key.clone()).await.unwrap();
        tx.commit().await.unwrap();
        answer
    };
    // Before it is claimed.
    let waiting = world.submit().await;
    assert!(matches!(cancel(waiting).await, CancelAnswer::Cancelling(_)));
    assert!(matches!(cancel(waiting).await, CancelAnswer::Cancelling(_)));
    assert_eq!(world.store.cancelling_queries().await.unwrap(), [waiting]);
    assert_eq!(world.store.claim(waiting, LIMITS).await.unwrap(), Claim::Ended);
    assert_eq!(cancel(waiting).await, CancelAnswer::Ended(QueryStatus::Cancelled));
    // Before it is opened.
    let claimed = world.claimed(world.submit().await).await;
    cancel(claimed.id()).await;
    assert_eq!(world.opened(&claimed).await, Err(NotReserved::Cancelled));
    let closed = world.store.close_query(&claimed, Outcome::Cancelled).await.unwrap();
    assert_eq!(closed.status, QueryStatus::Cancelled);
    // Before anything is kept.
    let opened = world.claimed(world.submit().await).await;
    world.opened(&opened).await.unwrap();
    cancel(opened.id()).await;
    assert_eq!(world.kept(&opened).await, Err(NotKept::Cancelled));
    assert_eq!(world.store.walk_is_over(opened.id()).await.unwrap(), Stand::Ended);
    assert_eq!(world.status(opened.id()).await, QueryStatus::Cancelled);
    // Too late.
    let kept = world.claimed(world.submit().await).await;
    world.opened(&kept).await.unwrap();
    world.kept(&kept).await.unwrap();
    cancel(kept.id()).await;
    assert_eq!(world.store.cancelling_queries().await.unwrap(), []);
    let closed = world.store.close_query(&kept, delivered()).await.unwrap();
    assert_eq!(closed.status, QueryStatus::Success);
    world.ledger_holds(4, 0).await;
}

#[tokio::test]
async fn a_membership_runs_and_waits_only_so_much() {
    let world = World::new().await;
    let few = ClaimLimits { running_per_membership: 1 };
    let (first, second) = (world.submit().await, world.submit().await);
    let running = world.claimed(first).await;
    assert_eq!(world.store.claim(first, few).await.unwrap(), Claim::NotNow);
    assert_eq!(world.store.claim(second, few).await.unwrap(), Claim::NotNow);
    let mut tx = world.store.begin().await.unwrap();
    let mut submission = world.submission();
    submission.most_open = 2;
    assert_eq!(tx.submit(submission).await.unwrap(), Err(TooManyOpen));
    drop(tx);
    let _ = world.store.close_query(&running, refused()).await.unwrap();
    assert!(matches!(world.store.claim(second, few).await.unwrap(), Claim::Judge(_)));
}

#[tokio::test]
async fn queries_are_listed_newest_first_page_by_page_and_by_status() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(world.submit().await);
    }
    let order = world.claimed(ids[1]).await;
    let _ = world.store.close_query(&order, refused()).await.unwrap();
    let mut tx = world.store.read().await.unwrap();
    let mut seen = Vec::new();
    let mut page = PageRequest { after: None, limit: 2 };
    loop {
        let some = tx.list_queries(world.membership.id, None, page).await.unwrap();
        seen.extend(some.items.iter().map(|it| it.id));
        let Some(next) = some.next else { break };
        page.after = Some(next);
    }
    ids.reverse();
    assert_eq!(seen, ids);
    let failed = Some(QueryStatus::Failed);
    let failed = tx.list_queries(world.membership.id, failed, PageRequest::first()).await.unwrap();
    assert_eq!(failed.items.iter().map(|it| it.id).collect::<Vec<_>>(), [ids[3]]);
}

#[tokio::test]
async fn a_query_has_one_result() {
    let world = World::new().await;
    let order = world.claimed(world.submit().await).await;
    world.opened(&order).await.unwrap();
    world.kept(&order).await.unwrap();
    assert_eq!(world.kept(&order).await, Err(NotKept::Superseded));
    let success_without_result = world.claimed(world.submit().await).await;
    let answer = world.store.close_query(&success_without_result, delivered()).await;
    assert!(matches!(answer, Err(StoreError::Corrupt { .. })));
}

#[tokio::test]
async fn a_transaction_that_sqlite_ends_by_itself_is_not_the_last() {
    let world = World::new().await;
    for _ in 0..3 {
        // As when the disk is full.
        let mut tx = world.store.begin().await.unwrap();
        sqlx::query("ROLLBACK").execute(tx.connection()).await.unwrap();
        assert!(tx.commit().await.is_err());
        let mut tx = world.store.begin().await.unwrap();
        sqlx::query("ROLLBACK").execute(tx.connection()).await.unwrap();
        drop(tx);
    }
    world.opened(&world.claimed(world.submit().await).await).await.unwrap();
}
