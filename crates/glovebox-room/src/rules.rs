//! Analysis rules of configured tables.

use glovebox_model::{AdditionalAnalyses, ConfiguredTable, Id, RuleKind, TableRule, WrittenRule};
use glovebox_store::{Kind, stored_rule_bytes};

use crate::authorize::OwnTable;
use crate::error::FieldFault;
use crate::{Action, Caller, ConflictReason, ResourceKind, Room, RoomError};

/// The types of analysis rules that a request can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleType {
    /// One that tables can have.
    Known(RuleKind),
    /// `CUSTOM`: arrives with the next release.
    Custom,
}

/// The policy of a new rule.
#[derive(Debug, Clone)]
pub enum NewPolicy {
    /// One that tables can have.
    Written(WrittenRule),
    /// `custom`: arrives with the next release.
    Custom,
}

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
        rule_type: RuleType,
        policy: NewPolicy,
    ) -> Result<RuleView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::CreateConfiguredTableAnalysisRule;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        let OwnTable { table } = authorized.resource;
        let written = known_policy(rule_type, policy)?;
        if tx.rule(id).await?.is_some() {
            return Err(RoomError::conflict(
                ConflictReason::AlreadyExists,
                (ResourceKind::ConfiguredTable, id),
                "the configured table has an analysis rule already",
            ));
        }
        let quota = self.quotas.rule_bytes;
        if stored_rule_bytes(&written)? > quota {
            return Err(RoomError::QuotaExceeded { name: "Analysis rule size", value: quota });
        }
        written.rule()?;
        check_direct(&written)?;
        check_columns(&table, &written)?;
        let rule = tx.insert_rule(&table, written).await?;
        self.commit(tx, caller).await?;
        Ok(RuleView { table, rule })
    }

    /// `GetConfiguredTableAnalysisRule`
    pub async fn get_configured_table_analysis_rule(
        &self,
        caller: &Caller,
        id: Id<ConfiguredTable>,
        rule_type: RuleType,
    ) -> Result<RuleView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetConfiguredTableAnalysisRule;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        let OwnTable { table } = authorized.resource;
        let rule = tx.rule(id).await?.filter(|it| is_of(it, rule_type));
        let rule = rule.ok_or_else(|| RoomError::not_found(ResourceKind::ConfiguredTable, id))?;
        Ok(RuleView { table, rule })
    }

    /// `DeleteConfiguredTableAnalysisRule`: at once, in every collaboration; quiet the second
    /// time.
    pub async fn delete_configured_table_analysis_rule(
        &self,
        caller: &Caller,
        id: Id<ConfiguredTable>,
        rule_type: RuleType,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::DeleteConfiguredTableAnalysisRule;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, id).await?;
        let OwnTable { table } = authorized.resource;
        if let Some(rule) = tx.rule(id).await?.filter(|it| is_of(it, rule_type)) {
            tx.delete_rule(&table, rule.written.kind()).await?;
            return self.commit(tx, caller).await;
        }
        let buried = match rule_type {
            RuleType::Known(kind) => Some(glovebox_store::rule_name(id, kind)),
            RuleType::Custom => None,
        };
        match buried {
            Some(name) if self.was_deleted(&mut tx, caller, Kind::Rule, &name).await? => Ok(()),
            _ => Err(RoomError::not_found(ResourceKind::ConfiguredTable, id)),
        }
    }
}

/// Whether a rule is of the type that a request names.
pub(crate) fn is_of(rule: &TableRule, rule_type: RuleType) -> bool {
    match rule_type {
        RuleType::Known(kind) => rule.written.kind() == kind,
        RuleType::Custom => false,
    }
}

fn known_policy(rule_type: RuleType, policy: NewPolicy) -> Result<WrittenRule, RoomError> {
    match (rule_type, policy) {
        (RuleType::Known(kind), NewPolicy::Written(written)) if written.kind() == kind => {
            Ok(written)
        }
        (RuleType::Custom, NewPolicy::Custom) => Err(RoomError::field(
            "analysisRuleType",
            "CUSTOM analysis rules arrive with the next release: use AGGREGATION or LIST",
        )),
        (RuleType::Known(_) | RuleType::Custom, NewPolicy::Written(_) | NewPolicy::Custom) => {
            Err(RoomError::field("analysisRulePolicy", "the policy is not of the analysisRuleType"))
        }
    }
}

/// What a rule says of further analyses.
pub(crate) fn additional_analyses(written: &WrittenRule) -> Option<AdditionalAnalyses> {
    match written {
        WrittenRule::Aggregation(it) => it.additional_analyses,
        WrittenRule::List(it) => it.additional_analyses,
    }
}

/// `REQUIRED` means that no result may be returned directly, and there is no other way yet: such
/// a rule is refused rather than kept and not obeyed.
fn check_direct(written: &WrittenRule) -> Result<(), RoomError> {
    if additional_analyses(written) == Some(AdditionalAnalyses::Required) {
        let message = "additionalAnalyses REQUIRED forbids every direct result, and additional \
                       analyses are not built yet: use ALLOWED or NOT_ALLOWED";
        return Err(RoomError::field("analysisRulePolicy", message));
    }
    Ok(())
}

fn check_columns(table: &ConfiguredTable, written: &WrittenRule) -> Result<(), RoomError> {
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
