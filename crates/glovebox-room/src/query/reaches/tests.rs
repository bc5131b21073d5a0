//! What is reached: through whose connection, and with which credentials.

use glovebox_model::{CredentialMethod, Credentials, Place, Secret, Timestamp};

use super::*;

fn connection() -> Connection {
    let place = Place::Postgresql {
        host: "db.example.org".into(),
        port: 5432,
        database: "sales".into(),
        tls: true,
    };
    Connection {
        id: "00000000-0000-4000-8000-000000000001".parse().unwrap(),
        account: "123456789012".parse().unwrap(),
        name: "reader".into(),
        databases: vec!["public".into()],
        place,
        method: CredentialMethod::Password,
        has_catalog_token: false,
        created: Timestamp::from_millis(0),
        updated: Timestamp::from_millis(0),
        version: 1,
    }
}

#[test]
fn one_reach_serves_all_tables_of_a_connection_while_any_is_read() {
    let connection = connection();
    let password = |it: &str| Secrets {
        credentials: Credentials::Password { user: "u".into(), password: Secret::new(it.into()) },
        catalog_token: None,
    };
    let proof = |it| Proof { connection: connection.id, version: 1, secrets: Ok(password(it)) };
    let reaches = Reaches::new(Egress::new(Vec::new(), b"").unwrap(), vec![proof("old")]);
    let one = reaches.reach(&connection).unwrap();
    assert!(Arc::ptr_eq(&one, &reaches.reach(&connection).unwrap()));
    let before = Arc::downgrade(&one);
    drop(one);
    assert!(before.upgrade().is_none());
    // What is shown is renewed for those of now and of later.
    let one = reaches.reach(&connection).unwrap();
    reaches.renew(&proof("new"));
    assert_eq!(one.credentials.current(), password("new").credentials);
    drop(one);
    let next = reaches.reach(&connection).unwrap();
    assert_eq!(next.credentials.current(), password("new").credentials);
}

#[test]
fn a_connection_of_another_role_or_without_the_database_reads_nothing() {
    let connection = connection();
    let role = connection.role_arn();
    let found = |connection, database: &str, role: &str| {
        rightful(connection, database, role).map(|it: &Connection| it.id)
    };
    assert_eq!(found(Some(&connection), "PUBLIC", &role), Ok(connection.id));
    assert_eq!(found(None, "public", &role), Err(Unavailable::NoConnection));
    for (database, role, why) in [
        ("other", role.as_str(), "does not serve"),
        ("public", "arn:aws:iam::123456789012:role/other", "names another"),
    ] {
        let refused = found(Some(&connection), database, role).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}
