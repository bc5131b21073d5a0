//! Change requests: nothing changes without everybody's consent, and then all of it at once.

use std::collections::BTreeSet;

use glovebox_model::{
    AccountId, ChangeAction, ChangeRequestStatus, ChangeType, Collaboration, Id, MemberAbility,
    MemberChange, MemberStatus, PageRequest,
};
use glovebox_room::{NewChange, Offer, RoomError};

use crate::world::{World, answer, budget};

use MemberAbility::{CanQuery, CanReceiveResults};

fn change(account: AccountId, abilities: &[MemberAbility], name: Option<&str>) -> NewChange {
    let change = MemberChange {
        account,
        abilities: abilities.to_vec(),
        ml_abilities: None,
        payment: None,
        display_name: name.map(Into::into),
    };
    NewChange::Member(change, None)
}

async fn house() -> (World, Id<Collaboration>) {
    let world = World::with(&["a", "b", "c", "late"]).await;
    let place = world.collaborate("a", "b", &["c"]).await;
    for name in ["a", "b", "c"] {
        world.join(name, place).await;
    }
    (world, place)
}

async fn abilities(world: &World, place: Id<Collaboration>, name: &str) -> Vec<MemberAbility> {
    let listed = world.room.list_members(world.caller("a"), place, PageRequest::first()).await;
    let account = world.account(name);
    let mut found = listed.unwrap().items.into_iter().filter(|it| it.account == account);
    found.next().map(|it| it.terms.abilities).unwrap_or_default()
}

#[tokio::test]
async fn a_change_waits_for_every_member_and_is_then_committed_by_the_creator() {
    let (world, place) = house().await;
    let room = &world.room;
    let c = world.account("c");
    let asked = vec![change(c, &[CanReceiveResults], None)];
    let made = room.create_change_request(world.caller("a"), place, asked).await.unwrap();
    assert_eq!(made.status, ChangeRequestStatus::Pending);
    let granted = BTreeSet::from([ChangeType::GrantReceiveResultsAbility]);
    assert_eq!(made.parts.changes[0].types, granted);
    let act = async |name: &str, action| {
        room.update_change_request(world.caller(name), place, made.id, action).await
    };
    assert_eq!(answer(&act("a", ChangeAction::Commit).await), "INVALID_STATE");
    assert_eq!(answer(&act("b", ChangeAction::Commit).await), "denied");
    assert_eq!(answer(&act("b", ChangeAction::Cancel).await), "denied");
    let b = act("b", ChangeAction::Approve).await.unwrap();
    assert_eq!(b.status, ChangeRequestStatus::Pending);
    assert_eq!(abilities(&world, place, "c").await, []);
    let all = act("c", ChangeAction::Approve).await.unwrap();
    assert_eq!(all.status, ChangeRequestStatus::Approved);
    assert_eq!(abilities(&world, place, "c").await, [], "not before it is committed");
    let done = act("a", ChangeAction::Commit).await.unwrap();
    assert_eq!(done.status, ChangeRequestStatus::Committed);
    assert_eq!(abilities(&world, place, "c").await, [CanReceiveResults]);
    assert_eq!(answer(&act("b", ChangeAction::Deny).await), "INVALID_STATE");
}

#[tokio::test]
async fn one_no_is_enough_and_who_joins_meanwhile_is_asked_too() {
    let (world, place) = house().await;
    let room = &world.room;
    let (c, late) = (world.account("c"), world.account("late"));
    let add = vec![change(late, &[], Some("Late"))];
    let add = room.create_change_request(world.caller("a"), place, add).await.unwrap();
    let grant = vec![change(c, &[CanReceiveResults], None)];
    let grant = room.create_change_request(world.caller("a"), place, grant).await.unwrap();
    for name in ["b", "c"] {
        for it in [add.id, grant.id] {
            let approve = ChangeAction::Approve;
            room.update_change_request(world.caller(name), place, it, approve).await.unwrap();
        }
    }
    let commit = async |it| {
        let (caller, commit) = (world.caller("a"), ChangeAction::Commit);
        room.update_change_request(caller, place, it, commit).await
    };
    commit(add.id).await.unwrap();
    let seen = room.get_collaboration(world.caller("late"), place).await.unwrap();
    assert_eq!(seen.member_status, MemberStatus::Invited);
    world.join("late", place).await;
    assert_eq!(answer(&commit(grant.id).await), "INVALID_STATE");
    let denied = room
        .update_change_request(world.caller("late"), place, grant.id, ChangeAction::Deny)
        .await
        .unwrap();
    assert_eq!(denied.status, ChangeRequestStatus::Denied);
    assert_eq!(answer(&commit(grant.id).await), "INVALID_STATE");
}

