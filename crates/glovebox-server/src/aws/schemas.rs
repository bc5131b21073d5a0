//! Schemas: what members of a collaboration see of each other's tables.

use glovebox_aws_api::shapes::{
    AnalysisRule, AnalysisRulePolicy, AnalysisRulePolicyV1, AnalysisRuleType, AnalysisType, Column,
    ConfiguredTableAssociationSchemaTypeProperties, GetSchemaAnalysisRuleInput,
    GetSchemaAnalysisRuleOutput, GetSchemaInput, GetSchemaOutput, ListSchemasInput,
    ListSchemasOutput, Schema, SchemaStatus, SchemaStatusDetail, SchemaStatusReason,
    SchemaStatusReasonCode, SchemaSummary, SchemaType, SchemaTypeProperties,
};
use glovebox_model::{
    self as model, AdditionalAnalyses, Page, Resource, RuleKind, TableName, TableRule, WrittenRule,
};
use glovebox_room::{RuleType, SchemaRuleView, SchemaView};

use super::words::{Say as _, selected};
use super::{Ask, fault, id, rules, time};
use crate::errors::Refused;

pub(super) async fn get(ask: &Ask<'_>, input: GetSchemaInput) -> Result<GetSchemaOutput, Refused> {
    let GetSchemaInput { collaboration_identifier, name } = input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let view = ask.room().get_schema(ask.caller(), id, &table_name(&name)?).await?;
    Ok(GetSchemaOutput { schema: schema(ask, view) })
}

pub(super) async fn list(
    ask: &Ask<'_>,
    input: ListSchemasInput,
) -> Result<ListSchemasOutput, Refused> {
    let ListSchemasInput { collaboration_identifier, schema_type, next_token, max_results } = input;
    let scope = [collaboration_identifier.as_str(), schema_type.map_or("", |it| it.as_str())];
    let page = ask.page(&scope, next_token, max_results)?;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let of_type = schema_type.map(|it| match it {
        SchemaType::Table => glovebox_room::SchemaType::Table,
        SchemaType::IdMappingTable | SchemaType::IntermediateTable => {
            glovebox_room::SchemaType::Other
        }
    });
    let Page { items, next } = ask.room().list_schemas(ask.caller(), id, of_type, page).await?;
    Ok(ListSchemasOutput {
        schema_summaries: items.into_iter().map(|it| summary(ask, it)).collect(),
        next_token: ask.next(&scope, next),
    })
}

pub(super) async fn get_rule(
    ask: &Ask<'_>,
    input: GetSchemaAnalysisRuleInput,
) -> Result<GetSchemaAnalysisRuleOutput, Refused> {
    let GetSchemaAnalysisRuleInput { collaboration_identifier, name, r#type } = input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    // No table has a rule of the other types: they are not found, as in the real service.
    let of_type = match r#type {
        AnalysisRuleType::Aggregation => RuleType::Known(RuleKind::Aggregation),
        AnalysisRuleType::List => RuleType::Known(RuleKind::List),
        AnalysisRuleType::Custom | AnalysisRuleType::IdMappingTable => RuleType::Custom,
    };
    let name = table_name(&name)?;
    let view = ask.room().get_schema_analysis_rule(ask.caller(), id, &name, of_type).await?;
    Ok(GetSchemaAnalysisRuleOutput { analysis_rule: rule(view) })
}

fn table_name(text: &str) -> Result<TableName, Refused> {
    TableName::new(text).map_err(|bad| fault("name", bad.to_string()))
}

fn schema(ask: &Ask<'_>, view: SchemaView) -> Schema {
    let SchemaView {
        collaboration,
        association,
        columns: plain,
        partition_keys,
        method,
        selected_methods,
        rule,
        additional_analyses,
        updated,
    } = view;
    let arn = ask.arn(association.account, resource(&association)).in_schema();
    let collaboration_arn = collaboration_arn(ask, &collaboration);
    let id = association.id.to_string();
    Schema {
        columns: columns(plain),
        partition_keys: columns(partition_keys),
        analysis_rule_types: rule.into_iter().map(|it| it.say()).collect(),
        analysis_method: Some(method.say()),
        selected_analysis_methods: selected(selected_methods),
        creator_account_id: association.account.to_string(),
        name: association.name.to_string(),
        collaboration_id: collaboration.id.to_string(),
        collaboration_arn,
        description: association.description.unwrap_or_default(),
        create_time: time(association.created),
        update_time: time(updated),
        r#type: SchemaType::Table,
        schema_status_details: status(rule, additional_analyses),
        resource_arn: Some(arn),
        schema_type_properties: Some(SchemaTypeProperties::ConfiguredTableAssociation(
            ConfiguredTableAssociationSchemaTypeProperties { configured_table_association_id: id },
        )),
    }
}

