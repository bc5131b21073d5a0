//! A room as the judge sees it.

use glovebox_model::{AccountId, Mode};
use glovebox_policy::{Analysis, RuledTable, Rules};
use glovebox_sql::{Schema, TableSchema};

use crate::{Case, Room, Template};

impl Room {
    /// What a query of this room can name.
    pub fn schema(&self) -> Schema {
        let tables = self.tables().map(|(_, it)| {
            let schema = TableSchema { columns: it.columns.clone(), hidden: it.hidden.clone() };
            (it.name.clone(), schema)
        });
        Schema { tables: tables.collect() }
    }

    /// The rules of this room when `runner` runs a text of its own.
    pub fn rules(&self, runner: AccountId) -> Rules {
        self.rules_of(runner, Analysis::Direct)
    }

    /// The rules of this room for one of its queries, run by the one who can.
    pub fn rules_for(&self, case: &Case) -> Option<Rules> {
        let analysis = match &case.template {
            None => Analysis::Direct,
            Some(template) => Analysis::Template {
                arn: Template::arn(&template.name),
                creator: self.member(&template.creator)?.account,
            },
        };
        Some(self.rules_of(self.runner()?.account, analysis))
    }

    fn rules_of(&self, runner: AccountId, analysis: Analysis) -> Rules {
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
        let encryption = self.encryption.unwrap_or_default();
        Rules { runner, analysis, encryption, tables: tables.collect() }
    }

    /// The same room with all its rules read in that mode.
    pub fn in_mode(&self, mode: Mode) -> Self {
        let mut room = self.clone();
        for table in room.members.iter_mut().flat_map(|it| &mut it.tables) {
            table.extension.mode = mode;
        }
        room
    }
}
