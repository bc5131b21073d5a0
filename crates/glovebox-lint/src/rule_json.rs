//! A rule as AWS's `analysisRulePolicy`.

use std::collections::BTreeMap;

use glovebox_model::{
    AggregationRule, AllowedAnalyses, ColumnName, CustomRule, JoinOperators, ListRule, Rule,
};
use serde_json::{Map, Value, json};

/// `{"v1": {"custom": {...}}}`
pub fn policy(rule: &Rule) -> Value {
    match rule {
        Rule::Aggregation(rule) => json!({ "v1": { "aggregation": aggregation(rule) } }),
        Rule::Custom(rule) => json!({ "v1": { "custom": custom(rule) } }),
        Rule::List(rule) => json!({ "v1": { "list": list(rule) } }),
    }
}

fn aggregation(rule: &AggregationRule) -> Value {
    let mut by_function: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for it in rule.aggregates() {
        by_function.entry(it.function.aws_name()).or_default().push(it.column.as_str());
    }
    let aggregates = by_function
        .into_iter()
        .map(|(function, columns)| json!({ "columnNames": columns, "function": function }));
    let mut shape = Map::new();
    shape.insert("aggregateColumns".into(), aggregates.collect());
    shape.insert("joinColumns".into(), names(rule.join_columns()));
    if rule.join_required() {
        shape.insert("joinRequired".into(), "QUERY_RUNNER".into());
    }
    operators(&mut shape, rule.join_operators());
    shape.insert("dimensionColumns".into(), names(rule.dimensions()));
    let scalars = rule.scalar_functions().iter().map(|it| Value::from(it.aws_name()));
    shape.insert("scalarFunctions".into(), scalars.collect());
    let constraints = rule.output_constraints().iter().map(|it| {
        json!({ "columnName": it.column.as_str(), "minimum": it.minimum, "type": "COUNT_DISTINCT" })
    });
    shape.insert("outputConstraints".into(), constraints.collect());
    shape.into()
}

fn list(rule: &ListRule) -> Value {
    let mut shape = Map::new();
    shape.insert("joinColumns".into(), names(rule.join_columns()));
    operators(&mut shape, rule.join_operators());
    shape.insert("listColumns".into(), names(rule.list_columns()));
    shape.into()
}

fn custom(rule: &CustomRule) -> Value {
    let mut shape = Map::new();
    let analyses: Vec<Value> = match rule.analyses() {
        AllowedAnalyses::AnyQuery => vec!["ANY_QUERY".into()],
        AllowedAnalyses::Templates(arns) => arns.iter().map(|it| it.as_str().into()).collect(),
    };
    shape.insert("allowedAnalyses".into(), analyses.into());
    let providers = rule.providers().iter().map(|it| Value::from(it.as_str()));
    shape.insert("allowedAnalysisProviders".into(), providers.collect());
    if !rule.disallowed_output().is_empty() {
        shape.insert("disallowedOutputColumns".into(), names(rule.disallowed_output()));
    }
    if let Some(threshold) = rule.threshold() {
        let outputs = threshold.output_columns.iter().map(|(column, minimum)| {
            json!({ "outputColumnName": column.as_str(), "minimumIdentityCount": minimum })
        });
        let mut one = json!({
            "identityColumns": [threshold.identity.as_str()],
            "minimumIdentityCount": threshold.minimum,
            "type": "COUNT_DISTINCT",
            "allowedAggregateExpressionType": threshold.expressions.aws_name(),
        });
        if !threshold.output_columns.is_empty() {
            one["outputColumnThresholds"] = outputs.collect();
        }
        shape.insert("aggregationThresholds".into(), json!([one]));
    }
    if let Some(controls) = rule.comparisons() {
        let controls = json!({
            "allowedLiteralComparisonColumns": names(&controls.literal_columns),
            "allowedColumnComparisonColumns": names(&controls.column_columns),
        });
        shape.insert("comparisonControls".into(), controls);
    }
    if let Some(additional) = rule.additional_analyses() {
        shape.insert("additionalAnalyses".into(), additional.aws_name().into());
    }
    if let Some(receivers) = rule.receivers() {
        let receivers = receivers.iter().map(|it| Value::from(it.as_str()));
        shape.insert("allowedResultReceivers".into(), receivers.collect());
    }
    shape.into()
}

fn names<'a>(columns: impl IntoIterator<Item = &'a ColumnName>) -> Value {
    columns.into_iter().map(|it| Value::from(it.as_str())).collect()
}

/// `AND` alone is what AWS reads when nothing is written.
fn operators(shape: &mut Map<String, Value>, operators: JoinOperators) {
    if operators == JoinOperators::default() {
        return;
    }
    let words = [("AND", operators.and), ("OR", operators.or)];
    let written = words.iter().filter(|it| it.1).map(|it| Value::from(it.0));
    shape.insert("allowedJoinOperators".into(), written.collect());
}
