//! Change requests: how the terms of a collaboration change after its members have joined.

use std::collections::{BTreeMap, BTreeSet};

use crate::ability::words;
use crate::{AccountId, Collaboration, Id, MemberAbility, MlAbility, Payment, Timestamp};

/// A change that the creator proposes and the members approve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRequest {
    /// Names it.
    pub id: Id<Self>,
    /// The collaboration that shall change.
    pub collaboration: Id<Collaboration>,
    /// Where it stands.
    pub status: ChangeRequestStatus,
    /// What is asked for, and what everybody said.
    pub parts: ChangeRequestParts,
    /// When it was made.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Changes with every change, never comes back.
    pub version: i64,
}

/// What is asked for, and what everybody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRequestParts {
    /// One to ten changes, carried out together.
    pub changes: Vec<Change>,
    /// Whether every type of change needed no approval when it was asked for.
    pub auto_approved: bool,
    /// What each member said.
    pub approvals: BTreeMap<AccountId, ApprovalStatus>,
}

/// One change, with the types that it amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What shall be.
    pub specification: ChangeSpecification,
    /// What changes thereby; never empty.
    pub types: BTreeSet<ChangeType>,
}

/// What shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeSpecification {
    /// The terms of a member, new or old.
    Member(MemberChange),
    /// The types of change that need no approval from now on.
    AutoApproved(Vec<ChangeType>),
}

/// `MemberChangeSpecification`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberChange {
    /// The member.
    pub account: AccountId,
    /// What it may do from now on, besides running queries and jobs, which never changes.
    pub abilities: Vec<MemberAbility>,
    /// What it may do with models; absent leaves it as it is.
    pub ml_abilities: Option<Vec<MlAbility>>,
    /// What it is asked to pay; absent leaves it as it is.
    pub payment: Option<Payment>,
    /// How it is called; needed for a new member.
    pub display_name: Option<String>,
}

words! {
    /// What a change amounts to.
    ChangeType {
        /// A member is invited.
        AddMember "ADD_MEMBER",
        /// A member is asked to pay.
        AddPayerCandidate "ADD_PAYER_CANDIDATE",
        /// Other changes need no approval from now on.
        EditAutoApprovedChangeTypes "EDIT_AUTO_APPROVED_CHANGE_TYPES",
        /// A member may receive the output of inference.
        GrantCanReceiveInferenceOutput "GRANT_CAN_RECEIVE_INFERENCE_OUTPUT",
        /// A member may receive the output of training.
        GrantCanReceiveModelOutput "GRANT_CAN_RECEIVE_MODEL_OUTPUT",
        /// A member may receive event logs.
        GrantExportQueryAnalysisLogAbility "GRANT_EXPORT_QUERY_ANALYSIS_LOG_ABILITY",
        /// A member may receive results.
        GrantReceiveResultsAbility "GRANT_RECEIVE_RESULTS_ABILITY",
        /// A member is not asked to pay any more.
        RemovePayerCandidate "REMOVE_PAYER_CANDIDATE",
        /// A member may no longer receive the output of inference.
        RevokeCanReceiveInferenceOutput "REVOKE_CAN_RECEIVE_INFERENCE_OUTPUT",
        /// A member may no longer receive the output of training.
        RevokeCanReceiveModelOutput "REVOKE_CAN_RECEIVE_MODEL_OUTPUT",
        /// A member may no longer receive event logs.
        RevokeExportQueryAnalysisLogAbility "REVOKE_EXPORT_QUERY_ANALYSIS_LOG_ABILITY",
        /// A member may no longer receive results.
        RevokeReceiveResultsAbility "REVOKE_RECEIVE_RESULTS_ABILITY",
    }

    /// Where a change request stands.
    ChangeRequestStatus {
        /// Every member has approved: the creator may commit.
        Approved "APPROVED",
        /// The creator took it back.
        Cancelled "CANCELLED",
        /// It has been carried out.
        Committed "COMMITTED",
        /// A member said no.
        Denied "DENIED",
        /// Some member has not said anything.
        Pending "PENDING",
    }

    /// What a member said.
    ApprovalStatus {
        /// Yes.
        Approved "APPROVED",
        /// No.
        Denied "DENIED",
        /// Nothing yet.
        Pending "PENDING",
    }

    /// What can be done with a change request.
    ChangeAction {
        /// A member says yes.
        Approve "APPROVE",
        /// The creator takes it back.
        Cancel "CANCEL",
        /// The creator carries it out.
        Commit "COMMIT",
        /// A member says no.
        Deny "DENY",
    }
}

impl ChangeType {
    /// Whether a collaboration may waive the approval of changes of this type.
    pub fn may_be_auto_approved(self) -> bool {
        match self {
            Self::AddMember
            | Self::GrantReceiveResultsAbility
            | Self::RevokeReceiveResultsAbility
            | Self::GrantExportQueryAnalysisLogAbility
            | Self::RevokeExportQueryAnalysisLogAbility => true,
            Self::AddPayerCandidate
            | Self::EditAutoApprovedChangeTypes
            | Self::GrantCanReceiveInferenceOutput
            | Self::GrantCanReceiveModelOutput
            | Self::RemovePayerCandidate
            | Self::RevokeCanReceiveInferenceOutput
            | Self::RevokeCanReceiveModelOutput => false,
        }
    }
}

impl ChangeRequestStatus {
    /// Whether nothing can change it any more.
    pub fn is_final(self) -> bool {
        match self {
            Self::Cancelled | Self::Committed | Self::Denied => true,
            Self::Approved | Self::Pending => false,
        }
    }
}
