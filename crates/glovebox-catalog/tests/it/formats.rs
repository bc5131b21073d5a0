//! Tables of table formats, wherever their catalog is: Iceberg of a REST catalog and of Glue,
//! Delta of a bucket and of Glue.

use std::fs::{create_dir_all, read_dir, read_to_string, write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glovebox_catalog::{Connected, Reach, Stop, TableLocation, Unavailable, pin};
use glovebox_model::{AwsService, ObjectRoot, Objects, Place, Secret};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::conformance::conforms;
use crate::moto::Moto;
use crate::people;
use crate::rest::{Rest, Says};
use crate::store::{keys, objects, reach, serve};
use crate::tables::{described, parquet, probed};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/iceberg_people")
}

/// Where the metadata of the people lies.
fn metadata() -> String {
    read_to_string(fixtures().join("location")).unwrap()
}

fn copy(from: &Path, to: &Path) {
    create_dir_all(to).unwrap();
    for entry in read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            assert!(std::fs::copy(entry.path(), &to).is_ok(), "{}", to.display());
        }
    }
}

/// A store with the bucket `house`, in which the people lie below `lake`: as a table of Iceberg,
/// and as one of Delta.
async fn lake() -> (TempDir, SocketAddr) {
    let root = TempDir::new().unwrap();
    copy(&fixtures().join("house"), &root.path().join("house"));
    delta(&root.path().join("house/lake/delta/t"));
    let store = serve(root.path()).await;
    (root, store)
}

fn data(store: SocketAddr, prefix: &str) -> Objects {
    let roots = vec![ObjectRoot { bucket: "house".into(), prefix: prefix.into() }];
    Objects { roots, ..objects(store, "") }
}

