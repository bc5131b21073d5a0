//! What can happen in a house: every fact that a ledger records.

use glovebox_model::{
    AccessKeyId, AccountId, AnalysisTemplate, Association, ChangeRequest, Collaboration,
    ConfiguredTable, Connection, Digest, Id, Membership, PrivacyBudgetTemplate, Query, QueryStatus,
};
use serde::{Deserialize, Serialize};

use crate::commitment::Commitment;
use crate::text;

/// One fact. Values that not every reader of the tree may know stand as commitments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields name themselves; each variant is explained")]
pub enum Event {
    /// An account was created.
    AccountCreated {
        #[serde(with = "text")]
        account: AccountId,
    },
    /// An account was disabled.
    AccountDisabled {
        #[serde(with = "text")]
        account: AccountId,
    },
    /// An access key was added to an account; `role` is said unless it may do everything.
    KeyAdded {
        #[serde(with = "text")]
        account: AccountId,
        #[serde(with = "text")]
        key: AccessKeyId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<String>,
    },
    /// An access key was disabled.
    KeyDisabled {
        #[serde(with = "text")]
        account: AccountId,
        #[serde(with = "text")]
        key: AccessKeyId,
    },
    /// An account described where data of its own lies; `terms` is the digest of that, without
    /// credentials.
    ConnectionAdded {
        #[serde(with = "text")]
        account: AccountId,
        #[serde(with = "text")]
        connection: Id<Connection>,
        #[serde(with = "text")]
        terms: Digest,
    },
    /// A connection or its credentials were changed.
    ConnectionChanged {
        #[serde(with = "text")]
        account: AccountId,
        #[serde(with = "text")]
        connection: Id<Connection>,
        #[serde(with = "text")]
        terms: Digest,
    },
    /// A connection was removed with its credentials.
    ConnectionRemoved {
        #[serde(with = "text")]
        account: AccountId,
        #[serde(with = "text")]
        connection: Id<Connection>,
    },
    /// A collaboration was created; `terms` is the digest of its stored form.
    CollaborationCreated {
        #[serde(with = "text")]
        collaboration: Id<Collaboration>,
        #[serde(with = "text")]
        creator: AccountId,
        #[serde(with = "text")]
        terms: Digest,
    },
    /// A collaboration was updated.
    CollaborationChanged {
        #[serde(with = "text")]
        collaboration: Id<Collaboration>,
        #[serde(with = "text")]
        by: AccountId,
        #[serde(with = "text")]
        terms: Digest,
    },
    /// A collaboration was deleted by its creator.
    CollaborationDeleted {
        #[serde(with = "text")]
        collaboration: Id<Collaboration>,
        #[serde(with = "text")]
        by: AccountId,
    },
    /// An invited account became a member.
    MemberJoined {
        #[serde(with = "text")]
        collaboration: Id<Collaboration>,
        #[serde(with = "text")]
        account: AccountId,
        #[serde(with = "text")]
        membership: Id<Membership>,
    },
    /// A member changed its side of the agreement (logging, default result configuration).
    MembershipChanged {
        #[serde(with = "text")]
        account: AccountId,
        #[serde(with = "text")]
        membership: Id<Membership>,
        #[serde(with = "text")]
        terms: Digest,
    },
    /// A member left.
    MemberLeft {
        #[serde(with = "text")]
        collaboration: Id<Collaboration>,
        #[serde(with = "text")]
        account: AccountId,
    },
    /// The creator removed a member.
    MemberRemoved {
        #[serde(with = "text")]
        collaboration: Id<Collaboration>,
        #[serde(with = "text")]
        account: AccountId,
        #[serde(with = "text")]
        by: AccountId,
    },
    /// A table was configured; `schema` is the digest of its allowed columns and types.
    TableConfigured {
        #[serde(with = "text")]
        table: Id<ConfiguredTable>,
        #[serde(with = "text")]
        owner: AccountId,
        #[serde(with = "text")]
        schema: Digest,
    },
    /// A configured table was updated.
    TableChanged {
        #[serde(with = "text")]
        table: Id<ConfiguredTable>,
        #[serde(with = "text")]
        owner: AccountId,
        #[serde(with = "text")]
        schema: Digest,
    },
    /// A configured table was deleted, with its rules.
    TableDeleted {
        #[serde(with = "text")]
        table: Id<ConfiguredTable>,
        #[serde(with = "text")]
        owner: AccountId,
    },
    /// An analysis rule was made, changed or, without a digest, deleted.
    RuleChanged {
        #[serde(with = "text")]
        table: Id<ConfiguredTable>,
        #[serde(with = "text")]
        owner: AccountId,
        kind: String,
        #[serde(with = "text::option")]
        digest: Option<Digest>,
    },
    /// A table was brought into the collaboration under a name.
    Associated {
        #[serde(with = "text")]
        association: Id<Association>,
        #[serde(with = "text")]
        table: Id<ConfiguredTable>,
        #[serde(with = "text")]
        owner: AccountId,
        name: String,
    },
    /// A table was taken out of the collaboration.
    Dissociated {
        #[serde(with = "text")]
        association: Id<Association>,
        #[serde(with = "text")]
        owner: AccountId,
        name: String,
    },
    /// The rule of an association was made, changed or, without a digest, deleted.
    AssociationRuleChanged {
        #[serde(with = "text")]
        association: Id<Association>,
        #[serde(with = "text")]
        owner: AccountId,
        kind: String,
        #[serde(with = "text::option")]
        digest: Option<Digest>,
    },
    /// An owner said, beyond AWS's shapes, how the rule of a table is read.
    ExtensionChanged {
        #[serde(with = "text")]
        table: Id<ConfiguredTable>,
        #[serde(with = "text")]
        owner: AccountId,
        mode: String,
        #[serde(with = "text")]
        digest: Digest,
    },
    /// An analysis template was made or, without a digest, deleted.
    TemplateChanged {
        #[serde(with = "text")]
        template: Id<AnalysisTemplate>,
        #[serde(with = "text")]
        author: AccountId,
        #[serde(with = "text::option")]
        digest: Option<Digest>,
    },
    /// A privacy budget was offered, changed or, without a digest, withdrawn.
    BudgetChanged {
        #[serde(with = "text")]
        template: Id<PrivacyBudgetTemplate>,
        #[serde(with = "text")]
        owner: AccountId,
        kind: String,
        #[serde(with = "text::option")]
        digest: Option<Digest>,
    },
    /// A change of the agreement was asked for, decided upon or carried out; `digest` is of what
    /// was asked for.
    ChangeRequestChanged {
        #[serde(with = "text")]
        request: Id<ChangeRequest>,
        #[serde(with = "text")]
        by: AccountId,
        action: String,
        #[serde(with = "text")]
        digest: Digest,
    },
    /// Failures after rows had met shut a runner out from a table.
    TableLocked {
        #[serde(with = "text")]
        association: Id<Association>,
        #[serde(with = "text")]
        runner: AccountId,
    },
    /// The owner let runners back in.
    TableUnlocked {
        #[serde(with = "text")]
        association: Id<Association>,
        #[serde(with = "text")]
        owner: AccountId,
    },
    /// A query was accepted for judgement; `text` commits to its SQL.
    QuerySubmitted {
        #[serde(with = "text")]
        query: Id<Query>,
        #[serde(with = "text")]
        runner: AccountId,
        #[serde(with = "text")]
        key: AccessKeyId,
        text: Commitment,
    },
    /// The runner wished a query to stop.
    CancelRequested {
        #[serde(with = "text")]
        query: Id<Query>,
        #[serde(with = "text")]
        key: AccessKeyId,
    },
    /// A query passed judgement and may read data from now on; `charge` commits to what it takes
    /// from a privacy budget.
    Opened {
        #[serde(with = "text")]
        query: Id<Query>,
        #[serde(with = "text")]
        runner: AccountId,
        #[serde(with = "text")]
        key: AccessKeyId,
        plan: Commitment,
        #[serde(with = "text::list")]
        rules: Vec<Digest>,
        tables: Vec<String>,
        #[serde(with = "text::list")]
        receivers: Vec<AccountId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charge: Option<Commitment>,
    },
    /// A query that was opened to be charged later was charged, or was answered with a stored
    /// release for nothing: `charge` commits to which.
    Charged {
        #[serde(with = "text")]
        query: Id<Query>,
        charge: Commitment,
    },
    /// A query was refused; nothing was read. `report` commits to the findings.
    Refused {
        #[serde(with = "text")]
        query: Id<Query>,
        codes: Vec<String>,
        report: Commitment,
    },
    /// The result was kept; only these bytes are ever delivered.
    Released {
        #[serde(with = "text")]
        query: Id<Query>,
        objects: Vec<ReleasedObject>,
    },
    /// A query ended with this status; `inputs` commits to the manifest of what was read. Of a
    /// released one with several receivers, `delivered` names those who have the result.
    Closed {
        #[serde(with = "text")]
        query: Id<Query>,
        #[serde(with = "text")]
        status: QueryStatus,
        inputs: Option<Commitment>,
        #[serde(with = "text::list", default, skip_serializing_if = "Vec::is_empty")]
        delivered: Vec<AccountId>,
    },
    /// A query was opened and its process died before anything was kept: failed, charge stays.
    Lost {
        #[serde(with = "text")]
        query: Id<Query>,
    },
    /// A result object was read through the S3 door; `object` commits to bucket and key.
    ResultDownloaded {
        #[serde(with = "text")]
        account: AccountId,
        object: Commitment,
    },
    /// The operator accepted an older copy of the database as the newest that there is. What came
    /// after it is gone; `number` is that of the head counter from here on, and periods of privacy
    /// budgets that had begun by `closed` (milliseconds since 1970) stay closed.
    Restored { number: u64, closed: i64 },
    /// After a restore, an account said that what it allows here is what it allows.
    RestoreConfirmed {
        #[serde(with = "text")]
        account: AccountId,
        number: u64,
    },
    /// The operator said that the clock is right, after it had jumped so far.
    ClockAccepted { millis: i64 },
    /// A text was judged without being run.
    Explained {
        #[serde(with = "text")]
        account: AccountId,
        #[serde(with = "text")]
        key: AccessKeyId,
        text: Commitment,
        codes: Vec<String>,
    },
}

