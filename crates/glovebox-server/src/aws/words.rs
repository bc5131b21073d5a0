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
    AdditionalAnalyses AdditionalAnalyses { Allowed NotAllowed Required }
    AggregateFunctionName AggregateFunction { Avg Count CountDistinct Sum SumDistinct }
    AnalysisMethod AnalysisMethod { DirectJob DirectQuery Multiple }
    CustomMLMemberAbility MlAbility { CanReceiveInferenceOutput CanReceiveModelOutput }
    JoinOperator JoinOperator { And Or }
    MemberAbility MemberAbility {
        CanExportQueryAnalysisLog CanQuery CanReceiveResults CanRunJob
    }
    MemberStatus MemberStatus { Active Invited Left Removed }
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
            Self::List => shapes::AnalysisRuleType::List,
        }
    }
}

impl Say<shapes::ConfiguredTableAnalysisRuleType> for model::RuleKind {
    fn say(self) -> shapes::ConfiguredTableAnalysisRuleType {
        match self {
            Self::Aggregation => shapes::ConfiguredTableAnalysisRuleType::Aggregation,
            Self::List => shapes::ConfiguredTableAnalysisRuleType::List,
        }
    }
}
