//! Analysis rules of configured tables.

use glovebox_aws_api::shapes::{
    AggregateColumn, AggregationConstraint, AggregationType, AnalysisRuleAggregation,
    AnalysisRuleList, ConfiguredTableAnalysisRule, ConfiguredTableAnalysisRulePolicy,
    ConfiguredTableAnalysisRulePolicyV1, CreateConfiguredTableAnalysisRuleInput,
    CreateConfiguredTableAnalysisRuleOutput, DeleteConfiguredTableAnalysisRuleInput,
    DeleteConfiguredTableAnalysisRuleOutput, GetConfiguredTableAnalysisRuleInput,
    GetConfiguredTableAnalysisRuleOutput, JoinRequiredOption,
    UpdateConfiguredTableAnalysisRuleInput, UpdateConfiguredTableAnalysisRuleOutput,
};
use glovebox_model::{
    AggregateColumns, ColumnName, OutputConstraint, Resource, TableRule, WrittenAggregation,
    WrittenList, WrittenRule,
};
use glovebox_room::RuleView;

use super::custom_rules::{custom, custom_of};
use super::words::Say as _;
use super::{Ask, fault, id, time};
use crate::errors::Refused;

pub(super) async fn create(
    ask: &Ask<'_>,
    input: CreateConfiguredTableAnalysisRuleInput,
) -> Result<CreateConfiguredTableAnalysisRuleOutput, Refused> {
    let CreateConfiguredTableAnalysisRuleInput {
        configured_table_identifier,
        analysis_rule_type,
        analysis_rule_policy,
    } = input;
    let id = id("configuredTableIdentifier", &configured_table_identifier)?;
    let policy = policy(analysis_rule_policy)?;
    let kind = analysis_rule_type.say();
    let made =
        ask.room().create_configured_table_analysis_rule(ask.caller(), id, kind, policy).await?;
    Ok(CreateConfiguredTableAnalysisRuleOutput { analysis_rule: rule(ask, made) })
}

pub(super) async fn get(
    ask: &Ask<'_>,
    input: GetConfiguredTableAnalysisRuleInput,
) -> Result<GetConfiguredTableAnalysisRuleOutput, Refused> {
    let GetConfiguredTableAnalysisRuleInput { configured_table_identifier, analysis_rule_type } =
        input;
    let id = id("configuredTableIdentifier", &configured_table_identifier)?;
    let kind = analysis_rule_type.say();
    let found = ask.room().get_configured_table_analysis_rule(ask.caller(), id, kind).await?;
    Ok(GetConfiguredTableAnalysisRuleOutput { analysis_rule: rule(ask, found) })
}

pub(super) async fn update(
    ask: &Ask<'_>,
    input: UpdateConfiguredTableAnalysisRuleInput,
) -> Result<UpdateConfiguredTableAnalysisRuleOutput, Refused> {
    let UpdateConfiguredTableAnalysisRuleInput {
        configured_table_identifier,
        analysis_rule_type,
        analysis_rule_policy,
    } = input;
    let id = id("configuredTableIdentifier", &configured_table_identifier)?;
    let policy = policy(analysis_rule_policy)?;
    let kind = analysis_rule_type.say();
    let made =
        ask.room().update_configured_table_analysis_rule(ask.caller(), id, kind, policy).await?;
    Ok(UpdateConfiguredTableAnalysisRuleOutput { analysis_rule: rule(ask, made) })
}

pub(super) async fn delete(
    ask: &Ask<'_>,
    input: DeleteConfiguredTableAnalysisRuleInput,
) -> Result<DeleteConfiguredTableAnalysisRuleOutput, Refused> {
    let DeleteConfiguredTableAnalysisRuleInput { configured_table_identifier, analysis_rule_type } =
        input;
    let id = id("configuredTableIdentifier", &configured_table_identifier)?;
    let kind = analysis_rule_type.say();
    ask.room().delete_configured_table_analysis_rule(ask.caller(), id, kind).await?;
    Ok(DeleteConfiguredTableAnalysisRuleOutput {})
}

fn rule(ask: &Ask<'_>, view: RuleView) -> ConfiguredTableAnalysisRule {
    let RuleView { table, rule } = view;
    let TableRule { table: id, written, created, updated, .. } = rule;
    let of_type = written.kind().say();
    let policy = match written {
        WrittenRule::Aggregation(it) => {
            ConfiguredTableAnalysisRulePolicyV1::Aggregation(aggregation_of(it))
        }
        WrittenRule::Custom(it) => ConfiguredTableAnalysisRulePolicyV1::Custom(custom_of(it)),
        WrittenRule::List(it) => ConfiguredTableAnalysisRulePolicyV1::List(list_of(it)),
    };
    ConfiguredTableAnalysisRule {
        configured_table_id: id.to_string(),
        configured_table_arn: ask.arn(table.owner, Resource::ConfiguredTable(id)).to_string(),
        policy: ConfiguredTableAnalysisRulePolicy::V1(policy),
        r#type: of_type,
        create_time: time(created),
        update_time: time(updated),
    }
}

fn policy(policy: ConfiguredTableAnalysisRulePolicy) -> Result<WrittenRule, Refused> {
    let ConfiguredTableAnalysisRulePolicy::V1(policy) = policy;
    Ok(match policy {
        ConfiguredTableAnalysisRulePolicyV1::Aggregation(it) => {
            WrittenRule::Aggregation(aggregation(it)?)
        }
        ConfiguredTableAnalysisRulePolicyV1::Custom(it) => WrittenRule::Custom(custom(it)?),
        ConfiguredTableAnalysisRulePolicyV1::List(it) => WrittenRule::List(list(it)?),
    })
}