#[tokio::test]
async fn what_was_waived_is_done_at_once_and_waiving_is_never_waived() {
    let (world, place) = house().await;
    let room = &world.room;
    let creator = world.caller("a");
    let waive = vec![NewChange::AutoApproved(vec![ChangeType::AddMember])];
    let made = room.create_change_request(creator, place, waive).await.unwrap();
    assert_eq!(made.status, ChangeRequestStatus::Pending, "waiving needs consent");
    for name in ["b", "c"] {
        let approve = ChangeAction::Approve;
        room.update_change_request(world.caller(name), place, made.id, approve).await.unwrap();
    }
    room.update_change_request(creator, place, made.id, ChangeAction::Commit).await.unwrap();
    let late = world.account("late");
    let add = vec![change(late, &[], Some("Late"))];
    let added = room.create_change_request(creator, place, add).await.unwrap();
    assert!(added.parts.auto_approved);
    assert_eq!(added.status, ChangeRequestStatus::Committed);
    world.join("late", place).await;
    let grant = vec![change(late, &[CanReceiveResults], None)];
    let grant = room.create_change_request(creator, place, grant).await.unwrap();
    assert_eq!(grant.status, ChangeRequestStatus::Pending, "only what was waived");
    let wild = vec![NewChange::AutoApproved(vec![ChangeType::EditAutoApprovedChangeTypes])];
    let wild = room.create_change_request(creator, place, wild).await;
    assert_eq!(answer(&wild), "FIELD_VALIDATION_FAILED");
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused_when_it_is_asked_for() {
    let (world, place) = house().await;
    let (b, c, late) = (world.account("b"), world.account("c"), world.account("late"));
    let try_it = async |asked| {
        let made = world.room.create_change_request(world.caller("a"), place, asked).await;
        match made {
            Err(RoomError::Validation { fields, message, .. }) => {
                fields.first().map_or(message, |it| it.name.clone())
            }
            other => answer(&other),
        }
    };
    let field = |name: &str| format!("changes[0].specification.member{name}");
    assert_eq!(try_it(vec![change(c, &[CanQuery], None)]).await, field(".memberAbilities"));
    assert_eq!(try_it(vec![change(c, &[], None)]).await, field(""), "nothing changes");
    assert_eq!(try_it(vec![change(late, &[], None)]).await, field(".displayName"));
    assert_eq!(try_it(vec![change(c, &[], Some("Other"))]).await, field(".displayName"));
    let twice = vec![change(c, &[CanReceiveResults], None), change(c, &[], None)];
    assert!(try_it(twice).await.starts_with("changes[1]"));
    let nobody = try_it(vec![change(b, &[], None)]).await;
    assert!(nobody.contains("CAN_RECEIVE_RESULTS"), "{nobody}");
    world.room.delete_member(world.caller("a"), place, c).await.unwrap();
    assert_eq!(
        try_it(vec![change(c, &[CanReceiveResults], None)]).await,
        field(".accountId"),
        "who was removed never comes back"
    );
}

#[tokio::test]
async fn who_protects_its_tables_is_not_made_a_receiver_at_any_moment() {
    let (world, place) = house().await;
    let (room, c) = (&world.room, world.account("c"));
    let page = PageRequest::first();
    let joined = room.list_memberships(world.caller("c"), None, page).await.unwrap();
    let membership = joined.items[0].membership.id;
    let offer = async || {
        let new = budget(membership, Offer::Privacy { epsilon: 3, users_noise: 30 });
        room.create_privacy_budget_template(world.caller("c"), new).await
    };
    let withdraw = async |made: glovebox_room::BudgetTemplateView| {
        let id = made.template.id;
        room.delete_privacy_budget_template(world.caller("c"), membership, id).await.unwrap();
    };
    let grant = async || {
        let asked = vec![change(c, &[CanReceiveResults], None)];
        room.create_change_request(world.caller("a"), place, asked).await
    };
    let made = offer().await.unwrap();
    assert_eq!(answer(&grant().await), "INVALID_STATE", "when it is asked for");
    withdraw(made).await;
    let request = grant().await.unwrap().id;
    for name in ["b", "c"] {
        let approve = ChangeAction::Approve;
        room.update_change_request(world.caller(name), place, request, approve).await.unwrap();
    }
    let made = offer().await.unwrap();
    let commit =
        || room.update_change_request(world.caller("a"), place, request, ChangeAction::Commit);
    assert_eq!(answer(&commit().await), "INVALID_STATE", "when it is carried out");
    assert_eq!(abilities(&world, place, "c").await, []);
    withdraw(made).await;
    commit().await.unwrap();
    assert!(offer().await.is_err(), "a receiver offers none");
}
