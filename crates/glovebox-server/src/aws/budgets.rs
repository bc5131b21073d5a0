//! Privacy budget templates.

mod shown;
mod state;

use glovebox_aws_api::ApiError;
use glovebox_aws_api::shapes::{
    AccessBudgetsPrivacyTemplateParametersInput, AccessBudgetsPrivacyTemplateUpdateParameters,
    AutoRefreshMode, BudgetParameter, CreatePrivacyBudgetTemplateInput,
    CreatePrivacyBudgetTemplateOutput, DeletePrivacyBudgetTemplateInput,
    DeletePrivacyBudgetTemplateOutput, DifferentialPrivacyTemplateParametersInput,
    DifferentialPrivacyTemplateUpdateParameters, GetCollaborationPrivacyBudgetTemplateInput,
    GetCollaborationPrivacyBudgetTemplateOutput, GetPrivacyBudgetTemplateInput,
    GetPrivacyBudgetTemplateOutput, ListCollaborationPrivacyBudgetTemplatesInput,
    ListCollaborationPrivacyBudgetTemplatesOutput, ListPrivacyBudgetTemplatesInput,
    ListPrivacyBudgetTemplatesOutput, PrivacyBudgetTemplateParametersInput,
    PrivacyBudgetTemplateUpdateParameters, PrivacyBudgetType, ResourceType,
    UpdatePrivacyBudgetTemplateInput, UpdatePrivacyBudgetTemplateOutput,
};
use glovebox_model::{Arn, Association, Id, Membership, Page, Resource};
use glovebox_room::{NewAccessLimit, NewBudgetTemplate, Offer, OfferUpdate};
pub(super) use state::{list_budgets, list_shared_budgets, preview};

use super::words::Say as _;
use super::{Ask, fault, id};
use crate::errors::Refused;

const IDENTIFIER: &str = "privacyBudgetTemplateIdentifier";
const MEMBERSHIP: &str = "membershipIdentifier";
const COLLABORATION: &str = "collaborationIdentifier";

pub(super) async fn create(
    ask: &Ask<'_>,
    input: CreatePrivacyBudgetTemplateInput,
) -> Result<CreatePrivacyBudgetTemplateOutput, Refused> {
    let new = new(ask, input)?;
    let made = ask.room().create_privacy_budget_template(ask.caller(), new).await?;
    let privacy_budget_template = shown::template(ask, made);
    Ok(CreatePrivacyBudgetTemplateOutput { privacy_budget_template })
}

pub(super) async fn get(
    ask: &Ask<'_>,
    input: GetPrivacyBudgetTemplateInput,
) -> Result<GetPrivacyBudgetTemplateOutput, Refused> {
    let GetPrivacyBudgetTemplateInput { membership_identifier, privacy_budget_template_identifier } =
        input;
    let membership = id(MEMBERSHIP, &membership_identifier)?;
    let id = id(IDENTIFIER, &privacy_budget_template_identifier)?;
    let found = ask.room().get_privacy_budget_template(ask.caller(), membership, id).await?;
    Ok(GetPrivacyBudgetTemplateOutput { privacy_budget_template: shown::template(ask, found) })
}

pub(super) async fn list(
    ask: &Ask<'_>,
    input: ListPrivacyBudgetTemplatesInput,
) -> Result<ListPrivacyBudgetTemplatesOutput, Refused> {
    let ListPrivacyBudgetTemplatesInput { membership_identifier, next_token, max_results } = input;
    let scope = [membership_identifier.as_str()];
    let page = ask.page(&scope, next_token, max_results)?;
    let membership = id(MEMBERSHIP, &membership_identifier)?;
    let listed = ask.room().list_privacy_budget_templates(ask.caller(), membership, page).await?;
    let Page { items, next } = listed;
    let summaries = items.into_iter().map(|it| shown::summary(ask, it)).collect();
    Ok(ListPrivacyBudgetTemplatesOutput {
        next_token: ask.next(&scope, next),
        privacy_budget_template_summaries: summaries,
    })
}

