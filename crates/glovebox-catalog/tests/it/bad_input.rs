//! What owners' storages and catalogs come to that are wrong, broken or silent: each in its own
//! words, none of them a value, a time or a count.

use std::fs::{create_dir_all, read, write};
use std::net::SocketAddr;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use glovebox_catalog::{Connected, Stop, TableLocation, Unavailable, pin};
use glovebox_model::{AwsService, ColumnName, Credentials, Place, Secret};
use tempfile::TempDir;

use crate::conformance::ask;
use crate::remote::{at, opened, wide};
use crate::store::{keys, objects, reach, serve};
use crate::tables::{context, described, parquet};
use crate::trouble::{Trouble, before, counted};

/// A Glue catalog or an Athena that says this, whatever it is asked.
async fn says(status: u16, body: &'static str) -> [Result<(), Unavailable>; 2] {
    let address = before("127.0.0.1:1".parse().unwrap(), Trouble::Says(status, body)).await;
    let [glue, athena] = services(address, keys("hush"));
    [described(&glue).await.map(drop), described(&athena).await.map(drop)]
}

fn services(address: SocketAddr, credentials: Credentials) -> [TableLocation; 2] {
    let service =
        || AwsService { region: "us-east-1".into(), endpoint: Some(format!("http://{address}")) };
    let data = || objects(address, "data");
    let glue = Place::Glue { service: service(), catalog_id: None, data: data() };
    let workgroup = "primary".into();
    let athena = Place::Athena { service: service(), workgroup, results: data() };
    [glue, athena].map(|place| {
        let reach = reach(place, credentials.clone(), &address.to_string());
        let (database, table) = ("db".into(), "t".into());
        TableLocation::Connected(Connected { reach, database, table })
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_of_a_service_has_its_own_words() {
    for (status, body, expected) in [
        (
            400,
            r#"{"__type":"ExpiredTokenException","message":"hush"}"#,
            "the credentials of the connection have expired",
        ),
        (
            400,
            r#"{"__type":"UnrecognizedClientException","message":"hush"}"#,
            "access to `db.t` was denied: the credentials of the connection do not allow it",
        ),
        (
            400,
            r#"{"__type":"InvalidSignatureException","message":"hush"}"#,
            "access to `db.t` was denied: the credentials of the connection do not allow it",
        ),
        (
            400,
            r#"{"__type":"AccessDeniedException","Message":"hush"}"#,
            "access to `db.t` was denied: the credentials of the connection do not allow it",
        ),
        (
            400,
            r#"{"__type":"SomethingNewException","message":"hush"}"#,
            "`db.t` could not be reached: it refused the request",
        ),
        (200, "this is no JSON: hush", "`db.t` could not be reached: it gave no usable answer"),
        (301, "", "`db.t` could not be reached: it gave no usable answer"),
    ] {
        for answer in says(status, body).await {
            assert_eq!(answer.unwrap_err().to_string(), expected, "{status} {body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_not_asked_without_keys() {
    let nobody = before("127.0.0.1:1".parse().unwrap(), Trouble::Silent).await;
    for credentials in [Credentials::Anonymous, Credentials::Token(Secret::new("hush".into()))] {
        for location in services(nobody, credentials) {
            let fault = described(&location).await.unwrap_err();
            assert!(matches!(fault, Unavailable::Unusable(_)), "{fault}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_silent_service_can_be_told_to_stop() {
    let silent = before("127.0.0.1:1".parse().unwrap(), Trouble::Silent).await;
    for location in services(silent, keys("hush")) {
        let stop = Stop::default();
        let waits = stop.clone();
        let waiting = tokio::task::spawn_blocking(move || pin(&location, &waits).map(drop));
        stop.stop();
        assert_eq!(waiting.await.unwrap(), Err(Unavailable::Stopped));
    }
}

/// So many small files in a bucket that their footers are looked at when they are read; what is
/// wrong with the fiftieth.
async fn with_a_bad_file(spoil: impl FnOnce(&std::path::Path)) -> Unavailable {
    let root = TempDir::new().unwrap();
    let path = |it: i32| root.path().join(format!("bucket/db/t/day={it:02}/a.parquet"));
    for file in 0..70 {
        parquet(&path(file), &wide(3, 200), 50);
    }
    let location = at(serve(root.path()).await, keys("hush"));
    let columns = described(&location).await.unwrap();
    spoil(&path(50));
    ask(&location, &columns, "select sum(c0), sum(c1), sum(c2) from t").await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_file_among_many_is_named() {
    let bad = "db/t/day=50/a.parquet";
    let garbage = with_a_bad_file(|it| write(it, "PAR1 and no more").unwrap()).await;
    assert_eq!(garbage, Unavailable::Corrupt { path: bad.into(), row_group: None });
    let retyped = with_a_bad_file(|it| {
        let texts: ArrayRef = Arc::new(StringArray::from_iter_values((0..200).map(|_| "x")));
        let others = wide(3, 200);
        let columns = [("c0", others.column(0)), ("c1", &texts), ("c2", others.column(2))];
        let columns = columns.map(|(name, it)| (name, Arc::clone(it)));
        parquet(it, &RecordBatch::try_from_iter(columns).unwrap(), 50);
    });
    let column = ColumnName::new("c1").unwrap();
    assert_eq!(retyped.await, Unavailable::SchemaChanged { path: bad.into(), column });
    let poorer = with_a_bad_file(|it| parquet(it, &wide(2, 200), 50)).await;
    let column = ColumnName::new("c2").unwrap();
    assert_eq!(poorer, Unavailable::SchemaChanged { path: bad.into(), column });
    // In the middle: the footer and the other row groups are as they were.
    let flipped = with_a_bad_file(|it| {
        let file = SerializedFileReader::new(std::fs::File::open(it).unwrap()).unwrap();
        let (start, length) = file.metadata().row_group(2).column(1).byte_range();
        let range = usize::try_from(start).unwrap()..usize::try_from(start + length).unwrap();
        let mut bytes = read(it).unwrap();
        bytes[range].fill(0xff);
        write(it, bytes).unwrap();
    });
    assert_eq!(flipped.await, Unavailable::Corrupt { path: bad.into(), row_group: Some(2) });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_falls_silent_while_it_is_read_can_be_given_up() {
    let root = TempDir::new().unwrap();
    let folder = root.path().join("bucket/db");
    create_dir_all(&folder).unwrap();
    parquet(&folder.join("t.parquet"), &wide(3, 40_000), 10_000);
    let server = serve(root.path()).await;
    let columns = described(&at(server, keys("hush"))).await.unwrap();
    // The listing, three questions for files, and the footer; then nothing.
    let (silent, mut count) = counted(server, Trouble::SilentAfter(5)).await;
    let silent = at(silent, keys("hush"));
    let opened = opened(&silent, &columns, None).await.unwrap();
    let query = {
        let context = context(&opened);
        tokio::spawn(async move {
            context.sql("select * from t").await.unwrap().collect().await.map(drop)
        })
    };
    count.wait_for(|it| *it > 5).await.unwrap();
    opened.reading.stop();
    assert!(query.await.unwrap().is_err());
    assert_eq!(opened.reading.complete().await, Err(Unavailable::Stopped));
}
