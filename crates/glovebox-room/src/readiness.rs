//! Whether a table can be analysed, and what is missing (AWS: `schemaStatusDetails`).

use std::collections::BTreeSet;

use glovebox_model::{
    AccountId, AdditionalAnalyses, AllowedAnalyses, AssociationRule, CustomRule, WrittenRule,
};

use crate::rules::additional_analyses;

/// Why a table is not ready: `SchemaStatusReasonCode`, as far as such things are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotReady {
    /// `ADDITIONAL_ANALYSES_NOT_ALLOWED`
    AdditionalAnalysesNotAllowed,
    /// `ADDITIONAL_ANALYSES_NOT_CONFIGURED`
    AdditionalAnalysesNotConfigured,
    /// `ANALYSIS_PROVIDERS_NOT_CONFIGURED`
    AnalysisProvidersNotConfigured,
    /// `ANALYSIS_RULE_MISSING`
    AnalysisRuleMissing,
    /// `ANALYSIS_RULE_TYPES_NOT_COMPATIBLE`
    AnalysisRuleTypesNotCompatible,
    /// `ANALYSIS_TEMPLATES_NOT_CONFIGURED`
    AnalysisTemplatesNotConfigured,
    /// `COLLABORATION_ANALYSIS_RULE_NOT_CONFIGURED`
    CollaborationAnalysisRuleNotConfigured,
    /// `DIFFERENTIAL_PRIVACY_POLICY_NOT_CONFIGURED`
    DifferentialPrivacyPolicyNotConfigured,
    /// `RESULT_RECEIVERS_NOT_ALLOWED`
    ResultReceiversNotAllowed,
    /// `RESULT_RECEIVERS_NOT_CONFIGURED`
    ResultReceiversNotConfigured,
}

/// What is missing for each kind of analysis; nothing when it is ready.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readiness {
    /// `DIRECT_ANALYSIS`
    pub direct: BTreeSet<NotReady>,
    /// `ADDITIONAL_ANALYSIS`
    pub additional: BTreeSet<NotReady>,
    /// Whether it has differential privacy.
    pub is_private: bool,
}

impl Readiness {
    /// Of a table with these rules, whose results may go to these of the members that can receive.
    pub(crate) fn of(
        written: Option<&WrittenRule>,
        rule: Option<&AssociationRule>,
        receivers: Option<&BTreeSet<AccountId>>,
    ) -> Self {
        let Some(written) = written else {
            let missing = BTreeSet::from([NotReady::AnalysisRuleMissing]);
            return Self { direct: missing.clone(), additional: missing, is_private: false };
        };
        let mut both = BTreeSet::new();
        if rule.is_some_and(|it| it.kind != written.kind()) {
            both.insert(NotReady::AnalysisRuleTypesNotCompatible);
        }
        if let WrittenRule::Custom(custom) = written {
            both.extend(analyses(CustomRule::new(custom).ok().as_ref()));
        }
        let mut direct = both.clone();
        let unset = |it: &AssociationRule| it.terms.receivers.as_ref().is_none_or(Vec::is_empty);
        if rule.is_some_and(unset) {
            direct.insert(NotReady::ResultReceiversNotConfigured);
        } else if receivers.is_some_and(BTreeSet::is_empty)
            || additional_analyses(written) == Some(AdditionalAnalyses::Required)
        {
            direct.insert(NotReady::ResultReceiversNotAllowed);
        }
        let mut additional = both;
        let admitted = rule.map(|it| it.terms.additional_analyses.as_ref());
        match (additional_analyses(written), admitted) {
            (None, _) => {
                additional.insert(NotReady::AdditionalAnalysesNotConfigured);
            }
            (Some(AdditionalAnalyses::NotAllowed), _) => {
                additional.insert(NotReady::AdditionalAnalysesNotAllowed);
            }
            (Some(AdditionalAnalyses::Allowed | AdditionalAnalyses::Required), None) => {
                additional.insert(NotReady::CollaborationAnalysisRuleNotConfigured);
            }
            (Some(AdditionalAnalyses::Allowed | AdditionalAnalyses::Required), Some(some)) => {
                if some.is_none_or(Vec::is_empty) {
                    additional.insert(NotReady::AdditionalAnalysesNotConfigured);
                }
            }
        }
        Self { direct, additional, is_private: false }
    }

    /// The same of a table with differential privacy, whose owner offers a budget or does not.
    #[must_use]
    pub(crate) fn private(mut self, is_offered: bool) -> Self {
        self.is_private = true;
        if !is_offered {
            self.direct.insert(NotReady::DifferentialPrivacyPolicyNotConfigured);
            self.additional.insert(NotReady::DifferentialPrivacyPolicyNotConfigured);
        }
        self
    }
}

