//! Analysis rules of configured tables.

use std::collections::BTreeMap;

use glovebox_model::{
    ANY_JOB, AdditionalAnalyses, Arn, ColumnName, ColumnType, ConfiguredTable, CustomRule, Id,
    MembershipStatus, ReferenceKind, Resource, RuleKind, TableRule, WrittenCustom, WrittenRule,
};
use glovebox_store::{Approvals, Kind, Tx, stored_rule_bytes};

use crate::approvals::approve;
use crate::authorize::OwnTable;
use crate::declared::{check_accountant, check_identifier, check_population};
use crate::error::FieldFault;
use crate::{Action, Caller, ConflictReason, ResourceKind, Room, RoomError};

/// A rule and its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleView {
    /// The table.
    pub table: ConfiguredTable,
    /// Its rule.
    pub rule: TableRule,
}

impl Room {
    /// `CreateConfiguredTableAnalysisRule`: the first and only rule of a table. It applies in
    /// every collaboration that the table is in.
    pub async fn create_configured_table_analysis_rule(
        &self,
        caller: &Caller,
        id: Id<ConfiguredTable>,
        kind: RuleKind,
        policy: WrittenRule,
    ) -> Result<RuleView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::CreateConfiguredTableAnalysisRule;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        let OwnTable { table } = authorized.resource;
        of_kind(kind, &policy)?;
        if tx.rule(id).await?.is_some() {
            return Err(RoomError::conflict(
                ConflictReason::AlreadyExists,
                (ResourceKind::ConfiguredTable, id),
                "the configured table has an analysis rule already",
            ));
        }
        self.put_rule(tx, caller, table, policy, None).await
    }

    /// `UpdateConfiguredTableAnalysisRule`: another rule of the same type, at once, in every
    /// collaboration.
    pub async fn update_configured_table_analysis_rule(
        &self,
        caller: &Caller,
        id: Id<ConfiguredTable>,
        kind: RuleKind,
        policy: WrittenRule,
    ) -> Result<RuleView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::UpdateConfiguredTableAnalysisRule;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        let OwnTable { table } = authorized.resource;
        let old = tx.rule(id).await?.filter(|it| it.written.kind() == kind);
        let old = old.ok_or_else(|| RoomError::not_found(ResourceKind::ConfiguredTable, id))?;
        of_kind(kind, &policy)?;
        self.put_rule(tx, caller, table, policy, Some(old.written)).await
    }

    async fn put_rule(
        &self,
        mut tx: Tx,
        caller: &Caller,
        table: ConfiguredTable,
        written: WrittenRule,
        old: Option<WrittenRule>,
    ) -> Result<RuleView, RoomError> {
        let quota = self.quotas.rule_bytes;
        if stored_rule_bytes(&written)? > quota {
            return Err(RoomError::QuotaExceeded { name: "Analysis rule size", value: quota });
        }
        written.rule()?;
        check_kind(&table, &written)?;
        check_columns(&table, &written)?;
        let extension = tx.extension_in_force(table.id).await?;
        check_identifier(&table, &written, &extension)?;
        crate::encrypted::check_rule(&written, &extension)?;
        let accountant = extension.declared.accountant;
        check_accountant(&mut tx, &table, Some(&written), accountant).await?;
        check_population(&mut tx, &table, Some(&written), &extension).await?;
        let approvals = match &written {
            WrittenRule::Custom(custom) => {
                check_custom(&table, custom)?;
                let known = match &old {
                    Some(WrittenRule::Custom(old)) => old.allowed_analyses.as_slice(),
                    Some(WrittenRule::Aggregation(_) | WrittenRule::List(_)) | None => &[],
                };
                approvals(&mut tx, &table, custom, known).await?
            }
            WrittenRule::Aggregation(_) | WrittenRule::List(_) => BTreeMap::new(),
        };
        let rule = tx.put_rule(&table, written, approvals).await?;
        self.commit(tx, caller).await?;
        Ok(RuleView { table, rule })
    }

    /// `GetConfiguredTableAnalysisRule`
    pub async fn get_configured_table_analysis_rule(
        &self,
        caller: &Caller,
        id: Id<ConfiguredTable>,
        kind: RuleKind,
    ) -> Result<RuleView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetConfiguredTableAnalysisRule;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        let OwnTable { table } = authorized.resource;
        let rule = tx.rule(id).await?.filter(|it| it.written.kind() == kind);
        let rule = rule.ok_or_else(|| RoomError::not_found(ResourceKind::ConfiguredTable, id))?;
        Ok(RuleView { table, rule })
    }

    /// `DeleteConfiguredTableAnalysisRule`: at once, in every collaboration; quiet the second
    /// time.
    pub async fn delete_configured_table_analysis_rule(
        &self,
        caller: &Caller,
        id: Id<ConfiguredTable>,
        kind: RuleKind,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::DeleteConfiguredTableAnalysisRule;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        let OwnTable { table } = authorized.resource;
        if tx.rule(id).await?.is_some_and(|it| it.written.kind() == kind) {
            tx.delete_rule(&table, kind).await?;
            return self.commit(tx, caller).await;
        }
        let name = glovebox_store::rule_name(id, kind);
        if self.was_deleted(&mut tx, caller, Kind::Rule, &name).await? {
            return Ok(());
        }
        Err(RoomError::not_found(ResourceKind::ConfiguredTable, id))
    }
}

