//! Collaborations and their members.

use glovebox_aws_api::shapes::{
    AnalyticsEngine, AutoApprovedChangeType, Collaboration, CollaborationJobLogStatus,
    CollaborationQueryLogStatus, CollaborationSummary, CreateCollaborationInput,
    CreateCollaborationOutput, DataEncryptionMetadata, DeleteCollaborationInput,
    DeleteCollaborationOutput, DeleteMemberInput, DeleteMemberOutput, GetCollaborationInput,
    GetCollaborationOutput, ListCollaborationsInput, ListCollaborationsOutput, ListMembersInput,
    ListMembersOutput, MLMemberAbilities, MemberSpecification, MemberSummary, SupportedS3Region,
    UpdateCollaborationInput, UpdateCollaborationOutput,
};
use glovebox_model::{self as model, CollaborationTerms, EncryptionMetadata, MemberTerms, Page};
use glovebox_room::{CollaborationUpdate, CollaborationView, NewCollaboration, NewMember};

use super::words::Say as _;
use super::{Ask, account, id, payments, time};
use crate::errors::Refused;

pub(super) async fn create(
    ask: &Ask<'_>,
    input: CreateCollaborationInput,
) -> Result<CreateCollaborationOutput, Refused> {
    let view = ask.room().create_collaboration(ask.caller(), new(input)?).await?;
    Ok(CreateCollaborationOutput { collaboration: collaboration(ask, view) })
}

pub(super) async fn get(
    ask: &Ask<'_>,
    input: GetCollaborationInput,
) -> Result<GetCollaborationOutput, Refused> {
    let GetCollaborationInput { collaboration_identifier } = input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let view = ask.room().get_collaboration(ask.caller(), id).await?;
    Ok(GetCollaborationOutput { collaboration: collaboration(ask, view) })
}

pub(super) async fn list(
    ask: &Ask<'_>,
    input: ListCollaborationsInput,
) -> Result<ListCollaborationsOutput, Refused> {
    let ListCollaborationsInput { next_token, max_results, member_status } = input;
    let scope = [member_status.map_or("", |it| it.as_str())];
    let page = ask.page(&scope, next_token, max_results)?;
    let status = member_status.map(|it| it.say());
    let Page { items, next } = ask.room().list_collaborations(ask.caller(), status, page).await?;
    Ok(ListCollaborationsOutput {
        next_token: ask.next(&scope, next),
        collaboration_list: items.into_iter().map(|it| summary(ask, it)).collect(),
    })
}

pub(super) async fn update(
    ask: &Ask<'_>,
    input: UpdateCollaborationInput,
) -> Result<UpdateCollaborationOutput, Refused> {
    let UpdateCollaborationInput { collaboration_identifier, name, description, analytics_engine } =
        input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let legacy_engine = analytics_engine == Some(AnalyticsEngine::CleanRoomsSql);
    let update = CollaborationUpdate { name, description, legacy_engine };
    let view = ask.room().update_collaboration(ask.caller(), id, update).await?;
    Ok(UpdateCollaborationOutput { collaboration: collaboration(ask, view) })
}

pub(super) async fn delete_member(
    ask: &Ask<'_>,
    input: DeleteMemberInput,
) -> Result<DeleteMemberOutput, Refused> {
    let DeleteMemberInput { collaboration_identifier, account_id } = input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let account = account("accountId", &account_id)?;
    ask.room().delete_member(ask.caller(), id, account).await?;
    Ok(DeleteMemberOutput {})
}

pub(super) async fn delete(
    ask: &Ask<'_>,
    input: DeleteCollaborationInput,
) -> Result<DeleteCollaborationOutput, Refused> {
    let DeleteCollaborationInput { collaboration_identifier } = input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    ask.room().delete_collaboration(ask.caller(), id).await?;
    Ok(DeleteCollaborationOutput {})
}

