//! A room as the judge sees it.

use glovebox_model::AccountId;
use glovebox_policy::{Analysis, RuledTable, Rules};
use glovebox_sql::{Schema, TableSchema};

use crate::Room;

impl Room {
    /// What a query of this room can name.
    pub fn schema(&self) -> Schema {
        let tables = self.tables().map(|(_, it)| {
            let schema = TableSchema { columns: it.columns.clone(), hidden: it.hidden.clone() };
            (it.name.clone(), schema)
        });
        Schema { tables: tables.collect() }
    }

    /// The rules of this room when `runner` runs the query.
    pub fn rules(&self, runner: AccountId) -> Rules {
        let tables = self.tables().map(|(member, it)| {
            let ruled = RuledTable {
                owner: member.account,
                owner_name: member.name.clone(),
                configured_table: None,
                rule: it.rule.clone(),
                extension: it.extension.clone(),
            };
            (it.name.clone(), ruled)
        });
        Rules { runner, analysis: Analysis::Direct, tables: tables.collect() }
    }
}
