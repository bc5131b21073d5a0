//! Roles of keys: an analyst's key changes no rule, an auditor's key nothing at all.

use glovebox_ledger::TreeName;
use glovebox_model::{Extension, KeyRole, PageRequest};
use glovebox_room::{Caller, StartQuery};
use glovebox_store::Reader;

use crate::world::{AGGREGATION, World, aggregation, answer};

async fn with_role(world: &World, name: &str, role: KeyRole) -> Caller {
    let account = world.account(name);
    let (key, _) = world.room.store().add_key(account, role).await.unwrap();
    Caller::new(account, key)
}

#[tokio::test]
async fn an_analysts_key_cannot_loosen_a_rule_of_its_own_account() {
    let world = World::with(&["a", "b"]).await;
    let place = world.collaborate("b", "a", &[]).await;
    let membership = world.join("a", place).await;
    let table = world.configure("a").await;
    world.rule("a", table).await;
    let analyst = with_role(&world, "a", KeyRole::Analyst).await;
    let auditor = with_role(&world, "a", KeyRole::Auditor).await;
    let room = &world.room;
    for caller in [&analyst, &auditor] {
        let page = PageRequest::first();
        assert_eq!(answer(&room.get_configured_table(caller, table).await), "yes");
        assert_eq!(answer(&room.list_memberships(caller, None, page).await), "yes");
        let policy = aggregation();
        let kind = AGGREGATION;
        let updated = room.update_configured_table_analysis_rule(caller, table, kind, policy);
        let error = updated.await.unwrap_err().to_string();
        assert_eq!(error, "this takes a key of the role owner or above");
        let deleted = room.delete_configured_table_analysis_rule(caller, table, kind).await;
        assert_eq!(answer(&deleted), "denied");
        let extended = room.put_extension(caller, table, Extension::default()).await;
        assert_eq!(answer(&extended), "denied");
        assert_eq!(answer(&room.delete_membership(caller, membership).await), "denied");
    }
    let start = || StartQuery { query_string: Some("SELECT 1".into()), ..StartQuery::default() };
    let asked = room.start_protected_query(&auditor, membership, start()).await;
    assert_eq!(answer(&asked), "denied");
    let asked = room.start_protected_query(&analyst, membership, start()).await;
    // Allowed as far as the key goes: it has nowhere to send the result.
    assert_eq!(answer(&asked), "FIELD_VALIDATION_FAILED");
}

#[tokio::test]
async fn the_ledger_says_which_key_acted() {
    let world = World::with(&["a", "b"]).await;
    let place = world.collaborate("a", "b", &[]).await;
    world.join("a", place).await;
    let other = with_role(&world, "a", KeyRole::Owner).await;
    world.room.delete_member(&other, place, world.account("b")).await.unwrap();
    let (store, tree) = (world.room.store(), TreeName::Collaboration(place));
    let export = store.ledger_export(tree, 0, 100, Reader::Operator).await.unwrap().unwrap();
    let text = serde_json::to_string(&export).unwrap();
    let first = world.caller("a").access_key_id.as_str();
    assert!(text.contains(first) && text.contains(other.access_key_id.as_str()), "{text}");
    let removed = text.split("memberRemoved").next().unwrap();
    let last = removed.rfind("GBIA").unwrap();
    assert!(removed[last..].starts_with(other.access_key_id.as_str()));
}
