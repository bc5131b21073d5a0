//! The agreement: who takes part, who may do what, under which terms.

use crate::ability::words;
use crate::{AccountId, Id, MemberAbility, Membership, MlAbility, Payment, Timestamp};

/// An agreement between accounts about asking questions of their tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collaboration {
    /// Names it.
    pub id: Id<Self>,
    /// The account that made it.
    pub creator: AccountId,
    /// What its members agree on.
    pub terms: CollaborationTerms,
    /// Whether the creator has ended it.
    pub deleted: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Changes when what queries use of it changes (not its name), never comes back.
    pub version: i64,
}

/// What the members of a collaboration agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollaborationTerms {
    /// Its name, not unique.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// How the creator is called.
    pub creator_display_name: String,
    /// The parameters of column encryption; never change. Absent: encrypted columns are judged as
    /// if all of them were false.
    pub encryption: Option<EncryptionMetadata>,
    /// Whether members may log queries.
    pub query_log: bool,
    /// Whether members may log jobs.
    pub job_log: bool,
    /// Kinds of change that need no approval, as AWS names them. Stored and echoed.
    pub auto_approved_changes: Vec<String>,
    /// Regions of results. Stored and echoed.
    pub allowed_result_regions: Vec<String>,
    /// Whether members may ask for metrics.
    pub metrics: bool,
}

/// The parameters of column encryption that all members use. The default is the most protective:
/// all four are false, which is also how a collaboration without parameters is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EncryptionMetadata {
    /// Whether columns may stay in clear text.
    pub allow_cleartext: bool,
    /// Whether values of a fingerprint column may repeat.
    pub allow_duplicates: bool,
    /// Whether fingerprint columns of other names join.
    pub allow_joins_on_columns_with_different_names: bool,
    /// Whether NULL stays NULL.
    pub preserve_nulls: bool,
}

words! {
    /// Where a member stands in a collaboration.
    MemberStatus {
        /// Has joined.
        Active "ACTIVE",
        /// Has not joined yet.
        Invited "INVITED",
        /// Has left, for ever.
        Left "LEFT",
        /// Was removed by the creator, for ever.
        Removed "REMOVED",
    }
}

impl MemberStatus {
    /// Whether a member may go from `self` to `next`.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Invited, Self::Active | Self::Removed)
            | (Self::Active, Self::Left | Self::Removed) => true,
            (
                Self::Invited | Self::Active | Self::Left | Self::Removed,
                Self::Invited | Self::Active | Self::Left | Self::Removed,
            ) => false,
        }
    }

    /// Whether the member may see the collaboration at all.
    pub fn takes_part(self) -> bool {
        match self {
            Self::Active | Self::Invited => true,
            Self::Left | Self::Removed => false,
        }
    }
}

/// One account's place in a collaboration, as the creator gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The collaboration.
    pub collaboration: Id<Collaboration>,
    /// The account; it need not exist here when it is invited.
    pub account: AccountId,
    /// What it was given.
    pub terms: MemberTerms,
    /// Where it stands.
    pub status: MemberStatus,
    /// Its membership, once it has joined.
    pub membership: Option<Id<Membership>>,
    /// When it was invited.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Changes with every change, never comes back.
    pub version: i64,
}

/// What the creator of a collaboration gives to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberTerms {
    /// How the member is called.
    pub display_name: String,
    /// What it may do, each once, in the order given. Empty: it only contributes.
    pub abilities: Vec<MemberAbility>,
    /// What it may do with models. Stored and echoed.
    pub ml_abilities: Vec<MlAbility>,
    /// What it is asked to pay.
    pub payment: Payment,
}

impl MemberTerms {
    /// Whether the member may do this.
    pub fn may(&self, ability: MemberAbility) -> bool {
        self.abilities.contains(&ability)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_left_or_was_removed_never_comes_back() {
        for from in [MemberStatus::Left, MemberStatus::Removed] {
            assert!(!MemberStatus::ALL.iter().any(|to| from.may_become(*to)));
            assert!(!from.takes_part());
        }
        assert!(!MemberStatus::Active.may_become(MemberStatus::Invited));
    }

    #[test]
    fn words_read_back() {
        for ability in MemberAbility::ALL {
            assert_eq!(MemberAbility::from_aws_name(ability.aws_name()), Some(*ability));
        }
        assert_eq!(MemberAbility::from_aws_name("can_query"), None);
    }
}
