//! What members see of each other's tables.

use glovebox_model::RuleKind;
use glovebox_model::{PageRequest, TableName};
use glovebox_room::SchemaType;

use crate::world::{AGGREGATION, LIST, World, aggregation, answer};

#[tokio::test]
async fn members_see_allowed_columns_only() {
    let world = World::with(&["a", "b"]).await;
    let place = world.collaborate("a", "b", &[]).await;
    let a = world.join("a", place).await;
    world.join("b", place).await;
    let table = world.configure("a").await;
    world.associate("a", a, table, "flights").await.unwrap();
    let name = TableName::new("FLIGHTS").unwrap();
    let seen = world.room.get_schema(world.caller("b"), place, &name).await.unwrap();
    let columns: Vec<&str> = seen.columns.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(columns, ["carrier", "delay"]);
    assert_eq!(seen.rule, None);
    world.clock.advance(1000);
    world.rule("a", table).await;
    let again = world.room.get_schema(world.caller("b"), place, &name).await.unwrap();
    assert!(again.rule.is_some() && again.updated > seen.updated);
}

#[tokio::test]
async fn hidden_partition_keys_stay_hidden() {
    let world = World::with(&["a"]).await;
    let folder = world.room.account_folder(world.account("a")).join("tables/shop/by");
    std::fs::create_dir_all(folder.join("secret=1/year=2013")).unwrap();
    std::fs::write(folder.join("secret=1/year=2013/part.csv"), "x\n1\n").unwrap();
    let reference = glovebox_model::TableReference::glue("shop", "by");
    let new = glovebox_room::NewTable {
        source: glovebox_room::NewTableSource::Known(reference),
        allowed_columns: vec![crate::world::column("year"), crate::world::column("x")],
        ..crate::world::flights()
    };
    let table = world.room.create_configured_table(world.caller("a"), new).await.unwrap().table;
    let place = world.collaborate("a", "a", &[]).await;
    let a = world.join("a", place).await;
    world.associate("a", a, table.id, "by").await.unwrap();
    let name = TableName::new("by").unwrap();
    let seen = world.room.get_schema(world.caller("a"), place, &name).await.unwrap();
    let keys: Vec<&str> = seen.partition_keys.iter().map(|it| it.name.as_str()).collect();
    assert_eq!((keys, seen.columns.len()), (vec!["year"], 1));
}

#[tokio::test]
async fn who_has_not_joined_sees_no_schema() {
    let world = World::with(&["a", "b", "c"]).await;
    let place = world.collaborate("a", "b", &[]).await;
    let a = world.join("a", place).await;
    let table = world.configure("a").await;
    world.associate("a", a, table, "flights").await.unwrap();
    let name = TableName::new("flights").unwrap();
    let room = &world.room;
    for who in ["b", "c"] {
        let caller = world.caller(who);
        assert_eq!(answer(&room.get_schema(caller, place, &name).await), "denied");
        let list = room.list_schemas(caller, place, None, PageRequest::first()).await;
        assert_eq!(answer(&list), "denied");
        let rule = room.get_schema_analysis_rule(caller, place, &name, Some(AGGREGATION)).await;
        assert_eq!(answer(&rule), "denied");
    }
    let members = room.list_members(world.caller("b"), place, PageRequest::first()).await;
    assert_eq!(members.unwrap().items.len(), 2);
}

#[tokio::test]
async fn every_member_sees_the_rule_of_every_table() {
    let world = World::with(&["a", "b"]).await;
    let place = world.collaborate("a", "b", &[]).await;
    let a = world.join("a", place).await;
    world.join("b", place).await;
    let table = world.configure("a").await;
    world.associate("a", a, table, "flights").await.unwrap();
    let name = TableName::new("flights").unwrap();
    let see = async |name, kind: RuleKind| {
        world.room.get_schema_analysis_rule(world.caller("b"), place, name, Some(kind)).await
    };
    assert_eq!(answer(&see(&name, AGGREGATION).await), "not found");
    world.rule("a", table).await;
    assert_eq!(see(&name, AGGREGATION).await.unwrap().rule.written, aggregation());
    assert_eq!(answer(&see(&name, LIST).await), "not found");
    assert_eq!(answer(&see(&name, RuleKind::Custom).await), "not found");
    let missing = TableName::new("missing").unwrap();
    assert_eq!(answer(&see(&missing, AGGREGATION).await), "not found");
}

#[tokio::test]
async fn schemas_are_listed_in_pages_and_by_type() {
    let world = World::with(&["a"]).await;
    let place = world.collaborate("a", "a", &[]).await;
    let a = world.join("a", place).await;
    let table = world.configure("a").await;
    for name in ["one", "two", "three"] {
        world.associate("a", a, table, name).await.unwrap();
    }
    let page = PageRequest { after: None, limit: 2 };
    let list = async |of_type, page| {
        let got = world.room.list_schemas(world.caller("a"), place, of_type, page).await.unwrap();
        let names: Vec<String> =
            got.items.iter().map(|it| it.association.name.to_string()).collect();
        (names, got.next)
    };
    let (first, next) = list(Some(SchemaType::Table), page).await;
    assert_eq!(first, ["one", "two"]);
    assert!(next.is_some());
    let (second, end) = list(None, PageRequest { after: next, limit: 2 }).await;
    assert_eq!((second.as_slice(), end), (["three".to_owned()].as_slice(), None));
    assert!(list(Some(SchemaType::Other), page).await.0.is_empty());
}
