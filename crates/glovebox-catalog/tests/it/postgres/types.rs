//! Types, both ways: what comes as it is, and what is refused by name.

use expect_test::expect;
use glovebox_catalog::Unavailable;

use super::cluster::Cluster;
use super::{ask, opened};
use crate::tables::described;

const READER: &str = "CREATE ROLE reader LOGIN PASSWORD 'hush'; CREATE SCHEMA s; \
    GRANT USAGE ON SCHEMA s TO reader; \
    ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO reader;";

const EVERY: &str = "CREATE TYPE s.mood AS ENUM ('sad', 'ok, \"fine\"');
    CREATE TABLE s.every (
        a smallint, b int, c bigint, d real, e double precision, f numeric(38,10), g numeric(5),
        h boolean, i text, j varchar(9), k char(4), l date, m timestamp, n timestamptz(3),
        o bytea, p uuid, q s.mood);
    INSERT INTO s.every VALUES
    (-32768, -2147483648, -9223372036854775808, 'NaN', '-Infinity',
     -1234567890123456789012345678.0123456789, -99999, true, E'é\\t日本', 'O''H\\', 'ab',
     '0001-01-01', '1969-12-31 23:59:59.999999', '2000-01-01 01:00:00+01', '\\x00ff',
     'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'ok, \"fine\"'),
    (32767, 2147483647, 9223372036854775807, 1.5, 1e308, 0.0000000001, 7, false, '', '', '',
     '9999-12-31', '9999-12-31 23:59:59', '0001-06-01 00:00:00+00', '',
     '00000000-0000-0000-0000-000000000001', 'sad'),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL);";

