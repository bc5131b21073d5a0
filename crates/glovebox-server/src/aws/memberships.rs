//! Memberships.

use glovebox_aws_api::shapes::{
    CreateMembershipInput, CreateMembershipOutput, DeleteMembershipInput, DeleteMembershipOutput,
    GetMembershipInput, GetMembershipOutput, ListMembershipsInput, ListMembershipsOutput,
    Membership, MembershipJobLogStatus, MembershipProtectedQueryOutputConfiguration,
    MembershipProtectedQueryResultConfiguration, MembershipQueryLogStatus, MembershipSummary,
    UpdateMembershipInput, UpdateMembershipOutput,
};
use glovebox_model::{self as model, DefaultResult, MembershipTerms, Page, Resource};
use glovebox_room::{MembershipUpdate, MembershipView, NewMembership};

use super::collaborations::ml_abilities;
use super::words::Say as _;
use super::{Ask, fault, id, output, payments, time};
use crate::errors::Refused;

pub(super) async fn create(
    ask: &Ask<'_>,
    input: CreateMembershipInput,
) -> Result<CreateMembershipOutput, Refused> {
    let view = ask.room().create_membership(ask.caller(), new(input)?).await?;
    Ok(CreateMembershipOutput { membership: membership(ask, view) })
}

pub(super) async fn get(
    ask: &Ask<'_>,
    input: GetMembershipInput,
) -> Result<GetMembershipOutput, Refused> {
    let GetMembershipInput { membership_identifier } = input;
    let id = id("membershipIdentifier", &membership_identifier)?;
    let view = ask.room().get_membership(ask.caller(), id).await?;
    Ok(GetMembershipOutput { membership: membership(ask, view) })
}

pub(super) async fn list(
    ask: &Ask<'_>,
    input: ListMembershipsInput,
) -> Result<ListMembershipsOutput, Refused> {
    let ListMembershipsInput { next_token, max_results, status } = input;
    let scope = [status.map_or("", |it| it.as_str())];
    let page = ask.page(&scope, next_token, max_results)?;
    let status = status.map(|it| it.say());
    let Page { items, next } = ask.room().list_memberships(ask.caller(), status, page).await?;
    Ok(ListMembershipsOutput {
        next_token: ask.next(&scope, next),
        membership_summaries: items.into_iter().map(|it| summary(ask, it)).collect(),
    })
}

pub(super) async fn update(
    ask: &Ask<'_>,
    input: UpdateMembershipInput,
) -> Result<UpdateMembershipOutput, Refused> {
    let UpdateMembershipInput {
        membership_identifier,
        query_log_status,
        job_log_status,
        default_result_configuration,
        default_job_result_configuration,
        membership_payment_configuration,
    } = input;
    if default_job_result_configuration.is_some() {
        let message = "protected jobs are not supported yet: leave it out";
        return Err(fault("defaultJobResultConfiguration", message));
    }
    let id = id("membershipIdentifier", &membership_identifier)?;
    let (says_query_compute, payment) = match membership_payment_configuration {
        Some(it) => (it.query_compute.is_some(), Some(payments::agreed_anew(it))),
        None => (false, None),
    };
    let update = MembershipUpdate {
        query_log: query_log_status.map(|it| it == MembershipQueryLogStatus::Enabled),
        job_log: job_log_status.map(|it| it == MembershipJobLogStatus::Enabled),
        default_result: default_result_configuration.map(default_result),
        payment,
        says_query_compute,
    };
    let view = ask.room().update_membership(ask.caller(), id, update).await?;
    Ok(UpdateMembershipOutput { membership: membership(ask, view) })
}

pub(super) async fn delete(
    ask: &Ask<'_>,
    input: DeleteMembershipInput,
) -> Result<DeleteMembershipOutput, Refused> {
    let DeleteMembershipInput { membership_identifier } = input;
    let id = id("membershipIdentifier", &membership_identifier)?;
    ask.room().delete_membership(ask.caller(), id).await?;
    Ok(DeleteMembershipOutput {})
}

