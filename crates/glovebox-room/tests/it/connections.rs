//! Connections: what may be said of them, and what is read through them.

use glovebox_model::{
    AccountId, AwsService, Connection, Credentials, ObjectProtocol, ObjectRoot, Objects, Place,
    ReferenceKind, Secret, Secrets, ServerSideEncryption, TableReference,
};
use glovebox_room::{
    ConnectionTerms, ConnectionUpdate, NewConnection, NewTable, NewTableSource, RoomError,
    TableUpdate,
};
use glovebox_store::Tx;

use crate::world::{World, flights};

/// Where nobody answers, but whom the operator lets one ask.
const NOBODY: &str = "http://127.0.0.1:1";

pub(crate) fn objects(root: &str) -> Objects {
    let (protocol, root) = ObjectRoot::parse(root).unwrap();
    let endpoint = Some(NOBODY.to_owned());
    Objects { protocol, region: "us-east-1".into(), endpoint, roots: vec![root], encryption: None }
}

pub(crate) fn keys() -> Secrets {
    let credentials = Credentials::Keys {
        access_key_id: "AKIA".into(),
        secret_access_key: Secret::new("hush".into()),
        session_token: None,
    };
    Secrets { credentials, catalog_token: None }
}

/// A connection for the database `lake`.
pub(crate) fn connection(name: &str) -> NewConnection {
    let databases = if name == "reader" { vec!["lake".into()] } else { vec![] };
    let place = Place::Files(objects("s3://bucket"));
    let terms = ConnectionTerms { databases, place, secrets: keys() };
    NewConnection { name: name.into(), terms }
}

fn glue() -> Place {
    let service = AwsService { region: "us-east-1".into(), endpoint: Some(NOBODY.into()) };
    Place::Glue { service, catalog_id: None, data: objects("s3://bucket") }
}

