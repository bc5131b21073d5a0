//! INT96, the timestamps of Impala, Hive and old Spark.

use std::fs::{File, create_dir_all};
use std::sync::Arc;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::TimestampMicrosecondType;
use datafusion::parquet::data_type::{Int96, Int96Type};
use datafusion::parquet::file::writer::SerializedFileWriter;
use datafusion::parquet::schema::parser::parse_message_type;

use crate::tables::{context, location, open, root};

/// Julian day, nanoseconds of that day, microseconds since 1970.
const MOMENTS: [(u32, u64, i64); 4] = [
    // 0001-01-01, the last microsecond of 1969, a leap day, and the end of 9999.
    (1_721_426, 0, -62_135_596_800_000_000),
    (2_440_587, 86_399_999_999_000, -1),
    (2_460_370, 45_296_789_012_000, 1_709_210_096_789_012),
    (5_373_484, 86_399_999_999_999, 253_402_300_799_999_999),
];

fn stored((day, nanos, _): (u32, u64, i64)) -> Int96 {
    let low = u32::try_from(nanos & u64::from(u32::MAX)).unwrap();
    let mut value = Int96::new();
    value.set_data(low, u32::try_from(nanos >> 32).unwrap(), day);
    value
}

#[tokio::test]
async fn int96_is_read_to_the_microsecond_from_the_year_1_to_9999() {
    let root = root(&[]);
    create_dir_all(root.path().join("db/t")).unwrap();
    let file = File::create(root.path().join("db/t/a.parquet")).unwrap();
    let schema = parse_message_type("message m { optional int96 at; }").unwrap();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values = MOMENTS.map(stored);
    column.typed::<Int96Type>().write_batch(&values, Some(&[1, 1, 1, 1, 0]), None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();

    let opened = open(&location(&root)).unwrap();
    let batches = context(&opened).sql("select at from t").await.unwrap().collect().await.unwrap();
    opened.reading.complete().await.unwrap();
    let mut read: Vec<Option<i64>> = batches
        .iter()
        .flat_map(|it| it.column(0).as_primitive::<TimestampMicrosecondType>().iter())
        .collect();
    read.sort_unstable();
    let mut expected = vec![None];
    expected.extend(MOMENTS.map(|it| Some(it.2)));
    assert_eq!(read, expected);
}
