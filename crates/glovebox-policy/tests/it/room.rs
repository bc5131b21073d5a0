//! A room as the judge sees it.

use glovebox_fixture::{Case, Room, TemplateParameter};
use glovebox_model::{Finding, Parameter, ParameterType, Timestamp};
use glovebox_policy::{Cleared, Rules, clear};
use glovebox_sql::{Bound, Schema, Unbound, bind, bind_template};

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
    judge_case_by(room, case, &rules)
}

/// Judges one query of a room by other rules; a template with a value for each parameter.
pub(crate) fn judge_case_by(
    room: &Room,
    case: &Case,
    rules: &Rules,
) -> Result<Cleared, Vec<Finding>> {
    let Some(template) = &case.template else {
        return judge_by(&room.schema(), rules, &case.sql);
    };
    let value = |TemplateParameter { name, kind, value }: &TemplateParameter| {
        let kind = ParameterType::from_aws_name(kind).expect("a type of AWS");
        let values = ["7", "true", "2026-01-01", "2026-01-01 00:00:00"];
        let fitting = values.into_iter().find(|it| kind.literal(it).is_some()).map(str::to_owned);
        let value = value.clone().or(fitting).expect("a type that a value is known of");
        Parameter { name: name.clone(), kind, value }
    };
    let parameters: Vec<Parameter> = template.parameters.iter().map(value).collect();
    let now = Timestamp::from_millis(NOW);
    cleared(bind_template(&case.sql, &room.schema(), now, &parameters), rules)
}

pub(crate) fn judge_by(schema: &Schema, rules: &Rules, sql: &str) -> Result<Cleared, Vec<Finding>> {
    cleared(bind(sql, schema, Timestamp::from_millis(NOW)), rules)
}

fn cleared(bound: Result<Bound, Vec<Unbound>>, rules: &Rules) -> Result<Cleared, Vec<Finding>> {
    let bound =
        bound.map_err(|unbound| unbound.into_iter().map(Finding::from).collect::<Vec<_>>())?;
    clear(bound, rules).map_err(|refusals| {
        let internal = refusals.internal().map(str::to_owned);
        let mut findings = refusals.into_findings();
        if let (Some(internal), Some(first)) = (internal, findings.first_mut()) {
            first.text = internal;
        }
        findings
    })
}
