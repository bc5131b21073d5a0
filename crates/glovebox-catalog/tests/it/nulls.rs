//! Footers that do not count NULLs.

use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch};
use datafusion::parquet::file::metadata::{ParquetMetaDataReader, ParquetMetaDataWriter};
use datafusion::parquet::file::statistics::Statistics;
use expect_test::expect;

use crate::tables::{ask, location, parquet, root};

/// The same file, whose row groups say least and greatest values of their one column only.
fn without_null_counts(bytes: Vec<u8>) -> Vec<u8> {
    let bytes = Bytes::from(bytes);
    let mut metadata =
        ParquetMetaDataReader::new().parse_and_finish(&bytes).unwrap().into_builder();
    let mut groups = metadata.take_row_groups();
    for group in &mut groups {
        for column in group.columns_mut() {
            let Some(Statistics::Int64(known)) = column.statistics() else { panic!("no bounds") };
            let (least, greatest) = (known.min_opt().copied(), known.max_opt().copied());
            let uncounted = Statistics::int64(least, greatest, None, None, false);
            let changed = column.clone().into_builder().set_statistics(uncounted);
            *column = changed.build().unwrap();
        }
    }
    let metadata = metadata.set_row_groups(groups).build();
    let (rest, _) = bytes.split_at(bytes.len() - 8);
    let length = <[u8; 4]>::try_from(&bytes[rest.len()..rest.len() + 4]).unwrap();
    let mut file = rest[..rest.len() - u32::from_le_bytes(length) as usize].to_vec();
    let mut footer = Vec::new();
    ParquetMetaDataWriter::new(&mut footer, &metadata).finish().unwrap();
    file.extend(footer);
    file
}

#[tokio::test]
async fn a_row_group_that_does_not_count_its_nulls_may_have_some() {
    let dir = root(&[]);
    let path = dir.path().join("db/t.parquet");
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3), Some(4)]));
    parquet(&path, &RecordBatch::try_from_iter([("x", numbers)]).unwrap(), 2);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, without_null_counts(bytes)).unwrap();
    let sql = "select count(*) filter (where x is null) as nulls from t where x is null";
    expect![[r#"
        +-------+
        | nulls |
        +-------+
        | 1     |
        +-------+"#]]
    .assert_eq(&ask(&location(&dir), sql).await);
}