pub(super) async fn members(
    ask: &Ask<'_>,
    input: ListMembersInput,
) -> Result<ListMembersOutput, Refused> {
    let ListMembersInput { collaboration_identifier, next_token, max_results } = input;
    let scope = [collaboration_identifier.as_str()];
    let page = ask.page(&scope, next_token, max_results)?;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let Page { items, next } = ask.room().list_members(ask.caller(), id, page).await?;
    Ok(ListMembersOutput {
        next_token: ask.next(&scope, next),
        member_summaries: items.into_iter().map(|it| member(ask, it)).collect(),
    })
}

fn new(input: CreateCollaborationInput) -> Result<NewCollaboration, Refused> {
    let CreateCollaborationInput {
        members,
        name,
        description,
        creator_member_abilities,
        creator_ml_member_abilities,
        creator_display_name,
        data_encryption_metadata,
        query_log_status,
        job_log_status,
        tags,
        creator_payment_configuration,
        analytics_engine,
        auto_approved_change_request_types,
        allowed_result_regions,
        is_metrics_enabled,
    } = input;
    let members = members.into_iter().enumerate().map(|(index, it)| new_member(index, it));
    let words = |texts: Vec<&'static str>| texts.into_iter().map(str::to_owned).collect();
    Ok(NewCollaboration {
        name,
        description,
        creator: NewMember {
            display_name: creator_display_name,
            abilities: creator_member_abilities.say(),
            ml_abilities: ml(creator_ml_member_abilities),
            payment: creator_payment_configuration.map(payments::asked),
        },
        members: members.collect::<Result<_, _>>()?,
        encryption: data_encryption_metadata.map(encryption),
        query_log: query_log_status == CollaborationQueryLogStatus::Enabled,
        job_log: job_log_status == Some(CollaborationJobLogStatus::Enabled),
        auto_approved_changes: words(
            auto_approved_change_request_types.iter().flatten().map(|it| it.as_str()).collect(),
        ),
        allowed_result_regions: words(
            allowed_result_regions.iter().flatten().map(|it| it.as_str()).collect(),
        ),
        metrics: is_metrics_enabled.unwrap_or(false),
        legacy_engine: analytics_engine == Some(AnalyticsEngine::CleanRoomsSql),
        tags: tags.unwrap_or_default(),
    })
}

fn new_member(
    index: usize,
    member: MemberSpecification,
) -> Result<(model::AccountId, NewMember), Refused> {
    let MemberSpecification {
        account_id,
        member_abilities,
        ml_member_abilities,
        display_name,
        payment_configuration,
    } = member;
    let who = account(&format!("members[{index}].accountId"), &account_id)?;
    let member = NewMember {
        display_name,
        abilities: member_abilities.say(),
        ml_abilities: ml(ml_member_abilities),
        payment: payment_configuration.map(payments::asked),
    };
    Ok((who, member))
}

fn ml(abilities: Option<MLMemberAbilities>) -> Vec<model::MlAbility> {
    abilities.map(|it| it.custom_ml_member_abilities.say()).unwrap_or_default()
}

/// Absent when there are none.
pub(super) fn ml_abilities(abilities: Vec<model::MlAbility>) -> Option<MLMemberAbilities> {
    let custom_ml_member_abilities = abilities.say();
    Some(MLMemberAbilities { custom_ml_member_abilities })
        .filter(|it| !it.custom_ml_member_abilities.is_empty())
}

fn encryption(metadata: DataEncryptionMetadata) -> EncryptionMetadata {
    let DataEncryptionMetadata {
        allow_cleartext,
        allow_duplicates,
        allow_joins_on_columns_with_different_names,
        preserve_nulls,
    } = metadata;
    EncryptionMetadata {
        allow_cleartext,
        allow_duplicates,
        allow_joins_on_columns_with_different_names,
        preserve_nulls,
    }
}

fn encryption_metadata(metadata: EncryptionMetadata) -> DataEncryptionMetadata {
    let EncryptionMetadata {
        allow_cleartext,
        allow_duplicates,
        allow_joins_on_columns_with_different_names,
        preserve_nulls,
    } = metadata;
    DataEncryptionMetadata {
        allow_cleartext,
        allow_duplicates,
        allow_joins_on_columns_with_different_names,
        preserve_nulls,
    }
}

