//! What two custom rules say to a query: one without controls, one with comparison controls
//! that list every column, so that only the SQL itself is judged.

use std::collections::BTreeMap;
use std::path::Path;

use glovebox_model::{
    Column, ColumnName, CustomRule, Extension, Rule, TableName, WrittenComparisons, WrittenCustom,
};
use glovebox_policy::{Analysis, RuledTable, Rules, clear};
use glovebox_sim::generate::Room;
use glovebox_sql::{Schema, TableSchema, bind};
use serde_json::Value;

use crate::engine::now;

/// The texts of a topic's queries, by name.
pub(super) fn texts(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap();
    let read: Value = serde_json::from_str(&text).unwrap();
    let word = |it: &Value| it.as_str().unwrap().to_owned();
    read.as_array().unwrap().iter().map(|it| (word(&it["name"]), word(&it["sql"]))).collect()
}

/// The tables of the corpus under both rules.
pub(super) struct Judge {
    schema: Schema,
    open: Rules,
    controlled: Rules,
}

impl Judge {
    pub(super) fn new(tables: &Path) -> Self {
        let text = std::fs::read_to_string(tables).unwrap();
        let read: Value = serde_json::from_str(&text).unwrap();
        let tables = read.as_object().unwrap().iter().map(|(name, table)| {
            let columns = table["columns"].as_array().unwrap().iter().map(|it| Column {
                name: ColumnName::new(it[0].as_str().unwrap()).unwrap(),
                kind: it[1].as_str().unwrap().parse().unwrap(),
            });
            let schema = TableSchema { columns: columns.collect(), hidden: Vec::new() };
            (TableName::new(name).unwrap(), schema)
        });
        let schema = Schema { tables: tables.collect() };
        let open = rules(&schema, false);
        let controlled = rules(&schema, true);
        Self { schema, open, controlled }
    }

    /// Why the rule without controls refuses, if it does.
    pub(super) fn open(&self, sql: &str) -> Option<String> {
        self.verdict(sql, &self.open)
    }

    /// Why the rule with controls refuses, if it does.
    pub(super) fn controlled(&self, sql: &str) -> Option<String> {
        self.verdict(sql, &self.controlled)
    }

    fn verdict(&self, sql: &str, rules: &Rules) -> Option<String> {
        let bound = match bind(sql, &self.schema, now()) {
            Ok(bound) => bound,
            Err(faults) => panic!("the statuses are stale: {sql}\n{faults:?}"),
        };
        let refusals = clear(bound, rules).err()?;
        let first = refusals.findings().first().unwrap();
        let internal = refusals.internal().map_or_else(String::new, |it| format!(" ({it})"));
        Some(format!("{} {}{internal}", first.code, first.text))
    }
}

/// Every table is a partner's, and the runner may write what he wants.
fn rules(schema: &Schema, with_controls: bool) -> Rules {
    let (runner, partner) = (Room::account(0), Room::account(1));
    let tables = schema.tables.iter().map(|(name, table)| {
        let columns: Vec<ColumnName> = table.columns.iter().map(|it| it.name.clone()).collect();
        let comparisons =
            WrittenComparisons { literal_columns: columns.clone(), column_columns: columns };
        let written = WrittenCustom {
            allowed_analyses: vec!["ANY_QUERY".to_owned()],
            allowed_analysis_providers: Some(vec![runner]),
            comparison_controls: with_controls.then_some(comparisons),
            ..WrittenCustom::default()
        };
        let ruled = RuledTable {
            owner: partner,
            owner_name: "Partner".to_owned(),
            configured_table: None,
            rule: Some(Rule::Custom(CustomRule::new(&written).unwrap())),
            extension: Extension::default(),
        };
        (name.clone(), ruled)
    });
    Rules {
        runner,
        analysis: Analysis::Direct,
        encryption: glovebox_model::EncryptionMetadata::default(),
        tables: tables.collect(),
    }
}
