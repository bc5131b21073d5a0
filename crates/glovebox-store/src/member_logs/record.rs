//! The records themselves, field by field as the real service writes them.

use std::collections::BTreeMap;

use glovebox_model::{
    AccountId, ProtectedQuery, QueryFailure, QueryStatus, TableName, TemplateUse, Timestamp,
};
use serde::Serialize;

use super::policy::policy;
use super::{ByAccount, CORRUPT, nested};
use crate::{StoreError, Tx};

/// What records say about one query.
pub(super) struct About<'a> {
    query: &'a ProtectedQuery,
    tables: Vec<Touched>,
    schemas: ByAccount<Vec<String>>,
    names: ByAccount<String>,
    regions: Vec<String>,
}

struct Touched {
    name: String,
    table: String,
    owner: AccountId,
    rule: Option<(String, String)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Submission {
    event_id: String,
    event_timestamp: i64,
    collaboration_id: String,
    log_stage: &'static str,
    analysis_category: &'static str,
    analysis_category_version: &'static str,
    schema_name: Option<String>,
    configured_table_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    analysis_template_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<String>,
    query_text: String,
    direct_query_analysis_rule_type: Option<String>,
    direct_query_analysis_rule_policy: Option<String>,
    query_validation_errors: Option<String>,
    result_receivers: String,
    query_runners: String,
    result_regions: String,
    member_schema_mapping: String,
    member_display_names: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Termination {
    event_id: String,
    event_timestamp: i64,
    collaboration_id: String,
    log_stage: &'static str,
    analysis_category: &'static str,
    analysis_category_version: &'static str,
    status: &'static str,
    error_code: Option<&'static str>,
    error_message: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Detail {
    event_id: String,
    event_timestamp: i64,
    collaboration_id: String,
    log_stage: &'static str,
    failure_detail: String,
}

impl<'a> About<'a> {
    pub(super) async fn read(
        tx: &mut Tx,
        query: &'a ProtectedQuery,
        touched: &[TableName],
    ) -> Result<Self, StoreError> {
        let collaboration = tx.collaboration(query.collaboration).await?.ok_or(CORRUPT)?;
        let (mut tables, mut schemas) = (Vec::new(), ByAccount::<Vec<String>>::new());
        for name in touched {
            // Between judgement and refusal a table may leave: then nothing is said of it.
            let found = tx.association_named(query.collaboration, name).await?;
            let Some(association) = found else { continue };
            let rule = match tx.rule(association.table).await? {
                Some(rule) => {
                    let policy = policy(&rule.written);
                    Some((rule.written.kind().aws_name().to_owned(), policy))
                }
                None => None,
            };
            schemas.entry(association.account.to_string()).or_default().push(name.to_string());
            tables.push(Touched {
                name: name.to_string(),
                table: association.table.to_string(),
                owner: association.account,
                rule,
            });
        }
        let members = tx.members(query.collaboration).await?.into_iter();
        let names = members.map(|it| (it.account.to_string(), it.terms.display_name)).collect();
        let regions = collaboration.terms.allowed_result_regions;
        Ok(Self { query, tables, schemas, names, regions })
    }

    pub(super) fn owners(&self) -> impl Iterator<Item = AccountId> {
        self.tables.iter().map(|it| it.owner)
    }

    /// One record per touched table; one without a table when none is known.
    pub(super) fn submissions(
        &self,
        at: Timestamp,
        errors: Option<&str>,
    ) -> Result<Vec<Submission>, StoreError> {
        if self.tables.is_empty() {
            return Ok(vec![self.submission(at, None, errors)?]);
        }
        self.tables.iter().map(|table| self.submission(at, Some(table), errors)).collect()
    }

    fn submission(
        &self,
        at: Timestamp,
        table: Option<&Touched>,
        errors: Option<&str>,
    ) -> Result<Submission, StoreError> {
        let query = self.query;
        let accounts =
            |them: &[AccountId]| -> Vec<String> { them.iter().map(ToString::to_string).collect() };
        let rule = table.and_then(|it| it.rule.clone());
        let (rule_type, policy) = rule.unzip();
        let template = query.asked.template.as_ref();
        Ok(Submission {
            event_id: query.id.to_string(),
            event_timestamp: at.as_millis(),
            collaboration_id: query.collaboration.to_string(),
            log_stage: "SUBMISSION",
            analysis_category: "SQL",
            analysis_category_version: "1.0",
            schema_name: table.map(|it| it.name.clone()),
            configured_table_id: table.map(|it| it.table.clone()),
            analysis_template_arn: template.map(|it| it.arn.clone()),
            parameters: template.map(parameters).transpose()?,
            query_text: query.asked.text.clone(),
            direct_query_analysis_rule_type: rule_type,
            direct_query_analysis_rule_policy: policy,
            query_validation_errors: errors.map(str::to_owned),
            result_receivers: nested(&accounts(&query.receivers))?,
            query_runners: nested(&accounts(&[query.runner]))?,
            result_regions: nested(&self.regions)?,
            member_schema_mapping: nested(&self.schemas)?,
            member_display_names: nested(&self.names)?,
        })
    }
}

/// The values of all parameters, by name.
fn parameters(template: &TemplateUse) -> Result<String, StoreError> {
    let values = template.parameters.iter().map(|it| (it.name.clone(), it.value.clone()));
    nested(&values.collect::<BTreeMap<_, _>>())
}

/// The record of the end.
pub(super) fn termination(
    at: Timestamp,
    query: &ProtectedQuery,
    status: QueryStatus,
    failure: Option<QueryFailure>,
) -> Result<Termination, StoreError> {
    let status = match status {
        QueryStatus::Success => "COMPLETED",
        other if other.is_final() => other.as_str(),
        _ => return Err(CORRUPT),
    };
    Ok(Termination {
        event_id: query.id.to_string(),
        event_timestamp: at.as_millis(),
        collaboration_id: query.collaboration.to_string(),
        log_stage: "TERMINATION",
        analysis_category: "SQL",
        analysis_category_version: "1.0",
        status,
        error_code: failure.as_ref().map(|it| it.code.aws_name()),
        error_message: failure.map(|it| it.message),
    })
}

/// The record for the owner of a source that failed.
pub(super) fn detail(
    at: Timestamp,
    query: &ProtectedQuery,
    text: &str,
) -> Result<Detail, StoreError> {
    Ok(Detail {
        event_id: query.id.to_string(),
        event_timestamp: at.as_millis(),
        collaboration_id: query.collaboration.to_string(),
        log_stage: "FAILURE_DETAIL",
        failure_detail: text.to_owned(),
    })
}
