//! One member's side of a collaboration.

use crate::ability::words;
use crate::{AccountId, Collaboration, Id, Payment, S3Output, Timestamp};

/// One account's membership in one collaboration; an account joins a collaboration once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Names it.
    pub id: Id<Self>,
    /// The collaboration.
    pub collaboration: Id<Collaboration>,
    /// The member.
    pub account: AccountId,
    /// What the member chose.
    pub terms: MembershipTerms,
    /// Where it stands.
    pub status: MembershipStatus,
    /// When the account joined.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Changes with every change, never comes back.
    pub version: i64,
}

/// What a member chooses when it joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipTerms {
    /// Whether queries are logged for this member.
    pub query_log: bool,
    /// Whether jobs are logged for this member.
    pub job_log: bool,
    /// Where its results go unless a query says otherwise.
    pub default_result: Option<DefaultResult>,
    /// What it agreed to pay.
    pub payment: Payment,
    /// Whether it asked for metrics.
    pub metrics: bool,
    /// Whether it wants an interval beside each number of a private result that it receives.
    pub intervals: bool,
}

/// `defaultResultConfiguration`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultResult {
    /// Where, in the member's own storage.
    pub output: S3Output,
    /// Stored and echoed.
    pub role_arn: Option<String>,
}

words! {
    /// Where a membership stands.
    MembershipStatus {
        /// In force.
        Active "ACTIVE",
        /// The creator ended the collaboration.
        CollaborationDeleted "COLLABORATION_DELETED",
        /// The member left: the membership is gone for everyone. Not a word of AWS.
        Left "LEFT",
        /// The creator removed the member.
        Removed "REMOVED",
    }
}
