//! AWS's JSON of an analysis rule policy, included in a room.

use glovebox_model::{
    Aggregate, AggregateFunction, AggregationDraft, AggregationRule, ColumnName, JoinOperators,
    ListRule, OutputConstraint, Rule, ScalarFunction,
};
use serde_json::{Map, Value};

use crate::parse::Parser;
use crate::rule::texts;
use crate::{RoomError, custom_json};

/// What a rule gives: itself, or why it cannot exist.
pub(crate) type Made = Result<Rule, Vec<String>>;

/// Reads from the word `json`: the value follows in the text.
pub(crate) fn embedded(parser: &mut Parser<'_>) -> Result<Made, RoomError> {
    let (line, text) = (parser.lexer.line, parser.lexer.text);
    let rest = text.get(parser.lexer.position..).unwrap_or_default();
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    let value = match values.next() {
        Some(Ok(value)) => value,
        Some(Err(bad)) => {
            let line = line + bad.line().saturating_sub(1);
            return Err(RoomError::new(line, "after `rule json` a JSON object must follow"));
        }
        None => return Err(RoomError::new(line, "after `rule json` a JSON object must follow")),
    };
    let read = values.byte_offset();
    parser.lexer.advance(read);
    parser.step()?;
    Ok(policy(&value).map_err(|it| vec![it]).and_then(|it| it))
}

/// `{"analysisRulePolicy": ..}`, `{"v1": ..}` or the union itself.
fn policy(value: &Value) -> Result<Made, String> {
    let mut object = object(value, "the rule")?;
    if let Some(inner) = object.get("analysisRulePolicy") {
        known(object, &["analysisRulePolicy", "analysisRuleType"])?;
        let declared = object.get("analysisRuleType").and_then(Value::as_str);
        object = self::object(inner, "analysisRulePolicy")?;
        let kind = object.get("v1").and_then(Value::as_object).and_then(|it| it.keys().next());
        let same = |kind: &String| declared.is_none_or(|it| it.eq_ignore_ascii_case(kind));
        if !kind.is_some_and(same) {
            return Err("`analysisRuleType` is not the rule that `v1` holds".into());
        }
    }
    if let Some(inner) = object.get("v1") {
        known(object, &["v1"])?;
        object = self::object(inner, "v1")?;
    }
    known(object, &["aggregation", "custom", "list"])?;
    let mut rules = object.iter();
    match (rules.next(), rules.next()) {
        (Some((kind, rule)), None) => {
            let rule = self::object(rule, kind)?;
            match kind.as_str() {
                "aggregation" => aggregation(rule),
                "custom" => custom_json::custom(rule),
                _ => list(rule),
            }
        }
        _ => Err("the rule must hold exactly one of `aggregation`, `custom`, `list`".into()),
    }
}

fn aggregation(rule: &Map<String, Value>) -> Result<Made, String> {
    known(
        rule,
        &[
            "additionalAnalyses",
            "aggregateColumns",
            "allowedJoinOperators",
            "dimensionColumns",
            "joinColumns",
            "joinRequired",
            "outputConstraints",
            "scalarFunctions",
        ],
    )?;
    let mut draft = AggregationDraft {
        join_columns: columns(rule, "joinColumns")?,
        join_required: join_required(rule)?,
        join_operators: operators(rule)?,
        dimensions: columns(rule, "dimensionColumns")?,
        ..AggregationDraft::default()
    };
    for item in array(rule, "aggregateColumns")? {
        let item = object(item, "aggregateColumns")?;
        known(item, &["columnNames", "function"])?;
        let function = match item.get("function").and_then(Value::as_str) {
            Some("AVG") => AggregateFunction::Avg,
            Some("COUNT") => AggregateFunction::Count,
            Some("COUNT_DISTINCT") => AggregateFunction::CountDistinct,
            Some("SUM") => AggregateFunction::Sum,
            Some("SUM_DISTINCT") => AggregateFunction::SumDistinct,
            _ => return Err("a `function` is SUM, SUM_DISTINCT, COUNT, COUNT_DISTINCT, AVG".into()),
        };
        for column in columns(item, "columnNames")? {
            draft.aggregates.push(Aggregate { function, column });
        }
    }
    for name in strings(rule, "scalarFunctions")? {
        let function = ScalarFunction::from_name(name);
        draft.scalar_functions.push(function.ok_or("`scalarFunctions` names an unknown function")?);
    }
    for item in array(rule, "outputConstraints")? {
        let item = object(item, "outputConstraints")?;
        known(item, &["columnName", "minimum", "type"])?;
        if item.get("type").and_then(Value::as_str) != Some("COUNT_DISTINCT") {
            return Err("the `type` of an output constraint is COUNT_DISTINCT".into());
        }
        let minimum = item.get("minimum").and_then(Value::as_u64);
        let minimum = minimum.and_then(|it| u32::try_from(it).ok());
        let name = item.get("columnName").and_then(Value::as_str).unwrap_or_default();
        draft.output_constraints.push(OutputConstraint {
            column: column(name)?,
            minimum: minimum.ok_or("a `minimum` is a number from 2 to 100000")?,
        });
    }
    Ok(AggregationRule::new(draft).map(Rule::Aggregation).map_err(texts))
}

