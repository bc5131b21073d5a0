//! Privacy budgets: what is left of them, and what they would afford.

use glovebox_aws_api::shapes::{
    AccessBudget, AccessBudgetDetails, CollaborationPrivacyBudgetSummary,
    DifferentialPrivacyPreviewAggregation, DifferentialPrivacyPreviewParametersInput,
    DifferentialPrivacyPrivacyBudget, DifferentialPrivacyPrivacyBudgetAggregation,
    DifferentialPrivacyPrivacyImpact, ListCollaborationPrivacyBudgetsInput,
    ListCollaborationPrivacyBudgetsOutput, ListPrivacyBudgetsInput, ListPrivacyBudgetsOutput,
    PreviewPrivacyImpactInput, PreviewPrivacyImpactOutput, PreviewPrivacyImpactParametersInput,
    PrivacyBudget, PrivacyBudgetSummary, PrivacyBudgetType, PrivacyImpact,
};
use glovebox_model::{Arn, Association, BudgetTerms, Id, Page, Resource};
use glovebox_room::{AccessLeft, Affordable, BudgetState, BudgetView};

use super::super::words::Say as _;
use super::super::{Ask, fault, id, time};
use super::shown::{self, Arns, arns, renews};
use super::{COLLABORATION, MEMBERSHIP};
use crate::errors::Refused;

pub(in crate::aws) async fn list_budgets(
    ask: &Ask<'_>,
    input: ListPrivacyBudgetsInput,
) -> Result<ListPrivacyBudgetsOutput, Refused> {
    let ListPrivacyBudgetsInput {
        membership_identifier,
        privacy_budget_type,
        next_token,
        max_results,
        access_budget_resource_arn,
    } = input;
    let arn = access_budget_resource_arn.as_deref();
    let scope =
        [membership_identifier.as_str(), privacy_budget_type.as_str(), arn.unwrap_or_default()];
    let page = ask.page(&scope, next_token, max_results)?;
    let membership = id(MEMBERSHIP, &membership_identifier)?;
    let filter = (privacy_budget_type.say(), filtered(ask, privacy_budget_type, arn)?);
    let room = ask.room();
    let listed = room.list_privacy_budgets(ask.caller(), membership, filter, page).await?;
    let Page { items, next } = listed;
    Ok(ListPrivacyBudgetsOutput {
        privacy_budget_summaries: items.into_iter().map(|it| summary(ask, it)).collect(),
        next_token: ask.next(&scope, next),
    })
}

pub(in crate::aws) async fn list_shared_budgets(
    ask: &Ask<'_>,
    input: ListCollaborationPrivacyBudgetsInput,
) -> Result<ListCollaborationPrivacyBudgetsOutput, Refused> {
    let ListCollaborationPrivacyBudgetsInput {
        collaboration_identifier,
        privacy_budget_type,
        max_results,
        next_token,
        access_budget_resource_arn,
    } = input;
    let arn = access_budget_resource_arn.as_deref();
    let scope =
        [collaboration_identifier.as_str(), privacy_budget_type.as_str(), arn.unwrap_or_default()];
    let page = ask.page(&scope, next_token, max_results)?;
    let id = id(COLLABORATION, &collaboration_identifier)?;
    let filter = (privacy_budget_type.say(), filtered(ask, privacy_budget_type, arn)?);
    let room = ask.room();
    let listed = room.list_collaboration_privacy_budgets(ask.caller(), id, filter, page).await?;
    let Page { items, next } = listed;
    Ok(ListCollaborationPrivacyBudgetsOutput {
        collaboration_privacy_budget_summaries: items
            .into_iter()
            .map(|it| shared_summary(ask, it))
            .collect(),
        next_token: ask.next(&scope, next),
    })
}

pub(in crate::aws) async fn preview(
    ask: &Ask<'_>,
    input: PreviewPrivacyImpactInput,
) -> Result<PreviewPrivacyImpactOutput, Refused> {
    let PreviewPrivacyImpactInput { membership_identifier, parameters } = input;
    let membership = id(MEMBERSHIP, &membership_identifier)?;
    let PreviewPrivacyImpactParametersInput::DifferentialPrivacy(it) = parameters;
    let DifferentialPrivacyPreviewParametersInput { epsilon, users_noise_per_query } = it;
    let asked = (super::number(epsilon), super::number(users_noise_per_query));
    let found = ask.room().preview_privacy_impact(ask.caller(), membership, asked).await?;
    let aggregation = |it: Affordable| DifferentialPrivacyPreviewAggregation {
        r#type: it.aggregation.say(),
        max_count: count(it.maximum),
    };
    let aggregations = found.into_iter().map(aggregation).collect();
    let impact = DifferentialPrivacyPrivacyImpact { aggregations };
    Ok(PreviewPrivacyImpactOutput { privacy_impact: PrivacyImpact::DifferentialPrivacy(impact) })
}

