//! Analysis templates: offered by a member, run by the member who can query.

mod validation;

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{
    AccountId, AnalysisTemplate, Arn, Collaboration, Finding, Id, Membership, MembershipStatus,
    Page, PageRequest, Resource, TEMPLATE_PARAMETERS, TemplateParameter, TemplateParts,
};
use glovebox_sql::Unbound;
use glovebox_store::{Kind, Tx};
pub use validation::PrivacyValidation;
use validation::is_private;

use crate::authorize::{OwnMembership, Place};
use crate::error::FieldFault;
use crate::{Action, Caller, ConflictReason, ResourceKind, Room, RoomError, ValidationReason};

/// The longest text of a template, in characters.
const MAX_CHARACTERS: usize = 500_000;

/// What a member says of a new template.
#[derive(Debug, Clone)]
pub struct NewTemplate {
    /// Its membership.
    pub membership: Id<Membership>,
    /// How it is called, once per membership.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its text.
    pub text: String,
    /// What stands behind the colons.
    pub parameters: Vec<TemplateParameter>,
    /// Tables that its author says it names; all must be tables of the text.
    pub tables: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A template, with whoever made its collaboration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateView {
    /// The template.
    pub template: AnalysisTemplate,
    /// The creator of the collaboration.
    pub creator: AccountId,
    /// Whether it can run over tables with differential privacy, if it names any.
    pub privacy: Option<PrivacyValidation>,
}

impl Room {
    /// `CreateAnalysisTemplate`: the text is read now and never changes; its tables need not be
    /// there yet.
    pub async fn create_analysis_template(
        &self,
        caller: &Caller,
        new: NewTemplate,
    ) -> Result<TemplateView, RoomError> {
        let action = Action::CreateAnalysisTemplate;
        let (id, tags) = (new.membership, new.tags.clone());
        {
            let mut tx = self.store.read().await?;
            self.authorize::<OwnMembership>(&mut tx, caller, action, id).await?;
        }
        self.check_tags(&tags)?;
        // Read before the house is held: a long text makes nobody else wait.
        let parts = parts(new).await?;
        let mut tx = self.store.begin().await?;
        let own = self.authorize::<OwnMembership>(&mut tx, caller, action, id).await?;
        let OwnMembership { membership, collaboration, .. } = own.resource;
        if membership.status != MembershipStatus::Active {
            return Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::Membership, membership.id),
                "the membership is not active any more",
            ));
        }
        if tx.has_template_named(membership.id, &parts.name).await? {
            return Err(RoomError::conflict(
                ConflictReason::AlreadyExists,
                (ResourceKind::Membership, membership.id),
                format!("the membership has a template named `{}` already", parts.name),
            ));
        }
        let quota = self.quotas.templates_per_membership;
        if tx.count_templates(membership.id).await? >= quota {
            let name = "Analysis templates per membership";
            return Err(RoomError::QuotaExceeded { name, value: quota });
        }
        let template = tx.insert_template(&membership, parts).await?;
        tx.put_tags(Resource::Template(membership.id, template.id), &tags).await?;
        let is_private = is_private(&mut tx, &template).await?;
        self.commit(tx, caller).await?;
        self.view(caller, template, collaboration.creator, is_private).await
    }

    /// `GetAnalysisTemplate`
    pub async fn get_analysis_template(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<AnalysisTemplate>,
    ) -> Result<TemplateView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetAnalysisTemplate;
        let granted = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let template = own(&mut tx, membership, id).await?.ok_or_else(|| unknown(id))?;
        let is_private = is_private(&mut tx, &template).await?;
        drop(tx);
        self.view(caller, template, granted.resource.collaboration.creator, is_private).await
    }

    /// `ListAnalysisTemplates`: of one membership, oldest first.
    pub async fn list_analysis_templates(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        page: PageRequest,
    ) -> Result<Page<TemplateView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListAnalysisTemplates;
        let granted = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let creator = granted.resource.collaboration.creator;
        Ok(views(tx.list_templates(membership, page).await?, creator))
    }

    /// `UpdateAnalysisTemplate`: the description, and nothing else.
    pub async fn update_analysis_template(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<AnalysisTemplate>,
        description: Option<String>,
    ) -> Result<TemplateView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::UpdateAnalysisTemplate;
        let granted = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let found = own(&mut tx, membership, id).await?.ok_or_else(|| unknown(id))?;
        let description = description.or_else(|| found.parts.description.clone());
        let template = tx.describe_template(&found, description).await?;
        let creator = granted.resource.collaboration.creator;
        let is_private = is_private(&mut tx, &template).await?;
        self.commit(tx, caller).await?;
        self.view(caller, template, creator, is_private).await
    }

    /// `DeleteAnalysisTemplate`: nobody can run it any more; quiet the second time.
    pub async fn delete_analysis_template(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<AnalysisTemplate>,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::DeleteAnalysisTemplate;
        self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let Some(found) = own(&mut tx, membership, id).await? else {
            let kind = Kind::Template;
            if self.was_deleted(&mut tx, caller, kind, &id.to_string()).await? {
                return Ok(());
            }
            return Err(unknown(id));
        };
        tx.delete_template(&found).await?;
        tx.remove_all_tags(Resource::Template(membership, id)).await?;
        self.commit(tx, caller).await
    }

    /// `GetCollaborationAnalysisTemplate`: a template of any active member.
    pub async fn get_collaboration_analysis_template(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        arn: &str,
    ) -> Result<TemplateView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetCollaborationAnalysisTemplate;
        let granted = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let template = visible(&mut tx, id, arn).await?.ok_or_else(|| unknown(arn))?;
        let is_private = is_private(&mut tx, &template).await?;
        drop(tx);
        self.view(caller, template, granted.resource.collaboration.creator, is_private).await
    }

    /// `ListCollaborationAnalysisTemplates`: those of active members, oldest first.
    pub async fn list_collaboration_analysis_templates(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        page: PageRequest,
    ) -> Result<Page<TemplateView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListCollaborationAnalysisTemplates;
        let granted = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let creator = granted.resource.collaboration.creator;
        Ok(views(tx.list_collaboration_templates(id, page).await?, creator))
    }

    /// `BatchGetCollaborationAnalysisTemplate`: those that are there, and the ARNs of the others.
    pub async fn batch_get_collaboration_analysis_template(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        arns: Vec<String>,
    ) -> Result<(Vec<TemplateView>, Vec<String>), RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::BatchGetCollaborationAnalysisTemplate;
        let granted = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let creator = granted.resource.collaboration.creator;
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for arn in arns {
            match visible(&mut tx, id, &arn).await? {
                Some(template) => {
                    let is_private = is_private(&mut tx, &template).await?;
                    found.push((template, is_private));
                }
                None => missing.push(arn),
            }
        }
        drop(tx);
        let mut views = Vec::new();
        for (template, is_private) in found {
            views.push(self.view(caller, template, creator, is_private).await?);
        }
        Ok((views, missing))
    }

    /// A template with what differential privacy says of it now. Nothing of the store is held
    /// while it is judged.
    async fn view(
        &self,
        caller: &Caller,
        template: AnalysisTemplate,
        creator: AccountId,
        is_private: bool,
    ) -> Result<TemplateView, RoomError> {
        let privacy = match is_private {
            true => Some(self.validated(caller, &template).await?),
            false => None,
        };
        Ok(TemplateView { template, creator, privacy })
    }
}