/// One kept object of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleasedObject {
    /// Who receives it.
    #[serde(with = "text")]
    pub receiver: AccountId,
    /// Commits to the digest of the bytes.
    pub content: Commitment,
    /// The size, rounded up by [`at_most`].
    pub at_most_bytes: u64,
}

/// A size rounded up to a power of two, at least 4 KiB, so that it tells little.
pub fn at_most(bytes: u64) -> u64 {
    bytes.max(4096).checked_next_power_of_two().unwrap_or(u64::MAX)
}

impl Event {
    /// The query that this fact is about, if any.
    pub fn query(&self) -> Option<Id<Query>> {
        match self {
            Self::QuerySubmitted { query, .. }
            | Self::CancelRequested { query, .. }
            | Self::Opened { query, .. }
            | Self::Charged { query, .. }
            | Self::Refused { query, .. }
            | Self::Released { query, .. }
            | Self::Closed { query, .. }
            | Self::Lost { query } => Some(*query),
            Self::AccountCreated { .. }
            | Self::AccountDisabled { .. }
            | Self::KeyAdded { .. }
            | Self::KeyDisabled { .. }
            | Self::CollaborationCreated { .. }
            | Self::CollaborationChanged { .. }
            | Self::ConnectionAdded { .. }
            | Self::ConnectionChanged { .. }
            | Self::ConnectionRemoved { .. }
            | Self::CollaborationDeleted { .. }
            | Self::MemberJoined { .. }
            | Self::MembershipChanged { .. }
            | Self::MemberLeft { .. }
            | Self::MemberRemoved { .. }
            | Self::TableConfigured { .. }
            | Self::TableChanged { .. }
            | Self::TableDeleted { .. }
            | Self::RuleChanged { .. }
            | Self::Associated { .. }
            | Self::Dissociated { .. }
            | Self::AssociationRuleChanged { .. }
            | Self::ExtensionChanged { .. }
            | Self::TemplateChanged { .. }
            | Self::BudgetChanged { .. }
            | Self::ChangeRequestChanged { .. }
            | Self::TableLocked { .. }
            | Self::TableUnlocked { .. }
            | Self::Restored { .. }
            | Self::RestoreConfirmed { .. }
            | Self::ClockAccepted { .. }
            | Self::ResultDownloaded { .. }
            | Self::Explained { .. } => None,
        }
    }

