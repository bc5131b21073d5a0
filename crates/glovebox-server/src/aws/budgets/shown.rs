//! Templates as the wire shows them.

use glovebox_aws_api::shapes::{
    AccessBudgetsPrivacyTemplateParametersOutput, AutoRefreshMode, BudgetParameter,
    CollaborationPrivacyBudgetTemplate, CollaborationPrivacyBudgetTemplateSummary,
    DifferentialPrivacyTemplateParametersOutput, PrivacyBudgetTemplate,
    PrivacyBudgetTemplateAutoRefresh, PrivacyBudgetTemplateParametersOutput,
    PrivacyBudgetTemplateSummary,
};
use glovebox_model::{
    self as model, AccessLimit, AccessPeriod, AccessTerms, BudgetTerms, PrivacyTerms, Resource,
};
use glovebox_room::BudgetTemplateView;

use super::super::words::Say as _;
use super::super::{Ask, time};

/// The long names around a template.
pub(super) struct Arns {
    pub(super) template: String,
    pub(super) membership: String,
    pub(super) collaboration: String,
}

pub(super) fn arns(
    ask: &Ask<'_>,
    it: &model::PrivacyBudgetTemplate,
    creator: model::AccountId,
) -> Arns {
    Arns {
        template: ask.arn(it.account, Resource::BudgetTemplate(it.id)).to_string(),
        membership: ask.arn(it.account, Resource::Membership(it.membership)).to_string(),
        collaboration: ask.arn(creator, Resource::Collaboration(it.collaboration)).to_string(),
    }
}

pub(super) fn template(ask: &Ask<'_>, view: BudgetTemplateView) -> PrivacyBudgetTemplate {
    let BudgetTemplateView { template: it, creator } = view;
    let arns = arns(ask, &it, creator);
    PrivacyBudgetTemplate {
        id: it.id.to_string(),
        arn: arns.template,
        membership_id: it.membership.to_string(),
        membership_arn: arns.membership,
        collaboration_id: it.collaboration.to_string(),
        collaboration_arn: arns.collaboration,
        create_time: time(it.created),
        update_time: time(it.updated),
        privacy_budget_type: it.terms.kind().say(),
        auto_refresh: auto_refresh(&it.terms),
        parameters: parameters(ask, &it),
    }
}

pub(super) fn shared(
    ask: &Ask<'_>,
    view: BudgetTemplateView,
) -> CollaborationPrivacyBudgetTemplate {
    let BudgetTemplateView { template: it, creator } = view;
    let arns = arns(ask, &it, creator);
    CollaborationPrivacyBudgetTemplate {
        id: it.id.to_string(),
        arn: arns.template,
        collaboration_id: it.collaboration.to_string(),
        collaboration_arn: arns.collaboration,
        creator_account_id: it.account.to_string(),
        create_time: time(it.created),
        update_time: time(it.updated),
        privacy_budget_type: it.terms.kind().say(),
        auto_refresh: auto_refresh(&it.terms),
        parameters: parameters(ask, &it),
    }
}

pub(super) fn summary(ask: &Ask<'_>, view: BudgetTemplateView) -> PrivacyBudgetTemplateSummary {
    let BudgetTemplateView { template: it, creator } = view;
    let arns = arns(ask, &it, creator);
    PrivacyBudgetTemplateSummary {
        id: it.id.to_string(),
        arn: arns.template,
        membership_id: it.membership.to_string(),
        membership_arn: arns.membership,
        collaboration_id: it.collaboration.to_string(),
        collaboration_arn: arns.collaboration,
        privacy_budget_type: it.terms.kind().say(),
        create_time: time(it.created),
        update_time: time(it.updated),
    }
}

pub(super) fn shared_summary(
    ask: &Ask<'_>,
    view: BudgetTemplateView,
) -> CollaborationPrivacyBudgetTemplateSummary {
    let BudgetTemplateView { template: it, creator } = view;
    let arns = arns(ask, &it, creator);
    CollaborationPrivacyBudgetTemplateSummary {
        id: it.id.to_string(),
        arn: arns.template,
        collaboration_id: it.collaboration.to_string(),
        collaboration_arn: arns.collaboration,
        creator_account_id: it.account.to_string(),
        privacy_budget_type: it.terms.kind().say(),
        create_time: time(it.created),
        update_time: time(it.updated),
    }
}

/// The long name, as schemas have it, of the table that a budget of queries is for.
pub(super) fn table(
    ask: &Ask<'_>,
    it: &model::PrivacyBudgetTemplate,
    terms: &AccessTerms,
) -> String {
    ask.arn(it.account, Resource::Association(it.membership, terms.association)).in_schema()
}

/// Whether a limit renews; a limit for ever has nothing to say.
pub(super) fn renews(limit: AccessLimit) -> Option<AutoRefreshMode> {
    let mode =
        if limit.auto_refresh { AutoRefreshMode::Enabled } else { AutoRefreshMode::Disabled };
    (limit.period != AccessPeriod::Lifetime).then_some(mode)
}

pub(super) fn number(it: u32) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}

/// A budget of queries renews limit by limit.
fn auto_refresh(terms: &BudgetTerms) -> PrivacyBudgetTemplateAutoRefresh {
    match terms {
        BudgetTerms::Access(_) => PrivacyBudgetTemplateAutoRefresh::None,
        BudgetTerms::Privacy(it) => it.auto_refresh.say(),
    }
}

fn parameters(
    ask: &Ask<'_>,
    it: &model::PrivacyBudgetTemplate,
) -> PrivacyBudgetTemplateParametersOutput {
    match &it.terms {
        BudgetTerms::Access(terms) => {
            let limit = |limit: &AccessLimit| BudgetParameter {
                r#type: limit.period.say(),
                budget: number(limit.budget),
                auto_refresh: renews(*limit),
            };
            PrivacyBudgetTemplateParametersOutput::AccessBudget(
                AccessBudgetsPrivacyTemplateParametersOutput {
                    budget_parameters: terms.limits.iter().map(limit).collect(),
                    resource_arn: table(ask, it, terms),
                },
            )
        }
        BudgetTerms::Privacy(PrivacyTerms { epsilon, users_noise, .. }) => {
            PrivacyBudgetTemplateParametersOutput::DifferentialPrivacy(
                DifferentialPrivacyTemplateParametersOutput {
                    epsilon: number(*epsilon),
                    users_noise_per_query: number(*users_noise),
                },
            )
        }
    }
}
