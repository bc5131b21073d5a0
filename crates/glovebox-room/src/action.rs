//! Every operation of the service, and who may call it: the policy table, in one place.

use glovebox_model::KeyRole;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Active members of the collaboration.
    ActiveMember,
    /// Every account of this house; the answer is about the caller's own things.
    Anyone,
    /// The account that owns the connection.
    ConnectionOwner,
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
    (
        $($name:ident $scope:ident $when:ident,)*
        ;
        $($own:ident $reach:ident,)*
    ) => {
        /// An operation, named as AWS names it, or an endpoint of the native API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = concat!("`", stringify!($name), "`")] $name,)*
            $(#[doc = concat!("`", stringify!($own), "`, native")] $own,)*
        }

        impl Action {
            /// Every operation of AWS, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// Every endpoint of the native API, in alphabetical order.
            pub const NATIVE: &'static [Self] = &[$(Self::$own,)*];

            /// Who may call it.
            pub fn scope(self) -> Scope {
                match self {
                    $(Self::$name => Scope::$scope,)*
                    $(Self::$own => Scope::$reach,)*
                }
            }

            /// Whether this house carries it out.
            pub fn is_implemented(self) -> bool {
                match self {
                    $(Self::$name => actions!(@implemented $when),)*
                    $(Self::$own)|* => true,
                }
            }

            /// AWS's name of it, or ours.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                    $(Self::$own => stringify!($own),)*
                }
            }
        }
    };
}

actions! {
    BatchGetCollaborationAnalysisTemplate ActiveMember now,
    BatchGetSchema ActiveMember now,
    BatchGetSchemaAnalysisRule ActiveMember now,
    CreateAnalysisTemplate OwnMembership now,
    CreateCollaboration Anyone now,
    CreateCollaborationChangeRequest Creator now,
    CreateConfiguredAudienceModelAssociation OwnMembership later,
    CreateConfiguredTable Anyone now,
    CreateConfiguredTableAnalysisRule TableOwner now,
    CreateConfiguredTableAssociation OwnMembership now,
    CreateConfiguredTableAssociationAnalysisRule OwnMembership now,
    CreateIdMappingTable OwnMembership later,
    CreateIdNamespaceAssociation OwnMembership later,
    CreateIntermediateTable OwnMembership later,
    CreateIntermediateTableAnalysisRule OwnMembership later,
    CreateMembership Invitee now,
    CreatePrivacyBudgetTemplate OwnMembership now,
    DeleteAnalysisTemplate OwnMembership now,
    DeleteCollaboration Creator now,
    DeleteConfiguredAudienceModelAssociation OwnMembership later,
    DeleteConfiguredTable TableOwner now,
    DeleteConfiguredTableAnalysisRule TableOwner now,
    DeleteConfiguredTableAssociation OwnMembership now,
    DeleteConfiguredTableAssociationAnalysisRule OwnMembership now,
    DeleteIdMappingTable OwnMembership later,
    DeleteIdNamespaceAssociation OwnMembership later,
    DeleteIntermediateTable OwnMembership later,
    DeleteIntermediateTableAnalysisRule OwnMembership later,
    DeleteMember Creator now,
    DeleteMembership OwnMembership now,
    DeletePrivacyBudgetTemplate OwnMembership now,
    DisallowIntermediateTable OwnMembership later,
    GetAnalysisLogExport OwnMembership later,
    GetAnalysisTemplate OwnMembership now,
    GetCollaboration Participant now,
    GetCollaborationAnalysisTemplate ActiveMember now,
    GetCollaborationChangeRequest Participant now,
    GetCollaborationConfiguredAudienceModelAssociation ActiveMember later,
    GetCollaborationIdNamespaceAssociation ActiveMember later,
    GetCollaborationPrivacyBudgetTemplate ActiveMember now,
    GetConfiguredAudienceModelAssociation OwnMembership later,
    GetConfiguredTable TableOwner now,
    GetConfiguredTableAnalysisRule TableOwner now,
    GetConfiguredTableAssociation OwnMembership now,
    GetConfiguredTableAssociationAnalysisRule OwnMembership now,
    GetIdMappingTable OwnMembership later,
    GetIdNamespaceAssociation OwnMembership later,
    GetIntermediateTable OwnMembership later,
    GetIntermediateTableAnalysisRule OwnMembership later,
    GetMembership OwnMembership now,
    GetPrivacyBudgetTemplate OwnMembership now,
    GetProtectedJob OwnMembership later,
    GetProtectedQuery OwnMembership now,
    GetSchema ActiveMember now,
    GetSchemaAnalysisRule ActiveMember now,
    ListAnalysisLogExports OwnMembership later,
    ListAnalysisTemplates OwnMembership now,
    ListCollaborationAnalysisTemplates ActiveMember now,
    ListCollaborationChangeRequests Participant now,
    ListCollaborationConfiguredAudienceModelAssociations ActiveMember later,
    ListCollaborationIdNamespaceAssociations ActiveMember later,
    ListCollaborationPrivacyBudgetTemplates ActiveMember now,
    ListCollaborationPrivacyBudgets ActiveMember now,
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
    ListPrivacyBudgetTemplates OwnMembership now,
    ListPrivacyBudgets OwnMembership now,
    ListProtectedJobs OwnMembership later,
    ListProtectedQueries OwnMembership now,
    ListSchemas ActiveMember now,
    ListTagsForResource ResourceOwner now,
    PopulateIdMappingTable OwnMembership later,
    PopulateIntermediateTable OwnMembership later,
    PreviewPrivacyImpact OwnMembership now,
    StartAnalysisLogExport OwnMembership later,
    StartProtectedJob Runner later,
    StartProtectedQuery Runner now,
    TagResource ResourceOwner now,
    UntagResource ResourceOwner now,
    UpdateAnalysisTemplate OwnMembership now,
    UpdateCollaboration Creator now,
    UpdateCollaborationChangeRequest Participant now,
    UpdateConfiguredAudienceModelAssociation OwnMembership later,
    UpdateConfiguredTable TableOwner now,
    UpdateConfiguredTableAnalysisRule TableOwner now,
    UpdateConfiguredTableAssociation OwnMembership now,
    UpdateConfiguredTableAssociationAnalysisRule OwnMembership now,
    UpdateIdMappingTable OwnMembership later,
    UpdateIdNamespaceAssociation OwnMembership later,
    UpdateIntermediateTable OwnMembership later,
    UpdateIntermediateTableAnalysisRule OwnMembership later,
    UpdateMembership OwnMembership now,
    UpdatePrivacyBudgetTemplate OwnMembership now,
    UpdateProtectedJob OwnMembership later,
    UpdateProtectedQuery OwnMembership now,
    // The native API.
    ;
    ConfirmRestore Anyone,
    CreateConnection Anyone,
    DeleteConnection ConnectionOwner,
    ExplainQuery Runner,
    GetBudgetForecast ActiveMember,
    GetCollaborationLedger ActiveMember,
    GetConnection ConnectionOwner,
    GetExtension TableOwner,
    GetMembershipExtension OwnMembership,
    GetNativeSchema ActiveMember,
    GetProtectedQueryDeliveries OwnMembership,
    GetProtectedQueryDiagnostics OwnMembership,
    GetProtectedQueryProgress OwnMembership,
    GetRecordedQuery OwnMembership,
    GetRestore Anyone,
    ListConnections Anyone,
    PutExtension TableOwner,
    PutMembershipExtension OwnMembership,
    StartRecordedQuery Runner,
    TestConnection ConnectionOwner,
    UnlockAssociation TableOwner,
    UpdateConnection ConnectionOwner,
}

