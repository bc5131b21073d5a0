//! The same words on the wire and in the model, turned into each other variant by variant.

use glovebox_aws_api::shapes;
use glovebox_model as model;

/// Says the same in the other vocabulary.
pub(super) trait Say<T> {
    fn say(self) -> T;
}

impl<A: Say<B>, B> Say<Vec<B>> for Vec<A> {
    fn say(self) -> Vec<B> {
        self.into_iter().map(Say::say).collect()
    }
}

macro_rules! same {
    ($($wire:ident $model:ident { $($word:ident)* })*) => {$(
        impl Say<shapes::$wire> for model::$model {
            fn say(self) -> shapes::$wire {
                match self { $(Self::$word => shapes::$wire::$word,)* }
            }
        }

        impl Say<model::$model> for shapes::$wire {
            fn say(self) -> model::$model {
                match self { $(Self::$word => model::$model::$word,)* }
            }
        }
    )*};
}

same! {
    AccessBudgetType AccessPeriod { CalendarDay CalendarMonth CalendarWeek Lifetime }
    AdditionalAnalyses AdditionalAnalyses { Allowed NotAllowed Required }
    AllowedAggregateExpressionType AggregateExpressions { AnyExpression ColumnsOnly }
    AggregateFunctionName AggregateFunction { Avg Count CountDistinct Sum SumDistinct }
    AnalysisMethod AnalysisMethod { DirectJob DirectQuery Multiple }
    ApprovalStatus ApprovalStatus { Approved Denied Pending }
    ChangeRequestAction ChangeAction { Approve Cancel Commit Deny }
    ChangeRequestStatus ChangeRequestStatus { Approved Cancelled Committed Denied Pending }
    ChangeType ChangeType {
        AddMember AddPayerCandidate EditAutoApprovedChangeTypes GrantCanReceiveInferenceOutput
        GrantCanReceiveModelOutput GrantExportQueryAnalysisLogAbility GrantReceiveResultsAbility
        RemovePayerCandidate RevokeCanReceiveInferenceOutput RevokeCanReceiveModelOutput
        RevokeExportQueryAnalysisLogAbility RevokeReceiveResultsAbility
    }
    ConfiguredTableAnalysisRuleType RuleKind { Aggregation Custom List }
    ConfiguredTableAssociationAnalysisRuleType RuleKind { Aggregation Custom List }
    CustomMLMemberAbility MlAbility { CanReceiveInferenceOutput CanReceiveModelOutput }
    DifferentialPrivacyAggregationType PrivateAggregation { Avg Count CountDistinct Stddev Sum }
    JoinOperator JoinOperator { And Or }
    MemberAbility MemberAbility {
        CanExportQueryAnalysisLog CanQuery CanReceiveResults CanRunJob
    }
    MemberStatus MemberStatus { Active Invited Left Removed }
    ParameterType ParameterType {
        Bigint Binary Boolean Byte Char Character Date Decimal Double DoublePrecision Float Int
        Integer Long Numeric Real Short Smallint String Time Timestamp TimestampLtz TimestampNtz
        Timestamptz Timetz Tinyint Varbyte Varchar
    }
    PrivacyBudgetTemplateAutoRefresh AutoRefresh { CalendarMonth None }
    PrivacyBudgetType PrivacyBudgetType { AccessBudget DifferentialPrivacy }
    ProtectedQueryStatus QueryStatus {
        Cancelled Cancelling Failed Started Submitted Success TimedOut
    }
    ResultFormat ResultFormat { Csv Parquet }
    ScalarFunctions ScalarFunction {
        Abs Cast Ceiling Coalesce Convert CurrentDate Dateadd Extract Floor Getdate Ln Log Lower
        Round Rtrim Sqrt Substring ToChar ToDate ToNumber ToTimestamp Trim Trunc Upper
    }
}

