//! Schemas: what members of a collaboration see of each other's tables.

use glovebox_model::{
    Association, AssociationRule, Collaboration, Column, ConfiguredTable, Id, MembershipStatus,
    Page, PageRequest, RuleKind, TableName, TableRule,
};
use glovebox_store::Tx;

use crate::association_rules::{can_receive, receivers};
use crate::authorize::Place;
use crate::budgets::is_offered;
use crate::rules::user_identifier;
use crate::{Action, Caller, Readiness, ResourceKind, Room, RoomError};

/// The types of schemas that a request can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaType {
    /// A table that a member brought.
    Table,
    /// There are none of these here.
    Other,
}

/// A table of a collaboration, as its members see it: allowed columns only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaView {
    /// The collaboration.
    pub collaboration: Collaboration,
    /// The table in it.
    pub association: Association,
    /// The allowed columns that are not partition keys, in the owner's order.
    pub columns: Vec<Column>,
    /// The allowed partition keys.
    pub partition_keys: Vec<Column>,
    /// How it may be analysed, and how its owner selected that.
    pub method: glovebox_model::AnalysisMethod,
    /// `selectedAnalysisMethods`
    pub selected_methods: Vec<glovebox_model::AnalysisMethod>,
    /// The kind of its rule; without a rule it cannot be queried.
    pub rule: Option<RuleKind>,
    /// What is missing before it can be analysed.
    pub readiness: Readiness,
    /// When association, table or rule changed last.
    pub updated: glovebox_model::Timestamp,
}

/// The rule of a table, as members of a collaboration see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaRuleView {
    /// The table in the collaboration.
    pub association: Association,
    /// The rule of the table behind it.
    pub rule: TableRule,
    /// What its owner adds for this collaboration.
    pub association_rule: Option<AssociationRule>,
}

impl Room {
    /// `GetSchema`
    pub async fn get_schema(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        name: &TableName,
    ) -> Result<SchemaView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetSchema;
        let authorized = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let association = visible(&mut tx, id, name).await?;
        schema(&mut tx, &authorized.resource.collaboration, association).await
    }

    /// `ListSchemas`: the tables of active members, in the order in which they were brought.
    pub async fn list_schemas(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        of_type: Option<SchemaType>,
        page: PageRequest,
    ) -> Result<Page<SchemaView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListSchemas;
        let authorized = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        if of_type == Some(SchemaType::Other) {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let Page { items, next } = tx.list_schemas(id, page).await?;
        let mut views = Vec::new();
        for association in items {
            let view = schema(&mut tx, &authorized.resource.collaboration, association).await?;
            views.push(view);
        }
        Ok(Page { items: views, next })
    }

    /// `GetSchemaAnalysisRule`
    pub async fn get_schema_analysis_rule(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        name: &TableName,
        kind: Option<RuleKind>,
    ) -> Result<SchemaRuleView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetSchemaAnalysisRule;
        self.authorize::<Place>(&mut tx, caller, action, id).await?;
        rule_of(&mut tx, id, name, kind).await
    }

    /// `BatchGetSchema`: the tables that are there, and the names of the others.
    pub async fn batch_get_schema(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        names: Vec<TableName>,
    ) -> Result<(Vec<SchemaView>, Vec<TableName>), RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::BatchGetSchema;
        let authorized = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let Place { collaboration, .. } = authorized.resource;
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for name in names {
            match visible(&mut tx, id, &name).await {
                Ok(it) => found.push(schema(&mut tx, &collaboration, it).await?),
                Err(RoomError::NotFound { .. }) => missing.push(name),
                Err(error) => return Err(error),
            }
        }
        Ok((found, missing))
    }

    /// `BatchGetSchemaAnalysisRule`: the rules that are there; of the others, their places in the
    /// request.
    pub async fn batch_get_schema_analysis_rule(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        asked: &[(TableName, Option<RuleKind>)],
    ) -> Result<(Vec<SchemaRuleView>, Vec<usize>), RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::BatchGetSchemaAnalysisRule;
        self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for (index, (name, kind)) in asked.iter().enumerate() {
            match rule_of(&mut tx, id, name, *kind).await {
                Ok(view) => found.push(view),
                Err(RoomError::NotFound { .. }) => missing.push(index),
                Err(error) => return Err(error),
            }
        }
        Ok((found, missing))
    }
}

async fn rule_of(
    tx: &mut Tx,
    id: Id<Collaboration>,
    name: &TableName,
    kind: Option<RuleKind>,
) -> Result<SchemaRuleView, RoomError> {
    let association = visible(tx, id, name).await?;
    let rule = tx.rule(association.table).await?;
    let rule = rule.filter(|it| Some(it.written.kind()) == kind).ok_or_else(|| unknown(name))?;
    let association_rule = tx.association_rule(association.id).await?;
    Ok(SchemaRuleView { association, rule, association_rule })
}

fn unknown(name: &TableName) -> RoomError {
    RoomError::not_found(ResourceKind::ConfiguredTableAssociation, name)
}

/// The table of that name, if the member who brought it is still there.
pub(crate) async fn visible(
    tx: &mut Tx,
    collaboration: Id<Collaboration>,
    name: &TableName,
) -> Result<Association, RoomError> {
    let found = tx.association_named(collaboration, name).await?.ok_or_else(|| unknown(name))?;
    let membership = tx.membership(found.membership).await?;
    let active = MembershipStatus::Active;
    if membership.is_some_and(|it| it.status == active) { Ok(found) } else { Err(unknown(name)) }
}

async fn schema(
    tx: &mut Tx,
    collaboration: &Collaboration,
    association: Association,
) -> Result<SchemaView, RoomError> {
    let table = tx.table(association.table).await?.ok_or_else(|| unknown(&association.name))?;
    let rule = tx.rule(association.table).await?;
    let association_rule = tx.association_rule(association.id).await?;
    let mode = tx.extension_in_force(association.table).await?.mode;
    let written = rule.as_ref().map(|it| &it.written);
    let allowed =
        written.and_then(|it| receivers(it, &association, association_rule.as_ref(), mode));
    let able = can_receive(&tx.members(collaboration.id).await?);
    let allowed = allowed.map(|it| it.into_iter().filter(|it| able.contains(it)).collect());
    let mut readiness = Readiness::of(written, association_rule.as_ref(), allowed.as_ref());
    if written.and_then(user_identifier).is_some() {
        let is_offered = is_offered(tx, collaboration.id, association.account).await?;
        readiness = readiness.private(is_offered);
    }
    let ConfiguredTable { schema, allowed_columns, method, selected_methods, updated, .. } = table;
    let allowed = |from: &[Column]| -> Vec<Column> {
        let named = allowed_columns.iter();
        named.filter_map(|name| from.iter().find(|it| &it.name == name)).cloned().collect()
    };
    let updated = updated.max(association.updated);
    let updated = rule.as_ref().map_or(updated, |it| updated.max(it.updated));
    let updated = association_rule.map_or(updated, |it| updated.max(it.updated));
    Ok(SchemaView {
        collaboration: collaboration.clone(),
        columns: allowed(&schema.columns),
        partition_keys: allowed(&schema.partition_keys),
        method,
        selected_methods,
        rule: rule.as_ref().map(|it| it.written.kind()),
        readiness,
        updated,
        association,
    })
}