impl Action {
    /// The least role of a key that may be used for it: whoever looks needs none, whoever asks
    /// questions is an analyst, everything else is for owners.
    pub fn needs(self) -> KeyRole {
        let reads = ["Get", "List", "BatchGet", "Preview"];
        match self {
            Self::ExplainQuery
            | Self::StartProtectedQuery
            | Self::StartRecordedQuery
            | Self::UpdateProtectedQuery => KeyRole::Analyst,
            other if reads.iter().any(|it| other.name().starts_with(it)) => KeyRole::Auditor,
            _ => KeyRole::Owner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_operations_are_named_and_the_essential_ones_carried_out() {
        assert_eq!(Action::ALL.len(), 103);
        assert_eq!(Action::ALL.iter().filter(|it| it.is_implemented()).count(), 64);
        for list in [Action::ALL, Action::NATIVE] {
            assert!(list.windows(2).all(|pair| pair[0].name() < pair[1].name()));
        }
    }

    #[test]
    fn an_analysts_key_asks_and_an_auditors_key_looks() {
        let needing = |role| -> Vec<&str> {
            let all = Action::ALL.iter().chain(Action::NATIVE);
            all.filter(|it| it.needs() == role).map(|it| it.name()).collect()
        };
        assert_eq!(
            needing(KeyRole::Analyst),
            ["StartProtectedQuery", "UpdateProtectedQuery", "ExplainQuery", "StartRecordedQuery"]
        );
        let changing = ["Create", "Delete", "Update", "Put", "Start", "Tag", "Untag", "Unlock"];
        for name in needing(KeyRole::Auditor) {
            assert!(!changing.iter().any(|it| name.starts_with(it)), "{name}");
        }
    }
}
