//! Execution: what fails, how it is told, and what a source can see.

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use glovebox_catalog::{ReadRecorder, arrow_type};
use glovebox_engine::{Cause, Failed, Limits, cancel};
use glovebox_model::{ColumnType, QueryFailure};
use glovebox_privacy::{Executed, SecureDraw, release};

use crate::house::{
    AUDIENCE, BRAND, BY_REGION, House, ORDERS, SELLER, house, limits, query, sample_key,
};

fn failed(outcome: Result<Executed, Failed>) -> Failed {
    match outcome {
        Ok(_) => panic!("it was executed"),
        Err(failed) => failed,
    }
}

/// Executes after `change`, with the inputs described before.
async fn after(change: impl FnOnce(&House)) -> Failed {
    let house = house(ORDERS, AUDIENCE);
    let inputs = house.inputs();
    let reserved = house.reserved_by_default(BY_REGION);
    change(&house);
    failed(house.run(reserved, inputs).await)
}

#[tokio::test]
async fn every_failure_looks_the_same_to_the_analyst_and_tells_the_owner() {
    let orders = |house: &House| house.table(SELLER, "orders.csv");
    let rewritten = after(|it| std::fs::write(orders(it), "person,region\np1,eu\n").unwrap());
    let corrupt = after(|it| std::fs::write(orders(it), "person,region,amount\n\"p1").unwrap());
    let gone = after(|it| std::fs::remove_file(orders(it)).unwrap());
    let link = after(|it| {
        std::fs::rename(orders(it), it.dir.path().join("elsewhere.csv")).unwrap();
        symlink(it.dir.path().join("elsewhere.csv"), orders(it)).unwrap();
    });
    let fifo = after(|it| {
        std::fs::remove_file(orders(it)).unwrap();
        let made = std::process::Command::new("mkfifo").arg(orders(it)).status().unwrap();
        assert!(made.success());
    });
    let two = after(|it| {
        std::fs::write(it.table(SELLER, "orders.ndjson"), "{}\n").unwrap();
    });
    for (failed, detail) in [
        (rewritten.await, "`db/orders.csv` does not have the column `amount` as it was configured"),
        (corrupt.await, "`db/orders.csv` is corrupt"),
        (
            gone.await,
            "there is no `db/orders` with .parquet, .csv or .ndjson behind, and no such folder",
        ),
        (link.await, "`db/orders.csv` is neither a regular file nor a folder"),
        (fifo.await, "`db/orders.csv` is neither a regular file nor a folder"),
        (two.await, "two candidates for the table: `db/orders.csv` and `db/orders.ndjson`"),
    ] {
        assert_eq!(failed.analyst(), QueryFailure::generic());
        let (table, told) = failed.owner_detail().unwrap();
        assert_eq!((table.as_str(), told.as_str()), ("orders", detail));
        assert!(failed.reserved.is_some());
    }
}

#[tokio::test]
async fn a_corrupt_parquet_file_fails_the_query_and_names_the_row_group() {
    let house = house(ORDERS, AUDIENCE);
    std::fs::remove_file(house.table(SELLER, "orders.csv")).unwrap();
    write_orders(&house, 1_000, None);
    let inputs = house.inputs();
    let reserved = house.reserved_by_default(BY_REGION);
    let path = house.table(SELLER, "orders.parquet");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[8..middle].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let failed = failed(house.run(reserved, inputs).await);
    assert_eq!(failed.analyst(), QueryFailure::generic());
    let told = failed.owner_detail().unwrap().1;
    assert!(told.starts_with("`db/orders.parquet` is corrupt in row group "), "{told}");
}

#[tokio::test]
async fn a_result_with_more_rows_than_it_may_have_fails() {
    let house = house(ORDERS, AUDIENCE);
    let (_canceller, cancel) = cancel();
    let limits = Limits { result_rows: 1, ..limits() };
    let reserved = house.reserved_by_default(BY_REGION);
    let outcome = house
        .engine()
        .execute(reserved, query(), house.inputs(), &limits, (&cancel, sample_key()))
        .await;
    assert!(matches!(failed(outcome).cause, Cause::TooLarge));
}

