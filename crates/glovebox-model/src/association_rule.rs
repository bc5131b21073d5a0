//! Rules of associations: what an owner adds for one collaboration.

use crate::{AccountId, Association, Id, RuleKind, Timestamp};

/// The rule of an association ("collaboration analysis rule"). An association has at most one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationRule {
    /// The association.
    pub association: Id<Association>,
    /// The kind, the same as that of the table's rule.
    pub kind: RuleKind,
    /// What the owner says.
    pub terms: AssociationTerms,
    /// When it was made.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Changes with every change, never comes back.
    pub version: i64,
}

/// What an owner says of results and further analyses in one collaboration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssociationTerms {
    /// `allowedResultReceivers`. Absent or empty means nobody.
    pub receivers: Option<Vec<AccountId>>,
    /// `allowedAdditionalAnalyses`. Stored and echoed.
    pub additional_analyses: Option<Vec<String>>,
}
