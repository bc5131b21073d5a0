//! Tables that Athena reads: what it is asked, what comes back, and that nothing stays.

mod fake;
mod killed;

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::{Expr, SessionContext, col, lit};
use glovebox_catalog::{Connected, Hint, Opened, Stop, TableLocation, Unavailable, pin_some};
use glovebox_model::{AwsService, Column, ColumnName, Credentials, Place, Secret};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::conformance::{ask, conforms};
use crate::moto::Moto;
use crate::people;
use crate::store::{keys, objects, reach, serve};
use crate::tables::{described, probed};
use fake::{Fake, Mood};

/// A bucket for results, and Athena before it.
struct House {
    files: TempDir,
    athena: Fake,
    location: TableLocation,
}

impl House {
    async fn new(columns: &[(&str, &str)], rows: RecordBatch, mood: Mood) -> Self {
        let files = TempDir::new().unwrap();
        std::fs::create_dir(files.path().join("bucket")).unwrap();
        let store = serve(files.path()).await;
        let athena = Fake::serve(files.path(), columns, rows, mood).await;
        let location = location(athena.address(), store);
        Self { files, athena, location }
    }

    async fn people(mood: Mood) -> Self {
        Self::new(&people::COLUMNS, people::rows(0, people::ROWS), mood).await
    }

    /// How many results, and what belongs to them, still lie in the bucket.
    fn left(&self) -> usize {
        left(&self.files.path().join("bucket"))
    }

    /// The table opened for a query that these filters come from.
    async fn open(&self, filters: &[Expr], stop: &Stop) -> Result<Opened, Unavailable> {
        let hints: Vec<Hint> = filters.iter().map(|it| Hint::of(it).unwrap()).collect();
        let (location, stop) = (self.location.clone(), stop.clone());
        let opening = move || {
            let columns = people::columns();
            let shown: Vec<ColumnName> = columns.iter().map(|it| it.name.clone()).collect();
            pin_some(&location, &hints, &stop)?.open(&columns, &shown, None)
        };
        tokio::task::spawn_blocking(opening).await.unwrap()
    }

    /// What a query of all people comes to.
    async fn fails(&self) -> Unavailable {
        ask(&self.location, &people::columns(), "select * from t").await.unwrap_err()
    }
}

fn left(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|it| if it.path().is_dir() { left(&it.path()) } else { 1 }).sum()
}

fn location(athena: std::net::SocketAddr, store: std::net::SocketAddr) -> TableLocation {
    let place = Place::Athena {
        service: AwsService {
            region: "us-east-1".into(),
            endpoint: Some(format!("http://{athena}")),
        },
        workgroup: "primary".into(),
        results: objects(store, "results/house"),
    };
    let reach = reach(place, keys("hush"), "127.0.0.1");
    TableLocation::Connected(Connected { reach, database: "db".into(), table: "t".into() })
}

