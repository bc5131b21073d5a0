//! One moment for all that a query reads, and how it is told from others.

use futures::StreamExt;
use glovebox_catalog::Unavailable;
use glovebox_model::ColumnName;

use super::cluster::{Cluster, at};
use super::{ask, context, digest, manifest, opened, opened_as};
use crate::tables::described;

const ROOM: &str = "CREATE ROLE reader LOGIN PASSWORD 'hush'; CREATE SCHEMA s; \
    GRANT USAGE ON SCHEMA s TO reader; \
    ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO reader; \
    CREATE TABLE s.a (id int, v bigint); INSERT INTO s.a SELECT i, i FROM generate_series(1, 100) i; \
    CREATE TABLE s.b (id int); INSERT INTO s.b VALUES (1);";

#[tokio::test(flavor = "multi_thread")]
async fn every_scan_of_a_query_sees_the_moment_of_the_first() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let reach = cluster.reach("reader");
    let a = opened(&at(&reach, "s", "a"), None).await.unwrap();
    admin
        .batch_execute(
            "INSERT INTO s.a VALUES (101, 0); DELETE FROM s.a WHERE id < 50; UPDATE s.b SET id = 2",
        )
        .await
        .unwrap();
    // Both sides of a merging join are read at the same time, by two connections.
    let twice = "select count(*) as n, sum(x.v + y.v) as s from t x join t y on x.id = y.id";
    for query in [twice, "select count(*) as n, 2 * sum(v) as s from t"] {
        let answer = ask(&a, query).await.unwrap();
        assert!(answer.contains("| 100 | 10100 |"), "{answer}");
    }
    // A table that is found later, and the same one found again, are seen at that moment too.
    let b = opened(&at(&reach, "s", "b"), None).await.unwrap();
    assert!(ask(&b, "select id from t").await.unwrap().contains("| 1 "));
    let again = opened(&at(&reach, "s", "a"), None).await.unwrap();
    assert!(ask(&again, "select count(*) as n from t").await.unwrap().contains("| 100 |"));
    let next = opened(&cluster.table("s", "a"), None).await.unwrap();
    assert!(ask(&next, "select count(*) as n from t").await.unwrap().contains("| 52 |"));
    // Several scans of one table at the same time.
    let many = "select 1 from t union all ".repeat(20) + "select 2 from t";
    let answer = ask(&next, &format!("select count(*) as n from ({many})")).await.unwrap();
    assert!(answer.contains("| 1092 |"), "{answer}");
    let many = "select 1 from t union all ".repeat(40) + "select 2 from t";
    let answer = ask(&next, &format!("select count(*) as n from ({many})")).await;
    if let Err(limit) = answer {
        assert!(limit.to_string().contains("readings at the same time"), "{limit}");
    }
    // Nothing is left when nobody needs them any more.
    drop((reach, a, b, again, next));
    let left = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader'";
    loop {
        let count: i64 = admin.query_one(left, &[]).await.unwrap().get(0);
        if count == 0 {
            break;
        }
    }
    assert!(cluster.logged("unexpected EOF").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_a_reading_may_read_again_at_the_same_moment() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let more = "CREATE VIEW s.v AS SELECT * FROM s.a; \
                CREATE VIEW s.endless AS SELECT i, repeat('x', 1000) AS body \
                FROM generate_series(1, 9999) i, generate_series(1, 9999) j, \
                generate_series(1, 9999) k";
    admin.batch_execute(more).await.unwrap();
    let reach = cluster.reach("reader");
    let location = at(&reach, "s", "a");
    let before = digest(&location).await;
    let a = opened(&location, None).await.unwrap();
    // As a query that needs more memory than it has: it is run again with operators that spill.
    let endless = opened(&at(&reach, "s", "endless"), None).await.unwrap();
    let frame = context(&endless).sql("select i, body from t").await.unwrap();
    let mut stream = frame.execute_stream().await.unwrap();
    stream.next().await.unwrap().unwrap();
    endless.reading.stop();
    drop(stream);
    let ended = endless.reading.complete().await;
    assert!(matches!(ended, Ok(()) | Err(Unavailable::Stopped)), "{ended:?}");
    admin.batch_execute("DELETE FROM s.a WHERE id < 50").await.unwrap();
    assert_eq!(digest(&location).await, before);
    for name in ["a", "v"] {
        let again = opened(&at(&reach, "s", name), None).await.unwrap();
        let answer = ask(&again, "select count(*) as n from t").await.unwrap();
        assert!(answer.contains("| 100 |"), "{name}: {answer}");
    }
    // What was opened before is still locked as it was.
    let short = "SET lock_timeout = '50ms'; ALTER TABLE s.a DROP COLUMN v";
    assert!(admin.batch_execute(short).await.is_err());
    assert!(ask(&a, "select sum(v) as n from t").await.unwrap().contains("| 5050 |"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_is_equal_only_when_nothing_can_have_changed() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let more = "CREATE VIEW s.v AS SELECT * FROM s.a; CREATE UNLOGGED TABLE s.u (id int); \
                CREATE TABLE s.r (id int); ALTER TABLE s.r ENABLE ROW LEVEL SECURITY; \
                CREATE TABLE s.p (id int) PARTITION BY RANGE (id); \
                CREATE UNLOGGED TABLE s.q PARTITION OF s.p FOR VALUES FROM (1) TO (9); \
                CREATE MATERIALIZED VIEW s.m AS SELECT * FROM s.a;";
    admin.batch_execute(more).await.unwrap();
    let table = |name: &str| cluster.table("s", name);
    // Each table has a reach of its own: as in queries of their own.
    for name in ["a", "b", "m"] {
        assert_eq!(digest(&table(name)).await, digest(&table(name)).await, "{name}");
        assert!(manifest(&table(name)).await.is_fixed(), "{name}");
    }
    for name in ["v", "u", "r", "p"] {
        assert_ne!(digest(&table(name)).await, digest(&table(name)).await, "{name}");
        // Also not in one query: what is read depends on more than the moment.
        let one = table(name);
        assert_ne!(digest(&one).await, digest(&one).await, "{name} in one query");
        assert!(!manifest(&one).await.is_fixed(), "{name}");
    }
    assert_ne!(digest(&table("a")).await, digest(&table("b")).await);
    for change in [
        "UPDATE s.a SET v = 0 WHERE id = 1",
        "INSERT INTO s.a VALUES (0, 0)",
        "DELETE FROM s.a WHERE id = 0",
        "TRUNCATE s.a",
        "ALTER TABLE s.a ADD COLUMN w int DEFAULT 5",
        // It cannot be told from one of the table.
        "UPDATE s.b SET id = 9",
    ] {
        let before = digest(&table("a")).await;
        admin.batch_execute(change).await.unwrap();
        assert_ne!(digest(&table("a")).await, before, "{change}");
    }
    let before = digest(&table("a")).await;
    let refused = admin.batch_execute("BEGIN; INSERT INTO s.a VALUES (7); ROLLBACK").await;
    refused.unwrap();
    assert_ne!(digest(&table("a")).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_between_configuring_finding_and_opening_is_told() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let location = cluster.table("s", "a");
    let columns = described(&location).await.unwrap();
    let changed = |column: &str| Unavailable::SchemaChanged {
        path: "s.a".into(),
        column: ColumnName::new(column).unwrap(),
    };
    // The moment of this reach is before, and the types are those of after.
    admin.batch_execute("ALTER TABLE s.a ALTER COLUMN v TYPE double precision").await.unwrap();
    assert_eq!(opened_as(&location, &columns, None).await.map(drop), Err(changed("v")));
    let later = cluster.table("s", "a");
    assert_eq!(opened_as(&later, &columns, None).await.map(drop), Err(changed("v")));
    // What looked at it holds it as it is.
    drop((location, later));
    admin.batch_execute("ALTER TABLE s.a ALTER COLUMN v TYPE bigint").await.unwrap();
    let same = opened_as(&cluster.table("s", "a"), &columns, None).await.unwrap();
    // While it is open nobody changes it.
    let short = "SET lock_timeout = '50ms'; ALTER TABLE s.a DROP COLUMN v";
    assert!(admin.batch_execute(short).await.is_err());
    assert!(ask(&same, "select sum(v) as n from t").await.unwrap().contains("| 5050 |"));
    drop(same);
    let location = cluster.table("s", "a");
    described(&location).await.unwrap();
    let dropping = "SET lock_timeout = 0; ALTER TABLE s.a DROP COLUMN v";
    admin.batch_execute(dropping).await.unwrap();
    let gone = opened_as(&location, &columns, None).await.map(drop);
    assert_eq!(gone, Err(Unavailable::Changed { path: "s.a".into() }));
    let later = cluster.table("s", "a");
    assert_eq!(opened_as(&later, &columns, None).await.map(drop), Err(changed("v")));
    drop((location, later));
    admin.batch_execute("DROP TABLE s.a").await.unwrap();
    let gone = described(&cluster.table("s", "a")).await.unwrap_err().to_string();
    assert_eq!(gone, "the catalog has no table `s.a`");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_took_the_name_of_a_table_is_not_read_in_its_place() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let location = cluster.table("s", "a");
    // The moment of this reach is before the change.
    let columns = described(&location).await.unwrap();
    let swap = "ALTER TABLE s.a RENAME TO old; CREATE VIEW s.a AS SELECT * FROM s.old";
    admin.batch_execute(swap).await.unwrap();
    let other = opened_as(&location, &columns, None).await.map(drop);
    assert_eq!(other, Err(Unavailable::Changed { path: "s.a".into() }));
    let later = opened(&cluster.table("s", "a"), None).await.unwrap();
    assert!(ask(&later, "select count(*) as n from t").await.unwrap().contains("| 100 |"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_a_truncation_or_a_rewriting_took_away_are_not_read_as_none() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    let more = "CREATE VIEW s.v AS SELECT * FROM s.a; \
                CREATE TABLE s.p (id int) PARTITION BY RANGE (id); \
                CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES FROM (0) TO (1000); \
                INSERT INTO s.p SELECT generate_series(1, 50); \
                CREATE MATERIALIZED VIEW s.m AS SELECT * FROM s.b;";
    admin.batch_execute(more).await.unwrap();
    let reload = "BEGIN; TRUNCATE s.a; INSERT INTO s.a VALUES (1, 1), (2, 2); COMMIT";
    for (name, change) in [
        ("a", reload),
        ("v", reload),
        ("a", "ALTER TABLE s.a ADD COLUMN w float8 DEFAULT random()"),
        ("p", "BEGIN; TRUNCATE s.p1; INSERT INTO s.p VALUES (7); COMMIT"),
        ("m", "INSERT INTO s.b VALUES (5); REFRESH MATERIALIZED VIEW s.m"),
    ] {
        let location = cluster.table("s", name);
        // The moment of this reach is before the change.
        let columns = described(&location).await.unwrap();
        admin.batch_execute(change).await.unwrap();
        let gone = opened_as(&location, &columns, None).await.map(drop);
        assert_eq!(gone, Err(Unavailable::Changed { path: format!("s.{name}") }), "{change}");
        let later = opened_as(&cluster.table("s", name), &columns, None).await.map(drop);
        assert_eq!(later, Ok(()), "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_deleted_since_are_read_as_they_were() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(ROOM).await.unwrap();
    admin.batch_execute("CREATE VIEW s.v AS SELECT * FROM s.a").await.unwrap();
    let reach = cluster.reach("reader");
    let columns = described(&at(&reach, "s", "a")).await.unwrap();
    let reload = "BEGIN; DELETE FROM s.a; INSERT INTO s.a VALUES (1, 1); COMMIT; \
                  CREATE INDEX ON s.a (id)";
    admin.batch_execute(reload).await.unwrap();
    for name in ["a", "v"] {
        let old = opened_as(&at(&reach, "s", name), &columns, None).await.unwrap();
        let answer = ask(&old, "select count(*) as n, sum(v) as s from t").await.unwrap();
        assert!(answer.contains("| 100 | 5050 |"), "{name}: {answer}");
    }
}
