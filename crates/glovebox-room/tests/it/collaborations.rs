//! The agreement: made, seen, listed and ended.

use glovebox_model::{EncryptionMetadata, Id, MemberStatus, PageRequest};
use glovebox_model::{MemberAbility::CanQuery, MemberAbility::CanReceiveResults};
use glovebox_room::{NewCollaboration, Quotas, RoomError};

use crate::world::{World, answer, collaboration, member, membership};

#[tokio::test]
async fn the_creator_is_invited_until_it_joins() {
    let world = World::with(&["a", "b"]).await;
    let id = world.collaborate("a", "b", &[]).await;
    let view = world.room.get_collaboration(world.caller("a"), id).await.unwrap();
    assert_eq!((view.member_status, view.membership), (MemberStatus::Invited, None));
    let joined = world.join("a", id).await;
    let view = world.room.get_collaboration(world.caller("a"), id).await.unwrap();
    assert_eq!((view.member_status, view.membership), (MemberStatus::Active, Some(joined)));
}

#[tokio::test]
async fn unknown_foreign_and_deleted_collaborations_are_denied_alike() {
    let world = World::with(&["a", "b", "c"]).await;
    let id = world.collaborate("a", "b", &[]).await;
    let see = async |name, id| {
        let seen = world.room.get_collaboration(world.caller(name), id).await;
        (answer(&seen), seen.unwrap_err().to_string())
    };
    let unknown = see("c", Id::from_random([9; 16])).await;
    assert_eq!(see("c", id).await, unknown);
    world.room.delete_collaboration(world.caller("a"), id).await.unwrap();
    assert_eq!(see("a", id).await, unknown);
    assert_eq!(unknown.0, "denied");
}

#[tokio::test]
async fn only_the_creator_ends_a_collaboration_and_may_do_so_twice() {
    let world = World::with(&["a", "b", "c"]).await;
    let id = world.collaborate("a", "b", &[]).await;
    let mine = world.join("b", id).await;
    for name in ["b", "c"] {
        let refused = world.room.delete_collaboration(world.caller(name), id).await;
        assert_eq!(answer(&refused), "denied");
    }
    world.room.delete_collaboration(world.caller("a"), id).await.unwrap();
    world.room.delete_collaboration(world.caller("a"), id).await.unwrap();
    let again = world.room.delete_collaboration(world.caller("b"), id).await;
    assert_eq!(answer(&again), "denied");
    let view = world.room.get_membership(world.caller("b"), mine).await.unwrap();
    assert_eq!(view.membership.status.aws_name(), "COLLABORATION_DELETED");
    world.room.delete_membership(world.caller("b"), mine).await.unwrap();
}

#[tokio::test]
async fn the_sixth_guest_and_the_eleventh_collaboration_are_too_many() {
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let world = World::with(&names).await;
    let five = world.collaborate("a", "b", &["c", "d", "e", "f"]).await;
    let members = world.room.list_members(world.caller("a"), five, PageRequest::first()).await;
    assert_eq!(members.unwrap().items.len(), 6);

    let invited = names[1..].iter().map(|it| (world.account(it), member(it, &[]))).collect();
    let six = collaboration(member("a", &[CanQuery, CanReceiveResults]), invited);
    let refused = world.room.create_collaboration(world.caller("a"), six).await;
    assert_eq!(answer(&refused), "Members invited per collaboration: 5");

    for _ in 0..9 {
        world.collaborate("a", "b", &[]).await;
    }
    let eleventh = collaboration(member("a", &[CanQuery, CanReceiveResults]), vec![]);
    let refused = world.room.create_collaboration(world.caller("a"), eleventh.clone()).await;
    assert_eq!(answer(&refused), "Collaborations created per account: 10");
    world.room.delete_collaboration(world.caller("a"), five).await.unwrap();
    world.room.create_collaboration(world.caller("a"), eleventh).await.unwrap();
}

#[tokio::test]
async fn lists_come_in_pages_that_lose_and_repeat_nothing() {
    let quotas = Quotas { collaborations_per_account: 100, ..Quotas::default() };
    let world = World::with_quotas(&["a", "b"], quotas).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(world.collaborate("a", "b", &[]).await);
    }
    world.join("b", made[1]).await;
    let mut seen = Vec::new();
    let mut page = PageRequest { after: None, limit: 2 };
    loop {
        let got = world.room.list_collaborations(world.caller("b"), None, page).await.unwrap();
        assert!(got.items.len() <= 2);
        seen.extend(got.items.iter().map(|it| it.collaboration.id));
        match got.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, made);
    let active = Some(MemberStatus::Active);
    let page = PageRequest::first();
    let got = world.room.list_collaborations(world.caller("b"), active, page).await.unwrap();
    assert_eq!(got.items.iter().map(|it| it.collaboration.id).collect::<Vec<_>>(), [made[1]]);
}

#[tokio::test]
async fn the_parameters_of_encryption_are_kept_as_given() {
    let world = World::with(&["a"]).await;
    let encryption = EncryptionMetadata {
        allow_cleartext: true,
        allow_duplicates: false,
        allow_joins_on_columns_with_different_names: true,
        preserve_nulls: false,
    };
    let alone = collaboration(member("a", &[CanQuery, CanReceiveResults]), vec![]);
    let new = NewCollaboration { encryption: Some(encryption), ..alone };
    let id = world.room.create_collaboration(world.caller("a"), new).await.unwrap();
    let seen = world.room.get_collaboration(world.caller("a"), id.collaboration.id).await.unwrap();
    assert_eq!(seen.collaboration.terms.encryption, Some(encryption));
    assert_eq!(seen, id);
}

#[tokio::test]
async fn an_account_that_does_not_exist_yet_can_be_invited() {
    let world = World::with(&["a"]).await;
    let unborn = "999999999999".parse().unwrap();
    let creator = member("a", &[CanQuery, CanReceiveResults]);
    let new = collaboration(creator, vec![(unborn, member("later", &[]))]);
    world.room.create_collaboration(world.caller("a"), new).await.unwrap();
}

#[tokio::test]
async fn a_disabled_key_or_account_is_denied_in_the_same_transaction() {
    let world = World::with(&["a", "b"]).await;
    let id = world.collaborate("a", "b", &[]).await;
    let caller = world.caller("a");
    world.room.store().disable_key(&caller.access_key_id).await.unwrap();
    assert_eq!(answer(&world.room.get_collaboration(caller, id).await), "denied");
    assert_eq!(answer(&world.room.delete_collaboration(caller, id).await), "denied");
    world.room.store().disable_account(world.account("b")).await.unwrap();
    let refused = world.room.create_membership(world.caller("b"), membership(id)).await;
    assert!(matches!(refused, Err(RoomError::AccessDenied { .. })));
}