/// What lists show; whether templates can run is looked at one by one.
fn views(page: Page<AnalysisTemplate>, creator: AccountId) -> Page<TemplateView> {
    let Page { items, next } = page;
    let items = items.into_iter().map(|template| TemplateView { template, creator, privacy: None });
    Page { items: items.collect(), next }
}

fn unknown(id: impl std::fmt::Display) -> RoomError {
    RoomError::not_found(ResourceKind::AnalysisTemplate, id)
}

async fn own(
    tx: &mut Tx,
    membership: Id<Membership>,
    id: Id<AnalysisTemplate>,
) -> Result<Option<AnalysisTemplate>, RoomError> {
    Ok(tx.template(id).await?.filter(|it| it.membership == membership))
}

/// The template of that ARN in a collaboration, if its author is still there.
pub(crate) async fn visible(
    tx: &mut Tx,
    collaboration: Id<Collaboration>,
    arn: &str,
) -> Result<Option<AnalysisTemplate>, RoomError> {
    let Ok(Arn { account, resource: Resource::Template(membership, id), .. }) = arn.parse() else {
        return Ok(None);
    };
    let found = tx.template(id).await?.filter(|it| {
        it.collaboration == collaboration && it.membership == membership && it.author == account
    });
    let Some(found) = found else { return Ok(None) };
    let author = tx.membership(membership).await?;
    let active = author.is_some_and(|it| it.status == MembershipStatus::Active);
    Ok(active.then_some(found))
}

