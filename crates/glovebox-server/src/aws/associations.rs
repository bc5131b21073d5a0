//! Tables brought into collaborations.

use glovebox_aws_api::shapes::{
    ConfiguredTableAssociation, ConfiguredTableAssociationAnalysisRuleType,
    ConfiguredTableAssociationSummary, CreateConfiguredTableAssociationInput,
    CreateConfiguredTableAssociationOutput, DeleteConfiguredTableAssociationInput,
    DeleteConfiguredTableAssociationOutput, GetConfiguredTableAssociationInput,
    GetConfiguredTableAssociationOutput, ListConfiguredTableAssociationsInput,
    ListConfiguredTableAssociationsOutput, UpdateConfiguredTableAssociationInput,
    UpdateConfiguredTableAssociationOutput,
};
use glovebox_model::{Association, Page, Resource, RuleKind, TableName};
use glovebox_room::{AssociationView, NewAssociation};

use super::words::Say as _;
use super::{Ask, fault, id, time};
use crate::errors::Refused;

pub(super) async fn create(
    ask: &Ask<'_>,
    input: CreateConfiguredTableAssociationInput,
) -> Result<CreateConfiguredTableAssociationOutput, Refused> {
    let made = ask.room().create_configured_table_association(ask.caller(), new(input)?).await?;
    let made = AssociationView { association: made, rule: None };
    let configured_table_association = association(ask, made);
    Ok(CreateConfiguredTableAssociationOutput { configured_table_association })
}

pub(super) async fn get(
    ask: &Ask<'_>,
    input: GetConfiguredTableAssociationInput,
) -> Result<GetConfiguredTableAssociationOutput, Refused> {
    let GetConfiguredTableAssociationInput {
        configured_table_association_identifier,
        membership_identifier,
    } = input;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id(IDENTIFIER, &configured_table_association_identifier)?;
    let found = ask.room().get_configured_table_association(ask.caller(), membership, id).await?;
    let configured_table_association = association(ask, found);
    Ok(GetConfiguredTableAssociationOutput { configured_table_association })
}

pub(super) async fn list(
    ask: &Ask<'_>,
    input: ListConfiguredTableAssociationsInput,
) -> Result<ListConfiguredTableAssociationsOutput, Refused> {
    let ListConfiguredTableAssociationsInput { membership_identifier, next_token, max_results } =
        input;
    let scope = [membership_identifier.as_str()];
    let page = ask.page(&scope, next_token, max_results)?;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let listed =
        ask.room().list_configured_table_associations(ask.caller(), membership, page).await?;
    let Page { items, next } = listed;
    Ok(ListConfiguredTableAssociationsOutput {
        configured_table_association_summaries: items.iter().map(|it| summary(ask, it)).collect(),
        next_token: ask.next(&scope, next),
    })
}

pub(super) async fn update(
    ask: &Ask<'_>,
    input: UpdateConfiguredTableAssociationInput,
) -> Result<UpdateConfiguredTableAssociationOutput, Refused> {
    let UpdateConfiguredTableAssociationInput {
        configured_table_association_identifier,
        membership_identifier,
        description,
        role_arn,
    } = input;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id(IDENTIFIER, &configured_table_association_identifier)?;
    let room = ask.room();
    let made = room.update_configured_table_association(
        ask.caller(),
        membership,
        id,
        description,
        role_arn,
    );
    let configured_table_association = association(ask, made.await?);
    Ok(UpdateConfiguredTableAssociationOutput { configured_table_association })
}

pub(super) async fn delete(
    ask: &Ask<'_>,
    input: DeleteConfiguredTableAssociationInput,
) -> Result<DeleteConfiguredTableAssociationOutput, Refused> {
    let DeleteConfiguredTableAssociationInput {
        configured_table_association_identifier,
        membership_identifier,
    } = input;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id(IDENTIFIER, &configured_table_association_identifier)?;
    ask.room().delete_configured_table_association(ask.caller(), membership, id).await?;
    Ok(DeleteConfiguredTableAssociationOutput {})
}

const IDENTIFIER: &str = "configuredTableAssociationIdentifier";

fn new(input: CreateConfiguredTableAssociationInput) -> Result<NewAssociation, Refused> {
    let CreateConfiguredTableAssociationInput {
        name,
        description,
        membership_identifier,
        configured_table_identifier,
        role_arn,
        tags,
    } = input;
    Ok(NewAssociation {
        membership: id("membershipIdentifier", &membership_identifier)?,
        table: id("configuredTableIdentifier", &configured_table_identifier)?,
        name: TableName::new(&name).map_err(|bad| fault("name", bad.to_string()))?,
        description,
        role_arn,
        tags: tags.unwrap_or_default(),
    })
}

fn association(ask: &Ask<'_>, view: AssociationView) -> ConfiguredTableAssociation {
    let AssociationView { association, rule } = view;
    let arn = ask.arn(association.account, resource(&association)).to_string();
    let Association {
        id,
        collaboration: _,
        account,
        membership,
        table,
        name,
        description,
        role_arn,
        receivers: _,
        created,
        updated,
        version: _,
    } = association;
    ConfiguredTableAssociation {
        arn,
        id: id.to_string(),
        configured_table_id: table.to_string(),
        configured_table_arn: ask.arn(account, Resource::ConfiguredTable(table)).to_string(),
        membership_id: membership.to_string(),
        membership_arn: ask.arn(account, Resource::Membership(membership)).to_string(),
        role_arn,
        name: name.to_string(),
        description,
        analysis_rule_types: types(rule),
        create_time: time(created),
        update_time: time(updated),
        child_resources: None,
    }
}

fn summary(ask: &Ask<'_>, view: &AssociationView) -> ConfiguredTableAssociationSummary {
    let AssociationView { association, rule } = view;
    let Association { id, account, membership, table, name, created, updated, .. } = association;
    ConfiguredTableAssociationSummary {
        configured_table_id: table.to_string(),
        membership_id: membership.to_string(),
        membership_arn: ask.arn(*account, Resource::Membership(*membership)).to_string(),
        name: name.to_string(),
        create_time: time(*created),
        update_time: time(*updated),
        id: id.to_string(),
        arn: ask.arn(*account, resource(association)).to_string(),
        analysis_rule_types: types(*rule),
    }
}

fn types(rule: Option<RuleKind>) -> Option<Vec<ConfiguredTableAssociationAnalysisRuleType>> {
    rule.map(|it| vec![it.say()])
}

fn resource(association: &Association) -> Resource {
    Resource::Association(association.membership, association.id)
}
