//! Tables brought into a collaboration.

use glovebox_model::{Id, PageRequest, TableName};
use glovebox_room::Quotas;

use crate::world::{World, answer};

#[tokio::test]
async fn a_name_is_taken_once_per_collaboration_whatever_its_case() {
    let world = World::with(&["a", "b"]).await;
    let place = world.collaborate("a", "b", &[]).await;
    let (a, b) = (world.join("a", place).await, world.join("b", place).await);
    let (ta, tb) = (world.configure("a").await, world.configure("b").await);
    let made = world.associate("a", a, ta, "Flights").await.unwrap();
    assert_eq!(made.name.as_str(), "flights");
    let taken = world.associate("b", b, tb, "FLIGHTS").await;
    assert_eq!(answer(&taken), "ALREADY_EXISTS");
    world.associate("b", b, tb, "planes").await.unwrap();
    let elsewhere = world.collaborate("a", "b", &[]).await;
    let b2 = world.join("b", elsewhere).await;
    world.associate("b", b2, tb, "flights").await.unwrap();
}

#[tokio::test]
async fn only_own_tables_enter_through_own_active_memberships() {
    let world = World::with(&["a", "b"]).await;
    let place = world.collaborate("a", "b", &[]).await;
    let (a, b) = (world.join("a", place).await, world.join("b", place).await);
    let (ta, tb) = (world.configure("a").await, world.configure("b").await);
    assert_eq!(answer(&world.associate("b", b, ta, "x").await), "not found");
    assert_eq!(answer(&world.associate("b", a, tb, "x").await), "not found");
    let unknown = Id::from_random([1; 16]);
    assert_eq!(answer(&world.associate("b", b, unknown, "x").await), "not found");
    world.room.delete_collaboration(world.caller("a"), place).await.unwrap();
    assert_eq!(answer(&world.associate("b", b, tb, "x").await), "INVALID_STATE");
}

#[tokio::test]
async fn names_that_sql_keeps_for_itself_are_refused() {
    let world = World::with(&["a"]).await;
    let place = world.collaborate("a", "a", &[]).await;
    let a = world.join("a", place).await;
    let table = world.configure("a").await;
    for bad in ["pg_catalog", "SYS_x", "svv_a", "__gb_x", "a--b", &"x".repeat(128)] {
        let refused = world.associate("a", a, table, bad).await;
        assert_eq!(answer(&refused), "FIELD_VALIDATION_FAILED", "{bad}");
    }
    assert!(TableName::new("a;b").is_err());
}

#[tokio::test]
async fn associations_of_others_are_not_found_and_second_deletes_are_quiet() {
    let world = World::with(&["a", "b"]).await;
    let place = world.collaborate("a", "b", &[]).await;
    let (a, b) = (world.join("a", place).await, world.join("b", place).await);
    let table = world.configure("a").await;
    let made = world.associate("a", a, table, "flights").await.unwrap();
    let (room, mine, theirs) = (&world.room, world.caller("a"), world.caller("b"));
    let get = room.get_configured_table_association(theirs, b, made.id).await;
    assert_eq!(answer(&get), "not found");
    let get = room.get_configured_table_association(theirs, a, made.id).await;
    assert_eq!(answer(&get), "not found");
    let delete = room.delete_configured_table_association(theirs, b, made.id).await;
    assert_eq!(answer(&delete), "not found");
    let seen = room.get_configured_table_association(mine, a, made.id).await.unwrap();
    assert_eq!((seen.association, seen.rule), (made.clone(), None));
    room.delete_configured_table_association(mine, a, made.id).await.unwrap();
    room.delete_configured_table_association(mine, a, made.id).await.unwrap();
    let delete = room.delete_configured_table_association(theirs, b, made.id).await;
    assert_eq!(answer(&delete), "not found");
    let page = PageRequest::first();
    let none = room.list_configured_table_associations(mine, a, page).await.unwrap();
    assert!(none.items.is_empty());
}

#[tokio::test]
async fn the_quota_of_associations_holds_at_its_edge() {
    let quotas = Quotas { associations_per_membership: 2, ..Quotas::default() };
    let world = World::with_quotas(&["a"], quotas).await;
    let place = world.collaborate("a", "a", &[]).await;
    let a = world.join("a", place).await;
    let table = world.configure("a").await;
    world.associate("a", a, table, "one").await.unwrap();
    world.associate("a", a, table, "two").await.unwrap();
    let third = world.associate("a", a, table, "three").await;
    assert_eq!(answer(&third), "Table associations per membership: 2");
}
