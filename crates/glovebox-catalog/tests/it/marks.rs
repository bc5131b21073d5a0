//! Folders of table formats that are named as plain files.

use glovebox_catalog::{Stop, Unavailable, pin};
use tempfile::TempDir;

use crate::remote::{at, wide};
use crate::store::{keys, serve};
use crate::tables::{described, location, parquet, root};

const LOGS: [&str; 2] = ["_delta_log/00000000000000000000.json", ".hoodie/hoodie.properties"];

fn is_refused(log: &str, fault: &Unavailable) {
    let said = fault.to_string();
    let word = if log.starts_with('_') { "type delta" } else { "Hudi" };
    assert!(said.contains(word) && said.contains("db/t"), "{log}: {said}");
}

#[test]
fn a_folder_with_the_log_of_a_table_format_is_refused_by_name() {
    for log in LOGS {
        let path = format!("db/t/{log}");
        let root: TempDir = root(&[(&path, "{}"), ("db/t/a.csv", "x\n1\n")]);
        let fault = pin(&location(&root), &Stop::default()).map(drop).unwrap_err();
        is_refused(log, &fault);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_with_the_log_of_a_table_format_is_refused_by_name() {
    for log in LOGS {
        let root = TempDir::new().unwrap();
        parquet(&root.path().join("bucket/db/t/a.parquet"), &wide(3, 20), 10);
        let log_file = root.path().join("bucket/db/t").join(log);
        std::fs::create_dir_all(log_file.parent().unwrap()).unwrap();
        std::fs::write(log_file, "{}").unwrap();
        let fault = described(&at(serve(root.path()).await, keys("hush"))).await.unwrap_err();
        is_refused(log, &fault);
    }
}