fn of_kind(kind: RuleKind, policy: &WrittenRule) -> Result<(), RoomError> {
    if policy.kind() == kind {
        return Ok(());
    }
    Err(RoomError::field("analysisRulePolicy", "the policy is not of the analysisRuleType"))
}

/// What a rule says of further analyses.
pub(crate) fn additional_analyses(written: &WrittenRule) -> Option<AdditionalAnalyses> {
    match written {
        WrittenRule::Aggregation(it) => it.additional_analyses,
        WrittenRule::Custom(it) => it.additional_analyses,
        WrittenRule::List(it) => it.additional_analyses,
    }
}

/// The column that tells users apart, if a rule names one: then the table has differential
/// privacy.
pub(crate) fn user_identifier(written: &WrittenRule) -> Option<&ColumnName> {
    match written {
        WrittenRule::Custom(it) => it.differential_privacy.as_ref()?.first(),
        WrittenRule::Aggregation(_) | WrittenRule::List(_) => None,
    }
}

/// Whether a table of this kind of reference can have such a rule: one by Athena takes custom rules
/// without differential privacy.
pub(crate) fn check_kind(table: &ConfiguredTable, written: &WrittenRule) -> Result<(), RoomError> {
    if table.reference.kind == ReferenceKind::Glue {
        return Ok(());
    }
    match written {
        WrittenRule::Custom(custom) if custom.differential_privacy.is_none() => Ok(()),
        WrittenRule::Custom(_) => Err(RoomError::field(
            "analysisRulePolicy.v1.custom.differentialPrivacy",
            "a table by an athena reference has no differential privacy: use a glue reference",
        )),
        WrittenRule::Aggregation(_) | WrittenRule::List(_) => Err(RoomError::field(
            "analysisRuleType",
            "a table by an athena reference takes CUSTOM rules only: use a glue reference",
        )),
    }
}

/// Whether a rule names columns that the table has and allows.
pub(crate) fn check_columns(
    table: &ConfiguredTable,
    written: &WrittenRule,
) -> Result<(), RoomError> {
    let name = "analysisRulePolicy";
    let mut faults = Vec::new();
    for column in written.queried_columns() {
        if !table.allowed_columns.contains(column) {
            let message = format!("column `{column}` is not one of the allowed columns");
            faults.push(FieldFault { name: name.into(), message });
        }
    }
    for column in written.constraint_columns() {
        if table.schema.column(column).is_none() {
            let message = format!("the table has no column `{column}` to count");
            faults.push(FieldFault { name: name.into(), message });
        }
    }
    faults.dedup();
    if faults.is_empty() { Ok(()) } else { Err(RoomError::fields(faults)) }
}

/// What the model cannot see: types of columns, and thresholds that no query could meet.
fn check_custom(table: &ConfiguredTable, written: &WrittenCustom) -> Result<(), RoomError> {
    let rule = CustomRule::new(written)?;
    if let Some(threshold) = rule.threshold() {
        let column = &threshold.identity;
        if table.schema.column(column).is_none_or(|it| it.kind != ColumnType::String) {
            return Err(RoomError::invalid(format!(
                "the identity column `{column}` of aggregationThresholds must be a string column"
            )));
        }
    }
    let jobs_only = written.allowed_analyses.iter().any(|it| it == ANY_JOB)
        && written.allowed_analyses.len() == 1;
    if jobs_only && rule.is_restricted() {
        return Err(RoomError::invalid(
            "aggregationThresholds and comparisonControls cannot go with allowedAnalyses that \
             admit only jobs",
        ));
    }
    Ok(())
}

/// What the templates that a rule admits resolve to now. A template that cannot be admitted, as
/// it is not there for this owner, is a fault unless it was `known` before: it may have gone since.
async fn approvals(
    tx: &mut Tx,
    table: &ConfiguredTable,
    rule: &WrittenCustom,
    known: &[String],
) -> Result<Approvals, RoomError> {
    let mut approvals = Approvals::new();
    let mut faults = Vec::new();
    for (index, text) in rule.allowed_analyses.iter().enumerate() {
        let Ok(arn) = text.parse::<Arn>() else { continue };
        let template = match arn.resource {
            Resource::Template(_, id) => tx.template(id).await?,
            Resource::Association(..)
            | Resource::BudgetTemplate(_)
            | Resource::Collaboration(_)
            | Resource::ConfiguredTable(_)
            | Resource::Membership(_) => None,
        };
        let template = match template {
            Some(it) => {
                let found = crate::templates::visible(tx, it.collaboration, text).await?;
                let own = tx.membership_in(it.collaboration, table.owner).await?;
                let joined = own.is_some_and(|it| it.status == MembershipStatus::Active);
                found.filter(|_| joined)
            }
            None => None,
        };
        match template {
            Some(template) => {
                approvals.insert(text.clone(), approve(tx, &template).await?);
            }
            None if known.contains(text) => {}
            None => {
                let name = format!("analysisRulePolicy.v1.custom.allowedAnalyses[{index}]");
                let message = "there is no such analysis template in a collaboration of yours";
                faults.push(FieldFault { name, message: message.into() });
            }
        }
    }
    if faults.is_empty() { Ok(approvals) } else { Err(RoomError::fields(faults)) }
}
