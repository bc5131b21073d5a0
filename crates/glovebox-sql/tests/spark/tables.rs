//! The tiny tables that both engines read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use glovebox_model::{Column, ColumnName, TableName};
use glovebox_sql::{Schema, TableSchema, arrow_schema, arrow_type};
use serde_json::Value;

/// Tables by name: columns, and each column's values.
pub(super) struct Tables(BTreeMap<TableName, Vec<(Column, ArrayRef)>>);

impl Tables {
    pub(super) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let read: Value = serde_json::from_str(&text).unwrap();
        let tables = read.as_object().unwrap().iter().map(|(name, table)| {
            let rows = table["rows"].as_array().unwrap();
            let columns = table["columns"].as_array().unwrap().iter().enumerate();
            let columns = columns.map(|(place, column)| {
                let column = Column {
                    name: ColumnName::new(column[0].as_str().unwrap()).unwrap(),
                    kind: column[1].as_str().unwrap().parse().unwrap(),
                };
                let texts: StringArray = rows.iter().map(|it| it[place].as_str()).collect();
                let strict = CastOptions { safe: false, ..CastOptions::default() };
                let values = cast_with_options(&texts, &arrow_type(column.kind), &strict).unwrap();
                (column, values)
            });
            (TableName::new(name).unwrap(), columns.collect())
        });
        Self(tables.collect())
    }

    /// What queries can name.
    pub(super) fn schema(&self) -> Schema {
        let tables = self.0.iter().map(|(name, columns)| {
            let columns = columns.iter().map(|(column, _)| column.clone()).collect();
            (name.clone(), TableSchema { columns, hidden: Vec::new() })
        });
        Schema { tables: tables.collect() }
    }

    /// Some columns of a table, in this order.
    pub(super) fn batch(&self, table: &TableName, columns: &[ColumnName]) -> RecordBatch {
        let all = &self.0[table];
        let chosen: Vec<_> = columns
            .iter()
            .map(|name| all.iter().find(|(column, _)| column.name == *name).unwrap())
            .collect();
        let described: Vec<Column> = chosen.iter().map(|it| it.0.clone()).collect();
        let arrays = chosen.iter().map(|it| Arc::clone(&it.1)).collect();
        RecordBatch::try_new(arrow_schema(&described), arrays).unwrap()
    }
}
