//! Stored custom rules.

use glovebox_model::{
    AccountId, AggregateExpressions, AggregationThreshold, ColumnName, WrittenComparisons,
    WrittenCustom,
};
use serde::{Deserialize, Serialize};

use super::rule::{additional_of, all, columns_of, names};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CustomV1 {
    additional_analyses: Option<String>,
    aggregation_thresholds: Option<Vec<ThresholdV1>>,
    allowed_additional_analyses: Option<Vec<String>>,
    allowed_analyses: Vec<String>,
    allowed_analysis_providers: Option<Vec<String>>,
    allowed_result_receivers: Option<Vec<String>>,
    comparison_controls: Option<ComparisonsV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    differential_privacy: Option<Vec<String>>,
    disallowed_output_columns: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ThresholdV1 {
    identity: String,
    minimum: u32,
    output_columns: Vec<(String, u32)>,
    expressions: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ComparisonsV1 {
    literal_columns: Vec<String>,
    column_columns: Vec<String>,
}

impl CustomV1 {
    pub(super) fn of(noun: &WrittenCustom) -> Self {
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
        } = noun;
        let thresholds = aggregation_thresholds.as_ref();
        Self {
            additional_analyses: additional_analyses.map(|it| it.aws_name().to_owned()),
            aggregation_thresholds: thresholds.map(|it| it.iter().map(ThresholdV1::of).collect()),
            allowed_additional_analyses: allowed_additional_analyses.clone(),
            allowed_analyses: allowed_analyses.clone(),
            allowed_analysis_providers: allowed_analysis_providers.as_deref().map(numbers),
            allowed_result_receivers: allowed_result_receivers.as_deref().map(numbers),
            comparison_controls: comparison_controls.as_ref().map(ComparisonsV1::of),
            differential_privacy: differential_privacy.as_deref().map(names),
            disallowed_output_columns: disallowed_output_columns.as_deref().map(names),
        }
    }

    pub(super) fn noun(self) -> Option<WrittenCustom> {
        let Self {
            additional_analyses,
            aggregation_thresholds,
            allowed_additional_analyses,
            allowed_analyses,
            allowed_analysis_providers,
            allowed_result_receivers,
            comparison_controls,
            differential_privacy,
            disallowed_output_columns,
        } = self;
        Some(WrittenCustom {
            additional_analyses: additional_of(additional_analyses)?,
            aggregation_thresholds: maybe(aggregation_thresholds, |it| all(it, ThresholdV1::noun))?,
            allowed_additional_analyses,
            allowed_analyses,
            allowed_analysis_providers: maybe(allowed_analysis_providers, accounts_of)?,
            allowed_result_receivers: maybe(allowed_result_receivers, accounts_of)?,
            comparison_controls: maybe(comparison_controls, ComparisonsV1::noun)?,
            differential_privacy: maybe(differential_privacy, columns_of)?,
            disallowed_output_columns: maybe(disallowed_output_columns, columns_of)?,
        })
    }
}

impl ThresholdV1 {
    fn of(noun: &AggregationThreshold) -> Self {
        let AggregationThreshold { identity, minimum, output_columns, expressions } = noun;
        let column = |(name, count): &(ColumnName, u32)| (name.as_str().to_owned(), *count);
        Self {
            identity: identity.as_str().to_owned(),
            minimum: *minimum,
            output_columns: output_columns.iter().map(column).collect(),
            expressions: expressions.aws_name().to_owned(),
        }
    }

    fn noun(self) -> Option<AggregationThreshold> {
        let Self { identity, minimum, output_columns, expressions } = self;
        let column = |(name, count): (String, u32)| Some((ColumnName::new(&name).ok()?, count));
        Some(AggregationThreshold {
            identity: ColumnName::new(&identity).ok()?,
            minimum,
            output_columns: all(output_columns, column)?,
            expressions: AggregateExpressions::from_aws_name(&expressions)?,
        })
    }
}

impl ComparisonsV1 {
    fn of(noun: &WrittenComparisons) -> Self {
        let WrittenComparisons { literal_columns, column_columns } = noun;
        Self { literal_columns: names(literal_columns), column_columns: names(column_columns) }
    }

    fn noun(self) -> Option<WrittenComparisons> {
        let Self { literal_columns, column_columns } = self;
        Some(WrittenComparisons {
            literal_columns: columns_of(literal_columns)?,
            column_columns: columns_of(column_columns)?,
        })
    }
}

/// The numbers of accounts, as text.
pub(super) fn numbers(accounts: &[AccountId]) -> Vec<String> {
    accounts.iter().map(ToString::to_string).collect()
}

/// The accounts of these numbers.
pub(super) fn accounts_of(numbers: Vec<String>) -> Option<Vec<AccountId>> {
    all(numbers, |it| it.parse().ok())
}

/// The outer `Option` says whether it can be read, the inner whether it was written at all.
pub(super) fn maybe<T, U>(
    stored: Option<T>,
    read: impl FnOnce(T) -> Option<U>,
) -> Option<Option<U>> {
    match stored {
        None => Some(None),
        Some(stored) => read(stored).map(Some),
    }
}
