//! Protected queries.

use std::collections::BTreeMap;

use glovebox_aws_api::shapes::{
    AnalysisType, ComputeConfiguration, ConfigurationDetails, DifferentialPrivacyParameters,
    DifferentialPrivacySensitivityParameters, DirectAnalysisConfigurationDetails,
    GetProtectedQueryInput, GetProtectedQueryOutput, ListProtectedQueriesInput,
    ListProtectedQueriesOutput, ProtectedQuery, ProtectedQueryError, ProtectedQuerySQLParameters,
    ProtectedQueryStatistics, ProtectedQuerySummary, ProtectedQueryType, ReceiverConfiguration,
    RetryInfo, StartProtectedQueryInput, StartProtectedQueryOutput, TargetProtectedQueryStatus,
    UpdateProtectedQueryInput, UpdateProtectedQueryOutput,
};
use glovebox_aws_api::{ApiError, Sensitive, Wire as _};
use glovebox_model::{self as model, NewQuery, Page, QueryFailure, Resource, TemplateUse};
use glovebox_room::{RecordedQuery, StartQuery};
use serde_json::{Value, json};

use super::results::{configuration, place, result};
use super::words::Say as _;
use super::{Ask, account, id, time};
use crate::errors::Refused;

pub(super) async fn start(
    ask: &Ask<'_>,
    input: StartProtectedQueryInput,
) -> Result<StartProtectedQueryOutput, Refused> {
    let membership = id("membershipIdentifier", &input.membership_identifier)?;
    let started = ask.room().start_protected_query(ask.caller(), membership, asked(input)?).await?;
    Ok(StartProtectedQueryOutput { protected_query: query(ask, started) })
}

/// `start`, with the newest head of the ledger.
pub(super) async fn start_recorded(
    ask: &Ask<'_>,
    input: StartProtectedQueryInput,
    (from, intervals): (Option<u64>, bool),
) -> Result<Value, Refused> {
    let membership = id("membershipIdentifier", &input.membership_identifier)?;
    let asked = StartQuery { intervals, ..asked(input)? };
    recorded(ask, ask.room().start_recorded_query(ask.caller(), membership, asked, from).await?)
}

/// `get`, with the newest head of the ledger.
pub(super) async fn get_recorded(
    ask: &Ask<'_>,
    input: GetProtectedQueryInput,
    from: Option<u64>,
) -> Result<Value, Refused> {
    let GetProtectedQueryInput { membership_identifier, protected_query_identifier } = input;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id("protectedQueryIdentifier", &protected_query_identifier)?;
    recorded(ask, ask.room().get_recorded_query(ask.caller(), membership, id, from).await?)
}

fn recorded(ask: &Ask<'_>, found: RecordedQuery) -> Result<Value, Refused> {
    let RecordedQuery { query: found, ledger } = found;
    let ledger = serde_json::to_value(ledger).map_err(|_| ApiError::internal())?;
    let found = GetProtectedQueryOutput { protected_query: query(ask, found) }.to_json();
    let found = found.get("protectedQuery").cloned();
    Ok(json!({ "protectedQuery": found, "ledger": ledger }))
}

pub(super) async fn get(
    ask: &Ask<'_>,
    input: GetProtectedQueryInput,
) -> Result<GetProtectedQueryOutput, Refused> {
    let GetProtectedQueryInput { membership_identifier, protected_query_identifier } = input;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id("protectedQueryIdentifier", &protected_query_identifier)?;
    let found = ask.room().get_protected_query(ask.caller(), membership, id).await?;
    Ok(GetProtectedQueryOutput { protected_query: query(ask, found) })
}

pub(super) async fn list(
    ask: &Ask<'_>,
    input: ListProtectedQueriesInput,
) -> Result<ListProtectedQueriesOutput, Refused> {
    let ListProtectedQueriesInput { membership_identifier, status, next_token, max_results } =
        input;
    let scope = [membership_identifier.as_str(), status.map_or("", |it| it.as_str())];
    let page = ask.page(&scope, next_token, max_results)?;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let status = status.map(|it| it.say());
    let listed = ask.room().list_protected_queries(ask.caller(), membership, status, page).await?;
    let Page { items, next } = listed;
    Ok(ListProtectedQueriesOutput {
        next_token: ask.next(&scope, next),
        protected_queries: items.into_iter().map(|it| summary(ask, it)).collect(),
    })
}

pub(super) async fn update(
    ask: &Ask<'_>,
    input: UpdateProtectedQueryInput,
) -> Result<UpdateProtectedQueryOutput, Refused> {
    let UpdateProtectedQueryInput {
        membership_identifier,
        protected_query_identifier,
        target_status,
    } = input;
    let TargetProtectedQueryStatus::Cancelled = target_status;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id("protectedQueryIdentifier", &protected_query_identifier)?;
    let found = ask.room().cancel_protected_query(ask.caller(), membership, id).await?;
    Ok(UpdateProtectedQueryOutput { protected_query: query(ask, found) })
}