pub(super) async fn update(
    ask: &Ask<'_>,
    input: UpdatePrivacyBudgetTemplateInput,
) -> Result<UpdatePrivacyBudgetTemplateOutput, Refused> {
    let UpdatePrivacyBudgetTemplateInput {
        membership_identifier,
        privacy_budget_template_identifier,
        privacy_budget_type,
        parameters,
    } = input;
    let membership = id(MEMBERSHIP, &membership_identifier)?;
    let id = id(IDENTIFIER, &privacy_budget_template_identifier)?;
    let change = (privacy_budget_type.say(), parameters.map(changed).transpose()?);
    let room = ask.room();
    let made = room.update_privacy_budget_template(ask.caller(), membership, id, change).await?;
    Ok(UpdatePrivacyBudgetTemplateOutput { privacy_budget_template: shown::template(ask, made) })
}

pub(super) async fn delete(
    ask: &Ask<'_>,
    input: DeletePrivacyBudgetTemplateInput,
) -> Result<DeletePrivacyBudgetTemplateOutput, Refused> {
    let DeletePrivacyBudgetTemplateInput {
        membership_identifier,
        privacy_budget_template_identifier,
    } = input;
    let membership = id(MEMBERSHIP, &membership_identifier)?;
    let id = id(IDENTIFIER, &privacy_budget_template_identifier)?;
    ask.room().delete_privacy_budget_template(ask.caller(), membership, id).await?;
    Ok(DeletePrivacyBudgetTemplateOutput {})
}

pub(super) async fn get_shared(
    ask: &Ask<'_>,
    input: GetCollaborationPrivacyBudgetTemplateInput,
) -> Result<GetCollaborationPrivacyBudgetTemplateOutput, Refused> {
    let GetCollaborationPrivacyBudgetTemplateInput {
        collaboration_identifier,
        privacy_budget_template_identifier,
    } = input;
    let collaboration = id(COLLABORATION, &collaboration_identifier)?;
    let id = id(IDENTIFIER, &privacy_budget_template_identifier)?;
    let room = ask.room();
    let found =
        room.get_collaboration_privacy_budget_template(ask.caller(), collaboration, id).await?;
    let collaboration_privacy_budget_template = shown::shared(ask, found);
    Ok(GetCollaborationPrivacyBudgetTemplateOutput { collaboration_privacy_budget_template })
}

pub(super) async fn list_shared(
    ask: &Ask<'_>,
    input: ListCollaborationPrivacyBudgetTemplatesInput,
) -> Result<ListCollaborationPrivacyBudgetTemplatesOutput, Refused> {
    let ListCollaborationPrivacyBudgetTemplatesInput {
        collaboration_identifier,
        next_token,
        max_results,
    } = input;
    let scope = [collaboration_identifier.as_str()];
    let page = ask.page(&scope, next_token, max_results)?;
    let id = id(COLLABORATION, &collaboration_identifier)?;
    let room = ask.room();
    let listed = room.list_collaboration_privacy_budget_templates(ask.caller(), id, page).await?;
    let Page { items, next } = listed;
    let summaries = items.into_iter().map(|it| shown::shared_summary(ask, it)).collect();
    Ok(ListCollaborationPrivacyBudgetTemplatesOutput {
        next_token: ask.next(&scope, next),
        collaboration_privacy_budget_template_summaries: summaries,
    })
}

