//! Tables by Athena: which rules they take, which role names what they are read through, and what
//! takes the place of a connection that was removed.

use glovebox_catalog::{EgressTerms, Outside};
use glovebox_model::{
    AwsService, ConfiguredTable, Id, Place, ReferenceKind, RuleKind, TableReference, WrittenCustom,
    WrittenRule,
};
use glovebox_room::{
    ConnectionTerms, NewAssociation, NewConnection, NewTable, NewTableSource, Quotas, Room,
    RoomError, TableUpdate, TableView,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::connections::{faults, keys, made, objects, said};
use crate::world::{
    AGGREGATION, LIST, ROLE_ARN, World, aggregation, answer, association, flights, list, private,
};

/// What Athena says of every table.
const METADATA: &str = r#"{"TableMetadata": {"Name": "flights", "Columns": [
    {"Name": "tailnum", "Type": "string"}, {"Name": "carrier", "Type": "string"},
    {"Name": "delay", "Type": "bigint"}]}}"#;

/// An Athena that describes tables and does nothing else: its address.
async fn athena() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(describe(socket));
        }
    });
    address
}

async fn describe(mut socket: TcpStream) {
    let (mut asked, mut part) = (Vec::new(), [0; 4096]);
    while !is_whole(&asked) {
        match socket.read(&mut part).await {
            Ok(count @ 1..) => asked.extend_from_slice(&part[..count]),
            _ => return,
        }
    }
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{METADATA}",
        METADATA.len()
    );
    drop(socket.write_all(answer.as_bytes()).await);
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
    length.is_none_or(|it| body.len() >= it.parse::<usize>().unwrap())
}

/// A house whose members reach this machine.
async fn world() -> World {
    let mut world = World::with(&["owner"]).await;
    let terms = EgressTerms { listed: vec!["127.0.0.1".into()], authorities: String::new() };
    let room = Room::new(world.room.store().clone(), Quotas::default());
    world.room = room.with_outside(Outside::new(terms, None).unwrap());
    world
}

/// A connection for the database `lake`.
fn by_athena(name: &str, endpoint: &str) -> NewConnection {
    let service = AwsService { region: "us-east-1".into(), endpoint: Some(endpoint.into()) };
    let results = objects("s3://bucket/results");
    let place = Place::Athena { service, workgroup: "primary".into(), results };
    let terms = ConnectionTerms { databases: vec!["lake".into()], place, secrets: keys() };
    NewConnection { name: name.into(), terms }
}

fn glue() -> TableReference {
    TableReference::glue("lake", "flights")
}

fn athena_reference() -> TableReference {
    let work_group = "primary".into();
    let kind = ReferenceKind::Athena { work_group, output_location: None, catalog: None };
    TableReference { kind, ..glue() }
}

async fn configured(world: &World, reference: TableReference) -> Id<ConfiguredTable> {
    let new = NewTable { source: NewTableSource::Known(reference), ..flights() };
    let made = world.room.create_configured_table(world.caller("owner"), new).await;
    made.unwrap().table.id
}

/// Names the source of a table anew.
async fn named(
    world: &World,
    id: Id<ConfiguredTable>,
    reference: TableReference,
) -> Result<TableView, RoomError> {
    let source = Some(NewTableSource::Known(reference));
    let update = TableUpdate { source, ..TableUpdate::default() };
    world.room.update_configured_table(world.caller("owner"), id, update).await
}

#[tokio::test]
async fn an_athena_reference_takes_custom_rules_without_differential_privacy() {
    let world = world().await;
    made(&world, "owner", by_athena("reader", &athena().await)).await;
    let (room, caller, owner) = (&world.room, world.caller("owner"), world.account("owner"));
    let id = configured(&world, athena_reference()).await;
    let custom = RuleKind::Custom;
    for (kind, policy) in [(AGGREGATION, aggregation()), (LIST, list()), (custom, private(owner))] {
        let refused = room.create_configured_table_analysis_rule(caller, id, kind, policy).await;
        assert!(said(&refused).contains("by an athena reference"), "{kind:?}: {refused:?}");
    }
    let policy = WrittenRule::Custom(WrittenCustom {
        allowed_analyses: vec!["ANY_QUERY".into()],
        allowed_analysis_providers: Some(vec![owner]),
        ..WrittenCustom::default()
    });
    room.create_configured_table_analysis_rule(caller, id, custom, policy).await.unwrap();
}

#[tokio::test]
async fn a_glue_reference_to_athena_takes_all_rules_and_keeps_its_kind_under_them() {
    let world = world().await;
    made(&world, "owner", by_athena("reader", &athena().await)).await;
    let id = configured(&world, glue()).await;
    named(&world, id, athena_reference()).await.unwrap();
    named(&world, id, glue()).await.unwrap();
    world.rule("owner", id).await;
    let refused = named(&world, id, athena_reference()).await;
    assert!(said(&refused).contains("takes CUSTOM rules only"), "{refused:?}");
    let table = world.room.get_configured_table(world.caller("owner"), id).await.unwrap().table;
    assert_eq!(table.reference.kind, ReferenceKind::Glue);
}

#[tokio::test]
async fn an_association_names_the_role_of_its_connection_also_when_it_is_updated() {
    let world = world().await;
    let connection = made(&world, "owner", by_athena("reader", &athena().await)).await;
    let place = world.collaborate("owner", "owner", &[]).await;
    let membership = world.join("owner", place).await;
    let id = configured(&world, glue()).await;
    let (room, caller, role) = (&world.room, world.caller("owner"), connection.role_arn());
    let refused = world.associate("owner", membership, id, "flights").await;
    assert_eq!(faults(refused), ["roleArn"]);
    let new = NewAssociation { role_arn: role.clone(), ..association(membership, id, "flights") };
    let made = room.create_configured_table_association(caller, new).await.unwrap().id;
    let update = async |role: &str| {
        let role = Some(role.to_owned());
        room.update_configured_table_association(caller, membership, made, None, role).await
    };
    assert_eq!(faults(update(ROLE_ARN).await), ["roleArn"]);
    update(&role).await.unwrap();
}

#[tokio::test]
async fn a_connection_of_the_same_role_takes_the_place_of_one_that_was_removed() {
    let (world, athena) = (world().await, athena().await);
    let old = made(&world, "owner", by_athena("reader", &athena)).await;
    let place = world.collaborate("owner", "owner", &[]).await;
    let membership = world.join("owner", place).await;
    let id = configured(&world, glue()).await;
    let new = NewAssociation { role_arn: old.role_arn(), ..association(membership, id, "flights") };
    let (room, caller) = (&world.room, world.caller("owner"));
    room.create_configured_table_association(caller, new).await.unwrap();

    room.delete_connection(caller, old.id).await.unwrap();
    let other = made(&world, "owner", by_athena("other", &athena)).await;
    let refused = named(&world, id, glue()).await;
    assert_eq!(answer(&refused), "SUBRESOURCES_EXIST");
    assert!(said(&refused).contains(&old.role_arn()), "{refused:?}");
    room.delete_connection(caller, other.id).await.unwrap();
    let again = made(&world, "owner", by_athena("reader", &athena)).await;
    let view = named(&world, id, glue()).await.unwrap();
    assert_eq!(view.table.reference.connection, Some(again.id));
}