/// The people as a Delta table of two versions.
fn delta(folder: &Path) {
    let kind = |kind: &str| match kind {
        "bigint" => "long".to_owned(),
        "int" => "integer".to_owned(),
        other => other.to_owned(),
    };
    let field = |(name, it): &(&str, &str)| json!({"name": name, "type": kind(it), "nullable": true, "metadata": {}});
    let fields: Vec<Value> = people::COLUMNS.iter().map(field).collect();
    let schema = json!({"type": "struct", "fields": fields}).to_string();
    let mut actions = vec![
        json!({"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}),
        json!({"metaData": {
            "id": "00000000-0000-4000-8000-000000000001", "schemaString": schema,
            "format": {"provider": "parquet", "options": {}}, "partitionColumns": [],
            "configuration": {}, "createdTime": 0,
        }}),
    ];
    create_dir_all(folder.join("_delta_log")).unwrap();
    for (version, from) in [0, 500].into_iter().enumerate() {
        let name = format!("part-{version}.parquet");
        parquet(&folder.join(&name), &people::rows(from, from + 500), 100);
        let size = folder.join(&name).metadata().unwrap().len();
        actions.push(json!({"add": {
            "path": name, "partitionValues": {}, "size": size, "modificationTime": 0,
            "dataChange": true,
        }}));
        let lines: Vec<String> = actions.drain(..).map(|it| it.to_string()).collect();
        write(folder.join(format!("_delta_log/{version:020}.json")), lines.join("\n")).unwrap();
    }
}

/// The table `db.t` of a catalog, data in `house` below `lake`.
fn iceberg(
    rest: &Rest,
    store: SocketAddr,
    warehouse: Option<&str>,
    token: Option<&str>,
) -> Connected {
    let place = Place::Iceberg {
        uri: format!("http://{}/base", rest.address()),
        warehouse: warehouse.map(Into::into),
        data: data(store, "lake"),
    };
    let mut reach = reach(place, keys("hush"), "127.0.0.1");
    let catalog_token = token.map(|it| Secret::new(it.into()));
    reach = Arc::new(Reach { catalog_token, ..(*reach).clone() });
    Connected { reach, database: "db".into(), table: "t".into() }
}

async fn says(location: &Connected) -> String {
    described(&TableLocation::Connected(location.clone())).await.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_iceberg_table_of_a_rest_catalog_conforms() {
    let (_root, store) = lake().await;
    let mut usual = Says::of(&metadata());
    usual.token = Some("bearer of gifts");
    usual.config = json!({"defaults": {"prefix": "not/this"}, "overrides": {"prefix": "a/b c"}});
    let rest = Rest::serve(usual).await;
    let table = iceberg(&rest, store, Some("w&x"), Some("bearer of gifts"));
    conforms(&TableLocation::Connected(table.clone()), true).await;
    let asked = rest.asked();
    assert_eq!(asked[0], "/base/v1/config?warehouse=w%26x");
    assert_eq!(asked[1], "/base/v1/a/b%20c/namespaces/db/tables/t");
    assert!(asked.chunks(2).all(|it| *it == asked[..2]), "{asked:?}");
    let steps = probed(&TableLocation::Connected(table)).await;
    assert_eq!(
        steps[2..],
        [r#"catalog: Works("has t")"#, r#"read: Works("8 columns, 0 partition keys")"#,]
    );
    // Without the token there is nothing.
    let denied = iceberg(&rest, store, None, Some("another"));
    assert!(says(&denied).await.contains("access to `the configuration of the catalog`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_catalog_says_of_endpoints_and_credentials_is_not_believed() {
    let (_root, store) = lake().await;
    // Nobody is to come here.
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}", trap.local_addr().unwrap());
    let lies = json!({
        "uri": elsewhere, "token": "stolen", "credential": "a:b", "warehouse": "other",
        "s3.endpoint": elsewhere, "s3.access-key-id": "evil", "s3.secret-access-key": "evil",
        "s3.session-token": "evil", "s3.remote-signing-enabled": "true",
        "s3.signer.uri": elsewhere, "io-impl": "evil.Io", "oauth2-server-uri": elsewhere,
        "py-io-impl": "evil.Io",
    });
    let mut hostile = Says::of(&metadata());
    hostile.config = json!({"defaults": lies, "overrides": lies, "endpoints": ["POST /evil"]});
    hostile.settings = lies;
    let rest = Rest::serve(hostile).await;
    let table = TableLocation::Connected(iceberg(&rest, store, None, None));
    assert_eq!(described(&table).await.unwrap(), people::columns());
    let redirecting = Says { redirect: trap.local_addr().ok(), ..Says::of(&metadata()) };
    let rest = Rest::serve(redirecting).await;
    let redirected = says(&iceberg(&rest, store, None, Some("hush"))).await;
    assert!(redirected.contains("its catalog gave no usable answer"), "{redirected}");
    let came = futures::FutureExt::now_or_never(trap.accept());
    assert!(came.is_none(), "somebody came");
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_outside_of_the_roots_is_not_fetched() {
    let (_root, store) = lake().await;
    let inside = metadata();
    for location in [
        inside.replace("s3://house", "s3://other"),
        inside.replace("/lake/", "/private/"),
        inside.replace("/lake/", "/lake/../private/"),
        inside.replace("s3://house", &format!("http://{store}/house")),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ] {
        let rest = Rest::serve(Says::of(&location)).await;
        let said = says(&iceberg(&rest, store, None, None)).await;
        assert!(
            said.contains("lies outside of what the connection may read"),
            "{location}: {said}"
        );
    }
    let mut climbing = Says::of(&inside);
    climbing.config = json!({"overrides": {"prefix": "../../admin"}});
    let rest = Rest::serve(climbing).await;
    let location = TableLocation::Connected(iceberg(&rest, store, None, None));
    assert_eq!(described(&location).await, Err(Unavailable::BadLocation));
    let mut wordless = Says::of(&inside);
    wordless.location = json!({"s3": "house"});
    let rest = Rest::serve(wordless).await;
    assert_eq!(says(&iceberg(&rest, store, None, None)).await, "`db.t` is corrupt");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_rest_catalog_has_its_own_words() {
    let (_root, store) = lake().await;
    let rest = Rest::serve(Says::of(&metadata())).await;
    let mut table = iceberg(&rest, store, Some("nowhere"), None);
    assert_eq!(says(&table).await, "the catalog has no warehouse `nowhere`");
    table = iceberg(&rest, store, None, None);
    table.table = "nothing".into();
    assert_eq!(says(&table).await, "the catalog has no table `db.nothing`");
    table.database = "nobody".into();
    assert_eq!(says(&table).await, "the catalog has no database `nobody`");
    table.database = "..".into();
    let climbed = described(&TableLocation::Connected(table)).await;
    assert_eq!(climbed, Err(Unavailable::BadLocation));
    // Who is busy is asked again, but not for ever.
    let busy = Rest::serve(Says { busy: 2, ..Says::of(&metadata()) }).await;
    let location = TableLocation::Connected(iceberg(&busy, store, None, None));
    assert_eq!(described(&location).await.unwrap(), people::columns());
    let busier = Rest::serve(Says { busy: 100, ..Says::of(&metadata()) }).await;
    let said = says(&iceberg(&busier, store, None, None)).await;
    assert!(said.contains("its catalog gave no usable answer"), "{said}");
    assert_eq!(busier.asked().len(), 4);
    let gone = metadata().replace("00004-", "00005-");
    let rest = Rest::serve(Says::of(&gone)).await;
    let said = says(&iceberg(&rest, store, None, None)).await;
    let absent = "metadata.json`, which the metadata of the table names, is not there";
    assert!(said.contains(absent), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_table_of_a_bucket_conforms() {
    let (_root, store) = lake().await;
    let reach = reach(Place::Delta(data(store, "lake")), keys("hush"), "127.0.0.1");
    let (database, table) = ("delta".into(), "t".into());
    conforms(&TableLocation::Connected(Connected { reach, database, table }), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_metadata_names_and_that_is_absent_is_said_not_to_be_there() {
    let (root, store) = lake().await;
    std::fs::remove_file(root.path().join("house/lake/delta/t/part-1.parquet")).unwrap();
    let reach = reach(Place::Delta(data(store, "lake")), keys("hush"), "127.0.0.1");
    let location = Connected { reach, database: "delta".into(), table: "t".into() };
    let absent = Unavailable::Absent { path: "lake/delta/t/part-1.parquet".into() };
    let location = TableLocation::Connected(location);
    assert_eq!(described(&location).await, Err(absent.clone()));
    let pinning = move || pin(&location, &Stop::default()).map(drop);
    assert_eq!(tokio::task::spawn_blocking(pinning).await.unwrap(), Err(absent));
}

/// A Glue catalog before the lake, with these tables in `db`.
fn glue(moto: &Moto, tables: Vec<Value>) {
    let database = json!({"DatabaseInput": {"Name": "db"}});
    let mut calls = vec![("glue", "create_database", database)];
    for table in tables {
        calls.push(("glue", "create_table", json!({"DatabaseName": "db", "TableInput": table})));
    }
    moto.call(&calls);
}

fn of_glue(moto: &Moto, store: SocketAddr, table: &str) -> Connected {
    let endpoint = Some(format!("http://{}", moto.address()));
    let service = AwsService { region: "us-east-1".into(), endpoint };
    let place = Place::Glue { service, catalog_id: None, data: data(store, "lake") };
    let reach = reach(place, keys("hush"), "127.0.0.1");
    Connected { reach, database: "db".into(), table: table.into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn iceberg_and_delta_tables_of_glue_conform() {
    let (_root, store) = lake().await;
    let moto = Moto::start();
    let path = "s3://house/lake/delta/t";
    glue(
        &moto,
        vec![
            json!({"Name": "ice", "TableType": "EXTERNAL_TABLE", "Parameters": {
                "table_type": "ICEBERG", "metadata_location": metadata(),
            }}),
            // As Spark writes it: the location is a placeholder.
            json!({"Name": "spark", "Parameters": {"spark.sql.sources.provider": "delta"},
            "StorageDescriptor": {
                "InputFormat": "org.apache.hadoop.mapred.SequenceFileInputFormat",
                "Location": "s3://house/lake/spark-__PLACEHOLDER__",
                "Columns": [{"Name": "col", "Type": "array<string>"}],
                "SerdeInfo": {"Parameters": {"path": path, "serialization.format": "1"}},
            }}),
            // As a crawler or Athena does.
            json!({"Name": "crawled",
            "Parameters": {"table_type": "delta", "spark.sql.sources.provider": "delta"},
            "StorageDescriptor": {
                "InputFormat": "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat",
                "Location": format!("{path}/"), "Columns": [],
            }}),
        ],
    );
    for name in ["ice", "spark", "crawled"] {
        conforms(&TableLocation::Connected(of_glue(&moto, store, name)), true).await;
    }
    let pinned = async |name: &'static str| {
        let location = TableLocation::Connected(of_glue(&moto, store, name));
        let pinning = move || pin(&location, &Stop::default()).unwrap().manifest().clone();
        tokio::task::spawn_blocking(pinning).await.unwrap()
    };
    assert_eq!(pinned("ice").await.files(), 4);
    assert_eq!(pinned("spark").await, pinned("crawled").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_glue_catalog_cannot_point_a_table_format_elsewhere() {
    let (_root, store) = lake().await;
    let moto = Moto::start();
    let ice = |name: &str, location: &str| {
        let parameters = json!({"table_type": "ICEBERG", "metadata_location": location});
        json!({"Name": name, "Parameters": parameters})
    };
    let delta = |name: &str, path: &str| {
        json!({"Name": name, "Parameters": {"spark.sql.sources.provider": "DELTA"},
            "StorageDescriptor": {"Columns": [], "SerdeInfo": {"Parameters": {"path": path}}}})
    };
    glue(
        &moto,
        vec![
            ice("other-bucket", "s3://other/lake/x.metadata.json"),
            ice("other-prefix", "s3://house/private/x.metadata.json"),
            ice("local", "file:///etc/passwd"),
            delta("delta-bucket", "s3://other/lake/delta/t"),
            delta("delta-prefix", "s3://house/private/t"),
            delta("delta-climbs", "s3://house/lake/../private/t"),
            delta("delta-local", "file:///etc"),
            delta("delta-nothing", "s3://house/lake/nothing"),
            json!({"Name": "nowhere", "Parameters": {"table_type": "ICEBERG"}}),
            json!({"Name": "placeless", "Parameters": {"table_type": "DELTA"}}),
            json!({"Name": "hudi", "Parameters": {"spark.sql.sources.provider": "hudi"}}),
            json!({"Name": "both", "Parameters": {
                "table_type": "ICEBERG", "spark.sql.sources.provider": "delta",
                "metadata_location": metadata(),
            }}),
        ],
    );
    for (name, words) in [
        ("other-bucket", "lies outside of what the connection may read"),
        ("other-prefix", "lies outside of what the connection may read"),
        ("local", "lies outside of what the connection may read"),
        ("delta-bucket", "lies outside of what the connection may read"),
        ("delta-prefix", "lies outside of what the connection may read"),
        ("delta-climbs", "lies outside of what the connection may read"),
        ("delta-local", "lies outside of what the connection may read"),
        ("delta-nothing", "there is no `lake/nothing`"),
        ("nowhere", "an Iceberg table without metadata_location"),
        ("placeless", "a Delta table without a location"),
        ("hudi", "a table of hudi in a Glue catalog"),
        ("both", "a table of two formats"),
    ] {
        let said = says(&of_glue(&moto, store, name)).await;
        assert!(said.contains(words), "{name}: {said}");
    }
}
