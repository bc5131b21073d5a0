//! Schemas: what members of a collaboration see of each other's tables.

use std::collections::BTreeSet;

use glovebox_aws_api::shapes::{
    AnalysisRule, AnalysisRulePolicy, AnalysisRulePolicyV1, AnalysisType,
    BatchGetSchemaAnalysisRuleError, BatchGetSchemaAnalysisRuleInput,
    BatchGetSchemaAnalysisRuleOutput, BatchGetSchemaError, BatchGetSchemaInput,
    BatchGetSchemaOutput, Column, ConfiguredTableAssociationSchemaTypeProperties,
    ConsolidatedPolicy, GetSchemaAnalysisRuleInput, GetSchemaAnalysisRuleOutput, GetSchemaInput,
    GetSchemaOutput, ListSchemasInput, ListSchemasOutput, Schema, SchemaAnalysisRuleRequest,
    SchemaConfiguration, SchemaStatus, SchemaStatusDetail, SchemaStatusReason,
    SchemaStatusReasonCode, SchemaSummary, SchemaType, SchemaTypeProperties,
};
use glovebox_model::{self as model, Page, Resource, RuleKind, TableName, TableRule, WrittenRule};
use glovebox_room::{NotReady, Readiness, SchemaRuleView, SchemaView};

use super::consolidated::consolidated;
use super::custom_rules::custom_of;
use super::templates::NOT_FOUND;
use super::words::{Say as _, rule_kind, selected};
use super::{Ask, association_rules, fault, id, rules, time};
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
    let kind = rule_kind(r#type);
    let name = table_name(&name)?;
    let view = ask.room().get_schema_analysis_rule(ask.caller(), id, &name, kind).await?;
    Ok(GetSchemaAnalysisRuleOutput { analysis_rule: rule(view) })
}

pub(super) async fn batch(
    ask: &Ask<'_>,
    input: BatchGetSchemaInput,
) -> Result<BatchGetSchemaOutput, Refused> {
    let BatchGetSchemaInput { collaboration_identifier, names } = input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let names = names.iter().map(|it| table_name(it)).collect::<Result<_, _>>()?;
    let (found, missing) = ask.room().batch_get_schema(ask.caller(), id, names).await?;
    let errors = missing.into_iter().map(|name| BatchGetSchemaError {
        name: name.to_string(),
        code: NOT_FOUND.to_owned(),
        message: NO_TABLE.to_owned(),
    });
    Ok(BatchGetSchemaOutput {
        schemas: found.into_iter().map(|it| schema(ask, it)).collect(),
        errors: errors.collect(),
    })
}

