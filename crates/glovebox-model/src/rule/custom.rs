//! The custom rule (AWS Clean Rooms user guide, "Custom analysis rule").

use std::collections::{BTreeMap, BTreeSet};

use crate::ability::words;
use crate::rule::aggregation::unique;
use crate::rule::{AdditionalAnalyses, RuleFault};
use crate::{AccountId, ColumnName};

/// The wildcard of `allowedAnalyses` for SQL that its writer submits directly.
pub const ANY_QUERY: &str = "ANY_QUERY";
/// The wildcard of `allowedAnalyses` for jobs, which are not run here.
pub const ANY_JOB: &str = "ANY_JOB";
/// The greatest minimum that AWS's model allows.
const GREATEST: u32 = 100_000;

words! {
    /// What the argument of an aggregate or window function may be under a threshold.
    AggregateExpressions {
        /// `ANY_EXPRESSION`: anything.
        AnyExpression "ANY_EXPRESSION",
        /// `COLUMNS_ONLY`: a bare column or a constant.
        ColumnsOnly "COLUMNS_ONLY",
    }
}

/// What a custom rule is made of, before it is checked: `AnalysisRuleCustom` word for word,
/// which is also what is stored and shown again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenCustom {
    /// `additionalAnalyses`
    pub additional_analyses: Option<AdditionalAnalyses>,
    /// `aggregationThresholds`: at most one.
    pub aggregation_thresholds: Option<Vec<AggregationThreshold>>,
    /// `allowedAdditionalAnalyses`: ARNs. Stored and echoed.
    pub allowed_additional_analyses: Option<Vec<String>>,
    /// `allowedAnalyses`: ARNs of templates, or wildcards. Empty means that nobody can query.
    pub allowed_analyses: Vec<String>,
    /// `allowedAnalysisProviders`. Absent or empty means nobody.
    pub allowed_analysis_providers: Option<Vec<AccountId>>,
    /// `allowedResultReceivers`. Absent means no restriction by this rule.
    pub allowed_result_receivers: Option<Vec<AccountId>>,
    /// `comparisonControls`. Absent means that comparisons are free.
    pub comparison_controls: Option<WrittenComparisons>,
    /// `differentialPrivacy.columns`: exactly one, the user identifier.
    pub differential_privacy: Option<Vec<ColumnName>>,
    /// `disallowedOutputColumns`
    pub disallowed_output_columns: Option<Vec<ColumnName>>,
}

/// `ComparisonControls`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenComparisons {
    /// `allowedLiteralComparisonColumns`
    pub literal_columns: Vec<ColumnName>,
    /// `allowedColumnComparisonColumns`
    pub column_columns: Vec<ColumnName>,
}

/// `AggregationThreshold`: every row of a result stands for so many distinct identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregationThreshold {
    /// `identityColumns`: exactly one, a text column.
    pub identity: ColumnName,
    /// `minimumIdentityCount`: 2 to 100000.
    pub minimum: u32,
    /// `outputColumnThresholds`: 0 (exempt) or 2 to 100000.
    pub output_columns: Vec<(ColumnName, u32)>,
    /// `allowedAggregateExpressionType`
    pub expressions: AggregateExpressions,
}

/// A custom rule. Made by [`CustomRule::new`], which checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomRule {
    analyses: AllowedAnalyses,
    providers: BTreeSet<AccountId>,
    disallowed_output: BTreeSet<ColumnName>,
    threshold: Option<Threshold>,
    comparisons: Option<ComparisonControls>,
    user_identifier: Option<ColumnName>,
    additional_analyses: Option<AdditionalAnalyses>,
    receivers: Option<BTreeSet<AccountId>>,
}

/// Which analyses an owner admits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedAnalyses {
    /// `ANY_QUERY`: whatever an allowed provider writes.
    AnyQuery,
    /// The templates of those ARNs; nobody when there is none.
    Templates(BTreeSet<String>),
}

/// A checked threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// The column that tells people apart.
    pub identity: ColumnName,
    /// At least so many distinct identities in every row.
    pub minimum: u32,
    /// For rows that show these columns; 0 exempts.
    pub output_columns: BTreeMap<ColumnName, u32>,
    /// What aggregates may be taken of.
    pub expressions: AggregateExpressions,
}

/// Checked comparison controls: what is not listed may not be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparisonControls {
    /// Columns that may be compared with literals.
    pub literal_columns: BTreeSet<ColumnName>,
    /// Columns that may be compared with columns.
    pub column_columns: BTreeSet<ColumnName>,
}

