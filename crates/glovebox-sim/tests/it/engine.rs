//! Runs plans over the tables of a generated room.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array,
    Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type,
};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::logical_expr::{Expr, LogicalPlan, TableSource};
use datafusion::prelude::{SessionConfig, SessionContext};
use glovebox_model::{ColumnName, TableName, Timestamp};
use glovebox_sim::generate::{Field, Room, Table};
use glovebox_sim::oracle::{Kind, Value};
use glovebox_sql::{arrow_schema, rewrite};

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(1_709_210_096_789)
}

/// A session and a runtime that serve all cases of a test.
pub(crate) struct Engine {
    context: SessionContext,
    runtime: tokio::runtime::Runtime,
}

impl Engine {
    pub(crate) fn new() -> Self {
        let config = SessionConfig::new().with_target_partitions(2).with_batch_size(4);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { context: SessionContext::new_with_config(config), runtime }
    }

    /// Whether DataFusion's analyzer and optimizer leave a total plan without casts of theirs.
    pub(crate) fn adds_no_cast(&self, plan: &LogicalPlan) -> bool {
        let optimized = self.context.state().optimize(plan).unwrap();
        let mut found = false;
        let walked = optimized.apply_with_subqueries(|node| {
            node.apply_expressions(|expr| {
                expr.apply(|it| {
                    found |= matches!(it, Expr::Cast(_) | Expr::TryCast(_) | Expr::Negative(_));
                    Ok(TreeNodeRecursion::Continue)
                })
            })
        });
        walked.is_ok() && !found
    }

    /// The batches of a plan over the room's tables.
    pub(crate) fn batches(&self, plan: &LogicalPlan, room: &Room) -> Vec<RecordBatch> {
        let plan = rewrite::substitute(plan.clone(), &sources(plan, room)).unwrap();
        self.runtime.block_on(async {
            self.context.execute_logical_plan(plan).await.unwrap().collect().await.unwrap()
        })
    }

    /// The first `columns` columns of each row.
    pub(crate) fn rows(&self, plan: &LogicalPlan, room: &Room, columns: usize) -> Vec<Vec<Value>> {
        let mut rows = Vec::new();
        for batch in self.batches(plan, room) {
            for row in 0..batch.num_rows() {
                rows.push(batch.columns().iter().take(columns).map(|it| read(it, row)).collect());
            }
        }
        rows
    }
}

/// Each table with the columns that the plan reads of it.
fn sources(plan: &LogicalPlan, room: &Room) -> BTreeMap<TableName, Arc<dyn TableSource>> {
    let scanned = rewrite::scanned(plan).unwrap();
    scanned
        .into_iter()
        .map(|(name, columns)| {
            let table = room.tables.iter().find(|it| it.model_name() == name).unwrap();
            let batch = batch(table, &columns);
            let memory = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
            (name, provider_as_source(Arc::new(memory)))
        })
        .collect()
}

fn batch(table: &Table, columns: &[ColumnName]) -> RecordBatch {
    let places: Vec<usize> = columns
        .iter()
        .map(|it| table.columns.iter().position(|field| field.name == it.as_str()).unwrap())
        .collect();
    let described: Vec<_> = places.iter().map(|it| table.columns[*it].described()).collect();
    let arrays = places.iter().map(|it| array(table, *it, &table.columns[*it])).collect();
    RecordBatch::try_new(arrow_schema(&described), arrays).unwrap()
}

fn array(table: &Table, place: usize, field: &Field) -> ArrayRef {
    let values = || table.rows.iter().map(|it| it[place].clone());
    let integers = || {
        values().map(|it| match it {
            Value::Integer(number) => Some(number),
            _ => None,
        })
    };
    match field.kind {
        Kind::Bigint => Arc::new(integers().collect::<Int64Array>()),
        Kind::Int => Arc::new(integers().map(|it| it.map(|it| it as i32)).collect::<Int32Array>()),
        Kind::Boolean => Arc::new(
            values()
                .map(|it| match it {
                    Value::Boolean(yes) => Some(yes),
                    _ => None,
                })
                .collect::<BooleanArray>(),
        ),
        Kind::Date => Arc::new(
            values()
                .map(|it| match it {
                    Value::Date(days) => Some(days),
                    _ => None,
                })
                .collect::<Date32Array>(),
        ),
        Kind::Decimal(precision, scale) => Arc::new(
            values()
                .map(|it| match it {
                    Value::Decimal(digits, _) => Some(digits),
                    _ => None,
                })
                .collect::<Decimal128Array>()
                .with_precision_and_scale(precision, scale as i8)
                .unwrap(),
        ),
        Kind::Double => Arc::new(
            values()
                .map(|it| match it {
                    Value::Double(number) => Some(number),
                    _ => None,
                })
                .collect::<Float64Array>(),
        ),
        Kind::Text => Arc::new(
            values()
                .map(|it| match it {
                    Value::Text(text) => Some(text),
                    _ => None,
                })
                .collect::<StringArray>(),
        ),
    }
}

fn read(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => Value::Boolean(array.as_boolean().value(row)),
        DataType::Date32 => Value::Date(array.as_primitive::<Date32Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            Value::Decimal(array.as_primitive::<Decimal128Type>().value(row), *scale as u8)
        }
        DataType::Float64 => Value::Double(array.as_primitive::<Float64Type>().value(row)),
        DataType::Int32 => Value::Integer(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Value::Integer(array.as_primitive::<Int64Type>().value(row)),
        DataType::Utf8 => Value::text(array.as_string::<i32>().value(row)),
        other => panic!("a result of type {other}"),
    }
}

/// Whether two rows are the same; doubles to nine digits.
fn same_row(a: &[Value], b: &[Value]) -> bool {
    let close = |a: &Value, b: &Value| match (a, b) {
        (Value::Double(a), Value::Double(b)) if a.is_finite() && b.is_finite() => {
            (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
        }
        _ => a.alike(b),
    };
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(a, b))
}

/// What of the first rows is not among the second, each row counted.
pub(crate) fn missing(some: &[Vec<Value>], all: &[Vec<Value>]) -> Vec<Vec<Value>> {
    let mut left: Vec<&Vec<Value>> = all.iter().collect();
    let mut missing = Vec::new();
    for row in some {
        match left.iter().position(|it| same_row(row, it)) {
            Some(place) => {
                left.remove(place);
            }
            None => missing.push(row.clone()),
        }
    }
    missing
}
