//! A rule in AWS's own shape, as `directQueryAnalysisRulePolicy` carries it.

use glovebox_model::{
    AccountId, AggregationThreshold, ColumnName, JoinOperator, WrittenAggregation, WrittenCustom,
    WrittenList, WrittenRule,
};
use serde_json::{Map, Value, json};

/// `{"v1":{"aggregation":{...}}}`
pub(super) fn policy(rule: &WrittenRule) -> String {
    let rule = match rule {
        WrittenRule::Aggregation(rule) => json!({ "aggregation": aggregation(rule) }),
        WrittenRule::Custom(rule) => json!({ "custom": custom(rule) }),
        WrittenRule::List(rule) => json!({ "list": list(rule) }),
    };
    json!({ "v1": rule }).to_string()
}

fn aggregation(rule: &WrittenAggregation) -> Value {
    let WrittenAggregation {
        aggregate_columns,
        join_columns,
        join_required,
        join_operators,
        dimension_columns,
        scalar_functions,
        output_constraints,
        additional_analyses,
    } = rule;
    let mut shape = Map::new();
    let aggregates: Vec<Value> = aggregate_columns
        .iter()
        .map(|it| json!({ "columnNames": names(&it.columns), "function": it.function.aws_name() }))
        .collect();
    shape.insert("aggregateColumns".into(), aggregates.into());
    shape.insert("joinColumns".into(), names(join_columns));
    if *join_required {
        shape.insert("joinRequired".into(), "QUERY_RUNNER".into());
    }
    operators(&mut shape, join_operators.as_deref());
    shape.insert("dimensionColumns".into(), names(dimension_columns));
    let functions: Vec<Value> = scalar_functions.iter().map(|it| it.aws_name().into()).collect();
    shape.insert("scalarFunctions".into(), functions.into());
    let constraints: Vec<Value> = output_constraints
        .iter()
        .map(|it| {
            let (column, minimum) = (it.column.as_str(), it.minimum);
            json!({ "columnName": column, "minimum": minimum, "type": "COUNT_DISTINCT" })
        })
        .collect();
    shape.insert("outputConstraints".into(), constraints.into());
    if let Some(additional) = additional_analyses {
        shape.insert("additionalAnalyses".into(), additional.aws_name().into());
    }
    shape.into()
}

fn custom(rule: &WrittenCustom) -> Value {
    let WrittenCustom {
        additional_analyses,
        aggregation_thresholds,
        allowed_additional_analyses,
        allowed_analyses,
        allowed_analysis_providers,
        allowed_result_receivers,
        comparison_controls,
        differential_privacy,
        disallowed_output_columns,
    } = rule;
    let mut shape = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            shape.insert(name.into(), value);
        }
    };
    put("allowedAnalyses", Some(json!(allowed_analyses)));
    put("allowedAnalysisProviders", allowed_analysis_providers.as_deref().map(accounts));
    put("additionalAnalyses", additional_analyses.map(|it| it.aws_name().into()));
    put("disallowedOutputColumns", disallowed_output_columns.as_deref().map(names));
    let thresholds = aggregation_thresholds.as_ref();
    put("aggregationThresholds", thresholds.map(|it| it.iter().map(threshold).collect()));
    let controls = comparison_controls.as_ref().map(|it| {
        json!({
            "allowedLiteralComparisonColumns": names(&it.literal_columns),
            "allowedColumnComparisonColumns": names(&it.column_columns),
        })
    });
    put("comparisonControls", controls);
    let column = |it: &ColumnName| json!({ "name": it.as_str() });
    let users = differential_privacy.as_ref().map(|it| it.iter().map(column).collect::<Value>());
    put("differentialPrivacy", users.map(|it| json!({ "columns": it })));
    put("allowedResultReceivers", allowed_result_receivers.as_deref().map(accounts));
    put("allowedAdditionalAnalyses", allowed_additional_analyses.as_ref().map(|it| json!(it)));
    shape.into()
}

fn threshold(threshold: &AggregationThreshold) -> Value {
    let AggregationThreshold { identity, minimum, output_columns, expressions } = threshold;
    let columns: Vec<Value> = output_columns
        .iter()
        .map(|(column, minimum)| {
            json!({ "outputColumnName": column.as_str(), "minimumIdentityCount": minimum })
        })
        .collect();
    json!({
        "identityColumns": [identity.as_str()],
        "minimumIdentityCount": minimum,
        "type": "COUNT_DISTINCT",
        "outputColumnThresholds": columns,
        "allowedAggregateExpressionType": expressions.aws_name(),
    })
}

fn list(rule: &WrittenList) -> Value {
    let WrittenList { join_columns, join_operators, list_columns, additional_analyses } = rule;
    let mut shape = Map::new();
    shape.insert("joinColumns".into(), names(join_columns));
    operators(&mut shape, join_operators.as_deref());
    shape.insert("listColumns".into(), names(list_columns));
    if let Some(additional) = additional_analyses {
        shape.insert("additionalAnalyses".into(), additional.aws_name().into());
    }
    shape.into()
}

fn accounts(accounts: &[AccountId]) -> Value {
    accounts.iter().map(|it| Value::from(it.as_str())).collect()
}

fn names(columns: &[ColumnName]) -> Value {
    columns.iter().map(|it| Value::from(it.as_str())).collect()
}

fn operators(shape: &mut Map<String, Value>, operators: Option<&[JoinOperator]>) {
    if let Some(operators) = operators {
        let operators: Vec<Value> = operators.iter().map(|it| it.aws_name().into()).collect();
        shape.insert("allowedJoinOperators".into(), operators.into());
    }
}