/// Which analyses a custom rule admits: none is not ready.
fn analyses(rule: Option<&CustomRule>) -> Option<NotReady> {
    let Some(rule) = rule else { return Some(NotReady::AnalysisTemplatesNotConfigured) };
    match rule.analyses() {
        AllowedAnalyses::Templates(all) if all.is_empty() => {
            Some(NotReady::AnalysisTemplatesNotConfigured)
        }
        AllowedAnalyses::AnyQuery if rule.providers().is_empty() => {
            Some(NotReady::AnalysisProvidersNotConfigured)
        }
        AllowedAnalyses::Templates(_) | AllowedAnalyses::AnyQuery => None,
    }
}

#[cfg(test)]
mod tests {
    use glovebox_model::{
        AssociationTerms, ColumnName, Id, RuleKind, Timestamp, WrittenCustom, WrittenList,
    };

    use super::*;

    fn list(additional_analyses: Option<AdditionalAnalyses>) -> WrittenRule {
        WrittenRule::List(WrittenList {
            join_columns: vec![ColumnName::new("id").unwrap()],
            join_operators: None,
            list_columns: vec![],
            additional_analyses,
        })
    }

    fn rule(kind: RuleKind, receivers: Option<Vec<AccountId>>) -> AssociationRule {
        let moment = Timestamp::from_millis(0);
        AssociationRule {
            association: Id::from_random([1; 16]),
            kind,
            terms: AssociationTerms { receivers, additional_analyses: None },
            created: moment,
            updated: moment,
            version: 1,
        }
    }

    fn reasons(
        written: Option<&WrittenRule>,
        rule: Option<&AssociationRule>,
    ) -> [Vec<NotReady>; 2] {
        let Readiness { direct, additional, .. } = Readiness::of(written, rule, None);
        [direct.into_iter().collect(), additional.into_iter().collect()]
    }

    #[test]
    fn without_a_rule_nothing_is_ready() {
        let missing = vec![NotReady::AnalysisRuleMissing];
        assert_eq!(reasons(None, None), [missing.clone(), missing]);
    }

    #[test]
    fn a_rule_makes_direct_analysis_ready_and_says_what_else_is_missing() {
        use AdditionalAnalyses::{Allowed, NotAllowed, Required};
        let open = NotReady::AdditionalAnalysesNotConfigured;
        assert_eq!(reasons(Some(&list(None)), None), [vec![], vec![open]]);
        let shut = NotReady::AdditionalAnalysesNotAllowed;
        assert_eq!(reasons(Some(&list(Some(NotAllowed))), None), [vec![], vec![shut]]);
        let here = NotReady::CollaborationAnalysisRuleNotConfigured;
        assert_eq!(reasons(Some(&list(Some(Allowed))), None), [vec![], vec![here]]);
        let direct = NotReady::ResultReceiversNotAllowed;
        assert_eq!(reasons(Some(&list(Some(Required))), None), [vec![direct], vec![here]]);
    }

    #[test]
    fn an_association_rule_needs_receivers_and_the_type_of_the_table() {
        let written = list(None);
        let nobody = rule(RuleKind::List, Some(vec![]));
        let [direct, _] = reasons(Some(&written), Some(&nobody));
        assert_eq!(direct, [NotReady::ResultReceiversNotConfigured]);
        let somebody = Some(vec!["000000000001".parse().unwrap()]);
        let [direct, _] = reasons(Some(&written), Some(&rule(RuleKind::List, somebody.clone())));
        assert_eq!(direct, []);
        let [direct, _] = reasons(Some(&written), Some(&rule(RuleKind::Custom, somebody)));
        assert_eq!(direct, [NotReady::AnalysisRuleTypesNotCompatible]);
    }

    #[test]
    fn a_custom_rule_that_admits_nothing_is_not_ready() {
        let written = WrittenRule::Custom(WrittenCustom::default());
        let [direct, _] = reasons(Some(&written), None);
        assert_eq!(direct, [NotReady::AnalysisTemplatesNotConfigured]);
    }

    #[test]
    fn without_a_budget_a_private_table_is_not_ready() {
        let written = list(None);
        let of = |is_offered| Readiness::of(Some(&written), None, None).private(is_offered);
        let missing = NotReady::DifferentialPrivacyPolicyNotConfigured;
        assert!(of(false).is_private && of(false).direct.contains(&missing));
        assert!(of(false).additional.contains(&missing));
        assert_eq!(of(true).direct, BTreeSet::new());
    }
}
