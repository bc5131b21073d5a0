//! Tables in a bucket: what is fetched of them, and what their owner is told when it goes wrong.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch};
use glovebox_catalog::{Opened, ReadRecorder, Stop, TableLocation, Unavailable, pin};
use glovebox_model::{Column, ColumnName, Credentials, Place};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::conformance::ask;
use crate::store::{keys, objects, reach, serve, table};
use crate::tables::{Recorded, context, described, parquet};
use crate::trouble::{Trouble, before};

/// So many columns of numbers.
pub(crate) fn wide(columns: i64, rows: i64) -> RecordBatch {
    let column = |c: i64| -> (String, ArrayRef) {
        let values = (0..rows).map(move |r| (r * 7919 + c * 104_729) % 1_000_003);
        (format!("c{c}"), Arc::new(Int64Array::from_iter_values(values)))
    };
    RecordBatch::try_from_iter((0..columns).map(column)).unwrap()
}

pub(crate) fn at(address: SocketAddr, credentials: Credentials) -> TableLocation {
    let place = Place::Files(objects(address, ""));
    table(&reach(place, credentials, &address.to_string()))
}

impl Recorded {
    fn bytes(&self) -> u64 {
        self.0.lock().unwrap().iter().map(|it| it.2).sum()
    }

    fn files(&self) -> usize {
        let ranges = self.0.lock().unwrap();
        ranges.iter().map(|it| &it.0).collect::<BTreeSet<_>>().len()
    }
}

pub(crate) async fn opened(
    location: &TableLocation,
    columns: &[Column],
    recorder: Option<Arc<dyn ReadRecorder>>,
) -> Result<Opened, Unavailable> {
    let (location, columns) = (location.clone(), columns.to_vec());
    let opening = move || {
        let shown: Vec<ColumnName> = columns.iter().map(|it| it.name.clone()).collect();
        pin(&location, &Stop::default())?.open(&columns, &shown, recorder)
    };
    tokio::task::spawn_blocking(opening).await.unwrap()
}

