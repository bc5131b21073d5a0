//! Analysis templates.

use glovebox_aws_api::shapes::{
    AnalysisFormat, AnalysisParameter, AnalysisSchema, AnalysisSource, AnalysisTemplate,
    AnalysisTemplateSummary, AnalysisTemplateValidationStatus,
    AnalysisTemplateValidationStatusDetail, AnalysisTemplateValidationStatusReason,
    AnalysisTemplateValidationType, BatchGetCollaborationAnalysisTemplateError,
    BatchGetCollaborationAnalysisTemplateInput, BatchGetCollaborationAnalysisTemplateOutput,
    CollaborationAnalysisTemplate, CollaborationAnalysisTemplateSummary,
    CreateAnalysisTemplateInput, CreateAnalysisTemplateOutput, DeleteAnalysisTemplateInput,
    DeleteAnalysisTemplateOutput, GetAnalysisTemplateInput, GetAnalysisTemplateOutput,
    GetCollaborationAnalysisTemplateInput, GetCollaborationAnalysisTemplateOutput,
    ListAnalysisTemplatesInput, ListAnalysisTemplatesOutput,
    ListCollaborationAnalysisTemplatesInput, ListCollaborationAnalysisTemplatesOutput,
    UpdateAnalysisTemplateInput, UpdateAnalysisTemplateOutput,
};
use glovebox_model::{self as model, Page, Resource, TemplateParameter, TemplateParts};
use glovebox_room::{NewTemplate, PrivacyValidation, TemplateView};

use super::words::Say as _;
use super::{Ask, fault, id, time};
use crate::errors::Refused;

const IDENTIFIER: &str = "analysisTemplateIdentifier";
/// What a batch says of what is not there.
pub(super) const NOT_FOUND: &str = "RESOURCE_NOT_FOUND";

pub(super) async fn create(
    ask: &Ask<'_>,
    input: CreateAnalysisTemplateInput,
) -> Result<CreateAnalysisTemplateOutput, Refused> {
    let made = ask.room().create_analysis_template(ask.caller(), new(input)?).await?;
    let analysis_template = template(ask, made);
    Ok(CreateAnalysisTemplateOutput { analysis_template })
}

pub(super) async fn get(
    ask: &Ask<'_>,
    input: GetAnalysisTemplateInput,
) -> Result<GetAnalysisTemplateOutput, Refused> {
    let GetAnalysisTemplateInput { membership_identifier, analysis_template_identifier } = input;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id(IDENTIFIER, &analysis_template_identifier)?;
    let found = ask.room().get_analysis_template(ask.caller(), membership, id).await?;
    Ok(GetAnalysisTemplateOutput { analysis_template: template(ask, found) })
}

pub(super) async fn list(
    ask: &Ask<'_>,
    input: ListAnalysisTemplatesInput,
) -> Result<ListAnalysisTemplatesOutput, Refused> {
    let ListAnalysisTemplatesInput { membership_identifier, next_token, max_results } = input;
    let scope = [membership_identifier.as_str()];
    let page = ask.page(&scope, next_token, max_results)?;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let listed = ask.room().list_analysis_templates(ask.caller(), membership, page).await?;
    let Page { items, next } = listed;
    let summaries = items.into_iter().map(|it| summary(ask, it)).collect();
    Ok(ListAnalysisTemplatesOutput {
        next_token: ask.next(&scope, next),
        analysis_template_summaries: summaries,
    })
}

pub(super) async fn update(
    ask: &Ask<'_>,
    input: UpdateAnalysisTemplateInput,
) -> Result<UpdateAnalysisTemplateOutput, Refused> {
    let UpdateAnalysisTemplateInput {
        membership_identifier,
        analysis_template_identifier,
        description,
    } = input;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id(IDENTIFIER, &analysis_template_identifier)?;
    let room = ask.room();
    let made = room.update_analysis_template(ask.caller(), membership, id, description).await?;
    Ok(UpdateAnalysisTemplateOutput { analysis_template: template(ask, made) })
}

pub(super) async fn delete(
    ask: &Ask<'_>,
    input: DeleteAnalysisTemplateInput,
) -> Result<DeleteAnalysisTemplateOutput, Refused> {
    let DeleteAnalysisTemplateInput { membership_identifier, analysis_template_identifier } = input;
    let membership = id("membershipIdentifier", &membership_identifier)?;
    let id = id(IDENTIFIER, &analysis_template_identifier)?;
    ask.room().delete_analysis_template(ask.caller(), membership, id).await?;
    Ok(DeleteAnalysisTemplateOutput {})
}