fn asked(input: StartProtectedQueryInput) -> Result<StartQuery, Refused> {
    let StartProtectedQueryInput {
        r#type,
        membership_identifier: _,
        sql_parameters,
        result_configuration,
        compute_configuration,
        query_compute_payer_account_id,
    } = input;
    let ProtectedQueryType::Sql = r#type;
    let ProtectedQuerySQLParameters { query_string, analysis_template_arn, parameters } =
        sql_parameters;
    let payer = query_compute_payer_account_id;
    let payer = payer.map(|it| account("queryComputePayerAccountId", &it)).transpose()?;
    Ok(StartQuery {
        query_string,
        analysis_template_arn,
        parameters: parameters.map(|it| it.0.into_iter().collect()).unwrap_or_default(),
        output: result_configuration.map(place).transpose()?,
        compute: compute_configuration.map(|it| it.to_json().to_string()),
        payer,
        intervals: false,
    })
}

fn query(ask: &Ask<'_>, query: model::ProtectedQuery) -> ProtectedQuery {
    let membership_arn = membership_arn(ask, &query);
    let result = result(&query);
    let statistics = query.duration_millis().map(|millis| ProtectedQueryStatistics {
        total_duration_in_millis: Some(millis),
        billed_resource_utilization: None,
    });
    let NewQuery { text, template, output, compute, payer, intervals: _ } = query.asked;
    let compute = compute.and_then(|it| serde_json::from_str(&it).ok());
    ProtectedQuery {
        id: query.id.to_string(),
        membership_id: query.membership.to_string(),
        membership_arn,
        create_time: time(query.created),
        sql_parameters: Some(sql_parameters(text, template)),
        status: query.status.say(),
        result_configuration: output.map(configuration),
        statistics,
        result,
        error: query.failure.map(error),
        differential_privacy: query.sensitivity.map(sensitivity),
        compute_configuration: compute.as_ref().and_then(ComputeConfiguration::from_json),
        query_compute_payer_account_id: payer.map(|it| it.to_string()),
    }
}

/// How its aggregates were bounded.
fn sensitivity(found: Vec<model::Sensitivity>) -> DifferentialPrivacyParameters {
    let double = |it: model::Number| it.to_string().parse::<f64>().ok();
    let parameters = found.into_iter().map(|it| DifferentialPrivacySensitivityParameters {
        aggregation_type: it.aggregation.say(),
        aggregation_expression: it.expression,
        user_contribution_limit: i32::try_from(it.user_contribution_limit).unwrap_or(i32::MAX),
        min_column_value: it.bounds.and_then(|it| double(it.low)),
        max_column_value: it.bounds.and_then(|it| double(it.high)),
    });
    DifferentialPrivacyParameters { sensitivity_parameters: parameters.collect() }
}

/// What was asked for: a text, or a template with the values that were given.
fn sql_parameters(text: String, template: Option<TemplateUse>) -> ProtectedQuerySQLParameters {
    let Some(TemplateUse { arn, given, .. }) = template else {
        return ProtectedQuerySQLParameters {
            query_string: Some(text),
            analysis_template_arn: None,
            parameters: None,
        };
    };
    let given: BTreeMap<String, String> = given.into_iter().collect();
    ProtectedQuerySQLParameters {
        query_string: None,
        analysis_template_arn: Some(arn),
        parameters: Some(given).filter(|it| !it.is_empty()).map(Sensitive),
    }
}

/// Nothing that failed here succeeds by being sent again as it is.
fn error(failure: QueryFailure) -> ProtectedQueryError {
    let QueryFailure { code, message } = failure;
    ProtectedQueryError {
        message,
        code: code.aws_name().to_owned(),
        retry: Some(RetryInfo { retryable: Some(false) }),
    }
}

fn summary(ask: &Ask<'_>, query: model::ProtectedQuery) -> ProtectedQuerySummary {
    let receivers = query.receivers.iter().map(ToString::to_string).collect();
    let details = DirectAnalysisConfigurationDetails { receiver_account_ids: Some(receivers) };
    ProtectedQuerySummary {
        id: query.id.to_string(),
        membership_id: query.membership.to_string(),
        membership_arn: membership_arn(ask, &query),
        create_time: time(query.created),
        status: query.status.say(),
        receiver_configurations: vec![ReceiverConfiguration {
            analysis_type: AnalysisType::DirectAnalysis,
            configuration_details: Some(ConfigurationDetails::DirectAnalysisConfigurationDetails(
                details,
            )),
        }],
        query_compute_payer_account_id: query.asked.payer.map(|it| it.to_string()),
        intermediate_table_configuration: None,
    }
}

fn membership_arn(ask: &Ask<'_>, query: &model::ProtectedQuery) -> String {
    ask.arn(query.runner, Resource::Membership(query.membership)).to_string()
}