    /// Every commitment that stands in this fact.
    pub fn commitments(&self) -> Vec<Commitment> {
        match self {
            Self::QuerySubmitted { text, .. } | Self::Explained { text, .. } => vec![*text],
            Self::Opened { plan, charge, .. } => [*plan].into_iter().chain(*charge).collect(),
            Self::Charged { charge, .. } => vec![*charge],
            Self::Refused { report, .. } => vec![*report],
            Self::Released { objects, .. } => objects.iter().map(|it| it.content).collect(),
            Self::Closed { inputs, .. } => inputs.iter().copied().collect(),
            Self::ResultDownloaded { object, .. } => vec![*object],
            Self::AccountCreated { .. }
            | Self::AccountDisabled { .. }
            | Self::KeyAdded { .. }
            | Self::KeyDisabled { .. }
            | Self::CollaborationCreated { .. }
            | Self::CollaborationChanged { .. }
            | Self::ConnectionAdded { .. }
            | Self::ConnectionChanged { .. }
            | Self::ConnectionRemoved { .. }
            | Self::CollaborationDeleted { .. }
            | Self::MemberJoined { .. }
            | Self::MembershipChanged { .. }
            | Self::MemberLeft { .. }
            | Self::MemberRemoved { .. }
            | Self::TableConfigured { .. }
            | Self::TableChanged { .. }
            | Self::TableDeleted { .. }
            | Self::RuleChanged { .. }
            | Self::Associated { .. }
            | Self::Dissociated { .. }
            | Self::AssociationRuleChanged { .. }
            | Self::ExtensionChanged { .. }
            | Self::TemplateChanged { .. }
            | Self::BudgetChanged { .. }
            | Self::ChangeRequestChanged { .. }
            | Self::TableLocked { .. }
            | Self::TableUnlocked { .. }
            | Self::Restored { .. }
            | Self::RestoreConfirmed { .. }
            | Self::ClockAccepted { .. }
            | Self::CancelRequested { .. }
            | Self::Lost { .. } => Vec::new(),
        }
    }
}