fn list(rule: &Map<String, Value>) -> Result<Made, String> {
    known(rule, &["additionalAnalyses", "allowedJoinOperators", "joinColumns", "listColumns"])?;
    let made = ListRule::new(
        columns(rule, "joinColumns")?,
        operators(rule)?,
        columns(rule, "listColumns")?,
    );
    Ok(made.map(Rule::List).map_err(texts))
}

/// A string in the model, a list of one in AWS's guide.
fn join_required(rule: &Map<String, Value>) -> Result<bool, String> {
    match rule.get("joinRequired") {
        None => Ok(false),
        Some(Value::String(it)) if it == "QUERY_RUNNER" => Ok(true),
        Some(Value::Array(items)) if items.len() == 1 && items[0] == "QUERY_RUNNER" => Ok(true),
        Some(_) => Err("`joinRequired` is QUERY_RUNNER, or left out".into()),
    }
}

fn operators(rule: &Map<String, Value>) -> Result<JoinOperators, String> {
    if !rule.contains_key("allowedJoinOperators") {
        return Ok(JoinOperators::default());
    }
    let mut operators = JoinOperators { and: false, or: false };
    for name in strings(rule, "allowedJoinOperators")? {
        match name {
            "AND" => operators.and = true,
            "OR" => operators.or = true,
            _ => return Err("`allowedJoinOperators` holds AND and OR".into()),
        }
    }
    Ok(operators)
}

pub(crate) fn object<'a>(value: &'a Value, what: &str) -> Result<&'a Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("`{what}` must be a JSON object"))
}

pub(crate) fn known(object: &Map<String, Value>, names: &[&str]) -> Result<(), String> {
    match object.keys().find(|it| !names.contains(&it.as_str())) {
        Some(key) => Err(format!("`{}` is not one of {}", key.escape_debug(), names.join(", "))),
        None => Ok(()),
    }
}

/// The items of a list; none when the key is missing.
pub(crate) fn array<'a>(object: &'a Map<String, Value>, key: &str) -> Result<&'a [Value], String> {
    match object.get(key) {
        None => Ok(&[]),
        Some(value) => {
            value.as_array().map(Vec::as_slice).ok_or_else(|| format!("`{key}` must be a list"))
        }
    }
}

pub(crate) fn strings<'a>(
    object: &'a Map<String, Value>,
    key: &str,
) -> Result<Vec<&'a str>, String> {
    array(object, key)?
        .iter()
        .map(|it| it.as_str().ok_or_else(|| format!("`{key}` must be a list of strings")))
        .collect()
}

pub(crate) fn columns(object: &Map<String, Value>, key: &str) -> Result<Vec<ColumnName>, String> {
    strings(object, key)?.into_iter().map(column).collect()
}

pub(crate) fn column(name: &str) -> Result<ColumnName, String> {
    ColumnName::new(name).map_err(|bad| bad.to_string())
}
