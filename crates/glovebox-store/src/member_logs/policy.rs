//! A rule in AWS's own shape, as `directQueryAnalysisRulePolicy` carries it.

use glovebox_model::{ColumnName, JoinOperator, WrittenAggregation, WrittenList, WrittenRule};
use serde_json::{Map, Value, json};

/// `{"v1":{"aggregation":{...}}}`
pub(super) fn policy(rule: &WrittenRule) -> String {
    let rule = match rule {
        WrittenRule::Aggregation(rule) => json!({ "aggregation": aggregation(rule) }),
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

fn names(columns: &[ColumnName]) -> Value {
    columns.iter().map(|it| Value::from(it.as_str())).collect()
}

fn operators(shape: &mut Map<String, Value>, operators: Option<&[JoinOperator]>) {
    if let Some(operators) = operators {
        let operators: Vec<Value> = operators.iter().map(|it| it.aws_name().into()).collect();
        shape.insert("allowedJoinOperators".into(), operators.into());
    }
}
