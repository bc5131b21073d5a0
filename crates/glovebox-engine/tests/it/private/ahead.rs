//! What the source of a distant table sees of a private query.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use glovebox_catalog::{Connected, Egress, Reach, ReadRecorder};
use glovebox_model::{
    Connection, Credentials, ObjectProtocol, ObjectRoot, Objects, Place, Secret, Secrets,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;

use super::*;

const KEYS: (&str, &str) = ("AKIDTEST", "hush");
const JOINED: &str = "SELECT a.segment, COUNT(*), SUM(c.x) FROM clicks c \
                      JOIN audience a ON a.uid = c.uid GROUP BY a.segment";

async fn serve(root: &Path) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    builder.set_auth(SimpleAuth::from_single(KEYS.0, KEYS.1));
    let service = builder.build();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let http = Builder::new(TokioExecutor::new());
                drop(http.serve_connection(TokioIo::new(socket), service).await);
            });
        }
    });
    address
}

fn distant(address: SocketAddr) -> TableLocation {
    let credentials = Credentials::Keys {
        access_key_id: KEYS.0.into(),
        secret_access_key: Secret::new(KEYS.1.into()),
        session_token: None,
    };
    let place = Place::Files(Objects {
        protocol: ObjectProtocol::S3,
        region: "us-east-1".into(),
        endpoint: Some(format!("http://{address}")),
        roots: vec![ObjectRoot { bucket: "bucket".into(), prefix: String::new() }],
        encryption: None,
    });
    let connection = Connection {
        id: "00000000-0000-4000-8000-000000000001".parse().unwrap(),
        account: "123456789012".parse().unwrap(),
        name: "reader".into(),
        databases: vec!["db".into()],
        place,
        method: credentials.method(),
        has_catalog_token: false,
        created: Timestamp::from_millis(0),
        updated: Timestamp::from_millis(0),
        version: 1,
    };
    let egress = Egress::new(vec![address.to_string().parse().unwrap()], b"").unwrap();
    let reach =
        Arc::new(Reach::new(connection, Secrets { credentials, catalog_token: None }, egress));
    TableLocation::Connected(Connected { reach, database: "db".into(), table: "audience".into() })
}

/// Three files of twenty row groups, too large to be fetched with their footers.
fn write_audience(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for file in 0..3_u32 {
        let uids = (0..20_000_u32).map(|it| format!("u{}", 20_000 * file + it));
        let uids: ArrayRef = Arc::new(StringArray::from_iter_values(uids));
        let segments = (0..20_000_u32).map(|it| format!("{it:032x}-{}", it % 3));
        let segments: ArrayRef = Arc::new(StringArray::from_iter_values(segments));
        let batch = RecordBatch::try_from_iter([("uid", uids), ("segment", segments)]).unwrap();
        let properties =
            WriterProperties::builder().set_max_row_group_row_count(Some(1_000)).build();
        let file = std::fs::File::create(folder.join(format!("{file}.parquet"))).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }
}

/// Every range that is read, in order.
#[derive(Debug, Default)]
struct Order(Mutex<Vec<String>>);

impl ReadRecorder for Order {
    fn read(&self, path: &str, offset: u64, length: u64) {
        self.0.lock().unwrap().push(format!("{path} {offset} {length}"));
    }
}

async fn seen(clicks: &[Click], memory_bytes: Option<usize>) -> (Vec<Vec<String>>, Vec<String>) {
    let mut world = World::new(3, 5, "", &[clicks.to_vec()]);
    let bucket = world.folder.path().join("store/bucket/db/audience");
    write_audience(&bucket);
    let address = serve(&world.folder.path().join("store")).await;
    world.audience = Some(distant(address));
    world.memory_bytes = memory_bytes;
    let order = Arc::new(Order::default());
    world.recorder = Some(order.clone());
    let rows = world.answer(JOINED, &mut Still).await;
    let order = order.0.lock().unwrap().clone();
    (rows, order)
}

fn is_audience(it: &str) -> bool {
    it.contains("audience")
}

#[tokio::test]
async fn a_distant_table_is_read_to_its_end_before_rows_of_users_are_met() {
    let clicks = Dice(1).clicks(30_000, 5, 5_000);
    let (_, order) = seen(&clicks, None).await;
    let last = order.iter().rposition(|it| is_audience(it)).unwrap();
    let first = order.iter().position(|it| !is_audience(it)).unwrap();
    assert!(order.iter().filter(|it| is_audience(it)).count() > 6, "{order:?}");
    assert!(last < first, "{order:?}");
}

#[tokio::test]
async fn a_distant_table_is_read_once_also_when_memory_does_not_suffice() {
    let clicks = Dice(2).clicks(30_000, 5, 20_000);
    let (all, plenty) = seen(&clicks, None).await;
    let (same, scarce) = seen(&clicks, Some(6 << 20)).await;
    assert_eq!(all, same);
    let audience = |order: &[String]| {
        let mut ranges: Vec<String> = order.iter().filter(|it| is_audience(it)).cloned().collect();
        ranges.sort();
        ranges
    };
    assert_eq!(audience(&scarce), audience(&plenty));
    let twice = scarce.iter().filter(|it| !is_audience(it)).count();
    assert!(twice > plenty.iter().filter(|it| !is_audience(it)).count(), "it was run again");
}

#[tokio::test]
async fn a_distant_table_is_answered_as_one_in_a_folder_is() {
    let clicks = Dice(3).clicks(60_000, 5, 4_000);
    let (distant, _) = seen(&clicks, None).await;
    let world = World::new(3, 5, "", &[clicks]);
    let folder = world.folder.path().join("tables/db");
    std::fs::remove_file(folder.join("audience.csv")).unwrap();
    write_audience(&folder.join("audience"));
    assert_eq!(world.answer(JOINED, &mut Still).await, distant);
}
