//! Any text binds or is refused; never panics.
#![no_main]

use std::collections::BTreeMap;

use glovebox_model::{Column, ColumnName, ColumnType, TableName, Timestamp};
use glovebox_sql::{Schema, TableSchema, bind};
use libfuzzer_sys::fuzz_target;

fn schema() -> Schema {
    let column = |name: &str, kind| Column { name: ColumnName::new(name).expect("legal"), kind };
    let table = |columns| TableSchema { columns, hidden: vec![column("h", ColumnType::String)] };
    let mut tables = BTreeMap::new();
    tables.insert(
        TableName::new("a").expect("legal"),
        table(vec![column("k", ColumnType::String), column("x", ColumnType::Bigint)]),
    );
    tables.insert(
        TableName::new("b").expect("legal"),
        table(vec![column("k", ColumnType::String), column("d", ColumnType::Date)]),
    );
    Schema { tables }
}

fuzz_target!(|text: &str| {
    let _ = bind(text, &schema(), Timestamp::from_millis(0));
});
