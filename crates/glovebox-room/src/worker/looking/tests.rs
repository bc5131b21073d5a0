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

fn passed(terms: Option<&EgressTerms>, sight: &Sight) -> (String, Sight) {
    let line = LookV1::of(KERNEL, terms, sight).unwrap().to_line().unwrap();
    let read = LookV1::parse(&line).unwrap();
    assert_eq!(read.kernel, KERNEL);
    (line.to_string(), read.read().unwrap())
}

#[test]
fn a_look_into_a_folder_passes_the_pipe_whole() {
    let location = TableLocation::folder("/tables", "db", "t");
    for wish in [Wish::Describe, wish()] {
        let sight = Sight::Table(location.clone(), wish);
        let (line, read) = passed(None, &sight);
        assert_eq!(line.matches('\n').count(), 1);
        assert_eq!(format!("{read:?}"), format!("{sight:?}"));
    }
    assert!(LookV1::parse("{}").is_none());
}

fn connection() -> Connection {
    let (protocol, root) = ObjectRoot::parse("s3://bucket/out").unwrap();
    let (region, roots) = ("us-east-1".into(), vec![root]);
    let place = Place::Files(Objects { protocol, region, endpoint: None, roots, encryption: None });
    Connection {
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
    }
}

#[test]
fn a_look_through_a_connection_passes_with_what_it_shows_there_and_nothing_else() {
    let connection = connection();
    let credentials = Credentials::Keys {
        access_key_id: "AKIA".into(),
        secret_access_key: Secret::new("hush".into()),
        session_token: None,
    };
    let secrets = Secrets { credentials: credentials.clone(), catalog_token: None };
    let terms = EgressTerms { listed: vec!["127.0.0.1:9000".into()], authorities: "".into() };
    let reach = Arc::new(Reach::new(connection.clone(), secrets, terms.gate().unwrap()));
    let named = Some(("db".to_owned(), "t".to_owned()));
    let (database, table) = named.clone().unwrap();
    let connected = glovebox_catalog::Connected { reach: Arc::clone(&reach), database, table };
    for sight in [
        Sight::Table(TableLocation::Connected(connected), Wish::Describe),
        Sight::Connection(reach, named.clone()),
    ] {
        assert!(LookV1::of(KERNEL, None, &sight).is_none(), "behind no gate");
        let (_, read) = passed(Some(&terms), &sight);
        assert!(!format!("{read:?}").contains("hush"));
        let (reach, table) = match read {
            Sight::Connection(reach, table) => (reach, table),
            Sight::Table(TableLocation::Connected(it), Wish::Describe) => {
                (it.reach, Some((it.database, it.table)))
            }
            Sight::Table(..) => panic!("{read:?}"),
        };
        assert_eq!(table, named);
        assert_eq!(reach.connection, connection);
        assert_eq!(reach.credentials.current(), credentials);
    }
}

#[test]
fn what_was_seen_comes_back_as_it_was() {
    let fault = |column: Option<&str>| Seen::Fault {
        column: column.map(str::to_owned),
        text: "row 3 of `t.csv`\n is \"clear\"".into(),
    };
    let step = |status, mend: Option<&str>| TriedStep {
        name: "read".into(),
        about: "db.t".into(),
        status,
        message: "2 columns".into(),
        mend: mend.map(Into::into),
    };
    let steps = vec![
        step(TriedStatus::Works, None),
        step(TriedStatus::Skipped, None),
        step(TriedStatus::Failed, Some("mend it")),
    ];
    for seen in [
        Seen::Described(schema()),
        Seen::Good,
        fault(None),
        fault(Some("cell")),
        Seen::Tried(steps),
    ] {
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
    let sight = Sight::Table(location, Wish::Describe);
    for (program, arguments) in [
        ("false", &[][..]),
        ("tail", &["/dev/zero"]),
        ("echo", &["{\"described\":{\"columns\":[[\"a\",\"no type\"]],\"keys\":[]}}"]),
        ("echo", &["nothing that we know"]),
    ] {
        let seen = look(&config(program, arguments), None, &sight).await;
        assert_eq!(seen.unwrap(), unseen(&sight), "{program} {arguments:?}");
    }
    let terms = EgressTerms { listed: Vec::new(), authorities: "".into() };
    let secrets = Secrets { credentials: Credentials::Operator, catalog_token: None };
    let reach = Arc::new(Reach::new(connection(), secrets, terms.gate().unwrap()));
    let tried = Sight::Connection(reach, None);
    let seen = look(&config("false", &[]), Some(&terms), &tried).await.unwrap();
    let Seen::Tried(steps) = &seen else { panic!("{seen:?}") };
    assert!(steps.iter().any(|it| it.status == TriedStatus::Failed), "{steps:?}");
    let seen = look(&config("echo", &["\"good\""]), None, &sight).await;
    assert_eq!(seen.unwrap(), Seen::Good, "the control");
    let missing = look(&config("/no/program", &[]), None, &sight).await;
    assert!(missing.is_err());
    let lost = Sight::Table(TableLocation::Lost(Unavailable::NoConnection), Wish::Describe);
    let seen = look(&config("/no/program", &[]), None, &lost).await.unwrap();
    assert!(matches!(seen, Seen::Fault { column: None, .. }));
}

/// A server that takes connections and never answers, and what reaches it.
async fn silent() -> (tokio::net::TcpListener, Arc<Reach>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut connection = connection();
    let Place::Files(objects) = &mut connection.place else { unreachable!() };
    objects.endpoint = Some(format!("http://{address}"));
    let credentials = Credentials::Keys {
        access_key_id: "AKIA".into(),
        secret_access_key: Secret::new("hush".into()),
        session_token: None,
    };
    let secrets = Secrets { credentials, catalog_token: None };
    let terms = EgressTerms { listed: vec![address.to_string()], authorities: "".into() };
    (listener, Arc::new(Reach::new(connection, secrets, terms.gate().unwrap())))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_answers_is_named_and_no_file_is_called_damaged() {
    let (_listener, reach) = silent().await;
    let soon = Duration::from_millis(50);
    let seen = see_within(soon, Sight::Connection(Arc::clone(&reach), None)).await.unwrap();
    let Seen::Tried(steps) = &seen else { panic!("{seen:?}") };
    assert_eq!(steps[0].name, "reach");
    assert_eq!(steps[0].status, TriedStatus::Failed);
    assert!(steps[0].message.ends_with("it did not answer in time"), "{steps:?}");

    let (database, table) = ("db".to_owned(), "t".to_owned());
    let connected = glovebox_catalog::Connected { reach, database, table };
    let sight = Sight::Table(TableLocation::Connected(connected), Wish::Describe);
    let seen = see_within(soon, sight).await.unwrap();
    let text = "`db.t` could not be reached: it did not answer in time".to_owned();
    assert_eq!(seen, Seen::Fault { column: None, text });
}

#[test]
fn a_look_answers_before_it_is_killed() {
    assert!(ANSWER < PATIENCE);
}