/// What is fetched for a query that sees the table `o` of another member, too.
async fn fetched(location: &TableLocation, query: &str, others: Vec<i64>) -> Arc<Recorded> {
    let columns = described(location).await.unwrap();
    let recorder = Arc::new(Recorded::default());
    let opened = opened(location, &columns, Some(recorder.clone())).await.unwrap();
    let context = context(&opened);
    let column: ArrayRef = Arc::new(Int64Array::from(others));
    context.register_batch("o", RecordBatch::try_from_iter([("v", column)]).unwrap()).unwrap();
    context.sql(query).await.unwrap().collect().await.unwrap();
    opened.reading.complete().await.unwrap();
    recorder
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_a_hundred_columns_are_about_two_percent_of_the_bytes() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("bucket/db/t.parquet");
    parquet(&path, &wide(100, 40_000), 20_000);
    let size = path.metadata().unwrap().len();
    let location = at(serve(root.path()).await, keys("hush"));
    let read = fetched(&location, "select sum(c3), sum(c90) from t", vec![]).await.bytes();
    assert!(read * 100 < size * 4, "{read} of {size}");
    let all = (0..100).map(|it| format!("sum(c{it})")).collect::<Vec<_>>().join(",");
    let read = fetched(&location, &format!("select {all} from t"), vec![]).await.bytes();
    assert!(read * 100 > size * 90, "{read} of {size}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_partition_of_a_hundred_reads_one() {
    let root = TempDir::new().unwrap();
    for day in 0..100 {
        let path = root.path().join(format!("bucket/db/t/day={day}/a.parquet"));
        parquet(&path, &wide(1, 100), 100);
    }
    let location = at(serve(root.path()).await, keys("hush"));
    let read = fetched(&location, "select sum(c0) from t where day = 42", vec![]).await;
    assert_eq!(read.files(), 1);
    let read = fetched(&location, "select sum(c0) from t where day in (1, 2)", vec![]).await;
    assert_eq!(read.files(), 2);
    let joined = "select sum(c0) from t join o on o.v = day";
    let read = fetched(&location, joined, vec![42]).await;
    assert_eq!(read.files(), 100, "the days of another member's rows");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_fetched_never_depends_on_rows_of_others() {
    let root = TempDir::new().unwrap();
    for file in 0..5 {
        let path = root.path().join(format!("bucket/db/t/{file}.parquet"));
        parquet(&path, &wide(3, 20_000), 5_000);
    }
    let location = at(serve(root.path()).await, keys("hush"));
    for query in [
        "select c0, c1 from t limit 1",
        "select o.v, sum(c1) from t join o on o.v = c0 group by 1",
        "select o.v, c1 from o join t on o.v = c0 limit 1",
        "select sum(c1) from t where c0 in (select v from o)",
        "select sum(c1) from t where c0 > (select max(v) from o)",
        "select c0, c1 from t order by c0 limit 2",
    ] {
        let mut seen = Vec::new();
        for others in [vec![], vec![7], (0..1000).collect()] {
            let recorded = fetched(&location, query, others).await;
            seen.push(recorded.0.lock().unwrap().clone());
        }
        assert!(seen.windows(2).all(|it| it[0] == it[1]), "{query}");
    }
}

/// Both when all footers are looked at first and when each is looked at in its turn.
#[tokio::test(flavor = "multi_thread")]
async fn a_small_file_is_asked_for_once() {
    for count in [3, 100] {
        let root = TempDir::new().unwrap();
        for file in 0..count {
            let path = root.path().join(format!("bucket/db/t/{file}.parquet"));
            parquet(&path, &wide(3, 50), 25);
        }
        let location = at(serve(root.path()).await, keys("hush"));
        let read = fetched(&location, "select sum(c0), sum(c2) from t", vec![]).await;
        assert_eq!(read.files(), count);
        assert_eq!(read.0.lock().unwrap().len(), count, "ranges");
        let twice = "select count(*) from t a join t b on a.c0 = b.c0";
        let read = fetched(&location, twice, vec![]).await.0.lock().unwrap().len();
        assert!(read <= 2 * count, "{read} ranges of {count} files");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_files_and_text_files_are_read_whole() {
    let root = TempDir::new().unwrap();
    for file in 0..300 {
        let path = root.path().join(format!("bucket/db/t/{file}.parquet"));
        parquet(&path, &wide(2, 50), 50);
    }
    let lines = (0..400_000).map(|it| format!("{it},some text of row {it}\n")).collect::<String>();
    std::fs::create_dir_all(root.path().join("bucket/csv")).unwrap();
    std::fs::write(root.path().join("bucket/csv/t.csv"), format!("n,x\n{lines}")).unwrap();
    let address = serve(root.path()).await;
    let parquet = at(address, keys("hush"));
    let columns = described(&parquet).await.unwrap();
    let answer = ask(&parquet, &columns, "select count(c1) as n from t").await.unwrap();
    assert!(answer.contains("| 15000 |"), "{answer}");
    let TableLocation::Connected(mut connected) = parquet else { unreachable!() };
    connected.database = "csv".into();
    let csv = TableLocation::Connected(connected);
    let columns = described(&csv).await.unwrap();
    let answer = ask(&csv, &columns, "select count(x) as n, sum(n) as s from t").await.unwrap();
    assert!(answer.contains("| 400000 | 79999800000 |"), "{answer}");
}

/// The bucket with one table, and what describing it says when there is this trouble.
async fn with_trouble(trouble: Trouble) -> Result<Vec<Column>, Unavailable> {
    let root = TempDir::new().unwrap();
    parquet(&root.path().join("bucket/db/t.parquet"), &wide(3, 20_000), 10_000);
    let address = before(serve(root.path()).await, trouble).await;
    described(&at(address, keys("hush"))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_passes() {
    let columns = with_trouble(Trouble::Slowly(3)).await.unwrap();
    assert_eq!(columns.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_its_own_words_for_the_owner() {
    let elsewhere = with_trouble(Trouble::Elsewhere).await.unwrap_err();
    assert!(matches!(elsewhere, Unavailable::Elsewhere { .. }), "{elsewhere}");
    assert_eq!(with_trouble(Trouble::Expired).await, Err(Unavailable::Expired));

    let root = TempDir::new().unwrap();
    std::fs::create_dir_all(root.path().join("bucket/db")).unwrap();
    std::fs::write(root.path().join("bucket/db/t.parquet"), "PAR1 not at all").unwrap();
    let address = serve(root.path()).await;
    let wrong = described(&at(address, keys("wrong"))).await.unwrap_err();
    assert!(matches!(wrong, Unavailable::Denied { .. }), "{wrong}");
    let corrupt = described(&at(address, keys("hush"))).await.unwrap_err();
    assert_eq!(corrupt.to_string(), "`db/t.parquet` is corrupt");
    let TableLocation::Connected(mut other) = at(address, keys("hush")) else { unreachable!() };
    other.database = "nothing".into();
    let missing = described(&TableLocation::Connected(other.clone())).await.unwrap_err();
    assert!(matches!(missing, Unavailable::Missing { .. }), "{missing}");
    for (database, table) in [("..", "t"), ("db", "../t"), ("db", ""), ("db/x", "t")] {
        (other.database, other.table) = (database.into(), table.into());
        let climbed = described(&TableLocation::Connected(other.clone())).await;
        assert_eq!(climbed, Err(Unavailable::BadLocation), "{database} {table}");
    }
    let place = Place::Files(objects(address, ""));
    let barred = described(&table(&reach(place, keys("hush"), "127.0.0.2"))).await.unwrap_err();
    assert!(matches!(barred, Unavailable::Barred(_)), "{barred}");
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = described(&at(nobody, keys("hush"))).await.unwrap_err();
    assert!(matches!(refused, Unavailable::Unreachable { .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_cut_off_is_never_taken_for_the_whole() {
    let root = TempDir::new().unwrap();
    let lines = (0..400_000).map(|it| format!("{it}\n")).collect::<String>();
    std::fs::create_dir_all(root.path().join("bucket/db")).unwrap();
    std::fs::write(root.path().join("bucket/db/t.csv"), format!("n\n{lines}")).unwrap();
    let server = serve(root.path()).await;
    let columns = described(&at(server, keys("hush"))).await.unwrap();
    let cut = at(before(server, Trouble::CutOff(100_000)).await, keys("hush"));
    let answer = ask(&cut, &columns, "select count(*) from t").await;
    assert!(
        matches!(answer, Err(Unavailable::Unreachable { .. } | Unavailable::Truncated { .. })),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_was_replaced_fails_the_query() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("bucket/db/t.parquet");
    parquet(&path, &wide(3, 20_000), 10_000);
    let location = at(serve(root.path()).await, keys("hush"));
    let columns = described(&location).await.unwrap();
    let before = opened(&location, &columns, None).await.unwrap();
    replace(&path);
    let answer = context(&before).sql("select sum(c0) from t").await.unwrap().collect().await;
    assert!(answer.is_err());
    assert!(matches!(before.reading.fault(), Some(Unavailable::Changed { .. })));
}

fn replace(path: &Path) {
    std::fs::remove_file(path).unwrap();
    parquet(path, &wide(3, 21_000), 10_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_silent_server_can_be_told_to_stop() {
    let silent = before("127.0.0.1:1".parse().unwrap(), Trouble::Silent).await;
    let (location, stop) = (at(silent, keys("hush")), Stop::default());
    let told = stop.clone();
    let waiting = tokio::task::spawn_blocking(move || pin(&location, &told).map(drop));
    stop.stop();
    assert_eq!(waiting.await.unwrap(), Err(Unavailable::Stopped));
}