/// Checks what a member says of a new template: all faults, as far as the text can be read.
async fn parts(new: NewTemplate) -> Result<TemplateParts, RoomError> {
    let NewTemplate { membership: _, name, description, text, parameters, tables, tags: _ } = new;
    if text.is_empty() || text.chars().count() > MAX_CHARACTERS {
        return Err(RoomError::field("source.text", "the text must have 1 to 500000 characters"));
    }
    let mut faults = declared(&parameters);
    // A hostile text may take long: never on a thread that serves others.
    let reading = move || (glovebox_sql::template_outline(&text), text);
    let reading = tokio::task::spawn_blocking(reading).await;
    let (outline, text) = reading.map_err(|it| RoomError::Internal(Box::new(it)))?;
    let outline = outline.map_err(|faults| unreadable(&faults, &text))?;
    let names: BTreeSet<&str> = parameters.iter().map(|it| it.name.as_str()).collect();
    let mut at_fault = |name: &str, message: String| {
        faults.push(FieldFault { name: name.to_owned(), message });
    };
    for used in outline.parameters.iter().filter(|it| !names.contains(it.as_str())) {
        at_fault("analysisParameters", format!("the text uses `:{used}`, which is not declared"));
    }
    for (index, it) in parameters.iter().enumerate() {
        if !outline.parameters.contains(&it.name) {
            let message = format!("the text does not use `:{}`", it.name);
            at_fault(&format!("analysisParameters[{index}].name"), message);
        }
    }
    for (index, table) in tables.iter().enumerate() {
        if !outline.tables.iter().any(|it| it.as_str() == table.to_lowercase()) {
            let message = "the text does not name this table".to_owned();
            at_fault(&format!("schema.referencedTables[{index}]"), message);
        }
    }
    if !faults.is_empty() {
        return Err(RoomError::fields(faults));
    }
    let tables = outline.tables.iter().map(ToString::to_string).collect();
    Ok(TemplateParts { name, description, text, parameters, tables })
}

/// All faults of a text, each with its place.
fn unreadable(faults: &[Unbound], text: &str) -> RoomError {
    let name = "source.text".to_owned();
    let line = |it: &Unbound| Finding::from(it.clone()).line(text);
    let fields: Vec<FieldFault> =
        faults.iter().map(|it| FieldFault { name: name.clone(), message: line(it) }).collect();
    let error = RoomError::fields(fields);
    match error {
        RoomError::Validation { message, fields, .. } => {
            RoomError::Validation { reason: ValidationReason::InvalidQuery, message, fields }
        }
        other => other,
    }
}

/// What is wrong with declarations by themselves.
fn declared(parameters: &[TemplateParameter]) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    if parameters.len() > TEMPLATE_PARAMETERS {
        let message = format!("a template has at most {TEMPLATE_PARAMETERS} parameters");
        faults.push(FieldFault { name: "analysisParameters".into(), message });
    }
    for (index, it) in parameters.iter().enumerate() {
        let mut at_fault = |field: &str, message: String| {
            let name = format!("analysisParameters[{index}].{field}");
            faults.push(FieldFault { name, message });
        };
        if !seen.insert(it.name.as_str()) {
            at_fault("name", format!("the parameter `{}` is declared twice", it.name));
        }
        let kind = it.kind.aws_name();
        if !it.kind.is_supported() {
            at_fault("type", format!("parameters of type {kind} are not supported"));
        } else if it.default.as_ref().is_some_and(|value| it.kind.literal(value).is_none()) {
            at_fault("defaultValue", format!("the value is not of type {kind}"));
        }
    }
    faults
}
