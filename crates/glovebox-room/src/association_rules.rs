//! Rules of associations: who may receive results of a table in one collaboration.

use std::collections::BTreeSet;

use glovebox_model::{
    AccountId, Association, AssociationRule, AssociationTerms, Id, Member, MemberAbility,
    Membership, Mode, RuleKind, WrittenRule,
};
use glovebox_store::{Kind, Tx, association_rule_name};

use crate::authorize::OwnMembership;
use crate::error::FieldFault;
use crate::{Action, Caller, ConflictReason, ResourceKind, Room, RoomError};

/// What an owner says of one of its associations.
#[derive(Debug, Clone)]
pub struct NewAssociationRule {
    /// Its membership.
    pub membership: Id<Membership>,
    /// Its association.
    pub association: Id<Association>,
    /// `analysisRuleType`
    pub kind: RuleKind,
    /// The type that the policy is of.
    pub policy_kind: RuleKind,
    /// The policy.
    pub terms: AssociationTerms,
}

/// A rule and its association.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationRuleView {
    /// The association.
    pub association: Association,
    /// Its rule.
    pub rule: AssociationRule,
}

impl Room {
    /// `CreateConfiguredTableAssociationAnalysisRule`: the first and only rule of an association.
    pub async fn create_association_rule(
        &self,
        caller: &Caller,
        new: NewAssociationRule,
    ) -> Result<AssociationRuleView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::CreateConfiguredTableAssociationAnalysisRule;
        let association = self.own_association(&mut tx, caller, action, &new).await?;
        if tx.association_rule(association.id).await?.is_some() {
            return Err(RoomError::conflict(
                ConflictReason::AlreadyExists,
                (ResourceKind::ConfiguredTableAssociation, association.id),
                "the association has an analysis rule already",
            ));
        }
        self.put_association_rule(tx, caller, association, new).await
    }

    /// `GetConfiguredTableAssociationAnalysisRule`
    pub async fn get_association_rule(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<Association>,
        kind: RuleKind,
    ) -> Result<AssociationRuleView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetConfiguredTableAssociationAnalysisRule;
        self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let association = owned(&mut tx, membership, id).await?;
        let rule = tx.association_rule(id).await?.filter(|it| it.kind == kind);
        Ok(AssociationRuleView { association, rule: rule.ok_or_else(|| unknown(id))? })
    }

    /// `UpdateConfiguredTableAssociationAnalysisRule`: another rule of the same type.
    pub async fn update_association_rule(
        &self,
        caller: &Caller,
        new: NewAssociationRule,
    ) -> Result<AssociationRuleView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::UpdateConfiguredTableAssociationAnalysisRule;
        let association = self.own_association(&mut tx, caller, action, &new).await?;
        let old = tx.association_rule(association.id).await?;
        old.filter(|it| it.kind == new.kind).ok_or_else(|| unknown(association.id))?;
        self.put_association_rule(tx, caller, association, new).await
    }

    /// `DeleteConfiguredTableAssociationAnalysisRule`: quiet the second time.
    pub async fn delete_association_rule(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<Association>,
        kind: RuleKind,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::DeleteConfiguredTableAssociationAnalysisRule;
        self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let association = owned(&mut tx, membership, id).await?;
        if tx.association_rule(id).await?.is_some_and(|it| it.kind == kind) {
            tx.delete_association_rule(&association, kind).await?;
            return self.commit(tx, caller).await;
        }
        let name = association_rule_name(id, kind);
        if self.was_deleted(&mut tx, caller, Kind::Rule, &name).await? {
            return Ok(());
        }
        Err(unknown(id))
    }

    async fn own_association(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        action: Action,
        new: &NewAssociationRule,
    ) -> Result<Association, RoomError> {
        self.authorize::<OwnMembership>(tx, caller, action, new.membership).await?;
        owned(tx, new.membership, new.association).await
    }

    async fn put_association_rule(
        &self,
        mut tx: Tx,
        caller: &Caller,
        association: Association,
        new: NewAssociationRule,
    ) -> Result<AssociationRuleView, RoomError> {
        if new.kind != new.policy_kind {
            let message = "the policy is not of the analysisRuleType";
            return Err(RoomError::field("analysisRulePolicy", message));
        }
        if let Some(rule) = tx.rule(association.table).await?
            && rule.written.kind() != new.kind
        {
            let kind = rule.written.kind().aws_name();
            let message = format!("the analysis rule of the configured table is of type {kind}");
            return Err(RoomError::field("analysisRuleType", message));
        }
        let members = tx.members(association.collaboration).await?;
        check(&new.terms, &members)?;
        let rule = tx.put_association_rule(&association, new.kind, new.terms).await?;
        self.commit(tx, caller).await?;
        Ok(AssociationRuleView { association, rule })
    }
}

fn unknown(id: Id<Association>) -> RoomError {
    RoomError::not_found(ResourceKind::ConfiguredTableAssociation, id)
}

/// The association of that id, if it belongs to the membership.
pub(crate) async fn owned(
    tx: &mut Tx,
    membership: Id<Membership>,
    id: Id<Association>,
) -> Result<Association, RoomError> {
    let found = tx.association(id).await?.filter(|it| it.membership == membership);
    found.ok_or_else(|| unknown(id))
}

fn check(terms: &AssociationTerms, members: &[Member]) -> Result<(), RoomError> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, account) in terms.receivers.iter().flatten().enumerate() {
        let message = if !seen.insert(*account) {
            "the account is named twice"
        } else if !can_receive(members).contains(account) {
            "the account is no member that can receive results"
        } else {
            continue;
        };
        let name = format!("analysisRulePolicy.v1.allowedResultReceivers[{index}]");
        faults.push(FieldFault { name, message: message.into() });
    }
    if faults.is_empty() { Ok(()) } else { Err(RoomError::fields(faults)) }
}

/// The members that take part and have the ability to receive results.
pub(crate) fn can_receive(members: &[Member]) -> Vec<AccountId> {
    let able =
        |it: &&Member| it.status.takes_part() && it.terms.may(MemberAbility::CanReceiveResults);
    members.iter().filter(able).map(|it| it.account).collect()
}

/// Who may receive results of a table, as far as its owner says; `None` is every receiver of the
/// collaboration. What all say must hold.
pub(crate) fn receivers(
    written: &WrittenRule,
    association: &Association,
    rule: Option<&AssociationRule>,
    mode: Mode,
) -> Option<BTreeSet<AccountId>> {
    let here: Option<BTreeSet<AccountId>> = match (rule, mode) {
        (Some(rule), _) if rule.kind != written.kind() => Some(BTreeSet::new()),
        (Some(rule), _) => Some(rule.terms.receivers.iter().flatten().copied().collect()),
        (None, Mode::Strict) => Some(association.receivers.iter().copied().collect()),
        (None, Mode::Aws) => None,
    };
    let everywhere = match written {
        WrittenRule::Custom(it) => it.allowed_result_receivers.as_ref(),
        WrittenRule::Aggregation(_) | WrittenRule::List(_) => None,
    };
    let everywhere: Option<BTreeSet<AccountId>> = everywhere.map(|it| it.iter().copied().collect());
    match (here, everywhere) {
        (Some(here), Some(everywhere)) => Some(here.intersection(&everywhere).copied().collect()),
        (here, everywhere) => here.or(everywhere),
    }
}
