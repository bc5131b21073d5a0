//! The list rule (AWS Clean Rooms user guide, "List analysis rule").

use std::collections::BTreeSet;

use crate::ColumnName;
use crate::rule::aggregation::{overlap, unique};
use crate::rule::{JoinOperators, RuleFault};

/// A list rule. Made by [`ListRule::new`], which checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRule {
    join_columns: BTreeSet<ColumnName>,
    join_operators: JoinOperators,
    list_columns: BTreeSet<ColumnName>,
}

impl ListRule {
    /// Checks the parts: all faults, not the first.
    pub fn new(
        join_columns: Vec<ColumnName>,
        join_operators: JoinOperators,
        list_columns: Vec<ColumnName>,
    ) -> Result<Self, Vec<RuleFault>> {
        let mut faults = Vec::new();
        if join_columns.is_empty() {
            faults.push(RuleFault::Empty("joinColumns"));
        }
        let join_columns = unique(join_columns, &mut faults, |it| format!("join column `{it}`"));
        let list_columns = unique(list_columns, &mut faults, |it| format!("list column `{it}`"));
        for column in list_columns.intersection(&join_columns) {
            faults.push(overlap(column, "listColumns", "joinColumns"));
        }
        if faults.is_empty() {
            Ok(Self { join_columns, join_operators, list_columns })
        } else {
            Err(faults)
        }
    }

    /// The columns that may stand in `ON`, and nowhere else.
    pub fn join_columns(&self) -> &BTreeSet<ColumnName> {
        &self.join_columns
    }

    /// The operators between the matches of one `ON`.
    pub fn join_operators(&self) -> JoinOperators {
        self.join_operators
    }

    /// The columns that may stand in `SELECT` and `WHERE`.
    pub fn list_columns(&self) -> &BTreeSet<ColumnName> {
        &self.list_columns
    }
}
