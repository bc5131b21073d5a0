//! Joining and leaving.

use glovebox_model::{DefaultResult, MemberStatus, PageRequest, ResultFormat, S3Output};
use glovebox_model::{MemberAbility::CanQuery, MemberAbility::CanReceiveResults};
use glovebox_room::{NewMember, NewMembership, PaymentDraft, Quotas, RoomError};

use crate::world::{World, answer, collaboration, member, membership};

pub(crate) const PAYS: PaymentDraft = PaymentDraft {
    query_compute: true,
    job_compute: None,
    model_training: None,
    model_inference: None,
    synthetic_data: None,
};

#[tokio::test]
async fn an_account_joins_once_and_never_again() {
    let world = World::with(&["a", "b", "c"]).await;
    let id = world.collaborate("a", "b", &[]).await;
    let mine = world.join("b", id).await;
    let room = &world.room;
    let again = room.create_membership(world.caller("b"), membership(id)).await;
    assert_eq!(answer(&again), "ALREADY_EXISTS");
    let stranger = room.create_membership(world.caller("c"), membership(id)).await;
    assert_eq!(answer(&stranger), "denied");

    room.delete_membership(world.caller("b"), mine).await.unwrap();
    room.delete_membership(world.caller("b"), mine).await.unwrap();
    let gone = room.get_membership(world.caller("b"), mine).await;
    assert_eq!(answer(&gone), "not found");
    let rejoin = room.create_membership(world.caller("b"), membership(id)).await;
    assert_eq!(answer(&rejoin), "denied");
    let members = room.list_members(world.caller("a"), id, PageRequest::first()).await.unwrap();
    let left = members.items.iter().find(|it| it.account == world.account("b")).unwrap();
    assert_eq!(left.status, MemberStatus::Left);
    let list = room.list_memberships(world.caller("b"), None, PageRequest::first()).await.unwrap();
    assert!(list.items.is_empty());
}

#[tokio::test]
async fn the_creator_cannot_leave_while_the_collaboration_lasts() {
    let world = World::with(&["a", "b"]).await;
    let id = world.collaborate("a", "b", &[]).await;
    let mine = world.join("a", id).await;
    let refused = world.room.delete_membership(world.caller("a"), mine).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Cannot delete membership for the creator of the collaboration while their membership \
         is still ACTIVE"
    );
    world.room.delete_collaboration(world.caller("a"), id).await.unwrap();
    world.room.delete_membership(world.caller("a"), mine).await.unwrap();
}

#[tokio::test]
async fn a_member_takes_its_tables_along_before_it_leaves() {
    let world = World::with(&["a", "b"]).await;
    let id = world.collaborate("a", "b", &[]).await;
    let mine = world.join("b", id).await;
    let table = world.configure("b").await;
    let brought = world.associate("b", mine, table, "flights").await.unwrap();
    let refused = world.room.delete_membership(world.caller("b"), mine).await;
    assert_eq!(answer(&refused), "SUBRESOURCES_EXIST");
    let caller = world.caller("b");
    world.room.delete_configured_table_association(caller, mine, brought.id).await.unwrap();
    world.room.delete_membership(caller, mine).await.unwrap();
}

#[tokio::test]
async fn foreign_and_unknown_memberships_are_not_found_alike() {
    let world = World::with(&["a", "b"]).await;
    let id = world.collaborate("a", "b", &[]).await;
    let mine = world.join("b", id).await;
    let foreign = world.room.get_membership(world.caller("a"), mine).await.unwrap_err();
    assert_eq!(foreign.to_string(), format!("membership {mine} was not found"));
    let refused = world.room.delete_membership(world.caller("a"), mine).await;
    assert_eq!(answer(&refused), "not found");
}

#[tokio::test]
async fn who_is_asked_to_pay_says_so_and_nobody_else_does() {
    let world = World::with(&["a", "b", "c"]).await;
    let payer = NewMember { payment: Some(PAYS), ..member("c", &[]) };
    let runner = member("b", &[CanQuery, CanReceiveResults]);
    let members = vec![(world.account("b"), runner), (world.account("c"), payer)];
    let new = collaboration(member("a", &[]), members);
    let made = world.room.create_collaboration(world.caller("a"), new).await.unwrap();
    let id = made.collaboration.id;
    let join = async |name, payment| {
        let new = NewMembership { payment, ..membership(id) };
        world.room.create_membership(world.caller(name), new).await
    };
    let pays_not = PaymentDraft { query_compute: false, ..PAYS };
    assert_eq!(answer(&join("c", None).await), "FIELD_VALIDATION_FAILED");
    assert_eq!(answer(&join("c", Some(pays_not)).await), "FIELD_VALIDATION_FAILED");
    assert_eq!(answer(&join("a", Some(PAYS)).await), "FIELD_VALIDATION_FAILED");
    assert!(join("c", Some(PAYS)).await.unwrap().membership.terms.payment.query_compute);
    assert!(!join("a", Some(pays_not)).await.unwrap().membership.terms.payment.query_compute);
    assert!(!join("b", None).await.unwrap().membership.terms.payment.query_compute);
}

#[tokio::test]
async fn metrics_are_for_who_runs_or_pays_where_they_are_allowed() {
    let world = World::with(&["a", "b"]).await;
    let id = world.collaborate("a", "b", &[]).await;
    let new = NewMembership { metrics: true, ..membership(id) };
    let refused = world.room.create_membership(world.caller("b"), new).await;
    assert_eq!(answer(&refused), "FIELD_VALIDATION_FAILED");
}

#[tokio::test]
async fn results_cannot_be_sent_above_their_bucket() {
    let world = World::with(&["a", "b"]).await;
    let id = world.collaborate("a", "b", &[]).await;
    let join = async |prefix: &str| {
        let output = S3Output {
            bucket: "results".into(),
            key_prefix: Some(prefix.into()),
            format: ResultFormat::Csv,
            single_file: true,
        };
        let default_result = Some(DefaultResult { output, role_arn: None });
        let new = NewMembership { default_result, ..membership(id) };
        world.room.create_membership(world.caller("b"), new).await
    };
    assert_eq!(answer(&join("out/../../other").await), "FIELD_VALIDATION_FAILED");
    let view = join("out/").await.unwrap();
    let again = world.room.get_membership(world.caller("b"), view.membership.id).await.unwrap();
    assert_eq!(again, view);
    let kept = again.membership.terms.default_result.unwrap().output;
    assert_eq!(kept.key_prefix.as_deref(), Some("out/"));
}

#[tokio::test]
async fn the_quota_of_memberships_counts_those_in_force() {
    let quotas = Quotas { memberships_per_account: 1, ..Quotas::default() };
    let world = World::with_quotas(&["a", "b"], quotas).await;
    let first = world.collaborate("a", "b", &[]).await;
    let second = world.collaborate("a", "b", &[]).await;
    let mine = world.join("b", first).await;
    let refused = world.room.create_membership(world.caller("b"), membership(second)).await;
    assert!(matches!(refused, Err(RoomError::QuotaExceeded { value: 1, .. })));
    world.room.delete_membership(world.caller("b"), mine).await.unwrap();
    world.join("b", second).await;
}