/// The table that a list is narrowed to.
fn filtered(
    ask: &Ask<'_>,
    kind: PrivacyBudgetType,
    arn: Option<&str>,
) -> Result<Option<Id<Association>>, Refused> {
    let Some(arn) = arn else { return Ok(None) };
    if kind == PrivacyBudgetType::DifferentialPrivacy {
        let message = "only access budgets are for one table: leave it out";
        return Err(fault("accessBudgetResourceArn", message));
    }
    match super::table(ask, arn)? {
        Arn { resource: Resource::Association(_, id), .. } => Ok(Some(id)),
        _ => Err(super::unknown(arn)),
    }
}

fn summary(ask: &Ask<'_>, view: BudgetView) -> PrivacyBudgetSummary {
    let budget = budget(ask, &view);
    let BudgetView { template: it, creator, state: _ } = view;
    let Arns { template, membership, collaboration } = arns(ask, &it, creator);
    PrivacyBudgetSummary {
        id: it.id.to_string(),
        privacy_budget_template_id: it.id.to_string(),
        privacy_budget_template_arn: template,
        membership_id: it.membership.to_string(),
        membership_arn: membership,
        collaboration_id: it.collaboration.to_string(),
        collaboration_arn: collaboration,
        r#type: it.terms.kind().say(),
        create_time: time(it.created),
        update_time: time(it.updated),
        budget,
    }
}

fn shared_summary(ask: &Ask<'_>, view: BudgetView) -> CollaborationPrivacyBudgetSummary {
    let budget = budget(ask, &view);
    let BudgetView { template: it, creator, state: _ } = view;
    let Arns { template, membership: _, collaboration } = arns(ask, &it, creator);
    CollaborationPrivacyBudgetSummary {
        id: it.id.to_string(),
        privacy_budget_template_id: it.id.to_string(),
        privacy_budget_template_arn: template,
        collaboration_id: it.collaboration.to_string(),
        collaboration_arn: collaboration,
        creator_account_id: it.account.to_string(),
        r#type: it.terms.kind().say(),
        create_time: time(it.created),
        update_time: time(it.updated),
        budget,
    }
}

fn budget(ask: &Ask<'_>, view: &BudgetView) -> PrivacyBudget {
    let BudgetView { template, creator: _, state } = view;
    match (&template.terms, state) {
        (BudgetTerms::Access(terms), BudgetState::Access(limits)) => {
            let resource_arn = shown::table(ask, template, terms);
            PrivacyBudget::AccessBudget(access(resource_arn, limits))
        }
        (BudgetTerms::Privacy(terms), BudgetState::Privacy(affordable)) => {
            let aggregation = |it: &Affordable| DifferentialPrivacyPrivacyBudgetAggregation {
                r#type: it.aggregation.say(),
                max_count: count(it.maximum),
                remaining_count: count(it.remaining),
            };
            PrivacyBudget::DifferentialPrivacy(DifferentialPrivacyPrivacyBudget {
                aggregations: affordable.iter().map(aggregation).collect(),
                epsilon: shown::number(terms.epsilon),
            })
        }
        // The room gives a state of the kind of the terms: nothing is left of anything else.
        (BudgetTerms::Access(terms), BudgetState::Privacy(_)) => {
            PrivacyBudget::AccessBudget(access(shown::table(ask, template, terms), &[]))
        }
        (BudgetTerms::Privacy(terms), BudgetState::Access(_)) => {
            PrivacyBudget::DifferentialPrivacy(DifferentialPrivacyPrivacyBudget {
                aggregations: Vec::new(),
                epsilon: shown::number(terms.epsilon),
            })
        }
    }
}

fn access(resource_arn: String, limits: &[AccessLeft]) -> AccessBudget {
    let details = |AccessLeft { limit, window, left }: &AccessLeft| AccessBudgetDetails {
        start_time: time(window.from),
        end_time: window.until.map(time),
        remaining_budget: shown::number(*left),
        budget: shown::number(limit.budget),
        budget_type: limit.period.say(),
        auto_refresh: renews(*limit),
    };
    let least = limits.iter().map(|it| it.left).min().unwrap_or(0);
    AccessBudget {
        resource_arn,
        details: limits.iter().map(details).collect(),
        aggregate_remaining_budget: shown::number(least),
    }
}

fn count(it: u64) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}
