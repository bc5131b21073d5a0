//! What receivers get: right rows, in both formats, in parts or one file.

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::prelude::SessionContext;
use glovebox_catalog::{Stop, TableLocation, describe, pin};
use glovebox_model::{Destination, ResultFormat};

use crate::house::{AUDIENCE, BRAND, BY_REGION, ORDERS, destination, house, query};

fn text(objects: &[(String, Vec<u8>)]) -> Vec<String> {
    objects.iter().map(|it| String::from_utf8(it.1.clone()).unwrap()).collect()
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    lines.sort_unstable();
    lines
}

#[tokio::test]
async fn groups_below_the_threshold_never_leave() {
    let house = house(ORDERS, AUDIENCE);
    let objects = house.walk(BY_REGION, destination(BRAND, ResultFormat::Csv)).await;
    assert_eq!(objects[0].0, format!("out/daily/{}/part-00000.csv", query()));
    let text = text(&objects);
    assert_eq!(text[0].lines().next(), Some("region,total"));
    assert_eq!(sorted(&text[0]), ["eu,30", "us,12"]);
}

#[tokio::test]
async fn zero_rows_give_a_header_or_a_schema() {
    let house = house(ORDERS, "person,segment\n");
    let objects = house.walk(BY_REGION, destination(BRAND, ResultFormat::Csv)).await;
    assert_eq!(text(&objects), ["region,total\n"]);
    let objects = house.walk(BY_REGION, destination(BRAND, ResultFormat::Parquet)).await;
    assert_eq!(objects.len(), 1);
    assert!(objects[0].0.ends_with("/part-00000.parquet"));
    let (schema, batches) = parquet(&objects[0].1);
    assert_eq!(schema, ["region", "total"]);
    assert!(batches.iter().all(|it| it.num_rows() == 0));
}

fn parquet(bytes: &[u8]) -> (Vec<String>, Vec<RecordBatch>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file.reopen().unwrap()).unwrap();
    let names = builder.schema().fields().iter().map(|it| it.name().clone()).collect();
    (names, builder.build().unwrap().map(Result::unwrap).collect())
}

/// Orders and an audience with `regions` groups of two people.
fn many(regions: usize) -> (String, String) {
    let (mut orders, mut audience) =
        (String::from("person,region,amount\n"), String::from("person,segment\n"));
    for region in 0..regions {
        for person in [2 * region, 2 * region + 1] {
            orders.push_str(&format!("p{person},region {region},1\n"));
            audience.push_str(&format!("p{person},s\n"));
        }
    }
    (orders, audience)
}

#[tokio::test]
async fn a_large_result_comes_in_parts_unless_it_must_be_one_file() {
    let (orders, audience) = many(20_000);
    let mut house = house(&orders, &audience);
    house.config.part_bytes = 100_000;
    let parts = house.walk(BY_REGION, destination(BRAND, ResultFormat::Csv)).await;
    assert!(parts.len() > 2, "{}", parts.len());
    let mut rows = Vec::new();
    for (index, part) in text(&parts).iter().enumerate() {
        assert!(parts[index].0.ends_with(&format!("part-{index:05}.csv")));
        assert!(part.starts_with("region,total\n"));
        rows.extend(part.lines().skip(1).map(str::to_owned));
    }
    rows.sort();
    rows.dedup();
    assert_eq!(rows.len(), 20_000);
    let single = |format| Destination { single_file: true, ..destination(BRAND, format) };
    assert_eq!(house.walk(BY_REGION, single(ResultFormat::Csv)).await.len(), 1);
    let one = house.walk(BY_REGION, single(ResultFormat::Parquet)).await;
    assert_eq!(one.len(), 1);
    let rows: usize = parquet(&one[0].1).1.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(rows, 20_000);
    let parts = house.walk(BY_REGION, destination(BRAND, ResultFormat::Parquet)).await;
    let rows: usize = parts.iter().flat_map(|it| parquet(&it.1).1).map(|it| it.num_rows()).sum();
    assert_eq!(rows, 20_000);
    assert!(parts.len() > 1, "{}", parts.len());
}

#[tokio::test]
async fn null_and_empty_text_differ_in_the_result() {
    let orders = "person,region,amount\np1,\"\",1\np2,\"\",2\np3,,4\np4,,8\n\
                  p1,\"a,\"\"b\"\"\",1\np2,\"a,\"\"b\"\"\",1\n";
    let house = house(orders, AUDIENCE);
    let objects = house.walk(BY_REGION, destination(BRAND, ResultFormat::Csv)).await;
    let text = text(&objects);
    assert_eq!(sorted(&text[0]), ["\"\",3", "\"a,\"\"b\"\"\",2", ",12"]);
}

#[tokio::test]
async fn an_empty_prefix_puts_the_query_at_the_top() {
    let house = house(ORDERS, AUDIENCE);
    let top = Destination { key_prefix: String::new(), ..destination(BRAND, ResultFormat::Csv) };
    let objects = house.walk(BY_REGION, top).await;
    assert_eq!(objects[0].0, format!("{}/part-00000.csv", query()));
}

#[tokio::test]
async fn a_result_is_a_table_that_reads_the_same() {
    let odd = ["plain", "a,b", "\"quoted\"", "two\nlines", "cr\r", " space ", "007", "", "é 🦀"];
    let mut orders = String::from("person,region,amount\n");
    let mut audience = String::from("person,segment\n");
    for (index, text) in odd.iter().enumerate() {
        for person in [2 * index, 2 * index + 1] {
            let quoted = text.replace('"', "\"\"");
            orders.push_str(&format!("p{person},\"{quoted}\",{index}\n"));
            audience.push_str(&format!("p{person},s\n"));
        }
    }
    let house = house(&orders, &audience);
    let objects = house.walk(BY_REGION, destination(BRAND, ResultFormat::Csv)).await;
    let table = house.table(BRAND, "result.csv");
    std::fs::write(&table, &objects[0].1).unwrap();
    let location = TableLocation::folder(table.parent().unwrap().parent().unwrap(), "db", "result");
    let columns = describe(&location, &Stop::default()).unwrap().columns;
    let shown: Vec<_> = columns.iter().map(|it| it.name.clone()).collect();
    let opened = pin(&location, &Stop::default()).unwrap().open(&columns, &shown, None).unwrap();
    let context = SessionContext::new();
    context.register_table("t", opened.provider).unwrap();
    let batches = context.sql("select region, total from t order by total").await.unwrap();
    let batches = batches.collect().await.unwrap();
    let regions = batches[0].column(0).as_string::<i32>();
    let read: Vec<&str> = regions.iter().map(Option::unwrap).collect();
    assert_eq!(read, odd);
}
