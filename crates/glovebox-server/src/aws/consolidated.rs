//! The merged view of the rule of a table and that of its association.

use std::collections::BTreeSet;

use glovebox_aws_api::shapes::{
    AnalysisRuleAggregation, AnalysisRuleCustom, AnalysisRuleList, ConsolidatedPolicyAggregation,
    ConsolidatedPolicyCustom, ConsolidatedPolicyList, ConsolidatedPolicyV1,
};
use glovebox_model::{AssociationTerms, WrittenRule};

use super::custom_rules::custom_of;
use super::rules::{aggregation_of, list_of};

/// What holds when both rules hold: the stricter of each.
pub(super) fn consolidated(rule: WrittenRule, terms: &AssociationTerms) -> ConsolidatedPolicyV1 {
    let AssociationTerms { receivers, additional_analyses } = terms;
    // A rule of an association that names no receivers admits none.
    let receivers: Vec<String> = receivers.iter().flatten().map(ToString::to_string).collect();
    let further = additional_analyses.clone();
    match rule {
        WrittenRule::Aggregation(it) => {
            let AnalysisRuleAggregation {
                aggregate_columns,
                join_columns,
                join_required,
                allowed_join_operators,
                dimension_columns,
                scalar_functions,
                output_constraints,
                additional_analyses,
            } = aggregation_of(it);
            ConsolidatedPolicyV1::Aggregation(ConsolidatedPolicyAggregation {
                aggregate_columns,
                join_columns,
                join_required,
                allowed_join_operators,
                dimension_columns,
                scalar_functions,
                output_constraints,
                additional_analyses,
                allowed_result_receivers: Some(receivers),
                allowed_additional_analyses: further,
            })
        }
        WrittenRule::List(it) => {
            let AnalysisRuleList {
                join_columns,
                allowed_join_operators,
                list_columns,
                additional_analyses,
            } = list_of(it);
            ConsolidatedPolicyV1::List(ConsolidatedPolicyList {
                join_columns,
                allowed_join_operators,
                list_columns,
                additional_analyses,
                allowed_result_receivers: Some(receivers),
                allowed_additional_analyses: further,
            })
        }
        WrittenRule::Custom(it) => {
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
            } = custom_of(it);
            ConsolidatedPolicyV1::Custom(ConsolidatedPolicyCustom {
                allowed_analyses,
                allowed_analysis_providers,
                additional_analyses,
                disallowed_output_columns,
                differential_privacy,
                aggregation_thresholds,
                comparison_controls,
                allowed_result_receivers: both(allowed_result_receivers, Some(receivers)),
                allowed_additional_analyses: both(allowed_additional_analyses, further),
            })
        }
    }
}

/// What both lists hold; an absent list does not restrict.
fn both(one: Option<Vec<String>>, other: Option<Vec<String>>) -> Option<Vec<String>> {
    match (one, other) {
        (Some(one), Some(other)) => {
            let other: BTreeSet<String> = other.into_iter().collect();
            Some(one.into_iter().filter(|it| other.contains(it)).collect())
        }
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_both_name_is_named() {
        let list = |them: &[&str]| Some(them.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(both(list(&["a", "b"]), list(&["b", "c"])), list(&["b"]));
        assert_eq!(both(None, list(&["b"])), list(&["b"]));
        assert_eq!(both(list(&[]), None), list(&[]));
        assert_eq!(both(None, None), None);
    }
}
