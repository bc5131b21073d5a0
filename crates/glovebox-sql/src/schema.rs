//! What tables and columns a query can name.

use std::collections::BTreeMap;

use glovebox_model::{Column, TableName};

/// The tables of a collaboration as the runner's query sees them.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// By association name.
    pub tables: BTreeMap<TableName, TableSchema>,
}

/// One table: what can be named, and what exists beside it.
#[derive(Debug, Clone, Default)]
pub struct TableSchema {
    /// The allowed columns, in the order of the source: all that a query can name.
    pub columns: Vec<Column>,
    /// Columns of the configured table that no query can name; only guards read them.
    /// To a query they do not exist: same refusal as for a made-up name.
    pub hidden: Vec<Column>,
}