impl CustomRule {
    /// Checks the parts: all faults, not the first.
    pub fn new(written: &WrittenCustom) -> Result<Self, Vec<RuleFault>> {
        let mut faults = Vec::new();
        let analyses = analyses(written, &mut faults);
        let providers = written.allowed_analysis_providers.clone().unwrap_or_default();
        if analyses == AllowedAnalyses::AnyQuery && providers.is_empty() {
            faults.push(RuleFault::Empty("allowedAnalysisProviders (required by ANY_QUERY)"));
        }
        let providers = unique(providers, &mut faults, |it| format!("provider {it}"));
        let disallowed = written.disallowed_output_columns.clone().unwrap_or_default();
        let disallowed_output =
            unique(disallowed, &mut faults, |it| format!("disallowed output column `{it}`"));
        let threshold = threshold(written, &mut faults);
        let comparisons = written.comparison_controls.as_ref().map(|it| ComparisonControls {
            literal_columns: unique(it.literal_columns.clone(), &mut faults, |it| {
                format!("literal comparison column `{it}`")
            }),
            column_columns: unique(it.column_columns.clone(), &mut faults, |it| {
                format!("column comparison column `{it}`")
            }),
        });
        if let (Some(threshold), Some(controls)) = (&threshold, &comparisons)
            && controls.literal_columns.contains(&threshold.identity)
        {
            faults.push(RuleFault::Overlap {
                column: threshold.identity.clone(),
                first: "allowedLiteralComparisonColumns",
                second: "identityColumns",
            });
        }
        let user_identifier = user_identifier(written, &mut faults);
        let receivers = written.allowed_result_receivers.clone();
        let receivers =
            receivers.map(|it| unique(it, &mut faults, |it| format!("result receiver {it}")));
        let made = Self {
            analyses,
            providers,
            disallowed_output,
            threshold,
            comparisons,
            user_identifier,
            additional_analyses: written.additional_analyses,
            receivers,
        };
        if faults.is_empty() { Ok(made) } else { Err(faults) }
    }

    /// Which analyses may run.
    pub fn analyses(&self) -> &AllowedAnalyses {
        &self.analyses
    }

    /// Whose texts may run under [`AllowedAnalyses::AnyQuery`].
    pub fn providers(&self) -> &BTreeSet<AccountId> {
        &self.providers
    }

    /// The columns that may not reach the final projection.
    pub fn disallowed_output(&self) -> &BTreeSet<ColumnName> {
        &self.disallowed_output
    }

    /// The minimum of identities behind every row.
    pub fn threshold(&self) -> Option<&Threshold> {
        self.threshold.as_ref()
    }

    /// What may be compared with what; `None` means anything.
    pub fn comparisons(&self) -> Option<&ComparisonControls> {
        self.comparisons.as_ref()
    }

    /// The column that tells users apart, under differential privacy.
    pub fn user_identifier(&self) -> Option<&ColumnName> {
        self.user_identifier.as_ref()
    }

    /// Whether direct results may be given out at all: not when further analyses are required.
    pub fn additional_analyses(&self) -> Option<AdditionalAnalyses> {
        self.additional_analyses
    }

    /// Who may receive results, as far as this rule says.
    pub fn receivers(&self) -> Option<&BTreeSet<AccountId>> {
        self.receivers.as_ref()
    }

    /// Whether thresholds or comparison controls narrow the SQL that may be used (AWS:
    /// "restricted SQL surface").
    pub fn is_restricted(&self) -> bool {
        self.threshold.is_some() || self.comparisons.is_some()
    }
}

impl WrittenCustom {
    /// The columns that the rule names: all must be allowed columns.
    pub(super) fn columns(&self) -> Vec<&ColumnName> {
        let thresholds = self.aggregation_thresholds.iter().flatten().flat_map(|it| {
            std::iter::once(&it.identity).chain(it.output_columns.iter().map(|it| &it.0))
        });
        let comparisons = self
            .comparison_controls
            .iter()
            .flat_map(|it| it.literal_columns.iter().chain(&it.column_columns));
        let disallowed = self.disallowed_output_columns.iter().flatten();
        let users = self.differential_privacy.iter().flatten();
        disallowed.chain(thresholds).chain(comparisons).chain(users).collect()
    }
}

