//! A room as the judge sees it.

use std::collections::BTreeMap;

use glovebox_fixture::Room;
use glovebox_model::{AccountId, Finding, Timestamp};
use glovebox_policy::{Cleared, RuledTable, Rules, clear};
use glovebox_sql::{Schema, TableSchema, bind};

/// 2026-01-01.
pub(crate) const NOW: i64 = 1_767_225_600_000;

pub(crate) fn schema(room: &Room) -> Schema {
    let tables = room.tables().map(|(_, it)| {
        let schema = TableSchema { columns: it.columns.clone(), hidden: it.hidden.clone() };
        (it.name.clone(), schema)
    });
    Schema { tables: tables.collect() }
}

pub(crate) fn rules(room: &Room, runner: AccountId) -> Rules {
    let tables: BTreeMap<_, _> = room
        .tables()
        .map(|(member, it)| {
            let ruled = RuledTable {
                owner: member.account,
                owner_name: member.name.clone(),
                configured_table: None,
                rule: it.rule.clone(),
            };
            (it.name.clone(), ruled)
        })
        .collect();
    Rules { runner, tables }
}

/// Judges one text; `Err` holds what an analyst would read, except that where the two gates
/// disagree (GB0099) the text is what the operator reads.
pub(crate) fn judge(room: &Room, sql: &str) -> Result<Cleared, Vec<Finding>> {
    let runner = room.runner().expect("a room has a runner").account;
    judge_by(&schema(room), &rules(room, runner), sql)
}

pub(crate) fn judge_by(schema: &Schema, rules: &Rules, sql: &str) -> Result<Cleared, Vec<Finding>> {
    let bound = bind(sql, schema, Timestamp::from_millis(NOW))
        .map_err(|unbound| unbound.into_iter().map(Finding::from).collect::<Vec<_>>())?;
    clear(bound, rules).map_err(|refusals| {
        let internal = refusals.internal().map(str::to_owned);
        let mut findings = refusals.into_findings();
        if let (Some(internal), Some(first)) = (internal, findings.first_mut()) {
            first.text = internal;
        }
        findings
    })
}
