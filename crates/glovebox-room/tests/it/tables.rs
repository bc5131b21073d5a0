//! Configured tables: described once, then stored.

use glovebox_model::{AnalysisMethod, Id, PageRequest, TableReference};
use glovebox_room::{NewTable, NewTableSource, Quotas, RoomError};

use crate::world::{World, answer, column, flights};

fn from(database: &str, table: &str) -> NewTable {
    let reference = TableReference::glue(database, table);
    NewTable { source: NewTableSource::Known(reference), ..flights() }
}

#[tokio::test]
async fn the_schema_is_read_when_the_owner_configures_the_table() {
    let world = World::with(&["a"]).await;
    let id = world.configure("a").await;
    world.put_table("a", "flights.csv", "something,else\n1,2\n");
    let view = world.room.get_configured_table(world.caller("a"), id).await.unwrap();
    let columns: Vec<String> =
        view.table.schema.columns.iter().map(|it| format!("{} {}", it.name, it.kind)).collect();
    assert_eq!(columns, ["tailnum string", "carrier string", "delay bigint"]);
    assert_eq!(view.table.allowed_columns, [column("carrier"), column("delay")]);
    assert_eq!(view.rule, None);
}

#[tokio::test]
async fn what_is_not_there_or_not_supported_cannot_be_configured() {
    let world = World::with(&["a"]).await;
    let try_it = async |new| world.room.create_configured_table(world.caller("a"), new).await;
    let bad = [
        from("shop", "missing"),
        from("shop", ".."),
        from("..", "flights"),
        from("shop/../shop", "flights"),
        NewTable { source: NewTableSource::Unsupported("snowflake"), ..flights() },
        NewTable { allowed_columns: vec![column("missing")], ..flights() },
        NewTable { allowed_columns: vec![column("delay"), column("delay")], ..flights() },
        NewTable { allowed_columns: vec![], ..flights() },
        NewTable { method: AnalysisMethod::DirectJob, ..flights() },
        NewTable { method: AnalysisMethod::Multiple, ..flights() },
    ];
    for new in bad {
        let text = format!("{new:?}");
        assert_eq!(answer(&try_it(new).await), "FIELD_VALIDATION_FAILED", "{text}");
    }
    let page = PageRequest::first();
    let none = world.room.list_configured_tables(world.caller("a"), page).await.unwrap();
    assert!(none.items.is_empty());
    let unsupported = NewTableSource::Unsupported("snowflake");
    let error = try_it(NewTable { source: unsupported, ..flights() }).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "tableReference.snowflake: there is no connector for `snowflake` tables: use a `glue` reference"
    );
}

#[tokio::test]
async fn names_that_the_house_keeps_for_itself_cannot_be_columns() {
    let world = World::with(&["a"]).await;
    world.put_table("a", "odd.csv", "oid,__gb_guard_0,x\n1,2,3\n");
    for name in ["oid", "__gb_guard_0"] {
        let new = NewTable { allowed_columns: vec![column(name)], ..from("shop", "odd") };
        let refused = world.room.create_configured_table(world.caller("a"), new).await;
        assert_eq!(answer(&refused), "FIELD_VALIDATION_FAILED", "{name}");
    }
}

#[tokio::test]
async fn tables_of_others_are_not_found() {
    let world = World::with(&["a", "b"]).await;
    let id = world.configure("a").await;
    let room = &world.room;
    let foreign = room.get_configured_table(world.caller("b"), id).await.unwrap_err();
    assert_eq!(foreign.to_string(), format!("configured table {id} was not found"));
    let deleted = room.delete_configured_table(world.caller("b"), id).await;
    assert_eq!(answer(&deleted), "not found");
    let unknown = room.delete_configured_table(world.caller("a"), Id::from_random([7; 16])).await;
    assert_eq!(answer(&unknown), "not found");
}

#[tokio::test]
async fn a_table_goes_with_its_rule_once_it_is_in_no_collaboration() {
    let world = World::with(&["a", "b"]).await;
    let id = world.configure("a").await;
    world.rule("a", id).await;
    let place = world.collaborate("a", "b", &[]).await;
    let membership = world.join("a", place).await;
    let brought = world.associate("a", membership, id, "flights").await.unwrap();
    let caller = world.caller("a");
    let refused = world.room.delete_configured_table(caller, id).await;
    assert_eq!(answer(&refused), "SUBRESOURCES_EXIST");
    world.room.delete_configured_table_association(caller, membership, brought.id).await.unwrap();
    world.room.delete_configured_table(caller, id).await.unwrap();
    world.room.delete_configured_table(caller, id).await.unwrap();
    assert_eq!(answer(&world.room.get_configured_table(caller, id).await), "not found");
    let others = world.room.delete_configured_table(world.caller("b"), id).await;
    assert_eq!(answer(&others), "not found");
}

#[tokio::test]
async fn quotas_of_tables_and_columns_hold_at_their_edges() {
    let quotas = Quotas { tables_per_account: 2, columns_per_allowlist: 2, ..Quotas::default() };
    let world = World::with_quotas(&["a"], quotas).await;
    let three = vec![column("carrier"), column("delay"), column("tailnum")];
    let new = NewTable { allowed_columns: three, ..flights() };
    let refused = world.room.create_configured_table(world.caller("a"), new).await;
    assert_eq!(answer(&refused), "Columns per allowlist: 2");
    world.configure("a").await;
    let second = world.configure("a").await;
    let refused = world.room.create_configured_table(world.caller("a"), flights()).await;
    assert!(matches!(refused, Err(RoomError::QuotaExceeded { value: 2, .. })));
    world.room.delete_configured_table(world.caller("a"), second).await.unwrap();
    world.configure("a").await;
}