pub(super) async fn get_shared(
    ask: &Ask<'_>,
    input: GetCollaborationAnalysisTemplateInput,
) -> Result<GetCollaborationAnalysisTemplateOutput, Refused> {
    let GetCollaborationAnalysisTemplateInput { collaboration_identifier, analysis_template_arn } =
        input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let arn = &analysis_template_arn;
    let found = ask.room().get_collaboration_analysis_template(ask.caller(), id, arn).await?;
    let collaboration_analysis_template = shared(ask, found);
    Ok(GetCollaborationAnalysisTemplateOutput { collaboration_analysis_template })
}

pub(super) async fn list_shared(
    ask: &Ask<'_>,
    input: ListCollaborationAnalysisTemplatesInput,
) -> Result<ListCollaborationAnalysisTemplatesOutput, Refused> {
    let ListCollaborationAnalysisTemplatesInput {
        collaboration_identifier,
        next_token,
        max_results,
    } = input;
    let scope = [collaboration_identifier.as_str()];
    let page = ask.page(&scope, next_token, max_results)?;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let listed = ask.room().list_collaboration_analysis_templates(ask.caller(), id, page).await?;
    let Page { items, next } = listed;
    let summaries = items.into_iter().map(|it| shared_summary(ask, it)).collect();
    Ok(ListCollaborationAnalysisTemplatesOutput {
        next_token: ask.next(&scope, next),
        collaboration_analysis_template_summaries: summaries,
    })
}

pub(super) async fn batch(
    ask: &Ask<'_>,
    input: BatchGetCollaborationAnalysisTemplateInput,
) -> Result<BatchGetCollaborationAnalysisTemplateOutput, Refused> {
    let BatchGetCollaborationAnalysisTemplateInput {
        collaboration_identifier,
        analysis_template_arns,
    } = input;
    let id = id("collaborationIdentifier", &collaboration_identifier)?;
    let room = ask.room();
    let asked = analysis_template_arns;
    let (found, missing) =
        room.batch_get_collaboration_analysis_template(ask.caller(), id, asked).await?;
    let templates = found.into_iter().map(|it| shared(ask, it)).collect();
    let errors = missing.into_iter().map(|arn| BatchGetCollaborationAnalysisTemplateError {
        arn,
        code: NOT_FOUND.to_owned(),
        message: "the collaboration has no such analysis template".to_owned(),
    });
    Ok(BatchGetCollaborationAnalysisTemplateOutput {
        collaboration_analysis_templates: templates,
        errors: errors.collect(),
    })
}

fn new(input: CreateAnalysisTemplateInput) -> Result<NewTemplate, Refused> {
    let CreateAnalysisTemplateInput {
        description,
        membership_identifier,
        name,
        format,
        source,
        tags,
        analysis_parameters,
        schema,
        error_message_configuration,
        synthetic_data_parameters,
    } = input;
    if format != AnalysisFormat::Sql {
        return Err(fault("format", "PySpark analyses are not supported: use SQL"));
    }
    let AnalysisSource::Text(text) = source else {
        return Err(fault("source", "artifacts are not supported: give the text of a query"));
    };
    if error_message_configuration.is_some() {
        let message = "error messages are configured for PySpark analyses only: leave it out";
        return Err(fault("errorMessageConfiguration", message));
    }
    if synthetic_data_parameters.is_some() {
        let message = "synthetic data is not supported: leave it out";
        return Err(fault("syntheticDataParameters", message));
    }
    let parameter = |it: AnalysisParameter| TemplateParameter {
        name: it.name,
        kind: it.r#type.say(),
        default: it.default_value,
    };
    Ok(NewTemplate {
        membership: id("membershipIdentifier", &membership_identifier)?,
        name,
        description,
        text: text.0,
        parameters: analysis_parameters.unwrap_or_default().into_iter().map(parameter).collect(),
        tables: schema.and_then(|it| it.referenced_tables).unwrap_or_default(),
        tags: tags.unwrap_or_default(),
    })
}

/// The parts that both views of a template share.
struct Shown {
    schema: AnalysisSchema,
    source: AnalysisSource,
    parameters: Option<Vec<AnalysisParameter>>,
}

fn shown(text: String, tables: Vec<String>, parameters: Vec<TemplateParameter>) -> Shown {
    let parameter = |it: TemplateParameter| AnalysisParameter {
        name: it.name,
        r#type: it.kind.say(),
        default_value: it.default,
    };
    let parameters: Vec<_> = parameters.into_iter().map(parameter).collect();
    Shown {
        schema: AnalysisSchema { referenced_tables: Some(tables) },
        source: AnalysisSource::Text(text.into()),
        parameters: Some(parameters).filter(|it| !it.is_empty()),
    }
}

