//! Analysis rules of associations ("collaboration analysis rules").

use glovebox_aws_api::shapes::{
    ConfiguredTableAssociationAnalysisRule, ConfiguredTableAssociationAnalysisRuleAggregation,
    ConfiguredTableAssociationAnalysisRuleCustom, ConfiguredTableAssociationAnalysisRuleList,
    ConfiguredTableAssociationAnalysisRulePolicy, ConfiguredTableAssociationAnalysisRulePolicyV1,
    ConfiguredTableAssociationAnalysisRuleType, CreateConfiguredTableAssociationAnalysisRuleInput,
    CreateConfiguredTableAssociationAnalysisRuleOutput,
    DeleteConfiguredTableAssociationAnalysisRuleInput,
    DeleteConfiguredTableAssociationAnalysisRuleOutput,
    GetConfiguredTableAssociationAnalysisRuleInput,
    GetConfiguredTableAssociationAnalysisRuleOutput,
    UpdateConfiguredTableAssociationAnalysisRuleInput,
    UpdateConfiguredTableAssociationAnalysisRuleOutput,
};
use glovebox_model::{AssociationTerms, Resource, RuleKind};
use glovebox_room::{AssociationRuleView, NewAssociationRule};

use super::words::Say as _;
use super::{Ask, account, id, time};
use crate::errors::Refused;

const IDENTIFIER: &str = "configuredTableAssociationIdentifier";

pub(super) async fn create(
    ask: &Ask<'_>,
    input: CreateConfiguredTableAssociationAnalysisRuleInput,
) -> Result<CreateConfiguredTableAssociationAnalysisRuleOutput, Refused> {
    let CreateConfiguredTableAssociationAnalysisRuleInput {
        membership_identifier,
        configured_table_association_identifier,
        analysis_rule_type,
        analysis_rule_policy,
    } = input;
    let names = (membership_identifier, configured_table_association_identifier);
    let new = new(names, analysis_rule_type, analysis_rule_policy)?;
    let made = ask.room().create_association_rule(ask.caller(), new).await?;
    Ok(CreateConfiguredTableAssociationAnalysisRuleOutput { analysis_rule: rule(ask, made) })
}

pub(super) async fn get(
    ask: &Ask<'_>,
    input: GetConfiguredTableAssociationAnalysisRuleInput,
) -> Result<GetConfiguredTableAssociationAnalysisRuleOutput, Refused> {
    let GetConfiguredTableAssociationAnalysisRuleInput {
        membership_identifier,
        configured_table_association_identifier,
        analysis_rule_type,
    } = input;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id(IDENTIFIER, &configured_table_association_identifier)?;
    let kind = analysis_rule_type.say();
    let found = ask.room().get_association_rule(ask.caller(), membership, id, kind).await?;
    Ok(GetConfiguredTableAssociationAnalysisRuleOutput { analysis_rule: rule(ask, found) })
}

pub(super) async fn update(
    ask: &Ask<'_>,
    input: UpdateConfiguredTableAssociationAnalysisRuleInput,
) -> Result<UpdateConfiguredTableAssociationAnalysisRuleOutput, Refused> {
    let UpdateConfiguredTableAssociationAnalysisRuleInput {
        membership_identifier,
        configured_table_association_identifier,
        analysis_rule_type,
        analysis_rule_policy,
    } = input;
    let names = (membership_identifier, configured_table_association_identifier);
    let new = new(names, analysis_rule_type, analysis_rule_policy)?;
    let made = ask.room().update_association_rule(ask.caller(), new).await?;
    Ok(UpdateConfiguredTableAssociationAnalysisRuleOutput { analysis_rule: rule(ask, made) })
}

pub(super) async fn delete(
    ask: &Ask<'_>,
    input: DeleteConfiguredTableAssociationAnalysisRuleInput,
) -> Result<DeleteConfiguredTableAssociationAnalysisRuleOutput, Refused> {
    let DeleteConfiguredTableAssociationAnalysisRuleInput {
        membership_identifier,
        configured_table_association_identifier,
        analysis_rule_type,
    } = input;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id(IDENTIFIER, &configured_table_association_identifier)?;
    let kind = analysis_rule_type.say();
    ask.room().delete_association_rule(ask.caller(), membership, id, kind).await?;
    Ok(DeleteConfiguredTableAssociationAnalysisRuleOutput {})
}

