//! The table that every source shows: a thousand rows of all simple types, some of them NULL.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
    RecordBatch, StringArray, TimestampMicrosecondArray,
};
use glovebox_model::{Column, ColumnName};

/// How many rows there are.
pub(crate) const ROWS: i64 = 1_000;

/// Its columns with their types, in order.
pub(crate) const COLUMNS: [(&str, &str); 8] = [
    ("id", "bigint"),
    ("age", "int"),
    ("name", "string"),
    ("amount", "decimal(10,2)"),
    ("score", "double"),
    ("active", "boolean"),
    ("born", "date"),
    ("seen", "timestamp"),
];

/// The columns as the model has them.
pub(crate) fn columns() -> Vec<Column> {
    let column = |(name, kind): &(&str, &str)| Column {
        name: ColumnName::new(name).unwrap(),
        kind: kind.parse().unwrap(),
    };
    COLUMNS.iter().map(column).collect()
}

/// The rows `from..to`. Row `i` has id `i`; every seventh value is NULL, another one in each
/// column; names hold quotes, commas, line ends and letters beyond ASCII.
pub(crate) fn rows(from: i64, to: i64) -> RecordBatch {
    let shown = |i: i64, column: i64| (i + column) % 7 != 0;
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(from..to));
    let ages: ArrayRef = Arc::new(Int32Array::from_iter(
        (from..to).map(|i| shown(i, 1).then_some(i32::try_from(i % 90).unwrap())),
    ));
    let names: ArrayRef =
        Arc::new(StringArray::from_iter((from..to).map(|i| shown(i, 2).then(|| name(i)))));
    let amounts: ArrayRef = Arc::new(
        Decimal128Array::from_iter(
            (from..to).map(|i| shown(i, 3).then_some(i128::from(i) * 1_001 - 50_000)),
        )
        .with_precision_and_scale(10, 2)
        .unwrap(),
    );
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let scores: ArrayRef = Arc::new(Float64Array::from_iter(
        (from..to).map(|i| shown(i, 4).then_some(i as f64 / 8.0)),
    ));
    let active: ArrayRef =
        Arc::new(BooleanArray::from_iter((from..to).map(|i| shown(i, 5).then_some(i % 3 == 0))));
    let born: ArrayRef = Arc::new(Date32Array::from_iter(
        (from..to).map(|i| shown(i, 6).then_some(i32::try_from(i).unwrap() - 300)),
    ));
    let seen: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter(
        (from..to).map(|i| shown(i, 0).then_some(1_700_000_000_000_000 + i * 1_000_001)),
    ));
    RecordBatch::try_from_iter_with_nullable(
        COLUMNS
            .iter()
            .zip([ids, ages, names, amounts, scores, active, born, seen])
            .map(|((name, _), array)| (*name, array, true)),
    )
    .unwrap()
}

/// The name in row `i`.
pub(crate) fn name(i: i64) -> String {
    match i % 5 {
        0 => format!("Zoë {i}"),
        1 => format!("a \"quoted\" {i}"),
        2 => format!("line\nend, {i}"),
        3 => String::new(),
        _ => format!("plain {i}"),
    }
}