/// The long name of the collaboration, which its creator owns.
fn collaboration_arn(ask: &Ask<'_>, view: &TemplateView) -> String {
    ask.arn(view.creator, Resource::Collaboration(view.template.collaboration)).to_string()
}

fn arn(ask: &Ask<'_>, it: &model::AnalysisTemplate) -> String {
    ask.arn(it.author, Resource::Template(it.membership, it.id)).to_string()
}

fn template(ask: &Ask<'_>, view: TemplateView) -> AnalysisTemplate {
    let collaboration_arn = collaboration_arn(ask, &view);
    let validations = view.privacy.map(validations);
    let it = view.template;
    let arn = arn(ask, &it);
    let TemplateParts { name, description, text, parameters, tables } = it.parts;
    let Shown { schema, source, parameters } = shown(text, tables, parameters);
    AnalysisTemplate {
        id: it.id.to_string(),
        arn,
        collaboration_id: it.collaboration.to_string(),
        collaboration_arn,
        membership_id: it.membership.to_string(),
        membership_arn: ask.arn(it.author, Resource::Membership(it.membership)).to_string(),
        description,
        name,
        create_time: time(it.created),
        update_time: time(it.updated),
        schema,
        format: AnalysisFormat::Sql,
        source,
        source_metadata: None,
        analysis_parameters: parameters,
        validations,
        error_message_configuration: None,
        synthetic_data_parameters: None,
    }
}

/// Whether it can run over tables with differential privacy.
fn validations(privacy: PrivacyValidation) -> Vec<AnalysisTemplateValidationStatusDetail> {
    use AnalysisTemplateValidationStatus as Status;
    let (status, reasons) = match privacy {
        PrivacyValidation::Invalid(reasons) => (Status::Invalid, reasons),
        PrivacyValidation::UnableToValidate(reasons) => (Status::UnableToValidate, reasons),
        PrivacyValidation::Valid => (Status::Valid, Vec::new()),
    };
    let reasons = reasons.into_iter();
    let reasons: Vec<_> =
        reasons.map(|message| AnalysisTemplateValidationStatusReason { message }).collect();
    vec![AnalysisTemplateValidationStatusDetail {
        r#type: AnalysisTemplateValidationType::DifferentialPrivacy,
        status,
        reasons: Some(reasons).filter(|it| !it.is_empty()),
    }]
}

fn summary(ask: &Ask<'_>, view: TemplateView) -> AnalysisTemplateSummary {
    let collaboration_arn = collaboration_arn(ask, &view);
    let it = view.template;
    AnalysisTemplateSummary {
        arn: arn(ask, &it),
        create_time: time(it.created),
        id: it.id.to_string(),
        name: it.parts.name,
        update_time: time(it.updated),
        membership_arn: ask.arn(it.author, Resource::Membership(it.membership)).to_string(),
        membership_id: it.membership.to_string(),
        collaboration_arn,
        collaboration_id: it.collaboration.to_string(),
        description: it.parts.description,
        is_synthetic_data: Some(false),
    }
}

fn shared(ask: &Ask<'_>, view: TemplateView) -> CollaborationAnalysisTemplate {
    let collaboration_arn = collaboration_arn(ask, &view);
    let validations = view.privacy.map(validations);
    let it = view.template;
    let arn = arn(ask, &it);
    let TemplateParts { name, description, text, parameters, tables } = it.parts;
    let Shown { schema, source, parameters } = shown(text, tables, parameters);
    CollaborationAnalysisTemplate {
        id: it.id.to_string(),
        arn,
        collaboration_id: it.collaboration.to_string(),
        collaboration_arn,
        description,
        creator_account_id: it.author.to_string(),
        name,
        create_time: time(it.created),
        update_time: time(it.updated),
        schema,
        format: AnalysisFormat::Sql,
        source: Some(source),
        source_metadata: None,
        analysis_parameters: parameters,
        validations,
        error_message_configuration: None,
        synthetic_data_parameters: None,
    }
}

fn shared_summary(ask: &Ask<'_>, view: TemplateView) -> CollaborationAnalysisTemplateSummary {
    let collaboration_arn = collaboration_arn(ask, &view);
    let it = view.template;
    CollaborationAnalysisTemplateSummary {
        arn: arn(ask, &it),
        create_time: time(it.created),
        id: it.id.to_string(),
        name: it.parts.name,
        update_time: time(it.updated),
        collaboration_arn,
        collaboration_id: it.collaboration.to_string(),
        creator_account_id: it.author.to_string(),
        description: it.parts.description,
        is_synthetic_data: Some(false),
    }
}
