//! Our answer to a query, without any rule.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float32Array, Float64Array, RecordBatch, cast::as_struct_array,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::logical_expr::TableSource;
use datafusion::prelude::{SessionConfig, SessionContext};
use glovebox_model::{TableName, Timestamp};
use glovebox_sql::{Schema, bind, rewrite};
use serde_json::Value;

use crate::tables::Tables;
/// The moment of every query.
fn now() -> Timestamp {
    Timestamp::from_millis(1_709_210_096_789)
}

/// What became of a query.
pub(super) enum Ours {
    /// Why it does not run: the first code and text.
    Refused(String),
    /// It was accepted and did not finish: a fault of ours.
    Breaks(String),
    /// Types in Spark's words, and rows.
    Answers { types: Vec<String>, rows: Vec<Vec<Value>> },
}

/// Runs queries over the tables of the corpus.
pub(super) struct Runner {
    tables: Tables,
    schema: Schema,
    context: SessionContext,
    runtime: tokio::runtime::Runtime,
}

impl Runner {
    pub(super) fn new(tables: &Path) -> Self {
        let tables = Tables::read(tables);
        let config = SessionConfig::new().with_target_partitions(2).with_batch_size(4);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let schema = tables.schema();
        Self { tables, schema, context: SessionContext::new_with_config(config), runtime }
    }

    pub(super) fn answer(&self, sql: &str) -> Ours {
        let answered = std::panic::catch_unwind(AssertUnwindSafe(|| self.attempt(sql)));
        answered.unwrap_or_else(|_| Ours::Breaks("it panics".into()))
    }

    fn attempt(&self, sql: &str) -> Ours {
        let bound = match bind(sql, &self.schema, now()) {
            Ok(bound) => bound,
            Err(faults) => {
                let fault = &faults.first().unwrap().fault;
                return Ours::Refused(format!("{} {fault}", fault.code().0));
            }
        };
        let total = match bound.into_total() {
            Ok(total) => total,
            Err(error) => return Ours::Refused(format!("the rewrite: {error}")),
        };
        match self.run(&total) {
            Ok(batches) => read(total.plan().schema().as_arrow(), &batches),
            Err(error) => Ours::Breaks(error),
        }
    }

    fn run(&self, bound: &glovebox_sql::Bound) -> Result<Vec<RecordBatch>, String> {
        let scanned = rewrite::scanned(bound.plan()).map_err(|it| it.to_string())?;
        let sources: BTreeMap<TableName, Arc<dyn TableSource>> = scanned
            .into_iter()
            .map(|(name, columns)| {
                let batch = self.tables.batch(&name, &columns);
                let memory = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
                (name, provider_as_source(Arc::new(memory)))
            })
            .collect();
        let plan =
            rewrite::substitute(bound.plan().clone(), &sources).map_err(|it| it.to_string())?;
        let first_line = |it: String| it.lines().next().unwrap_or_default().to_owned();
        self.runtime.block_on(async {
            let frame = self.context.execute_logical_plan(plan).await;
            let frame = frame.map_err(|it| first_line(it.to_string()))?;
            frame.collect().await.map_err(|it| first_line(it.to_string()))
        })
    }
}

fn read(schema: &datafusion::arrow::datatypes::Schema, batches: &[RecordBatch]) -> Ours {
    let types = schema.fields().iter().map(|it| kind(it.data_type())).collect();
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            rows.push(batch.columns().iter().map(|it| value(it, row)).collect());
        }
    }
    Ours::Answers { types, rows }
}

/// The type in Spark's words.
fn kind(kind: &DataType) -> String {
    match kind {
        DataType::Boolean => "boolean".into(),
        DataType::Int8 => "tinyint".into(),
        DataType::Int16 => "smallint".into(),
        DataType::Int32 => "int".into(),
        DataType::Int64 => "bigint".into(),
        DataType::Float32 => "float".into(),
        DataType::Float64 => "double".into(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision},{scale})"),
        DataType::Date32 => "date".into(),
        DataType::Timestamp(..) => "timestamp".into(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "string".into(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "binary".into(),
        DataType::Null => "void".into(),
        DataType::List(_) | DataType::LargeList(_) => "array<>".into(),
        DataType::Struct(_) => "struct<>".into(),
        DataType::Map(..) => "map<>".into(),
        other => other.to_string(),
    }
}

/// A value as `record.py` writes it.
fn value(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    let list =
        |items: &ArrayRef| Value::Array((0..items.len()).map(|it| value(items, it)).collect());
    match array.data_type() {
        DataType::Null => Value::Null,
        DataType::List(_) => list(&array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row)),
        DataType::Map(..) => {
            let entries: ArrayRef = Arc::new(array.as_map().value(row));
            list(&entries)
        }
        DataType::Struct(_) => {
            let fields = as_struct_array(array).columns();
            Value::Array(fields.iter().map(|it| value(it, row)).collect())
        }
        DataType::Float64 => {
            let array: &Float64Array = array.as_primitive();
            Value::from(format!("{:?}", array.value(row)))
        }
        DataType::Float32 => {
            let array: &Float32Array = array.as_primitive();
            Value::from(format!("{:?}", f64::from(array.value(row))))
        }
        DataType::Timestamp(..) => Value::from(moment(&text(array, row))),
        _ => Value::from(text(array, row)),
    }
}

fn text(array: &ArrayRef, row: usize) -> String {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array.as_ref(), &options).unwrap();
    formatter.value(row).to_string()
}

/// `2024-01-01T00:00:00.500` as Spark's cast to string shows it.
fn moment(text: &str) -> String {
    let text = text.trim_end_matches('Z').replacen('T', " ", 1);
    if text.contains('.') { text.trim_end_matches('0').to_owned() } else { text }
}