impl Say<model::MemberStatus> for shapes::FilterableMemberStatus {
    fn say(self) -> model::MemberStatus {
        match self {
            Self::Active => model::MemberStatus::Active,
            Self::Invited => model::MemberStatus::Invited,
        }
    }
}

impl Say<model::MembershipStatus> for shapes::MembershipStatus {
    fn say(self) -> model::MembershipStatus {
        match self {
            Self::Active => model::MembershipStatus::Active,
            Self::CollaborationDeleted => model::MembershipStatus::CollaborationDeleted,
            Self::Removed => model::MembershipStatus::Removed,
        }
    }
}

/// A membership that was left is gone for everyone: the room never shows one.
impl Say<shapes::MembershipStatus> for model::MembershipStatus {
    fn say(self) -> shapes::MembershipStatus {
        match self {
            Self::Active => shapes::MembershipStatus::Active,
            Self::CollaborationDeleted => shapes::MembershipStatus::CollaborationDeleted,
            Self::Left | Self::Removed => shapes::MembershipStatus::Removed,
        }
    }
}

impl Say<model::AnalysisMethod> for shapes::SelectedAnalysisMethod {
    fn say(self) -> model::AnalysisMethod {
        match self {
            Self::DirectJob => model::AnalysisMethod::DirectJob,
            Self::DirectQuery => model::AnalysisMethod::DirectQuery,
        }
    }
}

/// What was selected; absent when nothing was. The room refuses a selection of `MULTIPLE`.
pub(super) fn selected(
    methods: Vec<model::AnalysisMethod>,
) -> Option<Vec<shapes::SelectedAnalysisMethod>> {
    let methods = methods.into_iter().filter_map(|it| match it {
        model::AnalysisMethod::DirectJob => Some(shapes::SelectedAnalysisMethod::DirectJob),
        model::AnalysisMethod::DirectQuery => Some(shapes::SelectedAnalysisMethod::DirectQuery),
        model::AnalysisMethod::Multiple => None,
    });
    Some(methods.collect::<Vec<_>>()).filter(|it| !it.is_empty())
}

impl Say<shapes::AnalysisRuleType> for model::RuleKind {
    fn say(self) -> shapes::AnalysisRuleType {
        match self {
            Self::Aggregation => shapes::AnalysisRuleType::Aggregation,
            Self::Custom => shapes::AnalysisRuleType::Custom,
            Self::List => shapes::AnalysisRuleType::List,
        }
    }
}

impl Say<model::ChangeType> for shapes::AutoApprovedChangeType {
    fn say(self) -> model::ChangeType {
        match self {
            Self::AddMember => model::ChangeType::AddMember,
            Self::GrantReceiveResultsAbility => model::ChangeType::GrantReceiveResultsAbility,
            Self::RevokeReceiveResultsAbility => model::ChangeType::RevokeReceiveResultsAbility,
            Self::GrantExportQueryAnalysisLogAbility => {
                model::ChangeType::GrantExportQueryAnalysisLogAbility
            }
            Self::RevokeExportQueryAnalysisLogAbility => {
                model::ChangeType::RevokeExportQueryAnalysisLogAbility
            }
        }
    }
}

/// The type of change, if its approval can be waived at all.
pub(super) fn auto_approved(it: model::ChangeType) -> Option<shapes::AutoApprovedChangeType> {
    shapes::AutoApprovedChangeType::from_text(it.aws_name())
}

/// The type of rule that tables can have; none has one of the other types.
pub(super) fn rule_kind(named: shapes::AnalysisRuleType) -> Option<model::RuleKind> {
    match named {
        shapes::AnalysisRuleType::Aggregation => Some(model::RuleKind::Aggregation),
        shapes::AnalysisRuleType::Custom => Some(model::RuleKind::Custom),
        shapes::AnalysisRuleType::List => Some(model::RuleKind::List),
        shapes::AnalysisRuleType::IdMappingTable => None,
    }
}
