//! What passes the pipes, and processes that see nothing.

use glovebox_catalog::Reach;
use glovebox_model::{
    Column, ColumnName, ColumnType, Connection, CredentialMethod, Credentials, EncryptedKind,
    ObjectRoot, Objects, Place, Secret, Secrets, Timestamp,
};

use super::*;
use crate::worker::caps::KernelLimits;
use crate::{Caps, CrashPoint, WalkLimits};

const KERNEL: KernelLimits = KernelLimits { address_bytes: 7, cpu_seconds: 8 };

fn schema() -> TableSchema {
    let column = |name: &str, kind| Column { name: ColumnName::new(name).unwrap(), kind };
    TableSchema {
        columns: vec![
            column("cell", ColumnType::String),
            column("n", ColumnType::Decimal { precision: 12, scale: 3 }),
        ],
        partition_keys: vec![column("day", ColumnType::Bigint)],
    }
}

fn wish() -> Wish {
    let cell = || ColumnName::new("cell").unwrap();
    let encryption = Encryption {
        columns: [(cell(), EncryptedKind::Fingerprint)].into(),
        without_nulls: [cell()].into(),
    };
    Wish::Cells { schema: schema(), encryption }
}

fn passed(terms: Option<&EgressTerms>, location: &TableLocation, wish: &Wish) -> (String, Look) {
    let line = LookV1::of(KERNEL, terms, (location, wish)).unwrap().to_line().unwrap();
    let read = LookV1::parse(&line).unwrap();
    assert_eq!(read.kernel, KERNEL);
    let (location, wish) = read.read().unwrap();
    (line.to_string(), Look::new(location, wish))
}

#[test]
fn a_look_into_a_folder_passes_the_pipe_whole() {
    let location = TableLocation::folder("/tables", "db", "t");
    for wish in [Wish::Describe, wish()] {
        let (line, look) = passed(None, &location, &wish);
        assert_eq!(line.matches('\n').count(), 1);
        assert_eq!(format!("{look:?}"), format!("{:?}", Look::new(location.clone(), wish)));
    }
    assert!(LookV1::parse("{}").is_none());
}

#[test]
fn a_look_through_a_connection_passes_with_what_it_shows_there_and_nothing_else() {
    let (protocol, root) = ObjectRoot::parse("s3://bucket/out").unwrap();
    let (region, roots) = ("us-east-1".into(), vec![root]);
    let place = Place::Files(Objects { protocol, region, endpoint: None, roots, encryption: None });
    let connection = Connection {
        id: glovebox_model::Id::from_random([3; 16]),
        account: "123456789012".parse().unwrap(),
        name: "reader".into(),
        databases: vec!["db".into()],
        place,
        method: CredentialMethod::Keys,
        has_catalog_token: false,
        created: Timestamp::from_millis(0),
        updated: Timestamp::from_millis(0),
        version: 0,
    };
    let credentials = Credentials::Keys {
        access_key_id: "AKIA".into(),
        secret_access_key: Secret::new("hush".into()),
        session_token: None,
    };
    let secrets = Secrets { credentials: credentials.clone(), catalog_token: None };
    let terms = EgressTerms { listed: vec!["127.0.0.1:9000".into()], authorities: "".into() };
    let reach = Reach::new(connection.clone(), secrets, terms.gate().unwrap());
    let connected = glovebox_catalog::Connected {
        reach: std::sync::Arc::new(reach),
        database: "db".into(),
        table: "t".into(),
    };
    let location = TableLocation::Connected(connected);
    assert!(LookV1::of(KERNEL, None, (&location, &Wish::Describe)).is_none(), "behind no gate");
    let (_, look) = passed(Some(&terms), &location, &Wish::Describe);
    assert!(!format!("{look:?}").contains("hush"));
    let TableLocation::Connected(read) = look.location() else { panic!() };
    assert_eq!((&read.database, &read.table), (&"db".to_owned(), &"t".to_owned()));
    assert_eq!(read.reach.connection, connection);
    assert_eq!(read.reach.credentials.current(), credentials);
}

#[test]
fn what_was_seen_comes_back_as_it_was() {
    let fault = |column: Option<&str>| Seen::Fault {
        column: column.map(str::to_owned),
        text: "row 3 of `t.csv`\n is \"clear\"".into(),
    };
    for seen in [Seen::Described(schema()), Seen::Good, fault(None), fault(Some("cell"))] {
        let line = SeenV1::of(&seen).to_line().unwrap();
        assert_eq!(SeenV1::parse(&line).unwrap().read(), Some(seen));
    }
    assert!(SeenV1::parse("").is_none() && SeenV1::parse("{\"described\":{}}").is_none());
}

fn config(program: &str, arguments: &[&str]) -> SupervisorConfig {
    SupervisorConfig {
        program: program.into(),
        arguments: arguments.iter().map(Into::into).collect(),
        slots: 1,
        memory_bytes: 1 << 20,
        caps: Caps { process_bytes: 64 << 20, ..Caps::of(1 << 20) },
        partitions: 1,
        limits: WalkLimits::default(),
        crash: CrashPoint::default(),
        outside: None,
    }
}

#[tokio::test]
async fn a_process_that_falls_or_takes_too_much_or_says_what_it_should_not_has_seen_nothing() {
    let location = TableLocation::folder("/tables", "db", "t");
    for (program, arguments) in [
        ("false", &[][..]),
        ("tail", &["/dev/zero"]),
        ("echo", &["{\"described\":{\"columns\":[[\"a\",\"no type\"]],\"keys\":[]}}"]),
        ("echo", &["nothing that we know"]),
    ] {
        let seen = look(&config(program, arguments), None, &location, &Wish::Describe).await;
        assert_eq!(seen.unwrap(), unseen(), "{program} {arguments:?}");
    }
    let seen = look(&config("echo", &["\"good\""]), None, &location, &Wish::Describe).await;
    assert_eq!(seen.unwrap(), Seen::Good, "the control");
    let missing = look(&config("/no/program", &[]), None, &location, &Wish::Describe).await;
    assert!(missing.is_err());
    let lost = TableLocation::Lost(Unavailable::NoConnection);
    let seen = look(&config("/no/program", &[]), None, &lost, &Wish::Describe).await.unwrap();
    assert!(matches!(seen, Seen::Fault { column: None, .. }));
}