#[tokio::test]
async fn a_cancelled_query_ends_at_once_and_leaves_no_spill() {
    let house = house(ORDERS, AUDIENCE);
    let (canceller, cancel) = cancel();
    canceller.cancel();
    let started = Instant::now();
    let reserved = house.reserved_by_default(BY_REGION);
    let outcome = house
        .engine()
        .execute(reserved, query(), house.inputs(), &limits(), (&cancel, sample_key()))
        .await;
    let failed = failed(outcome);
    assert!(failed.is_cancelled());
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!(std::fs::read_dir(house.dir.path().join("spill")).unwrap().count(), 0);
}

#[tokio::test]
async fn the_digest_of_the_inputs_tells_one_state_of_the_files_from_another() {
    let house = house(ORDERS, AUDIENCE);
    let first = house.execute(BY_REGION).await.unwrap().inputs();
    assert_eq!(first, house.execute(BY_REGION).await.unwrap().inputs());
    std::fs::write(house.table(BRAND, "audience.csv"), "person,segment\np1,a\n").unwrap();
    assert_ne!(first, house.execute(BY_REGION).await.unwrap().inputs());
}

#[tokio::test]
async fn a_list_query_is_executed_and_released() {
    let house = house(ORDERS, AUDIENCE);
    let sql = "SELECT DISTINCT orders.region, audience.segment FROM orders \
               JOIN audience ON orders.person = audience.person";
    let executed = house.execute_list(sql).await.unwrap();
    assert!(release(executed, &mut SecureDraw::new().unwrap()).is_ok());
}

#[test]
fn the_catalog_reads_the_types_that_plans_expect() {
    let kinds = "bigint binary boolean date decimal(38,9) double float int smallint string \
                 timestamp tinyint";
    for kind in kinds.split_whitespace() {
        let kind: ColumnType = kind.parse().unwrap();
        assert_eq!(arrow_type(kind), glovebox_sql::arrow_type(kind));
    }
}

#[derive(Debug, Default)]
struct Recorded(Mutex<BTreeSet<(String, u64, u64)>>);

impl ReadRecorder for Recorded {
    fn read(&self, path: &str, offset: u64, length: u64) {
        self.0.lock().unwrap().insert((path.to_owned(), offset, length));
    }
}

/// Writes `orders` as Parquet with row groups of fifty, without the person `missing`.
fn write_orders(house: &House, count: i64, missing: Option<i64>) {
    let people = || (0..count).filter(|it| Some(*it) != missing);
    let persons: ArrayRef =
        Arc::new(StringArray::from_iter_values(people().map(|it| format!("p{it}"))));
    let regions: ArrayRef =
        Arc::new(StringArray::from_iter_values(people().map(|it| format!("r{}", it % 7))));
    let amounts: ArrayRef = Arc::new(Int64Array::from_iter_values(people()));
    let columns = [("person", persons), ("region", regions), ("amount", amounts)];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(50)).build();
    let file = std::fs::File::create(house.table(SELLER, "orders.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// What is read of the seller's table when these people are in the brand's.
async fn seen_by_the_seller(people: impl Iterator<Item = i64>) -> BTreeSet<(String, u64, u64)> {
    let mut audience = String::from("person,segment\n");
    people.for_each(|it| audience.push_str(&format!("p{it},s{}\n", it % 3)));
    let mut house = house(ORDERS, &audience);
    std::fs::remove_file(house.table(SELLER, "orders.csv")).unwrap();
    write_orders(&house, 1_000, None);
    let recorder = Arc::new(Recorded::default());
    house.config.recorder = Some(recorder.clone());
    for sql in [
        BY_REGION,
        "SELECT region, COUNT(DISTINCT orders.person) AS n FROM audience \
         JOIN orders ON orders.person = audience.person WHERE segment = 's1' GROUP BY region",
    ] {
        drop(house.execute(sql).await.unwrap());
    }
    let list = "SELECT DISTINCT region FROM orders \
                JOIN audience ON orders.person = audience.person LIMIT 1";
    drop(house.execute_list(list).await.unwrap());
    let seen = recorder.0.lock().unwrap();
    seen.iter().filter(|it| it.0.contains("orders")).cloned().collect()
}

#[tokio::test]
async fn what_the_sellers_source_sees_does_not_depend_on_the_brands_people() {
    let all = seen_by_the_seller(0..300).await;
    assert!(all.len() > 20, "{}", all.len());
    assert_eq!(seen_by_the_seller((0..300).filter(|it| *it != 17)).await, all);
    assert_eq!(seen_by_the_seller(0..1).await, all);
    assert_eq!(seen_by_the_seller(std::iter::empty()).await, all);
    assert_eq!(seen_by_the_seller(5_000..5_100).await, all);
}
