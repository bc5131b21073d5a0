//! Right answers, and what the server is asked for them.

use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch};
use expect_test::expect;
use futures::SinkExt;
use glovebox_catalog::Unavailable;

use super::cluster::Cluster;
use super::{Asked, ask, context, opened};
use crate::conformance::conforms;
use crate::people;
use crate::tables::described;

const READER: &str = "CREATE ROLE reader LOGIN PASSWORD 'hush'; CREATE SCHEMA db; \
    GRANT USAGE ON SCHEMA db TO reader; \
    ALTER DEFAULT PRIVILEGES IN SCHEMA db GRANT SELECT ON TABLES TO reader;";

/// The people as a table `db.t`.
async fn people_table(cluster: &Cluster) {
    let admin = cluster.admin().await;
    admin.batch_execute(READER).await.unwrap();
    let made = "CREATE TABLE db.t (id bigint, age int, name text, amount numeric(10,2), \
                score double precision, active boolean, born date, seen timestamp)";
    admin.batch_execute(made).await.unwrap();
    let rows = people::rows(0, people::ROWS);
    let mut csv = String::new();
    for row in 0..rows.num_rows() {
        for (index, column) in rows.columns().iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            csv.push_str(comma);
            if column.is_valid(row) {
                let text =
                    datafusion::arrow::util::display::array_value_to_string(column, row).unwrap();
                write!(csv, "\"{}\"", text.replace('"', "\"\"")).unwrap();
            }
        }
        csv.push('\n');
    }
    let sink = admin.copy_in("COPY db.t FROM STDIN (FORMAT csv)").await.unwrap();
    let mut sink = Box::pin(sink);
    sink.send(bytes::Bytes::from(csv)).await.unwrap();
    assert_eq!(sink.as_mut().finish().await.unwrap(), rows.num_rows() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_table_conforms() {
    let cluster = Cluster::start(&[]);
    people_table(&cluster).await;
    // Nobody writes anything, so that the manifests are equal; each reach would be a query.
    conforms(&cluster.table("db", "t"), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_gets_columns_and_literals_and_nothing_of_other_rows() {
    let cluster = Cluster::start(&[]);
    people_table(&cluster).await;
    let asked = Arc::new(Asked::default());
    let table = cluster.table("db", "t");
    let recorded = async |others: Vec<i64>, query: &str| {
        let opened = opened(&table, Some(Arc::clone(&asked))).await.unwrap();
        let context = context(&opened);
        let column: ArrayRef = Arc::new(Int64Array::from(others));
        let other = RecordBatch::try_from_iter([("v", column)]).unwrap();
        context.register_batch("o", other).unwrap();
        drop(context.sql(query).await.unwrap().collect().await.unwrap());
        opened.reading.complete().await.unwrap();
        asked.taken()
    };
    let mut shown = String::new();
    for query in [
        "select count(*) from t",
        "select name from t limit 1",
        "select id from t where name = 'O''Hare' and amount > cast(5 as decimal(10,2))",
        "select id from t where name > 'a' and score < 2.0 and upper(name) = 'X'",
        "select id from t where born = date '2020-02-29' or id in (1, 2, 3)",
        "select id from t where id = 1 or id = 2",
        "select a.id from t a join t b on a.id = b.id where b.active = true and a.age is null",
        "select o.v, sum(amount) from t join o on o.v = id where seen < timestamp '2024-01-01' \
         group by 1",
        "select o.v from t left join o on o.v = id where o.v < 2",
        "select sum(age) from t where id in (select v from o)",
        "select sum(age) from t where id < (select min(v) from o)",
        "select id from t order by id limit 2",
    ] {
        let whole = recorded(vec![], query).await;
        for others in [vec![7], (0..1000).collect()] {
            assert_eq!(recorded(others.clone(), query).await, whole, "{query}");
        }
        writeln!(shown, "{query}\n  {}", whole.join("\n  ")).unwrap();
    }
    expect![[r#"
        select count(*) from t
          COPY (SELECT FROM "db"."t") TO STDOUT (FORMAT binary)
        select name from t limit 1
          COPY (SELECT "name" FROM "db"."t") TO STDOUT (FORMAT binary)
        select id from t where name = 'O''Hare' and amount > cast(5 as decimal(10,2))
          COPY (SELECT "id", "name", "amount" FROM "db"."t" WHERE "name" = E'O''Hare'::text AND "amount" > '5.00'::numeric) TO STDOUT (FORMAT binary)
        select id from t where name > 'a' and score < 2.0 and upper(name) = 'X'
          COPY (SELECT "id", "name", "score" FROM "db"."t" WHERE "name" COLLATE "C" > E'a'::text) TO STDOUT (FORMAT binary)
        select id from t where born = date '2020-02-29' or id in (1, 2, 3)
          COPY (SELECT "id", "born" FROM "db"."t") TO STDOUT (FORMAT binary)
        select id from t where id = 1 or id = 2
          COPY (SELECT "id" FROM "db"."t" WHERE "id" IN ('1'::int8, '2'::int8)) TO STDOUT (FORMAT binary)
        select a.id from t a join t b on a.id = b.id where b.active = true and a.age is null
          COPY (SELECT "id", "active" FROM "db"."t") TO STDOUT (FORMAT binary)
          COPY (SELECT "id", "age" FROM "db"."t" WHERE "age" IS NULL) TO STDOUT (FORMAT binary)
        select o.v, sum(amount) from t join o on o.v = id where seen < timestamp '2024-01-01' group by 1
          COPY (SELECT "id", "amount", "seen" FROM "db"."t" WHERE "seen" < '2024-01-01 00:00:00.000000'::timestamp) TO STDOUT (FORMAT binary)
        select o.v from t left join o on o.v = id where o.v < 2
          COPY (SELECT "id" FROM "db"."t" WHERE "id" < '2'::int8) TO STDOUT (FORMAT binary)
        select sum(age) from t where id in (select v from o)
          COPY (SELECT "id", "age" FROM "db"."t") TO STDOUT (FORMAT binary)
        select sum(age) from t where id < (select min(v) from o)
          COPY (SELECT "id", "age" FROM "db"."t") TO STDOUT (FORMAT binary)
        select id from t order by id limit 2
          COPY (SELECT "id" FROM "db"."t") TO STDOUT (FORMAT binary)
    "#]].assert_eq(&shown);
    // The recorder tells the truth: this is what came to the server.
    let logged = cluster.logged(": COPY ");
    assert!(logged.len() > 36, "{}", logged.len());
    for statement in shown.lines().filter_map(|it| it.strip_prefix("  COPY ")) {
        assert!(logged.iter().any(|it| it == statement), "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_views_and_what_is_stored_of_them_are_tables_and_foreign_ones_are_not() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(READER).await.unwrap();
    let made = "CREATE TABLE db.parted (id int, day date) PARTITION BY RANGE (day); \
        CREATE TABLE db.p1 PARTITION OF db.parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); \
        CREATE TABLE db.p2 PARTITION OF db.parted FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); \
        INSERT INTO db.parted VALUES (1, '2024-05-05'), (2, '2025-05-05'); \
        CREATE VIEW db.seen AS SELECT id * 10 AS id, day FROM db.parted WHERE id > 1; \
        CREATE MATERIALIZED VIEW db.kept AS SELECT count(*) AS id FROM db.parted; \
        CREATE UNLOGGED TABLE db.lost (id int); INSERT INTO db.lost VALUES (5); \
        CREATE TABLE db.parent (id int); CREATE TABLE db.child () INHERITS (db.parent); \
        INSERT INTO db.child VALUES (8); CREATE SEQUENCE db.s; GRANT ALL ON SEQUENCE db.s TO reader; \
        CREATE VIEW db.writes AS SELECT nextval('db.s') AS id; \
        CREATE VIEW db.fails AS SELECT 1 / (id - 1) AS id FROM db.parted; \
        CREATE FUNCTION db.far() RETURNS int LANGUAGE sql AS 'SELECT 1 FROM p1' \
        SET search_path = db; CREATE VIEW db.near AS SELECT db.far() AS id; \
        CREATE FUNCTION db.lost() RETURNS int LANGUAGE plpgsql AS \
        'BEGIN RETURN (SELECT id FROM p1); END'; CREATE VIEW db.calls AS SELECT db.lost() AS id;";
    admin.batch_execute(made).await.unwrap();
    for (table, sum) in [
        ("parted", 3),
        ("p2", 2),
        ("seen", 20),
        ("kept", 2),
        ("lost", 5),
        ("parent", 8),
        ("near", 1),
    ] {
        let opened = opened(&cluster.table("db", table), None).await.unwrap();
        let answer = ask(&opened, "select cast(sum(id) as bigint) as n from t").await.unwrap();
        assert!(answer.contains(&format!("| {sum} ")), "{table}: {answer}");
    }
    let says = async |table: &str| {
        let opened = opened(&cluster.table("db", table), None).await.unwrap();
        ask(&opened, "select * from t").await.unwrap_err().to_string()
    };
    let writes = says("writes").await;
    assert_eq!(writes, "`db.writes` is a view that writes when it is read, which is not supported");
    let fails = says("fails").await;
    assert!(fails.ends_with("its server could not compute a row of it"), "{fails}");

    let calls = says("calls").await;
    assert!(calls.contains("a view or policy of it names what is not found"), "{calls}");

    let foreign = "CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER elsewhere \
        FOREIGN DATA WRAPPER nothing; CREATE FOREIGN TABLE db.far (id int) SERVER elsewhere; \
        CREATE FOREIGN TABLE db.p3 PARTITION OF db.parted \
        FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') SERVER elsewhere;";
    admin.batch_execute(foreign).await.unwrap();
    for table in ["far", "parted"] {
        let refused = described(&cluster.table("db", table)).await.unwrap_err();
        assert!(matches!(refused, Unavailable::Unsupported { .. }), "{refused}");
    }
    for none in ["s", "p1_pkey"] {
        let refused = described(&cluster.table("db", none)).await.unwrap_err();
        assert!(matches!(refused, Unavailable::NotInCatalog { what: "table", .. }), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_mean_what_they_mean_here_under_any_collation_and_encoding() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(READER).await.unwrap();
    let made = "CREATE COLLATION db.blind (provider = icu, locale = 'und-u-ks-level1', \
                deterministic = false); \
                CREATE TABLE db.words (id int, w text COLLATE db.blind, c char(3)); \
                INSERT INTO db.words VALUES (1, 'a', 'x'), (2, 'A', 'xyz'), (3, 'á', ''), \
                (4, 'b', 'x  '), (5, 'B', NULL), (6, 'Zoë', 'é')";
    admin.batch_execute(made).await.unwrap();
    let words = opened(&cluster.table("db", "words"), None).await.unwrap();
    for (test, ids) in [
        ("w = 'a'", "1"),
        ("w in ('A', 'b')", "2,4"),
        ("w > 'B'", "1,3,4,6"),
        ("w <= 'B'", "2,5"),
        ("c = 'x'", ""),
        ("c = 'x  '", "1,4"),
        ("c = 'xyz'", "2"),
    ] {
        let ids_of = "select string_agg(cast(id as varchar), ',' order by id) as ids from t";
        let query = format!("{ids_of} where {test}");
        let answer = ask(&words, &query).await.unwrap();
        let line = answer.lines().nth(3).unwrap();
        assert_eq!(line.trim_matches(['|', ' ']), ids, "{test}");
    }
    drop(words);

    let latin = "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0";
    admin.batch_execute(latin).await.unwrap();
    let (there, moving) = tokio_postgres::connect(
        &format!(
            "host=127.0.0.1 port={} user=admin password=hush dbname=latin sslmode=disable",
            cluster.port
        ),
        tokio_postgres::NoTls,
    )
    .await
    .unwrap();
    tokio::spawn(moving);
    let made = "CREATE SCHEMA db; GRANT USAGE ON SCHEMA db TO reader; \
                CREATE TABLE db.words (id int, w text); GRANT SELECT ON db.words TO reader; \
                INSERT INTO db.words VALUES (1, 'é'), (2, 'e')";
    there.batch_execute(made).await.unwrap();
    let reach = cluster.reach_by("reader", "hush", |place| {
        let glovebox_model::Place::Postgresql { database, .. } = place else { unreachable!() };
        *database = "latin".into();
    });
    let words = opened(&super::cluster::at(&reach, "db", "words"), None).await.unwrap();
    for (test, sum) in [("w = 'é'", "1"), ("w = '日本'", ""), ("w > 'e'", "1"), ("w = 'e'", "2")]
    {
        let answer = ask(&words, &format!("select sum(id) as n from t where {test}")).await;
        let answer = answer.unwrap();
        assert_eq!(answer.lines().nth(3).unwrap().trim_matches(['|', ' ']), sum, "{test}");
    }
}
