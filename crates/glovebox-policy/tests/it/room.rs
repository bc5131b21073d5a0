//! A room as the judge sees it.

use glovebox_fixture::{Case, Room};
use glovebox_model::{Finding, Timestamp};
use glovebox_policy::{Cleared, Rules, clear};
use glovebox_sql::{Schema, bind};

/// 2026-01-01.
pub(crate) const NOW: i64 = 1_767_225_600_000;

/// Judges one text; `Err` holds what an analyst would read, except that where the two gates
/// disagree (GB0099) the text is what the operator reads.
pub(crate) fn judge(room: &Room, sql: &str) -> Result<Cleared, Vec<Finding>> {
    let runner = room.runner().expect("a room has a runner").account;
    judge_by(&room.schema(), &room.rules(runner), sql)
}

/// Judges one query of a room as it stands there.
pub(crate) fn judge_case(room: &Room, case: &Case) -> Result<Cleared, Vec<Finding>> {
    let rules = room.rules_for(case).expect("a template has a creator");
    judge_by(&room.schema(), &rules, &case.sql)
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
