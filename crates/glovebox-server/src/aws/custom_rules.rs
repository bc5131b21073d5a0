//! Custom analysis rules, word for word.

use glovebox_aws_api::shapes::{
    AggregationThreshold, AggregationThresholdType, AnalysisRuleCustom, ComparisonControls,
    DifferentialPrivacyColumn, DifferentialPrivacyConfiguration, OutputColumnThreshold,
    ValidationException, ValidationExceptionReason,
};
use glovebox_aws_api::{ApiError, Modelled};
use glovebox_model::{self as model, AccountId, ColumnName, WrittenComparisons, WrittenCustom};

use super::rules::{columns, names};
use super::words::Say as _;
use super::{account, fault};
use crate::errors::Refused;

/// The rule that a request holds.
pub(super) fn custom(rule: AnalysisRuleCustom) -> Result<WrittenCustom, Refused> {
    let AnalysisRuleCustom {
        allowed_analyses,
        allowed_analysis_providers,
        additional_analyses,
        disallowed_output_columns,
        differential_privacy,
        aggregation_thresholds,
        comparison_controls,
        allowed_result_receivers,
        allowed_additional_analyses,
    } = rule;
    let users = differential_privacy.map(|it| {
        let names: Vec<String> = it.columns.into_iter().map(|it| it.name).collect();
        columns(&names)
    });
    let thresholds =
        aggregation_thresholds.map(|it| it.into_iter().map(threshold).collect::<Result<_, _>>());
    let controls = comparison_controls.map(|it| {
        let ComparisonControls {
            allowed_literal_comparison_columns,
            allowed_column_comparison_columns,
        } = it;
        Ok::<_, Refused>(WrittenComparisons {
            literal_columns: columns(&allowed_literal_comparison_columns)?,
            column_columns: columns(&allowed_column_comparison_columns)?,
        })
    });
    Ok(WrittenCustom {
        additional_analyses: additional_analyses.map(|it| it.say()),
        aggregation_thresholds: thresholds.transpose()?,
        allowed_additional_analyses,
        allowed_analyses,
        allowed_analysis_providers: accounts(
            "allowedAnalysisProviders",
            allowed_analysis_providers,
        )?,
        allowed_result_receivers: accounts("allowedResultReceivers", allowed_result_receivers)?,
        comparison_controls: controls.transpose()?,
        differential_privacy: users.transpose()?,
        disallowed_output_columns: disallowed_output_columns.map(|it| columns(&it)).transpose()?,
    })
}

fn invalid(message: &str) -> Refused {
    Refused(ApiError::Modelled(Modelled::Validation(ValidationException {
        message: Some(message.to_owned()),
        reason: Some(ValidationExceptionReason::InvalidConfiguration),
        field_list: None,
    })))
}

fn accounts(name: &str, them: Option<Vec<String>>) -> Result<Option<Vec<AccountId>>, Refused> {
    let one = |(index, it): (usize, &String)| {
        account(&format!("analysisRulePolicy.v1.custom.{name}[{index}]"), it)
    };
    them.map(|them| them.iter().enumerate().map(one).collect()).transpose()
}

fn threshold(threshold: AggregationThreshold) -> Result<model::AggregationThreshold, Refused> {
    let AggregationThreshold {
        identity_columns,
        minimum_identity_count,
        r#type,
        output_column_thresholds,
        allowed_aggregate_expression_type,
    } = threshold;
    let AggregationThresholdType::CountDistinct = r#type;
    let identities = columns(&identity_columns)?;
    let [identity] = identities.as_slice() else {
        return Err(invalid("identityColumns must have exactly one item"));
    };
    let output = output_column_thresholds.unwrap_or_default().into_iter().map(|it| {
        let OutputColumnThreshold { output_column_name, minimum_identity_count } = it;
        Ok::<_, Refused>((column(&output_column_name)?, count(minimum_identity_count)?))
    });
    Ok(model::AggregationThreshold {
        identity: identity.clone(),
        minimum: count(minimum_identity_count)?,
        output_columns: output.collect::<Result<_, _>>()?,
        expressions: allowed_aggregate_expression_type.say(),
    })
}

fn column(text: &str) -> Result<ColumnName, Refused> {
    let text = text.to_owned();
    let mut read = columns(&[text])?;
    read.pop().ok_or_else(|| invalid("a column has a name"))
}