pub(super) async fn batch_rules(
    ask: &Ask<'_>,
    input: BatchGetSchemaAnalysisRuleInput,
) -> Result<BatchGetSchemaAnalysisRuleOutput, Refused> {
    let BatchGetSchemaAnalysisRuleInput { collaboration_identifier, schema_analysis_rule_requests } =
        input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let requests = schema_analysis_rule_requests;
    let asked = requests.iter().map(|it| Ok((table_name(&it.name)?, rule_kind(it.r#type))));
    let asked: Vec<_> = asked.collect::<Result<_, Refused>>()?;
    let room = ask.room();
    let (found, missing) = room.batch_get_schema_analysis_rule(ask.caller(), id, &asked).await?;
    let errors = missing.into_iter().filter_map(|index| {
        let SchemaAnalysisRuleRequest { name, r#type } = requests.get(index)?;
        Some(BatchGetSchemaAnalysisRuleError {
            name: name.clone(),
            r#type: *r#type,
            code: NOT_FOUND.to_owned(),
            message: "there is no such table, or it has no analysis rule of this type".to_owned(),
        })
    });
    Ok(BatchGetSchemaAnalysisRuleOutput {
        analysis_rules: found.into_iter().map(rule).collect(),
        errors: errors.collect(),
    })
}

const NO_TABLE: &str = "the collaboration has no such table";

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
        readiness,
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
        schema_status_details: status(rule, &readiness),
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

/// Whether the table can be analysed, directly and by further analyses.
fn status(rule: Option<RuleKind>, readiness: &Readiness) -> Vec<SchemaStatusDetail> {
    let detail = |reasons: &BTreeSet<NotReady>, analysis_type| {
        let reasons: Vec<_> = reasons.iter().map(|it| reason(*it)).collect();
        SchemaStatusDetail {
            status: if reasons.is_empty() { SchemaStatus::Ready } else { SchemaStatus::NotReady },
            reasons: Some(reasons).filter(|it| !it.is_empty()),
            analysis_rule_type: rule.map(|it| it.say()),
            configurations: readiness
                .is_private
                .then(|| vec![SchemaConfiguration::DifferentialPrivacy]),
            analysis_type,
        }
    };
    vec![
        detail(&readiness.direct, AnalysisType::DirectAnalysis),
        detail(&readiness.additional, AnalysisType::AdditionalAnalysis),
    ]
}

fn reason(missing: NotReady) -> SchemaStatusReason {
    use SchemaStatusReasonCode as Code;
    let (code, message) = match missing {
        NotReady::AdditionalAnalysesNotAllowed => (
            Code::AdditionalAnalysesNotAllowed,
            "the analysis rule does not allow additional analyses",
        ),
        NotReady::AdditionalAnalysesNotConfigured => (
            Code::AdditionalAnalysesNotConfigured,
            "the rules of the table name no additional analyses",
        ),
        NotReady::AnalysisProvidersNotConfigured => {
            (Code::AnalysisProvidersNotConfigured, "the analysis rule names no analysis providers")
        }
        NotReady::AnalysisRuleMissing => {
            (Code::AnalysisRuleMissing, "the configured table has no analysis rule")
        }
        NotReady::AnalysisRuleTypesNotCompatible => (
            Code::AnalysisRuleTypesNotCompatible,
            "the collaboration analysis rule is not of the type of the analysis rule",
        ),
        NotReady::AnalysisTemplatesNotConfigured => {
            (Code::AnalysisTemplatesNotConfigured, "the analysis rule admits no analysis")
        }
        NotReady::CollaborationAnalysisRuleNotConfigured => (
            Code::CollaborationAnalysisRuleNotConfigured,
            "the table has no collaboration analysis rule",
        ),
        NotReady::DifferentialPrivacyPolicyNotConfigured => (
            Code::DifferentialPrivacyPolicyNotConfigured,
            "the owner of the table offers no privacy budget in this collaboration",
        ),
        NotReady::ResultReceiversNotAllowed => {
            (Code::ResultReceiversNotAllowed, "no member may receive results of this table")
        }
        NotReady::ResultReceiversNotConfigured => (
            Code::ResultReceiversNotConfigured,
            "the collaboration analysis rule names no result receivers",
        ),
    };
    SchemaStatusReason { code, message: message.to_owned() }
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
    let SchemaRuleView { association, rule, association_rule } = view;
    let TableRule { written, created, updated, .. } = rule;
    let kind = written.kind();
    let updated = association_rule.as_ref().map_or(updated, |it| updated.max(it.updated));
    let terms = association_rule.filter(|it| it.kind == kind).map(|it| it.terms);
    let consolidated = terms.as_ref().map(|it| consolidated(written.clone(), it));
    let policy = match written {
        WrittenRule::Aggregation(it) => {
            AnalysisRulePolicyV1::Aggregation(rules::aggregation_of(it))
        }
        WrittenRule::Custom(it) => AnalysisRulePolicyV1::Custom(custom_of(it)),
        WrittenRule::List(it) => AnalysisRulePolicyV1::List(rules::list_of(it)),
    };
    AnalysisRule {
        collaboration_id: association.collaboration.to_string(),
        r#type: kind.say(),
        name: association.name.to_string(),
        create_time: time(created),
        update_time: time(updated),
        policy: AnalysisRulePolicy::V1(policy),
        collaboration_policy: terms.map(|it| association_rules::policy(kind, it)),
        consolidated_policy: consolidated.map(ConsolidatedPolicy::V1),
    }
}

fn collaboration_arn(ask: &Ask<'_>, collaboration: &model::Collaboration) -> String {
    ask.arn(collaboration.creator, Resource::Collaboration(collaboration.id)).to_string()
}

fn resource(association: &model::Association) -> Resource {
    Resource::Association(association.membership, association.id)
}
