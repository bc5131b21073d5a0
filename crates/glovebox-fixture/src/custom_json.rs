//! AWS's JSON of a custom rule.

use glovebox_model::{
    AccountId, AdditionalAnalyses, AggregateExpressions, AggregationThreshold, ColumnName,
    CustomRule, Rule, WrittenComparisons, WrittenCustom,
};
use serde_json::{Map, Value};

use crate::json::{Made, array, column, columns, known, object, strings};
use crate::rule::texts;

/// `AnalysisRuleCustom`
pub(crate) fn custom(rule: &Map<String, Value>) -> Result<Made, String> {
    known(
        rule,
        &[
            "additionalAnalyses",
            "aggregationThresholds",
            "allowedAdditionalAnalyses",
            "allowedAnalyses",
            "allowedAnalysisProviders",
            "allowedResultReceivers",
            "comparisonControls",
            "differentialPrivacy",
            "disallowedOutputColumns",
        ],
    )?;
    let given = |key: &str| rule.contains_key(key);
    if !given("allowedAnalyses") {
        return Err("a custom rule must have `allowedAnalyses`; an empty list means nobody".into());
    }
    let texts_of =
        |key| Ok::<_, String>(strings(rule, key)?.into_iter().map(str::to_owned).collect());
    let thresholds: Result<Vec<_>, String> =
        array(rule, "aggregationThresholds")?.iter().map(threshold).collect();
    let comparisons = rule.get("comparisonControls").map(comparisons).transpose()?;
    let additional = match rule.get("additionalAnalyses").and_then(Value::as_str) {
        None if given("additionalAnalyses") => return Err(ADDITIONAL.into()),
        None => None,
        Some(text) => Some(AdditionalAnalyses::from_aws_name(text).ok_or(ADDITIONAL)?),
    };
    let optional = |key| given(key).then(|| accounts(rule, key)).transpose();
    let written = WrittenCustom {
        additional_analyses: additional,
        aggregation_thresholds: given("aggregationThresholds").then_some(thresholds?),
        allowed_additional_analyses: given("allowedAdditionalAnalyses")
            .then(|| texts_of("allowedAdditionalAnalyses"))
            .transpose()?,
        allowed_analyses: texts_of("allowedAnalyses")?,
        allowed_analysis_providers: optional("allowedAnalysisProviders")?,
        allowed_result_receivers: optional("allowedResultReceivers")?,
        comparison_controls: comparisons,
        differential_privacy: rule.get("differentialPrivacy").map(users).transpose()?,
        disallowed_output_columns: given("disallowedOutputColumns")
            .then(|| columns(rule, "disallowedOutputColumns"))
            .transpose()?,
    };
    Ok(CustomRule::new(&written).map(Rule::Custom).map_err(texts))
}

/// `{"columns": [{"name": ...}]}`
fn users(value: &Value) -> Result<Vec<ColumnName>, String> {
    let users = object(value, "differentialPrivacy")?;
    known(users, &["columns"])?;
    let name = |it: &Value| {
        let column = object(it, "differentialPrivacy.columns")?;
        known(column, &["name"])?;
        let name = column.get("name").and_then(Value::as_str).unwrap_or_default();
        ColumnName::new(name).map_err(|it| it.to_string())
    };
    array(users, "columns")?.iter().map(name).collect()
}

const ADDITIONAL: &str = "`additionalAnalyses` is ALLOWED, NOT_ALLOWED or REQUIRED";

fn accounts(rule: &Map<String, Value>, key: &str) -> Result<Vec<AccountId>, String> {
    strings(rule, key)?
        .into_iter()
        .map(|it| it.parse().map_err(|_| format!("`{key}` holds accounts of twelve digits")))
        .collect()
}

fn threshold(value: &Value) -> Result<AggregationThreshold, String> {
    let threshold = object(value, "aggregationThresholds")?;
    known(
        threshold,
        &[
            "allowedAggregateExpressionType",
            "identityColumns",
            "minimumIdentityCount",
            "outputColumnThresholds",
            "type",
        ],
    )?;
    if threshold.get("type").and_then(Value::as_str) != Some("COUNT_DISTINCT") {
        return Err("the `type` of an aggregation threshold is COUNT_DISTINCT".into());
    }
    let mut identities = columns(threshold, "identityColumns")?;
    let identity = identities.pop().filter(|_| identities.is_empty());
    let expressions = threshold.get("allowedAggregateExpressionType").and_then(Value::as_str);
    let expressions = expressions.and_then(AggregateExpressions::from_aws_name);
    let outputs = array(threshold, "outputColumnThresholds")?.iter().map(|it| {
        let it = object(it, "outputColumnThresholds")?;
        known(it, &["minimumIdentityCount", "outputColumnName"])?;
        let name = it.get("outputColumnName").and_then(Value::as_str).unwrap_or_default();
        Ok((column(name)?, minimum(it)?))
    });
    Ok(AggregationThreshold {
        identity: identity.ok_or("`identityColumns` holds exactly one column")?,
        minimum: minimum(threshold)?,
        output_columns: outputs.collect::<Result<_, String>>()?,
        expressions: expressions
            .ok_or("`allowedAggregateExpressionType` is COLUMNS_ONLY or ANY_EXPRESSION")?,
    })
}

fn minimum(object: &Map<String, Value>) -> Result<u32, String> {
    let minimum = object.get("minimumIdentityCount").and_then(Value::as_u64);
    let minimum = minimum.and_then(|it| u32::try_from(it).ok());
    minimum.ok_or_else(|| "a `minimumIdentityCount` is a number".to_owned())
}

fn comparisons(value: &Value) -> Result<WrittenComparisons, String> {
    let controls = object(value, "comparisonControls")?;
    known(controls, &["allowedColumnComparisonColumns", "allowedLiteralComparisonColumns"])?;
    Ok(WrittenComparisons {
        literal_columns: columns(controls, "allowedLiteralComparisonColumns")?,
        column_columns: columns(controls, "allowedColumnComparisonColumns")?,
    })
}