async fn rows(opened: &Opened, query: &str, others: Vec<i64>) -> String {
    let context = SessionContext::new();
    context.register_table("t", Arc::clone(&opened.provider)).unwrap();
    let column: ArrayRef = Arc::new(Int64Array::from(others));
    context.register_batch("o", RecordBatch::try_from_iter([("v", column)]).unwrap()).unwrap();
    let answer = context.sql(query).await.unwrap().collect().await.unwrap();
    pretty_format_batches(&answer).unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_athena_conforms_and_leaves_nothing() {
    let house = House::people(Mood::Usual).await;
    conforms(&house.location, false).await;
    assert!(house.athena.queries().len() > 10);
    assert_eq!(house.left(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_literals_rule_out_is_not_asked_for() {
    let house = House::people(Mood::Usual).await;
    let decimal = datafusion::common::ScalarValue::Decimal128(Some(102), 10, 2);
    let day = datafusion::common::ScalarValue::Date32(Some(-200));
    let all = SessionContext::new();
    all.register_batch("t", people::rows(0, people::ROWS)).unwrap();
    for (filter, sql) in [
        (col("id").lt(lit(3_i64)), r#""id" < 3"#),
        (col("name").eq(lit("a \"quoted\" 6")), r#""name" = 'a "quoted" 6'"#),
        (col("name").eq(lit("")), r#""name" = ''"#),
        (col("amount").lt(lit(decimal)), r#""amount" < DECIMAL '1.02'"#),
        (col("born").lt_eq(lit(day)), r#""born" <= DATE '1969-06-15'"#),
        (col("active").eq(lit(true)), r#""active" = true"#),
        (col("age").is_null(), r#""age" IS NULL"#),
    ] {
        let left = all.table("t").await.unwrap().filter(filter.clone()).unwrap();
        let expected = left.count().await.unwrap();
        assert!((1..1_000).contains(&expected), "{sql}: {expected}");
        let before = house.athena.queries().len();
        let opened = house.open(&[filter], &Stop::default()).await.unwrap();
        let answer = rows(&opened, "select count(*) as n from t", vec![]).await;
        assert!(answer.contains(&format!("| {expected} ")), "{sql}: {answer}");
        opened.reading.complete().await.unwrap();
        let queries = house.athena.queries();
        assert!(
            queries[before].ends_with(&format!(r#" FROM "db"."t" WHERE {sql}"#)),
            "{queries:?}"
        );
    }
    assert_eq!(house.left(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_execution_serves_every_scan_of_a_table() {
    let house = House::people(Mood::Usual).await;
    let opened = house.open(&[], &Stop::default()).await.unwrap();
    let twice =
        "select count(*) as n from t a join t b on a.id = b.id where b.id in (select id from t)";
    assert!(rows(&opened, twice, vec![]).await.contains("| 1000 |"));
    assert_eq!(house.left(), 2, "the result and what belongs to it");
    opened.reading.complete().await.unwrap();
    assert_eq!(house.athena.queries().len(), 1);
    assert_eq!(house.left(), 0);
    opened.reading.complete().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_is_read_as_athena_writes_it() {
    let columns = [
        ("big", "bigint"),
        ("whole", "int"),
        ("small", "smallint"),
        ("tiny", "tinyint"),
        ("exact", "decimal(38,3)"),
        ("double", "double"),
        ("float", "float"),
        ("yes", "boolean"),
        ("day", "date"),
        ("moment", "timestamp"),
        ("text", "string"),
        ("short", "varchar(20)"),
        ("padded", "char(4)"),
    ];
    let names: Vec<&str> = columns.iter().map(|it| it.0).collect();
    let text = "\"big\",\"whole\",\"small\",\"tiny\",\"exact\",\"double\",\"float\",\"yes\",\
        \"day\",\"moment\",\"text\",\"short\",\"padded\"\n\
        \"-9223372036854775808\",\"-2147483648\",\"-32768\",\"-128\",\"-12345678901234567890123456789012345.678\",\
        \"NaN\",\"1.5E-10\",\"true\",\"1969-12-31\",\"1969-12-31 23:59:59.999\",\"say \"\"a, b\"\"\nand \u{e9}\",\"\",\"ab  \"\n\
        \"9223372036854775807\",\"2147483647\",\"32767\",\"127\",\"0.001\",\"Infinity\",\"-Infinity\",\
        \"false\",\"9999-12-31\",\"2026-02-28 00:00:00.000001\",\"\\N\",\"'\",\"NULL\"\n,,,,,,,,,,,,\n";
    let rows = RecordBatch::try_from_iter([("n", Arc::new(Int64Array::from(vec![0])) as ArrayRef)]);
    let house = House::new(&columns, rows.unwrap(), Mood::Canned(text)).await;
    let known = described(&house.location).await.unwrap();
    assert_eq!(known.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), names);
    for (query, expected) in [
        (
            "select big, whole, small, tiny from t where big < 0",
            "| -9223372036854775808 | -2147483648 | -32768 | -128 |",
        ),
        (
            "select big, whole, small, tiny from t where big > 0",
            "| 9223372036854775807 | 2147483647 | 32767 | 127  |",
        ),
        ("select exact from t where big < 0", "| -12345678901234567890123456789012345.678 |"),
        ("select exact, double, float from t where big > 0", "| 0.001 | inf    | -inf  |"),
        ("select double, float, yes from t where big < 0", "| NaN    | 1.5e-10 | true |"),
        (
            "select day, moment from t where not (big > 0)",
            "| 1969-12-31 | 1969-12-31T23:59:59.999 |",
        ),
        ("select day, moment from t where not yes", "| 9999-12-31 | 2026-02-28T00:00:00.000001 |"),
        (
            "select count(*) as n from t where text = concat('say \"a, b\"', chr(10), 'and é') and short = '' and padded = 'ab  '",
            "| 1 |",
        ),
        ("select text, short, padded from t where yes = false", "| \\N   | '     | NULL   |"),
        (
            "select count(*) as n, count(big) as a, count(exact) as b, count(double) as c, count(yes) as d, count(day) as e, count(moment) as f, count(text) as g, count(padded) as h from t",
            "| 3 | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 |",
        ),
    ] {
        let answer = ask(&house.location, &known, query).await.unwrap();
        assert!(answer.contains(expected), "{query}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_that_is_not_of_its_type_is_a_fault_without_its_value() {
    for (kind, text) in [
        ("timestamp", "\"v\"\n\"2026-01-01 00:00:00.000 UTC\"\n"),
        ("date", "\"v\"\n\"12026-01-01\"\n"),
        ("bigint", "\"v\"\n\"9223372036854775808\"\n"),
        ("decimal(3,1)", "\"v\"\n\"123.4\"\n"),
    ] {
        let rows = people::rows(0, 1);
        let house = House::new(&[("v", kind)], rows, Mood::Canned(text)).await;
        let known = described(&house.location).await.unwrap();
        let fault = ask(&house.location, &known, "select * from t").await.unwrap_err();
        let column = ColumnName::new("v").unwrap();
        assert!(
            matches!(&fault, Unavailable::SchemaChanged { column: it, .. } if *it == column),
            "{fault}"
        );
        assert!(!fault.to_string().contains("2026") && !fault.to_string().contains("223372"));
        assert_eq!(house.left(), 0);
    }
    for text in ["", "\"other\"\n\"1\"\n", "\"v\"\n\"1\",\"2\"\n", "\"v\"\n\"1\n"] {
        let house = House::new(&[("v", "bigint")], people::rows(0, 1), Mood::Canned(text)).await;
        let known = described(&house.location).await.unwrap();
        assert!(ask(&house.location, &known, "select * from t").await.is_err(), "{text:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_exact_place_is_refused_by_name() {
    for kind in ["binary", "array<int>", "struct<a:int>", "map<int,int>", "time", "uuid", "json"] {
        let house =
            House::new(&[("id", "int"), ("odd", kind)], people::rows(0, 1), Mood::Usual).await;
        let fault = described(&house.location).await.unwrap_err();
        assert_eq!(fault.to_string(), "the column `odd` of `db.t` has a nested or unknown type");
        assert!(house.athena.queries().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_athena_has_its_own_words_and_tells_no_value() {
    for (mood, expected) in [
        (
            Mood::Ends("FAILED"),
            "`db.t` could not be read: its query failed in Athena, where the history of the \
             workgroup says why",
        ),
        (Mood::Ends("CANCELLED"), "`db.t` could not be read: its query was cancelled in Athena"),
        (
            Mood::Elsewhere("s3://bucket/other/0000-1.csv"),
            "`s3://bucket/other/0000-1.csv` lies outside of what the connection may read",
        ),
        (
            Mood::Elsewhere("s3://private/results/house/0000-1.csv"),
            "`s3://private/results/house/0000-1.csv` lies outside of what the connection may read",
        ),
        (
            Mood::Elsewhere("s3://bucket/results/house/another.csv"),
            "`s3://bucket/results/house/another.csv` lies outside of what the connection may read",
        ),
        (
            Mood::Elsewhere("s3://bucket/results/house/0000-1.csv"),
            "`db.t` could not be read: its result is gone",
        ),
        (
            Mood::Refuses("InvalidRequestException", "WorkGroup primary is not found. 'hush'"),
            "the connection cannot be used: Athena has no such workgroup, or it is disabled",
        ),
        (
            Mood::Refuses("InvalidRequestException", "Unable to verify/create output bucket hush"),
            "the connection cannot be used: Athena cannot write where the connection wants its \
             results",
        ),
        (
            Mood::Refuses("AccessDeniedException", "hush is not authorized to perform"),
            "access to `db.t` was denied: the credentials of the connection do not allow it",
        ),
        (
            Mood::Refuses("ExpiredTokenException", "hush"),
            "the credentials of the connection have expired",
        ),
        (
            Mood::Refuses("InvalidRequestException", "line 1:8: mismatched input 'hush'"),
            "`db.t` could not be reached: it refused the request",
        ),
    ] {
        let house = House::people(mood.clone()).await;
        assert_eq!(house.fails().await.to_string(), expected, "{mood:?}");
        assert_eq!(house.left(), 0, "{mood:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_catalog_does_not_have_is_named() {
    let house = House::people(Mood::Usual).await;
    let steps = probed(&house.location).await;
    assert_eq!(
        steps[2..],
        [
            r#"catalog: Works("has t")"#,
            r#"query: Works("it ran, and its result was read and removed")"#,
            r#"read: Works("8 columns, 0 partition keys")"#,
        ]
    );
    assert_eq!(house.athena.queries(), ["SELECT 1 AS n"]);
    assert_eq!(house.left(), 0);
    let TableLocation::Connected(mut connected) = house.location.clone() else { unreachable!() };
    connected.table = "nothing".into();
    let table = described(&TableLocation::Connected(connected.clone())).await.unwrap_err();
    assert_eq!(table.to_string(), "the catalog has no table `db.nothing`");
    connected.database = "nowhere".into();
    let database = described(&TableLocation::Connected(connected)).await.unwrap_err();
    assert_eq!(database.to_string(), "the catalog has no database `nowhere`");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_says_what_a_query_would_meet() {
    for (mood, expected) in [
        (
            Mood::Refuses("InvalidRequestException", "WorkGroup primary is not found."),
            r#"query: Fails(Unusable("Athena has no such workgroup, or it is disabled"))"#,
        ),
        (
            Mood::Refuses("AccessDeniedException", "not authorized to perform"),
            r#"query: Fails(Denied { path: "primary" })"#,
        ),
        (
            Mood::Elsewhere("s3://another/place/0000-1.csv"),
            r#"query: Fails(Outside { path: "s3://another/place/0000-1.csv" })"#,
        ),
    ] {
        let house = House::people(mood.clone()).await;
        let steps = probed(&house.location).await;
        assert_eq!(steps[3], expected, "{mood:?}");
        assert_eq!(house.left(), 0, "{mood:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_to_stop_stops_the_query_in_athena_and_removes_what_it_wrote() {
    let house = House::people(Mood::Forever).await;
    let stop = Stop::default();
    let opened = house.open(&[], &stop).await.unwrap();
    let context = SessionContext::new();
    context.register_table("t", Arc::clone(&opened.provider)).unwrap();
    let query = tokio::spawn(async move {
        context.sql("select count(*) from t").await.unwrap().collect().await.map(drop)
    });
    house.athena.met("GetQueryExecution", 3).await;
    assert_eq!(house.left(), 2);
    stop.stop();
    assert!(query.await.unwrap().is_err());
    assert!(opened.reading.complete().await.is_err());
    let stops: Vec<Value> = house
        .athena
        .calls()
        .into_iter()
        .filter_map(|it| (it.0 == "StopQueryExecution").then_some(it.1))
        .collect();
    assert_eq!(stops, [json!({"QueryExecutionId": "0000-1"})]);
    assert_eq!(house.left(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_exchanged_while_athena_works_are_used_at_once() {
    let house = House::people(Mood::Forever).await;
    let TableLocation::Connected(Connected { reach, .. }) = &house.location else { unreachable!() };
    let stop = Stop::default();
    let opened = house.open(&[], &stop).await.unwrap();
    let context = SessionContext::new();
    context.register_table("t", Arc::clone(&opened.provider)).unwrap();
    let query = tokio::spawn(async move {
        context.sql("select count(*) from t").await.unwrap().collect().await.map(drop)
    });
    house.athena.met("GetQueryExecution", 1).await;
    let old = reach.credentials.current();
    reach.credentials.replace(Credentials::Keys {
        access_key_id: "AKIDNEWER".into(),
        secret_access_key: Secret::new("newer".into()),
        session_token: None,
    });
    // The second may have been under way.
    house.athena.met("GetQueryExecution", 3).await;
    assert_eq!(house.athena.signers().last().unwrap(), "AKIDNEWER");
    reach.credentials.replace(old);
    stop.stop();
    assert!(query.await.unwrap().is_err());
    assert!(opened.reading.complete().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_whose_start_nobody_waits_for_is_stopped_once_it_runs() {
    let house = House::people(Mood::Held).await;
    let stop = Stop::default();
    let opening = house.open(&[], &stop);
    let told = async {
        house.athena.met("StartQueryExecution", 1).await;
        stop.stop();
    };
    let (opened, ()) = tokio::join!(opening, told);
    assert_eq!(opened.map(drop), Err(Unavailable::Stopped));
    house.athena.let_go();
    house.athena.met("StopQueryExecution", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_was_opened_and_dropped_is_stopped() {
    let house = House::people(Mood::Forever).await;
    drop(house.open(&[], &Stop::default()).await.unwrap());
    house.athena.met("StopQueryExecution", 1).await;
}

/// What Athena was asked, without the one argument that is random.
async fn asked(query: &str, others: Vec<i64>) -> Vec<(String, Value)> {
    let house = House::people(Mood::Usual).await;
    let filter = col("id").lt(lit(500_i64));
    let opened = house.open(&[filter], &Stop::default()).await.unwrap();
    rows(&opened, query, others).await;
    opened.reading.complete().await.unwrap();
    let mut calls = house.athena.calls();
    for (_, args) in &mut calls {
        let args = args.as_object_mut().unwrap();
        if let Some(token) = args.remove("ClientRequestToken") {
            assert_eq!(token.as_str().unwrap().len(), 32);
        }
        if let Some(place) = args.get_mut("ResultConfiguration") {
            // A folder of its own, named by that argument.
            let text = place["OutputLocation"].as_str().unwrap();
            let folder = text.strip_prefix("s3://bucket/results/house/").unwrap();
            assert_eq!(folder.len(), 33, "{folder}");
            *place = json!({});
        }
    }
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn what_athena_is_asked_never_depends_on_rows_of_others() {
    for query in [
        "select o.v, sum(age) from t join o on o.v = id group by 1",
        "select age from o join t on o.v = id limit 1",
        "select sum(age) from t where id in (select v from o)",
        "select sum(age) from t where id > (select max(v) from o)",
    ] {
        let all: Vec<i64> = (0..600).collect();
        let mut but_one = all.clone();
        but_one.remove(400);
        let asked_of_all = asked(query, all).await;
        assert_eq!(asked_of_all, asked(query, but_one).await, "{query}");
        assert_eq!(asked_of_all, asked(query, Vec::new()).await, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn moto_runs_the_query_and_its_result_is_read_and_removed() {
    let moto = Moto::start();
    moto.call(&[("s3", "create_bucket", json!({"Bucket": "bucket"}))]);
    let cell = |text: &str| json!({"VarCharValue": text});
    let null = json!({});
    let row = |cells: Vec<Value>| json!({"Data": cells});
    let results = json!({"results": [{"rows": [
        row(vec![cell("id"), cell("word")]),
        row(vec![cell("1"), cell("one, two")]),
        row(vec![cell("2"), null.clone()]),
        row(vec![null, cell("")]),
    ], "column_info": []}]});
    let address = moto.address();
    let prepare = format!("http://{address}/moto-api/static/athena/query-results");
    let body = results.to_string();
    let answer = reqwest::Client::new().post(prepare).body(body).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    let columns = [("id", "bigint"), ("word", "string")];
    let files = TempDir::new().unwrap();
    let before = Mood::Before(address);
    let athena = Fake::serve(files.path(), &columns, people::rows(0, 1), before).await;
    let location = location(athena.address(), address);
    let known: Vec<Column> = described(&location).await.unwrap();
    let query = "select count(*) as n, count(id) as i, sum(id) as s, count(word) as w, max(word) as m from t";
    let answer = ask(&location, &known, query).await.unwrap();
    assert!(answer.contains("| 3 | 2 | 3 | 2 | one, two |"), "{answer}");
    assert_eq!(athena.queries(), [r#"SELECT "id", "word" FROM "db"."t""#]);
    let list = format!("http://{address}/bucket?list-type=2");
    let listed = reqwest::get(list).await.unwrap().text().await.unwrap();
    assert!(listed.contains("<KeyCount>0</KeyCount>"), "{listed}");
    // A workgroup that moto does not have.
    let TableLocation::Connected(connected) = &location else { unreachable!() };
    let mut other = connected.clone();
    let reach = Arc::make_mut(&mut other.reach);
    let Place::Athena { workgroup, .. } = &mut reach.connection.place else { unreachable!() };
    *workgroup = "nobody".into();
    let fault = ask(&TableLocation::Connected(other), &known, "select * from t").await.unwrap_err();
    assert!(fault.to_string().contains("no such workgroup"), "{fault}");
}