#[tokio::test(flavor = "multi_thread")]
async fn every_type_comes_as_it_is_or_is_refused_by_name() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(READER).await.unwrap();
    admin.batch_execute(EVERY).await.unwrap();
    let every = cluster.table("s", "every");
    let columns = described(&every).await.unwrap();
    let kinds: Vec<String> = columns.iter().map(|it| format!("{} {}", it.name, it.kind)).collect();
    expect!["a smallint, b int, c bigint, d float, e double, f decimal(38,10), g decimal(5,0), h boolean, i string, j string, k string, l date, m timestamp, n timestamp, o binary, p string, q string"]
        .assert_eq(&kinds.join(", "));
    let opened_all = opened(&every, None).await.unwrap();
    for (columns, shown) in [
        (
            "a, b, c, d, e",
            expect![[r#"
            +--------+-------------+----------------------+-----+-------+
            | a      | b           | c                    | d   | e     |
            +--------+-------------+----------------------+-----+-------+
            | -32768 | -2147483648 | -9223372036854775808 | NaN | -inf  |
            | 32767  | 2147483647  | 9223372036854775807  | 1.5 | 1e308 |
            |        |             |                      |     |       |
            +--------+-------------+----------------------+-----+-------+"#]],
        ),
        (
            "f, g, h, i, j, replace(k, ' ', '.') as k",
            expect![[r#"
            +------------------------------------------+--------+-------+--------+------+------+
            | f                                        | g      | h     | i      | j    | k    |
            +------------------------------------------+--------+-------+--------+------+------+
            | -1234567890123456789012345678.0123456789 | -99999 | true  | é	日本 | O'H\ | ab.. |
            | 0.0000000001                             | 7      | false |        |      | .... |
            |                                          |        |       |        |      |      |
            +------------------------------------------+--------+-------+--------+------+------+"#]],
        ),
        (
            "l, m, n, o, p, q",
            expect![[r#"
            +------------+----------------------------+---------------------+------+--------------------------------------+------------+
            | l          | m                          | n                   | o    | p                                    | q          |
            +------------+----------------------------+---------------------+------+--------------------------------------+------------+
            | 0001-01-01 | 1969-12-31T23:59:59.999999 | 2000-01-01T00:00:00 | 00ff | a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 | ok, "fine" |
            | 9999-12-31 | 9999-12-31T23:59:59        | 0001-06-01T00:00:00 |      | 00000000-0000-0000-0000-000000000001 | sad        |
            |            |                            |                     |      |                                      |            |
            +------------+----------------------------+---------------------+------+--------------------------------------+------------+"#]],
        ),
    ] {
        let answer = ask(&opened_all, &format!("select {columns} from t")).await.unwrap();
        shown.assert_eq(&answer);
    }

    for (column, kind) in [
        ("numeric", "numeric"),
        ("numeric(39,2)", "numeric(39,2)"),
        ("numeric(4,-2)", "numeric(4,-2)"),
        ("json", "json"),
        ("jsonb", "jsonb"),
        ("inet", "inet"),
        ("int[]", "integer[]"),
        ("time", "time without time zone"),
        ("timetz", "time with time zone"),
        ("interval", "interval"),
        ("money", "money"),
        ("xml", "xml"),
        ("oid", "oid"),
        ("name", "name"),
        ("\"char\"", "\"char\""),
        ("bit(3)", "bit(3)"),
        ("int4range", "int4range"),
        ("s.pair", "s.pair"),
        ("s.small", "s.small"),
        ("point", "point"),
    ] {
        let made = format!(
            "DROP TABLE IF EXISTS s.odd; DROP TYPE IF EXISTS s.pair; DROP DOMAIN IF EXISTS s.small;
             CREATE TYPE s.pair AS (a int, b int); CREATE DOMAIN s.small AS int CHECK (value < 9);
             CREATE TABLE s.odd (id int, \"Odd\" {column})"
        );
        admin.batch_execute(&made).await.unwrap();
        let refused = described(&cluster.table("s", "odd")).await.unwrap_err();
        let (path, column, kind) = ("s.odd".into(), "Odd".into(), kind.into());
        assert_eq!(refused, Unavailable::NoType { path, column, kind });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_without_a_place_name_their_column_and_never_the_value() {
    let cluster = Cluster::start(&[]);
    let admin = cluster.admin().await;
    admin.batch_execute(READER).await.unwrap();
    for (kind, value) in [
        ("date", "infinity"),
        ("date", "-infinity"),
        ("timestamp", "infinity"),
        ("timestamptz", "-infinity"),
        ("numeric(9,2)", "NaN"),
    ] {
        let made = format!(
            "DROP TABLE IF EXISTS s.odd; CREATE TABLE s.odd (id int, \"Odd\" {kind}); \
             INSERT INTO s.odd VALUES (1, NULL), (2, '{value}')"
        );
        admin.batch_execute(&made).await.unwrap();
        let table = opened(&cluster.table("s", "odd"), None).await.unwrap();
        let refused = ask(&table, "select * from t").await.unwrap_err().to_string();
        let said = "the column `odd` of `s.odd` holds a value without a place in its type: \
                    infinity, or what is not a number";
        assert_eq!(refused, said, "{kind}");
        // Whoever does not ask for it is not bothered by it.
        let table = opened(&cluster.table("s", "odd"), None).await.unwrap();
        assert!(ask(&table, "select sum(id) from t").await.unwrap().contains("| 3 "));
    }
    let large = "CREATE TABLE s.large (id int, body text); \
                 INSERT INTO s.large VALUES (1, repeat('x', 16777216)), (2, 'y')";
    admin.batch_execute(large).await.unwrap();
    let sum = "select sum(length(body)) as n from t";
    let table = opened(&cluster.table("s", "large"), None).await.unwrap();
    assert!(ask(&table, sum).await.unwrap().contains("| 16777217 |"));
    for (more, said) in [
        (1, "`s.large.body` exceeds the limit of 16777216 bytes in a cell"),
        (2 << 20, "`s.large` exceeds the limit of 17825792 bytes in a row"),
    ] {
        let grown =
            format!("UPDATE s.large SET body = repeat('x', 16777216 + {more}) WHERE id = 1");
        admin.batch_execute(&grown).await.unwrap();
        let table = opened(&cluster.table("s", "large"), None).await.unwrap();
        assert_eq!(ask(&table, sum).await.unwrap_err().to_string(), said);
    }
}