fn columns(columns: Vec<model::Column>) -> Vec<Column> {
    let column = |it: model::Column| {
        let model::Column { name, kind } = it;
        Column { name: name.to_string(), r#type: kind.to_string() }
    };
    columns.into_iter().map(column).collect()
}

/// Whether the table can be analysed, directly and by further analyses. There are no further
/// analyses here, so they are never ready.
fn status(
    rule: Option<RuleKind>,
    additional: Option<AdditionalAnalyses>,
) -> Vec<SchemaStatusDetail> {
    let missing = || not_ready(SchemaStatusReasonCode::AnalysisRuleMissing);
    let (direct, further) = match (rule, additional) {
        (None, _) => (missing(), missing()),
        (Some(_), None) => {
            (None, not_ready(SchemaStatusReasonCode::AdditionalAnalysesNotConfigured))
        }
        (Some(_), Some(AdditionalAnalyses::NotAllowed)) => {
            (None, not_ready(SchemaStatusReasonCode::AdditionalAnalysesNotAllowed))
        }
        (Some(_), Some(AdditionalAnalyses::Allowed | AdditionalAnalyses::Required)) => {
            (None, not_ready(SchemaStatusReasonCode::CollaborationAnalysisRuleNotConfigured))
        }
    };
    let detail = |reason: Option<SchemaStatusReason>, analysis_type| SchemaStatusDetail {
        status: if reason.is_some() { SchemaStatus::NotReady } else { SchemaStatus::Ready },
        reasons: reason.map(|it| vec![it]),
        analysis_rule_type: rule.map(|it| it.say()),
        configurations: None,
        analysis_type,
    };
    vec![
        detail(direct, AnalysisType::DirectAnalysis),
        detail(further, AnalysisType::AdditionalAnalysis),
    ]
}

fn not_ready(code: SchemaStatusReasonCode) -> Option<SchemaStatusReason> {
    let message = match code {
        SchemaStatusReasonCode::AnalysisRuleMissing => "the configured table has no analysis rule",
        SchemaStatusReasonCode::AdditionalAnalysesNotAllowed => {
            "the analysis rule does not allow additional analyses"
        }
        SchemaStatusReasonCode::CollaborationAnalysisRuleNotConfigured => {
            "the table has no collaboration analysis rule"
        }
        _ => "the analysis rule says nothing of additional analyses",
    };
    Some(SchemaStatusReason { code, message: message.to_owned() })
}

fn summary(ask: &Ask<'_>, view: SchemaView) -> SchemaSummary {
    let SchemaView { collaboration, association, method, selected_methods, rule, updated, .. } =
        view;
    SchemaSummary {
        name: association.name.to_string(),
        r#type: SchemaType::Table,
        creator_account_id: association.account.to_string(),
        create_time: time(association.created),
        update_time: time(updated),
        collaboration_id: collaboration.id.to_string(),
        collaboration_arn: collaboration_arn(ask, &collaboration),
        analysis_rule_types: rule.into_iter().map(|it| it.say()).collect(),
        analysis_method: Some(method.say()),
        resource_arn: Some(ask.arn(association.account, resource(&association)).in_schema()),
        selected_analysis_methods: selected(selected_methods),
    }
}

fn rule(view: SchemaRuleView) -> AnalysisRule {
    let SchemaRuleView { association, rule } = view;
    let TableRule { table: _, written, created, updated, version: _ } = rule;
    let of_type = written.kind().say();
    let policy = match written {
        WrittenRule::Aggregation(it) => {
            AnalysisRulePolicyV1::Aggregation(rules::aggregation_of(it))
        }
        WrittenRule::List(it) => AnalysisRulePolicyV1::List(rules::list_of(it)),
    };
    AnalysisRule {
        collaboration_id: association.collaboration.to_string(),
        r#type: of_type,
        name: association.name.to_string(),
        create_time: time(created),
        update_time: time(updated),
        policy: AnalysisRulePolicy::V1(policy),
        collaboration_policy: None,
        consolidated_policy: None,
    }
}

fn collaboration_arn(ask: &Ask<'_>, collaboration: &model::Collaboration) -> String {
    ask.arn(collaboration.creator, Resource::Collaboration(collaboration.id)).to_string()
}

fn resource(association: &model::Association) -> Resource {
    Resource::Association(association.membership, association.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_rule_nothing_is_ready_and_with_one_direct_analysis_is() {
        let statuses = |rule, additional| -> Vec<(SchemaStatus, Option<&str>)> {
            let details = status(rule, additional).into_iter();
            details
                .map(|it| {
                    (it.status, it.reasons.and_then(|it| it.first().map(|it| it.code.as_str())))
                })
                .collect()
        };
        let missing = (SchemaStatus::NotReady, Some("ANALYSIS_RULE_MISSING"));
        assert_eq!(statuses(None, None), [missing, missing]);
        assert_eq!(
            statuses(Some(RuleKind::List), None),
            [
                (SchemaStatus::Ready, None),
                (SchemaStatus::NotReady, Some("ADDITIONAL_ANALYSES_NOT_CONFIGURED")),
            ]
        );
    }
}
