//! Change requests of collaborations.

use std::collections::BTreeMap;

use glovebox_aws_api::shapes::{
    ApprovalStatusDetails, Change, ChangeInput, ChangeSpecification, ChangeSpecificationType,
    CollaborationChangeRequest, CollaborationChangeRequestSummary,
    CollaborationChangeSpecification, CreateCollaborationChangeRequestInput,
    CreateCollaborationChangeRequestOutput, GetCollaborationChangeRequestInput,
    GetCollaborationChangeRequestOutput, ListCollaborationChangeRequestsInput,
    ListCollaborationChangeRequestsOutput, MemberChangeSpecification,
    UpdateCollaborationChangeRequestInput, UpdateCollaborationChangeRequestOutput,
};
use glovebox_model::{self as model, ChangeType, Page};
use glovebox_room::NewChange;

use super::collaborations::ml_abilities;
use super::words::{Say as _, auto_approved};
use super::{Ask, account, fault, id, payments, time};
use crate::errors::Refused;

pub(super) async fn create(
    ask: &Ask<'_>,
    input: CreateCollaborationChangeRequestInput,
) -> Result<CreateCollaborationChangeRequestOutput, Refused> {
    let CreateCollaborationChangeRequestInput { collaboration_identifier, changes } = input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let asked = changes.into_iter().enumerate().map(|(index, it)| wanted(index, it));
    let asked = asked.collect::<Result<_, _>>()?;
    let made = ask.room().create_change_request(ask.caller(), id, asked).await?;
    Ok(CreateCollaborationChangeRequestOutput { collaboration_change_request: request(made) })
}

pub(super) async fn get(
    ask: &Ask<'_>,
    input: GetCollaborationChangeRequestInput,
) -> Result<GetCollaborationChangeRequestOutput, Refused> {
    let GetCollaborationChangeRequestInput { collaboration_identifier, change_request_identifier } =
        input;
    let collaboration = id("collaborationIdentifier", &collaboration_identifier)?;
    let id = id("changeRequestIdentifier", &change_request_identifier)?;
    let found = ask.room().get_change_request(ask.caller(), collaboration, id).await?;
    Ok(GetCollaborationChangeRequestOutput { collaboration_change_request: request(found) })
}

pub(super) async fn list(
    ask: &Ask<'_>,
    input: ListCollaborationChangeRequestsInput,
) -> Result<ListCollaborationChangeRequestsOutput, Refused> {
    let ListCollaborationChangeRequestsInput {
        collaboration_identifier,
        status,
        next_token,
        max_results,
    } = input;
    let scope = [collaboration_identifier.as_str(), status.map_or("", |it| it.as_str())];
    let page = ask.page(&scope, next_token, max_results)?;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let status = status.map(|it| it.say());
    let Page { items, next } =
        ask.room().list_change_requests(ask.caller(), id, status, page).await?;
    Ok(ListCollaborationChangeRequestsOutput {
        collaboration_change_request_summaries: items.into_iter().map(summary).collect(),
        next_token: ask.next(&scope, next),
    })
}

pub(super) async fn update(
    ask: &Ask<'_>,
    input: UpdateCollaborationChangeRequestInput,
) -> Result<UpdateCollaborationChangeRequestOutput, Refused> {
    let UpdateCollaborationChangeRequestInput {
        collaboration_identifier,
        change_request_identifier,
        action,
    } = input;
    let collaboration = id("collaborationIdentifier", &collaboration_identifier)?;
    let id = id("changeRequestIdentifier", &change_request_identifier)?;
    let action = action.say();
    let made = ask.room().update_change_request(ask.caller(), collaboration, id, action).await?;
    Ok(UpdateCollaborationChangeRequestOutput { collaboration_change_request: request(made) })
}

fn wanted(index: usize, change: ChangeInput) -> Result<NewChange, Refused> {
    let ChangeInput { specification_type, specification } = change;
    match (specification_type, specification) {
        (ChangeSpecificationType::Member, ChangeSpecification::Member(it)) => {
            let MemberChangeSpecification {
                account_id,
                member_abilities,
                ml_member_abilities,
                payment_configuration,
                display_name,
            } = it;
            let name = format!("changes[{index}].specification.member.accountId");
            let change = model::MemberChange {
                account: account(&name, &account_id)?,
                abilities: member_abilities.say(),
                ml_abilities: ml_member_abilities.map(|it| it.custom_ml_member_abilities.say()),
                payment: None,
                display_name,
            };
            Ok(NewChange::Member(change, payment_configuration.map(payments::asked)))
        }
        (ChangeSpecificationType::Collaboration, ChangeSpecification::Collaboration(it)) => {
            let CollaborationChangeSpecification { auto_approved_change_types } = it;
            let name =
                format!("changes[{index}].specification.collaboration.autoApprovedChangeTypes");
            let types = auto_approved_change_types
                .ok_or_else(|| fault(&name, "say which types of change need no approval"))?;
            Ok(NewChange::AutoApproved(types.say()))
        }
        (ChangeSpecificationType::Member | ChangeSpecificationType::Collaboration, _) => {
            let name = format!("changes[{index}].specification");
            Err(fault(&name, "the specification is not of the specificationType"))
        }
    }
}

fn change(change: model::Change) -> Change {
    let model::Change { specification, types } = change;
    let (specification_type, specification) = match specification {
        model::ChangeSpecification::Member(it) => {
            let model::MemberChange { account, abilities, ml_abilities: ml, payment, display_name } =
                it;
            let member = MemberChangeSpecification {
                account_id: account.to_string(),
                member_abilities: abilities.say(),
                ml_member_abilities: ml.and_then(ml_abilities),
                payment_configuration: payment.map(payments::of_member),
                display_name,
            };
            (ChangeSpecificationType::Member, ChangeSpecification::Member(member))
        }
        model::ChangeSpecification::AutoApproved(types) => {
            let types = types.into_iter().filter_map(auto_approved).collect();
            let collaboration =
                CollaborationChangeSpecification { auto_approved_change_types: Some(types) };
            let specification = ChangeSpecification::Collaboration(collaboration);
            (ChangeSpecificationType::Collaboration, specification)
        }
    };
    let types: Vec<ChangeType> = types.into_iter().collect();
    Change { specification_type, specification, types: types.say() }
}

fn approvals(parts: &model::ChangeRequestParts) -> Option<BTreeMap<String, ApprovalStatusDetails>> {
    let said = parts.approvals.iter();
    let said = said
        .map(|(account, it)| (account.to_string(), ApprovalStatusDetails { status: (*it).say() }));
    Some(said.collect::<BTreeMap<_, _>>()).filter(|it| !it.is_empty())
}

fn request(request: model::ChangeRequest) -> CollaborationChangeRequest {
    let approvals = approvals(&request.parts);
    CollaborationChangeRequest {
        id: request.id.to_string(),
        collaboration_id: request.collaboration.to_string(),
        create_time: time(request.created),
        update_time: time(request.updated),
        status: request.status.say(),
        is_auto_approved: request.parts.auto_approved,
        changes: request.parts.changes.into_iter().map(change).collect(),
        approvals,
    }
}

fn summary(asked: model::ChangeRequest) -> CollaborationChangeRequestSummary {
    let CollaborationChangeRequest {
        id,
        collaboration_id,
        create_time,
        update_time,
        status,
        is_auto_approved,
        changes,
        approvals,
    } = request(asked);
    CollaborationChangeRequestSummary {
        id,
        collaboration_id,
        create_time,
        update_time,
        status,
        is_auto_approved,
        changes,
        approvals,
    }
}