fn new(
    ask: &Ask<'_>,
    input: CreatePrivacyBudgetTemplateInput,
) -> Result<NewBudgetTemplate, Refused> {
    let CreatePrivacyBudgetTemplateInput {
        membership_identifier,
        auto_refresh,
        privacy_budget_type,
        parameters,
        tags,
    } = input;
    let membership = id(MEMBERSHIP, &membership_identifier)?;
    let offer = match (privacy_budget_type, parameters) {
        (
            PrivacyBudgetType::DifferentialPrivacy,
            PrivacyBudgetTemplateParametersInput::DifferentialPrivacy(it),
        ) => {
            let DifferentialPrivacyTemplateParametersInput { epsilon, users_noise_per_query } = it;
            let (epsilon, users_noise) = (number(epsilon), number(users_noise_per_query));
            Offer::Privacy { epsilon, users_noise }
        }
        (
            PrivacyBudgetType::AccessBudget,
            PrivacyBudgetTemplateParametersInput::AccessBudget(it),
        ) => {
            let AccessBudgetsPrivacyTemplateParametersInput { budget_parameters, resource_arn } =
                it;
            Offer::Access(own_table(ask, membership, &resource_arn)?, limits(budget_parameters))
        }
        (
            PrivacyBudgetType::AccessBudget | PrivacyBudgetType::DifferentialPrivacy,
            PrivacyBudgetTemplateParametersInput::AccessBudget(_)
            | PrivacyBudgetTemplateParametersInput::DifferentialPrivacy(_),
        ) => return Err(fault("parameters", "the parameters are not of the privacyBudgetType")),
    };
    Ok(NewBudgetTemplate {
        membership,
        auto_refresh: auto_refresh.map(|it| it.say()),
        offer,
        tags: tags.unwrap_or_default(),
    })
}

fn changed(parameters: PrivacyBudgetTemplateUpdateParameters) -> Result<OfferUpdate, Refused> {
    Ok(match parameters {
        PrivacyBudgetTemplateUpdateParameters::AccessBudget(it) => {
            let AccessBudgetsPrivacyTemplateUpdateParameters { budget_parameters } = it;
            OfferUpdate::Access(limits(budget_parameters))
        }
        PrivacyBudgetTemplateUpdateParameters::DifferentialPrivacy(it) => {
            let DifferentialPrivacyTemplateUpdateParameters { epsilon, users_noise_per_query } = it;
            if epsilon.is_none() && users_noise_per_query.is_none() {
                return Err(fault("parameters.differentialPrivacy", "there is nothing to change"));
            }
            OfferUpdate::Privacy {
                epsilon: epsilon.map(number),
                users_noise: users_noise_per_query.map(number),
            }
        }
    })
}

fn limits(parameters: Vec<BudgetParameter>) -> Vec<NewAccessLimit> {
    let limit = |BudgetParameter { r#type, budget, auto_refresh }| NewAccessLimit {
        period: r#type.say(),
        budget: number(budget),
        auto_refresh: auto_refresh.map(|it| it == AutoRefreshMode::Enabled),
    };
    parameters.into_iter().map(limit).collect()
}

/// A number that the model keeps from being negative.
fn number(it: i32) -> u32 {
    u32::try_from(it).unwrap_or(0)
}

/// The table of the caller that an ARN names.
fn own_table(
    ask: &Ask<'_>,
    membership: Id<Membership>,
    text: &str,
) -> Result<Id<Association>, Refused> {
    match table(ask, text)? {
        Arn { account, resource: Resource::Association(its, id), .. }
            if account == ask.caller().account && its == membership =>
        {
            Ok(id)
        }
        _ => Err(unknown(text)),
    }
}

/// The table that an ARN names.
fn table(ask: &Ask<'_>, text: &str) -> Result<Arn, Refused> {
    if text.contains("/intermediatetable/") {
        let message = "intermediate tables are not supported: name a configured table association";
        return Err(fault("resourceArn", message));
    }
    let here = |it: &Arn| *it.region == *ask.house.region;
    text.parse().ok().filter(here).ok_or_else(|| unknown(text))
}

fn unknown(arn: &str) -> Refused {
    let message = format!("resource {arn} was not found");
    Refused(ApiError::not_found(ResourceType::ConfiguredTableAssociation, arn, message))
}