/// The fields at fault.
pub(crate) fn faults<T: std::fmt::Debug>(answer: Result<T, RoomError>) -> Vec<String> {
    match answer.unwrap_err() {
        RoomError::Validation { fields, .. } => fields.into_iter().map(|it| it.name).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_cannot_be_a_connection_is_refused_with_the_field() {
    let world = World::with(&["owner"]).await;
    let with = |change: &dyn Fn(&mut NewConnection)| {
        let mut new = connection("reader");
        change(&mut new);
        new
    };
    let operator = Secrets { credentials: Credentials::Operator, catalog_token: None };
    let token = Some(Secret::new("t".into()));
    let password = Credentials::Password { user: "u".into(), password: Secret::new("p".into()) };
    let long = Secret::new("x".repeat(40_000));
    let files = |it: Objects| Place::Files(it);
    for (new, field) in [
        (with(&|it| it.name = "a/../b c".into()), "name"),
        (with(&|it| it.name = "/a".into()), "name"),
        (with(&|it| it.terms.databases = vec!["a/b".into()]), "databases[0]"),
        (with(&|it| it.terms.databases = vec!["a".into(), "A".into()]), "databases[1]"),
        (with(&|it| (it.terms.place, it.terms.databases) = (glue(), vec![])), "databases"),
        (with(&|it| it.terms.secrets = operator.clone()), "credentials"),
        (with(&|it| it.terms.secrets.credentials = password.clone()), "credentials"),
        (
            with(&|it| {
                it.terms.secrets.credentials = Credentials::Password {
                    user: "u".into(),
                    password: Secret::new("\u{1}".repeat(10)),
                };
            }),
            "credentials",
        ),
        (
            with(&|it| it.terms.secrets.credentials = Credentials::Token(long.clone())),
            "credentials",
        ),
        (with(&|it| it.terms.secrets.catalog_token = token.clone()), "catalogToken"),
        (
            with(&|it| {
                it.terms.place = files(Objects { region: "EU 1".into(), ..objects("s3://b") })
            }),
            "files.storage.region",
        ),
        (
            with(&|it| it.terms.place = files(Objects { roots: vec![], ..objects("s3://b") })),
            "files.storage.roots",
        ),
        (
            with(&|it| {
                let encryption = Some(ServerSideEncryption::Aes256);
                it.terms.place = files(Objects { encryption, ..objects("gs://b") });
            }),
            "files.storage.encryption",
        ),
        (
            with(&|it| {
                let endpoint = Some("http://127.0.0.1:2".to_owned());
                it.terms.place = files(Objects { endpoint, ..objects("s3://b") });
            }),
            "files.storage.endpoint",
        ),
        (
            with(&|it| {
                let endpoint = Some("https://169.254.169.254".to_owned());
                it.terms.place = files(Objects { endpoint, ..objects("s3://b") });
            }),
            "files.storage.endpoint",
        ),
        (
            with(&|it| {
                let protocol = ObjectProtocol::Gcs;
                let Place::Glue { service, catalog_id, data } = glue() else { unreachable!() };
                let data = Objects { protocol, ..data };
                it.terms.place = Place::Glue { service, catalog_id, data };
            }),
            "glue.storage.roots",
        ),
    ] {
        let found = faults(world.room.create_connection(world.caller("owner"), new).await);
        assert!(found.iter().any(|it| it == field), "{field}: {found:?}");
    }
}

pub(crate) fn said<T>(answer: &Result<T, RoomError>) -> String {
    answer.as_ref().err().map(ToString::to_string).unwrap_or_default()
}

pub(crate) async fn made(world: &World, who: &str, new: NewConnection) -> Connection {
    world.room.create_connection(world.caller(who), new).await.unwrap().connection
}

fn lake(database: &str, table: &str) -> NewTable {
    let source = NewTableSource::Known(TableReference::glue(database, table));
    NewTable { source, ..flights() }
}

#[tokio::test]
async fn a_database_that_a_connection_serves_is_read_through_it_and_nowhere_else() {
    let world = World::with(&["owner", "other"]).await;
    let connection = made(&world, "owner", connection("reader")).await;
    // The same table lies in both folders: it must not be found there.
    for who in ["owner", "other"] {
        let tables = world.room.account_folder(world.account(who)).join("tables");
        std::fs::create_dir_all(tables.join("lake")).unwrap();
        std::fs::copy(tables.join("shop/flights.csv"), tables.join("lake/flights.csv")).unwrap();
    }
    for database in ["lake", "LAKE"] {
        let new = lake(database, "flights");
        let refused = world.room.create_configured_table(world.caller("owner"), new).await;
        let text = said(&refused);
        assert!(text.contains("could not be reached"), "{text}");
    }
    // Another account has no such connection.
    let new = lake("lake", "flights");
    let free = world.room.create_configured_table(world.caller("other"), new).await.unwrap();
    assert_eq!(free.table.reference.connection, None);
    assert!(connection.serves("Lake"));
}

/// Binds a table as if it had been configured when somebody answered.
pub(crate) async fn bound(tx: &mut Tx, table: &glovebox_model::ConfiguredTable, to: &Connection) {
    let reference = TableReference {
        connection: Some(to.id),
        database: "lake".into(),
        ..table.reference.clone()
    };
    let glovebox_model::ConfiguredTable {
        name,
        description,
        schema,
        allowed_columns,
        method,
        selected_methods,
        ..
    } = table.clone();
    let parts = glovebox_store::TableParts {
        name,
        description,
        reference,
        schema,
        allowed_columns,
        method,
        selected_methods,
    };
    tx.update_table(table, parts).await.unwrap();
}

#[tokio::test]
async fn a_bound_table_is_never_unbound_behind_its_owners_back() {
    let world = World::with(&["owner"]).await;
    let connection = made(&world, "owner", connection("reader")).await;
    let id = world.configure("owner").await;
    let mut tx = world.room.store().begin().await.unwrap();
    let table = tx.table(id).await.unwrap().unwrap();
    bound(&mut tx, &table, &connection).await;
    tx.commit().await.unwrap();
    // What does not name another source leaves it as it is.
    let update = TableUpdate { name: Some("renamed".into()), ..TableUpdate::default() };
    let view = world.room.update_configured_table(world.caller("owner"), id, update).await.unwrap();
    assert_eq!(view.table.reference.connection, Some(connection.id));

    world.room.delete_connection(world.caller("owner"), connection.id).await.unwrap();
    world.room.delete_connection(world.caller("owner"), connection.id).await.unwrap();
    for database in ["lake", "shop"] {
        let source = Some(NewTableSource::Known(TableReference::glue(database, "flights")));
        let update = TableUpdate { source, ..TableUpdate::default() };
        let refused = world.room.update_configured_table(world.caller("owner"), id, update).await;
        assert!(said(&refused).contains("never read from a folder"), "{database}");
    }
}

#[tokio::test]
async fn an_athena_reference_needs_a_connection_by_its_workgroup() {
    let world = World::with(&["owner"]).await;
    made(&world, "owner", connection("reader")).await;
    let reference = TableReference {
        kind: ReferenceKind::Athena {
            work_group: "primary".into(),
            output_location: None,
            catalog: None,
        },
        ..TableReference::glue("lake", "flights")
    };
    let new = NewTable { source: NewTableSource::Known(reference), ..flights() };
    let refused = world.room.create_configured_table(world.caller("owner"), new).await;
    assert!(said(&refused).contains("by Athena's workgroup `primary`"));
}

#[tokio::test]
async fn the_external_id_is_the_houses_to_say_and_another_for_each_account() {
    let world = World::with(&["one", "two"]).await;
    let mut ids = Vec::new();
    for who in ["one", "one", "two"] {
        let mut new = connection(if ids.len() == 1 { "second" } else { "reader" });
        let external_id = "mine".to_owned();
        new.terms.secrets.credentials = Credentials::AssumeRole { external_id };
        let view = world.room.create_connection(world.caller(who), new).await.unwrap();
        ids.push(view.external_id.unwrap());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
    assert!(!ids.contains(&"mine".to_owned()));
}

#[tokio::test]
async fn the_operator_binds_what_an_account_can_remove_and_not_bend() {
    let world = World::with(&["owner"]).await;
    let mut new = connection("reader");
    new.terms.secrets.credentials = Credentials::Operator;
    let nobody: AccountId = "000000000000".parse().unwrap();
    assert!(world.room.create_connection_for(nobody, new.clone()).await.is_err());
    let owner = world.account("owner");
    let bound = world.room.create_connection_for(owner, new).await.unwrap().connection;
    let terms = connection("reader").terms.into();
    let bent = world.room.update_connection(world.caller("owner"), bound.id, terms).await;
    assert!(said(&bent).contains("only the operator"));
    world.room.delete_connection(world.caller("owner"), bound.id).await.unwrap();
}

#[tokio::test]
async fn credentials_that_are_not_given_stay_for_the_same_addresses_only() {
    let world = World::with(&["owner"]).await;
    let old = made(&world, "owner", connection("reader")).await;
    let to = |place: Place| ConnectionUpdate {
        databases: vec!["lake".into(), "hr".into()],
        place,
        credentials: None,
        catalog_token: None,
    };
    let (room, caller) = (&world.room, world.caller("owner"));
    let moved = to(Place::Files(objects("s3://another/prefix")));
    let new = room.update_connection(caller, old.id, moved).await.unwrap().connection;
    assert_eq!(room.store().secrets(&new).await.unwrap(), Some(keys()));
    let default = Objects { endpoint: None, ..objects("s3://bucket") };
    for place in [Place::Files(default), Place::Delta(objects("s3://bucket")), glue()] {
        let refused = room.update_connection(caller, old.id, to(place)).await;
        assert_eq!(faults(refused), ["credentials"]);
    }
}

#[tokio::test]
async fn what_does_not_work_is_said_step_by_step() {
    let world = World::with(&["owner"]).await;
    let made = made(&world, "owner", connection("reader")).await;
    let steps = world.room.test_connection(world.caller("owner"), made.id, None).await.unwrap();
    let [step] = steps.as_slice() else { panic!("{steps:?}") };
    assert_eq!((step.name.as_str(), step.about.as_str()), ("reach", NOBODY));
    let mut new = connection("second");
    new.terms.secrets.credentials = Credentials::AssumeRole { external_id: String::new() };
    let view = world.room.create_connection(world.caller("owner"), new).await.unwrap();
    let id = view.connection.id;
    let steps = world.room.test_connection(world.caller("owner"), id, None).await.unwrap();
    assert_eq!(steps[0].name, "credentials", "{steps:?}");
}