fn aggregation(rule: AnalysisRuleAggregation) -> Result<WrittenAggregation, Refused> {
    let AnalysisRuleAggregation {
        aggregate_columns,
        join_columns,
        join_required,
        allowed_join_operators,
        dimension_columns,
        scalar_functions,
        output_constraints,
        additional_analyses,
    } = rule;
    let aggregates = aggregate_columns.into_iter().map(|it| {
        let AggregateColumn { column_names, function } = it;
        Ok(AggregateColumns { columns: columns(&column_names)?, function: function.say() })
    });
    Ok(WrittenAggregation {
        aggregate_columns: aggregates.collect::<Result<_, Refused>>()?,
        join_columns: columns(&join_columns)?,
        join_required: join_required.is_some(),
        join_operators: allowed_join_operators.map(|it| it.say()),
        dimension_columns: columns(&dimension_columns)?,
        scalar_functions: scalar_functions.say(),
        output_constraints: output_constraints
            .into_iter()
            .map(constraint)
            .collect::<Result<_, Refused>>()?,
        additional_analyses: additional_analyses.map(|it| it.say()),
    })
}

/// An aggregation rule as its owner wrote it.
pub(super) fn aggregation_of(rule: WrittenAggregation) -> AnalysisRuleAggregation {
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
    let aggregates = aggregate_columns.into_iter().map(|it| {
        let AggregateColumns { columns, function } = it;
        AggregateColumn { column_names: names(&columns), function: function.say() }
    });
    let constraints = output_constraints.into_iter().map(|it| {
        let OutputConstraint { column, minimum } = it;
        AggregationConstraint {
            column_name: column.to_string(),
            minimum: i32::try_from(minimum).unwrap_or(i32::MAX),
            r#type: AggregationType::CountDistinct,
        }
    });
    AnalysisRuleAggregation {
        aggregate_columns: aggregates.collect(),
        join_columns: names(&join_columns),
        join_required: join_required.then_some(JoinRequiredOption::QueryRunner),
        allowed_join_operators: join_operators.map(|it| it.say()),
        dimension_columns: names(&dimension_columns),
        scalar_functions: scalar_functions.say(),
        output_constraints: constraints.collect(),
        additional_analyses: additional_analyses.map(|it| it.say()),
    }
}

fn list(rule: AnalysisRuleList) -> Result<WrittenList, Refused> {
    let AnalysisRuleList {
        join_columns,
        allowed_join_operators,
        list_columns,
        additional_analyses,
    } = rule;
    Ok(WrittenList {
        join_columns: columns(&join_columns)?,
        join_operators: allowed_join_operators.map(|it| it.say()),
        list_columns: columns(&list_columns)?,
        additional_analyses: additional_analyses.map(|it| it.say()),
    })
}

/// A list rule as its owner wrote it.
pub(super) fn list_of(rule: WrittenList) -> AnalysisRuleList {
    let WrittenList { join_columns, join_operators, list_columns, additional_analyses } = rule;
    AnalysisRuleList {
        join_columns: names(&join_columns),
        allowed_join_operators: join_operators.map(|it| it.say()),
        list_columns: names(&list_columns),
        additional_analyses: additional_analyses.map(|it| it.say()),
    }
}

fn constraint(constraint: AggregationConstraint) -> Result<OutputConstraint, Refused> {
    let AggregationConstraint { column_name, minimum, r#type } = constraint;
    let AggregationType::CountDistinct = r#type;
    let minimum = u32::try_from(minimum);
    let minimum = minimum.map_err(|_| fault("analysisRulePolicy", "a minimum is 2 to 100000"))?;
    Ok(OutputConstraint { column: column(&column_name)?, minimum })
}

pub(super) fn columns(texts: &[String]) -> Result<Vec<ColumnName>, Refused> {
    texts.iter().map(|it| column(it)).collect()
}

fn column(text: &str) -> Result<ColumnName, Refused> {
    ColumnName::new(text).map_err(|bad| fault("analysisRulePolicy", bad.to_string()))
}

pub(super) fn names(columns: &[ColumnName]) -> Vec<String> {
    columns.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use glovebox_aws_api::Wire as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_is_shown_word_for_word_as_it_was_written() {
        let wire = json!({"v1": {"aggregation": {
            "aggregateColumns": [
                {"columnNames": ["b", "a"], "function": "SUM_DISTINCT"},
                {"columnNames": ["a"], "function": "AVG"},
            ],
            "joinColumns": ["z", "y"],
            "joinRequired": "QUERY_RUNNER",
            "allowedJoinOperators": ["OR", "AND"],
            "dimensionColumns": [],
            "scalarFunctions": ["UPPER", "ABS"],
            "outputConstraints": [{"columnName": "k", "minimum": 2, "type": "COUNT_DISTINCT"}],
            "additionalAnalyses": "NOT_ALLOWED",
        }}});
        let read = ConfiguredTableAnalysisRulePolicy::from_json(&wire).unwrap();
        let WrittenRule::Aggregation(written) = policy(read).unwrap() else {
            panic!("an aggregation rule")
        };
        let shown = aggregation_of(written).to_json();
        assert_eq!(shown, wire["v1"]["aggregation"]);
    }

    #[test]
    fn an_empty_list_of_operators_is_not_an_absent_one() {
        let wire = json!({"joinColumns": ["id"], "allowedJoinOperators": [], "listColumns": ["c"]});
        let read = AnalysisRuleList::from_json(&wire).unwrap();
        assert_eq!(list_of(list(read).unwrap()).to_json(), wire);
    }
}