fn collaboration(ask: &Ask<'_>, view: CollaborationView) -> Collaboration {
    let CollaborationView { collaboration, member_status, membership } = view;
    let model::Collaboration { id, creator, terms, deleted: _, created, updated, version: _ } =
        collaboration;
    let CollaborationTerms {
        name,
        description,
        creator_display_name,
        encryption,
        query_log,
        job_log,
        auto_approved_changes,
        allowed_result_regions,
        metrics,
    } = terms;
    let changes =
        auto_approved_changes.iter().filter_map(|it| AutoApprovedChangeType::from_text(it));
    Collaboration {
        id: id.to_string(),
        arn: ask.arn(creator, model::Resource::Collaboration(id)).to_string(),
        name,
        description,
        creator_account_id: creator.to_string(),
        creator_display_name,
        create_time: time(created),
        update_time: time(updated),
        member_status: member_status.say(),
        membership_id: membership.map(|it| it.to_string()),
        membership_arn: membership.map(|it| own_membership(ask, it)),
        data_encryption_metadata: encryption.map(encryption_metadata),
        query_log_status: match query_log {
            true => CollaborationQueryLogStatus::Enabled,
            false => CollaborationQueryLogStatus::Disabled,
        },
        job_log_status: Some(match job_log {
            true => CollaborationJobLogStatus::Enabled,
            false => CollaborationJobLogStatus::Disabled,
        }),
        analytics_engine: Some(AnalyticsEngine::Spark),
        auto_approved_change_types: Some(changes.collect::<Vec<_>>()).filter(|it| !it.is_empty()),
        allowed_result_regions: regions(ask, &allowed_result_regions),
        is_metrics_enabled: Some(metrics),
    }
}

/// Without a choice of the creator, the region of the house, as the real service fills it in.
fn regions(ask: &Ask<'_>, chosen: &[String]) -> Option<Vec<SupportedS3Region>> {
    let house = [ask.house.region.to_string()];
    let names = if chosen.is_empty() { &house[..] } else { chosen };
    let known = names.iter().filter_map(|it| SupportedS3Region::from_text(it));
    Some(known.collect::<Vec<_>>()).filter(|it| !it.is_empty())
}

fn own_membership(ask: &Ask<'_>, id: model::Id<model::Membership>) -> String {
    ask.arn(ask.caller().account, model::Resource::Membership(id)).to_string()
}

fn summary(ask: &Ask<'_>, view: CollaborationView) -> CollaborationSummary {
    let CollaborationView { collaboration, member_status, membership } = view;
    let model::Collaboration { id, creator, terms, created, updated, .. } = collaboration;
    CollaborationSummary {
        id: id.to_string(),
        arn: ask.arn(creator, model::Resource::Collaboration(id)).to_string(),
        name: terms.name,
        creator_account_id: creator.to_string(),
        creator_display_name: terms.creator_display_name,
        create_time: time(created),
        update_time: time(updated),
        member_status: member_status.say(),
        membership_id: membership.map(|it| it.to_string()),
        membership_arn: membership.map(|it| own_membership(ask, it)),
        analytics_engine: Some(AnalyticsEngine::Spark),
    }
}

fn member(ask: &Ask<'_>, member: model::Member) -> MemberSummary {
    let model::Member {
        collaboration: _,
        account,
        terms,
        status,
        membership,
        created,
        updated,
        version: _,
    } = member;
    let MemberTerms { display_name, abilities, ml_abilities: ml, payment } = terms;
    let arn = |id| ask.arn(account, model::Resource::Membership(id)).to_string();
    MemberSummary {
        account_id: account.to_string(),
        status: status.say(),
        display_name,
        abilities: abilities.say(),
        ml_abilities: ml_abilities(ml),
        create_time: time(created),
        update_time: time(updated),
        membership_id: membership.map(|it| it.to_string()),
        membership_arn: membership.map(arn),
        payment_configuration: payments::of_member(payment),
    }
}