fn new(
    (membership, association): (String, String),
    named: ConfiguredTableAssociationAnalysisRuleType,
    policy: ConfiguredTableAssociationAnalysisRulePolicy,
) -> Result<NewAssociationRule, Refused> {
    use ConfiguredTableAssociationAnalysisRulePolicyV1 as V1;
    let ConfiguredTableAssociationAnalysisRulePolicy::V1(policy) = policy;
    let (policy_kind, receivers, additional_analyses) = match policy {
        V1::Aggregation(it) => {
            let ConfiguredTableAssociationAnalysisRuleAggregation {
                allowed_result_receivers,
                allowed_additional_analyses,
            } = it;
            (RuleKind::Aggregation, allowed_result_receivers, allowed_additional_analyses)
        }
        V1::Custom(it) => {
            let ConfiguredTableAssociationAnalysisRuleCustom {
                allowed_result_receivers,
                allowed_additional_analyses,
            } = it;
            (RuleKind::Custom, allowed_result_receivers, allowed_additional_analyses)
        }
        V1::List(it) => {
            let ConfiguredTableAssociationAnalysisRuleList {
                allowed_result_receivers,
                allowed_additional_analyses,
            } = it;
            (RuleKind::List, allowed_result_receivers, allowed_additional_analyses)
        }
    };
    let receivers = receivers.map(|them| {
        let named = |(index, it): (usize, &String)| {
            account(&format!("analysisRulePolicy.v1.allowedResultReceivers[{index}]"), it)
        };
        them.iter().enumerate().map(named).collect::<Result<Vec<_>, _>>()
    });
    Ok(NewAssociationRule {
        membership: id("membershipIdentifier", &membership)?,
        association: id(IDENTIFIER, &association)?,
        kind: named.say(),
        policy_kind,
        terms: AssociationTerms { receivers: receivers.transpose()?, additional_analyses },
    })
}

fn rule(ask: &Ask<'_>, view: AssociationRuleView) -> ConfiguredTableAssociationAnalysisRule {
    let AssociationRuleView { association, rule } = view;
    let resource = Resource::Association(association.membership, association.id);
    ConfiguredTableAssociationAnalysisRule {
        membership_identifier: association.membership.to_string(),
        configured_table_association_id: association.id.to_string(),
        configured_table_association_arn: ask.arn(association.account, resource).to_string(),
        policy: policy(rule.kind, rule.terms),
        r#type: rule.kind.say(),
        create_time: time(rule.created),
        update_time: time(rule.updated),
    }
}

/// The policy of an association as its owner wrote it.
pub(super) fn policy(
    kind: RuleKind,
    terms: AssociationTerms,
) -> ConfiguredTableAssociationAnalysisRulePolicy {
    use ConfiguredTableAssociationAnalysisRulePolicyV1 as V1;
    let AssociationTerms { receivers, additional_analyses } = terms;
    let receivers: Option<Vec<String>> =
        receivers.map(|them| them.iter().map(ToString::to_string).collect());
    let policy = match kind {
        RuleKind::Aggregation => {
            V1::Aggregation(ConfiguredTableAssociationAnalysisRuleAggregation {
                allowed_result_receivers: receivers,
                allowed_additional_analyses: additional_analyses,
            })
        }
        RuleKind::Custom => V1::Custom(ConfiguredTableAssociationAnalysisRuleCustom {
            allowed_result_receivers: receivers,
            allowed_additional_analyses: additional_analyses,
        }),
        RuleKind::List => V1::List(ConfiguredTableAssociationAnalysisRuleList {
            allowed_result_receivers: receivers,
            allowed_additional_analyses: additional_analyses,
        }),
    };
    ConfiguredTableAssociationAnalysisRulePolicy::V1(policy)
}