fn analyses(written: &WrittenCustom, faults: &mut Vec<RuleFault>) -> AllowedAnalyses {
    let all = unique(written.allowed_analyses.clone(), faults, |it| format!("analysis {it}"));
    let any = all.contains(ANY_QUERY);
    let wildcard = |it: &str| it == ANY_QUERY || it == ANY_JOB;
    let templates: BTreeSet<String> = all.iter().filter(|it| !wildcard(it)).cloned().collect();
    if templates.len() != all.len() && !templates.is_empty() {
        faults.push(RuleFault::Mixed);
    }
    if any { AllowedAnalyses::AnyQuery } else { AllowedAnalyses::Templates(templates) }
}

fn user_identifier(written: &WrittenCustom, faults: &mut Vec<RuleFault>) -> Option<ColumnName> {
    let columns = written.differential_privacy.as_ref()?;
    let beside = [
        (written.aggregation_thresholds.is_some(), "aggregationThresholds"),
        (written.comparison_controls.is_some(), "comparisonControls"),
    ];
    for (_, other) in beside.into_iter().filter(|(is_given, _)| *is_given) {
        faults.push(RuleFault::Together("differentialPrivacy", other));
    }
    match columns.as_slice() {
        [only] => Some(only.clone()),
        _ => {
            faults.push(RuleFault::NotOne("differentialPrivacy.columns"));
            None
        }
    }
}

fn threshold(written: &WrittenCustom, faults: &mut Vec<RuleFault>) -> Option<Threshold> {
    let thresholds = written.aggregation_thresholds.as_ref()?;
    let [only] = thresholds.as_slice() else {
        faults.push(RuleFault::NotOne("aggregationThresholds"));
        return None;
    };
    let AggregationThreshold { identity, minimum, output_columns, expressions } = only;
    let within = |count: u32| (2..=GREATEST).contains(&count);
    if !within(*minimum) {
        faults.push(RuleFault::Minimum { column: identity.clone() });
    }
    let mut columns = BTreeMap::new();
    for (column, count) in output_columns {
        if *count != 0 && !within(*count) {
            faults.push(RuleFault::Minimum { column: column.clone() });
        }
        if columns.insert(column.clone(), *count).is_some() {
            faults.push(RuleFault::Twice(format!("output column threshold `{column}`")));
        }
    }
    Some(Threshold {
        identity: identity.clone(),
        minimum: *minimum,
        output_columns: columns,
        expressions: *expressions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> ColumnName {
        ColumnName::new(name).unwrap()
    }

    fn any_query() -> WrittenCustom {
        WrittenCustom {
            allowed_analyses: vec![ANY_QUERY.into()],
            allowed_analysis_providers: Some(vec!["000000000001".parse().unwrap()]),
            ..WrittenCustom::default()
        }
    }

    #[test]
    fn an_empty_list_of_analyses_admits_nobody() {
        let rule = CustomRule::new(&WrittenCustom::default()).unwrap();
        assert_eq!(*rule.analyses(), AllowedAnalyses::Templates(BTreeSet::new()));
        assert!(rule.providers().is_empty());
    }

    #[test]
    fn any_query_needs_providers_and_no_templates_beside_it() {
        let alone = WrittenCustom { allowed_analysis_providers: None, ..any_query() };
        assert!(CustomRule::new(&alone).is_err());
        let mut mixed = any_query();
        mixed.allowed_analyses.push("arn:aws:cleanrooms:x:000000000001:t".into());
        assert_eq!(CustomRule::new(&mixed).unwrap_err(), [RuleFault::Mixed]);
        assert!(CustomRule::new(&any_query()).is_ok());
    }

    #[test]
    fn an_identity_is_never_compared_with_literals() {
        let threshold = |minimum| AggregationThreshold {
            identity: column("id"),
            minimum,
            output_columns: vec![(column("city"), 0), (column("day"), 5)],
            expressions: AggregateExpressions::ColumnsOnly,
        };
        let with = |literal_columns, minimum| WrittenCustom {
            aggregation_thresholds: Some(vec![threshold(minimum)]),
            comparison_controls: Some(WrittenComparisons {
                literal_columns,
                column_columns: vec![column("id")],
            }),
            ..any_query()
        };
        assert!(CustomRule::new(&with(vec![column("city")], 2)).is_ok());
        assert!(CustomRule::new(&with(vec![column("id")], 2)).is_err());
        assert!(CustomRule::new(&with(vec![column("city")], 1)).is_err());
    }
}
