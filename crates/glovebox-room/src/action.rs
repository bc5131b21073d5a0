//! Every operation of the service, and who may call it: the policy table, in one place.

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Active members of the collaboration.
    ActiveMember,
    /// Every account of this house; the answer is about the caller's own things.
    Anyone,
    /// The creator of the collaboration.
    Creator,
    /// An account that the collaboration was offered to.
    Invitee,
    /// The account whose membership it is.
    OwnMembership,
    /// Members of the collaboration, invited or active.
    Participant,
    /// The account that owns the thing named by an ARN.
    ResourceOwner,
    /// The account whose membership it is, active and able to query.
    Runner,
    /// The account that owns the configured table.
    TableOwner,
}

macro_rules! actions {
    (@implemented now) => { true };
    (@implemented later) => { false };
    ($($name:ident $scope:ident $when:ident,)*) => {
        /// An operation, named as AWS names it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = concat!("`", stringify!($name), "`")] $name,)*
        }

        impl Action {
            /// Every operation, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Who may call it.
            pub fn scope(self) -> Scope {
                match self { $(Self::$name => Scope::$scope,)* }
            }

            /// Whether this house carries it out.
            pub fn is_implemented(self) -> bool {
                match self { $(Self::$name => actions!(@implemented $when),)* }
            }

            /// AWS's name of it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

actions! {
    BatchGetCollaborationAnalysisTemplate ActiveMember later,
    BatchGetSchema ActiveMember later,
    BatchGetSchemaAnalysisRule ActiveMember later,
    CreateAnalysisTemplate OwnMembership later,
    CreateCollaboration Anyone now,
    CreateCollaborationChangeRequest Creator later,
    CreateConfiguredAudienceModelAssociation OwnMembership later,
    CreateConfiguredTable Anyone now,
    CreateConfiguredTableAnalysisRule TableOwner now,
    CreateConfiguredTableAssociation OwnMembership now,
    CreateConfiguredTableAssociationAnalysisRule OwnMembership later,
    CreateIdMappingTable OwnMembership later,
    CreateIdNamespaceAssociation OwnMembership later,
    CreateIntermediateTable OwnMembership later,
    CreateIntermediateTableAnalysisRule OwnMembership later,
    CreateMembership Invitee now,
    CreatePrivacyBudgetTemplate OwnMembership later,
    DeleteAnalysisTemplate OwnMembership later,
    DeleteCollaboration Creator now,
    DeleteConfiguredAudienceModelAssociation OwnMembership later,
    DeleteConfiguredTable TableOwner now,
    DeleteConfiguredTableAnalysisRule TableOwner now,
    DeleteConfiguredTableAssociation OwnMembership now,
    DeleteConfiguredTableAssociationAnalysisRule OwnMembership later,
    DeleteIdMappingTable OwnMembership later,
    DeleteIdNamespaceAssociation OwnMembership later,
    DeleteIntermediateTable OwnMembership later,
    DeleteIntermediateTableAnalysisRule OwnMembership later,
    DeleteMember Creator later,
    DeleteMembership OwnMembership now,
    DeletePrivacyBudgetTemplate OwnMembership later,
    DisallowIntermediateTable OwnMembership later,
    GetAnalysisLogExport OwnMembership later,
    GetAnalysisTemplate OwnMembership later,
    GetCollaboration Participant now,
    GetCollaborationAnalysisTemplate ActiveMember later,
    GetCollaborationChangeRequest Participant later,
    GetCollaborationConfiguredAudienceModelAssociation ActiveMember later,
    GetCollaborationIdNamespaceAssociation ActiveMember later,
    GetCollaborationPrivacyBudgetTemplate ActiveMember later,
    GetConfiguredAudienceModelAssociation OwnMembership later,
    GetConfiguredTable TableOwner now,
    GetConfiguredTableAnalysisRule TableOwner now,
    GetConfiguredTableAssociation OwnMembership now,
    GetConfiguredTableAssociationAnalysisRule OwnMembership later,
    GetIdMappingTable OwnMembership later,
    GetIdNamespaceAssociation OwnMembership later,
    GetIntermediateTable OwnMembership later,
    GetIntermediateTableAnalysisRule OwnMembership later,
    GetMembership OwnMembership now,
    GetPrivacyBudgetTemplate OwnMembership later,
    GetProtectedJob OwnMembership later,
    GetProtectedQuery OwnMembership now,
    GetSchema ActiveMember now,
    GetSchemaAnalysisRule ActiveMember now,
    ListAnalysisLogExports OwnMembership later,
    ListAnalysisTemplates OwnMembership later,
    ListCollaborationAnalysisTemplates ActiveMember later,
    ListCollaborationChangeRequests Participant later,
    ListCollaborationConfiguredAudienceModelAssociations ActiveMember later,
    ListCollaborationIdNamespaceAssociations ActiveMember later,
    ListCollaborationPrivacyBudgetTemplates ActiveMember later,
    ListCollaborationPrivacyBudgets ActiveMember later,
    ListCollaborations Anyone now,
    ListConfiguredAudienceModelAssociations OwnMembership later,
    ListConfiguredTableAssociations OwnMembership now,
    ListConfiguredTables Anyone now,
    ListIdMappingTables OwnMembership later,
    ListIdNamespaceAssociations OwnMembership later,
    ListIntermediateTableVersions OwnMembership later,
    ListIntermediateTables OwnMembership later,
    ListMembers Participant now,
    ListMemberships Anyone now,
    ListPrivacyBudgetTemplates OwnMembership later,
    ListPrivacyBudgets OwnMembership later,
    ListProtectedJobs OwnMembership later,
    ListProtectedQueries OwnMembership now,
    ListSchemas ActiveMember now,
    ListTagsForResource ResourceOwner now,
    PopulateIdMappingTable OwnMembership later,
    PopulateIntermediateTable OwnMembership later,
    PreviewPrivacyImpact OwnMembership later,
    StartAnalysisLogExport OwnMembership later,
    StartProtectedJob Runner later,
    StartProtectedQuery Runner now,
    TagResource ResourceOwner now,
    UntagResource ResourceOwner now,
    UpdateAnalysisTemplate OwnMembership later,
    UpdateCollaboration Creator later,
    UpdateCollaborationChangeRequest Participant later,
    UpdateConfiguredAudienceModelAssociation OwnMembership later,
    UpdateConfiguredTable TableOwner later,
    UpdateConfiguredTableAnalysisRule TableOwner later,
    UpdateConfiguredTableAssociation OwnMembership later,
    UpdateConfiguredTableAssociationAnalysisRule OwnMembership later,
    UpdateIdMappingTable OwnMembership later,
    UpdateIdNamespaceAssociation OwnMembership later,
    UpdateIntermediateTable OwnMembership later,
    UpdateIntermediateTableAnalysisRule OwnMembership later,
    UpdateMembership OwnMembership later,
    UpdatePrivacyBudgetTemplate OwnMembership later,
    UpdateProtectedJob OwnMembership later,
    UpdateProtectedQuery OwnMembership now,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_operations_are_named_and_the_essential_ones_carried_out() {
        assert_eq!(Action::ALL.len(), 103);
        assert_eq!(Action::ALL.iter().filter(|it| it.is_implemented()).count(), 30);
        assert!(Action::ALL.windows(2).all(|pair| pair[0].name() < pair[1].name()));
    }
}
