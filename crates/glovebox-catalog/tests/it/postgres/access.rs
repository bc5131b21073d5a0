//! Who may read what, by which names, and through which door.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use expect_test::expect;
use glovebox_catalog::{Barred, Egress, Reach, Unavailable};
use glovebox_model::Place;

use super::cluster::{Cluster, PASSWORD, at};
use super::{Asked, ask, opened};
use crate::tables::described;

const ROOM: &str = "CREATE ROLE reader LOGIN PASSWORD 'hush'; CREATE SCHEMA s; CREATE SCHEMA shut; \
    GRANT USAGE ON SCHEMA s TO reader; CREATE TABLE shut.t (a int); CREATE TABLE s.none (a int); \
    CREATE TABLE s.some (a int, b text, secret json); GRANT SELECT (a, b) ON s.some TO reader; \
    INSERT INTO s.some VALUES (1, 'x', '{}'); \
    CREATE TABLE s.rows (a int, owner text); GRANT SELECT ON s.rows TO reader; \
    INSERT INTO s.rows VALUES (1, 'reader'), (2, 'other'); \
    ALTER TABLE s.rows ENABLE ROW LEVEL SECURITY; \
    CREATE POLICY own ON s.rows USING (owner = current_user); \
    CREATE TABLE s.twice (a int, \"A\" int); GRANT SELECT ON s.twice TO reader; \
    CREATE TABLE s.odd (\"a.b\" int); GRANT SELECT ON s.odd TO reader;";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_granted_is_read_and_each_fault_says_what_it_is() {
    let cluster = Cluster::start(&[]);
    cluster.admin().await.batch_execute(ROOM).await.unwrap();
    let says = async |schema: &str, table: &str| {
        described(&cluster.table(schema, table)).await.unwrap_err().to_string()
    };
    let denied = |it: &str| {
        format!("access to `{it}` was denied: the credentials of the connection do not allow it")
    };
    assert_eq!(says("shut", "t").await, denied("shut.t"));
    assert_eq!(says("s", "none").await, denied("s.none"));
    assert_eq!(says("s", "nothing").await, "the catalog has no table `s.nothing`");
    assert_eq!(says("S", "rows").await, "the catalog has no schema `S`");
    assert_eq!(says("s", "Rows").await, "the catalog has no table `s.Rows`");
    assert_eq!(says("s", "twice").await, "two columns of `s.twice` are called `a` in lower case");
    assert!(says("s", "odd").await.starts_with("the name `a.b` cannot be used"));
    assert_eq!(says("s", "a\0b").await, "a database or table name must be one path segment");

    // Columns that are not granted are not there.
    let some = opened(&cluster.table("s", "some"), None).await.unwrap();
    assert!(ask(&some, "select * from t").await.unwrap().contains("| a | b |"));
    assert!(ask(&some, "select count(*) as n from t").await.unwrap().contains("| 1 |"));
    // Rows that a policy hides are not there.
    let rows = opened(&cluster.table("s", "rows"), None).await.unwrap();
    assert!(ask(&rows, "select sum(a) as n from t").await.unwrap().contains("| 1 |"));
    // A right that was lost.
    let some = opened(&cluster.table("s", "some"), None).await.unwrap();
    cluster.admin().await.batch_execute("REVOKE ALL (b) ON s.some FROM reader").await.unwrap();
    let lost = ask(&some, "select b from t").await.unwrap_err();
    assert_eq!(lost.to_string(), denied("s.some"));
    let lost = opened(&cluster.table("s", "rows"), None).await.map(drop);
    assert_eq!(lost, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_log_in_is_told_why() {
    let cluster = Cluster::start(&[]);
    cluster.admin().await.batch_execute(ROOM).await.unwrap();
    let says = async |reach: Arc<Reach>| {
        described(&at(&reach, "s", "rows")).await.unwrap_err().to_string()
    };
    let other = |change: fn(&mut Place)| cluster.reach_by("reader", PASSWORD, change);
    expect!["the connection cannot be used: the server does not accept the user and the password"]
        .assert_eq(&says(cluster.reach_by("reader", "wrong", |_| {})).await);
    expect!["the connection cannot be used: the server does not accept the user and the password"]
        .assert_eq(&says(cluster.reach_by("nobody", PASSWORD, |_| {})).await);
    let elsewhere = |place: &mut Place| {
        let Place::Postgresql { database, .. } = place else { unreachable!() };
        *database = "sales".into();
    };
    expect!["the catalog has no PostgreSQL database `sales`"]
        .assert_eq(&says(other(elsewhere)).await);
    let keys = crate::store::reach(
        Place::Postgresql {
            host: "127.0.0.1".into(),
            port: cluster.port,
            database: "postgres".into(),
            tls: false,
        },
        crate::store::keys("hush"),
        "127.0.0.1",
    );
    expect!["the connection cannot be used: a PostgreSQL server needs a user and a password"]
        .assert_eq(&says(keys).await);
    // The server does not know TLS; without, only what is listed is reached.
    let demanding = |place: &mut Place| {
        let Place::Postgresql { tls, .. } = place else { unreachable!() };
        *tls = true;
    };
    let answer = says(other(demanding)).await;
    assert!(answer.ends_with("it does not offer TLS, which the connection demands"), "{answer}");
    let mut unlisted = (*cluster.reach("reader")).clone();
    unlisted.egress = Egress::new(vec!["127.0.0.1:1".parse().unwrap()], b"").unwrap();
    let barred = described(&at(&Arc::new(unlisted), "s", "rows")).await.unwrap_err();
    assert_eq!(barred, Unavailable::Barred(Barred::Address("127.0.0.1".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_literals_are_never_taken_for_something_else() {
    let cluster = Cluster::start(&["standard_conforming_strings=off", "backslash_quote=off"]);
    let admin = cluster.admin().await;
    let (schema, table) = ("s\"; DROP TABLE x; --", "tä'\\$$/*b");
    let quoted = |it: &str| format!("\"{}\"", it.replace('"', "\"\""));
    let (in_schema, in_table) = (quoted(schema), quoted(table));
    let made = format!(
        "CREATE ROLE reader LOGIN PASSWORD 'hush'; CREATE SCHEMA {in_schema}; \
         GRANT USAGE ON SCHEMA {in_schema} TO reader; \
         CREATE TABLE {in_schema}.{in_table} (\"Order By\" int, \"-a b_-c\" text); \
         GRANT SELECT ON {in_schema}.{in_table} TO reader; \
         CREATE TABLE x (a int); GRANT ALL ON x TO reader;"
    );
    admin.batch_execute(&made.replace("\"-a b_-c\"", "\"a b_-c\"")).await.unwrap();
    let texts = ["O'Hare", "\\' OR 1=1; --", "\u{202e}日本\u{1f600}", "a\\", "'';", "$1", "\n\t\r"];
    for (row, text) in (1_i32..).zip(texts) {
        let insert = format!("INSERT INTO {in_schema}.{in_table} VALUES ($1, $2)");
        admin.execute(&insert, &[&row, &text]).await.unwrap();
    }
    let asked = Arc::new(Asked::default());
    let location = cluster.table(schema, table);
    let hostile = opened(&location, Some(Arc::clone(&asked))).await.unwrap();
    for (row, text) in (1..).zip(texts) {
        let literal = text.replace('\'', "''");
        let query = format!("select \"order by\" from t where \"a b_-c\" = '{literal}'");
        let answer = ask(&hostile, &query).await.unwrap();
        assert!(answer.contains(&format!("| {row} ")), "{text}: {answer}");
        let statement = asked.taken().join("");
        assert!(statement.contains(" WHERE \"a b_-c\" = E'"), "{statement}");
    }
    let left = admin.query("SELECT 1 FROM x", &[]).await.unwrap();
    assert!(left.is_empty());
}

/// Makes an authority, and a certificate for `localhost` that it signed, in `folder`.
fn certificates(folder: &Path) {
    let openssl = |arguments: &str| {
        let done = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=tests"));
    openssl(&format!(
        "req -x509 {key} -keyout server.key -out server.pem -subj /CN=localhost -CA ca.pem \
         -CAkey ca.key -addext subjectAltName=DNS:localhost -addext basicConstraints=CA:FALSE"
    ));
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(folder.join("server.key"), private).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_tls_the_name_and_the_authority_are_checked() {
    let tls = ["ssl=on", "ssl_cert_file=../server.pem", "ssl_key_file=../server.key"];
    let cluster = Cluster::start_with(&tls, certificates);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let how = "CREATE VIEW s.how AS SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid(); \
               GRANT SELECT ON s.how TO reader";
    admin.batch_execute(how).await.unwrap();
    let authority = std::fs::read(cluster.folder.path().join("ca.pem")).unwrap();
    let says = async |host: &str, authority: &[u8]| {
        let host = host.to_owned();
        let mut reach = (*cluster.reach_by("reader", PASSWORD, |place| {
            let Place::Postgresql { host: at, tls, .. } = place else { unreachable!() };
            (*at, *tls) = (host, true);
        }))
        .clone();
        reach.egress = Egress::new(vec!["127.0.0.1".parse().unwrap()], authority).unwrap();
        let location = at(&Arc::new(reach), "s", "how");
        match opened(&location, None).await {
            Ok(table) => ask(&table, "select ssl from t").await.unwrap(),
            Err(refused) => refused.to_string(),
        }
    };
    assert!(says("localhost", &authority).await.contains("| true |"));
    let other_name = says("127.0.0.1", &authority).await;
    assert!(other_name.ends_with("its certificate is for another name"), "{other_name}");
    let stranger = says("localhost", b"").await;
    assert!(stranger.ends_with("of an authority that the house does not trust"), "{stranger}");
}