fn new(input: CreateMembershipInput) -> Result<NewMembership, Refused> {
    let CreateMembershipInput {
        collaboration_identifier,
        query_log_status,
        job_log_status,
        tags,
        default_result_configuration,
        default_job_result_configuration,
        payment_configuration,
        is_metrics_enabled,
    } = input;
    if default_job_result_configuration.is_some() {
        let message = "protected jobs are not supported yet: leave it out";
        return Err(fault("defaultJobResultConfiguration", message));
    }
    Ok(NewMembership {
        collaboration: id("collaborationIdentifier", &collaboration_identifier)?,
        query_log: query_log_status == MembershipQueryLogStatus::Enabled,
        job_log: job_log_status == Some(MembershipJobLogStatus::Enabled),
        default_result: default_result_configuration.map(default_result),
        payment: payment_configuration.map(payments::agreed),
        metrics: is_metrics_enabled.unwrap_or(false),
        tags: tags.unwrap_or_default(),
    })
}

fn default_result(configuration: MembershipProtectedQueryResultConfiguration) -> DefaultResult {
    let MembershipProtectedQueryResultConfiguration { output_configuration, role_arn } =
        configuration;
    let MembershipProtectedQueryOutputConfiguration::S3(s3) = output_configuration;
    DefaultResult { output: output::of_wire(s3), role_arn }
}

fn default_configuration(default: DefaultResult) -> MembershipProtectedQueryResultConfiguration {
    let DefaultResult { output, role_arn } = default;
    let s3 = output::to_wire(output);
    let output_configuration = MembershipProtectedQueryOutputConfiguration::S3(s3);
    MembershipProtectedQueryResultConfiguration { output_configuration, role_arn }
}

fn membership(ask: &Ask<'_>, view: MembershipView) -> Membership {
    let MembershipView { membership, collaboration, member } = view;
    let model::Membership { id, account, terms, status, created, updated, .. } = membership;
    // Intervals are no word of AWS: the native API shows them.
    let MembershipTerms { query_log, job_log, default_result, payment, metrics, intervals: _ } =
        terms;
    Membership {
        id: id.to_string(),
        arn: ask.arn(account, Resource::Membership(id)).to_string(),
        collaboration_arn: collaboration_arn(ask, &collaboration),
        collaboration_id: collaboration.id.to_string(),
        collaboration_creator_account_id: collaboration.creator.to_string(),
        collaboration_creator_display_name: collaboration.terms.creator_display_name,
        collaboration_name: collaboration.terms.name,
        create_time: time(created),
        update_time: time(updated),
        status: status.say(),
        member_abilities: member.terms.abilities.say(),
        ml_member_abilities: ml_abilities(member.terms.ml_abilities),
        query_log_status: match query_log {
            true => MembershipQueryLogStatus::Enabled,
            false => MembershipQueryLogStatus::Disabled,
        },
        job_log_status: Some(match job_log {
            true => MembershipJobLogStatus::Enabled,
            false => MembershipJobLogStatus::Disabled,
        }),
        default_result_configuration: default_result.map(default_configuration),
        default_job_result_configuration: None,
        payment_configuration: payments::of_membership(payment),
        is_metrics_enabled: Some(metrics),
    }
}

fn summary(ask: &Ask<'_>, view: MembershipView) -> MembershipSummary {
    let MembershipView { membership, collaboration, member } = view;
    let model::Membership { id, account, terms, status, created, updated, .. } = membership;
    MembershipSummary {
        id: id.to_string(),
        arn: ask.arn(account, Resource::Membership(id)).to_string(),
        collaboration_arn: collaboration_arn(ask, &collaboration),
        collaboration_id: collaboration.id.to_string(),
        collaboration_creator_account_id: collaboration.creator.to_string(),
        collaboration_creator_display_name: collaboration.terms.creator_display_name,
        collaboration_name: collaboration.terms.name,
        create_time: time(created),
        update_time: time(updated),
        status: status.say(),
        member_abilities: member.terms.abilities.say(),
        ml_member_abilities: ml_abilities(member.terms.ml_abilities),
        payment_configuration: payments::of_membership(terms.payment),
    }
}

fn collaboration_arn(ask: &Ask<'_>, collaboration: &model::Collaboration) -> String {
    ask.arn(collaboration.creator, Resource::Collaboration(collaboration.id)).to_string()
}