fn count(number: i32) -> Result<u32, Refused> {
    u32::try_from(number).map_err(|_| fault("analysisRulePolicy", "a minimum is 0 or 2 to 100000"))
}

/// A custom rule as its owner wrote it.
pub(super) fn custom_of(rule: WrittenCustom) -> AnalysisRuleCustom {
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
    let thresholds = aggregation_thresholds.map(|it| it.into_iter().map(threshold_of).collect());
    let controls = comparison_controls.map(|it| ComparisonControls {
        allowed_literal_comparison_columns: names(&it.literal_columns),
        allowed_column_comparison_columns: names(&it.column_columns),
    });
    AnalysisRuleCustom {
        allowed_analyses,
        allowed_analysis_providers: allowed_analysis_providers.map(|it| numbers(&it)),
        additional_analyses: additional_analyses.map(|it| it.say()),
        disallowed_output_columns: disallowed_output_columns.map(|it| names(&it)),
        differential_privacy: differential_privacy.map(|it| DifferentialPrivacyConfiguration {
            columns: names(&it)
                .into_iter()
                .map(|name| DifferentialPrivacyColumn { name })
                .collect(),
        }),
        aggregation_thresholds: thresholds,
        comparison_controls: controls,
        allowed_result_receivers: allowed_result_receivers.map(|it| numbers(&it)),
        allowed_additional_analyses,
    }
}

fn threshold_of(threshold: model::AggregationThreshold) -> AggregationThreshold {
    let model::AggregationThreshold { identity, minimum, output_columns, expressions } = threshold;
    let number = |it: u32| i32::try_from(it).unwrap_or(i32::MAX);
    let columns = output_columns.into_iter().map(|(column, minimum)| OutputColumnThreshold {
        output_column_name: column.to_string(),
        minimum_identity_count: number(minimum),
    });
    let columns: Vec<OutputColumnThreshold> = columns.collect();
    AggregationThreshold {
        identity_columns: vec![identity.to_string()],
        minimum_identity_count: number(minimum),
        r#type: AggregationThresholdType::CountDistinct,
        output_column_thresholds: Some(columns).filter(|it| !it.is_empty()),
        allowed_aggregate_expression_type: expressions.say(),
    }
}

fn numbers(accounts: &[AccountId]) -> Vec<String> {
    accounts.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use glovebox_aws_api::Wire as _;
    use serde_json::{Value, json};

    use super::*;

    fn read(wire: &Value) -> Result<WrittenCustom, Refused> {
        custom(AnalysisRuleCustom::from_json(wire).unwrap())
    }

    #[test]
    fn a_custom_rule_is_shown_word_for_word_as_it_was_written() {
        let wire = json!({
            "allowedAnalyses": ["ANY_QUERY"],
            "allowedAnalysisProviders": ["000000000002", "000000000001"],
            "additionalAnalyses": "NOT_ALLOWED",
            "disallowedOutputColumns": ["age", "name"],
            "aggregationThresholds": [{
                "identityColumns": ["uid"],
                "minimumIdentityCount": 100,
                "type": "COUNT_DISTINCT",
                "outputColumnThresholds": [
                    {"outputColumnName": "campaign", "minimumIdentityCount": 5},
                    {"outputColumnName": "day", "minimumIdentityCount": 0},
                ],
                "allowedAggregateExpressionType": "COLUMNS_ONLY",
            }],
            "comparisonControls": {
                "allowedLiteralComparisonColumns": ["campaign"],
                "allowedColumnComparisonColumns": [],
            },
            "allowedResultReceivers": [],
            "allowedAdditionalAnalyses": [],
        });
        assert_eq!(custom_of(read(&wire).unwrap()).to_json(), wire);
        let least = json!({"allowedAnalyses": []});
        assert_eq!(custom_of(read(&least).unwrap()).to_json(), least);
    }

    #[test]
    fn the_user_identifier_is_shown_as_it_was_written() {
        let wire = json!({
            "allowedAnalyses": ["ANY_QUERY"],
            "allowedAnalysisProviders": ["000000000001"],
            "differentialPrivacy": {"columns": [{"name": "uid"}]},
        });
        assert_eq!(custom_of(read(&wire).unwrap()).to_json(), wire);
    }
}
